/** What happens to the result of a call in its own function: which of its parts are read, whether it goes on as a whole. */
import type { Code, Op, ValueId } from "./rule.ts";

export interface Uses {
  /** Members and constant keys read from it. */
  readonly names: readonly string[];
  /** Returned, passed on, kept in an object or compared: read by somebody else. */
  readonly whole: boolean;
}

/** Names of the same thing: casts, awaits, variables. */
export function sameAs(code: Code, result: ValueId): ReadonlySet<ValueId> {
  const same = new Set<ValueId>([result]);
  const slots = new Set<number>();
  // A few rounds reach them all.
  for (let round = 0; round < 4; round++) {
    code.ir.ops.forEach((op, id) => {
      if ((op.op === "annotate" || op.op === "await") && same.has(op.value)) same.add(id);
      else if (op.op === "store" && same.has(op.value)) slots.add(op.slot);
      else if (op.op === "load" && slots.has(op.slot)) same.add(id);
    });
  }
  return same;
}

export function usesOf(code: Code, result: ValueId): Uses {
  const names = new Set<string>();
  let whole = false;
  const same = sameAs(code, result);
  const { ops } = code.ir;
  ops.forEach((op, id) => {
    if (op.op === "member" && same.has(op.object)) {
      const key = op.name === "get" ? keyOfGet(code, id) : undefined;
      names.add(key ?? op.name);
    } else if (op.op === "index" && same.has(op.object)) {
      const key = code.op(op.key);
      if (key.op === "const" && typeof key.value === "string") names.add(key.value);
      else whole = true;
    } else if (takes(op).some((v) => same.has(v))) whole = true;
  });
  for (const b of code.ir.blocks)
    if (
      (b.end.kind === "return" || b.end.kind === "throw") &&
      b.end.value !== undefined &&
      same.has(b.end.value)
    )
      whole = true;
  return { names: [...names], whole };
}

/** It is put into a variable that nothing reads. Functions inside may: where there are some, that is not known. */
export function isLost(code: Code, result: ValueId): boolean {
  if (code.ir.holes.length > 0) return false;
  const { names, whole } = usesOf(code, result);
  const slots = new Set(
    code.ir.ops.flatMap((op) => (op.op === "store" && op.value === result ? [op.slot] : [])),
  );
  return (
    slots.size > 0 &&
    names.length === 0 &&
    !whole &&
    !code.ir.ops.some((op) => op.op === "load" && slots.has(op.slot))
  );
}

/** Of what is in these values only single entries are read, or asked for: `values.get(name)`, `values[name]`, `name in values`. */
export function readsEntriesOnly(code: Code, values: readonly ValueId[]): boolean {
  const same = new Set(values.flatMap((value) => [...sameAs(code, value)]));
  const { ops, blocks } = code.ir;
  let reads = 0;
  for (const op of ops) {
    if (op.op === "member" && same.has(op.object)) {
      if (op.name !== "get") return false;
      reads++;
    } else if (op.op === "index" && same.has(op.object)) reads++;
    else if (
      (op.op === "iterate" && same.has(op.value)) ||
      (op.op === "binary" && (same.has(op.left) || same.has(op.right))) ||
      takes(op).some((value) => same.has(value))
    )
      return false;
  }
  return (
    reads > 0 &&
    !blocks.some(
      ({ end }) =>
        (end.kind === "return" || end.kind === "throw") &&
        end.value !== undefined &&
        same.has(end.value),
    )
  );
}

function keyOfGet(code: Code, member: ValueId): string | undefined {
  const call = code.ir.ops.find(
    (o): o is Op & { op: "call" } => o.op === "call" && o.callee === member,
  );
  const first = call?.args[0] === undefined ? undefined : code.op(call.args[0].value);
  return first?.op === "const" && typeof first.value === "string" ? first.value : undefined;
}

/** Values that an operation hands on as they are. */
function takes(op: Op): readonly ValueId[] {
  switch (op.op) {
    case "call":
      return op.args.map((a) => a.value);
    case "setMember":
    case "setIndex":
    case "storeFree":
      return [op.value];
    case "record":
      return op.entries.map((e) => e.value);
    case "sequence":
      return op.elements.map((e) => e.value);
    case "yield":
      return op.value === undefined ? [] : [op.value];
    case "closure":
      return [];
    default:
      return [];
  }
}
