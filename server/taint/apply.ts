/** Functions of the project, called: arguments find their parameters, and a summary is seen from the call. */

import type { ValueId } from "../ir/ir.ts";
import { argument, type Call } from "./arguments.ts";
import { instanceMember } from "./class-members.ts";
import { readField, spread, withField, withFields } from "./fields.ts";
import { type Applied, instantiate } from "./instantiate.ts";
import { join, joinTaint } from "./join.ts";
import { update } from "./members.ts";
import { answerOf, assume } from "./proofs.ts";
import { resolve } from "./references.ts";
import { sink } from "./sinks.ts";
import type { CallArg } from "./summary.ts";
import { type ItemId, ofRef, UNKNOWN, type Value, withTaint } from "./value.ts";

export function construct(call: Call, classId: string): Value {
  const { run, op } = call;
  const instance: Value = ofRef(`inst:${classId}`);
  if (run.shapesOnly) return later(call, withArguments(call, instance, classId));
  const init =
    instanceMember(run, classId, "__init__", op, 0) ??
    instanceMember(run, classId, "constructor", op, 0);
  let out = instance;
  for (const ref of init?.refs ?? []) {
    // The constructor of a library's class that this one inherits.
    if (ref.startsWith("lib:"))
      for (const row of run.facts.knowledge.sinks(ref.slice(4))) sink(call, row, false);
    if (!ref.startsWith("fn:")) continue;
    const applied = applyFunction(call, ref.slice(3), instance, init);
    if (applied !== undefined) out = withFields(out, applied.self.fields ?? [], true);
  }
  if (init?.refs.some((ref) => ref.startsWith("fn:"))) return out;
  proveByBases(call, classId, 0);
  return afterwards(call, withArguments(call, out, classId, init), classId);
}

/** What a constructor that is not written out calls when the fields are set. */
const AFTERWARDS = ["__post_init__", "__attrs_post_init__", "model_post_init"];
function afterwards(call: Call, made: Value, classId: string): Value {
  let out = made;
  for (const name of AFTERWARDS) {
    const method = instanceMember(call.run, classId, name, call.op, 0);
    for (const ref of method?.refs ?? []) {
      if (!ref.startsWith("fn:")) continue;
      const applied = applyFunction({ ...call, args: [] }, ref.slice(3), out, method);
      out = withFields(out, applied?.self.fields ?? [], true);
    }
  }
  return out;
}

/** A class of the program is made like the library's class that it extends: `Order(text)` comes back for the values of an enum only. */
function proveByBases(call: Call, classId: string, depth: number): void {
  const { facts } = call.run;
  for (const base of depth > 8 ? [] : (facts.classOf(classId)?.bases ?? []))
    for (const ref of resolve(call.run, base).refs) {
      if (ref.startsWith("class:")) proveByBases(call, ref.slice(6), depth + 1);
      if (!ref.startsWith("lib:")) continue;
      const { always } = answerOf(call, facts.knowledge.guards(`${ref.slice(4)}()`));
      if (always !== undefined) Object.assign(call.state, assume(call.state, always));
    }
}

/** A data class, whose constructor comes with the language or a library: its fields are its arguments. */
function withArguments(call: Call, instance: Value, classId: string, init?: Value): Value {
  let out = instance;
  const shape = call.run.facts.classOf(classId);
  const declared = [...(shape?.annotations.keys() ?? [])];
  const isField = (name: string): boolean =>
    declared.includes(name) || shape?.members.has(name) === true;
  let at = 0;
  for (const a of call.args) {
    const name = a.name ?? (a.spread === undefined ? declared[at++] : undefined);
    // What a library's own constructor does with other arguments is its affair.
    if (init !== undefined && a.spread === undefined && !isField(name ?? "")) continue;
    if (name !== undefined) out = withField(out, name, a.value, true);
    else if (a.spread === "entries" && a.value.fields !== undefined) {
      out = withFields(out, a.value.fields, true);
      out = withTaint(out, joinTaint(out.taint, a.value.taint));
    } else out = withTaint(out, joinTaint(out.taint, spread(a.value)));
  }
  return out;
}

const MAX_ENV = 2;
/** What a call gives is found out where it is used: the arguments go with it. */
export function later(
  call: Call,
  value: Value,
  more?: readonly (readonly [string, Value])[],
): Value {
  const env = new Map<string, Value>(more);
  let at = 0;
  for (const a of call.args) {
    const key = a.name ?? String(at++);
    if (a.spread === undefined) env.set(key, shallow(a.value, MAX_ENV));
  }
  return env.size === 0 ? value : { ...value, env };
}
/** Without what was captured or passed on the way to it, more than `depth` calls back. */
export function shallow(value: Value, depth: number): Value {
  if (value.env === undefined) return value;
  const { env, key: _key, ...rest } = value;
  if (depth === 0) return rest;
  return { ...rest, env: new Map([...env].map(([k, v]) => [k, shallow(v, depth - 1)])) };
}

