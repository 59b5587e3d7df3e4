/**
 * `object[a][b] = v`, where data decides both keys. The first one may lead to what all objects share, the second one writes there. The
 * first step may stand elsewhere: in a loop that goes down (`at = at[a]`), or in the argument of a call of the function itself.
 */
import type { Op, ValueId } from "../ir/ir.ts";
import { isTainted } from "./fields.ts";
import type { Run } from "./run.ts";
import { reach } from "./sinks.ts";
import { bake, type State } from "./state.ts";
import { onlyConst, UNKNOWN, type Value } from "./value.ts";

const WRITE = "*.%index().%index";

/** Keys are looked at as they are known where they are used; what may stand behind them, when all of the item is known. */
export function noteKey(run: Run, id: ValueId, key: Value, state: State): void {
  if (!run.recording || key.scalar || onlyConst(key) !== undefined || !isTainted(key)) return;
  if (run.facts.knowledge.sinks(WRITE).length > 0) run.keys.set(id, bake(key, state));
}

/** At the end of the item. */
export function keyWrites(run: Run): void {
  for (const [id, last] of run.keys) {
    const op = run.item.ops[id];
    if (op?.op !== "setIndex" || isOwnKey(run, op)) continue;
    for (const first of firstSteps(run, op.object)) {
      const key = run.keys.get(first);
      if (key === undefined) continue;
      const span = (run.item.ops[op.key] as Op).span;
      const found = { value: refused(key, last), op: op.key, span };
      for (const row of run.facts.knowledge.sinks(WRITE))
        reach({ run, id, op, state: NOTHING_PROVED }, row, found, false);
    }
  }
}
/** `for (const key in target) target[key] = ...`: it is written where there was something of that name already. */
function isOwnKey(run: Run, { object, key }: Op & { op: "setIndex" }): boolean {
  const target = slotOf(run, object);
  const slot = slotOf(run, key);
  if (target === undefined || slot === undefined) return false;
  const stores = run.item.ops.filter((op) => op.op === "store" && op.slot === slot);
  return (
    stores.length > 0 &&
    stores.every((op) => op.op === "store" && namesOf(run, op.value) === target)
  );
}
function slotOf(run: Run, id: ValueId | undefined): number | undefined {
  const op = id === undefined ? undefined : run.item.ops[id];
  return op?.op === "load" ? op.slot : undefined;
}
/** The variable whose names an operation goes through. */
function namesOf(run: Run, id: ValueId): number | undefined {
  const op = run.item.ops[id];
  if (op?.op !== "iterate") return undefined;
  if (op.keys) return slotOf(run, op.value);
  const list = run.item.ops[op.value];
  if (list?.op !== "call") return undefined;
  const isNames = run.values[list.callee]?.refs.some(
    (ref) =>
      ref.startsWith("lib:") &&
      run.facts.knowledge.passes(`${ref.slice(4)}()`).some((row) => row.gives === "keys"),
  );
  return isNames === true ? slotOf(run, list.args[0]?.value) : undefined;
}
const NOTHING_PROVED: State = { slots: [], cleared: new Map(), free: new Map(), self: UNKNOWN };

/** A key that was checked where it is written was so on the way down, too: it is the same variable, or one of the same list. */
function refused(first: Value, last: Value): Value {
  const taint = first.taint.map((t) => {
    const same = last.taint.find((other) => other.label === t.label);
    return same === undefined ? t : { ...t, cleared: t.cleared | same.cleared };
  });
  return { ...first, taint };
}

/** The operations that may have found the object, by a key. */
function firstSteps(run: Run, object: ValueId): ReadonlySet<ValueId> {
  const out = new Set<ValueId>();
  const seen = new Set<ValueId>();
  const visit = (id: ValueId): void => {
    const op = run.item.ops[id];
    if (op === undefined || seen.has(id) || seen.size > MAX_STEPS) return;
    seen.add(id);
    if (op.op === "index") {
      out.add(id);
      visit(op.object);
    } else if (op.op === "load") {
      run.item.ops.forEach((other) => {
        if (other.op === "store" && other.slot === op.slot) visit(other.value);
      });
      const position = run.item.params.findIndex((p) => p.slot === op.slot);
      if (position >= 0) for (const call of callsOf(run, run.id)) visitArgument(call, position);
    } else if (op.op === "free") {
      for (let at = run.id.lastIndexOf("/"); at > 0; at = run.id.lastIndexOf("/", at - 1))
        for (const call of callsOf(run, run.id.slice(0, at)))
          call.args.forEach((arg) => {
            if (isStepFrom(run, arg.value, op.name)) visit(arg.value);
          });
    } else if (op.op === "annotate" || op.op === "await") visit(op.value);
  };
  const visitArgument = (call: Op & { op: "call" }, position: number): void => {
    const arg = call.args[position];
    if (arg !== undefined && arg.spread === undefined) visit(arg.value);
  };
  visit(object);
  return out;
}
const MAX_STEPS = 100;

function callsOf(run: Run, item: string): readonly (Op & { op: "call" })[] {
  return run.item.ops.filter(
    (op): op is Op & { op: "call" } =>
      op.op === "call" && (run.values[op.callee]?.refs.includes(`fn:${item}`) ?? false),
  );
}
/** `target[key]`, of the variable around the function. */
function isStepFrom(run: Run, id: ValueId, name: string): boolean {
  const op = run.item.ops[id];
  const from = op?.op === "index" ? run.item.ops[op.object] : undefined;
  return from?.op === "free" && from.name === name;
}
