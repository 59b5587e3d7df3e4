/**
 * Shapes and summaries of all items, on demand. Results are kept with the facts they read (verifying traces): a kept result
 * is used only if every fact it read still has the same value, so deleting any of them changes only the time.
 * Recursive functions are solved together, from nothing, in a fixed order: the answer does not depend on who asked first.
 */

import type { FileId } from "../base/brand.ts";
import type { Item } from "../ir/ir.ts";
import { type FileIr, fileOf, type PlacedItem, type Program } from "../project/program.ts";
import { type Bounds, WIDE } from "./bounds.ts";
import { type Cell, createCells } from "./cells.ts";
import { type Clock, Interrupted } from "./clock.ts";
import { createComponents, type Work } from "./components.ts";
import { type Change, difference, isSame } from "./difference.ts";
import { createEntries } from "./entries.ts";
import type { Facts } from "./facts.ts";
import { createInputs, type Ground } from "./ground.ts";
import { shapeOf, summarise } from "./interpret.ts";
import { createKeeping } from "./kept.ts";
import type { Knowledge } from "./knowledge.ts";
import { createModules } from "./modules.ts";
import { createCaptures, createNames, createWritten } from "./names.ts";
import { begin, finish, type Progress } from "./passes.ts";
import { factsOf, type Parts } from "./phases.ts";
import { createPlaces, createTouching } from "./places.ts";
import { type Kept, keep, type Read, recording, verify } from "./reads.ts";
import { createRun, MAX_EFFORT, TooLarge } from "./run.ts";
import type { Entry, Observation, Shape, Summary } from "./summary.ts";
import { createClasses, createTypes } from "./types.ts";
import type { ItemId, Value } from "./value.ts";

export interface Inspection {
  /** By operation, with what is proved by its answer. */
  readonly values: readonly (Value | undefined)[];
  readonly observations: readonly Observation[];
}

export interface Solver {
  summary(id: ItemId): Summary | undefined;
  /** Since the last deadline was set, something was done that is kept. */
  hasMoved(): boolean;
  /** Until this moment (`performance.now()`), and at least until something more is done that is kept, work goes on; then `Interrupted`. */
  deadline(at: number): void;
  /**
   * Takes new texts in. Returns the files about which anything may be different now, those of the texts among them; all else
   * stays as it is.
   */
  refresh(changes: readonly Change[]): ReadonlySet<FileId>;
  shape(id: ItemId): Shape | undefined;
  /** What the operations of an item make, in a run that is not kept: for explanations. Undefined if it is too large. */
  inspect(id: ItemId): Inspection | undefined;
  entry(id: ItemId): Entry;
  knowledge(id: ItemId): Knowledge;
}

interface Half {
  readonly ir: Item;
  readonly bounds: Bounds;
  readonly reads: readonly Read[];
  readonly progress: Progress;
}

export interface SolveLog {
  summarised(id: ItemId): void;
  /** What a summary has cost, each time one is made; counted in variables looked at. */
  spent?(id: ItemId, effort: number): void;
}

/** Kept results, by item id and IR key. Any entry may be deleted at any time. */
export interface Memo {
  readonly shapes: [Map<string, Kept<Shape>[]>, Map<string, Kept<Shape>[]>];
  readonly summaries: Map<string, Kept<Summary>[]>;
}
export function createMemo(): Memo {
  return { shapes: [new Map(), new Map()], summaries: new Map() };
}

