/** Backwards and forwards through one function: what a value is made from, and what is done with it. */
import { childrenOf } from "./items.ts";
import type { Code, Op, ValueId } from "./rule.ts";

/** The values that an operation is made from. */
export function inputsOf(op: Op): readonly ValueId[] {
  switch (op.op) {
    case "store":
    case "storeFree":
    case "await":
    case "annotate":
    case "iterate":
      return [op.value];
    case "member":
      return [op.object];
    case "index":
      return [op.object, op.key];
    case "slice":
      return [op.object, ...op.uses];
    case "setMember":
      return [op.object, op.value];
    case "setIndex":
      return [op.object, op.key, op.value];
    case "call":
      return [op.callee, ...op.args.map((a) => a.value)];
    case "join":
      return op.parts.flatMap((p) => (p.kind === "hole" ? [p.value] : []));
    case "binary":
    case "compare":
      return [op.left, op.right];
    case "unary":
      return [op.operand];
    case "record":
      return op.entries.flatMap((e) =>
        typeof e.key === "string" ? [e.value] : [e.key.computed, e.value],
      );
    case "sequence":
      return op.elements.map((e) => e.value);
    case "closure":
      return op.defaults.flatMap((d) => d ?? []);
    case "yield":
      return op.value === undefined ? [] : [op.value];
    case "class":
      return [...op.bases, ...op.members.flatMap((m) => m.value ?? [])];
    case "opaque":
      return op.uses;
    default:
      return [];
  }
}

/** All operations that a value is made from in its function, itself included; through variables, and into functions it is given. */
export function madeFrom(code: Code, from: ValueId): readonly Op[] {
  const seen = new Set<ValueId>();
  const out: Op[] = [];
  const todo = [from];
  for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
    if (id < 0 || seen.has(id)) continue;
    seen.add(id);
    const op = code.op(id);
    out.push(op);
    todo.push(...inputsOf(op));
    if (op.op === "load")
      code.ir.ops.forEach((other, at) => {
        if (other.op === "store" && other.slot === op.slot) todo.push(at);
      });
    if (op.op === "closure") {
      const id = childrenOf(code).get(op.hole);
      const child = id === undefined ? undefined : code.other(id);
      if (child !== undefined) out.push(...child.ir.ops);
    }
  }
  return out;
}

/** Whether a value is used for nothing but to see if it is there: a condition, `not`, a comparison with nothing. */
export function onlyAskedFor(
  code: Code,
  id: ValueId,
  /** Calls that may be given it. */
  ignores: (call: Op & { readonly op: "call" }) => boolean,
): boolean {
  const seen = new Set<ValueId>();
  const todo = [id];
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    for (const { end } of code.ir.blocks)
      if ((end.kind === "return" || end.kind === "throw") && end.value === at) return false;
    for (const [user, op] of code.ir.ops.entries()) {
      if (!inputsOf(op).includes(at)) continue;
      switch (op.op) {
        case "unary":
          break;
        case "compare":
          if (!isNothing(code.op(op.left === at ? op.right : op.left))) return false;
          break;
        case "member":
        case "await":
        case "annotate":
        case "slice":
          todo.push(user);
          break;
        case "index":
          if (op.object !== at) return false;
          todo.push(user);
          break;
        case "call":
          if (op.callee === at) todo.push(user);
          else if (!ignores(op)) return false;
          break;
        case "store": {
          const name = code.ir.slots[op.slot] ?? "";
          if (isFreeInside(code, name)) return false;
          code.ir.ops.forEach((load, of) => {
            if (load.op === "load" && load.slot === op.slot) todo.push(of);
          });
          break;
        }
        default:
          return false;
      }
    }
  }
  return true;
}
function isNothing(op: Op): boolean {
  return (
    op.op === "const" &&
    (op.value === null ||
      op.value === undefined ||
      op.value === "" ||
      typeof op.value === "boolean")
  );
}
function isFreeInside(code: Code, name: string): boolean {
  return [...childrenOf(code).values()].some((id) => {
    const child = code.other(id);
    return (
      child !== undefined &&
      (child.ir.ops.some((op) => op.op === "free" && op.name === name) || isFreeInside(child, name))
    );
  });
}
