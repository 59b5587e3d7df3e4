/** Checks that are out of sight: only their names tell that they are checks. */
import type { Code, Context, Hit } from "./rule.ts";

/** On the way, a function that is out of sight and named like a check was given the address before the call. */
export function isCheckedElsewhere(hit: Hit, context: Context): boolean {
  const code = context.code(hit.site.item);
  const arg = code?.op(hit.arg);
  if (code === undefined || arg === undefined) return false;
  if (isChecked(code, hit.site.span.start, code.text(arg.span))) return true;
  for (let t: Hit["trail"] | undefined = hit.trail; t !== undefined; t = t.prev) {
    const { span, item } = t;
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
    const callee = code.text(code.op(op.callee).span);
    return (
      /safe|valid|allow|trust|permit|public|verif|guard|check/i.test(callee) &&
      op.args.some((a) => code.text(a.span).includes(name))
    );
  });
}
