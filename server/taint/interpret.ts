/**
 * Abstract interpretation of one item: flow-sensitive, guards on edges, blocks to a fixpoint, then one recording pass.
 * Pure: depends on the IR and on what it reads through `Facts`. Knows no language and no library.
 */

import { gather, mix, textKey } from "../base/mix.ts";
import type { Block, Item, Op, SlotId, Span, ValueId } from "../ir/ir.ts";
import { bounded, boundedAll } from "./bounds.ts";
import { evaluate } from "./evaluate.ts";
import type { Facts } from "./facts.ts";
import { proofFor, settle } from "./paths.ts";
import { assume } from "./proofs.ts";
import { reach } from "./sinks.ts";
import type {
  ClassShape,
  ClosureShape,
  Deferred,
  Entry,
  Hit,
  Observation,
  Shape,
  StoreView,
  Summary,
} from "./summary.ts";
import { NOTHING, trail } from "./summary.ts";
import {
  both,
  canBe,
  constants,
  deepKey,
  FALSE,
  type ItemId,
  isTainted,
  join,
  keyOf,
  mapTaint,
  meet,
  type Proof,
  parentLabel,
  proofKey,
  type Ref,
  SELF_LABEL,
  SELF_OUTSIDE,
  sourceLabel,
  type Taint,
  UNKNOWN,
  type Value,
} from "./value.ts";

export interface State {
  readonly slots: (Value | undefined)[];
  cleared: Proof;
  /** Labels of which there is nothing here: `if (name && !isName(name)) return` has proved something of every name that goes on. */
  empty?: readonly string[];
  /** A call that never returns was made: what follows is not run. */
  ended?: boolean;
  readonly free: Map<string, Value>;
  self: Value;
}

type Proved = Pick<State, "cleared" | "empty">;

/** What one run of the interpreter works with. */
export interface Run {
  readonly item: Item;
  readonly id: ItemId;
  readonly facts: Facts;
  readonly entry: Entry;
  /** Phase one: no summaries of other functions are read. */
  readonly shapesOnly: boolean;
  readonly values: (Value | undefined)[];
  /** True in the last pass, when results are recorded. */
  recording: boolean;
  readonly hits: Map<string, Hit>;
  readonly observations: Map<ValueId, Observation>;
  readonly stores: StoreView[];
  readonly calls: Set<ItemId>;
  readonly closures: Map<number, ClosureShape>;
  /** The hole of each nested function by its id. */
  readonly holes: Map<ItemId, number>;
  readonly classes: Map<string, ClassShape>;
  readonly variables: Map<SlotId, Value>;
  /** Variables that functions inside this one assign to: whenever that runs, they are no constants. */
  readonly shared: ReadonlySet<SlotId> | undefined;
  readonly yields: Value[];
  /** What was done so far, counted in variables looked at. */
  effort: number;
  readonly deferred: Map<string, Deferred>;
  /** What values made by calls elsewhere turned out to be. */
  readonly made: Map<Value, Value>;
  /** What was passed to functions that stand for the result of a call: "settle:OP". */
  readonly settled: Map<Ref, Value>;
  /** How many calls are being followed inside one another. */
  depth: number;
}

const MAX_VISITS = 40;
/** From here on, constants that still change are any value: a loop that counts comes to its end. */
const MANY_VISITS = 8;
const MAX_HITS = 400;
/**
 * One item may not hang the rest: it is given up at this effort, which is some seconds of work. Counted, not timed, so that
 * the answer is the same on every machine and after every edit.
 */
const MAX_EFFORT = 400_000;
/** An operation costs about as much as looking at so many variables. */
const OPERATION = 20;

/** The item is too large to analyse. */
class TooLarge extends Error {}

/** What is known of an item that was given up: nothing. A caller takes it for an unknown function. */
const GIVEN_UP_SUMMARY: Summary = { ...NOTHING, givenUp: true, outside: -2, key: -2 };
const GIVEN_UP_SHAPE: Shape = {
  variables: new Map(),
  closures: new Map(),
  classes: new Map(),
  self: UNKNOWN,
  givenUp: true,
  key: -2,
};

