/** Calls that stand for others: made by a library, with arguments given before, by a decorator or by `super`. */

import { applyFunction, later, shallow } from "./apply.ts";
import type { Call, CallOp } from "./arguments.ts";
import { invoke } from "./call.ts";
import { instanceMember, superValue } from "./class-members.ts";
import { withFields } from "./fields.ts";
import { isSymbolic } from "./labels.ts";
import { CALLEE, isCallable } from "./made.ts";
import { update } from "./members.ts";
import { withRefs } from "./references.ts";
import type { CallArg } from "./summary.ts";
import { ofRef, type Ref, UNKNOWN, type Value } from "./value.ts";

/** Arguments that were given before come first. */
export function withBound(call: Call, callee: Value): Call {
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
export function constructBase(call: Call): void {
  const { run, op, state } = call;
  const base = superValue(run, state);
  for (const ref of base.refs) {
    if (!ref.startsWith("inst:")) continue;
    const init = instanceMember(run, ref.slice(5), "constructor", op, 0);
    for (const fn of init?.refs ?? []) {
      if (!fn.startsWith("fn:")) continue;
      const made = applyFunction(call, fn.slice(3), base, init);
      const fields = made?.self.fields;
      if (fields !== undefined)
        update(run, op.callee, state, (old) => withFields(old, fields, true));
    }
  }
}

/** The name means what the decorator gives; of one that gives nothing known, the function itself. */
export function decorate(call: Call, callee: Value, paths: readonly string[]): Value {
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

/** `asyncio.to_thread(open, path)` is the call `open(path)`. */
export function forwarded(call: Call, paths: readonly string[]): CallOp | undefined {
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
