/**
 * The passes over the blocks of an item: to a fixpoint, then one that records. They may be broken off before any operation
 * and gone on with later; what was under way at that moment is done again from the last checkpoint.
 */

import type { Item, Op } from "../ir/ir.ts";
import { planOf } from "./block-order.ts";
import { INTERRUPTED } from "./clock.ts";
import { noteDeeds } from "./deeds.ts";
import { evaluate } from "./evaluate.ts";
import { keyWrites } from "./key-writes.ts";
import { kindBit } from "./kinds.ts";
import {
  type End,
  type Outcome,
  outcomeOf,
  selfAtEnd,
  selfValue,
  writtenOutside,
} from "./outcome.ts";
import { assume } from "./proofs.ts";
import { mayTell, noteText, quoted, type Tells, tellsMore, thrownTells } from "./raises.ts";
import { resolve } from "./references.ts";
import { type Run, spend } from "./run.ts";
import { reach } from "./sinks.ts";
import {
  bake,
  copy,
  knownFalse,
  knownTrue,
  merge,
  provedAtEnd,
  type State,
  sameState,
  widened,
  withoutText,
} from "./state.ts";
import { storedAtEnd } from "./stored.ts";
import { canBe, type Proof, UNKNOWN, type Value } from "./value.ts";

const MAX_VISITS = 40;
/** From here on, constants that still change are any value: a loop that counts comes to its end. */
const MANY_VISITS = 8;
/** Operations from one checkpoint to the next. */
const STRIDE = 8;

/** True if the work is to be broken off. */
export type IsOver = () => boolean;

/** How far the passes over an item have come. */
export interface Progress {
  readonly run: Run;
  /** What each block begins with, as far as is known. */
  readonly states: (State | undefined)[];
  readonly visits: number[];
  /** Blocks to be looked at again before anything is recorded. */
  readonly queue: Set<number>;
  /** The next block to be recorded, as a place in the order of blocks; undefined before. */
  recorded: number | undefined;
  readonly ends: End[];
  readonly params: Map<number, Value>;
  readonly free: Map<string, Value>;
  /** The block that is under way. */
  at: Checkpoint | undefined;
  /** Checkpoints so far: more than before is work that is not done again. */
  checkpoints: number;
}

/** Before an operation of a block; and what was written down by then. */
interface Checkpoint {
  readonly block: number;
  readonly index: number;
  readonly state: State;
  /** A handler around the block has not seen the state as it is now. */
  readonly written: boolean;
  /** What a handler around the block, or a caller, sees of its exceptions cannot get more telling. */
  readonly told: Tells;
  readonly effort: number;
  readonly behind: number;
  readonly stores: number;
  readonly yields: number;
}

export function begin(run: Run): Progress {
  const { blocks } = run.item;
  const states: (State | undefined)[] = blocks.map(() => undefined);
  states[0] = { slots: [], cleared: new Map(), free: new Map(), self: selfValue(run) };
  return {
    run,
    states,
    visits: new Array<number>(blocks.length).fill(0),
    queue: new Set([0]),
    recorded: undefined,
    ends: [],
    params: new Map(),
    free: new Map(),
    at: undefined,
    checkpoints: 0,
  };
}

