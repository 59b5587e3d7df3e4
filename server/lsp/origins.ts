/**
 * Who wrote what in the documents that are open: follows their edits, listens to what the client and the agents' hooks say
 * of them, and keeps a record. Offsets are those of the document's text, a BOM counted.
 */
import type { WorkspaceEdit } from "vscode-languageserver";
import type { Brand, FileId } from "../base/brand.ts";
import type { Edit, Span } from "../base/text.ts";
import {
  type Answer,
  type Authors,
  type Cause,
  createAuthors,
  follow,
  mark,
  originOf,
} from "../origin/authors.ts";
import type { HookRecord, WrittenText } from "../origin/hook.ts";
import { applyHook, applyLines } from "../origin/locate.ts";
import type { Mark, MarkedSpan } from "../origin/mark.ts";
import { bomLength, type OpenDocument } from "./document.ts";
import { fileId, isUnder } from "./file-id.ts";
import type { Log } from "./log.ts";
import { createCauses } from "./origin-causes.ts";
import type { ChangeCause } from "./origin-protocol.ts";
import { createRecordKeeper } from "./origin-records.ts";
import type { OriginStore } from "./origin-store.ts";

/** The text of a hook may come into the document after the hook: the editor has to read the file again. */
const HOOK_WAITS_MS = 15_000;
/** The editor may have changed the document this long before the hook ran. */
const HOOK_LATE_MS = 30_000;

const MOST_DOUBTS = 20;

/** One change of a document: which document, a cell of a notebook being one, and its version after it. */
export type ChangeId = Brand<string, "ChangeId">;

export function changeId(uri: string, version: number): ChangeId {
  return `${version} ${fileId(uri)}` as ChangeId;
}

export interface Origins {
  /** Reads the record and begins to listen to hooks. */
  start(): Promise<void>;
  opened(document: OpenDocument): void;
  /** After edits of a document whose text was `before`: one after the other, each in offsets of the text before it. */
  changed(document: OpenDocument, before: string, edits: readonly Edit[], change: ChangeId): void;
  closed(file: FileId): void;
  renamed(from: FileId, to: FileId): void;
  /** The client says how a change comes about; the change itself follows. */
  told(file: FileId, change: ChangeId, cause: ChangeCause): void;
  /** The change was a reload: nobody wrote it. */
  notWritten(file: FileId, change: ChangeId): void;
  /** Text of a document was copied in the editor. */
  copied(file: FileId, spans: readonly Span[]): void;
  /** Text that our own fixes put into documents is nobody's suggestion. */
  offered(edit: WorkspaceEdit | undefined): void;
  /** Who wrote a span of the engine's text (without BOM); a file that is not open is looked up in the record. */
  of(file: FileId, span: Span): Answer;
  /** All marks of a file, in offsets of the engine's text. */
  marks(file: FileId): readonly MarkedSpan[];
  /** Files with marks, open or not. */
  files(): readonly FileId[];
  /** The engine's text of a file, or that of a document which the engine does not read. */
  text(file: FileId): string | undefined;
  /** Takes in what hooks said of files below these folders that are not open. */
  lookAround(folders: readonly FileId[]): Promise<void>;
  /** A person has read a span of the engine's text. */
  review(file: FileId, span: Span): void;
  /** Puts marks where there are none: what is known of committed lines. In offsets of the engine's text. */
  fill(file: FileId, marks: readonly MarkedSpan[]): void;
  /** Keeps the record now. */
  save(): Promise<void>;
  dispose(): void;
}

export interface OriginsOptions {
  /** The engine's text of a file that is not open. */
  readonly textOf: (file: FileId) => string | undefined;
  /** The text of a file on the disk, as the engine would be given it. */
  readonly readText: (file: FileId) => Promise<string | undefined>;
  readonly store: OriginStore | undefined;
  /** Where the record is kept, as a URI. */
  readonly folder: string | undefined;
  readonly log: Log;
  /** The marks of these documents are others than they were, by more than moving along. */
  readonly changed: (files: readonly FileId[]) => void;
}

interface Followed {
  readonly document: OpenDocument;
  authors: Authors;
  told: { readonly change: ChangeId; readonly cause: ChangeCause } | undefined;
  /** What the last changes were marked with. */
  readonly given: Map<ChangeId, Mark>;
  /** Records up to this time were taken in, in milliseconds. */
  hooksUntil: number;
  /** Text of hooks that is not in the document yet. */
  waiting: { readonly record: HookRecord; readonly edit: WrittenText; readonly until: number }[];
}

const UNKNOWN: Answer = { origin: "unknown", mark: undefined };

