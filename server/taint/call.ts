/** Calls: library rows, functions of the project by their summaries, and what happens at calls of unknown things. */
import type { Op, ValueId } from "../ir/ir.ts";
import {
  instanceMember,
  isForeign,
  pathValue,
  prove,
  resolve,
  sourceTaint,
  update,
  withHint,
} from "./evaluate.ts";
import { bake, bakeTaint, type Run, type State } from "./interpret.ts";
import {
  ALL_KINDS,
  type ArgSpec,
  clearedBy,
  type GuardRow,
  kindBit,
  type PassRow,
  type SinkRow,
} from "./knowledge.ts";
import { type CallArg, type Hit, rebase, type Summary, trail } from "./summary.ts";
import {
  type Alt,
  both,
  concat,
  constants,
  type ItemId,
  isTainted,
  join,
  joinTaint,
  markBit,
  ofTaint,
  onlyConst,
  type Part,
  type Proof,
  type Ref,
  readField,
  spread,
  type Taint,
  type Trail,
  UNKNOWN,
  type Value,
  withField,
  withTaint,
} from "./value.ts";

type CallOp = Op & { op: "call" };
const MAX_TRAIL = 40;

/** One call as the rows see it. */
interface Call {
  readonly run: Run;
  readonly id: ValueId;
  readonly op: CallOp;
  readonly state: State;
  readonly args: readonly CallArg[];
  readonly receiver: Value | undefined;
  readonly receiverOp: ValueId | undefined;
}

export function evaluateCall(run: Run, id: ValueId, op: CallOp, state: State): Value {
  const calleeOp = run.item.ops[op.callee] as Op;
  const receiverOp = calleeOp.op === "member" ? calleeOp.object : undefined;
  const args: CallArg[] = op.args.map((a) => ({
    value: bake(run.values[a.value] ?? UNKNOWN, state),
    op: a.value,
    span: a.span,
    ...(a.name === undefined ? {} : { name: a.name }),
    ...(a.spread === undefined ? {} : { spread: a.spread }),
  }));
  const receiver =
    receiverOp === undefined
      ? undefined
      : bake(withHint(run, resolve(run, run.values[receiverOp] ?? UNKNOWN), receiverOp), state);
  const call: Call = { run, id, op, state, args, receiver, receiverOp };
  const callee = withHint(run, resolve(run, run.values[op.callee] ?? UNKNOWN), op.callee);
  const method = calleeOp.op === "member" ? calleeOp.name : undefined;

  const paths = callee.refs.filter((r) => r.startsWith("lib:")).map((r) => r.slice(4));
  const guessed = callee.guessed ?? false;
  noteTakers(
    call,
    method !== undefined && run.facts.knowledge.knows(`*.${method}.arg`)
      ? [...paths, `*.${method}`]
      : paths,
    guessed,
  );
  observe(call, paths, method, guessed);
  for (const path of paths)
    for (const row of run.facts.knowledge.sinks(path)) sink(call, row, guessed);
  if (method !== undefined && paths.length === 0)
    for (const row of run.facts.knowledge.sinks(`*.${method}`)) sink(call, row, true);

  let result: Value | undefined;
  const add = (value: Value | undefined): void => {
    if (value !== undefined) result = result === undefined ? value : join(result, value);
  };
  if (op.form === "decorator") {
    // The name keeps meaning the function it was given, whatever wraps it.
    const decorated = args[0]?.value ?? UNKNOWN;
    for (const ref of callee.refs)
      if (ref.startsWith("fn:")) callFunction(call, ref.slice(3), undefined);
    return decorated;
  }
  for (const ref of callee.refs) {
    if (ref.startsWith("fn:")) add(callFunction(call, ref.slice(3), boundSelf(call, ref)));
    else if (ref.startsWith("class:")) add(construct(call, ref.slice(6)));
    else if (ref.startsWith("inst:")) {
      const method = instanceMember(run, ref.slice(5), "__call__", op, 0);
      for (const m of method?.refs ?? [])
        if (m.startsWith("fn:")) add(callFunction(call, m.slice(3), { refs: [ref], taint: [] }));
    }
  }
  const known = result !== undefined;
  let matched = false;
  for (const path of paths) {
    const value = callPath(call, `${path}()`, guessed);
    if (value.matched) matched = true;
    add(value.value);
  }
  if (!matched && method !== undefined && !known) {
    const value = callPath(call, `*.${method}()`, guessed);
    if (value.matched) {
      matched = true;
      result = result === undefined ? value.value : named(value.value, result);
    }
  }
  if (!matched && !known) {
    const unknown = unknownCall(call);
    result = result === undefined ? unknown : join(result, unknown);
  }
  runCallbacks(call, paths, method);
  return result ?? UNKNOWN;
}