export function summarise(item: Item, id: ItemId, facts: Facts): Summary {
  const run = createRun(item, id, facts, false);
  const out = interpretWithin(run);
  if (out === undefined) return GIVEN_UP_SUMMARY;
  return rekeyed({
    returns: out.returns,
    hits: [...run.hits.values()].slice(0, MAX_HITS),
    observations: [...run.observations.values()],
    whenTrue: out.whenTrue,
    whenFalse: out.whenFalse,
    always: out.always,
    self: out.self,
    params: out.params,
    free: out.free,
    deferred: [...run.deferred.values()],
    calls: [...run.calls].sort(),
    stores: run.stores,
    outside: 0,
    key: 0,
  });
}

/** With the keys of what it says now. */
export function rekeyed(summary: Summary): Summary {
  summary.outside = outsideKey(summary);
  summary.key = summaryKey(summary);
  return summary;
}

export function shapeOf(item: Item, id: ItemId, facts: Facts): Shape {
  const run = createRun(item, id, facts, true);
  const out = interpretWithin(run);
  if (out === undefined) return GIVEN_UP_SHAPE;
  const variables = new Map<string, Value>();
  for (const [slot, value] of run.variables) {
    const name = item.slots[slot] as string;
    if (!name.startsWith("%"))
      variables.set(name, join(variables.get(name), concrete(value, item.kind === "module")));
  }
  const self = concrete(out.self, false);
  const shape: Shape = { variables, closures: run.closures, classes: run.classes, self, key: 0 };
  shape.key = shapeKey(shape);
  return shape;
}

/** Taken out of its item, a value keeps no symbolic label; only a module's sources are sources everywhere. */
function concrete(value: Value, keepSources: boolean): Value {
  return mapTaint(value, (t) => (keepSources && t.label.startsWith("source:") ? t : undefined));
}

function createRun(item: Item, id: ItemId, facts: Facts, shapesOnly: boolean): Run {
  return {
    item,
    id,
    facts,
    entry:
      item.kind === "module"
        ? {
            params: [],
            results: [],
            selfParam: false,
            isMethod: false,
            isClassMethod: false,
            isEntryPoint: false,
            takenGuessed: false,
          }
        : facts.entry(id),
    shapesOnly,
    values: [],
    recording: false,
    hits: new Map(),
    observations: new Map(),
    stores: [],
    calls: new Set(),
    closures: new Map(),
    holes: new Map(),
    classes: new Map(),
    variables: new Map(),
    shared: item.holes.length === 0 ? undefined : sharedSlots(item, facts.writtenInside(id)),
    yields: [],
    effort: 0,
    deferred: new Map(),
    made: new Map(),
    settled: new Map(),
    depth: 0,
  };
}

function sharedSlots(item: Item, names: ReadonlySet<string>): ReadonlySet<SlotId> | undefined {
  if (names.size === 0) return undefined;
  const out = new Set<SlotId>();
  item.slots.forEach((slot, i) => {
    const inner = slot.lastIndexOf("#");
    if (names.has(inner > 0 ? slot.slice(0, inner) : slot)) out.add(i);
  });
  return out;
}

interface Outcome {
  readonly returns: Value;
  readonly whenTrue: Proof;
  readonly whenFalse: Proof;
  readonly always: Proof;
  readonly self: Value;
  readonly params: ReadonlyMap<number, Value>;
  readonly free: ReadonlyMap<string, Value>;
}

/** Where the item returns or ends: what it gives, what is proved there, and what has become of its object. */
interface End {
  readonly value: Value;
  readonly cleared: Proof;
  readonly self: Value;
}

/** What all ends together say. */
function outcomeOf(
  run: Run,
  ends: readonly End[],
  params: ReadonlyMap<number, Value>,
  free: ReadonlyMap<string, Value>,
): Outcome {
  let returns: Value | undefined;
  let always: Proof | undefined;
  let whenTrue: Proof | undefined;
  let whenFalse: Proof | undefined;
  let self: Value | undefined;
  for (const e of ends) {
    returns = join(returns, stepOut(e.value));
    always = always === undefined ? e.cleared : meet(always, e.cleared);
    if (canBe(e.value, true) !== false) {
      const proof = both(e.cleared, e.value.whenTrue);
      whenTrue = whenTrue === undefined ? proof : meet(whenTrue, proof);
    }
    if (canBe(e.value, false) !== false) {
      const proof = both(e.cleared, e.value.whenFalse);
      whenFalse = whenFalse === undefined ? proof : meet(whenFalse, proof);
    }
    self = join(self, e.self);
  }
  for (const y of run.yields)
    returns = join(returns, { refs: [], taint: [], fields: new Map([["*", y]]) });
  return {
    returns: bounded(returns ?? UNKNOWN),
    whenTrue: namedOutside(whenTrue),
    whenFalse: namedOutside(whenFalse),
    always: namedOutside(always),
    self: bounded(self ?? UNKNOWN),
    params: boundedAll(params),
    free: boundedAll(free),
  };
}

