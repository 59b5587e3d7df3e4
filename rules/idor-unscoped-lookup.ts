/** Whoever is signed in gets, changes or deletes what belongs to others: the query does not say whose it must be. */
import { childrenOf, nameOf } from "../server/rule/items.ts";
import {
  isByKey,
  isFromRequest,
  isIdentity,
  keysOf,
  type Lookup,
  lookupOf,
  modelsOf,
  type Named,
  ownedBy,
  ownerColumn,
} from "../server/rule/lookups.ts";
import { isTest } from "../server/rule/place.ts";
import { refsOf } from "../server/rule/router.ts";
import {
  isForEverybody,
  judge,
  type Route,
  type Routes,
  routesOf,
  strongest,
} from "../server/rule/routes.ts";
import {
  type AllCalls,
  type Code,
  type Context,
  type Match,
  type Observation,
  type Op,
  type ProgramContext,
  rule,
  type ValueId,
} from "../server/rule/rule.ts";
import { words } from "../server/rule/secret-names.ts";
import { madeFrom, onlyAskedFor } from "../server/rule/slice.ts";
import { rowData } from "../server/rule/tokens.ts";

const WRITES: ReadonlySet<string> = new Set(["post", "put", "patch", "delete"]);
/** Routes for those who may do more than others. */
const PRIVILEGED =
  /^(?:admin|admins|administrator|staff|superuser|internal|moderator|backoffice|role|roles|permission|permissions|permitted|scope|scopes|owner|policy|policies|ability|allowed|guard)$/;
/** What a database session is used for, and nobody's own. */
const STORES = /^(?:commit|add|refresh|flush|rollback|query|scalars?|execute|exec|begin|merge)$/;

export default rule({
  id: "idor-unscoped-lookup",
  title: "Object found by its id, whoever it belongs to",
  category: "access",
  severity: "high",
  cwe: [639],
  owasp: ["A01:2021", "A01:2025"],
  project: { sinks: ["route", "lookup"], deeds: true, check },
  say: ({ facts }) => {
    const does = String(facts?.does);
    return {
      what: `Whoever is signed in can ${does} any ${String(facts?.model)} by its id: nothing asks whether it is theirs.`,
      why: `They put the ids of others into ${String(facts?.route)} and ${does} what is not theirs.`,
      fix: `Put ${String(facts?.column)} and who is signed in into the condition of the query, and answer 404 when nothing is found.`,
    };
  },
  fixes: ({ facts }) => [
    {
      title: "Ask for the owner in the query",
      grade: "manual",
      edits: [],
      reason: `Add a condition on ${String(facts?.column)} to this query and to those behind it that use the same id. No edit is offered: who else may have access (a team, administrators) is the author's to say.`,
    },
  ],
});

interface Candidate {
  readonly route: Route | undefined;
  readonly lookup: Lookup;
  readonly handler: Code;
  readonly writes: boolean;
}

function check(own: readonly Observation[], context: Context, all: AllCalls): readonly Match[] {
  if (isTest(context.file)) return [];
  const lookups = own.flatMap((call) => lookupOf(call, context) ?? []).filter((l) => !makes(l));
  if (lookups.length === 0) return [];
  // Of the file alone first: what all others say is only asked for what is left.
  const suspects = candidates(own, lookups, context);
  if (suspects.length === 0) return [];
  const { routeAt, guardOf, beforeOf } = all.shared(routesByPlace);
  return suspects.flatMap(({ route, lookup, handler, writes }): Match[] => {
    const known = route === undefined ? undefined : routeAt.get(placeOf(route.call));
    const ref = `fn:${handler.item}`;
    const guard = strongest([
      judge([ref], context),
      ...(known === undefined ? [] : [guardOf(known)]),
    ]);
    if (guard !== "yes") return [];
    const before = known === undefined ? [] : beforeOf(known);
    if (before.some((one) => context.does(one, "limits") !== false || isPrivileged(one))) return [];
    if (before.some((one) => one.startsWith("fn:") && looksAtKey(one.slice(3), route, context)))
      return [];
    const owner = ownerOf(lookup, all.shared(ownedByModel), writes, context);
    if (owner === undefined) return [];
    const verb = route?.verbs.find((v) => WRITES.has(v)) ?? route?.verbs[0] ?? "post";
    return [
      {
        item: lookup.code.item,
        span: lookup.call.site.span,
        op: lookup.call.site.op,
        call: lookup.call,
        confidence: "medium",
        facts: {
          does: writes ? (verb === "delete" ? "delete" : "change") : "read",
          model: owner.model,
          column: owner.column,
          route:
            route?.path === undefined
              ? nameOf(handler) || "this"
              : `${verb.toUpperCase()} ${route.path}`,
        },
        ...(owner.by === undefined
          ? {}
          : {
              related: [
                {
                  item: owner.by.code.item,
                  span: owner.by.call.site.span,
                  text: "this one asks whose it is",
                },
              ],
            }),
      },
    ];
  });
}
function placeOf({ site }: Observation): string {
  return `${site.item} ${site.op}`;
}
function routesByPlace(
  calls: readonly Observation[],
  context: ProgramContext,
): Pick<Routes, "guardOf" | "beforeOf"> & { readonly routeAt: ReadonlyMap<string, Route> } {
  const { routes, guardOf, beforeOf } = routesOf(calls, context);
  // Of several at one place the first counts.
  const routeAt = new Map([...routes].reverse().map((route) => [placeOf(route.call), route]));
  return { routeAt, guardOf, beforeOf };
}
function makes({ data }: Lookup): boolean {
  return data.makes === true;
}

