/** Calls: library rows, functions of the project by their summaries, and what happens at calls of unknown things. */
import type { Op, ValueId } from "../ir/ir.ts";
import { applyFunction, callFunction, construct, later, shallow } from "./apply.ts";
import { argument, type Call, type CallOp } from "./arguments.ts";
import { holeOf } from "./closures.ts";
import { deferCall } from "./defer.ts";
import { giveHandlers } from "./handlers.ts";
import { instantiate } from "./instantiate.ts";
import { bake, type Run, type State } from "./interpret.ts";
import type { CallbackRow } from "./knowledge.ts";
import { CALLEE, functionsIn, isCallable } from "./made.ts";
import {
  instanceMember,
  pathValue,
  resolve,
  sourceTaint,
  superValue,
  update,
  withHint,
  withRefs,
} from "./members.ts";
import { answerOf, assume, isForeign, ofElements } from "./proofs.ts";
import { applies, endsLike, pass } from "./rows.ts";
import { sink } from "./sinks.ts";
import type { CallArg } from "./summary.ts";
import {
  both,
  type ItemId,
  isSymbolic,
  isTainted,
  join,
  joinTaint,
  markBit,
  ofRef,
  ofTaint,
  onlyConst,
  type Proof,
  type Ref,
  readField,
  SELF_LABEL,
  spread,
  type Taint,
  UNKNOWN,
  type Value,
  withField,
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
  if (calleeOp.op === "super") constructBase(call);
  const callee = withHint(run, resolve(run, run.values[op.callee] ?? UNKNOWN), op.callee);
  const method = calleeOp.op === "member" ? calleeOp.name : undefined;

  const paths = libraryPaths(callee);
  const called = forwarded(call, method === undefined ? paths : [...paths, `*.${method}`]);
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
  if (op.form === "decorator") return decorate(call, callee, paths);
  return invoke(call, callee, method);
}

function libraryPaths(callee: Value): string[] {
  return callee.refs.filter((r) => r.startsWith("lib:")).map((r) => r.slice(4));
}

/** The call of a value, whoever makes it: an operation, a function that it was passed to, a library. */
export function invoke(given: Call, callee: Value, method: string | undefined): Value {
  const call = withBound(given, callee);
  const { run, op, state } = call;
  const paths = libraryPaths(callee);
  const guessed = callee.guessed ?? false;
  for (const path of paths)
    for (const row of run.facts.knowledge.sinks(path)) sink(call, row, guessed);
  if (method !== undefined && paths.length === 0)
    for (const row of run.facts.knowledge.sinks(`*.${method}`)) sink(call, row, true);

  let result: Value | undefined;
  const add = (value: Value | undefined): void => {
    if (value !== undefined) result = result === undefined ? value : join(result, value);
  };
  for (const ref of callee.refs) {
    if (ref.startsWith("fn:")) {
      add(callFunction(call, ref.slice(3), selfOf(call, callee, op.isNew), callee));
      if (isOpen(call, ref.slice(3), callee)) add(deferCall(call, callee, method));
    } else if (ref.startsWith("class:")) add(construct(call, ref.slice(6)));
    else if (ref.startsWith("settle:")) {
      run.settled.set(ref, join(run.settled.get(ref), argument(call, 0)?.value));
      add(UNKNOWN);
    } else if (ref.startsWith("inst:")) {
      const method = instanceMember(run, ref.slice(5), "__call__", op, 0);
      for (const m of method?.refs ?? [])
        if (m.startsWith("fn:")) add(callFunction(call, m.slice(3), callee, method as Value));
    }
  }
  if (run.shapesOnly && callee.refs.some((r) => /^(?:result|later|export):/.test(r)))
    add(later(call, ofRef("later:call"), [[CALLEE, shallow(callee, 1)]]));
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
  const called = runCallbacks(call, paths, method);
  if (called.returns !== undefined) {
    matched = true;
    result = result === undefined ? called.returns : named(called.returns, result);
  }
  if (!matched && !known) {
    const isLibrary = paths.some((p) => !p.startsWith(`${run.facts.knowledge.globals}.`));
    const waits = isLibrary ? undefined : deferCall(call, callee, method);
    const unknown = waits ?? unknownCall(call);
    result = result === undefined ? unknown : join(result, unknown);
  }
  const { whenTrue, kept } = called;
  if (kept !== undefined && result !== undefined)
    result = bake(result, { ...state, cleared: kept });
  if (whenTrue === undefined || whenTrue.size === 0) return result ?? UNKNOWN;
  const { key: _key, ...answer } = result ?? UNKNOWN;
  return { ...answer, whenTrue: both(answer.whenTrue, whenTrue) };
}

