/**
 * A program that stands in parts of other texts: the cells of a notebook, the scripts of a component. The analysis sees one
 * text, the program; people see the cells. Invariant: each place inside a part is one place of its cell, and the other way
 * round. What stands between the parts belongs to no cell.
 */
import type { Edit, Span } from "../base/text.ts";

export type ProgramLanguage = "python" | "javascript" | "typescript" | "typescriptreact";

/** A piece of a cell in the program. Offsets are UTF-16 units. */
export interface Part {
  /** Index of the cell among all cells that were given. */
  readonly cell: number;
  /** In the program. */
  readonly start: number;
  readonly end: number;
  /** Where it begins in the cell. */
  readonly at: number;
}

export interface Program {
  readonly text: string;
  /** An editor's language id. */
  readonly language: ProgramLanguage;
  /** In order of their start, apart from each other. */
  readonly parts: readonly Part[];
  /** Places of the program, inside parts, where the cell has another text of the same length. */
  readonly neutral: readonly Span[];
}

export interface CellPlace {
  readonly cell: number;
  readonly offset: number;
}

/** An edit in offsets of its cell. */
export interface CellEdit extends Edit {
  readonly cell: number;
}

/** The place of a program's offset. One between two parts is the end of the part before it, or the start of the first. */
export function cellPlace(program: Program, offset: number): CellPlace | undefined {
  const part = partAt(program.parts, offset);
  if (part === undefined) return undefined;
  const within = Math.max(part.start, Math.min(offset, part.end));
  return { cell: part.cell, offset: part.at + within - part.start };
}

/** The span of a program in the cell in which it begins, no further than its part. */
export function cellSpan(
  program: Program,
  span: Span,
): { readonly cell: number; readonly span: Span } | undefined {
  const part = partAt(program.parts, span.start);
  if (part === undefined) return undefined;
  const inCell = (offset: number): number =>
    part.at + Math.max(part.start, Math.min(offset, part.end)) - part.start;
  return { cell: part.cell, span: { start: inCell(span.start), end: inCell(span.end) } };
}

/** The program's offset of a place; undefined for one that is in no part. */
export function programOffset(program: Program, { cell, offset }: CellPlace): number | undefined {
  for (const part of program.parts) {
    if (part.cell !== cell) continue;
    const within = offset - part.at;
    if (within >= 0 && within <= part.end - part.start) return part.start + within;
  }
  return undefined;
}

/**
 * Edits of a program as edits of its cells, in the order given; undefined if one reaches over the end of a part, or would
 * replace text that the program has only in a neutral form.
 */
export function cellEdits(program: Program, edits: readonly Edit[]): CellEdit[] | undefined {
  const out: CellEdit[] = [];
  for (const { start, end, newText } of edits) {
    const part = program.parts.find((one) => one.start <= start && end <= one.end);
    if (part === undefined) return undefined;
    if (program.neutral.some((one) => start < one.end && one.start < end)) return undefined;
    const shift = part.at - part.start;
    out.push({ cell: part.cell, start: start + shift, end: end + shift, newText });
  }
  return out;
}

/** Parts after an edit of the program: what is put in at the end of a part, or at its start, belongs to it. */
export function movedParts<T extends Span>(parts: readonly T[], edit: Edit): readonly T[] {
  const delta = edit.newText.length - (edit.end - edit.start);
  let holder = parts.findIndex((one) => one.start <= edit.start && edit.end <= one.end);
  if (holder < 0) holder = parts.length;
  return parts.flatMap((part, i) => {
    if (i === holder) return [{ ...part, end: part.end + delta }];
    if (edit.start >= part.end) return [part];
    if (edit.end <= part.start)
      return [{ ...part, start: part.start + delta, end: part.end + delta }];
    // It reaches over an end of the part: what is left of it stays one.
    const start = Math.min(part.start, edit.start);
    const end = Math.max(part.end, edit.end) + delta;
    return end > start ? [{ ...part, start, end }] : [];
  });
}

function partAt(parts: readonly Part[], offset: number): Part | undefined {
  let found = parts[0];
  for (const part of parts) {
    if (part.start > offset) break;
    found = part;
  }
  return found;
}
