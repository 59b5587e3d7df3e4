/**
 * What an item's text says of variables around it that it may write into: `notes[k] = v`, `notes.push(v)`, `store.add(v)`,
 * and of parts of them that it gave a name of its own.
 */
import type { Item, Op, SlotId, ValueId } from "../ir/ir.ts";

/** Names of variables, with the methods that are called on them or on what is inside; WRITTEN for an assignment. */
export type Touches = ReadonlyMap<string, ReadonlySet<string>>;

export interface Touched {
  readonly names: Touches;
  /** Local variables that are nothing but a part of a variable around. */
  readonly parts: ReadonlySet<SlotId>;
}

export const WRITTEN = "=";
/** The object of a method: `this`, or the first parameter. */
export const OWN = "this";

const MAX_STEPS = 12;
const known = new WeakMap<Item, Touched>();

export function touchedBy(item: Item): Touched {
  let out = known.get(item);
  if (out === undefined) {
    out = find(item);
    known.set(item, out);
  }
  return out;
}

function find(item: Item): Touched {
  const names = new Map<string, Set<string>>();
  const parts = new Set<SlotId>();
  const stores = storesOf(item);
  const add = (object: ValueId, how: string): void => {
    const root = rootOf(item, object, stores, parts, 0);
    if (root === undefined) return;
    const hows = names.get(root);
    if (hows === undefined) names.set(root, new Set([how]));
    else hows.add(how);
  };
  for (const op of item.ops) {
    if (op.op === "setMember" || op.op === "setIndex") add(op.object, WRITTEN);
    else if (op.op === "call") {
      const callee = item.ops[op.callee];
      if (callee?.op === "member") add(callee.object, callee.name);
    } else if (op.op === "storeFree") {
      const hows = names.get(op.name);
      if (hows === undefined) names.set(op.name, new Set([WRITTEN]));
      else hows.add(WRITTEN);
    }
  }
  return { names, parts };
}

function storesOf(item: Item): ReadonlyMap<SlotId, readonly ValueId[]> {
  const out = new Map<SlotId, ValueId[]>();
  for (const op of item.ops)
    if (op.op === "store") {
      const values = out.get(op.slot);
      if (values === undefined) out.set(op.slot, [op.value]);
      else values.push(op.value);
    }
  return out;
}

/** The variable around the item that an object is a part of; OWN for a part of the method's object. */
function rootOf(
  item: Item,
  object: ValueId,
  stores: ReadonlyMap<SlotId, readonly ValueId[]>,
  parts: Set<SlotId>,
  depth: number,
): string | undefined {
  if (depth > MAX_STEPS) return undefined;
  const up = (id: ValueId): string | undefined => rootOf(item, id, stores, parts, depth + 1);
  const op = item.ops[object] as Op;
  switch (op.op) {
    case "free":
      return op.name;
    case "this":
      return OWN;
    case "member":
    case "index":
      return up(op.object);
    case "await":
    case "annotate":
      return up(op.value);
    case "call": {
      // `groups.setdefault(k, []).append(v)` writes into what the group holds.
      const callee = item.ops[op.callee];
      return callee?.op === "member" ? up(callee.object) : undefined;
    }
    case "load": {
      if (item.params[0]?.slot === op.slot) return OWN;
      const values = stores.get(op.slot);
      if (values === undefined) return undefined;
      const [first, ...rest] = values.map((id) => partOf(item, id, up));
      if (first === undefined || rest.some((r) => r !== first)) return undefined;
      parts.add(op.slot);
      return first;
    }
    default:
      return undefined;
  }
}

/** What is stored is the object itself, not something made from it. */
function partOf(
  item: Item,
  id: ValueId,
  up: (id: ValueId) => string | undefined,
): string | undefined {
  const op = item.ops[id] as Op;
  return op.op === "member" || op.op === "index" || op.op === "free" ? up(id) : undefined;
}

/** Equal texts: the same to whoever asks what is written into. */
export function touchesKey(item: Item): string {
  const all = [...touchedBy(item).names].map(([name, hows]) => `${name} ${[...hows].sort()}`);
  return all.sort().join(";");
}
