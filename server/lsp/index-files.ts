/**
 * The background index: names of all workspace files, their texts in slices, the engine's own steps in between.
 * Files that are needed by what is already loaded come first. Above the budget the rest is left out, and said.
 */
import type { FileId } from "../base/brand.ts";
import { lineStarts } from "../base/text.ts";
import { isEmbedded, isNotebook, readEmbedded } from "../embedded/document.ts";
import type { SkipReason } from "../engine/api.ts";
import { classify, isThereUnread, nameSkip } from "../engine/classify.ts";
import type { Context } from "./context.ts";
import { isUnder } from "./file-id.ts";
import type { Folder } from "./folders.ts";
import type { ReadResult } from "./host.ts";

export interface Budget {
  readonly files: number;
  readonly bytes: number;
}

export const DEFAULT_BUDGET: Budget = { files: 20_000, bytes: 200_000_000 };

/** One slice of work between messages, in milliseconds. */
export const SLICE_MS = 8;
/** Of these at most so many for the engine: its last step, or a cleaning of memory, comes on top. */
const WORK_MS = 3;
const READS_AT_ONCE = 16;

type FileState = "name" | "waiting" | "reading" | "loaded" | SkipReason;

export interface IndexEvents {
  /** Something waits to be done in the next slice. */
  wake(): void;
  /** The file left the workspace or is no longer analysed. */
  gone(file: FileId): void;
}

export interface FileIndex {
  /** Looks at all folders again: new files come in, files that are gone or excluded leave. */
  rewalk(): void;
  /** A file or folder was created, changed or deleted on disk. */
  diskEvent(file: FileId, kind: "created" | "changed" | "deleted"): void;
  /** One slice of about `SLICE_MS`; true while there is more to do at once. */
  work(open: readonly FileId[]): boolean;
  opened(file: FileId): void;
  closed(file: FileId): void;
  /** Loads a file that a person asked for, whatever the budget. */
  load(file: FileId): Promise<void>;
  progress(): { readonly done: number; readonly total: number; readonly walking: boolean };
  isIdle(): boolean;
  /** Resolves when the index is complete, or `cancelled` answers true (asked now and then). */
  whenIdle(cancelled: () => boolean, progress: () => void): Promise<void>;
  /** Loaded files that can be analysed. */
  files(): FileId[];
  /** Whether a file was found, read or not. */
  has(file: FileId): boolean;
  skipped(): Record<string, number>;
  /** When the budget left files out: how many, in few words and in full. */
  notice(): { readonly short: string; readonly full: string } | undefined;
  dispose(): void;
}