/** The library says nothing about the method: what methods of that name do, under the library's path. */
function named(value: Value, path: Value): Value {
  const refs = [...new Set([...path.refs, ...value.refs])].sort();
  return { ...withTaint(value, value.taint), refs, ...(path.guessed ? { guessed: true } : {}) };
}

/** Anything may happen with what is passed: the result is as tainted as the arguments, and says so. */
function unknownCall(call: Call): Value {
  let taint: readonly Taint[] = [];
  for (const a of call.args) taint = joinTaint(taint, spread(a.value));
  if (call.receiver !== undefined) taint = joinTaint(taint, spread(call.receiver));
  const mark = markBit("unknown-call");
  return ofTaint(taint.map((t) => ({ ...t, marks: t.marks | mark, derive: "part" as const })));
}

function boundSelf(call: Call, ref: Ref): Value | undefined {
  void ref;
  return call.receiver?.refs.some((r) => r.startsWith("inst:")) ? call.receiver : undefined;
}

export function argument(
  call: { readonly args: readonly CallArg[]; readonly receiver?: Value | undefined },
  spec: ArgSpec,
): CallArg | undefined {
  if (spec === "recv")
    return call.receiver === undefined
      ? undefined
      : { value: call.receiver, op: -1, span: { start: 0, end: 0 } };
  if (typeof spec === "number") {
    let at = 0;
    for (const a of call.args) {
      if (a.name !== undefined) continue;
      if (a.spread === "items")
        return at <= spec
          ? { ...a, value: readField(a.value, a.value.closed ? String(spec - at) : "*") }
          : undefined;
      if (a.spread !== undefined) continue;
      if (at++ === spec) return a;
    }
    return undefined;
  }
  const dot = spec.indexOf(".");
  if (dot > 0) {
    const base = argument(
      call,
      /^\d+$/.test(spec.slice(0, dot)) ? Number(spec.slice(0, dot)) : spec.slice(0, dot),
    );
    if (base === undefined) return undefined;
    const value = spec
      .slice(dot + 1)
      .split(".")
      .reduce(readField, base.value);
    return value === UNKNOWN ? undefined : { ...base, value };
  }
  const named = call.args.find((a) => a.name === spec);
  if (named !== undefined) return named;
  const entries = call.args.find((a) => a.spread === "entries");
  const inside = entries?.value.fields?.get(spec);
  return entries !== undefined && inside !== undefined ? { ...entries, value: inside } : undefined;
}

function specified(call: Call, specs: readonly ArgSpec[]): CallArg[] {
  const out: CallArg[] = specs.includes("*") ? [...call.args] : [];
  for (const s of specs) {
    if (s === "*") continue;
    const a = argument(call, s);
    if (a === undefined || out.includes(a)) continue;
    const at = s === "recv" ? call.receiverOp : undefined;
    out.push(at === undefined ? a : { ...a, op: at, span: (call.run.item.ops[at] as Op).span });
  }
  return out;
}

function sink(call: Call, row: SinkRow, guessed: boolean): void {
  for (const a of specified(call, row.args)) reach(call, row, a, guessed);
}

/** A value arrives at a sink: the argument of a call, the value of an assignment, the result of a handler. */
export function reach(
  at: { readonly run: Run; readonly id: ValueId; readonly op: Op; readonly state: State },
  row: SinkRow,
  a: CallArg,
  guessed: boolean,
): void {
  if (!at.run.recording || a.value.scalar) return;
  for (const t of spread(a.value)) hit(at, row, a, t, guessed);
}