/** Goes on to the end, or until `isOver`: it is `Interrupted` then. */
export function finish(progress: Progress, isOver: IsOver): Outcome {
  const { run, states, ends, params, free } = progress;
  const { item } = run;
  if (progress.at !== undefined) takeBack(run, progress.at);
  const { order, rank, hasLoop } = planOf(item);
  // Without loops, blocks in this order see all that flows into them: the first pass is the last. Nested functions see
  // variables that are assigned after their creation, so these must be known before anything is recorded.
  const isOnePass = !hasLoop && (run.shapesOnly || item.holes.length === 0);

  if (progress.recorded === undefined) {
    if (!isOnePass) toFixpoint(progress, order, rank, isOver);
    run.recording = !run.shapesOnly;
    run.yields.length = 0;
    run.deferred.clear();
    run.behind = 0;
    progress.recorded = 0;
  }
  const forward = (to: number, state: State): void => {
    const old = states[to];
    spend(run, state.slots.length + state.free.size, 0);
    states[to] = old === undefined ? copy(state) : merge(old, state);
  };
  for (; progress.recorded < order.length; progress.recorded++) {
    const at = order[progress.recorded] as number;
    const state = states[at];
    if (state === undefined) continue;
    if (progress.at === undefined) {
      progress.at = checkpoint(run, at, state);
      progress.checkpoints++;
    }
    const last = step(progress, isOnePass ? forward : nowhere, isOver);
    const { end } = item.blocks[at] as Item["blocks"][number];
    if (!last.ended && (end.kind === "return" || end.kind === "end")) {
      const value =
        end.kind === "return" && end.value !== undefined
          ? bake(run.values[end.value] ?? UNKNOWN, last)
          : NULL;
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
      ends.push({ value, cleared: provedAtEnd(last), self: selfAtEnd(run, last) });
      if (!run.shapesOnly) {
        writtenOutside(run, last, params, free);
        storedAtEnd(run, last);
      }
    }
    const { handler } = item.blocks[at] as Item["blocks"][number];
    if (handler === undefined && (last.ended || end.kind === "throw")) run.throws = true;
    progress.at = undefined;
  }

  if (run.keys.size > 0) keyWrites(run);
  return outcomeOf(run, ends, params, free);
}

const NULL: Value = { refs: [], taint: [], alts: [{ const: null }] };
const nowhere = (): void => {};

/** Passes over the blocks until nothing changes; `states` is then what each block begins with. */
function toFixpoint(
  progress: Progress,
  order: readonly number[],
  rank: readonly (number | undefined)[],
  isOver: IsOver,
): void {
  const { run, states, visits, queue } = progress;
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
  while (progress.at !== undefined || queue.size > 0) {
    if (progress.at === undefined) {
      const at = firstOf(queue, rank, order.length);
      queue.delete(at);
      visits[at] = (visits[at] as number) + 1;
      progress.at = checkpoint(run, at, states[at] as State);
      progress.checkpoints++;
    }
    step(progress, flowTo, isOver);
    progress.at = undefined;
  }
}

function firstOf(
  queue: ReadonlySet<number>,
  rank: readonly (number | undefined)[],
  count: number,
): number {
  let at = -1;
  let best = Number.POSITIVE_INFINITY;
  for (const b of queue) {
    const r = rank[b] ?? b + count;
    if (r < best) {
      best = r;
      at = b;
    }
  }
  return at;
}

function checkpoint(run: Run, block: number, state: State): Checkpoint {
  return {
    block,
    index: 0,
    state,
    written: true,
    told: false,
    effort: run.effort,
    behind: run.behind,
    stores: run.stores.length,
    yields: run.yields.length,
  };
}

/** What was done after the checkpoint will be done again. */
function takeBack(run: Run, { effort, behind, stores, yields }: Checkpoint): void {
  run.effort = effort;
  run.behind = behind;
  run.stores.length = stores;
  run.yields.length = yields;
  run.depth = 0;
  run.followed = 0;
  run.following.length = 0;
  run.accessing.length = 0;
  for (const made of run.made.values()) if (made.from >= effort) made.isPaid = false;
}

