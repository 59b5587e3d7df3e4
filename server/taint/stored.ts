/**
 * Data that one function stores and another one reads: what an item stores in places, and, when all are known, which data a
 * reader may find there. That the one runs before the other is not known, and a mark says so.
 */

import { bounded } from "./bounds.ts";
import { isTainted, mapTaint, readField, spread } from "./fields.ts";
import { freeValue } from "./free-names.ts";
import { join } from "./join.ts";
import { extend, PLACE, placeIn, stepName } from "./labels.ts";
import { settle } from "./paths.ts";
import { follow } from "./references.ts";
import type { Run } from "./run.ts";
import { bake, type State } from "./state.ts";
import { type Hit, rebase } from "./summary.ts";
import { touchedBy } from "./touched.ts";
import { MAX_DEPTH, type Taint, UNKNOWN, type Value } from "./value.ts";

/** What is stored in places, by the label of the place. */
export type Stored = ReadonlyMap<string, Value>;

/** Where the item ends: what it has written into variables around it, of other modules, and into parts of them. */
export function storedAtEnd(run: Run, state: State): void {
  for (const [name, value] of state.free) {
    if (!isTainted(value)) continue;
    const whole = follow(run, freeValue(run, name, NOWHERE));
    store(run, wholePlace(whole), bake(value, state));
    for (const ref of whole.refs)
      if (ref.startsWith("module:"))
        for (const [field, inner] of value.fields ?? [])
          if (isTainted(inner)) {
            const exported = run.facts.exported(`export:${ref.slice(7)} ${field}`);
            store(run, wholePlace(exported), bake(inner, state));
          }
  }
  for (const slot of touchedBy(run.item).parts) {
    const value = state.slots[slot];
    if (value?.fields === undefined || !isTainted(value)) continue;
    for (const t of value.taint)
      if (t.kind === PLACE && t.derive === "same")
        store(run, t.label, bake({ refs: [], taint: [], fields: value.fields }, state));
  }
}
const NOWHERE = { op: "free", name: "", span: { start: 0, end: 0 } } as const;

/** The label of the place that the value itself is, not of one that something in it came from. */
function wholePlace(value: Value): string | undefined {
  return value.taint.find((t) => t.kind === PLACE && t.label.endsWith("|"))?.label;
}

/** Notes what is stored at the label of a place or of a part of one. */
export function store(run: Run, label: string | undefined, value: Value): void {
  if (label === undefined) return;
  const { place, steps } = placeIn(label);
  // That a place holds what it holds says nothing.
  const kept = without(value, label);
  if (!isTainted(kept)) return;
  const whole = steps.reduceRight<Value>(
    (inner, step) => ({ refs: [], taint: [], fields: new Map([[step, inner]]) }),
    kept,
  );
  run.stored.set(place, bounded(join(run.stored.get(place), whole), run.bounds));
}

/** Its data, but for what stands there already. */
function without(value: Value, label: string, depth = 0): Value {
  const taint = value.taint.filter((t) => t.label !== label);
  if (value.fields === undefined || depth > MAX_DEPTH) return { refs: [], taint };
  const fields = new Map<string, Value>();
  for (const [key, field] of value.fields) {
    const inner = without(field, extend(label, key), depth + 1);
    if (isTainted(inner)) fields.set(key, inner);
  }
  return fields.size === 0 ? { refs: [], taint } : { refs: [], taint, fields };
}

/** Places may hold what was read from other places: so often. */
const MAX_PLACES = 4;
/** Of what reaches a sink from a place, so many are told apart. */
const MAX_ARRIVALS = 12;

/** The flow of what is read from a place as flows of what was stored there. */
export function arrivals(hit: Hit, stored: Stored): readonly Hit[] {
  const out: Hit[] = [];
  const seen = new Set<string>();
  const visit = (at: Taint, depth: number): void => {
    if (seen.has(at.label) || depth > MAX_PLACES) return;
    seen.add(at.label);
    const { place, steps } = placeIn(at.label);
    const found = steps.reduce(step, stored.get(place) ?? UNKNOWN);
    for (const t of spread(found)) {
      if (!t.label.startsWith("source:") || out.length >= MAX_ARRIVALS) continue;
      const derive = at.derive === "same" ? t.derive : at.derive;
      const next: Taint = {
        ...t,
        cleared: settle(t.cleared | at.cleared, derive),
        marks: t.marks | at.marks,
        derive,
        trail: rebase(at.trail, t.trail),
      };
      if (t.kind === PLACE) visit(next, depth + 1);
      else out.push(arrived(hit, next));
    }
  };
  const { label, kind, cleared, marks, derive, trail } = hit;
  visit({ label, kind, cleared, marks, derive, trail }, 0);
  return out;
}

function arrived(hit: Hit, t: Taint): Hit {
  const { label, kind, cleared, marks, derive, trail } = t;
  const value = mapTaint(hit.value, (v) => (v.label === hit.label ? { ...v, label, kind } : v));
  return { ...hit, value, label, kind, cleared, marks, derive, trail };
}

function step(value: Value, key: string): Value {
  // A part of a list, whichever.
  if (key === ":") return value;
  if (value.fields === undefined || value.fields.has(key) || !key.includes("_"))
    return readField(value, key);
  for (const name of value.fields.keys()) if (stepName(name) === key) return readField(value, name);
  return readField(value, key);
}
