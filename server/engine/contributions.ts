/** What each file's summaries give to the findings of all files, by the file in which they end. */
import type { FileId } from "../base/brand.ts";
import { gather, mix, textKey } from "../base/mix.ts";
import type { Span } from "../base/text.ts";
import { type FileIr, fileOf } from "../project/program.ts";
import type { Rule } from "../rule/rule.ts";
import { join } from "../taint/join.ts";
import { PLACE, SELF_LABEL } from "../taint/labels.ts";
import type { Solver } from "../taint/solve.ts";
import { arrivals, type Stored } from "../taint/stored.ts";
import type { Hit, Observation, StoreView } from "../taint/summary.ts";
import type { ItemId, Value } from "../taint/value.ts";
import { deepKey } from "../taint/value-keys.ts";
import { concerns } from "./watched.ts";

/** What one file's items say about the whole project. */
export interface Contribution {
  /** Files in which its flows end. */
  readonly targets: ReadonlySet<FileId>;
  /** Flows from a known source. */
  readonly hits: readonly Hit[];
  /** Flows of what is read from a place that functions store in; and what functions of this file store. */
  readonly placeHits: readonly Hit[];
  readonly stored: Stored;
  /** Functions called from here. */
  readonly calls: ReadonlySet<ItemId>;
  readonly observations: readonly Observation[];
  /** Flows from parameters, by the item that has the parameter: of use if nobody calls it. */
  readonly roots: readonly { readonly item: ItemId; readonly hit: Hit }[];
  /** Flows from parameters to sinks of this file, whoever calls. */
  readonly latent: readonly Hit[];
  /** Items that were too large to analyse. */
  readonly givenUp: readonly ItemId[];
  readonly stores?: readonly StoreView[];
  /** What its functions do: bits of deeds, of those that do anything. */
  readonly deeds?: ReadonlyMap<ItemId, number>;
}

export function watchList(rules: readonly Rule[]): string[] {
  return rules.flatMap((r) => [
    ...(r.calls?.watch ?? []),
    ...(r.stores?.watch ?? []),
    ...(r.project?.watch ?? []),
    ...(r.items?.watch ?? []),
  ]);
}

export function contribute(file: FileIr, solver: Solver): Contribution {
  const targets = new Set<FileId>();
  const hits: Hit[] = [];
  const calls = new Set<ItemId>();
  const observations: Observation[] = [];
  const roots: { item: ItemId; hit: Hit }[] = [];
  const stores: StoreView[] = [];
  const latent: Hit[] = [];
  const placeHits: Hit[] = [];
  const stored = new Map<string, Value>();
  const givenUp: ItemId[] = [];
  const deeds = new Map<ItemId, number>();
  for (const item of file.items) {
    const summary = solver.summary(item.id);
    if (summary === undefined) continue;
    if (summary.givenUp) givenUp.push(item.id);
    if (summary.deeds !== 0) deeds.set(item.id, summary.deeds);
    const { isEntryPoint, taken } = solver.entry(item.id);
    if (taken.length > 0)
      observations.push({
        paths: [],
        site: { item: item.id, op: -1, span: { start: 0, end: 0 } },
        argsSpan: { start: 0, end: 0 },
        args: [],
        guessed: false,
        sinks: taken,
      });
    for (const h of summary.hits) {
      if (h.label.startsWith("param:") && h.site.item === item.id) latent.push(h);
      if (h.label.startsWith("source:")) {
        (h.kind === PLACE ? placeHits : hits).push(h);
        targets.add(fileOf(h.site.item));
      } else if (h.label.startsWith("param:") && !h.label.startsWith(SELF_LABEL) && !isEntryPoint) {
        // What a framework passes is no unknown: it is a source or it is not.
        roots.push({ item: item.id, hit: h });
        targets.add(fileOf(h.site.item));
      }
    }
    for (const [place, value] of summary.stored) stored.set(place, join(stored.get(place), value));
    for (const c of summary.calls)
      if (c !== item.id) {
        calls.add(c);
        targets.add(fileOf(c));
      }
    observations.push(...summary.observations);
    stores.push(...summary.stores);
  }
  targets.delete(file.file);
  return {
    targets,
    hits,
    placeHits,
    stored,
    calls,
    observations,
    roots,
    latent,
    givenUp,
    stores,
    deeds,
  };
}

