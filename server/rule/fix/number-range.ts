/** What is computed of a number between 0 and 1. */
import type { Code, Op, ValueId } from "../rule.ts";

type Call = Op & { readonly op: "call" };

/** The call of a method of this value. */
export function methodCallOn(
  code: Code,
  id: ValueId,
): { readonly id: ValueId; readonly name: string; readonly call: Call } | undefined {
  const member = code.ir.ops.findIndex((op) => op.op === "member" && op.object === id);
  const at = code.ir.ops.findIndex((op) => op.op === "call" && op.callee === member);
  const op = code.ir.ops[at];
  const own = code.ir.ops[member];
  return member < 0 || op?.op !== "call" || own?.op !== "member"
    ? undefined
    : { id: at, name: own.name, call: op };
}

/**
 * A part of one, made a whole number: `floor(x * n)` is one of `n`, `floor(a + x * b)` one from `a` to `a + b`. The bounds as
 * text, and the operation that makes it whole.
 */
export function wholeNumberOf(code: Code, id: ValueId): { op: Op; args: string } | undefined {
  const { ops } = code.ir;
  const user = (of: ValueId): ValueId =>
    ops.findIndex(
      (op) =>
        (op.op === "binary" && (op.left === of || op.right === of)) ||
        (op.op === "call" && op.args.some((a) => a.value === of)),
    );
  const timesId = user(id);
  const times = ops[timesId];
  if (times?.op !== "binary" || times.operator !== "*") return undefined;
  const size = code.op(times.left === id ? times.right : times.left);
  let last = timesId;
  let args = code.text(size.span);
  const next = ops[user(timesId)];
  if (next?.op === "binary" && next.operator === "+") {
    const base = code.op(next.left === timesId ? next.right : next.left);
    if (
      base.op !== "const" ||
      size.op !== "const" ||
      typeof base.value !== "number" ||
      typeof size.value !== "number"
    )
      return undefined;
    args = `${base.value}, ${base.value + size.value}`;
    last = user(timesId);
  }
  const floor = ops[user(last)];
  if (floor?.op !== "call") return undefined;
  const callee = code.op(floor.callee);
  return callee.op === "member" && /^(?:floor|trunc)$/.test(callee.name)
    ? { op: floor, args }
    : undefined;
}
