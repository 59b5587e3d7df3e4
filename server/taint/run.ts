/** What one run of the interpreter over an item works with, and the effort it may cost. */
import type { Item, SlotId, ValueId } from "../ir/ir.ts";
import { type Bounds, WIDE } from "./bounds.ts";
import type { Facts } from "./facts.ts";
import type {
  ClassShape,
  ClosureShape,
  Deferred,
  Entry,
  Hit,
  Observation,
  StoreView,
} from "./summary.ts";
import { NO_ENTRY } from "./summary.ts";
import type { ItemId, Ref, Value } from "./value.ts";

/** What a value turned out to be, and the effort it took: from how much to how much of the run's. */
export interface Made {
  readonly value: Value;
  readonly from: number;
  readonly to: number;
  /** False: it was made in work that is done again, which does not make it again but has cost as much. */
  isPaid: boolean;
}

/** What one run of the interpreter works with. */
export interface Run {
  readonly item: Item;
  readonly id: ItemId;
  readonly facts: Facts;
  readonly bounds: Bounds;
  readonly entry: Entry;
  /** Phase one: no summaries of other functions are read. */
  readonly shapesOnly: boolean;
  readonly values: (Value | undefined)[];
  /** True in the last pass, when results are recorded. */
  recording: boolean;
  readonly hits: Map<string, Hit>;
  readonly observations: Map<ValueId, Observation>;
  readonly stores: StoreView[];
  /** Keys that data decides, of operations that read and write by them. */
  readonly keys: Map<ValueId, Value>;
  readonly calls: Set<ItemId>;
  deeds: number;
  readonly closures: Map<number, ClosureShape>;
  /** The hole of each nested function by its id. */
  readonly holes: Map<ItemId, number>;
  readonly classes: Map<string, ClassShape>;
  readonly variables: Map<SlotId, Value>;
  /** Variables that functions inside this one assign to: whenever that runs, they are no constants. */
  readonly shared: ReadonlySet<SlotId> | undefined;
  readonly yields: Value[];
  /** Objects that become attributes of library objects, by path. */
  readonly kept: Map<string, Value>;
  /** What was done so far, counted in variables looked at. */
  effort: number;
  /** And how much that may be. */
  most: number;
  readonly deferred: Map<string, Deferred>;
  /** What values made by calls elsewhere turned out to be. */
  readonly made: Map<Value, Made>;
  /** What is stored in places. */
  readonly stored: Map<string, Value>;
  /** What was passed to functions that stand for the result of a call: "settle:OP". */
  readonly settled: Map<Ref, Value>;
  /** An exception that tells something may leave the item. */
  raises: boolean | "asked" | "unknown";
  /** Some text is there that comes from a request, or at least from whoever calls the item. */
  hasText: boolean | "given";
  /** It ends with an exception somewhere that it makes itself, or by asking that no more is done. */
  throws: boolean;
  /** How many calls are being followed inside one another. */
  depth: number;
  /** How many calls that waited were followed behind the one that is being followed. */
  followed: number;
  /** Those that are being followed inside one another. */
  readonly following: Deferred[];
  /** What following them has cost, up to the first of those; and the effort at which that one was begun. */
  behind: number;
  behindFrom: number;
  /** Properties whose functions are being called inside one another. */
  readonly accessing: ItemId[];
  /** How many results of calls elsewhere are being made, one for the sake of another. */
  making: number;
}
/**
 * One item may not hang the rest: it is given up at this effort, which is some seconds of work. Counted, not timed, so that
 * the answer is the same on every machine and after every edit.
 */
export const MAX_EFFORT = 4_000_000;
/** An operation costs about as much as looking at so many variables. */
const OPERATION = 20;

/** The item is too large to analyse. */
export class TooLarge extends Error {}

export function createRun(
  item: Item,
  id: ItemId,
  facts: Facts,
  shapesOnly: boolean,
  bounds: Bounds = WIDE,
): Run {
  return {
    item,
    id,
    facts,
    bounds,
    entry: item.kind === "module" ? NO_ENTRY : facts.entry(id),
    shapesOnly,
    values: [],
    recording: false,
    hits: new Map(),
    observations: new Map(),
    stores: [],
    keys: new Map(),
    calls: new Set(),
    deeds: 0,
    closures: new Map(),
    holes: new Map(),
    classes: new Map(),
    variables: new Map(),
    shared: item.holes.length === 0 ? undefined : sharedSlots(item, facts.writtenInside(id)),
    yields: [],
    kept: new Map(),
    effort: 0,
    most: MAX_EFFORT,
    deferred: new Map(),
    made: new Map(),
    stored: new Map(),
    settled: new Map(),
    raises: false,
    hasText: false,
    throws: false,
    depth: 0,
    followed: 0,
    following: [],
    behind: 0,
    behindFrom: 0,
    accessing: [],
    making: 0,
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

/** Counts work that grows with the program; gives the item up when it was too much. */
export function spend(run: Run, variables: number, operations: number): void {
  run.effort += variables + operations * OPERATION;
  if (run.effort > run.most) throw new TooLarge("too large to analyse");
}
