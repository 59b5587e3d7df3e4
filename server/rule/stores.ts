/** What an item stores in each of its variables: looked up once for an item, however often it is asked for. */
import type { Code, ValueId } from "./rule.ts";

const known = new WeakMap<Code["ir"], ReadonlyMap<number, readonly ValueId[]>>();

/** The values stored in a variable, in the order of the code. */
export function storesOf({ ir }: Code, slot: number): readonly ValueId[] {
  let stores = known.get(ir);
  if (stores === undefined) {
    const bySlot = new Map<number, ValueId[]>();
    for (const op of ir.ops) {
      if (op.op !== "store") continue;
      const own = bySlot.get(op.slot);
      if (own === undefined) bySlot.set(op.slot, [op.value]);
      else own.push(op.value);
    }
    stores = bySlot;
    known.set(ir, stores);
  }
  return stores.get(slot) ?? [];
}
