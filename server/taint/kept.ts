/**
 * Objects of the program that its functions keep in attributes of library objects: `g.client = Client()` in one function of a
 * file, `g.client.send()` in another one. What they are is known, not what is in them.
 */
import { gather, mix, textKey } from "../base/mix.ts";
import type { Table } from "./cells.ts";
import type { Ground } from "./ground.ts";
import { join } from "./join.ts";
import { resolve } from "./references.ts";
import type { Run } from "./run.ts";
import type { ItemId, Value } from "./value.ts";
import { keyOf } from "./value-keys.ts";

/** By access path: "flask.g.client". */
export type KeptObjects = ReadonlyMap<string, Value>;

export interface Keeping {
  readonly table: Table<KeptObjects>;
  /** By the functions inside the item. */
  readonly keptInside: (id: ItemId) => KeptObjects;
}

const NOTHING: KeptObjects = new Map();

export function createKeeping({ cells, signatureOf, shape }: Ground): Keeping {
  const table = cells.table<KeptObjects>("kept");

  const keptInside = (id: ItemId): KeptObjects => {
    const cell = table.cell(id);
    cells.touch(cell);
    if (cell.isGood) return cell.value as KeptObjects;
    const kept = cells.within(cell, () => keptBelow(id)) as KeptObjects;
    cells.set(cell, kept);
    return kept;
  };
  const keptBelow = (id: ItemId): KeptObjects => {
    let all: Map<string, Value> | undefined;
    for (const child of signatureOf(id)?.children ?? [])
      for (const kept of [shape(child, 1)?.kept, keptInside(child)])
        for (const [path, value] of kept ?? NOTHING) {
          all ??= new Map();
          all.set(path, join(all.get(path), value));
        }
    return all ?? NOTHING;
  };

  return { table, keptInside };
}

export function keptKey(kept: KeptObjects | undefined): number {
  let out = kept?.size ?? 0;
  for (const [path, value] of kept ?? NOTHING) out = gather(out, mix(textKey(path), keyOf(value)));
  return out;
}

/** An object of the program becomes an attribute of a library object that no model says anything of. */
export function noteKept(run: Run, object: Value, name: string, value: Value): void {
  const refs = value.refs.filter((r) => r.startsWith("inst:"));
  if (refs.length === 0 || run.item.kind === "module") return;
  for (const ref of resolve(run, object).refs) {
    if (!ref.startsWith("lib:")) continue;
    const path = run.facts.knowledge.member(ref.slice(4), name);
    if (!run.facts.knowledge.knows(path))
      run.kept.set(path, join(run.kept.get(path), { refs, taint: [] }));
  }
}
