/**
 * What is to be shown for a file now. Open files have their findings; files that are not open have them once a scan
 * covered them; every other file has none.
 *
 * While an open text does not parse, its last shown findings move along with it and none is added, until
 * `SETTLE_MS` after the last edit.
 */
import type { Diagnostic } from "vscode-languageserver";
import type { FileId } from "../base/brand.ts";
import type { Finding, Report } from "../engine/api.ts";
import type { Context } from "./context.ts";
import { type Converted, EMPTY_HASH, toDiagnostics } from "./diagnostics.ts";

/** Held findings settle this long after the last edit, in milliseconds: within 300, showing included. */
export const SETTLE_MS = 240;

export interface FileReport extends Converted {
  /** Of an open document. */
  readonly version: number | null;
  /** True when `items` are the last shown ones, moved. */
  readonly held: boolean;
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
  findings(file: FileId): readonly Finding[];
  /** The engine's own answer; [] for a file on which it crashed. */
  check(file: FileId): Report;
  /** Findings shown, over all files. */
  total(): number;
  forget(file: FileId): void;
}

const NOTHING: { readonly items: Diagnostic[]; readonly hash: string } = {
  items: [],
  hash: EMPTY_HASH,
};

export function createReports(context: Context): Reports {
  const { engine, documents, folders, log } = context;
  const coverage: Coverage = { files: new Set(), all: false };
  const counts = new Map<FileId, number>();
  let total = 0;

  const count = (file: FileId, found: number): void => {
    total += found - (counts.get(file) ?? 0);
    if (found === 0) counts.delete(file);
    else counts.set(file, found);
  };
  const check = (file: FileId): Report => {
    try {
      const report = engine.check(file);
      log.problems(engine.problems());
      return report;
    } catch (error) {
      log.crash("checking a file", error);
      return { file, findings: [], hasError: false };
    }
  };
  const isCovered = (file: FileId): boolean => coverage.all || coverage.files.has(file);
  const isShown = (file: FileId): boolean => {
    if (!engine.has(file) || folders.silences(file)) return false;
    const document = documents.get(file);
    if (document === undefined) return isCovered(file);
    return !document.deleted;
  };
  const look = (
    file: FileId,
  ): { readonly findings: readonly Finding[]; readonly held: boolean } => {
    if (!isShown(file)) return { findings: [], held: false };
    const report = check(file);
    const document = documents.get(file);
    if (document === undefined) return { findings: report.findings, held: false };
    if (
      report.hasError &&
      document.shown !== undefined &&
      Date.now() - document.editedAt < SETTLE_MS
    )
      return { findings: document.shown, held: true };
    document.shown = report.findings;
    return { findings: report.findings, held: false };
  };

  return {
    coverage,
    isShown,
    isCovered,
    covered: () => [...counts.keys()].filter(isCovered),
    check,
    findings: (file) => look(file).findings,
    current(file) {
      const { findings, held } = look(file);
      count(file, findings.length);
      const converted = findings.length === 0 ? NOTHING : toDiagnostics(context, file, findings);
      return { ...converted, held, version: documents.get(file)?.version ?? null };
    },
    total: () => total,
    forget: (file) => count(file, 0),
  };
}
