/** What a scan found, as every report needs it. */
import type { FileId } from "../base/brand.ts";
import type { Span } from "../base/text.ts";
import type { Finding, Fix, Level, OwnSummary, RuleInfo } from "../engine/api.ts";
import { literalValues, valueMask } from "../engine/mask.ts";
import type { Gone } from "./baseline.ts";
import type { HiddenCounts } from "./own.ts";
import type { Workspace } from "./workspace.ts";

/** What is needed to show code without secrets. */
export interface ScanView {
  readonly workspace: Workspace;
  /** Where secrets stand: no report shows their text. */
  readonly secrets: ReadonlyMap<FileId, readonly Span[]>;
  /** Hides secrets in any other text that goes into a report. */
  readonly mask: (text: string) => string;
}

export interface ScanResult extends ScanView {
  readonly version: string;
  readonly findings: readonly Finding[];
  readonly fixes: ReadonlyMap<Finding, readonly Fix[]>;
  readonly rules: readonly RuleInfo[];
  readonly seconds: number;
  readonly exitCode: number;
  readonly hidden: HiddenCounts;
  readonly own: readonly OwnSummary[];
  /** Those of `findings` that only an update of Skeptic has brought. */
  readonly ofNewRules: ReadonlySet<Finding>;
  /** Where the project has a baseline. */
  readonly baseline: BaselineView | undefined;
  /** What the files were compared with, when only changed ones are reported. */
  readonly since: string | undefined;
}

/** What a baseline says of a scan. */
export interface BaselineView {
  /** Findings that it hides. */
  readonly known: ReadonlySet<Finding>;
  /** Findings that it knows less grave: as what. */
  readonly worse: ReadonlyMap<Finding, Level>;
  /** Its entries that nothing reports any more. */
  readonly gone: readonly Gone[];
}

export const LEVELS: readonly Level[] = ["error", "warning", "information", "hint"];

/** The engine's fixes without those that would edit a file whose bytes are not UTF-8. */
export function fixesOf(workspace: Workspace, finding: Finding): readonly Fix[] {
  return workspace.engine
    .fixes(finding.file, finding.fingerprint)
    .filter((fix) => fix.edits.every(({ file }) => workspace.files.get(file)?.isUtf8 !== false));
}

export function secretSpans(findings: readonly Finding[]): Map<FileId, Span[]> {
  const spans = new Map<FileId, Span[]>();
  for (const finding of findings) {
    if (finding.category !== "secrets") continue;
    // The secret may be written in another file, to which a step leads.
    for (const { file, span } of [finding, ...finding.flow]) {
      const known = spans.get(file);
      if (known === undefined) spans.set(file, [span]);
      else known.push(span);
    }
  }
  return spans;
}

/** The texts of the secrets in these spans. */
export function secretMask(
  workspace: Workspace,
  secrets: ReadonlyMap<FileId, readonly Span[]>,
): (text: string) => string {
  const values: string[] = [];
  for (const [file, spans] of secrets) {
    const text = workspace.engine.text(file) ?? "";
    for (const { start, end } of spans) values.push(...literalValues(text.slice(start, end)));
  }
  return valueMask(values);
}

/** A fix whose new text would carry a secret out of its file is shown without its edits. */
export function shownFix(fix: Fix, mask: (text: string) => string): Fix {
  const carries = fix.edits.some(({ edits }) => edits.some((e) => mask(e.newText) !== e.newText));
  return carries
    ? {
        ...fix,
        edits: [],
        creates: [],
        reason: "the new text holds a secret and is not shown here",
      }
    : fix;
}

export function countBy<T>(items: Iterable<T>, key: (item: T) => string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The fixes that may be applied without a person: what comes behind one that a person must fill in gives something up. */
export function applicable(fixes: readonly Fix[]): readonly Fix[] {
  const end = fixes.findIndex((fix) => fix.grade === "placeholder");
  return end < 0 ? fixes : fixes.slice(0, end);
}
