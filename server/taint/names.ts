/** Names across nested functions: what a name from around means, which ones an item takes, and which it sets. */

import type { PlacedItem } from "../project/program.ts";
import type { Table } from "./cells.ts";
import { NO_NAMES } from "./difference.ts";
import type { Entries } from "./entries.ts";
import type { Ground } from "./ground.ts";
import { chase, type Modules } from "./modules.ts";
import type { Phase } from "./phases.ts";
import type { Places } from "./places.ts";
import { type ItemId, UNKNOWN, type Value, withoutConstants } from "./value.ts";

/** Names that an item's nested functions set. */
export interface Written {
  readonly table: Table<ReadonlySet<string>>;
  readonly writtenInside: (id: ItemId) => ReadonlySet<string>;
}

export function createWritten({ cells, signatureOf }: Ground): Written {
  const table = cells.table<ReadonlySet<string>>("written");

  const writtenInside = (id: ItemId): ReadonlySet<string> => {
    const cell = table.cell(id);
    cells.touch(cell);
    if (cell.isGood) return cell.value as ReadonlySet<string>;
    const names = cells.within(cell, () => assignedBelow(id)) as ReadonlySet<string>;
    cells.set(cell, names);
    return names;
  };
  const assignedBelow = (id: ItemId): ReadonlySet<string> => {
    const all = new Set<string>();
    for (const child of signatureOf(id)?.children ?? []) {
      for (const name of signatureOf(child)?.ir.outerWrites ?? []) all.add(name);
      for (const name of writtenInside(child)) all.add(name);
    }
    return all.size === 0 ? NO_NAMES : all;
  };

  return { table, writtenInside };
}

export interface Names {
  /** What a name means that the item takes from around it. */
  readonly free: (
    id: ItemId,
    name: string,
    phase: Phase,
  ) => { value: Value; captured: boolean } | undefined;
}

export function createNames(
  { itemOf, shape }: Ground,
  { fromAll }: Modules,
  { writtenInside }: Written,
  withStored: Places["withStored"],
): Names {
  const free = (
    id: ItemId,
    name: string,
    phase: Phase,
  ): { value: Value; captured: boolean } | undefined => {
    const own = itemOf(id);
    let child = id;
    for (
      let at = own?.ir.kind === "module" ? id : own?.parent;
      at !== undefined;
      child = at, at = itemOf(at)?.parent
    ) {
      const placed = itemOf(at) as PlacedItem;
      const isModule = placed.ir.kind === "module";
      // The name may mean a variable of an inner block, kept under another name.
      const renamed = placed.ir.holes[placed.children.indexOf(child)]?.renamed?.[name];
      const slot = renamed === undefined ? name : (placed.ir.slots[renamed] as string);
      if (!placed.ir.slots.includes(slot)) {
        if (!isModule || phase === 0) continue;
        const value = fromAll(placed.file, placed.ir, name, chase(phase === 2 ? 1 : 0), true);
        if (value !== undefined) return { value, captured: false };
        continue;
      }
      const value = shape(at, phase === 0 ? 0 : 1)?.variables.get(slot) ?? UNKNOWN;
      const varies = value.alts !== undefined && writtenInside(at).has(name);
      const own = varies ? withoutConstants(value) : value;
      return {
        value: phase === 2 ? withStored(at, slot, name, own) : own,
        captured: !isModule,
      };
    }
    return undefined;
  };

  return { free };
}

/** Names that an item or one inside it takes from around it. */
export interface Captures {
  readonly table: Table<readonly string[]>;
  readonly captures: (id: ItemId) => readonly string[];
}

export function createCaptures({ cells, itemOf }: Ground, { entryOf }: Entries): Captures {
  const table = cells.table<readonly string[]>("captures");

  const captures = (id: ItemId): readonly string[] => {
    const cell = table.cell(id);
    cells.touch(cell);
    if (cell.isGood) return cell.value as readonly string[];
    const names = cells.within(cell, () => namesOf(id)) as readonly string[];
    cells.set(cell, names);
    return names;
  };
  const namesOf = (id: ItemId): readonly string[] => {
    const placed = itemOf(id);
    if (placed === undefined) return [];
    const names = new Set<string>();
    for (const op of placed.ir.ops) {
      if (op.op === "free" || op.op === "storeFree") names.add(op.name);
      else if (op.op === "this" && !entryOf(id).isMethod) names.add("this");
    }
    for (const child of placed.children)
      for (const name of captures(child)) if (!placed.ir.slots.includes(name)) names.add(name);
    return [...names].sort();
  };

  return { table, captures };
}