/** Undefined if it takes more than the effort that one item may cost. */
function interpretWithin(run: Run): Outcome | undefined {
  try {
    return interpret(run);
  } catch (error) {
    if (error instanceof TooLarge) return undefined;
    throw error;
  }
}

/** Counts work that grows with the program; gives the item up when it was too much. */
export function spend(run: Run, variables: number, operations: number): void {
  run.effort += variables + operations * OPERATION;
  if (run.effort > MAX_EFFORT) throw new TooLarge("too large to analyse");
}

function interpret(run: Run): Outcome {
  const { item } = run;
  const start: State = { slots: [], cleared: new Map(), free: new Map(), self: selfValue(run) };
  const states: (State | undefined)[] = item.blocks.map(() => undefined);
  states[0] = start;
  const { order, rank, hasLoop } = planOf(item);
  // Without loops, blocks in this order see all that flows into them: the first pass is the last. Nested functions see
  // variables that are assigned after their creation, so these must be known before anything is recorded.
  const isOnePass = !hasLoop && (run.shapesOnly || item.holes.length === 0);

  if (!isOnePass) toFixpoint(run, states, order, rank);

  run.recording = !run.shapesOnly;
  run.yields.length = 0;
  run.deferred.clear();
  const ends: End[] = [];
  const forward = (to: number, state: State): void => {
    const old = states[to];
    spend(run, state.slots.length + state.free.size, 0);
    states[to] = old === undefined ? copy(state) : merge(old, state);
  };
  const params = new Map<number, Value>();
  const free = new Map<string, Value>();
  for (const at of order) {
    const state = states[at];
    if (state === undefined) continue;
    const last = isOnePass ? state : copy(state);
    step(run, at, last, isOnePass ? forward : nowhere);
    if (last.ended) continue;
    const end = (item.blocks[at] as Item["blocks"][number]).end;
    if (end.kind === "return" || end.kind === "end") {
      const value =
        end.kind === "return" && end.value !== undefined
          ? bake(run.values[end.value] ?? UNKNOWN, last)
          : NULL;
      ends.push({ value, cleared: last.cleared, self: selfAtEnd(run, last) });
      if (!run.shapesOnly) writtenOutside(run, last, params, free);
      if (end.kind === "return" && end.value !== undefined) {
        const op = item.ops[end.value] as Op;
        for (const row of run.entry.results)
          reach(
            { run, id: end.value, op, state: last },
            row,
            { value, op: end.value, span: op.span },
            run.entry.takenGuessed,
          );
      }
    }
  }

  return outcomeOf(run, ends, params, free);
}

const NULL: Value = { refs: [], taint: [], alts: [{ const: null }] };
const nowhere = (): void => {};

/** Passes over the blocks until nothing changes; `states` is then what each block begins with. */
function toFixpoint(
  run: Run,
  states: (State | undefined)[],
  order: readonly number[],
  rank: readonly (number | undefined)[],
): void {
  const visits = new Array<number>(states.length).fill(0);
  const queue = new Set<number>([0]);
  const flowTo = (to: number, state: State): void => {
    const old = states[to];
    spend(run, state.slots.length + state.free.size, 0);
    let next = old === undefined ? copy(state) : merge(old, state);
    if (old !== undefined && sameState(old, next)) return;
    if ((visits[to] as number) >= MAX_VISITS) return;
    if (old !== undefined && (visits[to] as number) >= MANY_VISITS) next = widened(old, next);
    states[to] = next;
    queue.add(to);
  };
  while (queue.size > 0) {
    let at = -1;
    let best = Number.POSITIVE_INFINITY;
    for (const b of queue) {
      const r = rank[b] ?? b + order.length;
      if (r < best) {
        best = r;
        at = b;
      }
    }
    queue.delete(at);
    visits[at] = (visits[at] as number) + 1;
    step(run, at, copy(states[at] as State), flowTo);
  }
}

