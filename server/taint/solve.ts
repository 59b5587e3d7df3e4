/**
 * Shapes and summaries of all items, on demand. Results are kept with the facts they read (verifying traces): a kept result
 * is used only if every fact it read still has the same value, so deleting any of them changes only the time.
 * Recursive functions are solved together, from nothing, in a fixed order: the answer does not depend on who asked first.
 */
import type { FileId } from "../base/brand.ts";
import { mix, textKey } from "../base/mix.ts";
import type { Item, TypeRef } from "../ir/ir.ts";
import type { Language, Resolution } from "../languages/language.ts";
import { type FileIr, fileOf, type PlacedItem, type Program } from "../project/program.ts";
import { type Cell, createCells } from "./cells.ts";
import type { Facts, Injected } from "./facts.ts";
import { shapeOf, summarise } from "./interpret.ts";
import { join } from "./join.ts";
import type { Knowledge } from "./knowledge.ts";
import { classKey, hitsKey } from "./result-keys.ts";
import {
  type ClassShape,
  type Entry,
  type EntryParam,
  NOTHING,
  type Shape,
  type Summary,
} from "./summary.ts";
import { anyPosition, given, verdict } from "./takers.ts";
import { type ItemId, ofRef, type Ref, UNKNOWN, type Value, withoutConstants } from "./value.ts";
import { deepKey } from "./value-keys.ts";
import { widened } from "./widen.ts";

type Phase = 0 | 1 | 2;
interface Read {
  readonly what: keyof Facts;
  readonly args: readonly unknown[];
  readonly key: Key;
}
/** Of a fact's value. */
type Key = string | number;
interface Kept<T> {
  readonly reads: readonly Read[];
  readonly result: T;
}
/** Kept results, by item id and IR key. Any entry may be deleted at any time. */
export interface Memo {
  readonly shapes: [Map<string, Kept<Shape>[]>, Map<string, Kept<Shape>[]>];
  readonly summaries: Map<string, Kept<Summary>[]>;
}
export function createMemo(): Memo {
  return { shapes: [new Map(), new Map()], summaries: new Map() };
}

export interface SolveLog {
  summarised(id: ItemId): void;
}

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

export interface Solver {
  summary(id: ItemId): Summary | undefined;
  /** Until this moment (`performance.now()`), and at least until one more summary is finished, work goes on; then `Interrupted`. */
  deadline(at: number): void;
  /**
   * Takes new texts in. Returns the files about which anything may be different now, those of the texts among them; all else
   * stays as it is.
   */
  refresh(changes: readonly Change[]): ReadonlySet<FileId>;
  shape(id: ItemId): Shape | undefined;
  entry(id: ItemId): Entry;
  knowledge(id: ItemId): Knowledge;
}

/** One file's items before and after; undefined for a file that is no code or not there. */
export interface Change {
  readonly file: FileId;
  readonly before: FileIr | undefined;
  readonly after: FileIr | undefined;
}

const NO_NAMES: ReadonlySet<string> = new Set();
const MAX_DEPTH = 110;
const MAX_ROUNDS = 12;
/** Rounds of functions that call each other before what does not settle is widened. */
const EXACT_ROUNDS = 4;
const MAX_KEPT = 3;

interface Frame {
  readonly id: ItemId;
  readonly index: number;
  low: number;
}