/** Handlers of the file in which a key of the request finds an object and nothing is done with who is calling. */
function candidates(
  own: readonly Observation[],
  lookups: readonly Lookup[],
  context: Context,
): readonly Candidate[] {
  const out: Candidate[] = [];
  const seen = new Set<string>();
  const consider = (item: string, route: Route | undefined): void => {
    const handler = seen.has(item) ? undefined : context.code(item);
    if (handler === undefined) return;
    seen.add(item);
    const inside = lookups.filter(
      ({ code }) => code.item === item || code.item.startsWith(`${item}/`),
    );
    const lookup = inside.find(isByKey);
    if (lookup === undefined || context.does(`fn:${item}`, "limits") !== false) return;
    if (isNamedPrivileged(handler, route) || usesCaller(handler)) return;
    if (isAskedElsewhere(handler, inside, context)) return;
    const writes = route === undefined || route.verbs.some((v) => WRITES.has(v));
    out.push({ route, lookup, handler, writes });
  };
  for (const route of routesOf(own, context).routes)
    for (const ref of route.handlers) if (ref.startsWith("fn:")) consider(ref.slice(3), route);
  for (const call of own)
    if (rowData(call, "route")?.role === "action") consider(call.site.item, undefined);
  return out;
}

function isNamedPrivileged(handler: Code, route: Route | undefined): boolean {
  const names = [handler.file, nameOf(handler), route?.path ?? ""];
  return (
    names.some(isPrivileged) ||
    (route?.before.some(({ text }) => text !== undefined && isPrivileged(text)) ?? false) ||
    isForEverybody([nameOf(handler), route?.path ?? ""])
  );
}
function isPrivileged(name: string): boolean {
  return words(name).some((word) => PRIVILEGED.test(word));
}