/** The order of an item's blocks; IR is shared by all who have the same text. */
interface Plan {
  readonly order: readonly number[];
  readonly rank: readonly (number | undefined)[];
  readonly hasLoop: boolean;
}
const plans = new WeakMap<Item, Plan>();
function planOf(item: Item): Plan {
  let plan = plans.get(item);
  if (plan === undefined) {
    const order = reversePostorder(item);
    const rank: (number | undefined)[] = [];
    for (const [i, block] of order.entries()) rank[block] = i;
    const hasLoop = order.some((at, i) =>
      successors(item, at).some((to) => (rank[to] as number) <= i),
    );
    plan = { order, rank, hasLoop };
    plans.set(item, plan);
  }
  return plan;
}

/** What the caller sees changed: fields of the objects it passed, and variables around the function. */
function writtenOutside(
  run: Run,
  state: State,
  params: Map<number, Value>,
  free: Map<string, Value>,
): void {
  run.item.params.forEach((p, i) => {
    const { fields, taint } = state.slots[p.slot] ?? UNKNOWN;
    if (fields === undefined || (i === 0 && run.entry.selfParam)) return;
    if (taint.some((t) => t.label === `param:${i}:`))
      params.set(i, join(params.get(i), bake({ refs: [], taint: [], fields }, state)));
  });
  for (const [name, value] of state.free) free.set(name, join(free.get(name), bake(value, state)));
}

/** Guards that held where a value was returned are of no use to the caller by label, only baked in; proofs travel apart. */
function stepOut(value: Value): Value {
  const { whenTrue: _t, whenFalse: _f, position: _p, key: _k, ...rest } = value;
  return rest;
}
/** What the caller, or the function around this one, has a name for. */
function namedOutside(proof: Proof | undefined): Proof {
  return new Map([...(proof ?? [])].filter(([label]) => /^(?:param|free):/.test(label)));
}

/** The instance whose method this is. What its fields hold is known to whoever calls the method: "param:-1:field". */
function selfValue(run: Run): Value {
  const { classId, isMethod } = run.entry;
  const refs =
    classId === undefined ? [] : [`${run.entry.isClassMethod ? "class" : "inst"}:${classId}`];
  if (run.shapesOnly || run.item.kind === "module") return { refs, taint: [] };
  // `this` of a function inside a method is the method's.
  const label = classId === undefined || isMethod ? SELF_LABEL : SELF_OUTSIDE;
  const span = run.item.params[0]?.span ?? { start: 0, end: 0 };
  const at = trail("source", run.id, span, "a field of the object");
  return { refs, taint: [{ label, kind: "", cleared: 0, marks: 0, derive: "same", trail: at }] };
}
function selfAtEnd(run: Run, state: State): Value {
  if (!run.entry.selfParam) return state.self;
  const slot = run.item.params[0]?.slot;
  return (slot === undefined ? undefined : state.slots[slot]) ?? UNKNOWN;
}

/** Runs a block; hands on copies or, of a state that nobody uses any more, the state itself. */
function step(
  run: Run,
  at: number,
  state: State,
  flowTo: (to: number, state: State) => void,
): void {
  const block = run.item.blocks[at] as Item["blocks"][number];
  spend(run, state.slots.length + state.free.size, block.ops.length);
  const handler = block.handler;
  // The handler has not seen the state as it is now.
  let written = true;
  for (const id of block.ops) {
    const op = run.item.ops[id] as Op;
    if (written && handler !== undefined && mayRaise(op)) {
      flowTo(handler, state);
      written = false;
    }
    run.values[id] = evaluate(run, id, op, state);
    if (state.ended) break;
    if (handler !== undefined && writes(op)) written = true;
  }
  const end = block.end;
  if (written && handler !== undefined && (end.kind === "throw" || state.ended))
    flowTo(handler, state);
  if (state.ended) return;
  if (end.kind === "jump") flowTo(end.to, state);
  else if (end.kind === "branch") {
    const condition = run.values[end.condition] ?? UNKNOWN;
    if (canBe(condition, true) !== false) flowTo(end.then, assume(state, condition.whenTrue));
    if (canBe(condition, false) !== false)
      flowTo(
        end.else,
        withoutText(knownFalse(run, block, assume(state, condition.whenFalse)), condition),
      );
  }
}

