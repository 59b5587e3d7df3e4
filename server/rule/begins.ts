/** Checks of how an address begins, on the way to a place: `url.startsWith("https://files.example.com/")`. Item coordinates. */
import { conditionsAt } from "./conditions.ts";
import type { Code, ValueId } from "./rule.ts";

/** A host of the program's choice with a slash behind it; a beginning that is only known when the program runs. */
export type Beginning = "host" | "unknown";

export function beginningsAt(code: Code, id: ValueId): readonly Beginning[] {
  return conditionsAt(code, id).flatMap(({ of, taken }) => {
    const call = code.op(of);
    const callee = call.op === "call" ? code.op(call.callee) : undefined;
    const first = call.op === "call" ? call.args[0] : undefined;
    if (!taken || callee?.op !== "member" || first === undefined || !STARTS.test(callee.name))
      return [];
    const text = code.op(first.value);
    if (text.op !== "const")
      return text.op === "call" || text.op === "load" || text.op === "member" ? ["unknown"] : [];
    return typeof text.value === "string" && HOST.test(text.value) ? ["host"] : [];
  });
}
const STARTS = /^starts_?with$/i;
const HOST = /^https?:\/\/[^/?#@\s]+\//i;