function hit(
  at: { readonly run: Run; readonly id: ValueId; readonly op: Op; readonly state: State },
  row: SinkRow,
  a: CallArg,
  raw: Taint,
  guessed: boolean,
): void {
  const { run, op, id, state } = at;
  const t = bakeTaint(raw, state);
  const argOp = run.item.ops[a.op] as Op | undefined;
  addHit(run, {
    sink: row.kind,
    row,
    site: { item: run.id, op: id, span: op.span },
    arg: a.op,
    argSpan: argOp?.span ?? a.span,
    value: a.value,
    label: t.label,
    kind: t.kind,
    cleared: t.cleared,
    marks: t.marks | (guessed ? markBit("guessed-name") : 0),
    derive: t.derive,
    trail: trail("sink", run.id, argOp?.span ?? a.span, "reaches here", t.trail),
    guessed,
  });
}

function addHit(run: Run, h: Hit): void {
  const key = `${h.sink}@${h.site.item}:${h.site.op}:${h.arg}:${h.label}`;
  const old = run.hits.get(key);
  if (old === undefined || h.trail.length < old.trail.length)
    run.hits.set(key, old === undefined ? h : { ...h, cleared: h.cleared & old.cleared });
  else if ((old.cleared & h.cleared) !== old.cleared)
    run.hits.set(key, { ...old, cleared: old.cleared & h.cleared });
}

function observe(
  call: Call,
  paths: readonly string[],
  method: string | undefined,
  guessed: boolean,
): void {
  const { run, op, id } = call;
  if (!run.recording) return;
  const k = run.facts.knowledge;
  const names = paths.filter((p) => k.watched(p));
  if (method !== undefined && k.watched(`*.${method}`)) names.push(`*.${method}`);
  const passed: string[] = [];
  for (const a of call.args)
    for (const r of resolve(run, a.value).refs)
      if (r.startsWith("lib:")) passed.push(`${r.slice(4)}.passed`);
  names.push(...passed.filter((p) => k.watched(p)));
  const sinks = [...paths, ...passed].flatMap((p) => k.sinks(p));
  if (names.length === 0 && sinks.length === 0) return;
  run.observations.set(id, {
    paths: [...new Set(names)],
    site: { item: run.id, op: id, span: op.span },
    argsSpan: op.argsSpan,
    args: call.args,
    ...(call.receiver === undefined ? {} : { receiver: call.receiver }),
    guessed,
    sinks,
  });
}

/** Remembers which library call takes a closure: that is how frameworks call handlers. */
function noteTakers(call: Call, paths: readonly string[], guessed: boolean): void {
  const { run } = call;
  if (paths.length === 0) return;
  const note = (value: Value, place: string): void => {
    for (const r of resolve(run, value).refs) {
      if (!r.startsWith("fn:")) continue;
      const hole = holeOf(run, r.slice(3));
      const old = hole === undefined ? undefined : run.closures.get(hole);
      if (hole === undefined || old === undefined) continue;
      const takers = paths.map((p) => `${p}.arg(${place})`);
      run.closures.set(hole, {
        ...old,
        takers: [...new Set([...old.takers, ...takers])].sort(),
        takenGuessed: old.takenGuessed || guessed,
      });
    }
  };
  call.args.forEach((a, position) => {
    const place = a.name ?? String(position);
    note(a.value, place);
    // A handler in an options object: "fastify().route.arg(0.handler)".
    for (const [key, value] of a.value.fields ?? []) note(value, `${place}.${key}`);
  });
}
function holeOf(run: Run, child: ItemId): number | undefined {
  for (const hole of run.closures.keys()) if (run.facts.child(run.id, hole) === child) return hole;
  return undefined;
}

