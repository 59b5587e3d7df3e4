/**
 * What would be reported if a text stood in an open document: it is put there as a trial, with the file's imports and
 * everything that calls it known, and taken away again. Only findings in the text, and those that it brings about elsewhere
 * in the file, are told.
 */
import type { FileId } from "../base/brand.ts";
import { lineStarts, positionAt, type Span } from "../base/text.ts";
import type { ItemState, Place } from "../engine/api.ts";
import { codeAt } from "./code-line.ts";
import { type Context, lineOf, offsetOf, shortPath } from "./context.ts";
import type { Shown } from "./departures.ts";
import { sentences } from "./diagnostics.ts";
import type { OpenDocument } from "./document.ts";
import type { TriedFinding, TryTextParams, TryTextResult } from "./finding-protocol.ts";
import { verdict } from "./markdown-report.ts";
import { code, markdown, visible } from "./plain.ts";
import { withTrial } from "./trial.ts";

/** A longer text is a file, not a suggestion. */
export const LONGEST = 200_000;

/** The document with the text in it, where that stands, and what it stands in place of. */
interface Attempt {
  readonly whole: string;
  readonly at: Span;
  readonly replaced: Span;
  /** By how much the document is longer. */
  readonly growth: number;
}

/** `document` must be known to the engine. Undefined in a cell that is not analysed. */
export function tryText(
  context: Context,
  document: OpenDocument,
  { uri, range, text }: TryTextParams,
): TryTextResult | undefined {
  const { engine } = context;
  const { file } = document;
  const original = engine.text(file) ?? "";
  const start = offsetOf(context, uri, range.start);
  const end = offsetOf(context, uri, range.end);
  if (start === undefined || end === undefined) return undefined;
  const replaced = { start, end };
  const before = shownIn(context, file);
  const wasBroken = engine.check(file).hasError;
  const known = new Set(before.map((finding) => keyOf(finding, finding.span.start)));

  const items = engine.items(file);

  return withTrial(engine, file, (trial) => {
    const attempts = attemptsFor(original, replaced, withoutFence(text));
    const fits = (attempt: Attempt): boolean => {
      trial.become(attempt.whole);
      return !engine.check(file).hasError && isKept(items, engine.items(file), attempt);
    };
    const fitting = wasBroken ? undefined : attempts.find(fits);
    const attempt = fitting ?? (attempts[0] as Attempt);
    trial.become(attempt.whole);
    const { at } = attempt;
    const moved = attempt.growth;
    const isInside = ({ span }: Place): boolean => span.start < at.end && at.start < span.end;
    const isNew = (finding: Shown): boolean => {
      const { start } = finding.span;
      return (
        isInside(finding) || !known.has(keyOf(finding, start < at.start ? start : start - moved))
      );
    };
    const starts = lineStarts(attempt.whole);
    const lineIn = (place: Place): number => positionAt(starts, place.span.start).line;
    const first = positionAt(starts, at.start).line;
    const where = (place: Place): string => {
      if (place.file !== file) return `${shortPath(context, place.file)}:${lineOf(context, place)}`;
      if (isInside(place)) return `line ${lineIn(place) - first + 1} of the text`;
      if (document.notebook !== undefined) return shortPath(context, file);
      const line = lineIn(place) - (place.span.start < at.start ? 0 : moreLines(attempt, original));
      return `${shortPath(context, file)}:${line + 1}`;
    };
    const found = shownIn(context, file)
      .filter(isNew)
      .map((finding) => toTried(context, finding, where));
    return { findings: found, isBroken: fitting === undefined, report: reportOf(found) };
  });
}

/** As they may be told. */
function shownIn(context: Context, file: FileId): readonly Shown[] {
  const { engine, secrets, folders } = context;
  const passedOn = engine.departures(file).filter(({ sink }) => !folders.silences(sink.file));
  return secrets.told<Shown>([...engine.check(file).findings, ...passedOn]);
}

function keyOf({ rule, span }: Shown, start: number): string {
  return `${rule}@${start}+${span.end - span.start}`;
}

/** How many lines more the document has with the text. */
function moreLines({ whole }: Attempt, original: string): number {
  return lineStarts(whole).length - lineStarts(original).length;
}