/** Arguments that were given before come first. */
function withBound(call: Call, callee: Value): Call {
  let args: CallArg[] | undefined;
  for (const [key, value] of callee.env ?? []) {
    if (!key.startsWith("(")) continue;
    args ??= [];
    const name = key.slice(1);
    const arg = { value, op: -1, span: call.op.span };
    args.push(/^\d+$/.test(name) ? arg : { ...arg, name });
  }
  return args === undefined ? call : { ...call, args: [...args, ...call.args] };
}

/** `super(...)` in a constructor: the object is made by what its class extends. */
function constructBase(call: Call): void {
  const { run, op, state } = call;
  const base = superValue(run, state);
  for (const ref of base.refs) {
    if (!ref.startsWith("inst:")) continue;
    const init = instanceMember(run, ref.slice(5), "constructor", op, 0);
    for (const fn of init?.refs ?? []) {
      if (!fn.startsWith("fn:")) continue;
      const made = applyFunction(call, fn.slice(3), base, init);
      for (const [name, value] of made?.self.fields ?? [])
        update(run, op.callee, state, (old) => withField(old, name, value, true));
    }
  }
}

/** The name means what the decorator gives; of one that gives nothing known, the function itself. */
function decorate(call: Call, callee: Value, paths: readonly string[]): Value {
  const { run } = call;
  const decorated = call.args[0]?.value ?? UNKNOWN;
  const types = paths.flatMap((p): Ref[] => {
    const type = run.facts.knowledge.canon(`${p}()`);
    return type === `${p}()` ? [] : [`lib:${type}`];
  });
  if (types.length > 0)
    return withRefs(decorated, [...decorated.refs, ...types], callee.guessed ?? false);
  const isOurs = callee.refs.some((r) => /^(?:fn|class|inst|result|later|export):/.test(r));
  if (!isOurs || decorated.refs.some((r) => r.startsWith("class:"))) return decorated;
  if (run.shapesOnly) return later(call, ofRef("later:decorator"), [[CALLEE, shallow(callee, 1)]]);
  const made = invoke(call, callee, undefined);
  return isCallable(made) ? made : decorated;
}

/** A method without a body of its own, on an object that may be of a subclass: the caller knows which. */
function isOpen(call: Call, fn: ItemId, callee: Value): boolean {
  const { run, op } = call;
  if (run.shapesOnly || !callee.taint.some((t) => t.label.startsWith(SELF_LABEL))) return false;
  const calleeOp = run.item.ops[op.callee];
  if (calleeOp?.op === "member" && run.item.ops[calleeOp.object]?.op === "super") return false;
  const summary = run.facts.summary(fn);
  return (
    summary !== undefined &&
    summary.hits.length === 0 &&
    summary.deferred.length === 0 &&
    summary.calls.length === 0 &&
    summary.self.fields === undefined &&
    !isTainted(summary.returns) &&
    summary.returns.refs.length === 0
  );
}

/** `asyncio.to_thread(open, path)` is the call `open(path)`. */
function forwarded(call: Call, paths: readonly string[]): CallOp | undefined {
  const { run, op, receiverOp } = call;
  for (const path of paths) {
    const row = run.facts.knowledge.forwards(`${path}()`);
    if (row === undefined) continue;
    if (typeof row === "number") {
      const callee = op.args[row];
      if (callee === undefined || callee.spread !== undefined) continue;
      return { ...op, callee: callee.value, args: op.args.slice(row + 1) };
    }
    // `work.call(object, a)` and `work.apply(object, list)`: only of something that is a function.
    const own = call.receiver;
    if (receiverOp === undefined || own === undefined || own.refs.some((r) => !r.startsWith("fn:")))
      continue;
    if (own.refs.length === 0 && !own.taint.some((t) => isSymbolic(t.label))) continue;
    const args = op.args.slice(1);
    return {
      ...op,
      callee: receiverOp,
      args: row === "list" ? args.slice(0, 1).map((a) => ({ ...a, spread: "items" })) : args,
    };
  }
  return undefined;
}

