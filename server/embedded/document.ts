/**
 * Files that hold code in parts, and the program that is analysed for each. One file is one program; its name is the file's.
 */
import type { FileId } from "../base/brand.ts";
import type { Edit } from "../base/text.ts";
import { componentProgram } from "./component.ts";
import { fileEdits, fileOffsets, readNotebook } from "./ipynb.ts";
import { notebookProgram } from "./notebook.ts";
import { type CellPlace, cellEdits, cellPlace, type Program } from "./program.ts";

/** In bytes on disk: pictures that cells have drawn stand in a notebook's file. */
const MAX_NOTEBOOK_SIZE = 32 * 1024 * 1024;

export interface EmbeddedFile {
  readonly program: Program;
  /** The program with what cells really say where it has a neutral text: for people. */
  code(): string;
  /** The place in the file of an offset in the program. */
  place(offset: number): number;
  /** The first offset in the program that stands at a place of the file, or behind it; undefined behind the last. */
  offset(place: number): number | undefined;
  /** Where people see it: in which cell; undefined for a file that is not made of cells. */
  cell(offset: number): FileCellPlace | undefined;
  /** Edits of the program as edits of the file; undefined where they cannot be made without a loss. */
  edits(edits: readonly Edit[]): readonly Edit[] | undefined;
}

export interface FileCellPlace extends CellPlace {
  /** Of the cell in the notebook, from 1. */
  readonly number: number;
  /** Of the whole cell. */
  readonly text: string;
  /** What is to be taken from an offset in the program to have one in the cell. */
  readonly shift: number;
}

/** Larger files are left out: in bytes; undefined for a file for which nothing special holds. */
export function sizeLimit(file: FileId): number | undefined {
  return isNotebook(file) ? MAX_NOTEBOOK_SIZE : undefined;
}

export function isNotebook(file: FileId): boolean {
  return /\.ipynb$/i.test(file);
}

/** True for files whose text is not given to the analysis as it is. */
export function isEmbedded(file: FileId): boolean {
  return isNotebook(file) || isComponent(file);
}

/** A component of Vue or Svelte: places in its program are those of the file. */
export function isComponent(file: FileId): boolean {
  return /\.(?:vue|svelte)$/i.test(file);
}

/**
 * Reads the text of a file (without its byte order mark) for which `isEmbedded` is true. `problem` says why there is
 * nothing to read, as the end of a sentence that begins with the file's name.
 */
export function readEmbedded(
  name: FileId,
  text: string,
): EmbeddedFile | { readonly problem: string } {
  if (isComponent(name)) return readComponent(text);
  const file = readNotebook(text);
  if ("problem" in file) return file;
  const { cells, kernel } = file;
  const program = notebookProgram(cells, kernel);
  const offsets = new Map<number, Uint32Array>();
  const offsetsOf = (index: number): Uint32Array => {
    let known = offsets.get(index);
    const cell = cells[index];
    if (known === undefined) {
      known = cell === undefined ? Uint32Array.of(0) : fileOffsets(text, cell);
      offsets.set(index, known);
    }
    return known;
  };
  return {
    program,
    code() {
      let out = program.text;
      for (const { start, end } of program.neutral) {
        const at = cellPlace(program, start);
        const own = at && cells[at.cell]?.text.slice(at.offset, at.offset + end - start);
        out = out.slice(0, start) + (own ?? "") + out.slice(end);
      }
      return out;
    },
    offset(place) {
      for (const { cell, start, end, at } of program.parts) {
        const places = offsetsOf(cell);
        for (let offset = start; offset <= end; offset++)
          if ((places[at + offset - start] ?? 0) >= place) return offset;
      }
      return undefined;
    },
    place(offset) {
      const at = cellPlace(program, offset);
      return at === undefined ? 0 : (offsetsOf(at.cell)[at.offset] ?? 0);
    },
    cell(offset) {
      const at = cellPlace(program, offset);
      const cell = at === undefined ? undefined : cells[at.cell];
      if (at === undefined || cell === undefined) return undefined;
      const inside = Math.max(offset, 0);
      return { ...at, number: at.cell + 1, text: cell.text, shift: inside - at.offset };
    },
    edits(edits) {
      const own = cellEdits(program, edits);
      return own === undefined ? undefined : fileEdits(text, cells, own);
    },
  };
}

function readComponent(text: string): EmbeddedFile {
  const program = componentProgram(text);
  return {
    program,
    code: () => text,
    offset: (place) => (place <= text.length ? place : undefined),
    place: (offset) => Math.max(0, Math.min(offset, text.length)),
    cell: () => undefined,
    edits: (edits) => cellEdits(program, edits),
  };
}
