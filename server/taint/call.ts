/** Calls: library rows, functions of the project by their summaries, and what happens at calls of unknown things. */

import type { Op, ValueId } from "../ir/ir.ts";
import { callFunction, construct, later, shallow } from "./apply.ts";
import { argument, type Call, type CallOp } from "./arguments.ts";
import { runCallbacks } from "./callbacks.ts";
import { instanceMember } from "./class-members.ts";
import { deferCall } from "./defer.ts";
import { isTainted, spread } from "./fields.ts";
import { constructBase, decorate, forwarded, withBound } from "./forward.ts";
import { withHint } from "./free-names.ts";
import { giveHandlers } from "./handlers.ts";
import { both, join, joinTaint } from "./join.ts";
import { SELF_LABEL } from "./labels.ts";
import { callPath } from "./library-call.ts";
import { CALLEE } from "./made.ts";
import { noteTakers, observe } from "./observe.ts";
import { resolve } from "./references.ts";
import type { Run } from "./run.ts";
import { sink } from "./sinks.ts";
import { bake, type State } from "./state.ts";
import { type CallArg, NOTHING } from "./summary.ts";
import {
  type ItemId,
  MORE,
  markBit,
  ofRef,
  ofTaint,
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
  observe(call, paths, method, guessed, paths.length < callee.refs.length);
  if (op.form === "decorator") return decorate(call, callee, paths);
  return invoke(call, callee, method);
}

function libraryPaths(callee: Value): string[] {
  return callee.refs.filter((r) => r.startsWith("lib:")).map((r) => r.slice(4));
}

/** The call of a function of the project; one that rows are about gives what they say. */
function callOwn(
  call: Call,
  fn: ItemId,
  self: Value | undefined,
  callee: Value,
): Value | undefined {
  const { knowledge: k } = call.run.facts;
  if (call.run.shapesOnly || !k.knows(fn)) return callFunction(call, fn, self, callee);
  const known = byParameters(call, fn, self);
  for (const row of k.sinks(fn)) sink(known, row, false);
  const path = `${fn}()`;
  const value = callFunction(call, fn, self, callee);
  const { value: said, matched } = callPath(known, path, false);
  if (!matched) return value;
  const refs = value?.refs ?? [];
  if (k.passes(path).length > 0) return { ...withTaint(said, said.taint), refs };
  const whole = { ...(value ?? UNKNOWN), taint: joinTaint(value?.taint ?? [], said.taint) };
  return k.guards(path).length === 0
    ? withTaint(whole, whole.taint)
    : {
        ...withTaint(whole, whole.taint),
        ...(said.whenTrue === undefined ? {} : { whenTrue: both(whole.whenTrue, said.whenTrue) }),
        ...(said.whenFalse === undefined
          ? {}
          : { whenFalse: both(whole.whenFalse, said.whenFalse) }),
      };
}

/** The same call, with each argument at its position and under its parameter's name. */
function byParameters(call: Call, fn: ItemId, self: Value | undefined): Call {
  const { facts } = call.run;
  const offset = facts.entry(fn).selfParam && self !== undefined ? 1 : 0;
  const params = (facts.ir(fn)?.params ?? []).slice(offset);
  const placed: CallArg[] = [];
  const named: CallArg[] = [];
  params.forEach(({ name, kind }, i) => {
    if (kind === "rest" || kind === "keywords") return;
    const given = argument(call, name) ?? argument(call, i);
    if (given === undefined) return;
    const { name: _name, ...value } = given;
    if (placed.length === i) placed.push(value);
    named.push({ ...value, name });
  });
  const rest = call.args.filter(
    (a) =>
      a.spread !== undefined || (a.name !== undefined && !named.some((n) => n.name === a.name)),
  );
  const more = call.args.filter((a) => a.name === undefined && a.spread === undefined);
  return { ...call, args: [...placed, ...more.slice(placed.length), ...named, ...rest] };
}

/** The call of a value, whoever makes it: an operation, a function that it was passed to, a library. */
export function invoke(given: Call, callee: Value, method: string | undefined): Value {
  const call = withBound(given, callee);
  const { run, op, state } = call;
  const paths = libraryPaths(callee);
  const guessed = callee.guessed ?? false;
  for (const path of paths)
    for (const row of run.facts.knowledge.sinks(path)) sink(call, row, guessed);
  // By the method's name alone it is a guess, unless an argument says the rest.
  if (method !== undefined)
    for (const row of run.facts.knowledge.sinks(`*.${method}`))
      if (row.needs !== undefined || paths.length === 0) sink(call, row, row.needs === undefined);

  let result: Value | undefined;
  const add = (value: Value | undefined): void => {
    if (value !== undefined) result = result === undefined ? value : join(result, value);
  };
  for (const ref of callee.refs) {
    if (ref.startsWith("fn:")) {
      add(callOwn(call, ref.slice(3), selfOf(call, callee, op.isNew), callee));
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
  // Those that are not kept may do anything.
  if (callee.refs.includes(MORE)) add(unknownCall(call));
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
      // It may be an object of the program that has a method of this name: the caller knows.
      if (paths.length === 0 && run.facts.knowledge.isUsual(method) && !isAnswer(value.value))
        add(deferCall(call, callee, method));
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
  const { whenTrue, whenFalse, kept } = called;
  if (kept !== undefined && result !== undefined)
    result = bake(result, { ...state, cleared: kept });
  if (!whenTrue?.size && !whenFalse?.size) return result ?? UNKNOWN;
  const { key: _key, ...answer } = result ?? UNKNOWN;
  return {
    ...answer,
    ...(whenTrue?.size ? { whenTrue: both(answer.whenTrue, whenTrue) } : {}),
    ...(whenFalse?.size ? { whenFalse: both(answer.whenFalse, whenFalse) } : {}),
  };
}

/** A number or a truth value, and what it proves. */
function isAnswer(value: Value): boolean {
  return (
    value.scalar === true ||
    value.whenTrue !== undefined ||
    value.whenFalse !== undefined ||
    value.position !== undefined
  );
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
    // Of a function that calls this one nothing may be known yet.
    summary.key !== NOTHING.key &&
    summary.hits.length === 0 &&
    summary.deferred.length === 0 &&
    summary.calls.length === 0 &&
    summary.self.fields === undefined &&
    !isTainted(summary.returns) &&
    summary.returns.refs.length === 0
  );
}

/** The library says nothing about the method: what methods of that name do, under the library's path. */
export function named(value: Value, path: Value): Value {
  const refs = [...new Set([...path.refs, ...value.refs])].sort();
  return { ...withTaint(value, value.taint), refs, ...(path.guessed ? { guessed: true } : {}) };
}

/** Anything may happen with what is passed: the result is as tainted as the arguments, and says so. */
export function unknownCall(call: Pick<Call, "args" | "receiver">): Value {
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
