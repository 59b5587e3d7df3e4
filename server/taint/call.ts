/** Calls: library rows, functions of the project by their summaries, and what happens at calls of unknown things. */
import type { Op, ValueId } from "../ir/ir.ts";
import { callFunction, construct, holeOf, instantiate } from "./apply.ts";
import { argument, type Call, type CallOp } from "./arguments.ts";
import { giveHandlers } from "./handlers.ts";
import { bake, type Run, type State } from "./interpret.ts";
import { instanceMember, pathValue, resolve, sourceTaint, withHint, withRefs } from "./members.ts";
import { isForeign, weakened } from "./operators.ts";
import { applies, endsLike, guard, pass } from "./rows.ts";
import { sink } from "./sinks.ts";
import type { CallArg } from "./summary.ts";
import {
  both,
  isTainted,
  join,
  joinTaint,
  markBit,
  ofTaint,
  onlyConst,
  type Proof,
  type Ref,
  readField,
  spread,
  type Taint,
  UNKNOWN,
  type Value,
  withTaint,
} from "./value.ts";

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
  const called = forwarded(run, op, method === undefined ? paths : [...paths, `*.${method}`]);
  if (called !== undefined) return evaluateCall(run, id, called, state);
  const guessed = callee.guessed ?? false;
  noteTakers(
    call,
    method !== undefined && run.facts.knowledge.knows(`*.${method}.arg`)
      ? [...paths, `*.${method}`]
      : paths,
    guessed,
  );
  giveHandlers(call, paths);
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
    const types = paths.flatMap((p): Ref[] => {
      const type = run.facts.knowledge.canon(`${p}()`);
      return type === `${p}()` ? [] : [`lib:${type}`];
    });
    return types.length === 0
      ? decorated
      : withRefs(decorated, [...decorated.refs, ...types], guessed);
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
  if (!guessed && paths.length > 0 && paths.every((p) => run.facts.knowledge.ends(`${p}()`)))
    state.ended = true;
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
      result =
        result === undefined
          ? value.value
          : // A text that stays the same keeps its type, under which more is known.
            value.value.refs.some((r) => run.facts.knowledge.knows(r.slice(4)))
            ? value.value
            : named(value.value, result);
    }
  }
  if (!matched && !known) {
    const unknown = unknownCall(call);
    result = result === undefined ? unknown : join(result, unknown);
  }
  const proof = runCallbacks(call, paths, method);
  if (proof === undefined || proof.size === 0) return result ?? UNKNOWN;
  const { key: _key, ...answer } = result ?? UNKNOWN;
  return { ...answer, whenTrue: both(answer.whenTrue, proof) };
}

/** `asyncio.to_thread(open, path)` is the call `open(path)`. */
function forwarded(run: Run, op: CallOp, paths: readonly string[]): CallOp | undefined {
  for (const path of paths) {
    const at = run.facts.knowledge.forwards(`${path}()`);
    const callee = at === undefined ? undefined : op.args[at];
    if (at === undefined || callee === undefined || callee.spread !== undefined) continue;
    return { ...op, callee: callee.value, args: op.args.slice(at + 1) };
  }
  return undefined;
}

/** The library says nothing about the method: what methods of that name do, under the library's path. */
export function named(value: Value, path: Value): Value {
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
    args: call.args.map((a) => ({ ...a, value: followed(run, a.value, 0) })),
    ...(call.receiver === undefined ? {} : { receiver: call.receiver }),
    guessed,
    sinks,
  });
}

/** A value with what its imports lead to, also inside lists and records. */
function followed(run: Run, raw: Value, depth: number): Value {
  const value = resolve(run, raw);
  if (value.fields === undefined || depth > 2) return value;
  let changed = false;
  const fields = new Map<string, Value>();
  for (const [key, field] of value.fields) {
    const next = followed(run, field, depth + 1);
    if (next !== field) changed = true;
    fields.set(key, next);
  }
  return changed ? { ...withTaint(value, value.taint), fields } : value;
}

/** Remembers which library call takes a closure: that is how frameworks call handlers. */
function noteTakers(call: Call, paths: readonly string[], guessed: boolean): void {
  const { run } = call;
  if (paths.length === 0) return;
  const texts = textsOf(call);
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
        texts: [...new Set([...old.texts, ...texts])].sort(),
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

/** Constant texts among the arguments of a call, and of the call that made what is called: `route("/<id>")(show)`. */
export function textsOf(call: Call): string[] {
  const { run, op } = call;
  const maker = run.item.ops[op.callee] as Op;
  const made = maker.op === "call" ? maker.args.map((a) => run.values[a.value]) : [];
  return [...call.args.map((a) => a.value), ...made].flatMap((value) => {
    const only = onlyConst(value)?.value;
    return typeof only === "string" ? [only] : [];
  });
}

function callPath(
  call: Call,
  rawPath: string,
  guessed: boolean,
): { value: Value; matched: boolean } {
  const { run, op, state } = call;
  const k = run.facts.knowledge;
  const module = importedBy(call, rawPath);
  if (module !== undefined) return { value: module, matched: true };
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
    if (!applies(call, row)) continue;
    matched = true;
    const next = pass(call, row, base);
    if (row.needs !== undefined) {
      value = next;
      break;
    }
    if (row.to === undefined || row.to === "return")
      value = value === base ? next : join(value, next);
  }
  const gives = matched && k.passes(rawPath).length > 0;
  for (const row of k.guards(rawPath)) {
    matched = true;
    const proof = guard(call, row);
    if (proof === undefined) continue;
    if (row.proves === "return") state.cleared = both(state.cleared, proof);
    else if (row.proves === "found" || row.proves === "start") {
      const { found, start } = value.position ?? NOWHERE;
      const position =
        row.proves === "found"
          ? { found: both(found, proof), start }
          : { found, start: both(start, proof) };
      value = { ...withTaint(value, []), scalar: true, position };
    } else {
      const side = row.proves === "true" ? "whenTrue" : "whenFalse";
      const other = row.proves === "true" ? "whenFalse" : "whenTrue";
      value = {
        // What the call answers is no text, unless a row says what it gives.
        ...(gives ? withTaint(value, value.taint) : { ...withTaint(value, []), scalar: true }),
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

/** `importlib.import_module("a.b")` is the module. */
function importedBy(call: Call, path: string): Value | undefined {
  const at = call.run.facts.knowledge.imports(path);
  const name = at === undefined ? undefined : onlyConst(argument(call, at)?.value)?.value;
  return typeof name === "string" && call.args.length === (at ?? 0) + 1
    ? call.run.facts.imported(call.run.id, name, undefined, undefined)
    : undefined;
}

const NOWHERE = { found: new Map(), start: new Map() };

/** Runs the functions that are passed; what the call proves when it answers true. */
function runCallbacks(
  call: Call,
  paths: readonly string[],
  method: string | undefined,
): Proof | undefined {
  const { run } = call;
  let proof: Proof | undefined;
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
      if (row?.proves === "true" && !run.shapesOnly && !isForeign(params[row.param] ?? UNKNOWN)) {
        const summary = run.facts.summary(ref.slice(3));
        if (summary !== undefined && summary.whenTrue.size > 0)
          proof = both(
            proof,
            instantiate(call, ref.slice(3), summary, (i) => params[i] ?? UNKNOWN, true).whenTrue,
          );
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
  return proof;
}
