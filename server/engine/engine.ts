/**
 * The engine: the only mutable state. Texts come in, findings go out; everything between is pure functions and
 * content-keyed memo tables. Invariant: findings are those of a fresh engine with the same texts.
 */

import type { FileId } from "../base/brand.ts";
import { hash128 } from "../base/hash.ts";
import { namesOn, readNames } from "../base/names.ts";
import type { Edit } from "../base/text.ts";
import { isEmbedded } from "../embedded/document.ts";
import { movedParts } from "../embedded/program.ts";
import { grammarFor } from "../languages/language.ts";
import { lookAlike } from "../rule/look-alike.ts";
import { isOfPrivateScope, similar } from "../rule/names.ts";
import type { Rule, RuleSet } from "../rule/rule.ts";
import { createSyntax, type Syntax, type WasmFiles } from "../syntax/parser.ts";
import { Interrupted } from "../taint/clock.ts";
import { createAnalysis, type Look } from "./analysis.ts";
import { createAnswers } from "./answers.ts";
import type { Engine, OpenOptions, Report, RuleInfo } from "./api.ts";
import { createChanges } from "./changes.ts";
import { fixesElsewhere } from "./departures.ts";
import { describe } from "./describe.ts";
import { createMoments, type EngineLog } from "./moment.ts";
import { createOrder } from "./order.ts";
import { createOwn } from "./own.ts";
import { passedFunctions } from "./passed.ts";
import { createProblems } from "./problems.ts";
import { directivesOf, headOf, mayHaveDirectives } from "./suppress.ts";
import { toEdits } from "./text-edits.ts";
import { createTexts, type Doc, STEERING } from "./texts.ts";
import { topicsOf } from "./topics.ts";

export interface EngineOptions {
  readonly wasm: WasmFiles;
  readonly rules: RuleSet;
  /** The file of package names that `scripts/names-index.mjs` makes; without it no name is judged. */
  readonly names?: Uint8Array;
  /** Lists that the user has brought (`skeptic packages update`): each stands in the place of the one in `names`. */
  readonly ownNames?: Uint8Array | undefined;
  readonly log?: EngineLog;
}

export async function createEngine(options: EngineOptions): Promise<Engine> {
  const syntax = await createSyntax(options.wasm);
  return engineOf(syntax, options);
}

/** So far down the list of the most used names one was probably meant by a name that does not exist. */
const WELL_KNOWN = 15_000;
/** In which the rules came that do not say. */
const FIRST_VERSION = "0.1.0";