const QUIET: ReadonlySet<Op["op"]> = new Set([
  "const",
  "load",
  "store",
  "storeFree",
  "free",
  "param",
  "this",
  "closure",
]);
/** Operations that do nothing but read and write variables do not fail. */
function mayRaise({ op }: Op): boolean {
  return !QUIET.has(op);
}
function writes({ op }: Op): boolean {
  return (
    op === "store" || op === "setMember" || op === "setIndex" || op === "storeFree" || op === "call"
  );
}

/** The newer state without the constants that changed. */
function widened(old: State, next: State): State {
  const slots = next.slots.map((value, i) =>
    value === undefined || sameValue(value, old.slots[i]) ? value : anyConstant(value, 0),
  );
  const free = new Map(
    [...next.free].map(([name, value]) => [
      name,
      sameValue(value, old.free.get(name)) ? value : anyConstant(value, 0),
    ]),
  );
  const self = sameValue(old.self, next.self) ? next.self : anyConstant(next.self, 0);
  return { ...next, slots, free, self };
}
function anyConstant(value: Value, depth: number): Value {
  const { alts, fields, key: _key, ...rest } = value;
  if (alts === undefined && fields === undefined) return value;
  const number = alts?.every((a) => "const" in a && typeof a.const === "number");
  return {
    ...rest,
    ...(number ? { scalar: true } : {}),
    ...(fields === undefined || depth > 3
      ? {}
      : { fields: new Map([...fields].map(([k, v]) => [k, anyConstant(v, depth + 1)])) }),
  };
}

/** What is false, empty or nothing carries no text. */
function knownFalse(run: Run, block: Block, state: State): State {
  if (block.end.kind !== "branch") return state;
  const { condition } = block.end;
  const load = run.item.ops[condition] as Op;
  const held = new Set<SlotId>(load.op === "load" ? [load.slot] : []);
  for (const id of block.ops) {
    const op = run.item.ops[id] as Op;
    if (op.op === "store" && op.value === condition) held.add(op.slot);
  }
  if (held.size === 0) return state;
  const slots = [...state.slots];
  for (const slot of held) if (constants(slots[slot]) === undefined) slots[slot] = FALSE;
  return { ...state, slots };
}

/** On the way a value takes when it is false there is no text of it. */
function withoutText(state: State, condition: Value): State {
  let empty: string[] | undefined;
  for (const t of condition.taint) {
    if (t.derive !== "same" || state.empty?.includes(t.label)) continue;
    empty ??= [...(state.empty ?? [])];
    empty.push(t.label);
  }
  return empty === undefined ? state : { ...state, empty };
}

/** Writes what the state has proved into the value's taint. */
export function bake(value: Value, state: State): Value {
  if (state.cleared.size === 0 || !isTainted(value)) return value;
  return mapTaint(value, (t) => bakeTaint(t, state));
}
export function bakeTaint(t: Taint, state: State): Taint {
  let more: number | undefined;
  for (let label: string | undefined = t.label; label !== undefined; label = parentLabel(label)) {
    const bits = state.cleared.get(label);
    if (bits !== undefined) more = (more ?? 0) | bits;
  }
  if (more === undefined) return t;
  more = proofFor(more, t.derive);
  return (t.cleared & more) === more ? t : { ...t, cleared: settle(t.cleared | more, t.derive) };
}

export function parameterValue(run: Run, index: number, span: Span): Value {
  const param = run.item.params[index];
  const info = run.entry.params[index];
  if (index === 0 && run.entry.selfParam) return selfValue(run);
  if (param === undefined) return UNKNOWN;
  if (info?.scalar) return { refs: [], taint: [], scalar: true };
  const taint: Taint[] = [];
  if (!run.shapesOnly) {
    const at = trail("source", run.id, param.span, `parameter ${param.name}`);
    taint.push({
      label: `param:${index}:`,
      kind: "",
      cleared: 0,
      marks: 0,
      derive: "same",
      trail: at,
    });
  }
  for (const s of info?.sources ?? [])
    taint.push({
      label: sourceLabel(run.id, `(${param.name})`, s.kind),
      kind: s.kind,
      cleared: 0,
      marks: info?.guessed ? 2 : 0,
      derive: "same",
      trail: trail("source", run.id, param.span, `${param.name} is ${s.text}`),
    });
  const value: Value = {
    refs: info?.refs ?? [],
    taint,
    ...(info?.guessed ? { guessed: true } : {}),
  };
  // Symbolically it is the whole: its elements are "param:1:0", "param:1:name".
  if (param.kind === "rest" || param.kind === "keywords") return { refs: [], taint };
  void span;
  return value;
}

