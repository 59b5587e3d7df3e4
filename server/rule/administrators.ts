/**
 * Whether only administrators reach a function: a dependency, a decorator or a function beside it in the call that registers it
 * lets nobody else through. Known by what that function does: each of its ways back has passed a comparison of a role.
 */
import { type Condition, conditionsAt, conditionsOf } from "./conditions.ts";
import { childrenOf } from "./items.ts";
import { refsOf } from "./router.ts";
import type { Code, Context, Hit, Item, Op, ValueId } from "./rule.ts";

const ROLE =
  /^(?:is_?|has_?|role_?)?(?:site_?|super_?|system_?)?(?:admin(?:istrator)?|super_?user|staff|root)s?$/i;

/** The data comes from a function that only administrators reach. */
export function isOfAdministrators(hit: Hit, context: Context): boolean {
  const from = /^source:([^|]+)\|/.exec(hit.label)?.[1];
  const code = context.code(from ?? hit.site.item);
  return isAskedThere(hit, context) || (code !== undefined && isForAdministrators(code, context));
}

/** The role is looked at where the data comes from, or where it goes. */
function isAskedThere({ site, trail }: Hit, context: Context): boolean {
  let source = trail;
  while (source.prev !== undefined) source = source.prev;
  const from = context.code(source.item);
  const at = from?.ir.ops.findIndex(
    ({ span }) => span.start === source.span.start && span.end === source.span.end,
  );
  const to = context.code(site.item);
  return (
    (from !== undefined &&
      at !== undefined &&
      at >= 0 &&
      conditionsAt(from, at).some((c) => isOfRole(from, c))) ||
    (to !== undefined && conditionsAt(to, site.op).some((c) => isOfRole(to, c)))
  );
}

function isForAdministrators(code: Code, context: Context): boolean {
  for (let at: Code | undefined = code; at !== undefined; ) {
    const above: Code | undefined = at.parent === undefined ? undefined : context.code(at.parent);
    if (above === undefined) return false;
    if (guardsOf(above, at.item, context).some((ref) => isGuard(ref, context))) return true;
    at = above;
  }
  return false;
}

/** References to what stands before a function of this item, as it is defined or registered. */
function guardsOf(parent: Code, item: string, context: Context): readonly string[] {
  const hole = [...childrenOf(parent)].find(([, id]) => id === item)?.[0];
  const at = parent.ir.ops.findIndex((op) => op.op === "closure" && op.hole === hole);
  const closure = parent.ir.ops[at];
  if (closure?.op !== "closure") return [];
  const out: string[] = [];
  // `user = Depends(admin)`
  for (const id of closure.defaults)
    if (id !== undefined) out.push(...handedOn(parent, id, context));
  const same = new Set<ValueId>([at]);
  parent.ir.ops.forEach((op, id) => {
    if (op.op !== "call" || !op.args.some((a) => same.has(a.value))) return;
    if (op.form === "decorator") {
      same.add(id);
      out.push(...refsOf(parent, op.callee, context));
      // `@app.post("/x", dependencies=[Depends(admin)])`, `@permission_classes([IsAdminUser])`
      const maker = parent.op(op.callee);
      if (maker.op === "call")
        for (const { value } of maker.args) out.push(...listed(parent, value, context));
    } else if (!op.isNew)
      // `app.post("/x", admin, (req, res) => ...)`
      for (const { value } of op.args)
        if (!same.has(value)) out.push(...refsOf(parent, value, context));
  });
  return out;
}

function listed(code: Code, id: ValueId, context: Context): readonly string[] {
  const op = code.op(id);
  if (op.op !== "sequence") return [];
  return op.elements.flatMap((e) => [
    ...refsOf(code, e.value, context),
    ...handedOn(code, e.value, context),
  ]);
}

/** `Depends(admin)`: a call with a function. */
function handedOn(code: Code, id: ValueId, context: Context): readonly string[] {
  const op = code.op(id);
  const first = op.op === "call" ? op.args[0] : undefined;
  return first === undefined ? [] : refsOf(code, first.value, context);
}

function isGuard(ref: string, context: Context): boolean {
  if (ref.startsWith("lib:")) return context.does(ref, "admits-administrators") === true;
  const code = ref.startsWith("fn:") ? context.code(ref.slice(3)) : undefined;
  if (code === undefined) return false;
  // A decorator is what it puts in the place of the function: that calls what it was given.
  const inside = [...childrenOf(code).values()].flatMap((id) => context.code(id) ?? []);
  const names = new Set(code.ir.params.map(({ name }) => name));
  const ways = inside.flatMap((child) => callsOf(child, names).map((at) => ({ code: child, at })));
  // A middleware goes on by a call of its last parameter.
  const last = code.ir.params.at(-1)?.name;
  if (ways.length === 0 && last !== undefined)
    ways.push(...callsOf(code, new Set([last])).map((at) => ({ code, at })));
  if (ways.length === 0)
    code.ir.blocks.forEach(({ end }, at) => {
      if (end.kind === "return" || end.kind === "end") ways.push({ code, at });
    });
  return (
    ways.length > 0 &&
    ways.every((way) => conditionsOf(way.code, way.at).some((c) => isOfRole(way.code, c)))
  );
}

/** Blocks that call one of these variables without an argument that is an error. */
function callsOf(code: Code, names: ReadonlySet<string>): number[] {
  const isOne = (id: ValueId): boolean => {
    const op = code.op(id);
    if (op.op === "free") return names.has(op.name);
    return op.op === "load" && names.has(code.ir.slots[op.slot] ?? "");
  };
  return code.ir.blocks.flatMap((block: Item["blocks"][number], at) =>
    block.ops.some((id) => {
      const op = code.op(id);
      return op.op === "call" && isOne(op.callee);
    })
      ? [at]
      : [],
  );
}

/** This side of the branch is only for a role with the rights of an administrator. */
function isOfRole(code: Code, { of, taken }: Condition): boolean {
  const op = code.op(of);
  if (op.op === "unary" && op.operator === "not")
    return isOfRole(code, { text: "", of: op.operand, taken: !taken });
  if (op.op === "compare") {
    const sides = [code.op(op.left), code.op(op.right)];
    switch (op.operator) {
      case "==":
      case "!=":
        return (op.operator === "==") === taken && sides.some((side) => isRoleText(side));
      case "in":
      case "not in": {
        const [, among] = sides;
        return (
          (op.operator === "in") === taken &&
          among?.op === "sequence" &&
          among.elements.length > 0 &&
          among.elements.every((e) => isRoleText(code.op(e.value)))
        );
      }
      default:
        return false;
    }
  }
  const named = op.op === "call" ? code.op(op.callee) : op;
  return taken && (named.op === "member" || named.op === "free") && ROLE.test(named.name);
}
function isRoleText(op: Op): boolean {
  return op.op === "const" && typeof op.value === "string" && ROLE.test(op.value);
}
