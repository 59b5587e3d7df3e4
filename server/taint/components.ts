/** Summaries, callees first; functions that call each other are solved together, from nothing and in a fixed order. */

import type { PlacedItem } from "../project/program.ts";
import type { Table } from "./cells.ts";
import type { Ground } from "./ground.ts";
import type { Read } from "./reads.ts";
import { NOTHING, type Summary } from "./summary.ts";
import type { ItemId } from "./value.ts";
import { widened } from "./widen.ts";

/** Thrown out of a summary that would take longer than its slice; what was finished before is kept. */
export class Interrupted extends Error {}
/** Thrown when calls are followed so deep that the stack might not do: the callee comes first then. */
class TooDeep extends Error {
  readonly id: ItemId;
  constructor(id: ItemId) {
    super("too deep");
    this.id = id;
  }
}

const MAX_DEPTH = 110;
const MAX_ROUNDS = 12;
/** Rounds of functions that call each other before what does not settle is widened. */
const EXACT_ROUNDS = 4;

interface Frame {
  readonly id: ItemId;
  readonly index: number;
  low: number;
}

/** How one summary is made and kept. */
export interface Work {
  /** A kept summary whose facts all still hold. */
  kept(key: string): Summary | undefined;
  compute(placed: PlacedItem): { summary: Summary; reads: Read[] };
  keep(key: string, reads: readonly Read[], summary: Summary): void;
  brokenOff(): void;
}

export interface Components {
  /** The summary for another one's sake: in the middle of work, which it may break off. */
  readonly demand: (id: ItemId) => Summary | undefined;
  /** The summary from outside: what is broken off because calls go too deep is begun again from there. */
  readonly summary: (id: ItemId) => Summary | undefined;
  readonly deadline: (at: number) => void;
  /** What was given up may be different now. */
  readonly forget: () => void;
}

export function createComponents(ground: Ground, done: Table<Summary>, work: Work): Components {
  const { program, cells, itemOf } = ground;
  let stopAt = Number.POSITIVE_INFINITY;
  let finished = 0;
  const frames = new Map<ItemId, Frame>();
  const stack: Frame[] = [];
  /** Members of components that are not closed yet, and what they are taken for meanwhile. */
  let open: ItemId[] = [];
  const tentative = new Map<ItemId, Summary>();
  /** Items whose summary was given up, at the end of a slice or too deep in calls; the one to go on with stands last. */
  const unfinished: ItemId[] = [];
  /** Items that were met too deep in calls; those that were again, when calls were followed from there, are in a long circle. */
  const reached = new Set<ItemId>();
  const bottomless = new Set<ItemId>();

  const demand = (id: ItemId): Summary | undefined => {
    const cell = done.cell(id);
    cells.touch(cell);
    return cell.isGood ? cell.value : cells.within(cell, () => solve(id));
  };

  const solve = (id: ItemId): Summary | undefined => {
    const top = stack[stack.length - 1];
    const active = frames.get(id);
    if (active !== undefined) {
      if (top !== undefined) top.low = Math.min(top.low, active.low);
      return tentative.get(id) ?? NOTHING;
    }
    const placed = itemOf(id);
    if (placed === undefined) return undefined;
    if (stack.length > MAX_DEPTH) {
      // In a circle of more functions than that, this one is taken for unknown: its arguments reach its result, with a mark.
      if (bottomless.has(id)) return undefined;
      throw new TooDeep(id);
    }
    if (finished > 0 && performance.now() >= stopAt) throw new Interrupted("the slice is over");
    const frame: Frame = { id, index: stack.length, low: stack.length };
    frames.set(id, frame);
    stack.push(frame);
    const openBefore = open.length;
    const key = `${id}|${placed.source.key}`;
    let summary = work.kept(key);
    let reads: Read[] | undefined;
    if (summary === undefined) {
      frame.low = frame.index;
      ({ summary, reads } = work.compute(placed));
    }
    stack.pop();
    if (frame.low < frame.index) {
      // Part of a component whose root is further down the stack: stays in `frames` with the root's index.
      open.push(id);
      tentative.set(id, summary);
      if (top !== undefined) top.low = Math.min(top.low, frame.low);
      return summary;
    }
    const selfRecursive = open.length > openBefore || calledItself(reads, id);
    if (!selfRecursive) {
      frames.delete(id);
      cells.set(done.cell(id), summary);
      finished++;
      if (reads !== undefined) work.keep(key, reads, summary);
      return summary;
    }
    return solveComponent(id, frame, openBefore);
  };

  const solveComponent = (root: ItemId, frame: Frame, openBefore: number): Summary => {
    stack.push(frame);
    open.push(root);
    for (let restart = 0; restart < 8; restart++) {
      const members = open.slice(openBefore).sort();
      for (const m of members) tentative.set(m, NOTHING);
      const asked = new Map<ItemId, ReadonlySet<ItemId>>();
      // Those that asked for a summary which is another one by now.
      let stale = new Set(members);
      for (let round = 0; round < MAX_ROUNDS && stale.size > 0; round++) {
        const next = new Set<ItemId>();
        for (const m of members) {
          const placed = stale.delete(m) ? program.item(m) : undefined;
          if (placed === undefined) continue;
          const before = tentative.get(m) as Summary;
          let reads: readonly Read[] = [];
          const made = cells.within(done.cell(m), () => {
            const computed = work.compute(placed);
            ({ reads } = computed);
            return computed.summary;
          }) as Summary;
          asked.set(m, summariesIn(reads));
          const summary = round < EXACT_ROUNDS ? made : widened(made, before);
          if (summary.key === before.key) continue;
          tentative.set(m, summary);
          for (const [who, of] of asked) if (of.has(m)) (who > m ? stale : next).add(who);
        }
        stale = next;
        if (open.length - openBefore > members.length) break;
      }
      if (open.length - openBefore === members.length) break;
    }
    stack.pop();
    for (const m of open.slice(openBefore)) {
      cells.set(done.cell(m), tentative.get(m) as Summary);
      tentative.delete(m);
      frames.delete(m);
    }
    open = open.slice(0, openBefore);
    finished++;
    return done.cell(root).value as Summary;
  };

  const summary = (id: ItemId): Summary | undefined => {
    for (;;)
      try {
        // What was given up in the middle, callees first: else the same callers would be begun again and again.
        for (let next = unfinished.pop(); next !== undefined; next = unfinished.pop()) demand(next);
        return demand(id);
      } catch (error) {
        // Whatever was under way starts again; nothing half-done is kept.
        if (error instanceof Interrupted || error instanceof TooDeep)
          for (const frame of stack) unfinished.push(frame.id);
        stack.length = 0;
        work.brokenOff();
        frames.clear();
        tentative.clear();
        open = [];
        if (!(error instanceof TooDeep)) throw error;
        if (reached.has(error.id)) bottomless.add(error.id);
        reached.add(error.id);
        unfinished.push(error.id);
      }
  };

  const deadline = (at: number): void => {
    stopAt = at;
    finished = 0;
  };
  const forget = (): void => {
    unfinished.length = 0;
    reached.clear();
    bottomless.clear();
  };
  return { demand, summary, deadline, forget };
}

function summariesIn(reads: readonly Read[]): ReadonlySet<ItemId> {
  const out = new Set<ItemId>();
  for (const { what, args } of reads)
    if (what === "summary" || what === "enclosed") out.add(args[0] as ItemId);
  return out;
}

function calledItself(reads: readonly Read[] | undefined, id: ItemId): boolean {
  return (
    reads?.some((r) => (r.what === "summary" || r.what === "enclosed") && r.args[0] === id) ?? false
  );
}
