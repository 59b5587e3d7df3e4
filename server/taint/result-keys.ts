/** Keys of summaries and shapes: equal keys are equal results to whoever reads them. */

import { gather, mix, textKey } from "../base/mix.ts";
import { keptKey } from "./kept.ts";
import type { ClassShape, Deferred, Hit, Observation, Shape, Summary } from "./summary.ts";
import type { Value } from "./value.ts";
import { deepKey, keyOf, proofKey } from "./value-keys.ts";

/** With the keys of what it says now. */
export function rekeyed(summary: Summary): Summary {
  summary.outside = outsideKey(summary);
  summary.key = summaryKey(summary);
  return summary;
}

function hitKey(h: Hit): number {
  let out = mix(textKey(h.sink), textKey(h.site.item));
  out = mix(mix(mix(out, h.site.op), h.arg + 1), textKey(h.label));
  out = mix(mix(mix(out, h.cleared + 2), h.marks), textKey(h.derive));
  out = mix(mix(mix(out, h.argSpan.start), h.argSpan.end), h.trail.key);
  return mix(out, deepKey(h.value));
}
/** Equal keys: flows that are the same to a caller and on the screen. */
export function hitsKey(hits: readonly Hit[]): number {
  return sequence(hits, hitKey);
}

function sequence<T>(all: Iterable<T>, key: (one: T) => number): number {
  let out = 1;
  for (const one of all) out = mix(out, key(one));
  return out;
}

function observationKey(o: Observation): number {
  let out = sequence(o.paths, textKey);
  out = mix(mix(mix(out, o.site.op), o.site.span.start), o.site.span.end);
  for (const a of o.args)
    out = mix(mix(out, a.name === undefined ? 2 : textKey(a.name)), deepKey(a.value));
  return o.receiver === undefined ? out : mix(out, deepKey(o.receiver));
}

function outsideKey(s: Summary): number {
  const out = mix(deepKey(s.returns), deepKey(s.self));
  // Flows from a known source are findings here and no business of the caller's.
  let rest = hitsKey(s.hits.filter((h) => !h.label.startsWith("source:")));
  rest = mix(
    rest,
    writtenKey(s.params, (at) => at),
  );
  rest = mix(rest, writtenKey(s.free, textKey));
  rest = mix(rest, writtenKey(s.stored, textKey));
  rest = mix(rest, sequence(s.deferred, deferredKey));
  if (s.raises !== false) rest = mix(rest, s.raises === true ? 3 : s.raises === "asked" ? 5 : 4);
  rest = mix(mix(rest, s.deeds), sequence(s.checks, textKey));
  return mix(mix(out, rest), sequence([s.whenTrue, s.whenFalse, s.always], proofKey));
}

function summaryKey(s: Summary): number {
  let out = mix(s.outside, hitsKey(s.hits));
  out = mix(out, sequence(s.observations, observationKey));
  out = mix(
    out,
    sequence(s.stores, (x) => mix(mix(textKey(x.target), x.site.op), keyOf(x.value))),
  );
  return mix(out, sequence(s.calls, textKey));
}
function writtenKey<K>(written: ReadonlyMap<K, Value>, key: (at: K) => number): number {
  return sequence(written, ([at, value]) => mix(key(at), deepKey(value)));
}
function deferredKey(d: Deferred): number {
  let out = mix(textKey(d.id), textKey(d.callee));
  out = mix(mix(mix(out, d.site.span.start), d.site.span.end), d.isNew ? 2 : 1);
  for (const a of d.args) {
    out = mix(mix(out, textKey(`${a.name ?? ""} ${a.spread ?? ""}`)), deepKey(a.value));
    if (a.there !== undefined)
      out = mix(mix(mix(out, a.there.op), a.there.span.start), a.there.span.end);
  }
  return out;
}
export function shapeKey(s: Shape): number {
  let variables = s.variables.size;
  for (const [name, value] of s.variables)
    variables = gather(variables, mix(textKey(name), deepKey(value)));
  const closures = sequence(s.closures, ([hole, c]) => {
    const takers = mix(sequence(c.takers, textKey), sequence(c.texts, textKey));
    const flags = (c.takenGuessed ? 1 : 0) + (c.isStatic ? 2 : 0) + (c.ofClass ? 4 : 0);
    const defaults = sequence(c.defaults, (d) => (d === undefined ? 2 : keyOf(d)));
    return mix(mix(mix(mix(hole, takers), flags), textKey(c.classId ?? "")), defaults);
  });
  const classes = sequence(s.classes, ([id, c]) => mix(textKey(id), classKey(c)));
  const own = mix(mix(mix(variables, closures), classes), deepKey(s.self));
  return s.kept === undefined ? own : mix(own, keptKey(s.kept));
}
/** Equal keys: classes that are the same to whoever uses them. */
export function classKey(c: ClassShape): number {
  let out = mix(textKey(c.name), textKey(c.item));
  out = mix(out, sequence(c.bases, deepKey));
  for (const table of [c.members, c.getters, c.setters]) out = mix(out, writtenKey(table, textKey));
  out = mix(out, textKey(JSON.stringify([...c.annotations])));
  return mix(
    out,
    sequence(c.methods, (hole) => hole),
  );
}
