/** Checks that are out of sight: only their names tell that they are checks. */
import type { Code, Context, Hit, Op, ValueId } from "./rule.ts";
import { madeFrom } from "./slice.ts";

/** On the way, a function that is out of sight and named like a check was given the address before the call. */
export function isCheckedElsewhere(hit: Hit, context: Context): boolean {
  const code = context.code(hit.site.item);
  const arg = code?.op(hit.arg);
  if (code === undefined || arg === undefined) return false;
  if (isChecked(code, hit.site.span.start, code.text(arg.span))) return true;
  for (let t: Hit["trail"] | undefined = hit.trail; t !== undefined; t = t.prev) {
    const { span, item } = t;
    const way = t.role === "step" && item !== hit.site.item ? context.code(item) : undefined;
    if (way !== undefined && isDecidedInside(way, way.text(span))) return true;
    const caller = t.role === "call" ? context.code(item) : undefined;
    const call = caller?.ir.ops.find(
      (op) => op.op === "call" && op.span.start === span.start && op.span.end === span.end,
    );
    if (caller === undefined || call?.op !== "call") continue;
    for (const a of call.args) {
      const given = caller.op(a.value);
      if (given.op !== "const" && isChecked(caller, span.start, caller.text(given.span)))
        return true;
    }
  }
  return false;
}
function isChecked(code: Code, before: number, name: string): boolean {
  return code.ir.ops.some((op) => {
    if (op.op !== "call" || op.span.start >= before) return false;
    return isCheck(code, op.callee) && op.args.some((a) => code.text(a.span).includes(name));
  });
}
const CHECK = /safe|valid|allow|trust|permit|public|verif|guard|check/i;
function isCheck(code: Code, callee: ValueId): boolean {
  return CHECK.test(code.text(code.op(callee).span));
}

/** A function on the way decides by what an object out of sight says of its parameter, or of what it made of that. */
function isDecidedInside(code: Code, parameter: string): boolean {
  const name = /^\w+/.exec(parameter)?.[0];
  const index = code.ir.params.findIndex((p) => p.name === name);
  if (index < 0) return false;
  const isAsked = (op: Op): boolean =>
    op.op === "call" &&
    code.op(op.callee).op === "member" &&
    isCheck(code, op.callee) &&
    op.args.some(({ value }) =>
      madeFrom(code, value).some((from) => from.op === "param" && from.index === index),
    );
  return code.ir.blocks.some(
    ({ end }) => end.kind === "branch" && madeFrom(code, end.condition).some(isAsked),
  );
}
