/** The present moment: the texts lowered, a solver for them, and what was found; edits are taken in, other changes begin a new one. */

import type { FileId } from "../base/brand.ts";
import { grammarFor, type Language } from "../languages/language.ts";
import {
  type FileIr,
  fileOf,
  type IrCache,
  lowerFile,
  type PlacedItem,
  type Program,
} from "../project/program.ts";
import type { FlatTree } from "../syntax/flat.ts";
import type { Syntax } from "../syntax/parser.ts";
import { createClock, Interrupted } from "../taint/clock.ts";
import type { Knowledge } from "../taint/knowledge.ts";
import { createMemo, createSolver, type Memo, type Solver } from "../taint/solve.ts";
import type { Departure, Hidden } from "./api.ts";
import type { Contribution, ProjectIndex } from "./contributions.ts";
import type { Found } from "./input.ts";
import type { OwnRules } from "./own.ts";
import { commentedIn } from "./suppress.ts";
import { type Doc, STEERING, type Texts } from "./texts.ts";
import { writtenIn } from "./written.ts";

/** Told which items were lowered and summarised, for the recomputation log; and what summaries have cost. */
export interface EngineLog {
  lowered(id: string): void;
  summarised(id: string): void;
  spent?(id: string, effort: number): void;
}

/** One moment: what is known of the texts as they are. */
export interface Moment {
  readonly program: Program;
  readonly solver: Solver;
  readonly knowledge: (file: FileId, language: Language["id"]) => Knowledge;
  readonly contributions: Map<FileId, Contribution>;
  readonly waiting: Set<FileId>;
  /** What waiting files gave before; and the functions with another text since then, in which nothing of it stands. */
  readonly before: Map<FileId, Contribution>;
  readonly rewritten: Set<string>;
  /** Files whose findings were given before all that flows into them was known. */
  readonly owed: Set<FileId>;
  /** Files whose findings were given by rules that did not look at all files yet. */
  readonly unsettled: Set<FileId>;
  readonly found: Map<FileId, readonly Found[]>;
  readonly departures: Map<FileId, readonly Departure[]>;
  readonly hidden: Map<FileId, Hidden>;
  index: ProjectIndex | undefined;
}

export interface Moments {
  readonly irOf: (file: FileId) => FileIr | undefined;
  /** The present moment, with all edits taken in. */
  readonly now: () => Moment;
  /** A text changed, came or went. */
  readonly touch: (file: FileId) => void;
  /** Something changed that import resolution depends on. */
  readonly reset: () => void;
  /** What is made of all contributions is made again. */
  readonly stale: (m?: Moment) => void;
  /** Forgets what it keeps only to be quick: the entries for which the answer is true. */
  readonly dropCaches: (chosen: () => boolean) => void;
}

