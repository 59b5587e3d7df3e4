/**
 * The addresses of a program and what stands before each of them: middlewares, decorators, dependencies, guards of its router
 * and of the routers around it. Who checks who is calling is known by what the functions do, not by what they are called.
 */
import { constantOf, given, stringsOf } from "./given.ts";
import { grouped } from "./grouped.ts";
import { childrenOf } from "./items.ts";
import { nameKeys, refsOf, routerOf } from "./router.ts";
import type {
  Argument,
  Code,
  Observation,
  Op,
  ProgramContext,
  Span,
  Value,
  ValueId,
} from "./rule.ts";
import { onlyConst } from "./rule.ts";
import { words } from "./secret-names.ts";
import { type Data, rowData } from "./tokens.ts";

/** Certainly asks who is calling or refuses; does not; or it cannot be told. */
export type Verdict = "yes" | "maybe" | "no";

export interface Route {
  readonly call: Observation;
  readonly code: Code;
  /** Lower case: "post". */
  readonly verbs: readonly string[];
  readonly path: string | undefined;
  readonly router: string;
  /** References to the functions that answer. */
  readonly handlers: readonly string[];
  /** What runs before, on the way to the handler, of this route only. */
  readonly guard: Verdict;
  /** What runs before this route only: references, and the text where it is written. */
  readonly before: readonly Wrapper[];
  /** The check as this route writes it, if it can be written beside another one: "requireUser". */
  readonly check?: string | undefined;
}
interface Before {
  readonly router: string | undefined;
  readonly guard: Verdict;
  readonly refs: readonly string[];
  /** Only addresses that begin so. */
  readonly prefix: string;
}
/** As written: which of its parts are routers is known once all routes are. */
interface Mounting {
  readonly parent: string | undefined;
  readonly prefix: string;
  readonly parts: readonly {
    readonly router: string | undefined;
    readonly refs: readonly string[];
  }[];
  readonly guards: readonly (readonly string[])[];
}
interface Mounts {
  readonly mounts: readonly Mount[];
  readonly before: readonly Before[];
}
interface Mount {
  readonly child: string;
  readonly parent: string | undefined;
  readonly guard: Verdict;
  readonly refs: readonly string[];
}
export interface Routes {
  readonly routes: readonly Route[];
  /** What runs before a route, its own guards and those of the routers around it. */
  guardOf(route: Route): Verdict;
  /** References to all that runs before it and is known by name. */
  beforeOf(route: Route): readonly string[];
}

export function routesOf(calls: readonly Observation[], context: ProgramContext): Routes {
  const routes: Route[] = [];
  const before: Before[] = [];
  const mountings: Mounting[] = [];
  const makers = new Map<string, Observation>();
  for (const call of calls) makers.set(`${call.site.item} ${call.site.op}`, call);
  for (const call of calls) {
    const data = rowData(call, "route");
    const code = context.code(call.site.item);
    if (data === undefined || code === undefined) continue;
    const at: At = { call, data, code, context };
    if (data.convention !== undefined) byConvention(at, routes, before);
    else if (data.role === "route") {
      const route = routeOf(at, makers);
      if (route !== undefined) routes.push(route);
    } else if (data.role === "router") before.push(...ofRouter(at));
    else if (data.role === "guard") before.push(guardOfCall(at));
    else if (data.role === "mount") {
      const one = mountOf(at);
      if (one !== undefined) mountings.push(one);
    }
  }
  const known = new Set([
    ...routes.map((r) => r.router),
    ...[...before, ...mountings.map((m) => ({ router: m.parent }))].flatMap((b) => b.router ?? []),
  ]);
  const { mounts, before: more } = settle(mountings, known, context);
  const standing = standingOf([...before, ...more], mounts);
  return {
    routes,
    guardOf: (route) => around(route, standing).guard,
    beforeOf: (route) => around(route, standing).refs,
  };
}

interface At {
  readonly call: Observation;
  readonly data: Data;
  readonly code: Code;
  readonly context: ProgramContext;
}

export function strongest(verdicts: readonly Verdict[]): Verdict {
  return verdicts.includes("yes") ? "yes" : verdicts.includes("maybe") ? "maybe" : "no";
}

