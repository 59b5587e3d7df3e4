/** The browser alone decides who is an administrator: by what the page has stored, or by a token that nobody has verified. */
import { isOfRole } from "../server/rule/administrators.ts";
import { conditionsAt } from "../server/rule/conditions.ts";
import { binder, onlyStore } from "../server/rule/given.ts";
import { childrenOf } from "../server/rule/items.ts";
import { isBrowser, isSample, isTest } from "../server/rule/place.ts";
import { judge, type Route, routesOf, strongest } from "../server/rule/routes.ts";
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
import { madeFrom } from "../server/rule/slice.ts";

export default rule({
  id: "client-side-role-check",
  title: "Only the browser asks for the role",
  category: "access",
  severity: "medium",
  cwe: [602],
  owasp: ["A04:2021", "A06:2025"],
  project: { sinks: ["network", "route"], deeds: true, check },
  say: ({ facts }) => ({
    what: `Whether this ${String(facts?.verb)} request is sent depends on ${String(facts?.origin)}${facts?.route === undefined ? "" : `, and ${String(facts.route)} does not ask who is calling`}.`,
    why: `Everybody can change what the browser holds, or send ${String(facts?.verb)} ${String(facts?.path)} without the page: it is carried out if the server does not ask for the role itself.`,
    fix: "Ask for the role on the server, in the route that answers; in the page the condition may stay to hide what is of no use.",
  }),
  fixes: () => [
    {
      title: "Ask for the role on the server",
      grade: "manual",
      edits: [],
      reason:
        "Check the session and the role in the route that answers the request. No edit is offered: how your server knows who is calling only its own code tells.",
    },
  ],
});

const CHANGES = /^(?:post|put|patch|delete)$/;
/** How far a condition may stand outside of the function that sends. */
const LEVELS = 4;

function check(own: readonly Observation[], context: Context, all: AllCalls): readonly Match[] {
  if (isTest(context.file) || isSample(context.file)) return [];
  return own.flatMap((call): readonly Match[] => {
    if (!call.sinks.some(({ kind }) => kind === "network")) return [];
    const code = context.code(call.site.item);
    if (code === undefined || code.language !== "javascript" || !isBrowser(code)) return [];
    const sent = code.op(call.site.op);
    const verb = sent.op === "call" ? verbOf(code, sent) : "";
    if (sent.op !== "call" || !CHANGES.test(verb)) return [];
    const origin = askedBy(code, call.site.op);
    if (origin === undefined) return [];
    const path = pathOf(code, sent.args[0]?.value);
    const there = all
      .shared(answering)
      .filter(({ route }) => route.verbs.includes(verb) && leadsTo(path, route.path));
    if (there.some(({ isOpen }) => !isOpen)) return [];
    const open = there[0]?.route;
    const { item, span, op } = call.site;
    return [
      {
        ...{ item, span, op, call, confidence: "medium" },
        // Of a server that is not in sight nothing is known.
        severity: open === undefined ? "low" : "medium",
        facts: {
          verb: verb.toUpperCase(),
          path: path?.replaceAll(ANY, "...") ?? "",
          origin,
          ...(open === undefined ? {} : { route: `the route ${open.path}` }),
        },
        ...(open === undefined
          ? {}
          : {
              related: [
                {
                  item: open.code.item,
                  span: open.call.site.span,
                  text: "this route does not ask who is calling",
                },
              ],
            }),
      },
    ];
  });
}

interface Answering {
  readonly route: Route;
  /** It certainly asks nobody. */
  readonly isOpen: boolean;
}
function answering(calls: readonly Observation[], context: ProgramContext): readonly Answering[] {
  const { routes, guardOf } = routesOf(calls, context);
  return routes
    .filter(({ path }) => path !== undefined)
    .map((route) => ({
      route,
      isOpen:
        strongest([guardOf(route), judge(route.handlers, context, "maybe", "maybe")]) === "no",
    }));
}