/** What runs before is given the key as well: it may ask whose the object is. */
function looksAtKey(item: string, route: Route | undefined, context: Context): boolean {
  const code = context.code(item);
  if (code === undefined) return true;
  const keys = [...(route?.path ?? "").matchAll(/[{<](?:\w+:)?(\w+)/g)].map(([, key]) => key);
  return itemsIn(code).some(({ ir }) =>
    ir.ops.some(
      (op) =>
        (op.op === "member" && /^(?:params?|view_args|path_params)$/.test(op.name)) ||
        (op.op === "param" && keys.includes(ir.params[op.index]?.name)) ||
        (op.op === "const" && keys.some((key) => key === op.value)),
    ),
  );
}
/** A function and those inside it. */
function itemsIn(code: Code): readonly Code[] {
  return [
    code,
    ...[...childrenOf(code).values()].flatMap((id) => {
      const child = code.other(id);
      return child === undefined ? [] : itemsIn(child);
    }),
  ];
}

/** Who is calling counts for more than being there: he is compared, passed on, or put into a query. */
function usesCaller(handler: Code): boolean {
  const stores = storeNames(handler);
  const isCaller = (name: string): boolean => isIdentity(name) && !stores.has(name);
  return itemsIn(handler).some((code) =>
    code.ir.ops.some((op, id) => {
      if (keysOf(op).some(isCaller)) return true;
      const name = nameAt(code, op);
      return name !== undefined && isCaller(name) && !onlyAskedFor(code, id, isLog(code));
    }),
  );
}
/** A function that asks who is calling, or refuses, is given the object or its key: `check_owner(note)`. */
function isAskedElsewhere(handler: Code, lookups: readonly Lookup[], context: Context): boolean {
  const found = new Set(lookups.map(({ call, code }) => code.op(call.site.op)));
  const asks = (ref: string): boolean =>
    (["identifies", "refuses", "may-check", "limits"] as const).some(
      (deed) => context.does(ref, deed) !== false,
    );
  return itemsIn(handler).some((code) =>
    code.ir.ops.some(
      (op) =>
        op.op === "call" &&
        !found.has(op) &&
        op.args.some(({ value }) => {
          const ops = madeFrom(code, value);
          return ops.some((one) => found.has(one)) || isFromRequest(code, ops);
        }) &&
        refsOf(code, op.callee, context).some(asks),
    ),
  );
}
function nameAt(code: Code, op: Op): string | undefined {
  switch (op.op) {
    case "member":
    case "free":
      return op.name;
    case "load":
      return code.ir.slots[op.slot];
    case "index": {
      const key = code.op(op.key);
      return key.op === "const" && typeof key.value === "string" ? key.value : undefined;
    }
    // `c.get("user")`: the text names what the call gives.
    case "call": {
      const first = op.args.length === 1 ? op.args[0] : undefined;
      const key = first === undefined ? undefined : code.op(first.value);
      const callee = code.op(op.callee);
      return callee.op === "member" && callee.name === "get" && key?.op === "const"
        ? String(key.value)
        : undefined;
    }
    default:
      return undefined;
  }
}
/** A session of a database has the name of one of a user. */
function storeNames(handler: Code): ReadonlySet<string> {
  const out = new Set<string>();
  for (const code of itemsIn(handler))
    for (const op of code.ir.ops) {
      if (op.op !== "member" || !STORES.test(op.name)) continue;
      const object = code.op(op.object);
      const name = object.op === "member" ? object.name : nameAt(code, object);
      if (name !== undefined) out.add(name);
    }
  return out;
}
function isLog(code: Code): (call: Op & { readonly op: "call" }) => boolean {
  return ({ callee }) => {
    for (let at: ValueId = callee; ; ) {
      const op = code.op(at);
      if (op.op === "member") at = op.object;
      else
        return (
          (op.op === "free" || op.op === "load") &&
          /^(?:log|logger|logging|console|print)$/.test(nameAt(code, op) ?? "")
        );
    }
  };
}

interface Owner {
  readonly model: string;
  readonly column: string;
  /** A call that asks whose it is. */
  readonly by: Lookup | undefined;
}

/** A call that says whose its objects are. */
interface Owned {
  readonly lookup: Lookup;
  readonly column: string;
  readonly scoped: boolean;
  /** What its objects are called. */
  readonly models: readonly string[];
  readonly order: number;
}
/** Of the calls about one model the first that ask whose it is, and the first of all: of each two, one of them may be the one that asks. */
interface OfModel {
  readonly scoped: Owned[];
  readonly any: Owned[];
}
function ownedByModel(
  calls: readonly Observation[],
  context: ProgramContext,
): ReadonlyMap<string, OfModel> {
  const out = new Map<string, OfModel>();
  for (const [order, call] of calls.entries()) {
    const lookup = lookupOf(call, context);
    const owned = lookup === undefined ? undefined : ownedBy(lookup);
    if (lookup === undefined || owned === undefined) continue;
    const keys = modelsOf(lookup, context).map(({ key }) => key);
    const models = [...new Set(keys)].filter((key) => key !== "" && !isIdentity(key));
    const one: Owned = { lookup, ...owned, models, order };
    for (const key of models) {
      const known = out.get(key) ?? { scoped: [], any: [] };
      out.set(key, known);
      if (known.any.length < 2) known.any.push(one);
      if (owned.scoped && !makes(lookup) && known.scoped.length < 2) known.scoped.push(one);
    }
  }
  return out;
}

/** Such objects belong to somebody: another query says so; for what is changed a column of theirs is enough. */
function ownerOf(
  lookup: Lookup,
  all: ReadonlyMap<string, OfModel>,
  writes: boolean,
  context: Context,
): Owner | undefined {
  const models = modelsOf(lookup, context);
  const keys = new Map(models.map((m): [string, Named] => [m.key, m]));
  const firstOf = (which: keyof OfModel): Owner | undefined => {
    const [first] = [...keys.keys()]
      .flatMap((key) => all.get(key)?.[which] ?? [])
      .filter((one) => placeOf(one.lookup.call) !== placeOf(lookup.call))
      .sort((a, b) => a.order - b.order);
    const named = keys.get(first?.models.find((key) => keys.has(key)) ?? "");
    return first === undefined || named === undefined
      ? undefined
      : { model: named.name, column: first.column, by: first.scoped ? first.lookup : undefined };
  };
  const asked = firstOf("scoped");
  if (asked !== undefined || !writes) return asked;
  const column = firstOf("any");
  if (column !== undefined) return column;
  for (const named of models) {
    const own = ownerColumn(named, context);
    if (own !== undefined) return { model: named.name, column: own, by: undefined };
  }
  return undefined;
}
