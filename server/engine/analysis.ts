/** What the functions of a file contribute to findings anywhere, and which files are concerned by it. */
import type { FileId } from "../base/brand.ts";
import { mix, textKey } from "../base/mix.ts";
import { manifestFault } from "../rule/manifest.ts";
import { Interrupted } from "../taint/clock.ts";
import { mapTaint } from "../taint/fields.ts";
import type { Hit } from "../taint/summary.ts";
import type { Trail } from "../taint/value.ts";
import type { Changes } from "./changes.ts";
import {
  type Contribution,
  contribute,
  contributionKey,
  isShared,
  looksOf,
} from "./contributions.ts";
import { receivers } from "./departures.ts";
import type { Moment, Moments } from "./moment.ts";
import type { OwnRules } from "./own.ts";
import type { Problems } from "./problems.ts";
import type { Texts } from "./texts.ts";

/** What a file gave to others at the last look; only a hint for the order of work. */
export interface Look {
  readonly key: number;
  readonly targets: ReadonlySet<FileId>;
  /** Files in which its own data reaches a sink. */
  readonly receivers: ReadonlySet<FileId>;
  readonly shared: boolean;
  /** Rules look at its calls from other files; from this file at those of others. */
  readonly shows: boolean;
  readonly looks: boolean;
}

export interface Analysis {
  readonly last: ReadonlyMap<FileId, Look>;
  readonly analyse: (m: Moment, file: FileId) => void;
  readonly analyseFeeders: (m: Moment, file: FileId, within: number) => void;
  /** The contributions of all files, as far as they are known. */
  readonly knownNow: (m: Moment) => ReadonlyMap<FileId, Contribution>;
}

export function createAnalysis(
  { docs, isManifest }: Texts,
  { irOf, stale }: Moments,
  { tell, crash }: Problems,
  own: OwnRules,
  last: Map<FileId, Look>,
  changes: Changes,
): Analysis {
  const analyse = (m: Moment, file: FileId): void => {
    if (m.contributions.has(file)) return;
    let contribution: Contribution | undefined;
    try {
      const ir = irOf(file);
      if (ir !== undefined) contribution = contribute(ir, m.solver);
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      crash(file, failure(error));
    }
    const doc = docs.get(file);
    // Of one that is open in an editor, the editor says so while it is typed.
    if (doc !== undefined && !doc.open && isManifest(file)) {
      const message = manifestFault(file.slice(file.lastIndexOf("/") + 1), doc.text);
      if (message !== undefined) tell({ file, message });
    }
    contribution ??= {
      targets: new Set(),
      hits: [],
      placeHits: [],
      stored: new Map(),
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
    const spoken = doc !== undefined && isManifest(file) ? doc.text : "";
    const key = mix(contributionKey(contribution), textKey(spoken));
    const before = last.get(file);
    const shared = isShared(contribution, own.all().rules);
    const { shows, looks } = looksOf(contribution, doc?.text ?? "", own.all().rules);
    const { targets } = contribution;
    const look = {
      key,
      targets,
      receivers: receivers(contribution, file),
      shared,
      shows,
      looks,
    };
    if (before?.key !== key) {
      for (const t of [file, ...(before?.targets ?? []), ...targets]) changes.add(t);
      changes.concern(before, look);
      changes.said(file);
    }
    last.set(file, look);
    for (const t of [...(before?.targets ?? []), ...targets]) if (m.owed.has(t)) changes.add(t);
    if (m.waiting.size === 0) {
      for (const one of m.unsettled) changes.add(one);
      m.unsettled.clear();
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
      // Of those without a contribution: none once all are analysed, however large the workspace is.
      for (const other of m.waiting) {
        if (!last.get(other)?.targets.has(file) || !docs.has(other)) continue;
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
      const isThere = (trail: Trail): boolean => {
        for (let at: Trail | undefined = trail; at !== undefined; at = at.prev)
          if (m.rewritten.has(at.item)) return false;
        return true;
      };
      const stands = (hit: Hit): boolean => !m.rewritten.has(hit.site.item) && isThere(hit.trail);
      if (!out.has(file))
        out.set(file, {
          ...old,
          hits: old.hits.filter(stands),
          placeHits: old.placeHits.filter(stands),
          stored: new Map(
            [...old.stored].map(([place, value]) => [
              place,
              mapTaint(value, (t) => (isThere(t.trail) ? t : undefined)),
            ]),
          ),
          roots: old.roots.filter(({ hit }) => stands(hit)),
        });
    }
    return out;
  };

  return { last, analyse, analyseFeeders, knownNow };
}

function failure(error: unknown): string {
  // What JavaScript throws when its stack is full; the words differ between engines.
  if (error instanceof RangeError) return "not analysed: its functions are nested too deeply";
  return `analysis failed: ${error instanceof Error ? error.message : String(error)}`;
}