/** `callee` is the value that was called: with what it captured, and its object. */
export function callFunction(
  call: Call,
  fn: ItemId,
  receiver: Value | undefined,
  callee: Value,
): Value | undefined {
  const { run } = call;
  if (run.shapesOnly) return later(call, ofRef(`result:${fn}`));
  const entry = run.facts.entry(fn);
  // Of its class, a method is a function that takes the object.
  const self = entry.selfParam && !entry.isClassMethod && isClass(receiver) ? undefined : receiver;
  const applied = applyFunction(call, fn, self, callee);
  if (applied === undefined) return undefined;
  // The method may have set fields of the object it was called on.
  const object = self === undefined ? argument(call, 0)?.op : call.receiverOp;
  const written = applied.self.fields;
  if (written !== undefined && object !== undefined && object >= 0)
    if (self !== undefined || entry.selfParam)
      update(run, object, call.state, (old) => withFields(old, written, true));
  const value = call.op.isNew
    ? { ...UNKNOWN, fields: applied.self.fields ?? new Map() }
    : ofClass(applied.returns, entry, self);
  return {
    ...value,
    ...(applied.whenTrue.size > 0 ? { whenTrue: applied.whenTrue } : {}),
    ...(applied.whenFalse.size > 0 ? { whenFalse: applied.whenFalse } : {}),
  };
}

function isClass(value: Value | undefined): boolean {
  return value?.refs.some((r) => r.startsWith("class:")) ?? false;
}

/** `cls()` in a method that a subclass inherits makes an instance of the subclass. */
function ofClass(
  value: Value,
  entry: { readonly isClassMethod: boolean; readonly classId?: string },
  self: Value | undefined,
): Value {
  const actual = self?.refs.find((r) => r.startsWith("class:"))?.slice(6);
  if (!entry.isClassMethod || actual === undefined || actual === entry.classId) return value;
  const made = `inst:${entry.classId}`;
  if (!value.refs.includes(made)) return value;
  const refs = value.refs.map((r) => (r === made ? `inst:${actual}` : r)).sort();
  return { ...withTaint(value, value.taint), refs };
}

export function applyFunction(
  call: Call,
  fn: ItemId,
  self: Value | undefined,
  callee?: Value,
): Applied | undefined {
  const { run } = call;
  if (run.shapesOnly) return undefined;
  const summary = run.facts.summary(fn);
  const ir = run.facts.ir(fn);
  if (summary === undefined || ir === undefined) return undefined;
  run.calls.add(fn);
  const entry = run.facts.entry(fn);
  const offset = entry.selfParam && self !== undefined ? 1 : 0;
  const parameter = (i: number): Value => {
    if (i < 0) return self ?? (entry.selfParam ? argument(call, 0)?.value : undefined) ?? UNKNOWN;
    if (offset === 1 && i === 0) return self as Value;
    const p = ir.params[i];
    if (p === undefined) return UNKNOWN;
    if (p.kind === "rest") return restOf(call, i - offset);
    if (p.kind === "keywords") return keywordsOf(call, ir.params);
    const named = argument(call, p.name);
    if (named !== undefined && named.name !== undefined) return named.value;
    const placed = p.kind === "keyword" ? undefined : argument(call, i - offset);
    if (placed !== undefined && named !== undefined) return join(placed.value, named.value);
    return (placed ?? named)?.value ?? run.facts.defaultOf(fn, i) ?? UNKNOWN;
  };
  const opOf = (i: number): ValueId | undefined => {
    const p = ir.params[i];
    if (p === undefined || p.kind === "rest" || p.kind === "keywords") return undefined;
    const named = call.args.find((a) => a.name === p.name);
    if (named !== undefined) return named.op;
    const given = p.kind === "keyword" ? undefined : argument(call, i - offset);
    return given?.spread === undefined ? given?.op : undefined;
  };
  const applied = instantiate(call, fn, summary, parameter, { callee, opOf });
  for (const [i, written] of applied.params) {
    const p = ir.params[i];
    const a = p === undefined ? undefined : (argument(call, p.name) ?? argument(call, i - offset));
    if (a !== undefined && a.op >= 0 && a.spread === undefined) writeInto(call, a, written);
  }
  return applied;
}

/** Fields that a function may have set on what it was passed. */
function writeInto(call: Call, a: CallArg, written: Value): void {
  update(call.run, a.op, call.state, (old) => withFields(old, written.fields ?? [], false));
}

/** The arguments from a position on, as a list; one that is itself spread there is that list. */
function restOf(call: Call, from: number): Value {
  const fields = new Map<string, Value>();
  let at = 0;
  for (const a of call.args) {
    if (a.name !== undefined || a.spread === "entries") continue;
    if (a.spread === "items") {
      if (at === from && fields.size === 0) return a.value;
      fields.set("*", join(fields.get("*"), readField(a.value, "*")));
    } else {
      if (at >= from) fields.set(String(at - from), a.value);
      at++;
    }
  }
  return { refs: [], taint: [], fields };
}

function keywordsOf(call: Call, params: readonly { readonly name: string }[]): Value {
  const fields = new Map<string, Value>();
  let whole: Value | undefined;
  for (const a of call.args) {
    if (a.spread === "entries") whole = join(whole, a.value);
    else if (a.name !== undefined && !params.some((q) => q.name === a.name))
      fields.set(a.name, a.value);
  }
  if (fields.size === 0 && whole !== undefined) return whole;
  const own: Value = { refs: [], taint: [], fields };
  return whole === undefined ? own : join(own, whole);
}
