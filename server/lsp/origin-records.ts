/** The record of origins in the server: read once, kept some time after changes, and asked for files that are not open. */
import type { FileId } from "../base/brand.ts";
import { isCommitted, type MarkedSpan } from "../origin/mark.ts";
import {
  type FileRecord,
  parseRecord,
  RECORD_VERSION,
  readFileRecord,
  writeFileRecord,
} from "../origin/record.ts";
import { fileId, uriOf } from "./file-id.ts";
import type { Log } from "./log.ts";
import type { OriginStore } from "./origin-store.ts";

const SAVE_MS = 2000;
/** The files marked last are kept. */
const MOST_FILES = 2000;

interface Known {
  readonly marks: readonly MarkedSpan[];
  /** In milliseconds. */
  readonly hooksUntil: number;
}

interface Present extends Known {
  readonly file: FileId;
  readonly text: string;
}

export interface RecordKeeper {
  load(): Promise<void>;
  isLoaded(): boolean;
  /** What is known of a file, for the text it has now. */
  recall(file: FileId, text: string): Known | undefined;
  put(file: FileId, text: string, marks: readonly MarkedSpan[], hooksUntil: number): void;
  /** Of an open document; it is written down soon. */
  touch(file: FileId): void;
  /** A file, or a folder with files: their new names. */
  renamed(
    from: FileId,
    to: FileId,
    isUnder: (file: FileId, folder: FileId) => boolean,
  ): readonly FileId[];
  files(): readonly FileId[];
  save(): Promise<void>;
  dispose(): void;
}

/** `present` tells of the documents that are open. */
export function createRecordKeeper(
  store: OriginStore | undefined,
  folder: string | undefined,
  log: Log,
  present: () => readonly Present[],
): RecordKeeper {
  const known = new Map<FileId, FileRecord>();
  const touched = new Set<FileId>();
  const recalled = new Map<FileId, { readonly text: string; readonly known: Known }>();
  let loaded = false;
  let stale = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing = Promise.resolve();

  const put: RecordKeeper["put"] = (file, text, marks, hooksUntil) => {
    recalled.delete(file);
    // The last one stands last.
    known.delete(file);
    // What commits say is read from them again.
    const kept = marks.filter(({ mark }) => !isCommitted(mark));
    if (kept.length > 0 || hooksUntil > 0) {
      const record = writeFileRecord(uriOf(file), text, kept);
      const hooksRead = new Date(hooksUntil).toISOString();
      known.set(file, hooksUntil > 0 ? { ...record, hooksRead } : record);
    }
    for (const [oldest] of known) {
      if (known.size <= MOST_FILES) break;
      known.delete(oldest);
    }
    soon();
  };
  const soon = (): void => {
    stale = true;
    if (store === undefined || folder === undefined || timer !== undefined) return;
    timer = setTimeout(() => void save(), SAVE_MS);
  };
  let loading: Promise<void> | undefined;
  const load = (): Promise<void> => {
    loading ??= readAll();
    return loading;
  };
  const readAll = async (): Promise<void> => {
    const json =
      store === undefined || folder === undefined
        ? undefined
        : await store.read(folder).catch(() => undefined);
    for (const record of (json === undefined ? undefined : parseRecord(json))?.files ?? []) {
      const file = fileId(record.file);
      if (!known.has(file)) known.set(file, record);
    }
    loaded = true;
  };
  const save = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (store === undefined || folder === undefined || !stale) return writing;
    // What was not read yet must not be written over.
    await load();
    for (const { file, text, marks, hooksUntil } of present())
      if (touched.has(file)) put(file, text, marks, hooksUntil);
    clearTimeout(timer);
    timer = undefined;
    touched.clear();
    stale = false;
    const text = JSON.stringify({ version: RECORD_VERSION, files: [...known.values()] });
    writing = writing
      .then(() => store.write(folder, text))
      .catch((error: unknown) => {
        const code = (error as { code?: unknown }).code;
        log.problem(
          `The record of who wrote what cannot be kept: ${code ?? "it cannot be written"}`,
        );
      });
    return writing;
  };

  return {
    load,
    isLoaded: () => loaded,
    recall(file, text) {
      const before = recalled.get(file);
      if (before?.text === text) return before.known;
      const record = known.get(file);
      if (record === undefined) return undefined;
      const next = {
        marks: readFileRecord(record, text),
        hooksUntil: record.hooksRead === undefined ? 0 : Date.parse(record.hooksRead),
      };
      if (recalled.size >= 64) recalled.clear();
      recalled.set(file, { text, known: next });
      return next;
    },
    put,
    touch(file) {
      touched.add(file);
      soon();
    },
    renamed(from, to, isUnder) {
      const out: FileId[] = [];
      for (const [file, record] of [...known]) {
        if (file !== from && !isUnder(file, from)) continue;
        const next = to + file.slice(from.length);
        known.delete(file);
        recalled.delete(next);
        known.set(next, { ...record, file: uriOf(next) });
        out.push(next);
      }
      if (out.length > 0) soon();
      return out;
    },
    files: () => [...known.keys()],
    save,
    dispose: () => clearTimeout(timer),
  };
}
