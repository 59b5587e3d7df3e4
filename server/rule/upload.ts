/** What a function does with an upload: whether it looks at the content, where it reads it, where it measures it. */
import { conditionsAt } from "./conditions.ts";
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
/** What is longer than the limit is refused at once, and nothing more is done with it. */
export function refusesLonger(code: Code, call: ValueId): boolean {
  const stores = code.ir.ops.filter(
    (op): op is Op & { op: "store" } =>
      op.op === "store" && unwrapped(code, op.value) === code.op(call),
  );
  const [store] = stores;
  if (store === undefined || stores.length !== 1) return false;
  return code.ir.blocks.some(({ end }) => {
    const asked = end.kind === "branch" ? code.op(end.condition) : undefined;
    if (end.kind !== "branch" || asked?.op !== "compare") return false;
    const isLonger =
      (/^>=?$/.test(asked.operator) && isLength(code, asked.left, store.slot)) ||
      (/^<=?$/.test(asked.operator) && isLength(code, asked.right, store.slot));
    const refusal = code.ir.blocks[end.then];
    return (
      isLonger &&
      refusal !== undefined &&
      /^(?:throw|return)$/.test(refusal.end.kind) &&
      !refusal.ops.some((id) => isLoad(code, id, store.slot))
    );
  });
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

/**
 * The content was handed on before `at` is asked, and neither answer ends the function: the question is not whether the upload is
 * accepted but what else is done with it.
 */
export function onlySorts(code: Code, at: ValueId): boolean {
  const sides = sidesOf(code, at);
  return sides !== undefined && !sides.some((s) => s) && isHandedOnBefore(code, at);
}

/** For both answers of the test of `at`: the function may end on ways that the other answer never takes. */
function sidesOf(code: Code, at: ValueId): readonly boolean[] | undefined {
  const end = code.ir.blocks.find(
    (b) =>
      b.end.kind === "branch" && (b.end.condition === at || isNegated(code, b.end.condition, at)),
  )?.end;
  if (end?.kind !== "branch") return undefined;
  const yes = reachable(code, end.then);
  const no = reachable(code, end.else);
  const endsOn = (mine: ReadonlySet<number>, other: ReadonlySet<number>): boolean =>
    [...mine].some((b) => !other.has(b) && /^(?:return|throw)$/.test(endOf(code, b)));
  return [endsOn(yes, no), endsOn(no, yes)];
}
function isNegated(code: Code, id: ValueId, at: ValueId): boolean {
  const op = code.op(id);
  return op.op === "unary" && op.operand === at;
}
function endOf(code: Code, block: number): string {
  return code.ir.blocks[block]?.end.kind ?? "end";
}
function reachable(code: Code, from: number): ReadonlySet<number> {
  const out = new Set<number>();
  const queue = [from];
  for (let b = queue.pop(); b !== undefined; b = queue.pop()) {
    if (out.has(b)) continue;
    out.add(b);
    const end = code.ir.blocks[b]?.end;
    if (end?.kind === "jump") queue.push(end.to);
    if (end?.kind === "branch") queue.push(end.then, end.else);
  }
  return out;
}

function isHandedOnBefore(code: Code, at: ValueId): boolean {
  const start = code.op(at).span.start;
  const here = conditionsAt(code, at);
  return code.ir.ops.some(
    (op, id) =>
      op.op === "call" &&
      op.span.end <= start &&
      (op.args.some((a) => isContent(code, a.value)) || savesItself(code, op)) &&
      conditionsAt(code, id).every((c) =>
        here.some((other) => other.text === c.text && other.taken === c.taken),
      ),
  );
}
/** The stream of an upload, or what was read from it. */
function isContent(code: Code, id: ValueId): boolean {
  const op = unwrapped(code, id);
  if (op.op === "member") return /^(?:file|stream|buffer)$/.test(op.name);
  if (op.op === "call") return isRead(code, op);
  return (
    op.op === "load" &&
    code.ir.ops.some((o) => {
      if (o.op !== "store" || o.slot !== op.slot) return false;
      const stored = unwrapped(code, o.value);
      return stored.op === "call" && isRead(code, stored);
    })
  );
}
function isRead(code: Code, call: Op & { op: "call" }): boolean {
  const callee = code.op(call.callee);
  return callee.op === "member" && callee.name === "read";
}
function savesItself(code: Code, call: Op & { op: "call" }): boolean {
  const callee = code.op(call.callee);
  return callee.op === "member" && /^(?:save|mv)$/.test(callee.name);
}
