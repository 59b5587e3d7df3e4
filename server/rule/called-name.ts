/** The name by which a call calls: of a method, of a variable, of something around the function. */
import type { Code, Op } from "./rule.ts";

/** "" if it is called by no name, or is no call. */
export function calledName(code: Code, op: Op): string {
  const callee = op.op === "call" ? code.op(op.callee) : undefined;
  if (callee?.op === "member" || callee?.op === "free") return callee.name;
  return callee?.op === "load" ? (code.ir.slots[callee.slot] ?? "") : "";
}