/** What functions (classes, parts of libraries) do to somebody who is not known. */
export function judge(
  refs: readonly string[],
  context: ProgramContext,
  /** What is not known of a library: beside one route it may be a check; before all of them it is a log or a parser. */
  unknown: Verdict = "maybe",
  /** Of who refuses somebody he is not seen to ask: what stands before a route asks; a route may refuse a path or a value. */
  refusing: Verdict = "yes",
): Verdict {
  if (refs.length === 0) return "maybe";
  return strongest(
    refs.map((ref) => {
      const identifies = context.does(ref, "identifies");
      if (identifies === undefined) return "maybe";
      if (identifies) return "yes";
      if (context.does(ref, "refuses"))
        return context.does(ref, "asks-to-sign-in") || context.does(ref, "may-check")
          ? "yes"
          : refusing;
      if (context.does(ref, "may-check") || context.does(ref, "checks-signature")) return "maybe";
      if (!ref.startsWith("lib:") || context.does(ref, "prepares")) return "no";
      // A file of the program that is not there.
      return /^lib:(?:[.~]|@\/)/.test(ref) ? "maybe" : unknown;
    }),
  );
}

function routeOf(at: At, makers: ReadonlyMap<string, Observation>): Route | undefined {
  const { call, data, code, context } = at;
  const op = code.op(call.site.op);
  if (op.op !== "call") return undefined;
  // `@app.post("/x", dependencies=[...])`: what is said stands in the call that makes the decorator.
  const maker = op.form === "decorator" ? makers.get(`${call.site.item} ${op.callee}`) : undefined;
  const said = maker ?? call;
  const saidData = maker === undefined ? data : (rowData(maker, "route") ?? {});
  const path = constantOf(given(said, saidData.path));
  const chain = data.chain === undefined ? undefined : argumentsFrom(call, Number(data.chain));
  const last = chain === undefined ? argumentOf(given(call, data.handler)) : chain.pop();
  if (last === undefined) return undefined;
  const handler = functionOf(code, last.op, last.value, context);
  const beside = (chain ?? []).filter((a) => !isPlain(code, a));
  const written = [
    ...beside.map((a) => ({ refs: of(code, a, context), text: code.text(a.span) })),
    ...(maker === undefined ? [] : handler.wrappers),
    ...dependencies(code, handler.closure, context),
  ].find(({ refs, text }) => text !== undefined && judge(refs, context) === "yes");
  const guards: Wrapper[] = [
    ...handler.wrappers,
    ...beside.map((a) => ({ refs: of(code, a, context), text: code.text(a.span) })),
    ...String(saidData.guards ?? "")
      .split("|")
      .flatMap((spec) => listed(said, spec, code, context))
      .map((refs) => ({ refs, text: undefined })),
  ];
  const router = routerOf(
    code,
    maker === undefined ? op.callee : calleeOf(code, op.callee),
    context,
  );
  const methods = given(said, saidData.methods);
  const named = methods.kind === "given" ? stringsOf(methods.value) : undefined;
  return {
    call,
    code,
    verbs:
      methods.kind === "absent"
        ? [String(data.verb)]
        : (named ?? []).map((name) => name.toLowerCase()),
    path: typeof path === "string" ? path : undefined,
    router: router ?? `? ${call.site.item}`,
    handlers: handler.refs,
    guard: data.asks === true ? "yes" : strongest(guards.map(({ refs }) => judge(refs, context))),
    before: guards,
    check: written?.text,
  };
}