function copy(state: State): State {
  return {
    slots: [...state.slots],
    cleared: state.cleared,
    ...(state.empty === undefined ? {} : { empty: state.empty }),
    free: new Map(state.free),
    self: state.self,
  };
}

function merge(a: State, b: State): State {
  const slots: (Value | undefined)[] = [];
  const lostByA = losesProof(a, b);
  const lostByB = losesProof(b, a);
  const n = Math.max(a.slots.length, b.slots.length);
  for (let i = 0; i < n; i++) {
    const x = a.slots[i];
    const y = b.slots[i];
    slots[i] =
      x === undefined
        ? y
        : y === undefined
          ? x
          : x === y
            ? x
            : join(lostByA ? held(x, y, a) : x, lostByB ? held(y, x, b) : y);
  }
  const free = new Map(a.free);
  for (const [k, v] of b.free) free.set(k, join(free.get(k), v));
  const empty = a.empty?.filter((label) => b.empty?.includes(label));
  return {
    slots,
    cleared: meetProved(a, b),
    ...(empty?.length ? { empty } : {}),
    free,
    self: join(a.self, b.self),
  };
}

/** Proved on both ways; of what is empty on one of them, the other decides. */
function meetProved(a: Proved, b: Proved): Proof {
  const out = meet(a.cleared, b.cleared) as Map<string, number>;
  for (const label of a.empty ?? []) take(out, label, b);
  for (const label of b.empty ?? []) take(out, label, a);
  return out;
}
function take(into: Map<string, number>, label: string, from: Proved): void {
  const mask = from.cleared.get(label);
  if (mask !== undefined) into.set(label, mask);
}

/** A value with what its side of a merge had proved; if its truth tells the sides apart, it goes on to prove it. */
function held(value: Value, other: Value, side: State): Value {
  const baked = bake(value, side);
  if (canBe(value, true) !== false && canBe(value, false) !== false)
    if (canBe(other, true) !== false && canBe(other, false) !== false) return baked;
  const { key: _key, ...rest } = baked;
  return {
    ...rest,
    whenTrue: both(value.whenTrue, side.cleared),
    whenFalse: both(value.whenFalse, side.cleared),
  };
}

/** A guard that holds on one side only is lost by the merge: what that side's values owe to it must be written into them. */
function losesProof(mine: State, other: State): boolean {
  if (mine.cleared === other.cleared) return false;
  for (const [label, mask] of mine.cleared)
    if ((mask & ~(other.cleared.get(label) ?? 0)) !== 0 && !other.empty?.includes(label))
      return true;
  return false;
}

function sameState(a: State, b: State): boolean {
  if (
    a.slots.length !== b.slots.length ||
    a.free.size !== b.free.size ||
    a.cleared.size !== b.cleared.size ||
    a.empty?.length !== b.empty?.length ||
    !sameValue(a.self, b.self)
  )
    return false;
  for (let i = 0; i < a.slots.length; i++) if (!sameValue(a.slots[i], b.slots[i])) return false;
  for (const [label, mask] of a.cleared) if (b.cleared.get(label) !== mask) return false;
  if (a.empty?.some((label) => !b.empty?.includes(label))) return false;
  for (const [name, value] of a.free) if (!sameValue(value, b.free.get(name))) return false;
  return true;
}
function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && keyOf(a) === keyOf(b));
}

function reversePostorder(item: Item): number[] {
  const seen = new Set<number>();
  const out: number[] = [];
  const stack: { at: number; next: number[] }[] = [{ at: 0, next: successors(item, 0) }];
  seen.add(0);
  while (stack.length > 0) {
    const top = stack[stack.length - 1] as { at: number; next: number[] };
    const to = top.next.shift();
    if (to === undefined) {
      out.push(top.at);
      stack.pop();
    } else if (!seen.has(to)) {
      seen.add(to);
      stack.push({ at: to, next: successors(item, to) });
    }
  }
  return out.reverse();
}
function successors(item: Item, at: number): number[] {
  const block = item.blocks[at] as Item["blocks"][number];
  const out: number[] = [];
  if (block.end.kind === "jump") out.push(block.end.to);
  else if (block.end.kind === "branch") out.push(block.end.else, block.end.then);
  if (block.handler !== undefined) out.unshift(block.handler);
  return out;
}