/** `partial(work, a)` and `work.bind(object, a)`: the function, with arguments that come first. */
function boundArguments(call: Call, paths: readonly string[]): Value | undefined {
  for (const path of paths) {
    const row = call.run.facts.knowledge.binds(path);
    if (row === undefined) continue;
    const fn = row === "recv" ? call.receiver : argument(call, row)?.value;
    if (fn === undefined || !fn.refs.some((r) => r.startsWith("fn:"))) continue;
    const env = new Map(fn.env);
    let at = [...env.keys()].filter((k) => /^\(\d+$/.test(k)).length;
    const rest = call.args.slice(row === "recv" ? 1 : row + 1);
    for (const a of rest) env.set(`(${a.name ?? String(at++)}`, shallow(a.value, 1));
    const { key: _key, ...same } = fn;
    return { ...same, env };
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

/** What `this` is in the function that is called: the receiver, the object a method was taken from, a fresh one. */
function selfOf(call: Call, callee: Value, isNew: boolean): Value | undefined {
  if (isNew) return UNKNOWN;
  const own = call.receiver;
  if (own?.refs.some((r) => r.startsWith("inst:"))) return own;
  if (own?.refs.some((r) => r.startsWith("class:"))) return own;
  return callee.env?.get("this") ?? own;
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
    for (const fn of functionsIn(value)) {
      const hole = holeOf(run, fn);
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
    // Wrapped where it is given: `app.get("/", caught(async (req, res) => ...))`.
    const wrapper = run.item.ops[a.op];
    if (wrapper?.op === "call")
      for (const inner of wrapper.args) note(run.values[inner.value] ?? UNKNOWN, place);
    // A handler in an options object: "fastify().route.arg(0.handler)".
    for (const [key, value] of a.value.fields ?? []) note(value, `${place}.${key}`);
  });
}

/** Constant texts among the arguments of a call, and of the call that made what is called: `route("/<id>")(show)`. */
export function textsOf(call: Call): string[] {
  const { run, op } = call;
  const maker = run.item.ops[op.callee];
  const made = maker?.op === "call" ? maker.args.map((a) => run.values[a.value]) : [];
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
  const bound = boundArguments(call, [rawPath]);
  if (bound !== undefined) return { value: bound, matched: true };
  const injects = k.injects(path);
  if (injects !== undefined) {
    const by = injects.map((spec) => argument(call, spec)).find((a) => a !== undefined);
    if (by !== undefined) base = { ...base, env: new Map([["0", shallow(by.value, 0)]]) };
  }
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
  const guards = k.guards(rawPath);
  if (guards.length > 0) {
    // What the call answers is no text, unless a row says what it gives.
    const gives = matched && k.passes(rawPath).length > 0;
    matched = true;
    const answer = answerOf(call, guards);
    if (answer.always !== undefined) Object.assign(state, assume(state, answer.always));
    if (answer.position !== undefined) value = { ...plain(value), position: answer.position };
    else if (answer.whenTrue !== undefined || answer.whenFalse !== undefined)
      value = {
        ...(gives ? withTaint(value, value.taint) : plain(value)),
        whenTrue: both(value.whenTrue, answer.whenTrue),
        whenFalse: both(value.whenFalse, answer.whenFalse),
      };
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

function plain(value: Value): Value {
  return { ...withTaint(value, []), scalar: true };
}

/** Runs the functions that are passed: what the call proves when it answers true, and what it gives that they made. */
function runCallbacks(
  call: Call,
  paths: readonly string[],
  method: string | undefined,
): {
  readonly whenTrue?: Proof | undefined;
  readonly kept?: Proof | undefined;
  readonly returns?: Value | undefined;
} {
  const { run } = call;
  let whenTrue: Proof | undefined;
  let kept: Proof | undefined;
  let returns: Value | undefined;
  const rows = [
    ...paths.map((p) => `${p}()`),
    ...(method === undefined ? [] : [`*.${method}()`]),
  ].flatMap((p) => run.facts.knowledge.callbacks(p));
  call.args.forEach((a, position) => {
    const callback = resolve(run, a.value);
    const own = rows.filter((r) => r.arg === (a.name ?? position));
    const made = own.find((r) => r.returns !== undefined);
    const isOurs = callback.refs.some((r) => r.startsWith("fn:"));
    if (run.shapesOnly || (!isOurs && made === undefined)) return;
    const params: Value[] = [];
    for (const row of own) {
      const from = argument(call, row.from)?.value ?? UNKNOWN;
      params[row.param] = row.element ? elementOf(from) : from;
    }
    if (
      own.length === 0 &&
      call.receiver !== undefined &&
      paths.every((p) => !run.facts.knowledge.knows(p))
    ) {
      const taint = spread(call.receiver).map((t) => ({
        ...t,
        marks: t.marks | markBit("unknown-call"),
      }));
      if (taint.length > 0) params[0] = ofTaint(taint);
    }
    for (const ref of callback.refs) {
      if (!ref.startsWith("fn:")) continue;
      const fn = ref.slice(3);
      const proves = own.find((r) => r.proves !== undefined);
      if (proves !== undefined && !isForeignList(proves, params)) {
        const summary = run.facts.summary(fn);
        const said =
          summary === undefined || summary.whenTrue.size === 0
            ? undefined
            : instantiate(call, fn, summary, (i) => params[i] ?? UNKNOWN, {
                callee: callback,
                provesCaptured: true,
              }).whenTrue;
        if (said !== undefined) {
          const all = proves.proves === "some" ? said : ofElements(said);
          if (proves.proves === "kept") kept = both(kept, all);
          else whenTrue = both(whenTrue, all);
        }
      }
      if (run.recording) run.calls.add(fn);
    }
    const settle: Ref | undefined = made?.returns === "passed" ? `settle:${call.id}` : undefined;
    if (settle !== undefined && made !== undefined) {
      params[made.param] = ofRef(settle);
      run.settled.delete(settle);
    }
    // Nothing tainted goes in and nothing of it is used: what the callback does is its own affair.
    const given = params.some((p) => p !== undefined && (isTainted(p) || p.refs.length > 0));
    const writes = callback.refs.some(
      (r) => r.startsWith("fn:") && (run.facts.ir(r.slice(3))?.outerWrites.length ?? 0) > 0,
    );
    if (!given && !writes && made === undefined && !callsCaptured(call, callback)) return;
    let result = callIt(call, callback, params);
    if (made?.feeds !== undefined) {
      params[made.feeds] = join(params[made.feeds], result);
      result = join(result, callIt(call, callback, params));
      const start = argument(call, made.feeds === 0 ? (made.initial ?? -1) : -1)?.value;
      if (start !== undefined) result = join(result, start);
    }
    if (made === undefined || !(isOurs || isCallableLibrary(callback))) return;
    if (settle !== undefined) result = run.settled.get(settle) ?? UNKNOWN;
    returns = join(returns, made.returns === "element" ? listOf(result) : result);
    if (made.or !== undefined) returns = join(returns, argument(call, made.or)?.value);
  });
  return { whenTrue, kept, returns };
}

function elementOf(list: Value): Value {
  return readField(list, "*");
}
function listOf(element: Value): Value {
  return { refs: [], taint: [], fields: new Map([["*", element]]) };
}
function isCallableLibrary(value: Value): boolean {
  return value.refs.some((r) => r.startsWith("lib:"));
}

/** A function around it was given what this one calls: `setTimeout(() => resolve(x))`. */
function callsCaptured(call: Call, callback: Value): boolean {
  return callback.refs.some(
    (r) =>
      r.startsWith("fn:") &&
      call.run.facts.summary(r.slice(3))?.deferred.some((d) => d.callee.startsWith("free:")) ===
        true,
  );
}

/** A function that was passed is called by the library. */
function callIt(call: Call, callback: Value, params: readonly Value[]): Value {
  const { run, op } = call;
  if (run.depth > 8) return UNKNOWN;
  const args = Array.from(params, (value) => ({ value: value ?? UNKNOWN, op: -1, span: op.span }));
  // It may run later, or never: what it proves by coming back does not hold here.
  const { cleared } = call.state;
  run.depth++;
  try {
    return invoke(
      {
        ...call,
        op: { ...op, isNew: false, form: "call" },
        args,
        receiver: undefined,
        receiverOp: undefined,
        deferred: `${call.deferred ?? call.id}/cb`,
      },
      callback,
      undefined,
    );
  } finally {
    run.depth--;
    call.state.cleared = cleared;
  }
}

/** `HOSTS.some((h) => url.hostname === h)`: the list must be the program's own. */
function isForeignList(row: CallbackRow, params: readonly Value[]): boolean {
  return row.proves === "some" && isForeign(params[row.param] ?? UNKNOWN);
}