/** The functions around the text are still around it, and end where they ended: it did not cut one in two. */
function isKept(
  before: readonly ItemState[],
  after: readonly ItemState[],
  { replaced, growth }: Attempt,
): boolean {
  return before
    .filter(({ span }) => span.start < replaced.start && replaced.end < span.end)
    .every(({ span }) =>
      after.some((item) => item.span.start === span.start && item.span.end === span.end + growth),
    );
}

/** A copied Markdown block is about the code in it. */
function withoutFence(text: string): string {
  return /^\s*(`{3,}|~{3,})[^\n]*\n([\s\S]*?)\n?\s*\1\s*$/.exec(text)?.[2] ?? text;
}

/** Where the text may be meant to stand, the most likely first. */
function attemptsFor(original: string, { start, end }: Span, text: string): readonly Attempt[] {
  const newline = /\r\n|\n|\r/.exec(original)?.[0] ?? "\n";
  const put = (replaced: Span, put: string, before = ""): Attempt => {
    const from = replaced.start + before.length;
    const whole = original.slice(0, replaced.start) + before + put + original.slice(replaced.end);
    const at = { start: from, end: from + put.length };
    return { whole, at, replaced, growth: whole.length - original.length };
  };
  const line = lineBounds(original, start);
  const head = original.slice(line.start, start);
  const lines = dedented(text).split(/\r\n|\n|\r/);
  const indented = (by: string): string =>
    lines.map((one) => (one.trim() === "" ? one : by + one)).join(newline);
  const indent = indentOf(original.slice(line.start, line.end));
  const above = original.slice(0, line.start).trimEnd();
  const around = indentOf(above.slice(lineBounds(above, above.length).start));
  const own = head.trim() === "" ? head : indent;
  const place = { start, end };
  const below = { start: line.end, end: line.end };
  const underLine = [put(below, indented(indent), newline), put(below, indented(around), newline)];
  const overLine = put({ start: line.start, end: line.start }, `${indented(indent)}${newline}`);
  // Editors paste lines that were copied as a whole over the line of the cursor.
  const areLines = /[\r\n]$/.test(text) && original.slice(line.start, line.end).trim() !== "";
  return [
    ...(areLines ? [overLine] : []),
    // The first line goes on from the cursor, the others are indented like the line.
    put(place, indented(own).slice(own.length)),
    put(place, text),
    put(place, indented(around)),
    ...underLine,
    overLine,
    put({ start: original.length, end: original.length }, indented(""), newline),
  ];
}

function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? "";
}

function lineBounds(text: string, offset: number): Span {
  const breaks = /[\r\n]/;
  let start = offset;
  while (start > 0 && !breaks.test(text[start - 1] as string)) start--;
  let end = offset;
  while (end < text.length && !breaks.test(text[end] as string)) end++;
  return { start, end };
}

/** Without the white space that all lines begin with; a first line that was copied from its middle does not count. */
function dedented(text: string): string {
  const lines = text.split(/\r\n|\n|\r/);
  const depths = (some: readonly string[]): number[] =>
    some.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const all = Math.min(...depths(lines));
  const rest = Math.min(...depths(lines.slice(1)));
  if (all === 0 && Number.isFinite(rest) && !/[:{([,]\s*$/.test(lines[0] ?? ""))
    return [lines[0], ...lines.slice(1).map((line) => line.slice(rest))].join("\n");
  return lines.map((line) => line.slice(Number.isFinite(all) ? all : 0)).join("\n");
}

function toTried(context: Context, finding: Shown, where: (place: Place) => string): TriedFinding {
  return {
    rule: finding.rule,
    title: visible(finding.title),
    level: finding.level,
    verdict: verdict(finding).join(", "),
    message: sentences(finding.message),
    where: where(finding),
    code: codeAt(context, finding, finding),
    path: finding.flow.map((step) => ({
      where: where(step),
      code: codeAt(context, finding, step),
      text: visible(step.text),
    })),
  };
}

/** Markdown. */
function reportOf(findings: readonly TriedFinding[]): string {
  const sections = findings.map((finding) => {
    const steps = finding.path.map(
      (step, i) => `${i + 1}. ${markdown(step.where)} ${code(step.code)} ${markdown(step.text)}`,
    );
    return [
      `# ${markdown(finding.title)}`,
      `${markdown(finding.where)}: ${code(finding.code)}`,
      markdown(`${finding.rule}, ${finding.verdict}`),
      markdown(finding.message),
      steps.join("\n"),
    ]
      .filter((part) => part !== "")
      .join("\n\n");
  });
  return `${sections.join("\n\n---\n\n")}\n`;
}