/** `user = Depends(current_user)` among the parameters. */
function dependencies(code: Code, id: ValueId | undefined, context: ProgramContext): Wrapper[] {
  const closure = id === undefined ? undefined : code.op(id);
  if (closure?.op !== "closure") return [];
  return closure.defaults.flatMap((at) => {
    const op = at === undefined ? undefined : code.op(at);
    const by = op?.op === "call" ? op.args[0] : undefined;
    return op?.op !== "call" || by === undefined
      ? []
      : [{ refs: refsOf(code, by.value, context), text: code.text(op.span) }];
  });
}
function argumentOf(found: ReturnType<typeof given>): Argument | undefined {
  return found.kind === "given" ? { ...found.argument, value: found.value } : undefined;
}
function calleeOf(code: Code, id: ValueId): ValueId {
  const op = code.op(id);
  return op.op === "call" ? op.callee : id;
}
function argumentsFrom(call: Observation, first: number): Argument[] {
  return call.args.filter((_, i) => i >= first);
}
/** No function: an address, options. */
function isPlain(code: Code, a: Argument): boolean {
  const op = code.op(a.op);
  return op.op === "const" || op.op === "record" || op.op === "join";
}
function of(code: Code, a: Argument, context: ProgramContext): readonly string[] {
  return [...new Set([...functionsIn(a.value), ...refsOf(code, a.op, context)])];
}
/** Functions of a value, also in a list: `[requireUser, limit]`, and what an injected one is computed by. */
function functionsIn(value: Value): readonly string[] {
  const own = value.refs.filter((r) => /^(?:fn|class|inst|lib):/.test(r));
  const inside = [...(value.fields?.values() ?? [])].flatMap(functionsIn);
  const by = value.env?.get("0")?.refs.filter((r) => /^(?:fn|class|inst|lib):/.test(r)) ?? [];
  return by.length > 0 ? [...by, ...inside] : [...own, ...inside];
}

export interface Wrapper {
  readonly refs: readonly string[];
  readonly text: string | undefined;
}

/** What answers, and what it is wrapped in: decorators, `caught(async (req, res) => ...)`. */
function functionOf(
  code: Code,
  id: ValueId,
  value: Value,
  context: ProgramContext,
): {
  readonly refs: readonly string[];
  readonly wrappers: readonly Wrapper[];
  /** Where the function is made. */
  readonly closure: ValueId;
} {
  const wrappers: Wrapper[] = [];
  let at = id;
  for (let op: Op = code.op(at); op.op === "call"; op = code.op(at)) {
    wrappers.push({
      refs: refsOf(code, op.callee, context),
      text: op.form === "decorator" ? code.text(code.op(op.callee).span) : undefined,
    });
    const inner = op.args.at(-1);
    if (inner === undefined) break;
    at = inner.value;
  }
  const own = at === id ? functionsIn(value).filter((r) => r.startsWith("fn:")) : [];
  const refs = own.length > 0 ? own : refsOf(code, at, context);
  return { refs: refs.filter((r) => r.startsWith("fn:")), wrappers, closure: at };
}

/** The functions of a list that is given: `dependencies=[Depends(user)]`, `{ preHandler: [user] }`. */
function listed(
  call: Observation,
  spec: string,
  code: Code,
  context: ProgramContext,
): (readonly string[])[] {
  const found = given(call, spec);
  if (found.kind === "absent") return [];
  if (found.kind === "unknown") return [[]];
  if (found.value.fields !== undefined && found.value.closed === true)
    return [...found.value.fields.values()].map(functionsIn);
  const own = functionsIn(found.value);
  return [own.length > 0 || found.path.length > 0 ? own : refsOf(code, found.argument.op, context)];
}

function ofRouter({ call, data, code, context }: At): Before[] {
  const guards = listed(call, String(data.guards), code, context);
  if (guards.length === 0) return [];
  const slot = code.ir.ops.find((op) => op.op === "store" && isSame(code, op.value, call.site.op));
  const name = slot?.op === "store" ? code.ir.slots[slot.slot] : undefined;
  const guard = strongest(guards.map((refs) => judge(refs, context)));
  return [
    {
      router: name === undefined ? undefined : nameKeys(code, name),
      guard,
      refs: guards.flat(),
      prefix: "",
    },
  ];
}
function isSame(code: Code, id: ValueId, wanted: ValueId): boolean {
  const op = code.op(id);
  return id === wanted || (op.op === "annotate" && isSame(code, op.value, wanted));
}

function guardOfCall({ call, data, code, context }: At): Before {
  const op = code.op(call.site.op);
  const found = given(call, data.guard);
  const refs =
    found.kind === "given" ? of(code, { ...found.argument, value: found.value }, context) : [];
  const callee =
    op.op === "call" ? (op.form === "decorator" ? calleeOf(code, op.callee) : op.callee) : -1;
  return {
    router: data.everywhere === true || callee < 0 ? undefined : routerOf(code, callee, context),
    guard: judge(refs, context, "no"),
    refs,
    prefix: "",
  };
}

