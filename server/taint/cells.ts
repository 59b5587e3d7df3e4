/**
 * What was worked out, who used it, and what an edit puts in doubt. A cell holds one result of one item (or, for the inputs,
 * nothing); whoever asks for it while a result of its own is being made is one of its readers. After an edit the readers of
 * changed inputs, and theirs, are suspect: they keep their value but are not used before they have been made or verified again.
 */
import type { FileId } from "../base/brand.ts";
import { fileOf } from "../project/program.ts";
import type { ItemId } from "./value.ts";

export type CellKind =
  | "summary"
  | "shape0"
  | "shape1"
  | "entry"
  | "captures"
  | "written"
  | "touched"
  | "kept"
  | "input";

export interface Cell<T = unknown> {
  readonly kind: CellKind;
  readonly id: ItemId;
  readonly readers: Set<Cell>;
  value: T | undefined;
  /** False: there is no value, or it is suspect. */
  isGood: boolean;
  /** The edit after which the value was last made or verified. */
  revision: number;
}

export interface Table<T> {
  /** The item's cell; made on demand, so that who asks for what is not there learns when it comes. */
  cell(id: ItemId): Cell<T>;
  drop(id: ItemId): void;
}

export interface Cells {
  table<T>(kind: CellKind): Table<T>;
  /** Whoever is being made now has read this. */
  touch(cell: Cell): void;
  /** Makes a cell's value: what is touched meanwhile has the cell as its reader. */
  within<C, T>(cell: Cell<C>, work: () => T): T;
  set<T>(cell: Cell<T>, value: T): void;
  /** Work was broken off. */
  reset(): void;
  /** Begins a new revision. */
  next(): void;
  /** True for what was made or verified in this revision. */
  isNew(cell: Cell): boolean;
  /**
   * Makes suspect what was made of these, directly or through others; stops at what was made again in this revision, and
   * behind cells of the kind `barrier`.
   */
  doubt(cells: Iterable<Cell>, barrier?: CellKind): readonly Cell[];
}

export function createCells(): Cells {
  const reading: Cell[] = [];
  let revision = 0;
  return {
    table<T>(kind: CellKind): Table<T> {
      const files = new Map<FileId, Map<ItemId, Cell<T>>>();
      return {
        cell(id) {
          const file = fileOf(id);
          let cells = files.get(file);
          if (cells === undefined) {
            cells = new Map();
            files.set(file, cells);
          }
          let cell = cells.get(id);
          if (cell === undefined) {
            cell = { kind, id, readers: new Set(), value: undefined, isGood: false, revision };
            cells.set(id, cell);
          }
          return cell;
        },
        drop: (id) => files.get(fileOf(id))?.delete(id),
      };
    },
    touch(cell) {
      const reader = reading[reading.length - 1];
      if (reader !== undefined && reader !== cell) cell.readers.add(reader);
    },
    within(cell, work) {
      reading.push(cell as Cell);
      try {
        return work();
      } finally {
        reading.pop();
      }
    },
    set(cell, value) {
      cell.value = value;
      cell.isGood = true;
      cell.revision = revision;
    },
    reset() {
      reading.length = 0;
    },
    next() {
      revision++;
    },
    isNew: (cell) => cell.isGood && cell.revision === revision,
    doubt(cells, barrier) {
      const out: Cell[] = [];
      const queue = [...cells];
      for (let cell = queue.pop(); cell !== undefined; cell = queue.pop())
        for (const reader of cell.readers) {
          if (!reader.isGood || reader.revision === revision) continue;
          reader.isGood = false;
          out.push(reader);
          if (reader.kind !== barrier) queue.push(reader);
        }
      return out;
    },
  };
}
