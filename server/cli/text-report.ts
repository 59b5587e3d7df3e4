/** The report for people. */
import type { FileId } from "../base/brand.ts";
import type { Span } from "../base/text.ts";
import type { Finding, Fix, FlowStep, Grade, Level } from "../engine/api.ts";
import type { Paint, Style } from "./color.ts";
import { visible } from "./escape.ts";
import { codeFrame, codeLine, type FrameOptions } from "./frame.ts";
import { FOLDER, type HiddenCounts } from "./own.ts";
import { applicable, countBy, LEVELS, type ScanResult, type ScanView } from "./scan-result.ts";
import { textWidth } from "./width.ts";
import type { CellPosition, Workspace } from "./workspace.ts";

export interface TextOptions {
  readonly paint: Paint;
  readonly width: number;
  /** "findings": no summary. "details": also speed and the name of every file left out. */
  readonly show: "findings" | "all" | "details";
}

export const LEVEL_STYLE: Readonly<Record<Level, Style>> = {
  error: "red",
  warning: "yellow",
  information: "blue",
  hint: "cyan",
};

const NEW_RULES =
  "New in this version: from rules that the baseline does not know yet. They do not change the exit code.";

export function textReport(result: ScanResult, options: TextOptions): string {
  const out: string[] = [];
  let file: FileId | undefined;
  const isNew = (finding: Finding): boolean => result.ofNewRules.has(finding);
  const last = result.findings.filter(isNew);
  for (const finding of [...result.findings.filter((one) => !isNew(one)), ...last]) {
    if (finding === last[0]) {
      file = undefined;
      out.push(options.paint("bold", NEW_RULES), "");
    }
    if (finding.file !== file) {
      file = finding.file;
      out.push(options.paint("underline", visible(file)), "");
    }
    out.push(...findingLines(result, finding, options), "");
  }
  if (options.show !== "findings") out.push(...summary(result, options));
  return out.map((line) => `${line.trimEnd()}\n`).join("");
}

export function place(workspace: Workspace, file: FileId, offset: number): string {
  const { line, column } = workspace.position(file, offset);
  const cell = workspace.cell(file, offset);
  const inCell = cell === undefined ? "" : ` (${cellWords(cell)})`;
  return `${visible(file)}:${line}:${column}${inCell}`;
}

/** "cell 3, line 2" */
export function cellWords({ cell, line }: CellPosition): string {
  return `cell ${cell}, line ${line}`;
}

/** The code of a place with line numbers: those of its cell in a file that is made of cells. */
export function frameOf(
  { workspace, secrets }: ScanView,
  file: FileId,
  span: Span,
  options: Omit<FrameOptions, "hidden">,
): string[] {
  const { text, shift } = workspace.view(file, span.start);
  const hidden = (secrets.get(file) ?? []).map((one) => moved(one, shift));
  return codeFrame(text, moved(span, shift), { ...options, hidden });
}

function moved({ start, end }: Span, shift: number): Span {
  return { start: start - shift, end: end - shift };
}

