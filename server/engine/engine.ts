/**
 * The engine: the only mutable state. Texts come in, findings go out; everything between is pure functions and
 * content-keyed memo tables. Invariant: findings are those of a fresh engine with the same texts.
 */
import type { FileId } from "../base/brand.ts";
import { hash128 } from "../base/hash.ts";
import type { Edit } from "../base/text.ts";
import { type FileSet, grammarFor, type Language } from "../languages/language.ts";
import { python } from "../languages/python/index.ts";
import { javascript } from "../languages/typescript/index.ts";
import {
  type FileIr,
  fileOf,
  type IrCache,
  lowerFile,
  type PlacedItem,
  type Program,
} from "../project/program.ts";
import type { Fix as RuleFix, RuleSet } from "../rule/rule.ts";
import { createSyntax, type Source, type Syntax, type WasmFiles } from "../syntax/parser.ts";
import { Interrupted } from "../taint/components.ts";
import { compile, type Knowledge } from "../taint/knowledge.ts";
import { createMemo, createSolver, type Memo, type Solver } from "../taint/solve.ts";
import type { Hit } from "../taint/summary.ts";
import {
  DEFAULT_SETTINGS,
  type Departure,
  type Engine,
  type Fix,
  type OpenOptions,
  type Problem,
  type Report,
  type Settings,
} from "./api.ts";
import {
  type Contribution,
  contribute,
  contributionKey,
  indexContributions,
  isShared,
  type ProjectIndex,
  watchList,
} from "./contributions.ts";
import { departuresOf, fixesElsewhere, receivers } from "./departures.ts";
import { describe } from "./describe.ts";
import { findingsOf } from "./findings.ts";
import type { Found } from "./input.ts";
import { createOrder } from "./order.ts";
import { type Directive, directives } from "./suppress.ts";

export interface EngineOptions {
  readonly wasm: WasmFiles;
  readonly rules: RuleSet;
  /** Told which items were lowered and summarised, for the recomputation log. */
  readonly log?: { lowered(id: string): void; summarised(id: string): void };
}

interface Doc {
  text: string;
  hash: string | undefined;
  languageId: string | undefined;
  editable: boolean;
  open: boolean;
  source: Source | undefined;
  ir: FileIr | undefined;
  directives: readonly Directive[] | undefined;
}

const STEERING =
  /(^|\/)(tsconfig[^/]*\.json|jsconfig\.json|package\.json|package-lock\.json|uv\.lock|poetry\.lock)$/;

export async function createEngine(options: EngineOptions): Promise<Engine> {
  const syntax = await createSyntax(options.wasm);
  return engineOf(syntax, options);
}

