/** What an edit changed: in the texts of a file, and in results as others see them. */
import type { FileId } from "../base/brand.ts";
import type { Item } from "../ir/ir.ts";
import type { FileIr, PlacedItem } from "../project/program.ts";
import type { Cell } from "./cells.ts";
import { type KeptObjects, keptKey } from "./kept.ts";
import type { Shape, Summary } from "./summary.ts";
import { type Touches, touchesKey } from "./touched.ts";
import type { ItemId } from "./value.ts";

/** One file's items before and after; undefined for a file that is no code or not there. */
export interface Change {
  readonly file: FileId;
  readonly before: FileIr | undefined;
  readonly after: FileIr | undefined;
}

interface Difference {
  /** Items with another text, or only there before or after. */
  readonly changed: readonly ItemId[];
  /** Items that are another thing to others: parameters, place, what is nested in them. */
  readonly resigned: readonly ItemId[];
  /** Items that came or went. */
  readonly moved: readonly ItemId[];
  readonly gone: readonly ItemId[];
  readonly exports: boolean;
}

export function difference(before: FileIr | undefined, after: FileIr | undefined): Difference {
  const old = new Map((before?.items ?? []).map((item) => [item.id, item]));
  const changed: ItemId[] = [];
  const resigned: ItemId[] = [];
  const moved: ItemId[] = [];
  for (const item of after?.items ?? []) {
    const was = old.get(item.id);
    old.delete(item.id);
    if (was === undefined) {
      moved.push(item.id);
      resigned.push(item.id);
    } else if (was.source.key !== item.source.key) {
      changed.push(item.id);
      if (placeKey(was) !== placeKey(item)) resigned.push(item.id);
    } else if (was.parent !== item.parent) resigned.push(item.id);
  }
  const gone = [...old.keys()];
  moved.push(...gone);
  resigned.push(...gone);
  const module = before?.items[0];
  const now = after?.items[0];
  const exports =
    module?.source.key !== now?.source.key && exportsKey(module?.ir) !== exportsKey(now?.ir);
  return { changed, resigned, moved, gone, exports };
}

function placeKey(item: PlacedItem): string {
  return `${irKey(item.ir)}|${touchesKey(item.ir)}|${item.parent ?? ""}|${item.children.join(" ")}`;
}
function exportsKey(module: Item | undefined): string {
  return module === undefined ? "" : JSON.stringify([module.exports, module.listed]);
}

/** A callee's IR matters to its caller by its parameters only, and whether it sets variables outside. */
export function irKey(ir: Item): string {
  return `${ir.params.map((p) => `${p.kind}:${p.name}`).join(",")}!${ir.outerWrites.join(",")}${ir.isGenerator ? "*" : ""}`;
}

export const NO_NAMES: ReadonlySet<string> = new Set();

export function namesKey(names: ReadonlySet<string> | undefined): string {
  return [...(names ?? NO_NAMES)].sort().join(",");
}

/** To whoever reads the cell it is what it was. */
export function isSame(cell: Cell, was: unknown): boolean {
  if (cell.value === was) return true;
  switch (cell.kind) {
    case "summary":
      return (cell.value as Summary).outside === (was as Summary).outside;
    case "shape0":
    case "shape1":
      return (cell.value as Shape).key === (was as Shape).key;
    case "entry":
    case "captures":
      return JSON.stringify(cell.value) === JSON.stringify(was);
    case "written":
      return namesKey(cell.value as ReadonlySet<string>) === namesKey(was as ReadonlySet<string>);
    case "touched":
      return touchKey(cell.value as Touches) === touchKey(was as Touches);
    case "kept":
      return keptKey(cell.value as KeptObjects) === keptKey(was as KeptObjects);
    default:
      return false;
  }
}

function touchKey(touches: Touches | undefined): string {
  const all = [...(touches ?? [])].map(([name, hows]) => `${name} ${[...hows].sort()}`);
  return all.sort().join(";");
}