function findingLines(result: ScanResult, finding: Finding, options: TextOptions): string[] {
  const { paint, width } = options;
  const { workspace, mask } = result;
  const style = LEVEL_STYLE[finding.level];
  const cwe = finding.cwe.map((number) => `CWE-${number}`).join(", ");
  const about = [
    finding.rule,
    `${finding.severity} severity`,
    `${finding.confidence} confidence`,
    cwe,
  ];
  const out = [
    `${paint(style, paint("bold", finding.level))}  ${paint("bold", clean(mask(finding.title)))}`,
    `  ${paint("cyan", place(workspace, finding.file, finding.span.start))}  ${paint("dim", about.filter((part) => part !== "").join(" - "))}`,
    ...frameOf(result, finding.file, finding.span, {
      width: width - 2,
      paint,
      style,
      mask,
      about: finding.category === "secrets" ? "secret" : "code",
    }).map((line) => `  ${line}`),
  ];
  const was = result.baseline?.worse.get(finding);
  if (was !== undefined)
    out.push(`  ${paint("bold", `It is in the baseline as ${was}: a change has made it worse.`)}`);
  const { what, why, fix } = finding.message;
  out.push(...wrap(clean(mask(`${what} ${why}`)), width - 2).map((line) => `  ${line}`));
  if (finding.flow.length > 1) {
    // Only the first path is written out.
    const more = finding.morePaths + Math.max(0, finding.paths.length - 1);
    const others =
      more === 0 ? "" : paint("dim", ` (+${more} more: skeptic explain ${finding.fingerprint})`);
    out.push(`  ${paint("bold", "Path")}${others}`);
    out.push(...pathLines(result, finding, finding.flow, options));
  }
  if (fix !== "")
    out.push(...hanging(`  ${paint("green", "Fix:")} `, "  Fix: ", clean(mask(fix)), width));
  const fixes = result.fixes.get(finding) ?? [];
  const applied = applicable(fixes);
  for (const one of fixes)
    out.push(...fixLines({ ...one, title: mask(one.title) }, applied.includes(one), options));
  return out;
}

/** Numbered steps, each with its line of code. */
export function pathLines(
  { workspace, secrets, mask }: ScanView,
  finding: Finding,
  path: readonly FlowStep[],
  { paint, width }: Pick<TextOptions, "paint" | "width">,
): string[] {
  const out: string[] = [];
  const digits = String(path.length).length;
  for (const [index, step] of path.entries()) {
    const number = `${String(index + 1).padStart(digits)}.`;
    const at = place(workspace, step.file, step.span.start);
    const words = clean(mask(step.text));
    out.push(`    ${number} ${paint("cyan", at)}${words === "" ? "" : `  ${words}`}`);
    const { text, shift } = workspace.view(step.file, step.span.start);
    const code = codeLine(text, moved(step.span, shift), {
      width: Math.max(20, width - 8 - digits),
      hidden: (secrets.get(step.file) ?? []).map((one) => moved(one, shift)),
      mask,
      about: finding.category === "secrets" ? "secret" : "code",
    });
    if (code !== "") out.push(`    ${" ".repeat(digits + 2)}${paint("dim", code)}`);
  }
  return out;
}

const GRADE_WORDS: Readonly<Record<Grade, string>> = {
  safe: "skeptic fix",
  suggested: "skeptic fix --grade suggested",
  placeholder: "in the editor, needs your decision",
  manual: "by hand",
};

/** Behind one that a person must fill in, `skeptic fix` applies none. */
function fixLines(
  { title, grade, reason }: Fix,
  isApplied: boolean,
  { paint, width }: TextOptions,
): string[] {
  const how = isApplied || grade === "manual" ? GRADE_WORDS[grade] : GRADE_WORDS.placeholder;
  const words = `${clean(title)} (${reason === undefined ? how : clean(reason)})`;
  const style = grade === "safe" ? "green" : "dim";
  return hanging(`    ${paint(style, `[${grade}]`)} `, `    [${grade}] `, words, width);
}