/** `axios.delete(...)`, `fetch(url, { method: "DELETE" })`: in lower case. */
function verbOf(code: Code, call: Op & { readonly op: "call" }): string {
  const callee = code.op(call.callee);
  if (callee.op === "member" && CHANGES.test(callee.name)) return callee.name;
  for (const { value } of call.args) {
    const options = code.op(value);
    if (options.op !== "record") continue;
    const method = options.entries.find(({ key }) => key === "method");
    const named = method === undefined ? undefined : code.op(method.value);
    if (named?.op === "const") return String(named.value).toLowerCase();
  }
  return "";
}

const ANY = "\u0000";
/** The address as it is written, with a mark for what is put in. */
function pathOf(code: Code, id: ValueId | undefined): string | undefined {
  const op = id === undefined ? undefined : code.op(id);
  if (op?.op === "const") return typeof op.value === "string" ? op.value : undefined;
  if (op?.op === "join")
    return op.parts.map((part) => (part.kind === "text" ? part.text : ANY)).join("");
  if (op?.op !== "binary" || op.operator !== "+") return undefined;
  const left = pathOf(code, op.left);
  const right = pathOf(code, op.right);
  return left === undefined && right === undefined ? undefined : (left ?? ANY) + (right ?? ANY);
}
/** The address of a request ends like that of the route, part by part. */
function leadsTo(sent: string | undefined, route: string | undefined): boolean {
  if (sent === undefined || route === undefined) return false;
  const parts = (text: string): readonly string[] =>
    text
      .replace(/[?#].*$/s, "")
      .split("/")
      .filter((part) => part !== "");
  const [given, wanted] = [parts(sent), parts(route)];
  if (wanted.length === 0 || given.length < wanted.length) return false;
  return wanted.every((part, at) => {
    const own = given[given.length - wanted.length + at] ?? "";
    return own === part || own.includes(ANY) || /^[:{[<]/.test(part);
  });
}

/** What the condition before the request was made of, if that is nothing but what the browser holds. */
function askedBy(from: Code, at: ValueId): string | undefined {
  let code: Code | undefined = from;
  let id = at;
  for (let level = 0; code !== undefined && level < LEVELS; level++) {
    for (const condition of conditionsAt(code, id))
      if (isOfRole(code, condition)) {
        const origin = heldBy(code, condition.of, 0);
        if (origin !== undefined) return origin;
      }
    const above: Code | undefined = code.parent === undefined ? undefined : code.other(code.parent);
    if (above === undefined) return undefined;
    const own: string = code.item;
    const hole = [...childrenOf(above)].find(([, child]) => child === own)?.[0];
    id = above.ir.ops.findIndex((op) => op.op === "closure" && op.hole === hole);
    if (id < 0) return undefined;
    code = above;
  }
  return undefined;
}

function heldBy(code: Code, id: ValueId, depth: number): string | undefined {
  for (const op of madeFrom(code, id)) {
    const found = holder(code, op);
    if (found !== undefined) return found;
    if (op.op !== "free" || depth > 3) continue;
    const bound = binder(code, op.name);
    const value = bound === undefined ? undefined : onlyStore(bound.code, bound.name);
    const there =
      bound === undefined || value === undefined ? undefined : heldBy(bound.code, value, depth + 1);
    if (there !== undefined) return there;
  }
  return undefined;
}
const STORES = /^(?:localStorage|sessionStorage)$/;
const DECODES = /^(?:jwt_?decode|decode_?jwt|decode_?token)$/i;
/** `localStorage.getItem("role")`, `sessionStorage.role`, `document.cookie`, `jwtDecode(token)`. */
function holder(code: Code, op: Op): string | undefined {
  if (op.op === "member") {
    const of = code.op(op.object);
    const name = of.op === "free" || of.op === "member" ? of.name : "";
    if (STORES.test(name)) return `what the browser keeps in ${name}`;
    if (name === "document" && op.name === "cookie") return "a cookie that the browser holds";
  }
  const callee = op.op === "call" ? code.op(op.callee) : undefined;
  const called =
    callee?.op === "free" || callee?.op === "member"
      ? callee.name
      : callee?.op === "load"
        ? (code.ir.slots[callee.slot] ?? "")
        : "";
  return DECODES.test(called) ? "a token that the browser reads without verifying it" : undefined;
}