export function createSolver(
  program: Program,
  knowledgeOf: (file: FileIr) => Knowledge,
  memo: Memo,
  clock: Clock,
  log?: SolveLog,
): Solver {
  const cells = createCells();
  const done = cells.table<Summary>("summary");
  const shapes = [cells.table<Shape>("shape0"), cells.table<Shape>("shape1")] as const;
  const inputs = createInputs(program, cells, knowledgeOf);
  const { itemOf, knowledge } = inputs;
  const shaping = new Set<string>();
  /** How often a shape was not there because it was being made: one that looks at itself cannot be made in parts. */
  let cut = 0;

  const shape = (id: ItemId, phase: 0 | 1): Shape | undefined => {
    const cell = shapes[phase].cell(id);
    cells.touch(cell);
    return cell.isGood ? cell.value : cells.within(cell, () => makeShape(cell, phase));
  };

  const makeShape = (cell: Cell<Shape>, phase: 0 | 1): Shape | undefined => {
    const { id } = cell;
    const placed = itemOf(id);
    if (placed === undefined) return undefined;
    const mark = `${phase}${id}`;
    if (shaping.has(mark)) {
      cut++;
      return undefined;
    }
    clock.before();
    const cutBefore = cut;
    shaping.add(mark);
    try {
      const key = `${id}|${placed.source.key}`;
      let result = verify(memo.shapes[phase].get(key), plainFacts[phase]);
      if (result === undefined) {
        const half = toDo(mark, placed, phase, WIDE);
        const isOver = (): boolean => clock.isOver() && cut === cutBefore;
        result = inParts(mark, half, () => shapeOf(half.progress, isOver));
        keep(memo.shapes[phase], key, half.reads, result);
      }
      cells.set(cell, result);
      clock.moved();
      return result;
    } catch (error) {
      if (cut !== cutBefore) halves.delete(mark);
      throw error;
    } finally {
      shaping.delete(mark);
    }
  };

  /** Shapes and summaries whose making was broken off. */
  const halves = new Map<string, Half>();
  const toDo = (key: string, { id, ir }: PlacedItem, phase: 0 | 1 | 2, bounds: Bounds): Half => {
    const half = halves.get(key);
    halves.delete(key);
    if (half?.ir === ir && half.bounds === bounds) return half;
    const { facts, reads } = recording(plainFacts[phase], knowledge(id));
    const progress = begin(createRun(ir, id, facts, phase < 2, bounds));
    if (phase === 2) log?.summarised(id);
    return { ir, bounds, reads, progress };
  };
  const inParts = <T>(key: string, half: Half, work: () => T): T => {
    const before = half.progress.checkpoints;
    try {
      return work();
    } catch (error) {
      if (error instanceof Interrupted) {
        halves.set(key, half);
        if (half.progress.checkpoints > before) clock.moved();
      }
      throw error;
    }
  };
  const compute: Work["compute"] = (placed, bounds, isOver, most) => {
    const half = toDo(`2${placed.id}`, placed, 2, bounds);
    half.progress.run.most = Math.min(most ?? MAX_EFFORT, MAX_EFFORT);
    const made = inParts(`2${placed.id}`, half, () => summarise(half.progress, isOver));
    log?.spent?.(placed.id, made.effort);
    return { ...made, reads: half.reads };
  };

  const ground: Ground = { ...inputs, program, cells, shape };
  const modules = createModules(ground);
  const written = createWritten(ground);
  const classes = createClasses(ground);
  const touching = createTouching(ground);
  const keeping = createKeeping(ground);
  const places = createPlaces(ground, modules, classes, touching);
  const names = createNames(ground, modules, written, places.withStored);
  const types = createTypes(ground, modules, names, classes);
  const entries = createEntries(ground, modules, types, classes);
  const captured = createCaptures(ground, entries);
  const components = createComponents(ground, done, clock, {
    kept: (key) => verify(memo.summaries.get(key), plainFacts[2]),
    compute,
    drop: (id) => halves.delete(`2${id}`),
    stands: (reads) => verify([{ reads, result: true }], plainFacts[2]) === true,
    keep: (key, reads, summary) => keep(memo.summaries, key, reads, summary),
    brokenOff() {
      cells.reset();
      shaping.clear();
    },
  });
  const { summary } = components;
  const parts: Parts = {
    ...ground,
    ...modules,
    ...names,
    ...classes,
    ...types,
    ...places,
    writtenInside: written.writtenInside,
    captures: captured.captures,
    keptInside: keeping.keptInside,
    entryOf: entries.entryOf,
    defaultOf: entries.defaultOf,
    injected: entries.injected,
    demand: components.demand,
  };
  const plainFacts: readonly [Facts, Facts, Facts] = [
    factsOf(0, parts),
    factsOf(1, parts),
    factsOf(2, parts),
  ];

  const results = [
    done,
    ...shapes,
    entries.table,
    captured.table,
    written.table,
    touching.table,
    keeping.table,
  ];
  const { bodies, signatures, exporting } = inputs;

  /** Makes a suspect cell's value again, or finds that it stands. */
  const remake = ({ kind, id }: Cell): void => {
    if (program.item(id) === undefined) return;
    try {
      if (kind === "summary") summary(id);
      else if (kind === "entry") entries.entryOf(id);
      else if (kind === "captures") captured.captures(id);
      else if (kind === "written") written.writtenInside(id);
      else if (kind === "touched") touching.touchedInside(id);
      else if (kind === "kept") keeping.keptInside(id);
      else if (kind !== "input") shape(id, kind === "shape0" ? 0 : 1);
    } catch {
      // A fault of our own: the cell stays suspect, and whoever needs it meets the fault where it is reported.
      cells.reset();
    }
  };

  return {
    summary,
    deadline: clock.deadline,
    hasMoved: clock.hasMoved,
    refresh(changes) {
      cells.next();
      components.forget();
      halves.clear();
      const edited = new Set(changes.map(({ file }) => file));
      const inner: Cell[] = [];
      const outer: Cell[] = [];
      const gone: ItemId[] = [];
      for (const { file, before, after } of changes) {
        const what = difference(before, after);
        for (const id of what.changed) inner.push(bodies.cell(id));
        for (const id of what.resigned) outer.push(signatures.cell(id));
        if (what.exports) outer.push(exporting.cell(`${file}#`));
        for (const id of what.moved) outer.push(bodies.cell(id));
        for (const id of what.gone) for (const table of results) outer.push(table.cell(id));
        gone.push(...what.gone);
      }
      const suspects: { readonly cell: Cell; readonly was: unknown }[] = [];
      const suspect = (from: Iterable<Cell>): void => {
        for (const cell of cells.doubt(from, "kept")) suspects.push({ cell, was: cell.value });
      };
      suspect([...inner, ...outer]);
      // All functions of a file look at what is kept by any of them, and hardly ever is it another after an edit.
      for (const { cell, was } of suspects) {
        if (cell.kind !== "kept") continue;
        remake(cell);
        if (!isSame(cell, was)) suspect([cell]);
      }
      // The edited files first: of what they are to others, only what is not as before puts anything else in doubt.
      for (const { cell } of suspects) if (edited.has(fileOf(cell.id))) remake(cell);
      for (const { cell } of suspects) if (!edited.has(fileOf(cell.id))) cell.isGood = true;
      const remade = suspects.filter(({ cell }) => cells.isNew(cell));
      const different = remade.filter(({ cell, was }) => !isSame(cell, was));
      const stale = cells.doubt([...outer, ...different.map(({ cell }) => cell)]);
      for (const id of gone) for (const table of [...results, bodies, signatures]) table.drop(id);
      const files = [...stale, ...remade.map(({ cell }) => cell)].map((cell) => fileOf(cell.id));
      return new Set([...edited, ...files]);
    },
    shape: (id) => shape(id, 1),
    inspect(id) {
      const placed = program.item(id);
      if (placed === undefined) return undefined;
      const { facts } = recording(plainFacts[2], knowledge(id));
      const run = createRun(placed.ir, id, facts, false, WIDE);
      try {
        finish(begin(run), () => false);
      } catch (error) {
        if (error instanceof TooLarge) return undefined;
        throw error;
      }
      return { values: run.values, observations: [...run.observations.values()] };
    },
    entry: entries.entryOf,
    knowledge,
  };
}
