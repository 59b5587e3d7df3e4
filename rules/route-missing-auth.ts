import { setKeyword } from "../server/rule/fix/arguments.ts";
import { grouped } from "../server/rule/grouped.ts";
import {
  head,
  isForEverybody,
  judge,
  type Route,
  routesOf,
  strongest,
  type Verdict,
} from "../server/rule/routes.ts";
import type {
  AllCalls,
  Code,
  Context,
  Edit,
  Fix,
  Match,
  Observation,
  ProgramContext,
  Span,
  ValueId,
} from "../server/rule/rule.ts";
import { rule } from "../server/rule/rule.ts";

const CHANGES: ReadonlySet<string> = new Set(["post", "put", "patch", "delete"]);
export default rule({
  id: "route-missing-auth",
  title: "Route without the check that its siblings have",
  category: "access",
  severity: "high",
  cwe: [306],
  owasp: ["A01:2021", "A01:2025"],
  project: { sinks: ["route"], deeds: true, check },
  say: ({ facts }) => ({
    what: `${String(facts?.verb)} ${String(facts?.path)} does not ask who is calling; ${String(facts?.count)} other routes here do.`,
    why: `Anybody on the network can send ${String(facts?.verb)} ${String(facts?.path)} without logging in, and it is carried out.`,
    fix: "Put the check of the other routes before this one, or say in a comment why it is public.",
  }),
  fixes: (match, code) => fixes(match, code),
});

/** The routes of one router. */
interface Family {
  /** That certainly ask who is calling, and are not meant for everybody. */
  readonly guarded: Route[];
  /** That do not, and should. */
  readonly open: Route[];
}
interface Judged {
  readonly families: ReadonlyMap<string, Family>;
  /** Open routes by their file. */
  readonly open: ReadonlyMap<string, readonly Route[]>;
}

function judgedOf(calls: readonly Observation[], context: ProgramContext): Judged {
  const { routes, guardOf } = routesOf(calls, context);
  const families = new Map<string, Family>();
  const open = new Map<string, Route[]>();
  for (const route of routes) {
    const verdict = verdictOf(route, guardOf(route), context);
    const family = families.get(route.router) ?? { guarded: [], open: [] };
    families.set(route.router, family);
    if (verdict === "yes" && !isPublic(route)) family.guarded.push(route);
    if (verdict !== "no" || !isWorthIt(route, context)) continue;
    family.open.push(route);
    grouped(open, route.code.file, route);
  }
  return { families, open };
}

function check(own: readonly Observation[], context: Context, all: AllCalls): readonly Match[] {
  // What others say of a route can only be that something stands before it.
  if (!routesOf(own, context).routes.some((r) => isOpen(r, r.guard, context))) return [];
  const { families, open: byFile } = all.shared(judgedOf);
  const out: Match[] = [];
  for (const route of byFile.get(context.file) ?? []) {
    const { guarded, open } = families.get(route.router) as Family;
    if (guarded.length < 2 || guarded.length < open.length) continue;
    const verb = route.verbs.find((v) => CHANGES.has(v)) ?? "get";
    out.push({
      ...spanOf(route, context),
      ...(route.call.site.op < 0 ? {} : { op: route.call.site.op }),
      call: route.call,
      confidence: "medium",
      facts: {
        verb: verb.toUpperCase(),
        path: route.path ?? "",
        count: guarded.length,
        check: guarded.find((one) => isAbove(one, route))?.check ?? "",
      },
      related: guarded.slice(0, 2).map((one) => ({
        ...spanOf(one, context),
        text: "this one asks who is calling",
      })),
    });
  }
  return out;
}

function isOpen(route: Route, before: Verdict, context: ProgramContext): boolean {
  return verdictOf(route, before, context) === "no" && isWorthIt(route, context);
}

/** In the same function, where what it names is known. */
function isAbove(a: Route, b: Route): boolean {
  return (
    a.check !== undefined &&
    a.call.site.item === b.call.site.item &&
    a.call.site.span.start < b.call.site.span.start
  );
}

