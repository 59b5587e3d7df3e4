/** Functions in functions: what they capture, and what it means that one is made. */
import type { Op, Span, ValueId } from "../ir/ir.ts";
import { shallow } from "./apply.ts";
import type { Call, CallOp } from "./arguments.ts";
import { isTainted } from "./fields.ts";
import { instantiate } from "./instantiate.ts";
import { join } from "./join.ts";
import { SELF_OUTSIDE } from "./labels.ts";
import type { Run } from "./run.ts";
import { bake, type State } from "./state.ts";
import { NOTHING, trail } from "./summary.ts";
import { type ItemId, ofTaint, type Taint, UNKNOWN, type Value } from "./value.ts";

export function holeOf(run: Run, child: ItemId): number | undefined {
  return run.holes.get(child);
}

/** What a nested function sees of a variable of this item. */
export function captured(
  run: Run,
  hole: number | undefined,
  name: string,
  state: State,
): Value | undefined {
  if (`free:${name}:` === SELF_OUTSIDE) return bake(state.self, state);
  let out: Value | undefined;
  const renamed = hole === undefined ? undefined : run.item.holes[hole]?.renamed?.[name];
  run.item.slots.forEach((slot, i) => {
    if (renamed === undefined ? slot === name : i === renamed)
      out = join(out, state.slots[i] ?? run.variables.get(i));
  });
  if (out !== undefined) return bake(out, state);
  const found = run.facts.free(run.id, name);
  if (found === undefined || !found.captured) return undefined;
  return ofTaint([freeTaint(name, run.id, { start: 0, end: 0 })]);
}

/** Stands for the variable of a function around `item`. */
export function freeTaint(name: string, item: ItemId, span: Span): Taint {
  const at = trail("step", item, span, `${name} from the enclosing function`);
  return { label: `free:${name}:`, kind: "", cleared: 0, marks: 0, derive: "same", trail: at };
}

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

const MAX_ENV = 2;
/** What goes with a function that leaves this one: the variables it captures, as far as they carry data or functions. */
export function environment(run: Run, child: ItemId, hole: number, state: State): Value["env"] {
  if (run.shapesOnly || run.item.kind === "module") return undefined;
  let env: Map<string, Value> | undefined;
  for (const name of run.facts.captures(child)) {
    const value = captured(run, hole, name, state);
    if (value === undefined || !(isTainted(value) || value.refs.length > 0 || value.env)) continue;
    env ??= new Map();
    env.set(name, shallow(value, MAX_ENV));
  }
  return env;
}
