/** What is asked of a file: its findings and departures, by the settings that hold for it. */
import type { FileId } from "../base/brand.ts";
import { type NameIndex, namesOn } from "../base/names.ts";
import type { ManifestFile, RuleSet } from "../rule/rule.ts";
import type { Analysis } from "./analysis.ts";
import {
  DEFAULT_SETTINGS,
  type Departure,
  type Hidden,
  type Reason,
  type Settings,
} from "./api.ts";
import { indexContributions } from "./contributions.ts";
import { departuresOf } from "./departures.ts";
import { findingsOf, isOff } from "./findings.ts";
import type { FindingsInput, Found } from "./input.ts";
import type { Moment, Moments } from "./moment.ts";
import type { OwnRules } from "./own.ts";
import type { Problems } from "./problems.ts";
import { directivesOf } from "./suppress.ts";
import type { Doc, Texts } from "./texts.ts";
import { reasonsAt } from "./why-answers.ts";

export interface Answers {
  /** By the folder they hold for. */
  readonly settings: Map<FileId, Settings>;
  readonly setToday: (day: string) => void;
  readonly found: (file: FileId, within?: number) => readonly Found[];
  readonly departures: (file: FileId) => readonly Departure[];
  readonly hidden: (file: FileId) => Hidden;
  readonly why: (file: FileId, offset: number) => readonly Reason[];
}

const ids = new WeakMap<RuleSet, ReadonlySet<string>>();
function idsOf(set: RuleSet): ReadonlySet<string> {
  let known = ids.get(set);
  if (known === undefined) {
    known = new Set(set.rules.map((r) => r.id));
    ids.set(set, known);
  }
  return known;
}

export function createAnswers(
  { docs, files, leftOut, kept, isManifest, foldersAbove, filesLike, project, nameOf }: Texts,
  { irOf, now }: Moments,
  { last, analyse, analyseFeeders, knownNow }: Analysis,
  { crash }: Problems,
  own: OwnRules,
  names: NameIndex | undefined,
): Answers {
  const settings = new Map<FileId, Settings>([["", DEFAULT_SETTINGS]]);
  let today: string | undefined;
  let namesToday = names;

  const settingsFor = (file: FileId): Settings => {
    let best = "";
    for (const root of settings.keys())
      if ((root === "" || file.startsWith(`${root}/`)) && root.length >= best.length) best = root;
    return settings.get(best) ?? DEFAULT_SETTINGS;
  };

  const manifestOf = (file: FileId, text: string): ManifestFile => {
    const folder = file.slice(0, file.lastIndexOf("/") + 1);
    const folders = foldersAbove(file);
    const above = (name: string): FileId | undefined =>
      folders?.map((one) => (one === "" ? name : `${one}/${name}`)).find(files.has);
    return {
      file,
      text,
      sibling: (name) => files.text(`${folder}${name}`),
      has: (name) => files.has(`${folder}${name}`),
      above,
      textAbove: (name) => {
        const at = above(name);
        return at === undefined ? undefined : files.text(at);
      },
      like: (path) => filesLike(file, path),
      isInWorkspace: folders !== undefined,
      isOwn: (name) => files.packages(name).length > 0,
      leavesOut: (name) => leftOut.has(name),
      isKept: (one) => kept.has(one),
      names: namesToday,
    };
  };

  const inputOf = (m: Moment, file: FileId, doc: Doc): Omit<FindingsInput, "hide" | "problem"> => {
    const contributions = knownNow(m);
    const ruleSet = own.setOf(file);
    m.index ??= indexContributions(contributions);
    const around = manifestOf(file, doc.text);
    return {
      file,
      index: m.index,
      moment: m,
      isReading: m.waiting.size > 0,
      isOpen: doc.open,
      again: () => m.unsettled.add(file),
      text: doc.text,
      partsOf: (one) => docs.get(one)?.parts,
      ruleSet,
      ruleIds: idsOf(ruleSet),
      program: m.program,
      knowledge: m.knowledge,
      deedsOf: (item) => {
        const summary = m.solver.summary(item);
        return summary === undefined || summary.givenUp ? undefined : summary.deeds;
      },
      entryOf: (item) => m.solver.entry(item),
      contributions,
      settings: settingsFor(file),
      nameOf,
      directives: doc.commented?.directives ?? directivesOf(file, doc.text),
      today,
      written: doc.written,
      files: project,
      manifest: isManifest(file) ? around : undefined,
      around,
    };
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
    const hidden = { suppression: 0, settings: 0 };
    const out = findingsOf({
      ...inputOf(m, file, doc),
      hide: (why) => {
        hidden[why]++;
      },
      problem: crash,
    });
    m.hidden.set(file, hidden);
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
    const held = settingsFor(file);
    const out = all.filter(({ rule }) => !isOff(held, rule));
    m.departures.set(file, out);
    return out;
  };

  const hidden = (file: FileId): Hidden => {
    found(file);
    const m = now();
    const known = m.hidden.get(file) ?? { suppression: 0, settings: 0 };
    const doc = docs.get(file);
    const held = settingsFor(file);
    const off = Object.keys(held.rules).filter((id) => held.rules[id] === "off");
    if (doc === undefined || off.length === 0) return known;
    // What they would say beside the others.
    const rules = Object.fromEntries(
      Object.entries(held.rules).filter(([, level]) => level !== "off"),
    );
    const all = findingsOf({
      ...inputOf(m, file, doc),
      settings: { ...held, rules },
      hide: () => undefined,
      problem: () => undefined,
    });
    const more = all.filter(({ finding }) => off.includes(finding.rule)).length;
    return { ...known, settings: known.settings + more };
  };

  const setToday = (day: string): void => {
    today = day;
    namesToday = names === undefined ? undefined : namesOn(names, day);
  };

  const why = (file: FileId, offset: number): readonly Reason[] => {
    const doc = docs.get(file);
    if (doc === undefined)
      return [{ kind: "not-read", text: "This file is not read: it is no code that is looked at" }];
    const list = found(file);
    const m = now();
    return reasonsAt(m, inputOf(m, file, doc), list, offset);
  };

  return { settings, setToday, found, departures, hidden, why };
}