/** Equal keys: nothing that other files could see has changed. */
export function contributionKey(c: Contribution): number {
  let key = mix(c.hits.length, c.roots.length);
  for (const hit of [...c.hits, ...c.placeHits]) key = mix(key, hitKey(hit));
  for (const { item, hit } of c.roots) key = mix(mix(key, textKey(item)), hitKey(hit));
  for (const o of c.observations) key = mix(key, observationKey(o));
  for (const h of c.latent) key = mix(mix(key, textKey(h.sink)), siteKey(h.site));
  for (const [place, value] of c.stored) key = mix(mix(key, textKey(place)), deepKey(value));
  let calls = c.calls.size;
  for (const id of c.calls) calls = gather(calls, textKey(id));
  for (const [id, bits] of c.deeds ?? []) key = mix(mix(key, textKey(id)), bits);
  return mix(key, calls);
}

function siteKey({ item, op, span }: { item: ItemId; op: number; span: Span }): number {
  return mix(mix(mix(textKey(item), op), span.start), span.end);
}
/** What an unchanged function says is the same object as before. */
const hitKeys = new WeakMap<Hit, number>();
function hitKey(hit: Hit): number {
  let key = hitKeys.get(hit);
  if (key !== undefined) return key;
  key = mix(mix(textKey(hit.sink), siteKey(hit.site)), textKey(hit.label));
  key = mix(mix(mix(key, hit.cleared), hit.marks), hit.trail.key);
  hitKeys.set(hit, key);
  return key;
}
const observationKeys = new WeakMap<Observation, number>();
export function observationKey(o: Observation): number {
  let key = observationKeys.get(o);
  if (key !== undefined) return key;
  key = mix(siteKey(o.site), o.paths.length);
  for (const path of o.paths) key = mix(key, textKey(path));
  for (const { kind, path } of o.sinks) key = mix(mix(key, textKey(kind)), textKey(path));
  for (const { value } of o.args) key = mix(key, deepKey(value));
  observationKeys.set(o, key);
  return key;
}

/** Calls or places here matter to findings in other files, whether data flows there or not. */
export function isShared(c: Contribution, rules: readonly Rule[]): boolean {
  if (c.stored.size > 0 || c.placeHits.length > 0) return true;
  return rules.some(
    ({ project }) =>
      project !== undefined &&
      ((project.deeds === true && (c.deeds?.size ?? 0) > 0) ||
        c.observations.some((o) => concerns(o, project))),
  );
}

/** Rules look from other files at calls that are made here, and from here at those of others. */
export function looksOf(
  c: Contribution,
  text: string,
  rules: readonly Rule[],
): { readonly shows: boolean; readonly looks: boolean } {
  const far = rules.flatMap(({ project }) => (project?.may === undefined ? [] : [project]));
  return {
    shows: far.some((project) => c.observations.some((o) => concerns(o, project))),
    looks: far.some(({ may }) => may?.test(text)),
  };
}

/** The contributions of all files, by the file in which their flows end. */
export interface ProjectIndex {
  readonly hits: ReadonlyMap<FileId, readonly Hit[]>;
  readonly roots: ReadonlyMap<FileId, readonly { readonly item: ItemId; readonly hit: Hit }[]>;
  readonly called: ReadonlySet<ItemId>;
}
export function indexContributions(contributions: ReadonlyMap<FileId, Contribution>): ProjectIndex {
  const hits = new Map<FileId, Hit[]>();
  const roots = new Map<FileId, { item: ItemId; hit: Hit }[]>();
  const called = new Set<ItemId>();
  const add = <T>(into: Map<FileId, T[]>, file: FileId, value: T): void => {
    const list = into.get(file);
    if (list === undefined) into.set(file, [value]);
    else list.push(value);
  };
  for (const f of [...contributions.keys()].sort()) {
    const c = contributions.get(f) as Contribution;
    for (const h of c.hits) add(hits, fileOf(h.site.item), h);
    for (const r of c.roots) add(roots, fileOf(r.hit.site.item), r);
    for (const id of c.calls) called.add(id);
  }
  for (const h of throughPlaces(contributions)) add(hits, fileOf(h.site.item), h);
  return { hits, roots, called };
}

/** Flows of data that one function stores and another one reads, by all that is stored anywhere. */
function throughPlaces(contributions: ReadonlyMap<FileId, Contribution>): readonly Hit[] {
  const files = [...contributions.keys()].sort();
  const stored = new Map<string, Value>();
  for (const file of files)
    for (const [place, value] of contributions.get(file)?.stored ?? [])
      stored.set(place, join(stored.get(place), value));
  if (stored.size === 0) return [];
  return files.flatMap((file) =>
    (contributions.get(file)?.placeHits ?? []).flatMap((hit) => arrivals(hit, stored)),
  );
}