export function createMoments(
  syntax: Syntax,
  texts: Texts,
  own: OwnRules,
  log: EngineLog | undefined,
  rulesChanged: () => void,
): Moments {
  const { docs, known, wanted, files, languageOf, isManifest } = texts;
  const irCache: IrCache = new Map();
  const clock = createClock();
  const memo: Memo = createMemo();
  /** Dropped on every change of what it stands on, so nothing in it can be stale. */
  let moment: Moment | undefined;
  /** Files whose text changed since the last look. */
  const edited = new Set<FileId>();
  const byId = new Map<FileId, Map<string, PlacedItem>>();
  /** The items that the solver has seen of each file. */
  const solved = new Map<FileId, FileIr>();

  const irOf = (file: FileId): FileIr | undefined => {
    const doc = docs.get(file);
    if (doc === undefined) return undefined;
    if (doc.ir !== undefined) {
      if (!solved.has(file)) solved.set(file, doc.ir);
      return doc.ir;
    }
    const grammar = grammarFor(file, doc.languageId);
    const language = languageOf(file, doc);
    if (grammar === undefined || language === undefined) return undefined;
    if (doc.lowering === undefined) {
      clock.before();
      let tree: FlatTree;
      if (doc.open) {
        doc.source ??= syntax.open(grammar, doc.text);
        tree = doc.source.flat();
      } else tree = syntax.parse(grammar, doc.text);
      doc.commented = commentedIn(tree);
      doc.written = texts.isLookedAt(doc.text) ? writtenIn(tree) : undefined;
      if (doc.open) doc.itemKeys ??= { keys: new Map() };
      else doc.itemKeys = undefined;
      doc.lowering = lowerFile(file, tree, language, irCache, log, doc.itemKeys);
      clock.moved();
    }
    doc.ir = finish(doc, doc.lowering);
    if (!edited.has(file)) solved.set(file, doc.ir);
    return doc.ir;
  };
  /** Goes on until the file is lowered; what is done is kept when the slice is over. */
  const finish = (doc: Doc, lowering: Generator<void, FileIr>): FileIr => {
    try {
      for (;;) {
        clock.before();
        const { done, value } = lowering.next();
        if (done) {
          doc.lowering = undefined;
          return value;
        }
        clock.moved();
      }
    } catch (error) {
      if (!(error instanceof Interrupted)) doc.lowering = undefined;
      throw error;
    }
  };

  const program: Program = {
    file: (file) => irOf(file),
    item(id) {
      const file = fileOf(id);
      let table = byId.get(file);
      if (table === undefined) {
        table = new Map((irOf(file)?.items ?? []).map((i) => [i.id, i]));
        byId.set(file, table);
      }
      return table.get(id);
    },
    files,
    want: (file) => {
      if (!docs.has(file) && known.has(file)) wanted.add(file);
    },
  };

  const now = (): Moment => {
    if (moment !== undefined) {
      refresh(moment);
      return moment;
    }
    byId.clear();
    solved.clear();
    if (own.refresh()) {
      for (const table of [...memo.shapes, memo.summaries]) table.clear();
      rulesChanged();
    }
    const solver = createSolver(
      program,
      (file) => own.knowledge(file.file, file.language.id),
      memo,
      clock,
      log,
    );
    const waiting = new Set<FileId>();
    for (const [file, doc] of docs)
      if (languageOf(file, doc) !== undefined || isManifest(file)) waiting.add(file);
    edited.clear();
    moment = {
      program,
      knowledge: own.knowledge,
      solver,
      contributions: new Map(),
      waiting,
      before: new Map(),
      rewritten: new Set(),
      owed: new Set(),
      unsettled: new Set(),
      found: new Map(),
      departures: new Map(),
      hidden: new Map(),
      index: undefined,
    };
    return moment;
  };

  /** Takes edits in: what does not depend on what is different in the edited files stays as it is. */
  const refresh = (m: Moment): void => {
    if (edited.size === 0) return;
    const files = [...edited];
    edited.clear();
    const changes = files.map((file) => {
      const before = solved.get(file);
      byId.delete(file);
      solved.delete(file);
      const after = lowered(file);
      const keys = new Map(after?.items.map(({ id, source }) => [id, source.key]));
      for (const { id, source } of before?.items ?? [])
        if (keys.get(id) !== source.key) m.rewritten.add(id);
      m.before.delete(file);
      return { file, before, after };
    });
    for (const file of m.solver.refresh(changes)) {
      const old = m.contributions.get(file);
      if (old !== undefined && !files.includes(file)) m.before.set(file, old);
      m.contributions.delete(file);
      const doc = docs.get(file);
      if (doc !== undefined && (languageOf(file, doc) !== undefined || isManifest(file)))
        m.waiting.add(file);
      else m.waiting.delete(file);
    }
    stale(m);
  };
  /** Undefined also where lowering fails: that is reported when the file is analysed. */
  const lowered = (file: FileId): FileIr | undefined => {
    try {
      return irOf(file);
    } catch {
      return undefined;
    }
  };
  const stale = (m = moment): void => {
    if (m === undefined) return;
    m.found.clear();
    m.departures.clear();
    m.index = undefined;
  };

  const touch = (file: FileId): void => {
    if (STEERING.test(file)) reset();
    edited.add(file);
  };
  const reset = (): void => {
    moment = undefined;
    texts.forgetFolders();
  };
  const dropCaches = (chosen: () => boolean): void => {
    for (const table of [irCache, ...memo.shapes, memo.summaries])
      for (const key of table.keys()) if (chosen()) table.delete(key);
    if (chosen()) moment = undefined;
  };

  return { irOf, now, touch, reset, stale, dropCaches };
}