function engineOf(syntax: Syntax, options: EngineOptions): Engine {
  const { rules } = options;
  const watch = watchList(rules.rules);
  const hash = hash128(JSON.stringify(rules.models));
  const knowledge: Record<Language["id"], Knowledge> = {
    python: compile(rules.models, "python", watch, hash),
    javascript: compile(rules.models, "javascript", watch, hash),
  };
  const manifestRules = rules.rules.filter((r) => r.manifest !== undefined);
  const ids = new Set(rules.rules.map((r) => r.id));

  const docs = new Map<FileId, Doc>();
  let known = new Set<FileId>();
  let roots: readonly FileId[] = [""];
  const settings = new Map<FileId, Settings>([["", DEFAULT_SETTINGS]]);
  const order = createOrder((file) => docs.get(file)?.text);
  const irCache: IrCache = new Map();
  let memo: Memo = createMemo();
  const wanted = new Set<FileId>();
  const pendingProblems: Problem[] = [];
  const toldProblems = new Set<string>();

  /** One moment: dropped on every change, so nothing in it can be stale. */
  let moment: Moment | undefined;
  /** What each file gave to others at the last look; only a hint for the order of work. */
  const last = new Map<
    FileId,
    {
      readonly key: string;
      readonly targets: ReadonlySet<FileId>;
      /** Files in which its own data reaches a sink. */
      readonly receivers: ReadonlySet<FileId>;
      readonly shared: boolean;
    }
  >();
  const changedFiles = new Set<FileId>();

  /** Files whose text changed since the last look. */
  const edited = new Set<FileId>();
  const byId = new Map<FileId, Map<string, PlacedItem>>();
  /** The items that the solver has seen of each file. */
  const solved = new Map<FileId, FileIr>();

  interface Moment {
    readonly program: Program;
    readonly solver: Solver;
    readonly contributions: Map<FileId, Contribution>;
    readonly waiting: Set<FileId>;
    /** What waiting files gave before; and the functions with another text since then, in which nothing of it stands. */
    readonly before: Map<FileId, Contribution>;
    readonly rewritten: Set<string>;
    /** Files whose findings were given before all that flows into them was known. */
    readonly owed: Set<FileId>;
    readonly found: Map<FileId, readonly Found[]>;
    readonly departures: Map<FileId, readonly Departure[]>;
    index: ProjectIndex | undefined;
  }

  const files: FileSet = {
    has: (file) => known.has(file) || docs.has(file),
    text: (file) => {
      const doc = docs.get(file);
      if (doc === undefined && known.has(file) && STEERING.test(file)) wanted.add(file);
      return doc?.text;
    },
    rootOf: (file) => {
      let best = "";
      for (const r of roots)
        if ((r === "" || file.startsWith(`${r}/`)) && r.length > best.length) best = r;
      return best;
    },
    packages: (name) => {
      packageFolders ??= foldersByPackage();
      return packageFolders.get(name) ?? [];
    },
  };
  let packageFolders: ReadonlyMap<string, readonly string[]> | undefined;
  const foldersByPackage = (): ReadonlyMap<string, readonly string[]> => {
    const out = new Map<string, string[]>();
    const manifests = [...new Set([...known, ...docs.keys()])]
      .filter((file) => /(^|\/)package\.json$/.test(file) && !/(^|\/)node_modules\//.test(file))
      .sort();
    for (const file of manifests) {
      const name = packageName(files.text(file));
      if (name === undefined) continue;
      const folders = out.get(name);
      const folder = file.slice(0, Math.max(0, file.lastIndexOf("/")));
      if (folders === undefined) out.set(name, [folder]);
      else folders.push(folder);
    }
    return out;
  };

  const languageOf = (file: FileId, doc: Doc): Language | undefined => {
    const grammar = grammarFor(file, doc.languageId);
    return grammar === undefined ? undefined : grammar === "python" ? python : javascript;
  };
  const isManifest = (file: FileId): boolean => {
    const name = file.slice(file.lastIndexOf("/") + 1);
    return manifestRules.some((r) => r.manifest?.names.test(name));
  };

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
    let tree: import("../syntax/flat.ts").FlatTree;
    if (doc.open) {
      doc.source ??= syntax.open(grammar, doc.text);
      tree = doc.source.flat();
    } else tree = syntax.parse(grammar, doc.text);
    doc.directives = directives(tree);
    doc.ir = lowerFile(file, tree, language, irCache, options.log);
    if (!edited.has(file)) solved.set(file, doc.ir);
    return doc.ir;
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
    const solver = createSolver(program, (file) => knowledge[file.language.id], memo, options.log);
    const waiting = new Set<FileId>();
    for (const [file, doc] of docs)
      if (languageOf(file, doc) !== undefined || isManifest(file)) waiting.add(file);
    edited.clear();
    moment = {
      program,
      solver,
      contributions: new Map(),
      waiting,
      before: new Map(),
      rewritten: new Set(),
      owed: new Set(),
      found: new Map(),
      departures: new Map(),
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
  const stale = (m: Moment): void => {
    m.found.clear();
    m.departures.clear();
    m.index = undefined;
  };

  /** A text changed, came or went. */
  const touch = (file: FileId): void => {
    if (STEERING.test(file)) reset();
    edited.add(file);
  };
  /** Something changed that import resolution depends on. */
  const reset = (): void => {
    moment = undefined;
    packageFolders = undefined;
  };

  const tell = (problem: Problem): void => {
    const key = `${problem.file ?? ""}|${problem.message}`;
    if (toldProblems.has(key)) return;
    toldProblems.add(key);
    pendingProblems.push(problem);
  };
  const problem = (file: FileId, message: string): void => tell({ file, message, crash: true });

  const analyse = (m: Moment, file: FileId): void => {
    if (m.contributions.has(file)) return;
    let contribution: Contribution | undefined;
    try {
      const ir = irOf(file);
      if (ir !== undefined) contribution = contribute(ir, m.solver);
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      problem(file, `analysis failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    contribution ??= {
      targets: new Set(),
      hits: [],
      calls: new Set(),
      observations: [],
      roots: [],
      latent: [],
      givenUp: [],
    };
    for (const id of contribution.givenUp) {
      const name = id.slice(file.length + 1);
      tell({ file, message: `${name === "" ? "its top level" : name} is too large to analyse` });
    }
    m.waiting.delete(file);
    m.before.delete(file);
    m.contributions.set(file, contribution);
    const key = contributionKey(contribution);
    const before = last.get(file);
    const shared = isShared(contribution, rules.rules);
    if (before?.key !== key) {
      for (const t of [file, ...(before?.targets ?? []), ...contribution.targets])
        changedFiles.add(t);
      if (shared || before?.shared)
        for (const [other, l] of last) if (l.shared) changedFiles.add(other);
    }
    const { targets } = contribution;
    last.set(file, { key, targets, receivers: receivers(contribution, file), shared });
    for (const t of [...(before?.targets ?? []), ...targets])
      if (m.owed.has(t)) changedFiles.add(t);
    if (m.waiting.size === 0) {
      m.owed.clear();
      m.before.clear();
      m.rewritten.clear();
    }
    stale(m);
  };

  /**
   * Analyses the files whose flows end in this one, for as long as `within` milliseconds. Of those that are not reached the
   * last known flows stand in, where they end in functions that are still the same.
   */
  const analyseFeeders = (m: Moment, file: FileId, within: number): void => {
    const stop = performance.now() + within;
    m.solver.deadline(stop);
    try {
      for (const [other, { targets }] of last) {
        if (m.contributions.has(other) || !targets.has(file) || !docs.has(other)) continue;
        if (performance.now() >= stop) {
          m.owed.add(file);
          return;
        }
        analyse(m, other);
      }
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      m.owed.add(file);
    } finally {
      m.solver.deadline(Number.POSITIVE_INFINITY);
    }
  };
  const knownNow = (m: Moment): ReadonlyMap<FileId, Contribution> => {
    if (m.before.size === 0) return m.contributions;
    const out = new Map(m.contributions);
    for (const [file, old] of m.before) {
      const stands = (hit: Hit): boolean => {
        if (m.rewritten.has(hit.site.item)) return false;
        for (let at: Hit["trail"] | undefined = hit.trail; at !== undefined; at = at.prev)
          if (m.rewritten.has(at.item)) return false;
        return true;
      };
      if (!out.has(file))
        out.set(file, {
          ...old,
          hits: old.hits.filter(stands),
          roots: old.roots.filter(({ hit }) => stands(hit)),
        });
    }
    return out;
  };

  const settingsFor = (file: FileId): Settings => {
    let best = "";
    for (const root of settings.keys())
      if ((root === "" || file.startsWith(`${root}/`)) && root.length >= best.length) best = root;
    return settings.get(best) ?? DEFAULT_SETTINGS;
  };

  const found = (file: FileId, within = Number.POSITIVE_INFINITY): readonly Found[] => {
    const m = now();
    const doc = docs.get(file);
    if (doc === undefined) return [];
    analyse(m, file);
    analyseFeeders(m, file, within);
    const ready = m.found.get(file);
    if (ready !== undefined) return ready;
    irOf(file);
    const contributions = knownNow(m);
    m.index ??= indexContributions(contributions);
    const out = findingsOf({
      file,
      index: m.index,
      text: doc.text,
      ruleSet: rules,
      ruleIds: ids,
      program: m.program,
      contributions,
      settings: settingsFor(file),
      root: files.rootOf(file),
      directives: doc.directives ?? [],
      manifest: isManifest(file)
        ? {
            file,
            text: doc.text,
            sibling: (name) => files.text(`${file.slice(0, file.lastIndexOf("/") + 1)}${name}`),
            has: (name) => files.has(`${file.slice(0, file.lastIndexOf("/") + 1)}${name}`),
          }
        : undefined,
      problem,
    });
    m.found.set(file, out);
    return out;
  };

  const departures = (file: FileId): readonly Departure[] => {
    if (!docs.has(file)) return [];
    const m = now();
    analyse(m, file);
    const ready = m.departures.get(file);
    if (ready !== undefined) return ready;
    // First all that these need: looking at a file may analyse others.
    const to = [...(last.get(file)?.receivers ?? [])];
    for (const target of to) found(target);
    const own = m.contributions.get(file);
    const all = own === undefined ? [] : departuresOf(file, own, m.program, found);
    const { rules: levels } = settingsFor(file);
    const out = all.filter(({ rule }) => levels[rule] !== "off");
    m.departures.set(file, out);
    return out;
  };

  const toEdits = (fix: RuleFix): Fix | undefined => {
    const edits = [];
    for (const e of fix.edits) {
      const doc = docs.get(e.file);
      if (doc === undefined) return undefined;
      const refused = notEdited(doc);
      if (refused !== undefined)
        return { title: fix.title, grade: "manual", edits: [], reason: `No edit: ${refused}.` };
      doc.hash ??= hash128(doc.text);
      edits.push({ file: e.file, textHash: doc.hash, edits: e.edits });
    }
    return {
      title: fix.title,
      grade: fix.grade,
      edits,
      ...(fix.reason === undefined ? {} : { reason: fix.reason }),
    };
  };

  const forget = (file: FileId, doc: Doc): void => {
    doc.ir = undefined;
    doc.directives = undefined;
    doc.hash = undefined;
    touch(file);
  };

  return {
    setFiles(list) {
      known = new Set(list);
      reset();
    },
    setRoots(list) {
      roots = list;
      reset();
    },
    addFile(file) {
      if (known.has(file)) return;
      known.add(file);
      reset();
    },
    remove(file) {
      known.delete(file);
      docs.get(file)?.source?.dispose();
      docs.delete(file);
      for (const t of last.get(file)?.targets ?? []) changedFiles.add(t);
      if (last.get(file)?.shared)
        for (const [other, l] of last) if (l.shared) changedFiles.add(other);
      last.delete(file);
      changedFiles.add(file);
      touch(file);
      reset();
    },
    set(file, text, open: OpenOptions = {}) {
      const old = docs.get(file);
      wanted.delete(file);
      if (
        old !== undefined &&
        old.text === text &&
        old.languageId === (open.languageId ?? old.languageId) &&
        old.open === (open.open ?? false)
      )
        return;
      if (
        old !== undefined &&
        old.text === text &&
        old.languageId === (open.languageId ?? old.languageId)
      ) {
        if (old.open && !open.open) old.source?.dispose();
        if (old.open && !open.open) old.source = undefined;
        old.open = open.open ?? false;
        const grammar = grammarFor(file, old.languageId);
        if (old.open && old.ir !== undefined && old.source === undefined && grammar !== undefined) {
          // Analysed while it was closed: the tree it will be edited from is still missing.
          old.source = syntax.open(grammar, text);
          old.source.flat();
        }
        old.editable = open.editable ?? true;
        return;
      }
      old?.source?.dispose();
      docs.set(file, {
        text,
        hash: undefined,
        languageId: open.languageId,
        editable: open.editable ?? true,
        open: open.open ?? false,
        source: undefined,
        ir: undefined,
        directives: undefined,
      });
      if (!known.has(file)) reset();
      known.add(file);
      changedFiles.add(file);
      touch(file);
    },
    edit(file, edits: readonly Edit[]) {
      const doc = docs.get(file);
      if (doc === undefined) return;
      for (const e of edits)
        doc.text = doc.text.slice(0, e.start) + e.newText + doc.text.slice(e.end);
      doc.source?.edit(edits, doc.text);
      changedFiles.add(file);
      forget(file, doc);
    },
    close(file) {
      const doc = docs.get(file);
      if (doc === undefined) return;
      doc.source?.dispose();
      doc.source = undefined;
      doc.open = false;
    },
    has: (file) => docs.has(file),
    text: (file) => docs.get(file)?.text,
    textHash(file) {
      const doc = docs.get(file);
      if (doc === undefined) return undefined;
      doc.hash ??= hash128(doc.text);
      return doc.hash;
    },
    configure(next, root = "") {
      settings.set(root, next);
      if (moment !== undefined) stale(moment);
      for (const file of docs.keys()) changedFiles.add(file);
      return Object.keys(next.rules)
        .filter((id) => !ids.has(id))
        .map((id) => ({ message: `unknown rule "${id}" in the settings` }));
    },
    wants: (file, languageId) =>
      grammarFor(file, languageId) !== undefined || isManifest(file) || STEERING.test(file),
    needs() {
      return [...wanted].filter((f) => known.has(f) && !docs.has(f)).sort();
    },
    step(budget, first = []) {
      const m = now();
      const stop = performance.now() + budget;
      m.solver.deadline(stop);
      try {
        for (const file of order.next(m.waiting, first)) {
          if (file !== undefined) analyse(m, file);
          if (performance.now() >= stop) break;
        }
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
      } finally {
        m.solver.deadline(Number.POSITIVE_INFINITY);
      }
      return { pending: m.waiting.size, total: m.waiting.size + m.contributions.size };
    },
    check(file, within): Report {
      const list = found(file, within);
      return {
        file,
        findings: list.map((f) => f.finding),
        hasError: docs.get(file)?.ir?.hasError ?? false,
      };
    },
    departures,
    describe: (file, what) => {
      const m = now();
      analyse(m, file);
      return describe(file, what, m.program, m.solver);
    },
    changed() {
      const out = new Set(changedFiles);
      if (out.size > 0)
        for (const [file, { receivers }] of last)
          for (const target of receivers) if (changedFiles.has(target)) out.add(file);
      changedFiles.clear();
      return [...out];
    },
    fixes(file, fingerprint, from) {
      const one = found(file).find((f) => f.finding.fingerprint === fingerprint);
      if (one === undefined) return [];
      try {
        const elsewhere = fixesElsewhere(one, now().program, from);
        return [...one.fixes(), ...elsewhere].flatMap((f) => toEdits(f) ?? []);
      } catch (error) {
        problem(
          file,
          `${one.finding.rule}: making a fix failed: ${error instanceof Error ? error.message : String(error)}`,
        );
        return [];
      }
    },
    problems() {
      return pendingProblems.splice(0);
    },
    rules: () =>
      rules.rules.map((r) => ({
        id: r.id,
        title: r.title,
        category: r.category,
        severity: r.severity,
        cwe: r.cwe,
        owasp: r.owasp,
        url: `https://github.com/skeptic-security/skeptic/blob/main/rules/${r.id}.md`,
        page: rules.pages[r.id] ?? "",
      })),
    liveTrees: () => syntax.liveTrees(),
    dropCaches() {
      irCache.clear();
      memo = createMemo();
      for (const [file, doc] of docs) forget(file, doc);
      moment = undefined;
    },
    dispose() {
      for (const doc of docs.values()) doc.source?.dispose();
      docs.clear();
    },
  };
}

/** Why a text is analysed but never edited. */
function notEdited(doc: Doc): string | undefined {
  if (!doc.editable) return "the file is not valid UTF-8";
  if (hasConflictMarkers(doc.text)) return "the file holds merge conflicts";
  return undefined;
}

function hasConflictMarkers(text: string): boolean {
  return /^<{7}(?: .*)?$/m.test(text) && /^>{7}(?: .*)?$/m.test(text);
}

/** The name in a package.json; undefined for a broken one. */
function packageName(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const name = (JSON.parse(text) as { readonly name?: unknown } | null)?.name;
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}