function hitKey(h: Hit): number {
  let out = mix(textKey(h.sink), textKey(h.site.item));
  out = mix(mix(mix(out, h.site.op), h.arg + 1), textKey(h.label));
  out = mix(mix(mix(out, h.cleared + 2), h.marks), textKey(h.derive));
  out = mix(mix(mix(out, h.argSpan.start), h.argSpan.end), h.trail.key);
  return mix(out, deepKey(h.value));
}
/** Equal keys: flows that are the same to a caller and on the screen. */
export function hitsKey(hits: readonly Hit[]): number {
  return sequence(hits, hitKey);
}

function sequence<T>(all: Iterable<T>, key: (one: T) => number): number {
  let out = 1;
  for (const one of all) out = mix(out, key(one));
  return out;
}

function observationKey(o: Observation): number {
  let out = sequence(o.paths, textKey);
  out = mix(mix(mix(out, o.site.op), o.site.span.start), o.site.span.end);
  for (const a of o.args)
    out = mix(mix(out, a.name === undefined ? 2 : textKey(a.name)), deepKey(a.value));
  return o.receiver === undefined ? out : mix(out, deepKey(o.receiver));
}

function outsideKey(s: Summary): number {
  const out = mix(deepKey(s.returns), deepKey(s.self));
  // Flows from a known source are findings here and no business of the caller's.
  let rest = hitsKey(s.hits.filter((h) => !h.label.startsWith("source:")));
  rest = mix(
    rest,
    writtenKey(s.params, (at) => at),
  );
  rest = mix(rest, writtenKey(s.free, textKey));
  rest = mix(rest, sequence(s.deferred, deferredKey));
  return mix(mix(out, rest), sequence([s.whenTrue, s.whenFalse, s.always], proofKey));
}

function summaryKey(s: Summary): number {
  let out = mix(s.outside, hitsKey(s.hits));
  out = mix(out, sequence(s.observations, observationKey));
  out = mix(
    out,
    sequence(s.stores, (x) => mix(mix(textKey(x.target), x.site.op), keyOf(x.value))),
  );
  return mix(out, sequence(s.calls, textKey));
}
function writtenKey<K>(written: ReadonlyMap<K, Value>, key: (at: K) => number): number {
  return sequence(written, ([at, value]) => mix(key(at), deepKey(value)));
}
function deferredKey(d: Deferred): number {
  let out = mix(textKey(d.id), textKey(d.callee));
  out = mix(mix(mix(out, d.site.span.start), d.site.span.end), d.isNew ? 2 : 1);
  for (const a of d.args)
    out = mix(mix(out, textKey(`${a.name ?? ""} ${a.spread ?? ""}`)), deepKey(a.value));
  return out;
}
function shapeKey(s: Shape): number {
  let variables = s.variables.size;
  for (const [name, value] of s.variables)
    variables = gather(variables, mix(textKey(name), deepKey(value)));
  const closures = sequence(s.closures, ([hole, c]) => {
    const takers = mix(sequence(c.takers, textKey), sequence(c.texts, textKey));
    const flags = (c.takenGuessed ? 1 : 0) + (c.isStatic ? 2 : 0) + (c.ofClass ? 4 : 0);
    const defaults = sequence(c.defaults, (d) => (d === undefined ? 2 : keyOf(d)));
    return mix(mix(mix(mix(hole, takers), flags), textKey(c.classId ?? "")), defaults);
  });
  const classes = sequence(s.classes, ([id, c]) => mix(textKey(id), classKey(c)));
  return mix(mix(mix(variables, closures), classes), deepKey(s.self));
}
/** Equal keys: classes that are the same to whoever uses them. */
export function classKey(c: ClassShape): number {
  let out = mix(textKey(c.name), textKey(c.item));
  out = mix(out, sequence(c.bases, deepKey));
  for (const table of [c.members, c.getters, c.setters]) out = mix(out, writtenKey(table, textKey));
  out = mix(out, textKey(JSON.stringify([...c.annotations])));
  return mix(
    out,
    sequence(c.methods, (hole) => hole),
  );
}
