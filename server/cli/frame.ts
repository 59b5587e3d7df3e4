/** A piece of code with line numbers and the interesting part underlined. */
import type { Span } from "../base/text.ts";
import { lineStarts, positionAt } from "../base/text.ts";
import { maskSecrets, maskSpans, maskStrings } from "../engine/mask.ts";
import type { Paint, Style } from "./color.ts";
import { visible } from "./escape.ts";
import { characterWidth, textWidth } from "./width.ts";

export interface FrameOptions {
  /** Columns of the whole frame. */
  readonly width: number;
  readonly paint: Paint;
  /** Colour of the underline. */
  readonly style: Style;
  /** Spans of the file whose text is hidden. */
  readonly hidden: readonly Span[];
  /** Hides known secrets in a line and keeps its length. */
  readonly mask: (line: string) => string;
  /** "secret": only the first line of the span, with every string of it hidden. */
  readonly about: "code" | "secret";
}

const BEFORE = 2;
const AFTER = 1;
const SPAN_LINES = 4;
const TAB = 4;

/** Lines without a line end. */
export function codeFrame(text: string, span: Span, options: FrameOptions): string[] {
  const starts = lineStarts(text);
  const first = positionAt(starts, span.start).line;
  const end = positionAt(starts, Math.max(span.start, span.end - 1)).line;
  const last = options.about === "secret" ? first : Math.min(end, first + SPAN_LINES - 1);
  const secret = options.about === "secret";
  const from = secret ? first : Math.max(0, first - BEFORE);
  const to = secret ? first : Math.min(starts.length - 1, last + (last < end ? 0 : AFTER));
  const digits = String(to + 1).length;
  const room = Math.max(20, options.width - digits - 5);
  const { paint } = options;

  const out: string[] = [];
  for (let line = from; line <= to; line++) {
    const start = starts[line] as number;
    const content = shownLine(text, starts, line, options);
    const isMarked = line >= first && line <= last;
    if (!isMarked && content.trim() === "" && (line === from || line === to)) continue;
    const mark = isMarked
      ? {
          from: line === first ? span.start - start : content.length - content.trimStart().length,
          to: Math.min(content.length, span.end - start),
        }
      : undefined;
    const { code, lead, length } = renderLine(content, mark, room);
    const number = String(line + 1).padStart(digits);
    const gutter = isMarked
      ? `${paint(options.style, ">")} ${number} ${paint("dim", "|")}`
      : paint("dim", `  ${number} |`);
    out.push(`${gutter} ${isMarked ? code : paint("dim", code)}`.trimEnd());
    if (mark !== undefined) {
      const under = " ".repeat(lead) + paint(options.style, "^".repeat(Math.max(1, length)));
      out.push(`${paint("dim", `  ${" ".repeat(digits)} |`)} ${under}`);
    }
  }
  if (last < end && !secret) out.push(paint("dim", `  ${" ".repeat(digits)} | ...`));
  return out;
}

/** One trimmed line of code at an offset, for a step of a path. */
export function codeLine(
  text: string,
  span: Span,
  options: Pick<FrameOptions, "width" | "hidden" | "mask" | "about">,
): string {
  const starts = lineStarts(text);
  const { line, character } = positionAt(starts, span.start);
  const content = shownLine(text, starts, line, options);
  const indent = content.length - content.trimStart().length;
  const from = Math.max(0, character - indent);
  const size = Math.max(1, span.end - span.start);
  return renderLine(content.trim(), { from, to: from + size }, options.width).code;
}

function shownLine(
  text: string,
  starts: Uint32Array,
  line: number,
  options: Pick<FrameOptions, "hidden" | "mask" | "about">,
): string {
  const start = starts[line] as number;
  const next = line + 1 < starts.length ? (starts[line + 1] as number) : text.length;
  const raw = text.slice(start, next).replace(/[\r\n]+$/, "");
  const spans = options.mask(maskSpans(raw, start, options.hidden));
  return options.about === "secret" ? maskStrings(spans) : maskSecrets(spans);
}

interface Cell {
  readonly text: string;
  readonly width: number;
  readonly at: number;
}

/** Cuts a line to `room` columns around the mark. `lead` and `length` place the underline, in columns. */
function renderLine(
  line: string,
  mark: { readonly from: number; readonly to: number } | undefined,
  room: number,
): { code: string; lead: number; length: number } {
  const focus = mark === undefined ? 0 : Math.min(mark.from, line.length);
  const sliceStart = charStart(line, Math.max(0, focus - 2 * room));
  const sliceEnd = charStart(line, Math.min(line.length, focus + 4 * room));
  let cells = toCells(line.slice(sliceStart, sliceEnd), sliceStart);
  let cutLeft = sliceStart > 0;
  let cutRight = sliceEnd < line.length;
  const columns = cells.reduce((sum, cell) => sum + cell.width, 0);
  if (columns > room || cutLeft || cutRight) {
    const focusCell = Math.max(
      0,
      cells.findIndex((cell) => cell.at >= focus),
    );
    const before = widthOf(cells.slice(0, focusCell));
    const marked =
      mark === undefined ? 0 : widthOf(cells.filter((c) => c.at >= mark.from && c.at < mark.to));
    let drop = 0;
    if (before + Math.min(marked, room / 2) > room - 6) {
      const lead = Math.min(before, Math.max(8, Math.floor((room - Math.min(marked, room)) / 3)));
      while (drop < focusCell && widthOf(cells.slice(drop, focusCell)) > lead) drop++;
    }
    cutLeft ||= drop > 0;
    cells = cells.slice(drop);
    const limit = room - (cutLeft ? 3 : 0) - 3;
    let width = 0;
    let kept = 0;
    while (kept < cells.length && width + (cells[kept] as Cell).width <= limit)
      width += (cells[kept++] as Cell).width;
    cutRight ||= kept < cells.length;
    cells = cells.slice(0, kept);
  }
  const code =
    (cutLeft ? "..." : "") + cells.map((cell) => cell.text).join("") + (cutRight ? "..." : "");
  if (mark === undefined) return { code, lead: 0, length: 0 };
  const lead = (cutLeft ? 3 : 0) + widthOf(cells.filter((cell) => cell.at < mark.from));
  const length = widthOf(cells.filter((cell) => cell.at >= mark.from && cell.at < mark.to));
  return { code, lead, length };
}

function toCells(line: string, offset: number): Cell[] {
  const cells: Cell[] = [];
  let at = offset;
  let column = 0;
  for (const character of line) {
    let text: string;
    let width: number;
    if (character === "\t") {
      width = TAB - (column % TAB);
      text = " ".repeat(width);
    } else {
      text = visible(character);
      width = text === character ? characterWidth(character) : textWidth(text);
    }
    cells.push({ text, width, at });
    at += character.length;
    column += width;
  }
  return cells;
}

function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0);
}

/** The start of the character at or before an index: surrogate pairs stay whole. */
function charStart(line: string, index: number): number {
  const unit = line.charCodeAt(index);
  return index > 0 && unit >= 0xdc00 && unit <= 0xdfff ? index - 1 : index;
}
