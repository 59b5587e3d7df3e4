/**
 * What happens between requests: reports for edited files first, then a slice of the index, then whatever else the edits
 * changed. A pulling client is told to ask again only when an open file's answer differs: at most a few times a second, and
 * at once when held findings settle.
 */
import type { FileId } from "../base/brand.ts";
import type { Context } from "./context.ts";
import { EMPTY_HASH } from "./diagnostics.ts";
import type { OpenDocument } from "./document.ts";
import { type FileIndex, SLICE_MS } from "./index-files.ts";
import { createLoop } from "./loop.ts";
import type { OpenNotebook } from "./notebook.ts";
import { type FileReport, type Reports, SETTLE_MS } from "./reports.ts";
import type { Sinks } from "./sinks.ts";

/** Edits within this time are looked at together, in milliseconds. */
const EDIT_MS = 15;
/** Nothing but the edited file is looked at until typing pauses for this long, or goes on for `PATIENCE_MS`. */
const QUIET_MS = 120;
const PATIENCE_MS = 1000;
/** How often changes elsewhere are collected while the index is built. */
const COLLECT_MS = 100;
/** A client that has not asked for an edited document by then may not do so by itself. */
const OVERDUE_MS = 600;
const REFRESH_MS = 200;
/** So long a client is given to ask for an edited cell by itself. */
const CELLS_MS = 120;

export interface Background {
  wake(): void;
  edited(document: OpenDocument): void;
  /** The reports of these files may differ now. */
  touch(files: Iterable<FileId>): void;
  /** Asks a pulling client to ask again. */
  refresh(): void;
  dispose(): void;
}

export function createBackground(
  context: Context,
  reports: Reports,
  sinks: Sinks,
  index: () => FileIndex,
  isReady: () => boolean,
  after: () => void,
): Background {
  const { engine, documents, client, connection, host, log } = context;
  const suspects = new Set<FileId>();
  const settling = new Map<FileId, ReturnType<typeof setTimeout>>();
  const settled = new Set<FileId>();
  let edits = new Set<FileId>();
  let editedAt = 0;
  let workedAt = 0;
  let collectedAt = 0;
  let refreshedAt = 0;
  let refreshing = 0;
  let refreshTimer: ReturnType<typeof setTimeout> | undefined;
  let disposed = false;

  const touch = (files: Iterable<FileId>): void => {
    let some = false;
    for (const file of files) {
      some = true;
      sinks.touch(file);
      if (client.pulls && documents.has(file)) suspects.add(file);
    }
    if (some) loop.wake();
  };
  const collect = (): void => {
    collectedAt = Date.now();
    touch(engine.changed());
  };

  const refreshNow = (): void => {
    if (!client.pulls || !client.refresh || disposed) return;
    clearTimeout(refreshTimer);
    refreshTimer = undefined;
    refreshing++;
    refreshedAt = Date.now();
    connection.languages.diagnostics
      .refresh()
      .catch((error: unknown) => {
        if (!disposed) log.crash("asking for a refresh", error);
      })
      .finally(() => {
        refreshing--;
      });
  };
  const refresh = (): void => {
    if (!client.pulls || !client.refresh || disposed) return;
    if (refreshTimer !== undefined) return;
    const wait = refreshing > 0 ? REFRESH_MS : Math.max(0, refreshedAt + REFRESH_MS - Date.now());
    refreshTimer = setTimeout(() => {
      refreshTimer = undefined;
      if (refreshing > 0) refresh();
      else refreshNow();
    }, wait);
  };
  /** Compares what the client was last given for an open document with what it would be given now. */
  const suspect = (file: FileId, tell: () => void): void => {
    suspects.delete(file);
    const document = documents.get(file);
    if (document === undefined) return;
    const report = reports.current(file);
    if (document.notebook !== undefined) {
      suspectCells(document, document.notebook, report, tell);
      return;
    }
    const given = document.given;
    if (given === undefined || report.held) return;
    if (given.version !== document.version) {
      const age = Date.now() - document.editedAt;
      if (age < OVERDUE_MS) {
        later(OVERDUE_MS - age, () => touch([file]));
        return;
      }
    }
    if (given.hash === report.hash || document.refreshedFor === report.hash) return;
    document.refreshedFor = report.hash;
    tell();
  };
  /** A client asks again for the cell that was edited, and for the others when it is told to. */
  const suspectCells = (
    document: OpenDocument,
    { given }: OpenNotebook,
    { held, hash, cells }: FileReport,
    tell: () => void,
  ): void => {
    const differs = (uri: string): boolean =>
      given.get(uri) !== (cells?.get(uri)?.hash ?? EMPTY_HASH);
    if (held || document.refreshedFor === hash || ![...given.keys()].some(differs)) return;
    const age = Date.now() - document.editedAt;
    if (age < CELLS_MS) {
      later(CELLS_MS - age, () => touch([document.file]));
      return;
    }
    document.refreshedFor = hash;
    tell();
  };
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const later = (delay: number, run: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(key);
      run();
    }, delay);
    const key = String(timer);
    timers.set(key, timer);
  };

  const slice = (): boolean => {
    if (disposed || !isReady()) return false;
    const now = Date.now();
    const first = edits;
    edits = new Set();
    let more = sinks.work(SLICE_MS, first);
    for (const file of settled) {
      settled.delete(file);
      if (client.pulls) suspect(file, refreshNow);
    }
    if (now - editedAt < QUIET_MS && now - workedAt < PATIENCE_MS) {
      loop.wakeIn(QUIET_MS);
      after();
      return more;
    }
    workedAt = now;
    for (const file of suspects) {
      if (Date.now() >= now + SLICE_MS) break;
      suspect(file, refresh);
    }
    if (Date.now() < now + SLICE_MS || !more) more = index().work([...documents.keys()]) || more;
    if (index().isIdle() || Date.now() - collectedAt >= COLLECT_MS) collect();
    else loop.wakeIn(COLLECT_MS);
    after();
    return more || suspects.size > 0 || sinks.isWaiting();
  };
  const loop = createLoop(slice, host.later, log);

  return {
    wake: loop.wake,
    touch,
    refresh,
    edited(document) {
      const { file } = document;
      editedAt = document.editedAt;
      // One timer for all edits in a row: typing on does not put off the look.
      if (edits.size === 0) loop.wakeIn(EDIT_MS);
      edits.add(file);
      sinks.touch(file);
      if (client.pulls) suspects.add(file);
      clearTimeout(settling.get(file));
      settling.set(
        file,
        setTimeout(() => {
          settling.delete(file);
          // Before anything else, whatever is typed in other files meanwhile.
          settled.add(file);
          edits.add(file);
          touch([file]);
        }, SETTLE_MS + 5),
      );
    },
    dispose() {
      disposed = true;
      loop.dispose();
      clearTimeout(refreshTimer);
      for (const timer of [...settling.values(), ...timers.values()]) clearTimeout(timer);
    },
  };
}
