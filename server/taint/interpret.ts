/**
 * Abstract interpretation of one item: flow-sensitive, guards on edges, blocks to a fixpoint, then one recording pass.
 * Pure: depends on the IR and on what it reads through `Facts`. Knows no language and no library.
 */

import { mapTaint } from "./fields.ts";
import { join } from "./join.ts";
import { isSymbolic } from "./labels.ts";
import type { Outcome } from "./outcome.ts";
import { finish, type IsOver, type Progress } from "./passes.ts";
import { rekeyed, shapeKey } from "./result-keys.ts";
import { type Run, TooLarge } from "./run.ts";
import { type Hit, NOTHING, type Shape, type Summary } from "./summary.ts";
import { type ItemId, UNKNOWN, type Value } from "./value.ts";

const MAX_HITS = 400;

/** What is known of an item that was given up: nothing. A caller takes it for an unknown function. */
const GIVEN_UP_SUMMARY: Summary = {
  ...NOTHING,
  givenUp: true,
  raises: "unknown",
  outside: -2,
  key: -2,
};
const GIVEN_UP_SHAPE: Shape = {
  variables: new Map(),
  closures: new Map(),
  classes: new Map(),
  self: UNKNOWN,
  givenUp: true,
  key: -2,
};

/** The summary of an item, and the effort that it took. If it is `Interrupted`, the same progress can be gone on with. */
export function summarise(
  progress: Progress,
  isOver: IsOver,
): { readonly summary: Summary; readonly effort: number } {
  const { run } = progress;
  const out = finishWithin(progress, isOver);
  const summary = out === undefined ? GIVEN_UP_SUMMARY : summaryOf(run, out);
  return { summary, effort: run.effort };
}

function summaryOf(run: Run, out: Outcome): Summary {
  return rekeyed({
    returns: out.returns,
    hits: mostTelling([...run.hits.values()], run.id),
    observations: [...run.observations.values()],
    whenTrue: out.whenTrue,
    whenFalse: out.whenFalse,
    always: out.always,
    checks: out.checks,
    self: out.self,
    params: out.params,
    free: out.free,
    stored: run.stored,
    deferred: [...run.deferred.values()],
    raises: run.raises,
    calls: [...run.calls].sort(),
    deeds: run.deeds,
    stores: run.stores,
    outside: 0,
    key: 0,
  });
}

/** If there are too many flows: those from a source, which are findings, then those to a sink of its own, then the shorter ones. */
function mostTelling(hits: readonly Hit[], id: ItemId): readonly Hit[] {
  if (hits.length <= MAX_HITS) return hits;
  const rank = (h: Hit): number =>
    isSymbolic(h.label) ? (h.site.item === id ? 1 : 1 + h.trail.length) : 0;
  return [...hits].sort((a, b) => rank(a) - rank(b)).slice(0, MAX_HITS);
}

/** The shape of an item, if need be in parts. */
export function shapeOf(progress: Progress, isOver: IsOver): Shape {
  const { run } = progress;
  const { item } = run;
  const out = finishWithin(progress, isOver);
  if (out === undefined) return GIVEN_UP_SHAPE;
  const variables = new Map<string, Value>();
  for (const [slot, value] of run.variables) {
    const name = item.slots[slot] as string;
    if (!name.startsWith("%"))
      variables.set(name, join(variables.get(name), concrete(value, item.kind === "module")));
  }
  const self = concrete(out.self, false);
  const shape: Shape = {
    variables,
    closures: run.closures,
    classes: run.classes,
    self,
    ...(run.kept.size === 0 ? {} : { kept: run.kept }),
    key: 0,
  };
  shape.key = shapeKey(shape);
  return shape;
}

/** Taken out of its item, a value keeps no symbolic label; only a module's sources are sources everywhere. */
function concrete(value: Value, keepSources: boolean): Value {
  return mapTaint(value, (t) => (keepSources && t.label.startsWith("source:") ? t : undefined));
}

/** Undefined if it takes more than the effort that one item may cost. */
function finishWithin(progress: Progress, isOver: IsOver): Outcome | undefined {
  try {
    return finish(progress, isOver);
  } catch (error) {
    if (error instanceof TooLarge) return undefined;
    throw error;
  }
}
