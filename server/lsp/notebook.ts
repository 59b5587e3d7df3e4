/** An open notebook: its cells as the client has them, and the program that is made of them. */
import type { NotebookDocument } from "vscode-languageserver";
import type { FileId } from "../base/brand.ts";
import { positionAt, type Span } from "../base/text.ts";
import { notebookProgram } from "../embedded/notebook.ts";
import { cellSpan, type Program, programOffset } from "../embedded/program.ts";
import { clampedOffset } from "./document.ts";

export interface OpenCell {
  /** As the client writes it. */
  readonly uri: string;
  /** "" for a cell that is no code. */
  readonly languageId: string;
  version: number;
  text: string;
  starts: Uint32Array;
}

export interface OpenNotebook {
  /** In the order in which they stand; those that are no code are among them, since people count them too. */
  cells: readonly OpenCell[];
  /** What the notebook says of its language. */
  kernel: string | undefined;
  program: Program;
  /** What a pulling client was last given, by cell. */
  readonly given: Map<string, string>;
}

interface Position {
  line: number;
  character: number;
}

export function programOf({ cells, kernel }: Pick<OpenNotebook, "cells" | "kernel">): Program {
  return notebookProgram(
    cells.map(({ languageId, text }) => ({ language: languageId, text })),
    kernel,
  );
}

/** The cell in which a span of the program begins, and its place there. */
export function placeInCell(
  { cells, program }: OpenNotebook,
  span: Span,
):
  | {
      readonly cell: OpenCell;
      /** From 1. */
      readonly number: number;
      readonly range: { start: Position; end: Position };
    }
  | undefined {
  const at = cellSpan(program, span);
  const cell = at === undefined ? undefined : cells[at.cell];
  if (at === undefined || cell === undefined) return undefined;
  return {
    cell,
    number: at.cell + 1,
    range: {
      start: positionAt(cell.starts, at.span.start),
      end: positionAt(cell.starts, at.span.end),
    },
  };
}

/** The program's offset of a position in a cell, or the nearest in the same cell; undefined where none of it is analysed. */
export function offsetInProgram(
  { cells, program }: OpenNotebook,
  uri: string,
  { line, character }: Position,
): number | undefined {
  const index = cells.findIndex((one) => one.uri === uri);
  const cell = cells[index];
  const part = program.parts.find((one) => one.cell === index);
  if (cell === undefined || part === undefined) return undefined;
  const offset = clampedOffset(cell.text, cell.starts, line, character);
  const last = part.at + part.end - part.start;
  return programOffset(program, {
    cell: index,
    offset: Math.max(part.at, Math.min(offset, last)),
  });
}

/** The language that a notebook's metadata names, where VS Code, its older versions and JupyterLab keep it. */
export function kernelOf(metadata: NotebookDocument["metadata"]): string | undefined {
  const all: unknown = metadata;
  for (const at of [all, field(all, "metadata"), field(field(all, "custom"), "metadata")]) {
    const name =
      field(field(at, "language_info"), "name") ?? field(field(at, "kernelspec"), "language");
    if (typeof name === "string") return name;
  }
  return undefined;
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

/** Cells by the id of their URI, and the notebook in which each stands. */
export type CellNotebooks = Map<FileId, FileId>;
