/**
 * Whether only administrators reach a function: a dependency, a decorator or a function beside it in the call that registers it
 * lets nobody else through. Known by what that function does: each of its ways back has passed a comparison of a role.
 */
import { type Condition, conditionsAt, conditionsOf } from "./conditions.ts";
import { childrenOf } from "./items.ts";
import { refsOf } from "./router.ts";
import type { Code, Context, Hit, Item, Op, ValueId } from "./rule.ts";
import { words } from "./secret-names.ts";
import { madeFrom } from "./slice.ts";
import { single } from "./stores.ts";

const ROLE =
  /^(?:is_?|has_?|role_?)?(?:site_?|super_?|system_?)?(?:admin(?:istrator)?|super_?user|staff|root)s?$/i;

/** The data comes from a function that only administrators reach. */
export function isOfAdministrators(hit: Hit, context: Context): boolean {
  return isReached(
    hit,
    context,
    ({ refs, calls }, code) =>
      refs.some((ref) => isGuard(ref, context)) || calls.some((call) => asksForRole(code, call)),
  );
}

/** The same, or only those reach it who have a right that others lack, by the name of the check. */
export function isOfPrivileged(hit: Hit, context: Context): boolean {
  return (
    isAskedOnTheWay(hit, context, isOfRight) ||
    isReached(
      hit,
      context,
      ({ refs, calls }, code) =>
        refs.some((ref) => isGuard(ref, context)) ||
        calls.some((call) => asksForRole(code, call) || asksForRight(code, call)),
    )
  );
}

function isReached(
  hit: Hit,
  context: Context,
  isLimited: (guards: Guards, code: Code) => boolean,
): boolean {
  if (isAskedOnTheWay(hit, context, isOfRole)) return true;
  const from = /^source:([^|]+)\|/.exec(hit.label)?.[1];
  for (let at = context.code(from ?? hit.site.item); at !== undefined; ) {
    const above: Code | undefined = at.parent === undefined ? undefined : context.code(at.parent);
    if (above === undefined) return false;
    if (isLimited(guardsOf(above, at.item, context), above)) return true;
    at = above;
  }
  return false;
}

/** It is looked at where the data comes from, on its way, or where it goes. */
function isAskedOnTheWay(
  { site, trail }: Hit,
  context: Context,
  asks: (code: Code, condition: Condition) => boolean,
): boolean {
  const isAskedAt = (code: Code | undefined, at: ValueId): boolean =>
    code !== undefined && at >= 0 && conditionsAt(code, at).some((one) => asks(code, one));
  if (isAskedAt(context.code(site.item), site.op)) return true;
  for (let step: Hit["trail"] | undefined = trail; step !== undefined; step = step.prev) {
    const { item, span } = step;
    const code = context.code(item);
    const at = code?.ir.ops.findIndex(
      (op) => op.span.start === span.start && op.span.end === span.end,
    );
    if (isAskedAt(code, at ?? -1)) return true;
  }
  return false;
}

/** What stands before a function: references to it, and calls that make it. */
interface Guards {
  readonly refs: readonly string[];
  readonly calls: readonly ValueId[];
}

/** As it is defined or registered. */
function guardsOf(parent: Code, item: string, context: Context): Guards {
  const hole = [...childrenOf(parent)].find(([, id]) => id === item)?.[0];
  const at = parent.ir.ops.findIndex((op) => op.op === "closure" && op.hole === hole);
  const closure = parent.ir.ops[at];
  if (closure?.op !== "closure") return { refs: [], calls: [] };
  const out: string[] = [];
  const calls: ValueId[] = [];
  // `user = Depends(admin)`
  for (const id of closure.defaults)
    if (id !== undefined) {
      out.push(...handedOn(parent, id, context));
      calls.push(...firstOf(parent, id));
    }
  const same = new Set<ValueId>([at]);
  parent.ir.ops.forEach((op, id) => {
    if (op.op !== "call" || !op.args.some((a) => same.has(a.value))) return;
    if (op.form === "decorator") {
      same.add(id);
      out.push(...refsOf(parent, op.callee, context));
      // `@app.post("/x", dependencies=[Depends(admin)])`, `@permission_classes([IsAdminUser])`
      const maker = parent.op(op.callee);
      if (maker.op === "call") {
        calls.push(op.callee);
        for (const { value } of maker.args) out.push(...listed(parent, value, context));
      }
    } else if (!op.isNew)
      // `app.post("/x", admin, (req, res) => ...)`
      for (const { value } of op.args)
        if (!same.has(value)) {
          out.push(...refsOf(parent, value, context));
          calls.push(value);
        }
  });
  return { refs: out, calls };
}