/** `app.use("/api", requireUser, router)`, `app.include_router(router, dependencies=[...])`. */
function mountOf(at: At): Mounting | undefined {
  const { call, data, code, context } = at;
  const op = code.op(call.site.op);
  if (op.op !== "call") return undefined;
  const chain = data.chain !== undefined;
  const args = chain ? call.args : [argumentOf(given(call, data.router))];
  const path = chain ? call.args[0] : undefined;
  const written = path === undefined ? undefined : onlyConst(path.value)?.value;
  return {
    parent: routerOf(code, op.callee, context),
    prefix: typeof written === "string" ? written.replace(/\/?\*.*$/, "").replace(/\/$/, "") : "",
    parts: args.flatMap((a) =>
      a === undefined || isPlain(code, a)
        ? []
        : [{ router: routerOf(code, a.op, context), refs: of(code, a, context) }],
    ),
    guards: listed(call, String(data.guards ?? ""), code, context),
  };
}

/** What is mounted is a router if routes hang on it; all else runs before. */
function settle(
  all: readonly Mounting[],
  known: ReadonlySet<string>,
  context: ProgramContext,
): Mounts {
  const mounts: Mount[] = [];
  const before: Before[] = [];
  const byFunction = all.length === 0 ? new Map<string, string[]>() : routersByFunction(known);
  for (const m of all) {
    const children: string[] = [];
    const guards = [...m.guards];
    for (const { router, refs } of m.parts) {
      // A plugin is a function that is given its own router.
      const own = refs.flatMap((r) =>
        r.startsWith("fn:") ? (byFunction.get(r.slice(3)) ?? []) : [],
      );
      if (router !== undefined && known.has(router)) children.push(router);
      else if (own.length > 0) children.push(...own);
      else guards.push(refs);
    }
    const guard = strongest(guards.map((refs) => judge(refs, context, "no")));
    const refs = guards.flat();
    for (const child of children) mounts.push({ child, parent: m.parent, guard, refs });
    if (children.length === 0) before.push({ router: m.parent, guard, refs, prefix: m.prefix });
  }
  return { mounts, before };
}

/** By the function whose variable they are: "ITEM NAME", where names of files may have blanks, too. */
function routersByFunction(known: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  const out = new Map<string, string[]>();
  for (const router of known)
    for (let at = router.indexOf(" "); at >= 0; at = router.indexOf(" ", at + 1))
      grouped(out, router.slice(0, at), router);
  return out;
}

/** Functions that the framework finds by their file: all of one folder belong together. */
function byConvention(at: At, routes: Route[], before: Before[]): void {
  const { call, data, code, context } = at;
  const [, root = "", path = ""] = /^(.*?)(?:\/|^)app\/(.*)$/.exec(code.file) ?? [];
  const router = `${String(data.convention)}:${root}`;
  const ref = `fn:${code.item}`;
  if (data.role === "guard") {
    before.push({ router: undefined, guard: judge([ref], context), refs: [ref], prefix: "" });
    return;
  }
  const { name, wrappers } = outside(code, context);
  routes.push({
    call,
    code,
    verbs: [name.toLowerCase()],
    path: `/${path.replace(/\/?route\.\w+$/, "")}`,
    router,
    handlers: [ref],
    guard: strongest(wrappers.map((refs) => judge(refs, context))),
    before: wrappers.map((refs) => ({ refs, text: undefined })),
  });
}

