/** Other sites can make a visitor's browser change something here: his cookie comes along, and nothing asks who made the request. */
import { decoratedName, exempted } from "../server/rule/decorated.ts";
import { csrfFixes } from "../server/rule/fix/csrf.ts";
import { constantOf, given, knownStrings } from "../server/rule/given.ts";
import { grouped } from "../server/rule/grouped.ts";
import { itemsOf, nameOf } from "../server/rule/items.ts";
import { namesIn } from "../server/rule/lookups.ts";
import { isDevelopment, isSample, isTest } from "../server/rule/place.ts";
import { type Route, routesOf } from "../server/rule/routes.ts";
import {
  type AllCalls,
  type Code,
  type Context,
  type Match,
  type Observation,
  onlyConst,
  type ProgramContext,
  rule,
  type StoreView,
} from "../server/rule/rule.ts";
import { words } from "../server/rule/secret-names.ts";
import { bare, type Data, isSetting, rowData, spanOf } from "../server/rule/tokens.ts";

export default rule({
  id: "csrf-missing",
  title: "Other sites can act for whoever is logged in",
  category: "access",
  severity: "medium",
  cwe: [352],
  owasp: ["A01:2021", "A01:2025"],
  project: { sinks: ["csrf", "route"], deeds: true, check },
  calls: { sinks: ["csrf"], check: switchedOff },
  stores: { sinks: ["csrf"], check: stored },
  code: { may: /enforce_csrf|checkOrigin/, check: overridden },
  say: ({ facts }) => ({
    what: WHAT[String(facts?.how)]?.(facts ?? {}) ?? "",
    why: `A page of somebody else sends ${String(facts?.route)} by a hidden form in the visitor's browser, which adds the session cookie${facts?.none === true ? "" : facts?.how === "missing" ? " where it does not take SameSite=Lax by itself (Safari, Firefox)" : ""}: it is carried out in his name.`,
    fix: FIX[String(facts?.how)]?.(facts ?? {}) ?? "",
  }),
  fixes: (match, code, context) => csrfFixes(match, code, context),
});

type Facts = NonNullable<Match["facts"]>;
const WHAT: Readonly<Record<string, (facts: Facts) => string>> = {
  missing: ({ route, count, none }) =>
    `${String(route)}${Number(count) > 1 ? ` and ${Number(count) - 1} more of the routes` : ""} change something for whoever's session cookie comes along${none === true ? ", which is sent from all sites" : ""}; nothing asks where a request comes from.`,
  exempt: ({ name }) =>
    `${String(name)} acts for whoever is logged in, and is taken out of the check that requests come from your own pages.`,
  off: ({ api }) =>
    `The check of ${String(api)} that requests come from your own pages is switched off.`,
  list: ({ api }) =>
    `${String(api)} keeps sessions here, and nothing checks that requests come from your own pages.`,
  override: ({ name }) =>
    `${String(name)} takes the session cookie and leaves out the check that belongs to it.`,
};
const FIX: Readonly<Record<string, (facts: Facts) => string>> = {
  missing: ({ none }) =>
    none === true
      ? "Send and check a token with each form, or compare the Origin header with your own address; set SameSite=Lax if no other site needs the cookie."
      : "Set SameSite=Lax on the session cookie, and send and check a token with each form.",
  exempt: () => "Take the exemption away and send the token with the form or in a header.",
  off: () => "Leave it on, and send the token with each form.",
  list: ({ add }) => `Put ${String(add)} into the list.`,
  override: () =>
    "Take the method away and send the token in a header, or sign in by tokens that are no cookies.",
};

const READS = /^(?:get|head|options|trace)$/;
function onlyReads({ verbs }: Route): boolean {
  return verbs.length > 0 && verbs.every((verb) => READS.test(verb));
}
const SAFE = /^(?:lax|strict|true)$/i;
/** The words of whoever handles this himself. */
const HANDLED = /^(?:csrf|xsrf|seasurf)$/;

function check(own: readonly Observation[], context: Context, all: AllCalls): readonly Match[] {
  if (isTest(context.file) || isSample(context.file)) return [];
  return own.flatMap((call): readonly Match[] => {
    const data = rowData(call, "csrf");
    const code = data === undefined ? undefined : context.code(call.site.item);
    if (data === undefined || code === undefined) return [];
    const one = { call, data, code };
    if (data.role === "session") return missing(one, all, context);
    return data.role === "exempt" ? exempt(one, all.shared(routesByHandler), context) : [];
  });
}

interface Call {
  readonly call: Observation;
  readonly data: Data;
  readonly code: Code;
}