export function createOrigins(options: OriginsOptions): Origins {
  const { textOf, readText, store, folder, log, changed } = options;
  const open = new Map<FileId, Followed>();
  const causes = createCauses();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let endWatch = (): void => {};
  const records = createRecordKeeper(store, folder, log, () =>
    [...open].map(([file, { document, authors, hooksUntil }]) => ({
      file,
      text: document.text,
      marks: authors.track.all(),
      hooksUntil,
    })),
  );

  /** Undefined when the record knows nothing of it. */
  const recall = (followed: Followed): boolean => {
    const known = records.recall(followed.document.file, followed.document.text);
    if (known === undefined) return false;
    followed.authors = createAuthors(followed.document.text.length, known.marks);
    followed.hooksUntil = known.hooksUntil;
    return known.marks.length > 0;
  };
  const tell = (file: FileId): void => {
    records.touch(file);
    changed([file]);
  };

  const takeHooks = async (followed: Followed, isOpening: boolean): Promise<void> => {
    const { document } = followed;
    const found = (await store?.hooks(document.file, followed.hooksUntil)) ?? [];
    const now = Date.now();
    for (const record of found) {
      const time = Date.parse(record.time);
      if (time <= followed.hooksUntil) continue;
      followed.hooksUntil = time;
      const until = isOpening ? 0 : now + HOOK_WAITS_MS;
      for (const edit of record.edits) followed.waiting.push({ record, edit, until });
    }
    if (found.length === 0) return;
    records.touch(document.file);
    matchHooks(followed);
    if (followed.waiting.length > 0) later(HOOK_WAITS_MS + 50, () => matchHooks(followed));
  };
  /** Marks what is there by now; what waited long enough is looked for line by line, and then given up. */
  const matchHooks = (followed: Followed): void => {
    const { document, authors } = followed;
    if (followed.waiting.length === 0) return;
    const now = Date.now();
    let found = false;
    followed.waiting = followed.waiting.filter(({ record, edit, until }) => {
      const isRecent = document.editedAt >= Date.parse(record.time) - HOOK_LATE_MS;
      if (!isRecent && now < until) return true;
      const left = applyHook(authors, document.text, { ...record, edits: [edit] });
      if (left.length === 0) {
        found = true;
        return false;
      }
      if (now < until) return true;
      if (applyLines(authors, document.text, edit, record)) found = true;
      return false;
    });
    if (found) tell(document.file);
  };
  const later = (delay: number, run: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      try {
        run();
      } catch (error) {
        log.crash("looking for what a hook told of", error);
      }
    }, delay);
    timers.add(timer);
  };
  const look = (followed: Followed, isOpening = false): void => {
    takeHooks(followed, isOpening).catch((error) => log.crash("reading what hooks say", error));
  };
  const lookForHooks = (): void => {
    for (const followed of open.values()) look(followed);
  };

  /** Texts of files that the engine does not read, as they were last looked at. */
  const aside = new Map<FileId, string>();
  const text = (file: FileId): string | undefined => {
    const followed = open.get(file);
    if (followed !== undefined)
      return followed.document.text.slice(bomLength(followed.document.text));
    return textOf(file) ?? aside.get(file);
  };
  /** Records of hooks for one file that is not open. */
  const takeClosed = async (file: FileId, found: readonly HookRecord[]): Promise<void> => {
    const now = await readText(file);
    if (now === undefined || open.has(file)) return;
    if (textOf(file) === undefined) aside.set(file, now);
    const known = records.recall(file, now);
    const authors = createAuthors(now.length, known?.marks);
    let until = known?.hooksUntil ?? 0;
    for (const record of found) {
      const time = Date.parse(record.time);
      if (time <= until) continue;
      until = time;
      for (const edit of applyHook(authors, now, record)) applyLines(authors, now, edit, record);
    }
    if (until === known?.hooksUntil) return;
    records.put(file, now, authors.track.all(), until);
    changed([file]);
  };

  /** The engine's offsets of a document, and back. */
  const moved = (marks: readonly MarkedSpan[], by: number): MarkedSpan[] =>
    marks.map(({ start, end, mark: one }) => ({
      start: Math.max(0, start + by),
      end: end + by,
      mark: one,
    }));
  const bare = (file: FileId): MarkedSpan[] => {
    const followed = open.get(file);
    if (followed === undefined) {
      const now = text(file);
      return now === undefined ? [] : [...(records.recall(file, now)?.marks ?? [])];
    }
    const all = moved(followed.authors.track.all(), -bomLength(followed.document.text));
    return all.filter(({ start, end }) => start < end);
  };

  return {
    async start() {
      await records.load();
      for (const followed of open.values()) {
        if (followed.authors.track.all().length === 0 && recall(followed))
          changed([followed.document.file]);
        await takeHooks(followed, true);
      }
      endWatch = store?.watch(lookForHooks) ?? endWatch;
    },
    opened(document) {
      const followed: Followed = {
        document,
        authors: createAuthors(document.text.length),
        told: undefined,
        given: new Map(),
        hooksUntil: 0,
        waiting: [],
      };
      open.set(document.file, followed);
      if (!records.isLoaded()) return;
      recall(followed);
      look(followed, true);
    },
    changed(document, before, edits, change) {
      const followed = open.get(document.file);
      if (followed === undefined) return;
      const { told } = followed;
      const said = told?.change === change ? told.cause : undefined;
      const cause = causes.of(said, edits);
      if (cause.kind === "written") note(followed.given, change, cause.mark);
      try {
        follow(followed.authors, before, edits, cause);
      } catch (error) {
        // Nobody's text is better than a wrong author, and an edit must not get lost.
        log.crash("following an edit", error);
        followed.authors = createAuthors(document.text.length);
      }
      records.touch(document.file);
      if (cause.kind !== "written" || cause.mark.origin !== "human") changed([document.file]);
      matchHooks(followed);
      // Some file systems tell nobody that a hook wrote to them.
      if (cause.kind === "moved" || isGuess(cause)) look(followed);
    },
    closed(file) {
      const followed = open.get(file);
      if (followed === undefined) return;
      open.delete(file);
      const { document, authors, hooksUntil } = followed;
      records.put(file, document.text, authors.track.all(), hooksUntil);
    },
    renamed(from, to) {
      for (const file of records.renamed(from, to, isUnder)) {
        const followed = open.get(file);
        if (followed !== undefined && followed.authors.track.all().length === 0 && recall(followed))
          changed([file]);
      }
    },
    told(file, change, cause) {
      const followed = open.get(file);
      if (followed !== undefined) followed.told = { change, cause };
    },
    notWritten(file, change) {
      const followed = open.get(file);
      const given = followed?.given.get(change);
      if (followed === undefined || given === undefined) return;
      const whole = { start: 0, end: followed.document.text.length };
      // By now a hook may have said who wrote it.
      mark(followed.authors, whole, (before) => (before === given ? undefined : before));
      tell(file);
    },
    copied(file, spans) {
      const followed = open.get(file);
      const [span] = spans;
      // Several cursors copy several texts: what is pasted is then of nobody known.
      if (followed === undefined || span === undefined || spans.length > 1) return;
      const marks = moved(followed.authors.track.within(span), -span.start);
      causes.copied(followed.document.text.slice(span.start, span.end), marks);
    },
    offered: causes.offered,
    of(file, span) {
      const followed = open.get(file);
      if (followed !== undefined) {
        const whole = followed.document.text;
        const bom = bomLength(whole);
        return originOf(followed.authors, whole, { start: span.start + bom, end: span.end + bom });
      }
      const now = text(file);
      const known = now === undefined ? undefined : records.recall(file, now);
      if (now === undefined || known === undefined || known.marks.length === 0) return UNKNOWN;
      return originOf(createAuthors(now.length, known.marks), now, span);
    },
    marks: bare,
    text,
    async lookAround(roots) {
      for (const root of roots) {
        const byFile = new Map<FileId, HookRecord[]>();
        for (const { file, ...record } of (await store?.hooked(root)) ?? []) {
          if (open.has(file)) continue;
          byFile.set(file, [...(byFile.get(file) ?? []), { ...record, file }]);
        }
        for (const [file, found] of byFile) await takeClosed(file, found);
      }
    },
    files: () => [...new Set([...open.keys(), ...records.files()])],
    review(file, span) {
      const now = Date.now();
      const reviewed = (before: Mark | undefined): Mark | undefined =>
        before === undefined || before.origin === "human" ? before : { ...before, reviewed: now };
      const followed = open.get(file);
      if (followed !== undefined) {
        const bom = bomLength(followed.document.text);
        mark(followed.authors, { start: span.start + bom, end: span.end + bom }, reviewed);
      } else {
        const now = text(file);
        const known = now === undefined ? undefined : records.recall(file, now);
        if (now === undefined || known === undefined) return;
        const authors = createAuthors(now.length, known.marks);
        mark(authors, span, reviewed);
        records.put(file, now, authors.track.all(), known.hooksUntil);
      }
      tell(file);
    },
    fill(file, marks) {
      const followed = open.get(file);
      if (followed === undefined || marks.length === 0) return;
      const bom = bomLength(followed.document.text);
      const { authors, document } = followed;
      for (const { start, end, mark: one } of marks) {
        const span = { start: start + bom, end: Math.min(end + bom, document.text.length) };
        if (span.start < span.end) mark(authors, span, (before) => before ?? one);
      }
      changed([file]);
    },
    save: records.save,
    dispose() {
      endWatch();
      for (const timer of timers) clearTimeout(timer);
      records.dispose();
    },
  };
}

/** Only for the last few changes may something be said later. */
function note(given: Map<ChangeId, Mark>, change: ChangeId, mark: Mark): void {
  given.set(change, mark);
  for (const [oldest] of given) {
    if (given.size <= MOST_DOUBTS) return;
    given.delete(oldest);
  }
}

function isGuess(cause: Cause): boolean {
  return cause.kind === "written" && cause.mark.evidence[0].kind === "shape";
}