function callPath(
  call: Call,
  rawPath: string,
  guessed: boolean,
): { value: Value; matched: boolean } {
  const { run, op, state } = call;
  const k = run.facts.knowledge;
  const path = k.canon(rawPath);
  let base = path.startsWith("*.") ? UNKNOWN : pathValue(run, path, op, guessed);
  if (base.taint.length > 0) {
    // `request.get("Host")` and `request.get("Origin")` are two sources.
    const key = onlyConst(call.args[0]?.value);
    if (typeof key?.value === "string")
      base = withTaint(base, readField(ofTaint(base.taint), key.value).taint);
  }
  for (const row of k.source(path))
    if (row.when !== undefined && endsLike(call, row.when.arg, row.when.matches))
      base = withTaint(base, joinTaint(base.taint, [sourceTaint(run, path, row, op, guessed)]));
  let value: Value = base;
  let matched =
    k.source(path).length > 0 || path !== rawPath || k.sinks(rawPath.slice(0, -2)).length > 0;
  for (const row of k.passes(rawPath)) {
    if (row.needs !== undefined && !removesAllBut(argument(call, row.needs.arg)?.value)) continue;
    matched = true;
    const next = pass(call, row, base);
    if (row.needs !== undefined) {
      value = next;
      break;
    }
    if (row.to === undefined || row.to === "return")
      value = value === base ? next : join(value, next);
  }
  for (const row of k.guards(rawPath)) {
    matched = true;
    const proof = guard(call, row);
    if (proof === undefined) continue;
    if (row.proves === "return") state.cleared = both(state.cleared, proof);
    else {
      const side = row.proves === "true" ? "whenTrue" : "whenFalse";
      const other = row.proves === "true" ? "whenFalse" : "whenTrue";
      value = {
        ...withTaint(value, []),
        scalar: true,
        [side]: both(value[side], proof),
        [other]: both(value[other], weakened(proof)),
      };
    }
  }
  if (!matched && (k.callbacks(rawPath).length > 0 || k.watched(rawPath.slice(0, -2))))
    matched = true;
  if (!matched && !path.startsWith("*.") && base.taint.length === 0)
    return { value: base, matched: false };
  return { value, matched };
}
/** A constant pattern of one negated class of letters, digits and a few harmless signs, with all others replaced. */
function removesAllBut(pattern: Value | undefined): boolean {
  const all = constants(pattern);
  return (
    all?.every((c) => {
      if (typeof c !== "string") return false;
      const js = /^\/([\s\S]*)\/([a-z]*)$/.exec(c);
      if (js !== null && !(js[2] ?? "").includes("g")) return false;
      const kept = /^\[\^([^\]]*)\][+*]?$/.exec(js?.[1] ?? c)?.[1];
      return kept !== undefined && /^(?:\\[wd.\-_ ]|a-z|A-Z|0-9|[A-Za-z0-9_. -])*$/.test(kept);
    }) === true
  );
}
/** The known text at the end of an argument. */
function endsLike(call: Call, spec: ArgSpec, pattern: string): boolean {
  return (argument(call, spec)?.value.alts ?? []).some((alt) => {
    if ("const" in alt) return typeof alt.const === "string" && new RegExp(pattern).test(alt.const);
    const hole = alt.parts.findLastIndex((p) => p.text === undefined);
    return new RegExp(pattern).test(
      alt.parts
        .slice(hole + 1)
        .map((p) => p.text)
        .join(""),
    );
  });
}
/** Knowing that a check exists, not what it says. */
function weakened(proof: Proof): Proof {
  return new Map([...proof].map(([l]) => [l, kindBit("weak-guard")]));
}

