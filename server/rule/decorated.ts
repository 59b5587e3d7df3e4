/** What a decorator is put on, and what else stands around that: `@csrf_exempt`, `@method_decorator(csrf_exempt, ...)`. */
import { given } from "./given.ts";
import { itemsOf } from "./items.ts";
import { refsOf } from "./router.ts";
import type { Code, Observation, ProgramContext, ValueId } from "./rule.ts";
import { bare, type Data } from "./tokens.ts";

/** The functions that answer: of a class, its methods. */
export function exempted(
  call: Observation,
  data: Data,
  code: Code,
  context: ProgramContext,
): readonly string[] {
  if (data.within !== true) {
    const found = given(call, data.handler);
    if (found.kind !== "given") return [];
    const own = found.value.refs.filter((r) => r.startsWith("fn:"));
    const around = decorators(code, call.site.op).flatMap((id) => refsOf(code, id, context));
    const refs = own.length > 0 ? own : refsOf(code, found.argument.op, context);
    // Another decorator's wrapper may stand in its place.
    const inside = refsOf(code, innermost(code, call.site.op), context);
    return refs.length === 0 ? [] : [...new Set([...refs, ...inside, ...around])];
  }
  const decorated = code.ir.ops.find(
    (op) => op.op === "call" && op.form === "decorator" && op.callee === call.site.op,
  );
  const target = decorated?.op === "call" ? decorated.args[0]?.value : undefined;
  const made = target === undefined ? undefined : bare(code, innermost(code, target));
  if (made?.op !== "class") return [];
  return itemsOf(code)
    .filter(({ item }) =>
      new RegExp(`#${made.name}\\.(?:post|put|patch|delete|form_valid)$`).test(item),
    )
    .map(({ item }) => `fn:${item}`);
}
/** What else decorates the same function. */
function decorators(code: Code, id: ValueId): readonly ValueId[] {
  const out: ValueId[] = [];
  for (let at: ValueId | undefined = id; at !== undefined; ) {
    const op = code.op(at);
    if (op.op !== "call" || op.form !== "decorator") break;
    if (at !== id) out.push(op.callee);
    at = op.args[0]?.value;
  }
  let outer = code.ir.ops.findIndex((op) => isDecorating(op, id));
  for (let depth = 0; outer >= 0 && depth < 8; depth++) {
    const op = code.op(outer);
    if (op.op === "call") out.push(op.callee);
    const inner = outer;
    outer = code.ir.ops.findIndex((o) => isDecorating(o, inner));
  }
  return out;
}
function isDecorating(op: Code["ir"]["ops"][number], id: ValueId): boolean {
  return op.op === "call" && op.form === "decorator" && op.args[0]?.value === id;
}
function innermost(code: Code, id: ValueId): ValueId {
  const op = code.op(id);
  const next = op.op === "call" && op.form === "decorator" ? op.args[0]?.value : undefined;
  return next === undefined ? id : innermost(code, next);
}

/** The name of the function that a decorator is put on, whatever other decorators make of it. */
export function decoratedName(code: Code, id: ValueId): string | undefined {
  const made = bare(code, innermost(code, id));
  return made.op === "closure" ? code.ir.holes[made.hole]?.name || undefined : undefined;
}
