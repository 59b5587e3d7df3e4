/** Parameters that a framework computes by calling what the program names: `page = Depends(paging)`. */
import type { Op } from "../ir/ir.ts";
import { callFunction, construct } from "./apply.ts";
import type { Call } from "./arguments.ts";
import { instanceMember } from "./class-members.ts";
import { deedsOfPath } from "./deeds.ts";
import { readField } from "./fields.ts";
import { parameter } from "./handlers.ts";
import { join } from "./join.ts";
import { deedBit } from "./kinds.ts";
import { accessorCall } from "./made.ts";
import { resolve } from "./references.ts";
import type { Run } from "./run.ts";
import type { State } from "./state.ts";
import type { CallArg } from "./summary.ts";
import { type ItemId, UNKNOWN, type Value } from "./value.ts";

export function injectedValue(run: Run, index: number, op: Op, state: State): Value | undefined {
  if (run.shapesOnly) return undefined;
  const injected = run.facts.injected(run.id, index);
  if (injected === undefined) return undefined;
  const by = resolve(run, injected.by);
  const call = accessorCall(run, UNKNOWN, [], op, state, undefined);
  let out: Value | undefined;
  // It may be anything.
  if (by.refs.length === 0 && run.recording) run.deeds |= deedBit("may-check");
  for (const ref of by.refs) {
    if (ref.startsWith("lib:") && run.recording)
      run.deeds |= deedsOfPath(run.facts.knowledge, ref.slice(4));
    const fn = ref.startsWith("fn:") ? ref.slice(3) : undefined;
    if (fn !== undefined) {
      const made = callFunction(withArguments(call, fn, 0, injected.taker), fn, undefined, by);
      const given = run.facts.ir(fn)?.isGenerator && made ? readField(made, "*") : made;
      if (given !== undefined) out = join(out, given);
    } else if (ref.startsWith("class:")) {
      const init = instanceMember(run, ref.slice(6), "__init__", op, 0);
      const maker = init?.refs.find((r) => r.startsWith("fn:"))?.slice(3);
      const own = maker === undefined ? call : withArguments(call, maker, 1, injected.taker);
      out = join(out, construct(own, ref.slice(6)));
    } else if (ref.startsWith("inst:")) {
      // `Depends(Role("admin"))`: an object that can be called.
      const method = instanceMember(run, ref.slice(5), "__call__", op, 0);
      for (const m of method?.refs ?? []) {
        if (!m.startsWith("fn:")) continue;
        const own = withArguments(call, m.slice(3), 1, injected.taker);
        const made = callFunction(own, m.slice(3), by, method as Value);
        if (made !== undefined) out = join(out, made);
      }
    }
  }
  return out;
}

/** The framework gives what is called its own parameters from the request. */
function withArguments(call: Call, fn: ItemId, shift: number, taker: string): Call {
  const params = call.run.facts.ir(fn)?.params ?? [];
  const entry = call.run.facts.entry(fn);
  const args = params.flatMap((p, i): CallArg[] => {
    const own = entry.params[i];
    const isItsOwn = (own?.refs.length ?? 0) > 0 || (own?.sources.length ?? 0) > 0;
    if (i < shift || isItsOwn || call.run.facts.injected(fn, i) !== undefined) return [];
    const at = { position: i - shift, of: params.length - shift };
    const value = parameter(call, [`${taker}.arg(0)`], p.name, at);
    return value === undefined ? [] : [{ value, op: -1, span: call.op.span, name: p.name }];
  });
  return { ...call, args };
}