function pass(call: Call, row: PassRow, base: Value): Value {
  const { run, op } = call;
  const from = specified(call, row.from);
  const mask = clearedBy(row.clears);
  if (row.to === "recv" || typeof row.to === "number") {
    const target = row.to === "recv" ? call.receiverOp : argument(call, row.to)?.op;
    if (target !== undefined && target >= 0) {
      for (const a of from)
        update(run, target, call.state, (old) => withField(old, "*", a.value, false));
    }
    return UNKNOWN;
  }
  if (row.scalar) return { ...withTaint(base, []), scalar: true };
  if (row.field !== undefined) {
    const key = onlyConst(argument(call, row.field)?.value);
    let value: Value | undefined;
    for (const a of from)
      value = join(value, readField(a.value, key === undefined ? "*" : String(key.value)));
    return value === undefined
      ? base
      : {
          ...withTaint(value, joinTaint(base.taint, value.taint)),
          refs: [...new Set([...base.refs, ...value.refs])].sort(),
        };
  }
  if (row.numbered) {
    let element: Value | undefined;
    for (const a of from) element = join(element, readField(a.value, "*"));
    const pair: Value = {
      refs: [],
      taint: [],
      fields: new Map([
        ["0", { refs: [], taint: [], scalar: true }],
        ["1", element ?? UNKNOWN],
      ]),
      closed: true,
    };
    return { refs: [], taint: [], fields: new Map([["*", pair]]) };
  }
  if (row.concat) {
    const text = concat(
      from.map((a) => ({
        value: a.value,
        span: (run.item.ops[a.op] as Op | undefined)?.span ?? op.span,
      })),
      run.id,
    );
    return {
      ...text,
      refs: base.refs,
      taint: text.taint.map((t) => ({ ...t, cleared: t.cleared | mask })),
    };
  }
  let taint: readonly Taint[] = base.taint;
  for (const a of from) taint = joinTaint(taint, spread(a.value));
  const derive = row.derive ?? (row.same ? "same" : undefined);
  const moved = taint.map((t) => ({
    ...t,
    cleared: t.cleared | mask,
    derive:
      derive === undefined
        ? t.derive === "same"
          ? ("same" as const)
          : t.derive
        : derive === "same"
          ? t.derive
          : derive === "host" && t.derive === "part"
            ? ("part" as const)
            : derive,
  }));
  const first = from[0]?.value;
  if (row.same && first !== undefined)
    return { ...withTaint(first, moved), refs: base.refs.length > 0 ? base.refs : first.refs };
  return withTaint(base, moved);
}