/**
 * `Permissions.SYSTEM.require(403)`, `permission_required("app.change")`, `requirePermission("users:write")`: a call that makes a
 * check, known by its name, and names the right that it asks for. What it does is mostly out of sight.
 */
function asksForRight(code: Code, id: ValueId): boolean {
  const call = code.op(id);
  if (call.op !== "call") return false;
  const chain = chainOf(code, call.callee);
  const isNamed = says(chain, RIGHT);
  const isAsked = says(chain, ASKS);
  const names = [...chain.filter((name) => /^[A-Z][A-Z\d_]+$/.test(name)).map(() => true)];
  for (const { value } of call.args) names.push(isText(code, value));
  return isNamed && isAsked && names.includes(true);
}
/** `roles_required("Administrator")`, `requireRole("admin")`: no other role is among those that are let through. */
function asksForRole(code: Code, id: ValueId): boolean {
  const call = code.op(id);
  if (call.op !== "call" || call.args.length === 0) return false;
  const chain = chainOf(code, call.callee);
  return (
    says(chain, /^roles?$/) &&
    says(chain, ASKS) &&
    call.args.every(({ value }) => isRoleName(code, value))
  );
}
function isRoleName(code: Code, id: ValueId): boolean {
  const op = code.op(id);
  if (op.op !== "sequence") return isRoleText(op);
  return op.elements.length > 0 && op.elements.every((e) => isRoleText(code.op(e.value)));
}

/** The names in `a.b.c`, the last one first. */
function chainOf(code: Code, callee: ValueId): readonly string[] {
  const out: string[] = [];
  for (let op = code.op(callee); ; op = code.op(op.object)) {
    if (op.op === "free" || op.op === "member") out.push(op.name);
    else if (op.op === "load") out.push(code.ir.slots[op.slot] ?? "");
    if (op.op !== "member") return out;
  }
}
function says(chain: readonly string[], what: RegExp): boolean {
  return chain.some((name) => words(name).some((word) => what.test(word)));
}

/**
 * `if has_permission(user, "servers:import")`; `if (await isRestricted(req)) return`: this side of the branch is for those only
 * who have a right that others lack.
 */
function isOfRight(code: Code, { of, taken }: Condition): boolean {
  const op = code.op(of);
  if (op.op === "unary" && op.operator === "not")
    return isOfRight(code, { text: "", of: op.operand, taken: !taken });
  const id = single(code, of);
  const call = code.op(id);
  if (call.op !== "call" || call.args.some(({ value }) => isSentBy(code, value))) return false;
  if (taken) return asksForRight(code, id);
  return call.args.length > 0 && says(chainOf(code, call.callee), RESTRICTS);
}
/** Who is asked about, the sender says himself: `has_permission(request.args["user"], "x")`. */
function isSentBy(code: Code, id: ValueId): boolean {
  return madeFrom(code, id).some(
    (op) => op.op === "member" && (SENT.test(op.name) || /^get_json$/.test(op.name)),
  );
}
const SENT =
  /^(?:args|headers?|json|form|values|query|query_params|path_params|body|params|cookies|data|GET|POST|META)$/;
const RESTRICTS = /^(?:restricts?|restricted|restrictions?|forbids?|forbidden)$/;
const RIGHT = /^(?:permissions?|perms?|privileges?)$/;
const ASKS = /^(?:requires?|required|needs?|has|have|checks?|check|ensure|authori[sz]e|checker)$/;
/** A right by its name. */
function isText(code: Code, id: ValueId): boolean {
  const op = code.op(id);
  if (op.op === "sequence") return op.elements.some((e) => isText(code, e.value));
  // `Permission.write`: one of a class of constants.
  if (op.op === "member") {
    const of = code.op(op.object);
    const name = of.op === "free" ? of.name : of.op === "load" ? code.ir.slots[of.slot] : "";
    return /^[A-Z]\w*[a-z]/.test(name ?? "");
  }
  return op.op === "const" && typeof op.value === "string" && op.value !== "";
}
function firstOf(code: Code, id: ValueId): readonly ValueId[] {
  const op = code.op(id);
  return op.op === "call" && op.args[0] !== undefined ? [op.args[0].value] : [];
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
export function isOfRole(code: Code, { of, taken }: Condition): boolean {
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
