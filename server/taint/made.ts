/** Calls that no operation of this item makes: what calls elsewhere made, and functions behind properties. */
import type { Op, ValueId } from "../ir/ir.ts";
import { callFunction, construct } from "./apply.ts";
import type { Call } from "./arguments.ts";
import { invoke } from "./call.ts";
import { join } from "./join.ts";
import { resolve } from "./references.ts";
import { type Made, type Run, spend } from "./run.ts";
import type { State } from "./state.ts";
import type { CallArg } from "./summary.ts";
import { type Ref, UNKNOWN, type Value } from "./value.ts";

/** The function that is called later: "=callee". */
export const CALLEE = "=callee";
const NOWHERE = { start: 0, end: 0 };

function callOf(run: Run, values: readonly CallArg[], span: Op["span"], state: State): Call {
  return {
    run,
    id: -1,
    op: {
      op: "call",
      callee: -1,
      args: [],
      isNew: false,
      form: "call",
      argsSpan: span,
      span,
    },
    state,
    args: values,
    receiver: undefined,
    receiverOp: undefined,
  };
}

/** What a call elsewhere gave, by the function and the arguments that the value names; undefined if it names none. */
export function madeElsewhere(run: Run, value: Value): Value | undefined {
  const refs = value.refs.filter((r) => isMade(r, value));
  if (refs.length === 0) return undefined;
  const known = run.made.get(value);
  if (known !== undefined) return paid(run, known);
  if (run.making >= MAX_MAKING) return UNKNOWN;
  const from = run.effort;
  const put = (made: Value): Value => {
    run.made.set(value, { value: made, from, to: run.effort, isPaid: true });
    return made;
  };
  put(UNKNOWN);
  run.making++;
  try {
    return put(make(run, value, refs));
  } catch (error) {
    run.made.delete(value);
    throw error;
  } finally {
    run.making--;
  }
}
/** What is made reads what is made elsewhere, and so on: a class may make its like each time. Deeper than this nothing is known. */
const MAX_MAKING = 16;

function make(run: Run, value: Value, refs: readonly Ref[]): Value {
  const args: CallArg[] = [];
  for (const [name, v] of value.env ?? []) {
    if (name === CALLEE || name === "this") continue;
    const arg = { value: resolve(run, v), op: -1, span: NOWHERE };
    args.push(/^\d+$/.test(name) ? arg : { ...arg, name });
  }
  const state: State = { slots: [], cleared: new Map(), free: new Map(), self: UNKNOWN };
  const call: Call = { ...callOf(run, args, NOWHERE, state), quiet: true };
  let out: Value | undefined;
  for (const ref of refs) {
    const made = makeOne(call, ref, value);
    if (made !== undefined) out = join(out, made);
  }
  return out ?? UNKNOWN;
}

/** What was made for it has been made with it. */
function paid(run: Run, made: Made): Value {
  if (!made.isPaid) {
    const { from, to } = made;
    for (const other of run.made.values())
      if (other.from >= from && other.to <= to) other.isPaid = true;
    spend(run, to - from, 0);
  }
  return made.value;
}

function isMade(ref: Ref, value: Value): boolean {
  return (
    ref.startsWith("result:") ||
    ref.startsWith("later:") ||
    (value.env !== undefined && ref.startsWith("inst:"))
  );
}

function makeOne(call: Call, ref: Ref, value: Value): Value | undefined {
  const { run } = call;
  const self = value.env?.get("this");
  if (ref.startsWith("inst:")) return construct(call, ref.slice(5));
  if (ref.startsWith("result:"))
    return callFunction(call, ref.slice(7), self && resolve(run, self), value);
  const made = invoke(call, resolve(run, value.env?.get(CALLEE) ?? UNKNOWN), undefined);
  // A decorator that does not give back anything that can be called leaves the function what it was.
  return ref === "later:decorator" && !isCallable(made) ? call.args[0]?.value : made;
}

export function isCallable(value: Value): boolean {
  return value.refs.some((r) => /^(?:fn|class|inst):/.test(r));
}

/** Functions a value may be, also under what decorates or wraps them. */
export function functionsIn(value: Value): string[] {
  const own = value.refs.filter((r) => r.startsWith("fn:")).map((r) => r.slice(3));
  const isMade = value.refs.some((r) => /^(?:result|later):/.test(r));
  if (!isMade || value.env === undefined) return own;
  const inner = [...value.env].flatMap(([name, v]) => (name === CALLEE ? [] : functionsIn(v)));
  return [...own, ...inner];
}

export function accessorCall(
  run: Run,
  receiver: Value,
  values: readonly Value[],
  op: Op,
  state: State,
  receiverOp: ValueId | undefined,
): Call {
  const args = values.map((value) => ({ value, op: -1, span: op.span }));
  return { ...callOf(run, args, op.span, state), receiver, receiverOp };
}

/** So many properties may be read by one another. */
const MAX_ACCESSING = 6;
/** The value of a property; undefined where reading it comes back to itself. */
export function callAccessor(
  run: Run,
  accessor: Value,
  object: Value,
  values: readonly Value[],
  op: Op,
  state: State,
): Value | undefined {
  const call = accessorCall(run, object, values, op, state, undefined);
  let out: Value | undefined;
  for (const ref of accessor.refs) {
    if (!ref.startsWith("fn:")) continue;
    const fn = ref.slice(3);
    if (run.accessing.length >= MAX_ACCESSING || run.accessing.includes(fn)) continue;
    run.accessing.push(fn);
    const value = callFunction(call, fn, object, accessor);
    run.accessing.pop();
    if (value !== undefined) out = join(out, value);
  }
  return out;
}
