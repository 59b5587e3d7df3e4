/** The JSON report: stable, and safe to print on a terminal. */
import type { FileId } from "../base/brand.ts";
import type { Span } from "../base/text.ts";
import type {
  Confidence,
  Finding,
  FlowStep,
  Grade,
  Level,
  OwnSummary,
  Severity,
} from "../engine/api.ts";
import { safeJson } from "./escape.ts";
import type { HiddenCounts } from "./own.ts";
import { countBy, type ScanResult, shownFix } from "./scan-result.ts";
import type { CellPosition, Position, Workspace } from "./workspace.ts";

/**
 * `files` are relative to the working directory, with forward slashes. Every `start` and `end` is a position: line and
 * column from 1, offset from 0, columns and offsets in UTF-16 units of the text without a byte order mark. `end` is the
 * position after the last character. New keys may be added; keys are not removed or given another meaning while
 * `version` stays the same.
 */
export interface JsonReport {
  readonly version: 1;
  /** By file, position and rule. */
  readonly findings: readonly JsonFinding[];
  readonly stats: {
    /** Files that were analysed and reported on. */
    readonly files: number;
    readonly bytes: number;
    /** Of these files, those that are not blank. */
    readonly lines: number;
    readonly seconds: number;
    /** Files left out, by reason; folders of dependencies are counted up to 50,000 entries. */
    readonly skipped: Readonly<Record<string, number>>;
    /** Number of findings of each rule that has any. */
    readonly byRule: Readonly<Record<string, number>>;
    /** Findings that are not listed: by comments that suppress them, by settings, by sanitizers and guards of the project's own. */
    readonly hidden: HiddenCounts;
    /** Files with rules and models of the project's own, and what they hold. */
    readonly own: readonly OwnSummary[];
  };
  /** What could not be done: files that cannot be read, rules that failed. */
  readonly problems: readonly { readonly file?: FileId; readonly message: string }[];
}

export interface JsonFinding {
  readonly rule: string;
  readonly category: string;
  readonly cwe: readonly number[];
  readonly severity: Severity;
  readonly level: Level;
  readonly confidence: Confidence;
  readonly file: FileId;
  readonly start: Position;
  readonly end: Position;
  /** Of a notebook, whose `start` and `end` are places in its JSON: where it begins in the code that people see. */
  readonly cell?: CellPosition;
  /** What is wrong, why it matters, what to do: one paragraph of plain text. */
  readonly message: string;
  /** From the source to the sink; empty for findings that are not about data. */
  readonly flow: readonly JsonStep[];
  /** Up to five ways to the sink, from different sources, `flow` first. Empty for findings that are not about data. */
  readonly paths: readonly (readonly JsonStep[])[];
  /** Number of further ways to the sink. */
  readonly morePaths: number;
  /** Best first. Apply all edits of one fix together; they are for the text that was analysed and do not overlap. */
  readonly fixes: readonly {
    readonly title: string;
    readonly applicability: Grade;
    /** Empty when there is nothing to apply, and then `reason` says why. */
    readonly edits: readonly {
      readonly file: FileId;
      readonly start: Position;
      readonly end: Position;
      readonly newText: string;
    }[];
    /** Files to be made as well. Nothing of their names is there. */
    readonly creates?: readonly { readonly file: FileId; readonly text: string }[];
    readonly reason?: string;
  }[];
  /** The same finding keeps it when other code is inserted, moved or reformatted. */
  readonly fingerprint: string;
  /** The baseline is older than the rule: it does not change the exit code. */
  readonly newInVersion?: true;
  /** The level by which it is in the baseline: a change of the code has made it worse. */
  readonly levelInBaseline?: Level;
}

export interface JsonStep {
  readonly file: FileId;
  readonly start: Position;
  readonly end: Position;
  readonly cell?: CellPosition;
  readonly role: FlowStep["role"];
  readonly text: string;
}

export function jsonReport(result: ScanResult): string {
  const { workspace, findings } = result;
  const report: JsonReport = {
    version: 1,
    findings: findings.map((finding) => jsonFinding(result, finding)),
    stats: {
      files: workspace.requested.length,
      bytes: workspace.bytes,
      lines: workspace.lines,
      seconds: Math.round(result.seconds * 1000) / 1000,
      skipped: Object.fromEntries([...workspace.skippedCounts].sort()),
      byRule: countBy(findings, (finding) => finding.rule),
      hidden: result.hidden,
      own: result.own,
    },
    problems: workspace.problems.map(({ file, message }) =>
      file === undefined ? { message } : { file, message },
    ),
  };
  return `${safeJson(report)}\n`;
}

export function messageText({ message }: Finding): string {
  return [message.what, message.why, message.fix].filter((part) => part !== "").join(" ");
}

function jsonFinding(result: ScanResult, finding: Finding): JsonFinding {
  const { workspace: ws, mask } = result;
  const fixes = (result.fixes.get(finding) ?? []).map((fix) => shownFix(fix, mask));
  const was = result.baseline?.worse.get(finding);
  const steps = (path: readonly FlowStep[]): readonly JsonStep[] =>
    path.map(({ file, span, role, text }) => ({
      file,
      ...range(ws, file, span),
      ...inCell(ws, file, span),
      role,
      text: mask(text),
    }));
  return {
    rule: finding.rule,
    category: finding.category,
    cwe: finding.cwe,
    severity: finding.severity,
    level: finding.level,
    confidence: finding.confidence,
    file: finding.file,
    ...range(ws, finding.file, finding.span),
    ...inCell(ws, finding.file, finding.span),
    message: mask(messageText(finding)),
    flow: steps(finding.flow),
    paths: finding.paths.map(steps),
    morePaths: finding.morePaths,
    fixes: fixes.map(({ title, grade, edits, creates = [], reason }) => ({
      title: mask(title),
      applicability: grade,
      edits: edits.flatMap(({ file, edits }) =>
        (ws.fileEdits(file, edits) ?? []).map(({ start, end, newText }) => ({
          file,
          start: ws.textPosition(file, start),
          end: ws.textPosition(file, end),
          newText,
        })),
      ),
      ...(creates.length === 0 ? {} : { creates }),
      ...(reason === undefined ? {} : { reason }),
    })),
    fingerprint: finding.fingerprint,
    ...(result.ofNewRules.has(finding) ? { newInVersion: true as const } : {}),
    ...(was === undefined ? {} : { levelInBaseline: was }),
  };
}

function range(ws: Workspace, file: FileId, span: Span): { start: Position; end: Position } {
  return { start: ws.position(file, span.start), end: ws.position(file, span.end) };
}

function inCell(ws: Workspace, file: FileId, span: Span): { cell?: CellPosition } {
  const cell = ws.cell(file, span.start);
  return cell === undefined ? {} : { cell };
}
