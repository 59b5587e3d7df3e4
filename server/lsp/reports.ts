/**
 * What is to be shown for a file now. Open files have their findings, and those of other files whose data leaves here;
 * files that are not open have their findings once a scan covered them; every other file has none.
 *
 * While an item of an open text does not parse, its last shown findings move along with the text and none is added, until
 * `SETTLE_MS` after the last edit (`held.ts`).
 */
import type { Diagnostic } from "vscode-languageserver";
import type { FileId } from "../base/brand.ts";
import { isEmbedded } from "../embedded/document.ts";
import type { Departure, Report } from "../engine/api.ts";
import type { Context } from "./context.ts";
import { identityOf, isDeparture, type Shown } from "./departures.ts";
import { type Converted, EMPTY_HASH, toDiagnostics } from "./diagnostics.ts";
import { withHeld } from "./held.ts";

/** Milliseconds of an answer that go to files that call the one asked about; more of them follow in the background. */
const CALLERS_MS = 8;

/** Held findings settle this long after the last edit, in milliseconds: within 300, showing included. */
export const SETTLE_MS = 240;

export interface FileReport extends Converted {
  /** Of an open document. */
  readonly version: number | null;
  /** True when some of `items` may be the last shown ones, moved. */
  readonly held: boolean;
  /** How many of `items` are findings of this file. */
  readonly own: number;
}

export interface Coverage {
  /** Files that are not open are reported too: these, or all of them. */
  readonly files: Set<FileId>;
  all: boolean;
}

export interface Reports {
  readonly coverage: Coverage;
  /** True when findings of this file are shown at all. */
  isShown(file: FileId): boolean;
  isCovered(file: FileId): boolean;
  /** Covered files with findings, as of their last report. */
  covered(): FileId[];
  current(file: FileId): FileReport;
  /** The findings `current` would show. */
  findings(file: FileId): readonly Shown[];
  /** The engine's own answer; [] for a file on which it crashed. */
  check(file: FileId): Report;
  /** Findings shown, over all files, each once. */
  total(): number;
  /** Findings that a baseline hides, in files of which findings are shown. */
  known(): number;
  forget(file: FileId): void;
}

const NOTHING: { readonly items: Diagnostic[]; readonly hash: string } = {
  items: [],
  hash: EMPTY_HASH,
};

export function createReports(context: Context): Reports {
  const { engine, documents, folders, log, secrets, baselines } = context;
  const coverage: Coverage = { files: new Set(), all: false };
  /** Identities of what is shown, by file; and in how many places each is. */
  const shown = new Map<FileId, readonly string[]>();
  const places = new Map<string, number>();
  const known = new Map<FileId, number>();

  const count = (file: FileId, found: readonly Shown[]): void => {
    for (const id of shown.get(file) ?? []) {
      const left = (places.get(id) ?? 0) - 1;
      if (left > 0) places.set(id, left);
      else places.delete(id);
    }
    if (found.length === 0) {
      shown.delete(file);
      return;
    }
    const ids = found.map(identityOf);
    for (const id of ids) places.set(id, (places.get(id) ?? 0) + 1);
    shown.set(file, ids);
  };
  const check = (file: FileId): Report => {
    try {
      const report = engine.check(file, CALLERS_MS);
      log.problems(engine.problems());
      return report;
    } catch (error) {
      log.crash("checking a file", error);
      return { file, findings: [], hasError: false };
    }
  };
  const departures = (file: FileId): readonly Departure[] => {
    try {
      const found = engine.departures(file);
      log.problems(engine.problems());
      return found.filter(
        (one) => !folders.silences(one.sink.file) && !baselines.knows({ ...one, ...one.sink }),
      );
    } catch (error) {
      log.crash("following data out of a file", error);
      return [];
    }
  };
  const isCovered = (file: FileId): boolean => coverage.all || coverage.files.has(file);
  const isShown = (file: FileId): boolean => {
    if (!engine.has(file) || folders.silences(file)) return false;
    const document = documents.get(file);
    if (document === undefined)
      // One that was just closed is read anew: until then its places are not known.
      return isCovered(file) && (!isEmbedded(file) || context.embedded.has(file));
    return !document.deleted;
  };
  const look = (file: FileId): { readonly findings: readonly Shown[]; readonly held: boolean } => {
    known.delete(file);
    if (!isShown(file)) return { findings: [], held: false };
    const report = check(file);
    const own = baselines.unknown(file, report.findings);
    if (own.length < report.findings.length) known.set(file, report.findings.length - own.length);
    const document = documents.get(file);
    if (document === undefined) return { findings: secrets.told(own), held: false };
    const fresh = secrets.told([...own, ...departures(file)]);
    const held =
      report.hasError && document.shown !== undefined && Date.now() - document.editedAt < SETTLE_MS;
    if (held) document.shown = withHeld(fresh, document, engine.items(file));
    else {
      document.shown = fresh;
      document.edited = [];
    }
    return { findings: document.shown ?? fresh, held };
  };

  return {
    coverage,
    isShown,
    isCovered,
    covered: () => [...shown.keys()].filter(isCovered),
    check,
    findings: (file) => look(file).findings,
    current(file) {
      const { findings, held } = look(file);
      count(file, findings);
      const converted = findings.length === 0 ? NOTHING : toDiagnostics(context, file, findings);
      const own = findings.filter((one) => !isDeparture(one)).length;
      return { ...converted, held, own, version: documents.get(file)?.version ?? null };
    },
    total: () => places.size,
    known: () => [...known.values()].reduce((sum, one) => sum + one, 0),
    forget(file) {
      count(file, []);
      known.delete(file);
    },
  };
}