/** The name that a module gives a function, and the calls that it is given to first: `export const POST = withUser(async () => ...)`. */
export function outside(
  code: Code,
  context: ProgramContext,
): { readonly name: string; readonly wrappers: (readonly string[])[] } {
  const parent = code.parent === undefined ? undefined : code.other(code.parent);
  const wrappers: (readonly string[])[] = [];
  if (parent === undefined) return { name: code.ir.name, wrappers };
  const hole = [...childrenOf(parent)].find(([, id]) => id === code.item)?.[0];
  let at = parent.ir.ops.findIndex((op) => op.op === "closure" && op.hole === hole);
  let name = code.ir.name;
  for (let depth = 0; depth < 8 && at >= 0; depth++) {
    const user = parent.ir.ops.findIndex(
      (op) =>
        (op.op === "call" && op.args.some((a) => a.value === at)) ||
        ((op.op === "store" || op.op === "annotate") && op.value === at),
    );
    const op = user < 0 ? undefined : parent.op(user);
    if (op === undefined) break;
    if (op.op === "call") wrappers.push(refsOf(parent, op.callee, context));
    if (op.op === "store") name = parent.ir.slots[op.slot] ?? name;
    at = user;
  }
  return { name, wrappers };
}

/** What stands before routes, by the router: a program may have very many of each. */
interface Standing {
  readonly before: ReadonlyMap<string, readonly Before[]>;
  /** By what is mounted. */
  readonly mounts: ReadonlyMap<string, readonly Mount[]>;
  /** Of what stands before nobody knows which router. */
  readonly anywhere: readonly string[];
  readonly isAnywhere: boolean;
  /** Routers that are mounted nowhere and have something before them that may check. */
  readonly guardedRoots: ReadonlySet<string>;
}
function standingOf(all: readonly Before[], mounts: readonly Mount[]): Standing {
  const before = new Map<string, Before[]>();
  const children = new Map<string, Mount[]>();
  for (const m of mounts) grouped(children, m.child, m);
  const unknown: Before[] = [];
  const guardedRoots = new Set<string>();
  for (const b of all) {
    if (b.router === undefined) {
      if (b.guard !== "no") unknown.push(b);
      continue;
    }
    grouped(before, b.router, b);
    if (b.guard !== "no" && !children.has(b.router)) guardedRoots.add(b.router);
  }
  const anywhere = [...new Set(unknown.flatMap((b) => b.refs))];
  return { before, mounts: children, anywhere, isAnywhere: unknown.length > 0, guardedRoots };
}

/** What stands before a route: of its own, of its router, of the routers around that. */
function around(
  route: Route,
  { before, mounts, anywhere, isAnywhere, guardedRoots }: Standing,
): { readonly guard: Verdict; readonly refs: readonly string[] } {
  const out: Verdict[] = [route.guard];
  const refs: string[] = route.before.flatMap((b) => b.refs);
  const seen = new Set<string>();
  let level: string[] = [route.router];
  while (level.length > 0) {
    const next: string[] = [];
    for (const router of level) {
      if (seen.has(router)) continue;
      seen.add(router);
      for (const b of before.get(router) ?? []) {
        if (
          b.prefix !== "" &&
          route.router === router &&
          route.path?.startsWith(b.prefix) === false
        )
          continue;
        out.push(b.guard);
        refs.push(...b.refs);
      }
      for (const m of mounts.get(router) ?? []) {
        out.push(m.guard);
        refs.push(...m.refs);
        if (m.parent !== undefined) next.push(m.parent);
      }
    }
    level = next;
  }
  if (isAnywhere) out.push("maybe");
  refs.push(...anywhere);
  // A router that nobody is seen to mount may be mounted behind what checks.
  const others = guardedRoots.size - (guardedRoots.has(route.router) ? 1 : 0);
  if (!mounts.has(route.router) && others > 0) out.push("maybe");
  return { guard: strongest(out), refs };
}

const PUBLIC: ReadonlySet<string> = new Set(
  "login signin logout signout signup register registration auth oauth sso callback token refresh password forgot reset verify verification confirm activate unsubscribe subscribe newsletter contact feedback waitlist webhook webhooks hook hooks health healthz ping status ready metrics csp report track analytics beacon public open search query preview validate calculate estimate quote graphql rpc demo guest anonymous checkout cart session sessions invite invitation".split(
    " ",
  ),
);

/** By its name it is there for somebody without an account, or only reads. */
export function isForEverybody(names: readonly string[]): boolean {
  return names.some((name) => words(name).some((word) => PUBLIC.has(word)));
}

/** The name of a function with what stands before it. */
export function head(code: Code): Span {
  const open = code.text({ start: 0, end: 200 }).search(/[({]/);
  return { start: 0, end: open < 1 ? 1 : open };
}