export function createSolver(
  program: Program,
  knowledgeOf: (file: FileIr) => Knowledge,
  memo: Memo,
  log?: SolveLog,
): Solver {
  const cells = createCells();
  const done = cells.table<Summary>("summary");
  const shapes = [cells.table<Shape>("shape0"), cells.table<Shape>("shape1")] as const;
  const entries = cells.table<Entry>("entry");
  const captured = cells.table<readonly string[]>("captures");
  const written = cells.table<ReadonlySet<string>>("written");
  const results = [done, ...shapes, entries, captured, written];
  /** What of a file's text others read: an item's IR; its parameters and place; what a module exports. */
  const bodies = cells.table<never>("input");
  const signatures = cells.table<never>("input");
  const exporting = cells.table<never>("input");
  let stopAt = Number.POSITIVE_INFINITY;
  let finished = 0;

  const itemOf = (id: ItemId): PlacedItem | undefined => {
    cells.touch(bodies.cell(id));
    return program.item(id);
  };
  /** For what another item's parameters, parent and children are. */
  const signatureOf = (id: ItemId): PlacedItem | undefined => {
    cells.touch(signatures.cell(id));
    return program.item(id);
  };
  /** For what a module exports; undefined if the file is not there. */
  const moduleOf = (file: FileId): Item | undefined => {
    cells.touch(exporting.cell(`${file}#`));
    return program.file(file)?.items[0]?.ir;
  };
  const shaping = new Set<string>();
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

  const knowledge = (id: ItemId): Knowledge => {
    const file = program.file(fileOf(id));
    if (file === undefined) throw new Error(`no file for ${id}`);
    return knowledgeOf(file);
  };

  /** Kept results are good while all they read is unchanged. */
  const verify = <T>(kept: Kept<T>[] | undefined, facts: Facts): T | undefined => {
    for (const entry of kept ?? []) {
      let same = true;
      for (const read of entry.reads) {
        const value = (facts[read.what] as (...args: readonly unknown[]) => unknown)(...read.args);
        if (keyOfFact(read.what, value) !== read.key) {
          same = false;
          break;
        }
      }
      if (same) return entry.result;
    }
    return undefined;
  };

  const keep = <T>(
    table: Map<string, Kept<T>[]>,
    key: string,
    reads: readonly Read[],
    result: T,
  ): void => {
    const list = table.get(key) ?? [];
    list.unshift({ reads, result });
    if (list.length > MAX_KEPT) list.pop();
    table.set(key, list);
  };

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
    if (shaping.has(mark)) return undefined;
    shaping.add(mark);
    try {
      const plain = plainFacts[phase];
      const key = `${id}|${placed.source.key}`;
      let result = verify(memo.shapes[phase].get(key), plain);
      if (result === undefined) {
        const { facts, reads } = recording(plain, knowledge(id));
        result = shapeOf(placed.ir, id, facts);
        keep(memo.shapes[phase], key, reads, result);
      }
      cells.set(cell, result);
      return result;
    } finally {
      shaping.delete(mark);
    }
  };

  const compute = (placed: PlacedItem): { summary: Summary; reads: Read[] } => {
    const { facts, reads } = recording(plainFacts[2], knowledge(placed.id));
    log?.summarised(placed.id);
    return { summary: summarise(placed.ir, placed.id, facts), reads };
  };

  const demand = (id: ItemId): Summary | undefined => {
    const cell = done.cell(id);
    cells.touch(cell);
    return cell.isGood ? cell.value : cells.within(cell, () => work(id));
  };

  const work = (id: ItemId): Summary | undefined => {
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
    let summary = verify(memo.summaries.get(key), plainFacts[2]);
    let reads: Read[] | undefined;
    if (summary === undefined) {
      frame.low = frame.index;
      ({ summary, reads } = compute(placed));
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
      if (reads !== undefined) keep(memo.summaries, key, reads, summary);
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
      for (let round = 0; round < MAX_ROUNDS; round++) {
        let changed = false;
        for (const m of members) {
          const placed = program.item(m);
          if (placed === undefined) continue;
          const before = tentative.get(m) as Summary;
          const made = cells.within(done.cell(m), () => compute(placed).summary) as Summary;
          const summary = round < EXACT_ROUNDS ? made : widened(made, before);
          if (summary.key !== before.key) {
            tentative.set(m, summary);
            changed = true;
          }
        }
        if (!changed || open.length - openBefore > members.length) break;
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

  /** `all`: asked for by an import of all names, which does not bring the hidden ones. */
  const exported = (ref: Ref, seen: Set<string>, all = false): Value => {
    if (seen.has(ref) || seen.size > 40) return UNKNOWN;
    seen.add(ref);
    const space = ref.lastIndexOf(" ");
    const file = ref.slice(7, space);
    const name = ref.slice(space + 1);
    const module = moduleOf(file);
    if (module === undefined) {
      program.want(file);
      return UNKNOWN;
    }
    const { language } = program.file(file) as FileIr;
    if (all && !(module.listed?.includes(name) ?? !language.isHidden(name))) return UNKNOWN;
    let out: Value | undefined;
    for (const e of module.exports) {
      if (e.kind === "local" && e.exported === name) {
        const value = shape(`${file}#`, 0)?.variables.get(e.local);
        if (value !== undefined) out = join(out, value);
      } else if (e.kind === "from" && e.exported === name)
        out = join(out, fromModule(file, e.module, e.name, seen));
    }
    if (out === undefined && name !== "") out = fromAll(file, module, name, seen);
    const own = out === undefined ? language.ownPackage?.(file) : undefined;
    if (own !== undefined) {
      // A submodule of a package: `from package import module`.
      const sub = resolveModule(language, file, `${own}${name}`);
      if (sub.kind === "file" && sub.file !== file) out = ofRef(`module:${sub.file}`);
    }
    if (out === undefined) return UNKNOWN;
    let chased: Value | undefined;
    for (const r of out.refs) if (r.startsWith("export:")) chased = join(chased, exported(r, seen));
    if (chased === undefined) return out;
    return join({ ...out, refs: out.refs.filter((r) => !r.startsWith("export:")) }, chased);
  };

  /** A name that a module has from another one, of which it imports or exports all. */
  const fromAll = (
    file: FileId,
    module: Item,
    name: string,
    seen: Set<string>,
    bound = false,
  ): Value | undefined => {
    const language = (program.file(file) as FileIr).language;
    // Of two that bring the name, the later one is in force where names may be bound again.
    for (const e of module.exports.toReversed()) {
      if (e.kind !== "star" || (bound && e.binds !== true)) continue;
      const to = resolveModule(language, file, e.module);
      if (to.kind === "namespace") continue;
      if (to.kind === "package") {
        const k = knowledge(`${file}#`);
        const path = k.canon(`${to.path}.${name}`);
        if (!language.isHidden(name) && k.knows(path)) return ofRef(`lib:${path}`);
        continue;
      }
      if (moduleOf(to.file) === undefined) program.want(to.file);
      const value = exported(`export:${to.file} ${name}`, seen, true);
      if (value !== UNKNOWN) return value;
    }
    return undefined;
  };

  const resolutions = new Map<string, Resolution>();
  const resolveModule = (language: Language, file: FileId, specifier: string): Resolution => {
    const key = `${file} ${specifier}`;
    let to = resolutions.get(key);
    if (to === undefined) {
      to = language.resolve(file, specifier, program.files);
      resolutions.set(key, to);
    }
    return to;
  };

  /** The module object; and the one value that some modules are in its place. */
  const wholeModule = (file: FileId): Value => {
    const module = moduleOf(file);
    const single = module?.exports.some((e) => e.kind === "local" && e.exported === "");
    const refs: Ref[] = single ? [`module:${file}`, `export:${file} `] : [`module:${file}`];
    return { refs, taint: [] };
  };

  /** `import a.b` binds `a`: where the folder `a` is no module, what is inside by the names on the way. */
  const nested = (file: FileId, module: string, also: string): Value | undefined => {
    const language = program.file(file)?.language;
    if (language === undefined || resolveModule(language, file, module).kind === "file")
      return undefined;
    const to = resolveModule(language, file, also);
    if (to.kind !== "file") return undefined;
    if (moduleOf(to.file) === undefined) program.want(to.file);
    const steps = also.slice(module.length + 1).split(".");
    return steps.reduceRight<Value>(
      (inner, step) => ({ refs: [], taint: [], fields: new Map([[step, inner]]) }),
      wholeModule(to.file),
    );
  };

  const fromModule = (
    file: FileId,
    specifier: string,
    name: string | undefined,
    seen?: Set<string>,
  ): Value => {
    const language = program.file(file)?.language;
    if (language === undefined) return UNKNOWN;
    const to = resolveModule(language, file, specifier);
    if (to.kind === "file") {
      if (moduleOf(to.file) === undefined) program.want(to.file);
      if (name === undefined) return wholeModule(to.file);
      const ref: Ref = `export:${to.file} ${name}`;
      return seen === undefined ? ofRef(ref) : exported(ref, seen);
    }
    const inside = name === undefined ? undefined : language.within?.(specifier, name);
    const sub = inside === undefined ? undefined : resolveModule(language, file, inside);
    if (sub?.kind === "file") return ofRef(`module:${sub.file}`);
    if (to.kind === "namespace") return UNKNOWN;
    const path =
      name === undefined || name === language.mainExport ? to.path : `${to.path}.${name}`;
    const k = knowledge(`${file}#`);
    return ofRef(`lib:${k.canon(path)}`);
  };

  const entryOf = (id: ItemId): Entry => {
    const cell = entries.cell(id);
    cells.touch(cell);
    if (cell.isGood) return cell.value as Entry;
    const entry = cells.within(cell, () => makeEntry(id)) as Entry;
    cells.set(cell, entry);
    return entry;
  };

  const makeEntry = (id: ItemId): Entry => {
    const placed = itemOf(id);
    const parent = placed?.parent;
    if (placed === undefined || parent === undefined)
      return {
        params: [],
        results: [],
        selfParam: false,
        isMethod: false,
        isClassMethod: false,
        isEntryPoint: false,
        takenGuessed: false,
      };
    const hole = signatureOf(parent)?.children.indexOf(id) ?? -1;
    const closure = shape(parent, 1)?.closures.get(hole);
    const k = knowledge(id);
    const language = (program.file(placed.file) as FileIr).language;
    const selfParam =
      closure?.classId !== undefined && !closure.isStatic && language.methodsTakeSelf;
    const takers = [
      ...(closure?.takers ?? []),
      ...inheritedTakers(closure?.classId, itemOf(parent)?.ir.holes[hole]?.name ?? "", k),
      ...conventionTakers(placed, k),
    ];
    let isEntryPoint = false;
    const params = placed.ir.params.map((p, i): EntryParam | undefined => {
      if (selfParam && i === 0) return undefined;
      const sources = new Map<string, { kind: string; text: string }>();
      const refs: Ref[] = [];
      const position = selfParam ? i - 1 : i;
      let converted = false;
      for (const taker of takers) {
        const found = given(k, { taker, position, of: placed.ir.params.length });
        for (const row of found.sources) {
          const is = verdict(row, p.name, closure?.texts ?? []);
          if (is === "converted") converted = true;
          if (is === "source") sources.set(row.kind, { kind: row.kind, text: row.text });
        }
        for (const type of found.types) refs.push(`lib:${type}`);
      }
      if (sources.size > 0 || refs.length > 0) isEntryPoint = true;
      const declared = p.annotation === undefined ? undefined : typeRefs(id, p.annotation, 2);
      const says = [...(closure?.defaults[i]?.refs ?? []), ...(declared?.extras ?? [])];
      let excluded = false;
      for (const r of says) {
        if (!r.startsWith("lib:")) continue;
        const path = `${r.slice(4)}.default`;
        for (const s of k.source(path)) sources.set(s.kind, { kind: s.kind, text: s.text });
        const type = k.canon(path);
        if (type !== path) refs.push(`lib:${type}`);
        if (k.isScalar(path)) excluded = true;
      }
      const library =
        declared?.refs.filter((r) => r.startsWith("lib:") && k.knows(r.slice(4))) ?? [];
      if (library.length > 0 || excluded) sources.clear();
      const all = declared !== undefined && declared.refs.length > 0 ? declared.refs : refs;
      return {
        refs: [...new Set(all)].sort(),
        sources: [...sources.values()],
        scalar: (declared?.scalar ?? false) || converted,
        guessed: (closure?.takenGuessed ?? false) || (declared?.guessed ?? false),
      };
    });
    const results = takers.flatMap((taker) =>
      [taker, anyPosition(taker)].flatMap((path) => k.sinks(`${path}.result`)),
    );
    // Where nothing is passed for it, a static method's `this` is the class.
    const isClassMethod =
      closure !== undefined && (closure.ofClass || (closure.isStatic && !language.methodsTakeSelf));
    const isMethod = closure?.classId !== undefined && (!closure.isStatic || isClassMethod);
    // `this` of a function inside a method is taken for the method's: arrow functions have no other.
    const classId =
      closure?.classId ?? (language.methodsTakeSelf ? undefined : entryOf(parent).classId);
    const entry: Entry = {
      params,
      selfParam,
      isMethod,
      isClassMethod,
      isEntryPoint,
      results,
      takenGuessed: closure?.takenGuessed ?? false,
      ...(classId === undefined ? {} : { classId }),
    };
    return entry;
  };

  /** A method is taken by the library classes that its class inherits from. */
  const inheritedTakers = (classId: string | undefined, name: string, k: Knowledge): string[] => {
    if (classId === undefined || name === "") return [];
    const names = [name, name.replace(/_[^_].*$/, "_*")];
    return libraryBases(classId, k, 0)
      .filter((base) => k.knows(`${base}.%method`))
      .flatMap((base) => names.map((n) => `${base}.%method.${n}`));
  };

  /** Instance paths of the library classes that a class inherits from, through classes of the project. */
  const libraryBases = (classId: string, k: Knowledge, depth: number): string[] => {
    if (depth > 8) return [];
    const refs = (classOf(classId)?.bases ?? []).flatMap((base) =>
      base.refs.flatMap((r) => (r.startsWith("export:") ? exported(r, new Set()).refs : [r])),
    );
    return refs.flatMap((r) =>
      r.startsWith("lib:")
        ? [k.canon(`${r.slice(4)}()`)]
        : r.startsWith("class:")
          ? libraryBases(r.slice(6), k, depth + 1)
          : [],
    );
  };

  const conventionTakers = (placed: PlacedItem, k: Knowledge): string[] => {
    const rows = k.conventions(placed.file);
    if (rows.length === 0) return [];
    const names = exportedNames(placed);
    const module = itemOf(`${placed.file}#`)?.ir;
    return rows.flatMap((row) => {
      const own = row.directive !== undefined && placed.ir.directives?.includes(row.directive);
      if (own) return [row.taker];
      if (row.directive !== undefined && !module?.directives?.includes(row.directive)) return [];
      const fits = names.some((n) => row.exports?.includes(n) ?? true);
      return fits ? [row.taker] : [];
    });
  };

  /** The names under which a module gives away one of its own functions. */
  const exportedNames = (placed: PlacedItem): readonly string[] => {
    const module = itemOf(placed.parent ?? "");
    if (module?.ir.kind !== "module") return [];
    const own = shape(module.id, 1);
    if (own === undefined) return [];
    let given = givenAway.get(own);
    if (given?.exports !== module.ir.exports) {
      given = { exports: module.ir.exports, names: functionNames(own, module.ir.exports) };
      givenAway.set(own, given);
    }
    return given.names.get(`fn:${placed.id}`) ?? [];
  };
  /** Found once for all functions of a module: by its shape, with the exports that they were found for. */
  const givenAway = new WeakMap<
    Shape,
    { readonly exports: Item["exports"]; readonly names: ReadonlyMap<Ref, readonly string[]> }
  >();

  const free = (
    id: ItemId,
    name: string,
    phase: Phase,
  ): { value: Value; captured: boolean } | undefined => {
    const own = itemOf(id);
    let child = id;
    for (
      let at = own?.ir.kind === "module" ? id : own?.parent;
      at !== undefined;
      child = at, at = itemOf(at)?.parent
    ) {
      const placed = itemOf(at) as PlacedItem;
      const isModule = placed.ir.kind === "module";
      // The name may mean a variable of an inner block, kept under another name.
      const renamed = placed.ir.holes[placed.children.indexOf(child)]?.renamed?.[name];
      const slot = renamed === undefined ? name : (placed.ir.slots[renamed] as string);
      if (!placed.ir.slots.includes(slot)) {
        if (!isModule || phase === 0) continue;
        const value = fromAll(placed.file, placed.ir, name, new Set(), true);
        if (value !== undefined) return { value, captured: false };
        continue;
      }
      const value = shape(at, phase === 0 ? 0 : 1)?.variables.get(slot) ?? UNKNOWN;
      const varies = value.alts !== undefined && writtenInside(at).has(name);
      return { value: varies ? withoutConstants(value) : value, captured: !isModule };
    }
    return undefined;
  };

  const writtenInside = (id: ItemId): ReadonlySet<string> => {
    const cell = written.cell(id);
    cells.touch(cell);
    if (cell.isGood) return cell.value as ReadonlySet<string>;
    const names = cells.within(cell, () => assignedBelow(id)) as ReadonlySet<string>;
    cells.set(cell, names);
    return names;
  };
  const assignedBelow = (id: ItemId): ReadonlySet<string> => {
    const all = new Set<string>();
    for (const child of signatureOf(id)?.children ?? []) {
      for (const name of signatureOf(child)?.ir.outerWrites ?? []) all.add(name);
      for (const name of writtenInside(child)) all.add(name);
    }
    return all.size === 0 ? NO_NAMES : all;
  };

  const typeRefs = (
    id: ItemId,
    type: TypeRef,
    phase: Phase,
  ): { refs: Ref[]; scalar: boolean; guessed: boolean; extras: Ref[] } => {
    const none = { refs: [], scalar: false, guessed: false, extras: [] };
    if (type.kind === "literal") return { ...none, scalar: true };
    if (type.kind === "union") {
      const members = type.members.filter(
        (m) =>
          !(m.kind === "name" && /^(None|null|undefined)$/.test(m.path.join("."))) &&
          !(m.kind === "literal" && m.values.every((v) => v === null || v === undefined)),
      );
      const all = members.map((m) => typeRefs(id, m, phase));
      return {
        refs: [...new Set(all.flatMap((a) => a.refs))],
        scalar: all.length > 0 && all.every((a) => a.scalar),
        guessed: all.some((a) => a.guessed),
        extras: all.flatMap((a) => a.extras),
      };
    }
    if (type.kind !== "name") return none;
    const last = type.path[type.path.length - 1] ?? "";
    if (last === "Optional" || last === "Union" || last === "Promise" || last === "Awaitable")
      return typeRefs(id, { kind: "union", members: type.args }, phase);
    if (last === "Annotated") {
      const [first, ...rest] = type.args;
      const base = first === undefined ? none : typeRefs(id, first, phase);
      const extras = rest.flatMap((r) =>
        r.kind === "name" && r.called
          ? named(id, r.path, phase)
              .refs.filter((x) => x.startsWith("lib:"))
              .map((x) => `${x}()`)
          : [],
      );
      // A conversion named in the decorator: `@Param("id", ParseIntPipe)`.
      const converted = rest.some(
        (r) =>
          r.kind === "name" &&
          r.called &&
          r.args.some((a) => a.kind === "name" && typeRefs(id, a, phase).scalar),
      );
      return {
        ...base,
        scalar: base.scalar || converted,
        extras: [...base.extras, ...extras],
      };
    }
    const k = knowledge(id);
    const value = named(id, type.path, phase);
    const refs: Ref[] = [];
    let scalar = false;
    for (const r of value.refs) {
      if (r.startsWith("lib:")) {
        if (k.isScalar(r.slice(4))) scalar = true;
        else if (!r.startsWith(`lib:${k.globals}.`)) refs.push(`lib:${k.canon(`${r.slice(4)}()`)}`);
      } else if (r.startsWith("class:")) {
        refs.push(`inst:${r.slice(6)}`);
        const shapeOfClass = classOf(r.slice(6));
        if (
          shapeOfClass?.bases.some((b) =>
            b.refs.some((x) => x.startsWith("lib:") && k.isScalar(x.slice(4))),
          )
        )
          scalar = true;
      }
    }
    return { refs, scalar, guessed: value.guessed ?? false, extras: [] };
  };

  const named = (id: ItemId, path: readonly string[], phase: Phase): Value => {
    const [first, ...rest] = path;
    if (first === undefined) return UNKNOWN;
    const k = knowledge(id);
    const placed = itemOf(id);
    let value = placed?.ir.kind === "module" ? undefined : free(id, first, phase)?.value;
    if (placed?.ir.kind === "module")
      value = phase === 0 ? undefined : shape(id, phase === 2 ? 1 : 0)?.variables.get(first);
    if (value === undefined) {
      const path0 = k.canon(`${k.globals}.${first}`);
      const hints = k.hint(first);
      value =
        k.knows(path0) || k.isScalar(path0)
          ? ofRef(`lib:${path0}`)
          : hints.length > 0
            ? { refs: hints.map((h) => `lib:${h}`), taint: [], guessed: true }
            : UNKNOWN;
    }
    let refs = value.refs.flatMap((r) =>
      r.startsWith("export:") && phase !== 0 ? exported(r, new Set()).refs : [r],
    );
    for (const step of rest)
      refs = refs.flatMap((r) =>
        r.startsWith("lib:")
          ? [`lib:${k.canon(`${r.slice(4)}.${step}`)}`]
          : r.startsWith("module:") && phase !== 0
            ? exported(`export:${r.slice(7)} ${step}`, new Set()).refs
            : [],
      );
    return { refs, taint: [], ...(value.guessed ? { guessed: true } : {}) };
  };

  /** Names that an item or one inside it takes from around it. */
  const captures = (id: ItemId): readonly string[] => {
    const cell = captured.cell(id);
    cells.touch(cell);
    if (cell.isGood) return cell.value as readonly string[];
    const names = cells.within(cell, () => namesOf(id)) as readonly string[];
    cells.set(cell, names);
    return names;
  };
  const namesOf = (id: ItemId): readonly string[] => {
    const placed = itemOf(id);
    if (placed === undefined) return [];
    const names = new Set<string>();
    for (const op of placed.ir.ops) {
      if (op.op === "free" || op.op === "storeFree") names.add(op.name);
      else if (op.op === "this" && !entryOf(id).isMethod) names.add("this");
    }
    for (const child of placed.children)
      for (const name of captures(child)) if (!placed.ir.slots.includes(name)) names.add(name);
    return [...names].sort();
  };

  const classOf = (classId: string, phase: 0 | 1 = 1): ClassShape | undefined => {
    const item =
      itemOf(classId.slice(0, classId.lastIndexOf("."))) ?? itemOf(`${fileOf(classId)}#`);
    const own = item === undefined ? undefined : shape(item.id, phase)?.classes.get(classId);
    return own ?? shape(`${fileOf(classId)}#`, phase)?.classes.get(classId);
  };

  const defaultOf = (id: ItemId, index: number): Value | undefined => {
    const parent = itemOf(id)?.parent;
    const hole = parent === undefined ? -1 : (itemOf(parent)?.children.indexOf(id) ?? -1);
    return parent === undefined ? undefined : shape(parent, 1)?.closures.get(hole)?.defaults[index];
  };

  const injected = (id: ItemId, index: number): Injected | undefined => {
    const param = itemOf(id)?.ir.params[index];
    if (param === undefined) return undefined;
    const k = knowledge(id);
    const declared = (): Value => ({
      refs: (param.annotation === undefined ? [] : typeRefs(id, param.annotation, 2).refs).flatMap(
        (r): Ref[] => (r.startsWith("inst:") ? [`class:${r.slice(5)}`] : []),
      ),
      taint: [],
    });
    const given = param.hasDefault ? defaultOf(id, index) : undefined;
    for (const r of given?.refs ?? [])
      if (r.startsWith("lib:") && k.injects(r.slice(4)) !== undefined)
        return { by: given?.env?.get("0") ?? declared(), taker: r.slice(4, -2) };
    const type = param.annotation;
    if (type?.kind !== "name" || type.path.at(-1) !== "Annotated") return undefined;
    for (const extra of type.args.slice(1)) {
      if (extra.kind !== "name" || !extra.called) continue;
      for (const r of named(id, extra.path, 2).refs) {
        if (!r.startsWith("lib:") || k.injects(`${r.slice(4)}()`) === undefined) continue;
        const [by] = extra.args;
        return { by: by?.kind === "name" ? named(id, by.path, 2) : declared(), taker: r.slice(4) };
      }
    }
    return undefined;
  };

  const fieldOf = (classId: string, name: string): Value | undefined => {
    const found = classOf(classId);
    let out: Value | undefined;
    for (const hole of found?.methods ?? []) {
      const child = itemOf(found?.item ?? "")?.children[hole];
      const value = child === undefined ? undefined : shape(child, 1)?.self.fields?.get(name);
      if (value !== undefined) out = join(out, value);
    }
    return out;
  };

  const factsFor = (phase: Phase): Facts => ({
    knowledge: undefined as never,
    imported: (item, module, name, also) =>
      (also === undefined ? undefined : nested(fileOf(item), module, also)) ??
      fromModule(fileOf(item), module, name),
    free: (item, name) => free(item, name, phase),
    exported: (ref) => (phase === 0 ? UNKNOWN : exported(ref, new Set())),
    entry: (item) =>
      phase === 0
        ? {
            params: [],
            results: [],
            selfParam: false,
            isMethod: false,
            isClassMethod: false,
            isEntryPoint: false,
            takenGuessed: false,
          }
        : entryOf(item),
    defaultOf: (item, index) => (phase === 2 ? defaultOf(item, index) : undefined),
    classOf: (id) => (phase === 0 ? undefined : classOf(id, phase === 1 ? 0 : 1)),
    injected: (item, index) => (phase === 2 ? injected(item, index) : undefined),
    fieldOf: (id, name) => (phase === 2 ? fieldOf(id, name) : undefined),
    summary: (item) => {
      const summary = phase === 2 ? demand(item) : undefined;
      return summary?.givenUp ? undefined : summary;
    },
    enclosed: (item) =>
      phase === 2 ? (demand(item)?.hits.filter((h) => h.label.startsWith("free:")) ?? []) : [],
    captures,
    writtenInside,
    child: (item, hole) => itemOf(item)?.children[hole],
    ir: (item) => signatureOf(item)?.ir,
    parentOf: (item) => signatureOf(item)?.parent,
    shape: (item) => (phase === 2 ? shape(item, 1) : undefined),
    typeRefs: (item, type) =>
      phase === 0 ? { refs: [], scalar: false, guessed: false } : typeRefs(item, type, phase),
  });

  const plainFacts: readonly [Facts, Facts, Facts] = [factsFor(0), factsFor(1), factsFor(2)];

  const keyOfFact = (what: keyof Facts, value: unknown): Key => {
    if (value === undefined) return "-";
    switch (what) {
      case "imported":
      case "exported":
      case "fieldOf":
      case "defaultOf":
        return deepKey(value as Value);
      case "free": {
        const f = value as { value: Value; captured: boolean };
        return mix(f.captured ? 1 : 2, deepKey(f.value));
      }
      case "summary":
        return (value as Summary).outside;
      case "enclosed": {
        const hits = value as Summary["hits"];
        return hits.length === 0 ? 0 : hitsKey(hits);
      }
      case "shape":
        return (value as Shape).key;
      case "entry":
      case "typeRefs":
        return JSON.stringify(value);
      case "classOf":
        return classKey(value as ClassShape);
      case "injected":
        return mix(deepKey((value as Injected).by), textKey((value as Injected).taker));
      case "captures":
        return (value as readonly string[]).join(",");
      case "writtenInside":
        return namesKey(value as ReadonlySet<string>);
      case "ir":
        return irKey(value as Item);
      default:
        return String(value);
    }
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
        cells.reset();
        frames.clear();
        tentative.clear();
        shaping.clear();
        open = [];
        if (!(error instanceof TooDeep)) throw error;
        if (reached.has(error.id)) bottomless.add(error.id);
        reached.add(error.id);
        unfinished.push(error.id);
      }
  };

  /** Makes a suspect cell's value again, or finds that it stands. */
  const remake = ({ kind, id }: Cell): void => {
    if (program.item(id) === undefined) return;
    try {
      if (kind === "summary") summary(id);
      else if (kind === "entry") entryOf(id);
      else if (kind === "captures") captures(id);
      else if (kind === "written") writtenInside(id);
      else if (kind !== "input") shape(id, kind === "shape0" ? 0 : 1);
    } catch {
      // A fault of our own: the cell stays suspect, and whoever needs it meets the fault where it is reported.
      cells.reset();
    }
  };

  return {
    summary,
    deadline(at) {
      stopAt = at;
      finished = 0;
    },
    refresh(changes) {
      cells.next();
      unfinished.length = 0;
      reached.clear();
      bottomless.clear();
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
      const suspects = cells.doubt([...inner, ...outer]).map((cell) => ({ cell, was: cell.value }));
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
    entry: entryOf,
    knowledge,
  };

  /** Facts that note what is read. Within one run a fact keeps its first answer. */
  function recording(facts: Facts, knowledge: Knowledge): { facts: Facts; reads: Read[] } {
    const reads: Read[] = [];
    const note = <T>(what: keyof Facts, args: readonly unknown[], value: T): T => {
      reads.push({ what, args, key: keyOfFact(what, value) });
      return value;
    };
    const one = <A, T>(what: keyof Facts, read: (a: A) => T): ((a: A) => T) => {
      const known = new Map<A, T>();
      return (a) => {
        const old = known.get(a);
        if (old !== undefined || known.has(a)) return old as T;
        const value = note(what, [a], read(a));
        known.set(a, value);
        return value;
      };
    };
    const two = <A, B, T>(what: keyof Facts, read: (a: A, b: B) => T): ((a: A, b: B) => T) => {
      const known = new Map<A, Map<B, T>>();
      return (a, b) => {
        let inner = known.get(a);
        if (inner === undefined) {
          inner = new Map();
          known.set(a, inner);
        }
        const old = inner.get(b);
        if (old !== undefined || inner.has(b)) return old as T;
        const value = note(what, [a, b], read(a, b));
        inner.set(b, value);
        return value;
      };
    };
    const imports = new Map<string, Value>();
    return {
      reads,
      facts: {
        knowledge,
        imported: (item, module, name, also) => {
          const key = `${module} ${name ?? ""}`;
          const old = imports.get(key);
          if (old !== undefined) return old;
          const value = facts.imported(item, module, name, also);
          imports.set(key, note("imported", [item, module, name, also], value));
          return value;
        },
        free: two("free", facts.free),
        exported: one("exported", facts.exported),
        entry: one("entry", facts.entry),
        defaultOf: two("defaultOf", facts.defaultOf),
        injected: two("injected", facts.injected),
        classOf: one("classOf", facts.classOf),
        fieldOf: two("fieldOf", facts.fieldOf),
        summary: one("summary", facts.summary),
        enclosed: one("enclosed", facts.enclosed),
        captures: one("captures", facts.captures),
        child: two("child", facts.child),
        writtenInside: one("writtenInside", facts.writtenInside),
        ir: one("ir", facts.ir),
        parentOf: one("parentOf", facts.parentOf),
        shape: one("shape", facts.shape),
        typeRefs: two("typeRefs", facts.typeRefs),
      },
    };
  }
}

/** Functions of a module by the names of its exports, or of their fields, that they are. */
function functionNames(
  module: Shape,
  exports: Item["exports"],
): ReadonlyMap<Ref, readonly string[]> {
  const out = new Map<Ref, string[]>();
  const add = (value: Value, name: string): void => {
    for (const ref of value.refs)
      if (ref.startsWith("fn:")) out.set(ref, [...(out.get(ref) ?? []), name]);
  };
  for (const e of exports) {
    const value = e.kind === "local" ? module.variables.get(e.local) : undefined;
    if (value === undefined || e.kind !== "local") continue;
    add(value, e.exported);
    for (const [key, field] of value.fields ?? []) add(field, `${e.exported}.${key}`);
  }
  return out;
}

/** To whoever reads the cell it is what it was. */
function namesKey(names: ReadonlySet<string> | undefined): string {
  return [...(names ?? NO_NAMES)].sort().join(",");
}

function isSame(cell: Cell, was: unknown): boolean {
  if (cell.value === was) return true;
  switch (cell.kind) {
    case "summary":
      return (cell.value as Summary).outside === (was as Summary).outside;
    case "shape0":
    case "shape1":
      return (cell.value as Shape).key === (was as Shape).key;
    case "entry":
    case "captures":
      return JSON.stringify(cell.value) === JSON.stringify(was);
    case "written":
      return namesKey(cell.value as ReadonlySet<string>) === namesKey(was as ReadonlySet<string>);
    default:
      return false;
  }
}

interface Difference {
  /** Items with another text, or only there before or after. */
  readonly changed: readonly ItemId[];
  /** Items that are another thing to others: parameters, place, what is nested in them. */
  readonly resigned: readonly ItemId[];
  /** Items that came or went. */
  readonly moved: readonly ItemId[];
  readonly gone: readonly ItemId[];
  readonly exports: boolean;
}

function difference(before: FileIr | undefined, after: FileIr | undefined): Difference {
  const old = new Map((before?.items ?? []).map((item) => [item.id, item]));
  const changed: ItemId[] = [];
  const resigned: ItemId[] = [];
  const moved: ItemId[] = [];
  for (const item of after?.items ?? []) {
    const was = old.get(item.id);
    old.delete(item.id);
    if (was === undefined) {
      moved.push(item.id);
      resigned.push(item.id);
    } else if (was.source.key !== item.source.key) {
      changed.push(item.id);
      if (placeKey(was) !== placeKey(item)) resigned.push(item.id);
    } else if (was.parent !== item.parent) resigned.push(item.id);
  }
  const gone = [...old.keys()];
  moved.push(...gone);
  resigned.push(...gone);
  const module = before?.items[0];
  const now = after?.items[0];
  const exports =
    module?.source.key !== now?.source.key && exportsKey(module?.ir) !== exportsKey(now?.ir);
  return { changed, resigned, moved, gone, exports };
}

function placeKey(item: PlacedItem): string {
  return `${irKey(item.ir)}|${item.parent ?? ""}|${item.children.join(" ")}`;
}
function exportsKey(module: Item | undefined): string {
  return module === undefined ? "" : JSON.stringify([module.exports, module.listed]);
}

/** A callee's IR matters to its caller by its parameters only, and whether it sets variables outside. */
function irKey(ir: Item): string {
  return `${ir.params.map((p) => `${p.kind}:${p.name}`).join(",")}!${ir.outerWrites.join(",")}${ir.isGenerator ? "*" : ""}`;
}

function calledItself(reads: readonly Read[] | undefined, id: ItemId): boolean {
  return (
    reads?.some((r) => (r.what === "summary" || r.what === "enclosed") && r.args[0] === id) ?? false
  );
}