function guard(call: Call, row: GuardRow): Proof | undefined {
  const subject = argument(call, row.subject);
  if (subject === undefined) return undefined;
  if (row.needs !== undefined) {
    const other = argument(call, row.needs.arg)?.value;
    if (other === undefined) return undefined;
    if (isForeign(other)) return undefined;
    if (row.needs.is !== "untainted") {
      const all = constants(other);
      if (all === undefined) return undefined;
      const fits = CONSTANT_TESTS[row.needs.is];
      if (fits !== undefined && !all.every((c) => typeof c === "string" && fits(c)))
        return prove(subject.value, 0);
    }
  }
  return prove(subject.value, clearedBy(row.clears));
}
const CONSTANT_TESTS: Readonly<Record<string, (text: string) => boolean>> = {
  anchored: isAnchored,
  origin: (text) => /^[a-z][a-z0-9+.-]*:\/\/[^/?#\\@]+\//i.test(text),
  domain: (text) => /^\.[^./]/.test(text),
};
/** `^...$` without a wildcard that lets anything through. JavaScript literals are written "/.../flags". */
function isAnchored(pattern: string): boolean {
  const js = /^\/([\s\S]*)\/([a-z]*)$/.exec(pattern);
  const source = js?.[1] ?? pattern;
  if (js?.[2]?.includes("m")) return false;
  return (
    /^(\^|\\A)/.test(source) &&
    /(\$|\\Z|\\z)$/.test(source) &&
    !/(^|[^\\])\.[*+]/.test(source) &&
    !/\[\^/.test(source)
  );
}

function runCallbacks(call: Call, paths: readonly string[], method: string | undefined): void {
  const { run } = call;
  const rows = [
    ...paths.map((p) => `${p}()`),
    ...(method === undefined ? [] : [`*.${method}()`]),
  ].flatMap((p) => run.facts.knowledge.callbacks(p));
  call.args.forEach((a, position) => {
    for (const ref of resolve(run, a.value).refs) {
      if (!ref.startsWith("fn:")) continue;
      const row = rows.find((r) => r.arg === position);
      const params: Value[] = [];
      if (row !== undefined) {
        const from = argument(call, row.from)?.value ?? UNKNOWN;
        params[row.param] = row.element ? readField(from, "*") : from;
      } else if (call.receiver !== undefined && paths.every((p) => !run.facts.knowledge.knows(p))) {
        const taint = spread(call.receiver).map((t) => ({
          ...t,
          marks: t.marks | markBit("unknown-call"),
        }));
        if (taint.length > 0) params[0] = ofTaint(taint);
      }
      if (run.shapesOnly || !run.recording) continue;
      run.calls.add(ref.slice(3));
      // Nothing tainted goes in: what the callback does is its own affair.
      if (!params.some((p) => p !== undefined && isTainted(p))) continue;
      const summary = run.facts.summary(ref.slice(3));
      if (summary !== undefined)
        instantiate(call, ref.slice(3), summary, (i) => params[i] ?? UNKNOWN);
    }
  });
}

function construct(call: Call, classId: string): Value {
  const { run, op } = call;
  const instance: Value = { refs: [`inst:${classId}`], taint: [] };
  const init =
    instanceMember(run, classId, "__init__", op, 0) ??
    instanceMember(run, classId, "constructor", op, 0);
  let out = instance;
  for (const ref of init?.refs ?? []) {
    if (!ref.startsWith("fn:")) continue;
    const summary = applyFunction(call, ref.slice(3), instance);
    if (summary !== undefined)
      for (const [name, value] of summary.self.fields ?? [])
        out = withField(out, name, value, true);
  }
  if (init === undefined) {
    // A data class: its fields are its arguments.
    call.args.forEach((a) => {
      if (a.name !== undefined) out = withField(out, a.name, a.value, true);
      else out = withTaint(out, joinTaint(out.taint, spread(a.value)));
    });
    const shape = run.facts.classOf(classId);
    for (const base of shape?.bases ?? [])
      for (const r of resolve(run, base).refs)
        if (r.startsWith("lib:")) observeBase(call, r.slice(4));
  }
  return out;
}
function observeBase(_call: Call, _path: string): void {}

function callFunction(call: Call, fn: ItemId, self: Value | undefined): Value | undefined {
  const { run } = call;
  if (run.shapesOnly) return { refs: [`result:${fn}`], taint: [] };
  const applied = applyFunction(call, fn, self);
  if (applied === undefined) return undefined;
  // The method may have set fields of the object it was called on.
  if (self !== undefined && call.receiverOp !== undefined)
    for (const [name, field] of applied.self.fields ?? [])
      update(run, call.receiverOp, call.state, (old) => withField(old, name, field, true));
  const value = applied.returns;
  return {
    ...value,
    ...(applied.whenTrue.size > 0 ? { whenTrue: applied.whenTrue } : {}),
    ...(applied.whenFalse.size > 0 ? { whenFalse: applied.whenFalse } : {}),
  };
}

interface Applied {
  readonly returns: Value;
  readonly self: Value;
  readonly whenTrue: Proof;
  readonly whenFalse: Proof;
}

function applyFunction(call: Call, fn: ItemId, self: Value | undefined): Applied | undefined {
  const { run } = call;
  if (run.shapesOnly) return undefined;
  const summary = run.facts.summary(fn);
  const ir = run.facts.ir(fn);
  if (summary === undefined || ir === undefined) return undefined;
  run.calls.add(fn);
  const entry = run.facts.entry(fn);
  const offset = entry.selfParam && self !== undefined ? 1 : 0;
  const parameter = (i: number): Value => {
    if (i < 0) return self ?? UNKNOWN;
    if (offset === 1 && i === 0) return self as Value;
    const p = ir.params[i];
    if (p === undefined) return UNKNOWN;
    if (p.kind === "rest") {
      const rest = call.args.filter((a) => a.name === undefined).slice(i - offset);
      return {
        refs: [],
        taint: [],
        fields: new Map(rest.map((a, n) => [a.spread ? "*" : String(n), a.value])),
      };
    }
    if (p.kind === "keywords")
      return {
        refs: [],
        taint: [],
        fields: new Map(
          call.args
            .filter((a) => a.name !== undefined && !ir.params.some((q) => q.name === a.name))
            .map((a) => [a.name as string, a.value]),
        ),
      };
    const named = argument(call, p.name);
    if (named !== undefined && (named.name !== undefined || named.spread === "entries"))
      return named.value;
    if (p.kind === "keyword") return defaultOf(run, fn, i);
    return argument(call, i - offset)?.value ?? defaultOf(run, fn, i);
  };
  return instantiate(call, fn, summary, parameter);
}
function defaultOf(run: Run, fn: ItemId, index: number): Value {
  const parent = run.facts.parentOf(fn);
  if (parent === undefined) return UNKNOWN;
  for (const [hole, c] of run.facts.shape(parent)?.closures ?? [])
    if (run.facts.child(parent, hole) === fn) return c.defaults[index] ?? UNKNOWN;
  return UNKNOWN;
}

/** A summary seen from a call: symbolic labels become what the caller passes. */
function instantiate(
  call: Call,
  fn: ItemId,
  summary: Summary,
  parameter: (index: number) => Value,
): Applied {
  const { run, op, state } = call;
  const cache = new Map<number, Value>();
  const param = (i: number): Value => {
    let v = cache.get(i);
    if (v === undefined) {
      v = bake(parameter(i), state);
      cache.set(i, v);
    }
    return v;
  };
  const mine = run.facts.parentOf(fn) === run.id;
  const outer = run.facts.parentOf(fn) === run.facts.parentOf(run.id);
  const passedFor = (label: string): Value | undefined => {
    if (label.startsWith("param:")) {
      const second = label.indexOf(":", 6);
      let value = param(Number(label.slice(6, second)));
      for (const key of label.slice(second + 1).split("."))
        if (key !== "") value = readField(value, key);
      return value;
    }
    if (label.startsWith("free:"))
      return mine ? captured(run, holeOf(run, fn), label.slice(5), state) : undefined;
    return undefined;
  };
  const expandTaint = (t: Taint): Taint[] => {
    if (t.label.startsWith("source:")) return [t];
    if (t.label.startsWith("free:") && !mine) return outer ? [t] : [];
    const value = passedFor(t.label);
    if (value === undefined || value.scalar) return [];
    return spread(value).map((a) => ({
      ...a,
      cleared: a.cleared | t.cleared,
      marks: a.marks | t.marks,
      derive: t.derive === "same" ? a.derive : t.derive,
      trail: graft(run, op, a.trail, t.trail, fn),
    }));
  };
  const subst = (value: Value, depth = 0): Value => {
    let taint: readonly Taint[] = [];
    let extra: Value | undefined;
    for (const t of value.taint) {
      taint = joinTaint(taint, expandTaint(t));
      if (t.label.startsWith("param:") && t.derive === "same" && value.alts === undefined) {
        const v = passedFor(t.label);
        if (
          v !== undefined &&
          (v.refs.length > 0 || v.fields !== undefined || v.alts !== undefined)
        )
          extra = join(extra, withTaint(v, []));
      }
    }
    const { key: _k, alts, fields, whenTrue: _t, whenFalse: _f, ...rest } = value;
    const out: { -readonly [K in keyof Value]: Value[K] } = { ...rest, taint };
    if (fields !== undefined && depth < 3)
      out.fields = new Map([...fields].map(([k, v]) => [k, subst(v, depth + 1)]));
    if (alts !== undefined) {
      const filled = fillAlts(alts, (v) => subst(v, depth + 1));
      if (filled !== undefined) out.alts = filled;
    }
    if (extra !== undefined) {
      out.refs = [...new Set([...out.refs, ...extra.refs])].sort();
      if (extra.fields !== undefined && out.fields === undefined) out.fields = extra.fields;
      if (extra.alts !== undefined && value.taint.length === 1) out.alts = extra.alts;
      if (extra.guessed) out.guessed = true;
    }
    return out;
  };
  if (run.recording && summary.hits.length > 0)
    for (const h of summary.hits) {
      if (h.label.startsWith("source:")) continue;
      const t: Taint = {
        label: h.label,
        kind: h.kind,
        cleared: h.cleared,
        marks: h.marks,
        derive: h.derive,
        trail: h.trail,
      };
      const found = expandTaint(t);
      if (found.length === 0) continue;
      const value = subst(h.value);
      for (const f of found) {
        if (f.trail.length > MAX_TRAIL) continue;
        addHit(run, {
          ...h,
          value,
          label: f.label,
          kind: f.kind,
          cleared: f.cleared,
          marks: f.marks,
          derive: f.derive,
          trail: f.trail,
        });
      }
    }
  const proofOf = (proof: Proof): Proof => {
    let out: Proof = new Map();
    for (const [label, mask] of proof) {
      const value = passedFor(label);
      if (value !== undefined)
        out = both(
          out,
          mask === kindBit("weak-guard") ? prove(value, 0) : prove(value, mask & ALL_KINDS),
        );
    }
    return out;
  };
  const always = proofOf(summary.always);
  if (always.size > 0) state.cleared = both(state.cleared, always);
  return {
    returns: subst(summary.returns),
    self: subst(summary.self),
    whenTrue: proofOf(summary.whenTrue),
    whenFalse: proofOf(summary.whenFalse),
  };
}

/** Puts the callee's steps behind the caller's. */
function graft(run: Run, op: Op, caller: Trail, callee: Trail, fn: ItemId): Trail {
  return rebase(callee, trail("call", run.id, op.span, `passed to ${shortName(fn)}`, caller));
}
function shortName(fn: ItemId): string {
  const name = fn.slice(fn.indexOf("#") + 1).replace(/~\d+$/, "");
  return name === "" ? "the function" : name.slice(name.lastIndexOf(".") + 1);
}

/** Holes that stand for a caller's value take its text, if it has one. */
function fillAlts(alts: readonly Alt[], subst: (v: Value) => Value): readonly Alt[] | undefined {
  return alts.map((alt) => {
    if ("const" in alt) return alt;
    const parts: Part[] = [];
    for (const p of alt.parts) {
      if (p.value === undefined) {
        parts.push(p);
        continue;
      }
      const value = subst(p.value);
      const one = value.alts?.length === 1 ? value.alts[0] : undefined;
      if (one === undefined) parts.push({ ...p, value });
      else if ("const" in one)
        parts.push({ item: p.item, span: p.span, text: String(one.const ?? "") });
      else parts.push(...one.parts);
    }
    return { parts };
  });
}

/** What a nested function sees of a variable of this item. */
function captured(
  run: Run,
  hole: number | undefined,
  name: string,
  state: State,
): Value | undefined {
  let out: Value | undefined;
  const renamed = hole === undefined ? undefined : run.item.holes[hole]?.renamed?.[name];
  run.item.slots.forEach((slot, i) => {
    if (renamed === undefined ? slot === name : i === renamed)
      out = join(out, state.slots[i] ?? run.variables.get(i));
  });
  if (out !== undefined) return bake(out, state);
  const found = run.facts.free(run.id, name);
  if (found === undefined || !found.captured) return undefined;
  return ofTaint([
    {
      label: `free:${name}`,
      kind: "",
      cleared: 0,
      marks: 0,
      derive: "same",
      trail: trail("step", run.id, { start: 0, end: 0 }, `${name} from the enclosing function`),
    },
  ]);
}

const NOTHING: Summary = {
  returns: UNKNOWN,
  hits: [],
  observations: [],
  whenTrue: new Map(),
  whenFalse: new Map(),
  always: new Map(),
  self: UNKNOWN,
  calls: [],
  stores: [],
  key: "",
};

/** At its creation a closure is taken to run with the variables it captures: flows from them are flows of this item. */
export function enclose(run: Run, child: ItemId, op: Op, id: ValueId, state: State): void {
  if (run.shapesOnly || !run.recording) return;
  const free = run.facts.enclosed(child);
  if (free.length === 0) return;
  const call: Call = {
    run,
    id,
    op: {
      ...op,
      op: "call",
      callee: id,
      args: [],
      isNew: false,
      form: "call",
      argsSpan: op.span,
    } as CallOp,
    state,
    args: [],
    receiver: undefined,
    receiverOp: undefined,
  };
  instantiate(call, child, { ...NOTHING, hits: free }, () => UNKNOWN);
}