/** An application with a session in a cookie that other sites' requests carry, and routes that act on it. */
function missing({ call, data, code }: Call, all: AllCalls, context: Context): readonly Match[] {
  const sameSite = given(call, data.sameSite);
  const value = sameSite.kind === "given" ? constantOf(sameSite) : undefined;
  if (sameSite.kind === "unknown" || (sameSite.kind === "given" && value === undefined)) return [];
  if (sameSite.kind === "absent" ? data.usual === "lax" : SAFE.test(String(value))) return [];
  const roles = all.shared(rolesOf);
  if (roles.has("protects") || isHandled(code, sameSite.kind === "absent", context)) return [];
  const open = all.shared(
    code.language === "javascript" && roles.has("forms") ? openWhereFormsAreRead : openToForms,
  );
  const [first] = open;
  if (first === undefined) return [];
  return [
    {
      item: code.item,
      span: sameSite.kind === "given" ? spanOf(call, code, sameSite) : call.site.span,
      op: call.site.op,
      call,
      confidence: "medium",
      facts: {
        how: "missing",
        route: `POST ${first.path ?? ""}`.trim(),
        count: open.length,
        none: /^none$/i.test(String(value)),
        api: String(data.api),
      },
      related: open.slice(0, 3).map((route) => ({
        item: route.code.item,
        span: route.call.site.span,
        text: `POST ${route.path ?? ""}`.trim(),
      })),
    },
  ];
}

function rolesOf(calls: readonly Observation[]): ReadonlySet<Data[string]> {
  return new Set(calls.flatMap((call) => rowData(call, "csrf")?.role ?? []));
}
function openToForms(calls: readonly Observation[], context: ProgramContext): readonly Route[] {
  const { routes, beforeOf } = routesOf(calls, context);
  return routes.filter((route) => isOpen(route, beforeOf(route), false, context));
}
/** What reads JSON also takes what a form sends. */
function openWhereFormsAreRead(
  calls: readonly Observation[],
  context: ProgramContext,
): readonly Route[] {
  const { routes, beforeOf } = routesOf(calls, context);
  return routes.filter((route) => isOpen(route, beforeOf(route), true, context));
}
/** Those whose address is known. */
function routesByHandler(
  calls: readonly Observation[],
  context: ProgramContext,
): ReadonlyMap<string, readonly Route[]> {
  const out = new Map<string, Route[]>();
  for (const route of routesOf(calls, context).routes)
    for (const ref of route.path === undefined ? [] : route.handlers) grouped(out, ref, route);
  return out;
}

/** A form of another site gets there, it acts, and on what the cookie says. */
function isOpen(
  route: Route,
  before: readonly string[],
  readsForms: boolean,
  context: ProgramContext,
): boolean {
  if (!route.verbs.includes("post") || isTest(route.code.file)) return false;
  const does = (refs: readonly string[], deed: Parameters<Context["does"]>[1]): boolean =>
    refs.some((ref) => context.does(ref, deed) === true);
  const all = [...before, ...route.handlers];
  const { handlers } = route;
  if (handlers.length === 0 || !does(handlers, "may-write") || !does(all, "by-cookie"))
    return false;
  if (does(handlers, "reads-json") && !readsForms) return false;
  return !(
    does(handlers, "signs-in") ||
    does(handlers, "checks-signature") ||
    does(all, "checks-origin") ||
    before.some((ref) => words(ref).some((word) => HANDLED.test(word)))
  );
}

/** The file, or one that it imports, speaks of it: a check of its own; of settings, where the call has none. */
function isHandled(code: Code, settings: boolean, context: Context): boolean {
  const module = context.code(`${code.file}#`);
  if (module === undefined) return true;
  const files = new Set([code.file]);
  for (const item of itemsOf(module))
    for (const op of item.ir.ops) {
      if (op.op === "import") files.add(context.imported(code.file, op.module) ?? code.file);
      if (op.op !== "call") continue;
      const callee = item.op(op.callee);
      if (callee.op !== "member" || !callee.name.startsWith("from_")) continue;
      const first = op.args[0] === undefined ? undefined : item.op(op.args[0].value);
      const name = first?.op === "const" ? String(first.value) : undefined;
      // What is in a file of settings is not seen.
      if (/^from_(?:envvar|pyfile|file|prefixed_env)$/.test(callee.name)) return true;
      for (const one of name === undefined ? [] : [name, name.replace(/\.\w+$/, "")])
        files.add(context.imported(code.file, one) ?? code.file);
    }
  return [...files].some((file) => {
    const other = context.code(`${file}#`);
    return (
      other !== undefined &&
      itemsOf(other).some((item) =>
        [...namesIn(item, item.ir.ops), ...item.ir.slots, ...membersIn(item)].some((name) => {
          const all = words(name);
          return (
            all.some((word) => HANDLED.test(word)) ||
            (settings && all.join("").includes("samesite"))
          );
        }),
      )
    );
  });
}
function membersIn({ ir }: Code): readonly string[] {
  return ir.ops.flatMap((op) => (op.op === "class" ? op.members.map((m) => m.name) : []));
}