function engineOf(syntax: Syntax, options: EngineOptions): Engine {
  const { rules } = options;
  const problems = createProblems();
  const texts = createTexts(rules);
  const own = createOwn(rules, texts, problems);
  const last = new Map<FileId, Look>();
  const changes = createChanges(
    last,
    () => own.all().rules,
    (file) => texts.docs.get(file)?.text,
  );
  const moments = createMoments(syntax, texts, own, options.log, () => {
    for (const file of texts.docs.keys()) changes.add(file);
  });
  const analysis = createAnalysis(texts, moments, problems, own, last, changes);
  const names =
    options.names === undefined
      ? undefined
      : { ...readNames(options.names), ...readNames(options.ownNames ?? new Uint8Array(0)) };
  const answers = createAnswers(texts, moments, analysis, problems, own, names);
  const { docs, known, leftOut, kept, wanted, isManifest } = texts;
  const { now, touch, reset } = moments;
  const { analyse } = analysis;
  const { settings, found, departures, hidden, why } = answers;
  let today: string | undefined;
  const order = createOrder((file) => docs.get(file)?.text);

  const forget = (file: FileId, doc: Doc): void => {
    doc.ir = undefined;
    doc.lowering = undefined;
    doc.commented = undefined;
    doc.written = undefined;
    doc.hash = undefined;
    touch(file);
  };

  const infoOf = (r: Rule): RuleInfo => ({
    id: r.id,
    title: r.title,
    category: r.category,
    severity: r.severity,
    cwe: r.cwe,
    owasp: r.owasp,
    // A rule of the project came with the project.
    ...(rules.pages[r.id] === undefined ? {} : { since: r.since ?? FIRST_VERSION }),
    url:
      rules.pages[r.id] === undefined
        ? ""
        : `https://github.com/skeptic-security/skeptic/blob/main/rules/${r.id}.md`,
    page: own.all().pages[r.id] ?? "",
  });

  return {
    setFiles(list) {
      known.clear();
      for (const file of list) known.add(file);
      reset();
    },
    setLeftOut(names) {
      const now = new Set([...names].map((name) => name.replace(/\.[^.]*$/, "")));
      if (now.size === leftOut.size && [...now].every((name) => leftOut.has(name))) return;
      leftOut.clear();
      for (const name of now) leftOut.add(name);
      reset();
    },
    setKept(files) {
      const now = new Set(files);
      if (now.size === kept.size && [...now].every((file) => kept.has(file))) return;
      kept.clear();
      for (const file of now) kept.add(file);
      reset();
    },
    setRoots(list) {
      texts.setRoots(list);
      reset();
    },
    nameFiles(nameOf) {
      texts.nameFiles(nameOf);
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
      const look = last.get(file);
      for (const t of look?.targets ?? []) changes.add(t);
      changes.concern(look, undefined);
      last.delete(file);
      changes.said(file);
      changes.add(file);
      touch(file);
      reset();
    },
    set(file, text, open: OpenOptions = {}) {
      const old = docs.get(file);
      wanted.delete(file);
      if (old !== undefined && old.text === text) old.parts = open.parts;
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
        parts: open.parts,
        editable: open.editable ?? true,
        open: open.open ?? false,
        source: undefined,
        ir: undefined,
        lowering: undefined,
        commented: undefined,
        written: undefined,
        itemKeys: undefined,
      });
      if (!known.has(file)) reset();
      known.add(file);
      changes.add(file);
      touch(file);
    },
    edit(file, edits: readonly Edit[], parts) {
      const doc = docs.get(file);
      if (doc === undefined) return;
      for (const e of edits)
        doc.text = doc.text.slice(0, e.start) + e.newText + doc.text.slice(e.end);
      doc.parts = parts ?? edits.reduce(movedAlong, doc.parts);
      doc.source?.edit(edits, doc.text);
      changes.add(file);
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
    parts: (file) => docs.get(file)?.parts,
    setToday(day) {
      if (day === today) return;
      today = day;
      answers.setToday(day);
      moments.stale();
      // Directives are made when a text is analysed; few texts have one.
      for (const [file, doc] of docs) if (mayHaveDirectives(doc.text)) changes.add(file);
    },
    configure(next, root = "") {
      settings.set(root, next);
      moments.stale();
      for (const file of docs.keys()) changes.add(file);
      return Object.keys(next.rules)
        .filter((id) => !own.all().rules.some((rule) => rule.id === id))
        .map((id) => ({ message: `unknown rule "${id}" in the settings` }));
    },
    wants: (file, languageId) =>
      grammarFor(file, languageId) !== undefined ||
      isEmbedded(file) ||
      isManifest(file) ||
      STEERING.test(file),
    needs() {
      return [...wanted].filter((f) => known.has(f) && !docs.has(f)).sort();
    },
    step(budget, first = []) {
      const m = now();
      const before = m.waiting.size;
      const stop = performance.now() + budget;
      m.solver.deadline(stop);
      let moved = false;
      try {
        for (const file of order.next(m.waiting, first)) {
          if (file !== undefined) analyse(m, file);
          if (performance.now() >= stop) break;
        }
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
      } finally {
        moved = m.solver.hasMoved() || m.waiting.size < before;
        m.solver.deadline(Number.POSITIVE_INFINITY);
      }
      return { pending: m.waiting.size, total: m.waiting.size + m.contributions.size, moved };
    },
    check(file, within): Report {
      const list = found(file, within);
      return {
        file,
        findings: list.map((f) => f.finding),
        hasError: docs.get(file)?.ir?.hasError ?? false,
      };
    },
    items: (file) =>
      (docs.get(file)?.ir?.items ?? []).map(({ source, ir }) => ({
        span: { start: source.start, end: source.end },
        hasError: ir.hasError,
      })),
    head: (file) => {
      found(file);
      const doc = docs.get(file);
      return doc === undefined ? 0 : (doc.commented?.head ?? headOf(file, doc.text));
    },
    departures,
    describe: (file, what) => {
      const m = now();
      analyse(m, file);
      return describe(file, what, m.program, m.solver);
    },
    changed() {
      const files = changes.take();
      const out = new Set(files);
      if (out.size > 0)
        for (const [file, { receivers }] of last)
          for (const target of receivers) if (files.has(target)) out.add(file);
      return [...out];
    },
    fixes(file, fingerprint, from) {
      const one = found(file).find((f) => f.finding.fingerprint === fingerprint);
      if (one === undefined) return [];
      try {
        const elsewhere = fixesElsewhere(one, now().program, from);
        const all = [...one.fixes(), ...elsewhere].flatMap(
          (f) => toEdits(f, docs, texts.files.has) ?? [],
        );
        // What is to be done by hand is often the same for each way to do it by an edit.
        return all.filter(
          (f, i) =>
            f.edits.length > 0 ||
            !all.slice(0, i).some((g) => g.title === f.title && g.reason === f.reason),
        );
      } catch (error) {
        problems.crash(
          file,
          `${one.finding.rule}: making a fix failed: ${error instanceof Error ? error.message : String(error)}`,
        );
        return [];
      }
    },
    passed(file, fingerprint) {
      const one = found(file).find((f) => f.finding.fingerprint === fingerprint);
      if (one === undefined) return [];
      const { program, solver } = now();
      return passedFunctions(one, {
        program,
        summary: (item) => solver.summary(item),
        entryOf: (item) => solver.entry(item),
      });
    },
    problems: problems.take,
    lookAlike(ecosystem, name) {
      const list = names?.[ecosystem];
      return list === undefined ? undefined : lookAlike(name, ecosystem, list);
    },
    unknownName(ecosystem, name) {
      const list = names === undefined ? undefined : namesOn(names, today)[ecosystem];
      if (list === undefined || !list.isComplete || list.has(name)) return undefined;
      if (ecosystem === "npm" && isOfPrivateScope(name, list)) return undefined;
      const nearest = similar(name, list, WELL_KNOWN)?.name ?? "";
      return { date: list.date, isOld: list.isOld === true, nearest };
    },
    restrict(isRestricted) {
      own.restrict(isRestricted);
      reset();
    },
    hidden,
    suppressions(file) {
      const doc = docs.get(file);
      if (doc === undefined || !mayHaveDirectives(doc.text)) return [];
      analyse(now(), file);
      return (doc.commented?.directives ?? directivesOf(file, doc.text)).map((one) => ({
        span: { start: one.start, end: one.end },
        rules: one.rules,
        isWholeFile: one.scope === "file",
      }));
    },
    topics(file) {
      const m = now();
      if (!docs.has(file)) return [];
      analyse(m, file);
      return topicsOf(file, m);
    },
    why,
    own() {
      now();
      return own.summary();
    },
    rules() {
      now();
      return own.all().rules.map(infoOf);
    },
    rule(id) {
      const rule = own.all().rules.find((one) => one.id === id);
      return rule === undefined ? undefined : infoOf(rule);
    },
    liveTrees: () => syntax.liveTrees(),
    dropCaches(chosen = () => true) {
      moments.dropCaches(chosen);
      for (const [file, doc] of docs) if (chosen()) forget(file, doc);
    },
    dispose() {
      for (const doc of docs.values()) doc.source?.dispose();
      docs.clear();
    },
  };
}

function movedAlong(parts: Doc["parts"], edit: Edit): Doc["parts"] {
  return parts === undefined ? undefined : movedParts(parts, edit);
}
