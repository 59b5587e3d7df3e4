/** One call as rows and rules see it: which argument stands at a position, a name, or inside an options object. */
import type { Op, ValueId } from "../ir/ir.ts";
import { readField } from "./fields.ts";
import type { ArgSpec } from "./model.ts";
import type { Run } from "./run.ts";
import type { State } from "./state.ts";
import type { CallArg, Site } from "./summary.ts";
import { isText, UNKNOWN, type Value } from "./value.ts";

export type CallOp = Op & { op: "call" };

/** One call as the rows see it. */
export interface Call {
  readonly run: Run;
  readonly id: ValueId;
  readonly op: CallOp;
  readonly state: State;
  readonly args: readonly CallArg[];
  readonly receiver: Value | undefined;
  readonly receiverOp: ValueId | undefined;
  /** Names the result if the call has to wait for a caller; absent: the operation does. */
  readonly deferred?: string;
  /** Where the call stands, if it is one of another function that is made here. */
  readonly at?: Site;
  /** Only its value is asked for: what it does was found out elsewhere. */
  readonly quiet?: boolean;
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
        return at <= spec ? { ...a, value: readField(a.value, String(spec - at)) } : undefined;
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
    if (base === undefined || isText(base.value)) return undefined;
    const value = spec
      .slice(dot + 1)
      .split(".")
      .reduce(readField, base.value);
    return value === UNKNOWN ? undefined : { ...base, value };
  }
  const named = call.args.find((a) => a.name === spec);
  if (named !== undefined) return named;
  const entries = call.args.find((a) => a.spread === "entries");
  const inside = entries === undefined ? UNKNOWN : readField(entries.value, spec);
  return entries === undefined || inside === UNKNOWN ? undefined : { ...entries, value: inside };
}

export function specified(call: Call, specs: readonly ArgSpec[]): CallArg[] {
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
