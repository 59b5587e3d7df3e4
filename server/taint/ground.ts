/** What all parts of the solver stand on: the program's texts, read so that the reader is noted, and the shapes of its items. */

import type { FileId } from "../base/brand.ts";
import type { Item } from "../ir/ir.ts";
import { type FileIr, fileOf, type PlacedItem, type Program } from "../project/program.ts";
import type { Cells, Table } from "./cells.ts";
import type { Knowledge } from "./knowledge.ts";
import type { Shape } from "./summary.ts";
import type { ItemId } from "./value.ts";

/** What of a program's texts the results of others are made of; whoever asks is noted as a reader. */
export interface Inputs {
  /** What of a file's text others read: an item's IR; its parameters and place; what a module exports. */
  readonly bodies: Table<never>;
  readonly signatures: Table<never>;
  readonly exporting: Table<never>;
  readonly itemOf: (id: ItemId) => PlacedItem | undefined;
  /** For what another item's parameters, parent and children are. */
  readonly signatureOf: (id: ItemId) => PlacedItem | undefined;
  /** For what a module exports; undefined if the file is not there. */
  readonly moduleOf: (file: FileId) => Item | undefined;
  readonly knowledge: (id: ItemId) => Knowledge;
}

/** What all parts of the solver stand on. */
export interface Ground extends Inputs {
  readonly program: Program;
  readonly cells: Cells;
  readonly shape: (id: ItemId, phase: 0 | 1) => Shape | undefined;
}

export function createInputs(
  program: Program,
  cells: Cells,
  knowledgeOf: (file: FileIr) => Knowledge,
): Inputs {
  const bodies = cells.table<never>("input");
  const signatures = cells.table<never>("input");
  const exporting = cells.table<never>("input");

  const itemOf = (id: ItemId): PlacedItem | undefined => {
    cells.touch(bodies.cell(id));
    return program.item(id);
  };
  const signatureOf = (id: ItemId): PlacedItem | undefined => {
    cells.touch(signatures.cell(id));
    return program.item(id);
  };
  const moduleOf = (file: FileId): Item | undefined => {
    cells.touch(exporting.cell(`${file}#`));
    return program.file(file)?.items[0]?.ir;
  };

  const knowledge = (id: ItemId): Knowledge => {
    const file = program.file(fileOf(id));
    if (file === undefined) throw new Error(`no file for ${id}`);
    return knowledgeOf(file);
  };

  return { bodies, signatures, exporting, itemOf, signatureOf, moduleOf, knowledge };
}
