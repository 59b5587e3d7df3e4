/** Summaries, callees first; functions that call each other are solved together, from nothing and in a fixed order. */

import type { Item } from "../ir/ir.ts";
import type { PlacedItem } from "../project/program.ts";
import { type Bounds, WIDE } from "./bounds.ts";
import type { Table } from "./cells.ts";
import { type Clock, Interrupted } from "./clock.ts";
import type { Ground } from "./ground.ts";
import type { IsOver } from "./passes.ts";
import type { Read } from "./reads.ts";
import { NOTHING, type Summary } from "./summary.ts";
import type { ItemId } from "./value.ts";
import { widened } from "./widen.ts";

/** Thrown when calls are followed so deep that the stack might not do: the callee comes first then. */
class TooDeep extends Error {
  readonly id: ItemId;
  constructor(id: ItemId) {
    super("too deep");
    this.id = id;
  }
}

const MAX_DEPTH = 110;
const MAX_RESTARTS = 7;

/** What others know of a function that they do not look into. */
const APART: Summary = { ...NOTHING, apart: true, raises: "unknown", outside: -3, key: -3 };

interface Frame {
  readonly id: ItemId;
  /** In the order in which they were met. */
  index: number;
  /** The first of those that are under way which it leads back to. */
  low: number;
}

/** Functions that call each other, on the way to their summaries. */
interface Circle {
  readonly root: ItemId;
  readonly frame: Frame;
  restarts: number;
  bounds: Bounds;
  /** In the order in which they are looked at; undefined before the first round. */
  members: readonly ItemId[] | undefined;
  /** The summaries that each one asked for. */
  readonly asked: Map<ItemId, ReadonlySet<ItemId>>;
  /** To be looked at in this round, and in the next one. */
  stale: Set<ItemId>;
  readonly next: Set<ItemId>;
  /** Those that the others do not look into; true: its own summary is made. */
  readonly apart: Map<ItemId, boolean>;
  round: number;
  /** Of all that was computed since it was begun with these members. */
  effort: number;
  /** Where it was broken off: the members known by then, and what they are taken for. */
  found: readonly ItemId[];
  values: ReadonlyMap<ItemId, Summary>;
}

function newCircle(root: ItemId, frame: Frame): Circle {
  return {
    root,
    frame,
    restarts: 0,
    bounds: WIDE,
    members: undefined,
    asked: new Map(),
    stale: new Set(),
    next: new Set(),
    apart: new Map(),
    round: 0,
    effort: 0,
    found: [],
    values: new Map(),
  };
}

interface Draft {
  readonly ir: Item;
  readonly reads: readonly Read[];
  readonly summary: Summary;
}

export interface Computed {
  readonly summary: Summary;
  readonly reads: readonly Read[];
  /** Counted in variables looked at. */
  readonly effort: number;
}
/** How one summary is made and kept. */
export interface Work {
  /** A kept summary whose facts all still hold. */
  kept(key: string): Summary | undefined;
  /**
   * Until `isOver`: it is `Interrupted` then, and gone on with when it is asked for again. At more effort than `most`, if that is
   * less than one item may cost anyway, it is given up.
   */
  compute(placed: PlacedItem, bounds: Bounds, isOver: IsOver, most?: number): Computed;
  /** What is half done is of no use. */
  drop(id: ItemId): void;
  /** True if all that was read is still so. */
  stands(reads: readonly Read[]): boolean;
  keep(key: string, reads: readonly Read[], summary: Summary): void;
  brokenOff(): void;
}

export interface Components {
  /** The summary for another one's sake: in the middle of work, which it may break off. */
  readonly demand: (id: ItemId) => Summary | undefined;
  /** The summary from outside: what is broken off because calls go too deep is begun again from there. */
  readonly summary: (id: ItemId) => Summary | undefined;
  /** What was given up may be different now. */
  readonly forget: () => void;
}