function summary(result: ScanResult, options: TextOptions): string[] {
  const { paint } = options;
  const { workspace, findings, seconds } = result;
  const out: string[] = [];
  const files = plural(workspace.requested.length, "file");
  const size = `${(workspace.bytes / 1e6).toFixed(workspace.bytes < 1e5 ? 3 : 1)} MB`;
  const time = `${seconds.toFixed(seconds < 10 ? 2 : 0)} s`;
  if (findings.length === 0) {
    out.push(`${paint("green", "No findings")} in ${files} (${size}, ${time}).`);
  } else {
    const levels = LEVELS.map((level) => ({
      level,
      count: findings.filter((finding) => finding.level === level).length,
    }))
      .filter(({ count }) => count > 0)
      .map(({ level, count }) => paint(LEVEL_STYLE[level], levelCount(count, level)));
    const total = plural(findings.length, "finding");
    out.push(`${paint("bold", total)}: ${levels.join(", ")}, in ${files} (${size}, ${time}).`);
    const grades = findings.map((finding) => bestGrade(result.fixes.get(finding) ?? []));
    const safe = grades.filter((grade) => grade === "safe").length;
    const suggested = grades.filter((grade) => grade === "suggested").length;
    if (safe > 0) out.push(`${safe} can be fixed safely: skeptic fix`);
    if (suggested > 0)
      out.push(`${suggested} can be rewritten and then reviewed: skeptic fix --grade suggested`);
  }
  const skipped = [...workspace.skippedCounts].sort(([, a], [, b]) => b - a);
  if (skipped.length > 0) {
    const total = skipped.reduce((sum, [, count]) => sum + count, 0);
    const reasons = skipped.map(([reason, count]) => `${count} ${reason}`).join(", ");
    out.push(paint("dim", `Left out ${plural(total, "file")}: ${reasons}.`));
  }
  const hidden = hiddenWords(result.hidden, result.since);
  if (hidden !== undefined) out.push(paint("dim", hidden));
  if (options.show === "details") out.push(...details(result));
  return out;
}

function hiddenWords(
  { suppressions, settings, own, unchanged = 0, baseline = 0 }: HiddenCounts,
  since: string | undefined,
): string | undefined {
  const parts = [
    ...(baseline > 0 ? [`${baseline} by the baseline`] : []),
    ...(unchanged > 0 ? [`${unchanged} where nothing changed since ${visible(since ?? "")}`] : []),
    ...(suppressions > 0 ? [`${suppressions} by suppressions`] : []),
    ...(own > 0 ? [`${own} by sanitizers of this project (${FOLDER})`] : []),
    ...(settings > 0 ? [`${settings} by settings`] : []),
  ];
  if (parts.length === 0) return undefined;
  return `Not shown: ${plural(baseline + unchanged + suppressions + settings + own, "finding")}, ${parts.join(", ")}.`;
}

/** The most trusted grade that can be applied without a person. */
function bestGrade(fixes: readonly Fix[]): Grade | undefined {
  const grades = new Set(
    applicable(fixes)
      .filter(({ edits }) => edits.length > 0)
      .map(({ grade }) => grade),
  );
  return grades.has("safe") ? "safe" : grades.has("suggested") ? "suggested" : undefined;
}

function details({ workspace, findings, seconds }: ScanResult): string[] {
  const perSecond = (amount: number) => (seconds > 0 ? amount / seconds : 0);
  const out = [
    `${perSecond(workspace.requested.length).toFixed(1)} files/s, ${perSecond(workspace.bytes / 1e6).toFixed(2)} MB/s`,
    ...Object.entries(countBy(findings, (finding) => finding.rule)).map(
      ([rule, count]) => `  ${count}  ${rule}`,
    ),
  ];
  const skipped = workspace.skippedFiles.map(({ file, reason }) => `  ${reason}: ${visible(file)}`);
  return skipped.length === 0 ? out : [...out, "Left out one by one:", ...skipped.sort()];
}

function levelCount(count: number, level: Level): string {
  return level === "information" ? `${count} information` : plural(count, level);
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export function clean(text: string): string {
  return visible(text.replace(/\s+/g, " ").trim());
}

/** A first line that begins with `lead` (as wide as `measure`), the others indented to match. */
export function hanging(lead: string, measure: string, text: string, width: number): string[] {
  const indent = textWidth(measure);
  return wrap(text, Math.max(20, width - indent)).map((line, index) =>
    index === 0 ? lead + line : " ".repeat(indent) + line,
  );
}

export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const word of text.split(" ")) {
    const size = textWidth(word);
    if (used > 0 && used + 1 + size > width) {
      lines.push(line);
      line = "";
      used = 0;
    }
    line += (used > 0 ? " " : "") + word;
    used += (used > 0 ? 1 : 0) + size;
  }
  return [...lines, line];
}
