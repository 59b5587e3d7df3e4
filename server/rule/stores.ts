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

/** What a variable that is set once was set to, through casts and waiting. */
export function single(code: Code, id: ValueId, depth = 0): ValueId {
  const op = code.op(id);
  if (depth > 8) return id;
  if (op.op === "annotate" || op.op === "await") return single(code, op.value, depth + 1);
  if (op.op !== "load") return id;
  const stores = storesOf(code, op.slot);
  const [only] = stores;
  return stores.length === 1 && only !== undefined ? single(code, only, depth + 1) : id;
}