export function createFileIndex(context: Context, events: IndexEvents, budget: Budget): FileIndex {
  const { engine, host, folders, documents, log } = context;
  const known = new Map<FileId, FileState>();
  const sizes = new Map<FileId, number>();
  const arrived: { readonly file: FileId; readonly result: ReadResult }[] = [];
  const waiting = new Set<FileId>();
  /** Read before `waiting`: they changed on disk. */
  const urgent = new Set<FileId>();
  const reading = new Set<FileId>();
  /** Found while a walk is under way, which may have passed their folder already. */
  const recent = new Set<FileId>();
  let loadedFiles = 0;
  let loadedBytes = 0;
  let leftOut = new Map<SkipReason, number>();
  const excluded = new Set<string>();
  let pending = 0;
  let walks = 0;
  let walking = 0;
  let looking = 0;
  let stuck = false;
  /** Names that the engine was not told yet: it gets those of a walk all at once, since each new name makes it look again. */
  let unnamed = false;
  let disposed = false;

  const isOverBudget = (): boolean => loadedFiles >= budget.files || loadedBytes >= budget.bytes;

  const addName = (file: FileId): void => {
    if (known.has(file)) return;
    if (walking === 0) engine.addFile(file);
    else unnamed = true;
    const state = documents.has(file)
      ? "loaded"
      : engine.wants(file)
        ? (nameSkip(file.slice(file.lastIndexOf("/") + 1)) ?? "waiting")
        : "name";
    known.set(file, state);
    if (state === "waiting") waiting.add(file);
  };
  const unload = (file: FileId): void => {
    const size = sizes.get(file);
    if (size === undefined) return;
    sizes.delete(file);
    loadedFiles--;
    loadedBytes -= size;
  };
  const drop = (file: FileId): void => {
    waiting.delete(file);
    urgent.delete(file);
    unload(file);
    known.delete(file);
    context.embedded.delete(file);
    // An open document outlives its file.
    if (!documents.has(file)) engine.remove(file);
    events.gone(file);
  };
  const readSoon = (file: FileId): void => {
    known.set(file, "waiting");
    waiting.delete(file);
    urgent.add(file);
  };

  const startRead = (file: FileId): void => {
    waiting.delete(file);
    urgent.delete(file);
    known.set(file, "reading");
    reading.add(file);
    host
      .read(file)
      .catch((error: unknown): ReadResult => {
        log.crash("reading a file", error);
        return { kind: "skipped", reason: "unreadable" };
      })
      .then((result) => {
        reading.delete(file);
        if (disposed) return;
        arrived.push({ file, result });
        events.wake();
      });
  };
  const mayRead = (): boolean =>
    reading.size < READS_AT_ONCE &&
    (isOverBudget() || loadedFiles + reading.size + arrived.length < budget.files);
  const startReads = (): void => {
    if (!mayRead()) return;
    for (const file of engine.needs()) {
      const state = known.get(file);
      if (state !== "waiting" && state !== "name") continue;
      if (documents.has(file) || reading.has(file) || isOverBudget()) continue;
      startRead(file);
      if (!mayRead()) return;
    }
    for (const queue of [urgent, waiting]) {
      for (const file of queue) {
        // Its first read is under way: the order of two answers is not known.
        if (reading.has(file)) continue;
        if (documents.has(file)) {
          queue.delete(file);
          known.set(file, "loaded");
        } else if (isOverBudget() && !sizes.has(file) && !engine.has(file)) {
          queue.delete(file);
          known.set(file, "too-many");
        } else startRead(file);
        if (!mayRead()) return;
      }
    }
  };
  const takeIn = (file: FileId, result: ReadResult): void => {
    const state = known.get(file);
    if (state === undefined || documents.has(file)) return;
    unload(file);
    if (result.kind === "missing") {
      drop(file);
      return;
    }
    const parts =
      result.kind === "text" && isEmbedded(file) ? readEmbedded(file, result.text) : undefined;
    if (parts !== undefined && "problem" in parts) log.info(`${file} ${parts.problem}.`);
    const read = parts === undefined || "problem" in parts ? undefined : parts;
    const skip =
      result.kind === "skipped"
        ? result.reason
        : parts !== undefined && read === undefined
          ? "unreadable"
          : classify(file, isNotebook(file) ? (read?.program.text ?? "") : result.text);
    if (skip !== undefined || result.kind !== "text") {
      if (skip !== undefined) known.set(file, skip);
      if (engine.has(file)) engine.remove(file);
      if (isThereUnread(file, skip)) engine.addFile(file);
      events.gone(file);
      return;
    }
    // A change that came while it was read asks for another read.
    if (state === "reading") known.set(file, "loaded");
    sizes.set(file, result.bytes);
    loadedFiles++;
    loadedBytes += result.bytes;
    if (read === undefined) engine.set(file, result.text, { editable: result.editable });
    else {
      const { program } = read;
      context.embedded.set(file, { file: read, starts: lineStarts(result.text) });
      engine.set(file, program.text, {
        languageId: program.language,
        parts: program.parts,
        editable: result.editable,
      });
    }
    pending = Math.max(1, pending);
  };

  const walkFolder = async (
    folder: Folder,
    from: FileId,
    seen: Set<FileId>,
    walk: number,
  ): Promise<void> => {
    for await (const found of host.walk(
      folder.root,
      from,
      (relative) => !folder.excluded(relative),
      await context.kept.of(folder.root),
    )) {
      if (disposed || walk !== walks) return;
      for (const name of found.excluded) excluded.add(name);
      for (const reason of found.skipped) leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1);
      for (const file of found.files) {
        // A folder inside another one has its own settings.
        if (folders.of(file)?.root !== folder.root) continue;
        seen.add(file);
        addName(file);
      }
      events.wake();
    }
  };
  const walkAll = async (): Promise<void> => {
    const walk = ++walks;
    walking++;
    const seen = new Set<FileId>();
    recent.clear();
    leftOut = new Map();

    excluded.clear();
    try {
      const kept = await context.kept.all();
      if (disposed || walk !== walks) return;
      engine.setKept(kept);
      for (const folder of folders.all()) {
        if (!folder.settings.enable || !host.reads(folder.root)) continue;
        await walkFolder(folder, folder.root, seen, walk);
        if (disposed || walk !== walks) return;
      }
      for (const file of [...known.keys()]) if (!seen.has(file) && !recent.has(file)) drop(file);
      // What was excluded has made room.
      for (const [file, state] of known) {
        if (state !== "too-many") continue;
        known.set(file, "waiting");
        waiting.add(file);
      }
    } catch (error) {
      log.crash("listing the workspace", error);
    } finally {
      walking--;
      if (walking === 0 && !disposed) engine.setLeftOut(excluded);
      if (walking === 0 && unnamed && !disposed) {
        unnamed = false;
        engine.setFiles(known.keys());
      }
      events.wake();
    }
  };
  const created = async (file: FileId): Promise<void> => {
    const folder = folders.of(file);
    if (folder === undefined || !folder.settings.enable || !host.reads(file)) return;
    looking++;
    try {
      const isWanted = (relative: string): boolean => !folder.excluded(relative);
      const kept = await context.kept.of(folder.root);
      const kind = await host.look(folder.root, file, isWanted, kept);
      if (disposed || kind === undefined) return;
      if (kind === "folder") await walkFolder(folder, file, new Set(), walks);
      else if (!known.has(file)) addName(file);
      else if (!documents.has(file)) readSoon(file);
      if (kind === "file") recent.add(file);
    } catch (error) {
      log.crash("looking at a new file", error);
    } finally {
      looking--;
      events.wake();
    }
  };

  const isIdle = (): boolean =>
    walking === 0 &&
    looking === 0 &&
    reading.size === 0 &&
    arrived.length === 0 &&
    waiting.size === 0 &&
    urgent.size === 0 &&
    (pending === 0 || stuck);

  return {
    rewalk: () => void walkAll(),
    diskEvent(file, kind) {
      stuck = false;
      if (kind === "deleted") {
        if (known.has(file)) drop(file);
        else for (const other of [...known.keys()]) if (isUnder(other, file)) drop(other);
      } else if (kind === "changed" && known.has(file)) {
        if (!documents.has(file) && known.get(file) !== "name") readSoon(file);
      } else void created(file);
      events.wake();
    },
    work(open) {
      if (walking > 0) return false;
      const until = Date.now() + SLICE_MS;
      try {
        startReads();
        for (let next = arrived.shift(); next !== undefined; next = arrived.shift()) {
          takeIn(next.file, next.result);
          if (Date.now() >= until) break;
        }
        const left = until - Date.now();
        if (left > 0) {
          pending = engine.step(Math.min(left, WORK_MS), open).pending;
          if (pending === 0) startReads();
        }
        log.problems(engine.problems());
      } catch (error) {
        // The same fault would come again at once: wait for the next event.
        stuck = true;
        log.crash("the background analysis", error);
        return false;
      }
      return arrived.length > 0 || pending > 0;
    },
    opened(file) {
      context.embedded.delete(file);
      waiting.delete(file);
      urgent.delete(file);
      unload(file);
      if (known.has(file)) known.set(file, "loaded");
    },
    closed(file) {
      if (known.has(file)) {
        readSoon(file);
        events.wake();
      } else engine.remove(file);
    },
    async load(file) {
      if (documents.has(file) || engine.text(file) !== undefined) return;
      if (!host.reads(file) || !engine.wants(file)) return;
      const result = await host.read(file).catch((): ReadResult => ({ kind: "missing" }));
      if (disposed || documents.has(file) || result.kind !== "text") return;
      known.set(file, "loaded");
      engine.addFile(file);
      takeIn(file, result);
    },
    progress() {
      const unread = waiting.size + urgent.size + reading.size + arrived.length;
      const total = Math.max(unread + loadedFiles, pending);
      return { total, done: Math.max(0, total - unread - pending), walking: walking > 0 };
    },
    isIdle,
    async whenIdle(cancelled, progress) {
      while (!isIdle() && !disposed && !cancelled()) {
        progress();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    has: (file) => known.has(file) || documents.has(file),
    files() {
      const loaded = new Set<FileId>(sizes.keys());
      for (const file of documents.keys()) loaded.add(file);
      return [...loaded]
        .filter((file) => engine.wants(file, documents.get(file)?.languageId))
        .sort();
    },
    skipped() {
      const reasons: Record<string, number> = Object.fromEntries(leftOut);
      for (const state of known.values()) {
        if (state === "name" || state === "waiting" || state === "reading" || state === "loaded")
          continue;
        reasons[state] = (reasons[state] ?? 0) + 1;
      }
      return reasons;
    },
    notice() {
      let left = 0;
      for (const state of known.values()) if (state === "too-many") left++;
      if (left === 0) return undefined;
      const limit = `${budget.files.toLocaleString("en")} files or ${Math.round(budget.bytes / 1e6).toLocaleString("en")} MB`;
      const short = left === 1 ? "1 file left out" : `${left.toLocaleString("en")} files left out`;
      const full = `${short}: this workspace is over the budget of ${limit}. Exclude folders with skeptic.exclude.`;
      return { short, full };
    },
    dispose() {
      disposed = true;
    },
  };
}
