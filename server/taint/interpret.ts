/**
 * Abstract interpretation of one item: flow-sensitive, guards on edges, blocks to a fixpoint, then one recording pass.
 * Pure: depends on the IR and on what it reads through `Facts`. Knows no language and no library.
 */

import type { Item, Op } from "../ir/ir.ts";
import { planOf } from "./block-order.ts";
import { evaluate } from "./evaluate.ts";
import type { Facts } from "./facts.ts";
import { mapTaint } from "./fields.ts";
import { join } from "./join.ts";
import { kindBit } from "./kinds.ts";
import { isSymbolic } from "./labels.ts";
import {
  type End,
  type Outcome,
  outcomeOf,
  selfAtEnd,
  selfValue,
  writtenOutside,
} from "./outcome.ts";
import { assume } from "./proofs.ts";
import { rekeyed, shapeKey } from "./result-keys.ts";
import { createRun, type Run, spend, TooLarge } from "./run.ts";
import { reach } from "./sinks.ts";
import {
  bake,
  copy,
  knownFalse,
  merge,
  provedAtEnd,
  type State,
  sameState,
  widened,
  withoutText,
} from "./state.ts";
import { storedAtEnd } from "./stored.ts";
import { type Hit, NOTHING, type Shape, type Summary } from "./summary.ts";
import { canBe, type ItemId, type Proof, UNKNOWN, type Value } from "./value.ts";

const MAX_VISITS = 40;
/** From here on, constants that still change are any value: a loop that counts comes to its end. */
const MANY_VISITS = 8;
const MAX_HITS = 400;

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
    hits: mostTelling([...run.hits.values()], id),
    observations: [...run.observations.values()],
    whenTrue: out.whenTrue,
    whenFalse: out.whenFalse,
    always: out.always,
    self: out.self,
    params: out.params,
    free: out.free,
    stored: run.stored,
    deferred: [...run.deferred.values()],
    calls: [...run.calls].sort(),
    stores: run.stores,
    outside: 0,
    key: 0,
  });
}

/** If there are too many flows: those from a source, which are findings, then those to a sink of its own, then the shorter ones. */
function mostTelling(hits: readonly Hit[], id: ItemId): readonly Hit[] {
  if (hits.length <= MAX_HITS) return hits;
  const rank = (h: Hit): number =>
    isSymbolic(h.label) ? (h.site.item === id ? 1 : 1 + h.trail.length) : 0;
  return [...hits].sort((a, b) => rank(a) - rank(b)).slice(0, MAX_HITS);
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
  const shape: Shape = {
    variables,
    closures: run.closures,
    classes: run.classes,
    self,
    ...(run.kept.size === 0 ? {} : { kept: run.kept }),
    key: 0,
  };
  shape.key = shapeKey(shape);
  return shape;
}

/** Taken out of its item, a value keeps no symbolic label; only a module's sources are sources everywhere. */
function concrete(value: Value, keepSources: boolean): Value {
  return mapTaint(value, (t) => (keepSources && t.label.startsWith("source:") ? t : undefined));
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
      ends.push({ value, cleared: provedAtEnd(last), self: selfAtEnd(run, last) });
      if (!run.shapesOnly) {
        writtenOutside(run, last, params, free);
        storedAtEnd(run, last);
      }
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
        withoutText(knownFalse(run, block, assume(state, refused(condition.whenFalse))), condition),
      );
  }
}

/** The side on which a guard answered false has a mark of its own. */
function refused(proof: Proof | undefined): Proof | undefined {
  if (proof === undefined || proof.size === 0) return proof;
  const weak = kindBit("weak-guard");
  const other = kindBit("weak-guard-refused");
  return new Map(
    [...proof].map(([label, mask]) => [label, (mask & weak) === 0 ? mask : (mask & ~weak) | other]),
  );
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