export function createComponents(
  ground: Ground,
  done: Table<Summary>,
  clock: Clock,
  work: Work,
): Components {
  const { program, cells, itemOf } = ground;
  let met = 0;
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
  /** Summaries of functions in circles that were met before all of the circle was known: met again, they need not be made again. */
  const drafts = new Map<ItemId, Draft>();
  /** Circles that were broken off, the innermost first. */
  let suspended: Circle[] = [];
  /** Those around one that is being gone on with. */
  let waiting: Circle[] = [];

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
    clock.before();
    const index = met++;
    const frame: Frame = { id, index, low: index };
    frames.set(id, frame);
    stack.push(frame);
    const openBefore = open.length;
    const key = `${id}|${placed.source.key}`;
    let summary = work.kept(key);
    let reads: readonly Read[] | undefined;
    const draft = summary === undefined ? drafts.get(id) : undefined;
    if (draft !== undefined && draft.ir === placed.ir) {
      frame.low = frame.index;
      if (work.stands(draft.reads)) ({ summary, reads } = draft);
    }
    if (summary === undefined) {
      frame.low = frame.index;
      // Has it looked at others that are under way themselves, it cannot be gone on with without them.
      const stands = (): boolean => frame.low === frame.index && open.length === openBefore;
      try {
        ({ summary, reads } = work.compute(placed, WIDE, () => clock.isOver() && stands()));
      } catch (error) {
        if (!stands()) work.drop(id);
        throw error;
      }
    }
    stack.pop();
    if (frame.low < frame.index) {
      // Part of a component whose root is further down the stack: stays in `frames` with the root's index.
      if (reads !== undefined) drafts.set(id, { ir: placed.ir, reads, summary });
      open.push(id);
      tentative.set(id, summary);
      if (top !== undefined) top.low = Math.min(top.low, frame.low);
      return summary;
    }
    const selfRecursive = open.length > openBefore || calledItself(reads, id);
    if (!selfRecursive) {
      frames.delete(id);
      cells.set(done.cell(id), summary);
      clock.moved();
      if (reads !== undefined) work.keep(key, reads, summary);
      return summary;
    }
    open.push(id);
    return solveCircle(newCircle(id, frame), openBefore);
  };

  /** Solves a circle from nothing, or goes on with one that was broken off. */
  const solveCircle = (circle: Circle, openBefore: number): Summary | undefined => {
    const { root, frame } = circle;
    stack.push(frame);
    for (;;) {
      if (circle.members === undefined) begin(circle, open.slice(openBefore).sort());
      rounds(circle, openBefore);
      if (frame.low < frame.index) {
        // It is part of a larger one, whose root is further down the stack.
        stack.pop();
        const top = stack[stack.length - 1];
        if (top !== undefined) top.low = Math.min(top.low, frame.low);
        return tentative.get(root);
      }
      if (open.length - openBefore === circle.members?.length || circle.restarts === MAX_RESTARTS)
        break;
      // There are more of them than it seemed.
      circle.restarts++;
      circle.members = undefined;
      circle.bounds = WIDE;
    }
    stack.pop();
    for (const m of open.slice(openBefore)) {
      cells.set(done.cell(m), tentative.get(m) as Summary);
      tentative.delete(m);
      frames.delete(m);
      drafts.delete(m);
    }
    open = open.slice(0, openBefore);
    return done.cell(root).value;
  };

  const begin = (circle: Circle, members: readonly ItemId[]): void => {
    circle.members = members;
    for (const m of members) tentative.set(m, NOTHING);
    circle.asked.clear();
    circle.stale = new Set(members);
    circle.next.clear();
    circle.apart.clear();
    circle.round = 0;
    circle.effort = 0;
  };

  /** Until nothing changes, or it turns out that there are more members. */
  const rounds = (circle: Circle, openBefore: number): void => {
    const members = circle.members ?? [];
    const { asked, next } = circle;
    for (; circle.round < circle.bounds.rounds && circle.stale.size > 0; circle.round++) {
      for (const m of members) {
        const placed = circle.stale.has(m) && !circle.apart.has(m) ? program.item(m) : undefined;
        if (placed !== undefined) {
          const { narrower, effort, apart } = circle.bounds;
          // Beyond that, it is made with narrower bounds or not looked into: what it would come to is of no use.
          const most = Math.min(apart, effort - circle.effort);
          const computed = made(circle, openBefore, placed, most);
          circle.effort += computed.effort;
          if (circle.effort > effort && narrower !== undefined) {
            // With more of them, all would be done again.
            const isMore = open.length - openBefore > members.length;
            if (isMore && circle.restarts < MAX_RESTARTS) return;
            circle.bounds = narrower;
            begin(circle, members);
            circle.round = -1;
            break;
          }
          asked.set(m, summariesIn(computed.reads));
          const summary = nextOf(circle, m, computed);
          if (summary.key !== tentative.get(m)?.key) {
            tentative.set(m, summary);
            // Those that asked for a summary which is another one by now.
            for (const [who, of] of asked) if (of.has(m)) (who > m ? circle.stale : next).add(who);
          }
        }
        circle.stale.delete(m);
      }
      if (circle.round < 0) continue;
      for (const m of next) circle.stale.add(m);
      next.clear();
      if (open.length - openBefore > members.length) return;
    }
    if (circle.frame.low < circle.frame.index) return;
    // What they do themselves, now that all that they call is known.
    for (const [m, isMade] of circle.apart) {
      const placed = isMade ? undefined : program.item(m);
      if (placed === undefined) continue;
      const { summary } = made(circle, openBefore, placed);
      tentative.set(m, { ...summary, apart: true, outside: APART.outside });
      circle.apart.set(m, true);
    }
  };

  /** What a member is taken for from now on. */
  const nextOf = (circle: Circle, id: ItemId, { summary, effort }: Computed): Summary => {
    const { exact, apart } = circle.bounds;
    if (effort > apart) {
      circle.apart.set(id, false);
      return APART;
    }
    return circle.round < exact ? summary : widened(summary, tentative.get(id) as Summary);
  };

  /** One summary of a circle; if it is broken off, so is the circle. */
  const made = (
    circle: Circle,
    openBefore: number,
    placed: PlacedItem,
    most?: number,
  ): Computed => {
    try {
      const out = cells.within(done.cell(placed.id), () =>
        work.compute(placed, circle.bounds, clock.isOver, most),
      );
      clock.moved();
      return out;
    } catch (error) {
      if (error instanceof Interrupted) suspend(circle, openBefore);
      throw error;
    }
  };

  /** Keeps what was done of a circle, to go on from there. */
  const suspend = (circle: Circle, openBefore: number): void => {
    circle.found = open.slice(openBefore);
    circle.values = new Map(circle.found.map((m) => [m, tentative.get(m) as Summary]));
    suspended.push(circle);
  };

  const resume = (circle: Circle): void => {
    const { frame } = circle;
    const index = met++;
    frame.index = index;
    frame.low = index;
    for (const [m, value] of circle.values) {
      tentative.set(m, value);
      frames.set(m, m === circle.root ? frame : { id: m, index, low: index });
    }
    open = [...circle.found];
    solveCircle(circle, 0);
  };

  const summary = (id: ItemId): Summary | undefined => {
    for (;;)
      try {
        // What was given up in the middle, callees first: else the same callers would be begun again and again.
        for (let next = suspended.shift(); next !== undefined; next = suspended.shift()) {
          waiting = suspended;
          suspended = [];
          resume(next);
          suspended = waiting;
        }
        for (let next = unfinished.pop(); next !== undefined; next = unfinished.pop()) demand(next);
        return demand(id);
      } catch (error) {
        // Whatever was under way starts again; of circles, what was done is kept.
        const goesOn = error instanceof Interrupted;
        if (goesOn || error instanceof TooDeep)
          for (const frame of stack) unfinished.push(frame.id);
        suspended = goesOn ? [...suspended, ...waiting] : [];
        waiting = [];
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

  const forget = (): void => {
    suspended = [];
    waiting = [];
    unfinished.length = 0;
    reached.clear();
    bottomless.clear();
    drafts.clear();
  };
  return { demand, summary, forget };
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