/** Of what stands before it and of what it does itself. */
function verdictOf(route: Route, before: Verdict, context: ProgramContext): Verdict {
  const { handlers } = route;
  if (handlers.length === 0) return before === "yes" ? "yes" : "maybe";
  const does = (deed: "signs-in" | "checks-signature"): boolean =>
    handlers.some((ref) => context.does(ref, deed) !== false);
  const own = judge(handlers, context, "maybe", "maybe");
  if (before === "no" && (does("signs-in") || does("checks-signature"))) return "maybe";
  return strongest([before, own]);
}

/** It changes something, and nothing says that it is meant for everybody. */
function isWorthIt(route: Route, context: ProgramContext): boolean {
  if (isPublic(route)) return false;
  if (route.verbs.some((v) => v === "put" || v === "patch" || v === "delete")) return true;
  return (
    route.verbs.includes("post") && route.handlers.some((ref) => context.does(ref, "may-write"))
  );
}
function isPublic(route: Route): boolean {
  const names = [
    route.path ?? "",
    route.code.file.replace(/^.*\/|\.\w+$/g, ""),
    ...route.handlers.map((h) => /[#/.]([\w$]+)(?:~\d+)?$/.exec(h)?.[1] ?? ""),
  ];
  return isForEverybody(names);
}

function spanOf(
  { call, code }: Route,
  context: Context,
): { readonly item: string; readonly span: Span } {
  if (call.site.op < 0) {
    return { item: code.item, span: head(code) };
  }
  const op = context.code(call.site.item)?.op(call.site.op);
  const callee = op?.op === "call" ? code.op(op.callee) : undefined;
  if (op?.op !== "call" || callee === undefined) return { item: code.item, span: call.site.span };
  if (op.form === "decorator") return { item: code.item, span: callee.span };
  const first = op.args[0];
  return {
    item: code.item,
    span: { start: callee.span.start, end: first === undefined ? op.span.end : first.span.end },
  };
}

function fixes(match: Match, code: Code): readonly Fix[] {
  const title = "Ask who is calling, as the route before does";
  const text = String(match.facts?.check ?? "");
  const edits = text === "" || match.op === undefined ? undefined : before(code, match.op, text);
  return edits === undefined
    ? [
        {
          title,
          grade: "manual",
          edits: [],
          reason:
            "Put the check of the other routes before this one. No edit is offered: no route above it in this file has one that can be written here.",
        },
      ]
    : [{ title, grade: "suggested", edits: [{ file: code.file, edits }] }];
}

/** A middleware before the handler, a decorator under the route's, a dependency. */
function before(code: Code, id: ValueId, text: string): readonly Edit[] | undefined {
  const op = code.op(id);
  if (op.op !== "call") return undefined;
  if (op.form !== "decorator") {
    if (op.args.length < 2 || code.language === "python") return undefined;
    // Before all others: what takes an upload in has stored it by the time the next one is asked.
    const [, ...after] = op.args;
    const first = after.find((a) => code.op(a.value).op !== "record") ?? after.at(-1);
    if (first === undefined) return undefined;
    const { start } = code.absolute(first.span);
    return [{ start, end: start, newText: `${text}, ` }];
  }
  const maker = code.op(op.callee);
  if (/\(.*\)$/s.test(text) && /^[\w.]*(?:Depends|Security)\(/.test(text)) {
    const edit =
      maker.op === "call" ? setKeyword(code, maker, "dependencies", `[${text}]`) : undefined;
    return edit === undefined ? undefined : [edit];
  }
  const at = code.absolute(maker.span);
  const end = /\r|\n|$/.exec(code.fileText.slice(at.end))?.index ?? 0;
  const start = at.end + end;
  return [{ start, end: start, newText: `${code.newline}${code.indent(at.start)}@${text}` }];
}
