/** What a function does with an upload: whether it looks at the content, where it reads it, where it measures it. */
import type { Code, Op, Span, ValueId } from "./rule.ts";
import { calledItem } from "./url.ts";

const CONTENT =
  /\bmagic\.(from_\w+|Magic|detect)|\bfiletype\.(guess|is_\w+|get_type)|\bfileType(From\w+|FromBuffer)?\b|\bImage\.open\(|\bimghdr\.|\bpuremagic\.|\bsharp\(|\bmagika\b|\bImage\.verify|\bmagicBytes\b|\bfleece\./i;

/** The file looks at the bytes themselves somewhere: the declared type is not the only check. */
export function contentChecked(code: Code): boolean {
  if (CONTENT.test(code.fileText)) return true;
  return code.ir.ops.some(
    (op) => op.op === "call" && CONTENT.test(calledItem(code, op)?.fileText ?? ""),
  );
}

/** The first variable after `offset` that takes the result of a read(). */
export function readInto(code: Code, offset: number): { name: string; span: Span } | undefined {
  for (const op of code.ir.ops) {
    if (op.op !== "store" || op.span.start < offset) continue;
    const name = code.ir.slots[op.slot] ?? "%";
    const call = unwrapped(code, op.value);
    if (name.startsWith("%") || call.op !== "call") continue;
    const callee = code.op(call.callee);
    if (callee.op === "member" && callee.name === "read") return { name, span: op.span };
  }
  return undefined;
}

export function unwrapped(code: Code, id: ValueId): Op {
  const op = code.op(id);
  return op.op === "await" || op.op === "annotate" ? unwrapped(code, op.value) : op;
}

/** A comparison of the length of what `call` returned with a limit; in this function, or in one the value is passed to. */
export function lengthCheck(code: Code, call: ValueId): { readonly limit?: string } | undefined {
  const slot = code.ir.ops.find(
    (op): op is Op & { op: "store" } =>
      op.op === "store" && unwrapped(code, op.value) === code.op(call),
  )?.slot;
  if (slot === undefined) return undefined;
  const own = measured(code, slot);
  if (own !== undefined) return own;
  for (const op of code.ir.ops) {
    if (op.op !== "call") continue;
    const position = op.args.findIndex((a) => isLoad(code, a.value, slot));
    if (position < 0) continue;
    const callee = calledItem(code, op);
    const name = op.args[position]?.name;
    const param = callee?.ir.params.find((p, i) =>
      name === undefined ? i === position : p.name === name,
    );
    if (callee !== undefined && param !== undefined && measured(callee, param.slot) !== undefined) {
      const limit = measured(callee, param.slot)?.limit;
      // A constant of the same file can be named here too.
      return limit !== undefined && callee.file === code.file && /^[A-Z][A-Z0-9_]*$/.test(limit)
        ? { limit }
        : {};
    }
  }
  return undefined;
}
function measured(code: Code, slot: number): { readonly limit: string } | undefined {
  for (const op of code.ir.ops) {
    if (op.op !== "compare" || !/^[<>]=?$/.test(op.operator)) continue;
    if (isLength(code, op.left, slot)) return { limit: code.text(code.op(op.right).span) };
    if (isLength(code, op.right, slot)) return { limit: code.text(code.op(op.left).span) };
  }
  return undefined;
}
function isLength(code: Code, id: ValueId, slot: number): boolean {
  const op = unwrapped(code, id);
  if (op.op === "call" && op.args.length === 1 && op.args[0] !== undefined) {
    const callee = code.op(op.callee);
    return callee.op === "free" && callee.name === "len" && isLoad(code, op.args[0].value, slot);
  }
  if (op.op === "load") {
    const stores = code.ir.ops.filter(
      (o): o is Op & { op: "store" } => o.op === "store" && o.slot === op.slot,
    );
    return (
      stores.length === 1 &&
      stores[0] !== undefined &&
      op.slot !== slot &&
      isLength(code, stores[0].value, slot)
    );
  }
  return (
    op.op === "member" &&
    /^(length|byteLength|size)$/.test(op.name) &&
    isLoad(code, op.object, slot)
  );
}
function isLoad(code: Code, id: ValueId, slot: number): boolean {
  const op = unwrapped(code, id);
  return op.op === "load" && op.slot === slot;
}
