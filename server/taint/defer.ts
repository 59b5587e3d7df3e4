/**
 * Calls of what only the caller knows: a function that was passed, a method of an object that was passed. A summary names
 * their results "call:ID:"; they are made where the summary is used.
 */
import type { Op } from "../ir/ir.ts";
import type { Call } from "./arguments.ts";
import { bounded } from "./bounds.ts";
import { invoke, unknownCall } from "./call.ts";
import { isClassConstant } from "./class-members.ts";
import { readField, spread } from "./fields.ts";
import { join } from "./join.ts";
import { isSymbolic, parentLabel, stepName, stepsOf } from "./labels.ts";
import { memberOfRef } from "./members.ts";
import type { Run } from "./run.ts";
import { type CallArg, type Deferred, trail } from "./summary.ts";
import { ofTaint, type Taint, UNKNOWN, type Value } from "./value.ts";

/** Through so many functions a function may be handed on. */
const MAX_HANDED = 4;
/** So many deferred calls may be followed inside one another. */
const MAX_FOLLOWED = 8;
/** And so many in all behind one of them: functions that hand each other on could be followed without end. */
const MAX_FOLLOWS = 100;
/**
 * Following them may cost an item so much while it looks for a fixpoint, and again when it records. Where any of many functions
 * may be called, each of which calls any of them, one call costs as much as a large function: without this, whoever makes a
 * few of them would be given up as a whole.
 */
const MAX_BEHIND = 120_000;

/** One step of an access path, taken where the object is known. */
export function readStep(call: Call, value: Value, key: string): Value {
  const { run, op } = call;
  const own =
    value.taint.length > 0 && isClassConstant(run, value, key) ? UNKNOWN : readField(value, key);
  let out: Value | undefined = own === UNKNOWN ? undefined : own;
  const isElement = key === "*" || /^\d+$/.test(key);
  for (const ref of value.refs) {
    if (isElement && !ref.startsWith("lib:")) continue;
    const found = memberOfRef(run, ref, isElement ? "[*]" : key, op, value, call.state);
    if (found !== undefined) out = out === undefined ? found : join(out, found);
  }
  return out ?? UNKNOWN;
}

/** The result of a call that waits for the caller; undefined if there is nothing to wait for. */
export function deferCall(
  call: Call,
  callee: Value,
  method: string | undefined,
): Value | undefined {
  const { run, op } = call;
  if (run.shapesOnly) return undefined;
  const id = call.deferred ?? String(call.id);
  if (id.split("/").length > MAX_HANDED) return undefined;
  let result: Taint[] | undefined;
  for (const t of callee.taint) {
    if (t.derive !== "same" || !isSymbolic(t.label)) continue;
    // Deep paths are cut off: then the label is not the method's.
    if (method !== undefined && stepsOf(t.label).at(-1) !== stepName(method)) continue;
    const own = result === undefined ? id : `${id}.${result.length}`;
    if (!run.deferred.has(own) && run.deferred.size >= run.bounds.deferred) break;
    const site = { item: run.id, op: call.id, span: op.span };
    const args = call.args.map((a) => ({
      ...a,
      op: -1,
      value: bounded(a.value, run.bounds),
      there: { op: a.op, span: (run.item.ops[a.op] as Op | undefined)?.span ?? a.span },
    }));
    if (run.recording)
      run.deferred.set(own, { id: own, callee: t.label, args, site, isNew: op.isNew });
    result ??= [];
    result.push({
      label: `call:${own}:`,
      kind: "",
      cleared: 0,
      marks: 0,
      derive: "same",
      trail: trail("step", run.id, op.span, "the result of a function that was passed"),
    });
    if (result.length === 2) break;
  }
  return result === undefined ? undefined : ofTaint(result);
}

/** Makes a call that waited for this caller. */
export function followDeferred(
  call: Call,
  deferred: Deferred,
  passedFor: (label: string) => Value | undefined,
  subst: (value: Value) => Value,
): Value {
  const { run, op } = call;
  if (run.depth === 0) run.followed = 0;
  const callee = passedFor(deferred.callee) ?? UNKNOWN;
  const holder = parentLabel(deferred.callee);
  const method = stepsOf(deferred.callee).at(-1);
  const args: CallArg[] = deferred.args.map((a) => ({
    ...a,
    op: -1,
    span: op.span,
    value: subst(a.value),
    // A method is dangerous where it is called; a function that was handed on, where that was done.
    ...(method === undefined ? {} : { there: a.there ?? { op: -1, span: a.span } }),
  }));
  const receiver = holder === undefined ? undefined : passedFor(holder);
  if (
    run.depth >= MAX_FOLLOWED ||
    // One that leads back to itself tells nothing new: the rounds would only end at the depth that is followed.
    run.following.includes(deferred) ||
    effortBehind(run) > MAX_BEHIND ||
    ++run.followed > MAX_FOLLOWS
  )
    return unknownCall({ ...call, args, receiver });
  const inner: Call = {
    ...call,
    op: { ...op, isNew: deferred.isNew, form: "call" },
    args,
    receiver,
    receiverOp: undefined,
    deferred: `${call.deferred ?? call.id}/${deferred.id}`,
    at: deferred.site,
  };
  if (run.following.length === 0) run.behindFrom = run.effort;
  run.depth++;
  run.following.push(deferred);
  try {
    return invoke(inner, callee, method);
  } finally {
    run.depth--;
    run.following.pop();
    if (run.following.length === 0) run.behind += run.effort - run.behindFrom;
  }
}

function effortBehind({ behind, following, effort, behindFrom }: Run): number {
  return behind + (following.length === 0 ? 0 : effort - behindFrom);
}

/** What a deferred call gives when nobody says what is called: as tainted as what goes in. */
export function unfollowed(
  deferred: readonly Deferred[],
  label: string,
  depth = 0,
): readonly Taint[] {
  const id = label.slice(5, label.indexOf(":", 5));
  const one = deferred.find((d) => d.id === id);
  if (one === undefined || depth > 3) return [];
  const own: Taint[] = [];
  const add = (t: Taint): void => {
    if (t.label.startsWith("call:")) own.push(...unfollowed(deferred, t.label, depth + 1));
    else own.push(t);
  };
  for (const a of one.args) for (const t of spread(a.value)) add(t);
  return own;
}
