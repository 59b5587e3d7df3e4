/** Keys of values: numbers that say everything about a value, with or without the way its taint came. */

import { gather, mix, textKey } from "../base/mix.ts";
import type { Literal } from "../ir/ir.ts";
import type { Alt, Derivation, Proof, Value } from "./value.ts";

/** A number that says everything about the value but the trails: equal keys are equal values to the analysis. */
export function keyOf(value: Value): number {
  if (value.key !== undefined) return value.key;
  let out = 1;
  for (const ref of value.refs) out = mix(out, textKey(ref));
  for (const t of value.taint)
    out = mix(mix(mix(out, textKey(t.label)), t.cleared + 2), t.marks * 8 + DERIVED[t.derive]);
  if (value.alts !== undefined) {
    out = mix(out, 3);
    for (const alt of value.alts) out = mix(out, altKey(alt));
  }
  if (value.fields !== undefined) out = mix(mix(out, fieldsKey(value.fields, keyOf)), 5);
  if (value.env !== undefined) out = mix(mix(out, fieldsKey(value.env, keyOf)), 37);
  const flags =
    (value.closed ? 1 : 0) +
    (value.scalar ? 2 : 0) +
    (value.guessed ? 4 : 0) +
    (value.falsy ? 8 : 0);
  out = mix(out, flags + 7);
  if (value.whenTrue?.size) out = mix(mix(out, 11), proofKey(value.whenTrue));
  if (value.whenFalse?.size) out = mix(mix(out, 13), proofKey(value.whenFalse));
  if (value.position !== undefined)
    out = mix(
      mix(mix(out, proofKey(value.position.found)), mix(proofKey(value.position.start), 17)),
      proofKey(value.position.absent),
    );
  value.key = out;
  return out;
}
const DERIVED: Readonly<Record<Derivation, number>> = {
  same: 0,
  host: 1,
  part: 2,
  resolved: 3,
  folder: 4,
  relative: 5,
  "part-resolved": 6,
  pieces: 7,
};

const deep = new WeakMap<Value, number>();
/** Like `keyOf`, with the trails: two values of equal deep keys can stand for each other in results that are kept. */
export function deepKey(value: Value): number {
  if (
    value.taint.length === 0 &&
    value.fields === undefined &&
    value.alts === undefined &&
    value.env === undefined
  )
    return keyOf(value);
  let out = deep.get(value);
  if (out !== undefined) return out;
  out = keyOf(value);
  for (const t of value.taint) out = mix(out, t.trail.key);
  if (value.fields !== undefined) out = mix(out, fieldsKey(value.fields, deepKey));
  if (value.env !== undefined) out = mix(out, fieldsKey(value.env, deepKey));
  for (const alt of value.alts ?? [])
    if ("parts" in alt)
      for (const p of alt.parts) {
        out = mix(mix(out, p.span.start), p.span.end);
        if (p.value !== undefined) out = mix(out, deepKey(p.value));
      }
  deep.set(value, out);
  return out;
}
function fieldsKey(fields: ReadonlyMap<string, Value>, keyOfField: (v: Value) => number): number {
  let out = fields.size;
  for (const [name, value] of fields) out = gather(out, mix(textKey(name), keyOfField(value)));
  return out;
}
export function altKey(alt: Alt): number {
  if ("const" in alt) return mix(17, literalKey(alt.const));
  let out = 19;
  for (const p of alt.parts)
    out =
      p.text !== undefined
        ? mix(out, textKey(p.text))
        : mix(
            mix(mix(out, p.value === undefined ? 23 : keyOf(p.value)), textKey(p.item)),
            p.span.start,
          );
  return out;
}
function literalKey(value: Literal): number {
  return typeof value === "string"
    ? mix(29, textKey(value))
    : mix(31, textKey(`${typeof value}${value}`));
}
export function proofKey(proof: Proof): number {
  let out = proof.size;
  for (const [label, mask] of proof) out = gather(out, mix(textKey(label), mask));
  return out;
}