/** Runs a block from the checkpoint; hands on copies or, of a state that nobody uses any more, the state itself. */
function step(
  progress: Progress,
  flowTo: (to: number, state: State) => void,
  isOver: IsOver,
): State {
  const { run } = progress;
  const from = progress.at as Checkpoint;
  const block = run.item.blocks[from.block] as Item["blocks"][number];
  const state = copy(from.state);
  if (from.index === 0) spend(run, state.slots.length + state.free.size, block.ops.length);
  const handler = block.handler;
  let { written, told } = from;
  for (let i = from.index; i < block.ops.length; i++) {
    if (i > from.index) {
      const isLast = isOver();
      // Also in between: an operation may be broken off in its midst, by what it asks for.
      if (isLast || i % STRIDE === 0) {
        progress.at = { ...checkpoint(run, from.block, copy(state)), index: i, written, told };
        progress.checkpoints++;
      }
      if (isLast) throw INTERRUPTED;
    }
    const id = block.ops[i] as number;
    const op = run.item.ops[id] as Op;
    const asks = told !== true && (handler !== undefined || run.raises !== true);
    const tells = asks && telling(run, id, told);
    told = tells || told;
    // What is thrown into a generator has come from its user, who knows it.
    const sent = told === false && op.op === "yield";
    if (handler === undefined) run.raises = more(run.raises, tells);
    else if (tells || sent || (written && mayRaise(op))) {
      raiseTo(flowTo, handler, state, sent ? "sent" : tells);
      written = false;
    }
    run.values[id] = evaluate(run, id, op, state);
    noteText(run, run.values[id]);
    if (run.recording && !run.shapesOnly) noteDeeds(run, op, run.values[id]);
    if (state.ended) break;
    if (handler !== undefined && writes(op)) written = true;
  }
  const end = block.end;
  const thrown =
    told !== true &&
    end.kind === "throw" &&
    !(state.raised === "sent" && isCaught(run, end.value)) &&
    (end.value === undefined ? again(state.raised) : thrownTells(run, end.value));
  if (handler === undefined) run.raises = more(run.raises, thrown);
  else if (thrown || (written && (end.kind === "throw" || state.ended)))
    raiseTo(flowTo, handler, state, thrown);
  if (state.ended) return state;
  if (end.kind === "jump") flowTo(end.to, state);
  else if (end.kind === "branch") {
    const condition = run.values[end.condition] ?? UNKNOWN;
    if (canBe(condition, true) !== false)
      flowTo(end.then, knownTrue(run, block, assume(state, condition.whenTrue)));
    if (canBe(condition, false) !== false)
      flowTo(
        end.else,
        withoutText(
          knownFalse(
            run,
            block,
            assume(leftOver(run, end.condition, state), refused(condition.whenFalse)),
          ),
          condition,
        ),
      );
  }
  return state;
}

/** Whether the exception of an operation tells more than those before it did. */
function telling(run: Run, id: number, told: Tells): Tells {
  if (!mayTell(run, id)) return false;
  const tells = (run.shapesOnly ? undefined : quoted(run, id)) ?? "unknown";
  return tellsMore(tells, told) ? tells : false;
}
function more(a: Tells, b: Tells): Tells {
  return tellsMore(b, a) ? b : a;
}
/** Where the errors that quote have a handler before this one, nothing is known of those that it handles. */
function leftOver(run: Run, test: number, state: State): State {
  const op = run.item.ops[test];
  if (
    (state.raised !== true && state.raised !== "asked") ||
    op?.op !== "compare" ||
    op.operator !== "instanceof"
  )
    return state;
  if (!isCaught(run, op.left)) return state;
  const type = run.values[op.right] ?? UNKNOWN;
  const all = type.closed && type.fields !== undefined ? [...type.fields.values()] : [type];
  const isQuoting = all.some((one) =>
    resolve(run, one).refs.some(
      (r) => r.startsWith("lib:") && run.facts.knowledge.isQuotingError(r.slice(4)),
    ),
  );
  return isQuoting ? { ...state, raised: "unknown" } : state;
}

/** What is handled is thrown on. */
function again(raised: State["raised"]): Tells {
  return raised === undefined || raised === "sent" ? false : raised;
}

/** To a handler goes an exception of its own, whatever was handled before. */
function raiseTo(
  flowTo: (to: number, state: State) => void,
  handler: number,
  state: State,
  tells: Tells | "sent",
): void {
  const { raised: _raised, ...rest } = state;
  flowTo(handler, tells === false ? rest : { ...rest, raised: tells });
}

function isCaught(run: Run, thrown: number | undefined): boolean {
  return thrown !== undefined && run.item.ops[thrown]?.op === "caught";
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