/** A view that acts on the cookie and is left out of the check. */
function exempt(
  { call, data, code }: Call,
  routes: ReadonlyMap<string, readonly Route[]>,
  context: Context,
): readonly Match[] {
  const refs = exempted(call, data, code, context);
  // What only reads is not checked anyway.
  const own = refs.flatMap((ref) => routes.get(ref) ?? []);
  if (own.length > 0 && own.every(onlyReads)) return [];
  const does = (deed: Parameters<Context["does"]>[1]): boolean =>
    refs.some((ref) => context.does(ref, deed) !== false);
  if (refs.length === 0 || !does("by-cookie") || !does("may-write")) return [];
  if (does("checks-signature") || does("checks-origin") || does("signs-in")) return [];
  // A form of another site cannot send what it reads.
  if (refs.some((ref) => context.does(ref, "reads-json") === true)) return [];
  const view = context.code((refs[0] as string).slice(3));
  const name =
    decoratedName(code, call.site.op) ?? (view === undefined ? "this view" : nameOf(view));
  return [
    {
      item: code.item,
      span: call.site.span,
      op: call.site.op,
      call,
      confidence: "medium",
      facts: { how: "exempt", name, route: `a request to ${name}`, none: true },
    },
  ];
}
function isExcused(code: Code): boolean {
  return isTest(code.file) || isDevelopment(code.file) || isSample(code.file);
}
/** `app.config.update(WTF_CSRF_ENABLED=False)`. */
function switchedOff(call: Observation, context: Context): Match | undefined {
  const data = call.sinks.find((s) => s.kind === "csrf" && s.data?.flag !== undefined)?.data;
  const code = context.code(call.site.item);
  if (data === undefined || code === undefined || isExcused(code)) return undefined;
  const flag = given(call, data.flag);
  return constantOf(flag) === false
    ? {
        item: code.item,
        op: call.site.op,
        call,
        span: spanOf(call, code, flag),
        facts: { how: "off", api: String(data.api), route: "what a form does", none: true },
      }
    : undefined;
}
function stored(store: StoreView, context: Context): Match | undefined {
  const data = rowData(store, "csrf");
  const code = context.code(store.site.item);
  if (data === undefined || code === undefined || isExcused(code) || !isSetting(code, data))
    return undefined;
  const place = { item: code.item, op: store.site.op, span: store.site.span };
  const facts = { api: String(data.api), route: "what a form does", none: true };
  if (data.role === "off")
    return onlyConst(store.value)?.value === false
      ? { ...place, facts: { ...facts, how: "off" } }
      : undefined;
  const list = bare(code, store.valueOp);
  if (list.op !== "sequence" || store.value.fields === undefined) return undefined;
  const layers = knownStrings(store.value);
  // What cannot be read may be the check.
  if (layers.length < list.elements.length) return undefined;
  if (!layers.includes(String(data.has))) return undefined;
  return layers.some((layer) => words(layer).includes(String(data.needs)))
    ? undefined
    : { ...place, facts: { ...facts, how: "list", add: String(data.add) } };
}

/** A class that answers the library's check with nothing; a framework's setting. */
function overridden(code: Code): readonly Match[] {
  if (isExcused(code)) return [];
  if (code.language === "python") {
    if (nameOf(code) !== "enforce_csrf" || code.ir.ops.some((op) => op.op === "super")) return [];
    if (code.ir.ops.some((op) => op.op === "call")) return [];
    const name = /#(?:.*[/#])?(\w+)\.enforce_csrf$/.exec(code.item)?.[1];
    return name === undefined
      ? []
      : [
          {
            item: code.item,
            span: { start: 0, end: Math.max(1, code.text({ start: 0, end: 200 }).search(/:/)) },
            facts: { how: "override", name, route: "what a form does", none: true },
          },
        ];
  }
  if (!/(?:^|\/)svelte\.config\.[cm]?[jt]s$/.test(code.file)) return [];
  return code.ir.ops.flatMap((op): readonly Match[] =>
    op.op !== "record"
      ? []
      : op.entries.flatMap(({ key, value, span }): readonly Match[] => {
          const set = code.op(value);
          return key === "checkOrigin" && set.op === "const" && set.value === false
            ? [
                {
                  item: code.item,
                  span,
                  facts: { how: "off", api: "SvelteKit", route: "what a form does", none: true },
                },
              ]
            : [];
        }),
  );
}
