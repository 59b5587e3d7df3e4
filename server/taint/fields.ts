/** What is inside a value: reading and writing its fields, and going through the taint in all of them. */

import { join, joinTaint } from "./join.ts";
import { extend, isSymbolic } from "./labels.ts";
import {
  type Alt,
  copyOf,
  KEYS,
  MAX_DEPTH,
  MAX_FIELDS,
  markBit,
  ofTaint,
  TAIL,
  type Taint,
  UNKNOWN,
  type Value,
  withTaint,
} from "./value.ts";

const WHOLE_OBJECT = markBit("whole-object");

/** The value's own taint and that of everything inside it. */
export function spread(value: Value): readonly Taint[] {
  if (value.fields === undefined) return value.taint;
  let taint = spreads.get(value);
  if (taint === undefined) {
    taint = spreadFrom(value, 0);
    spreads.set(value, taint);
  }
  return taint;
}
/** The same objects are asked about again and again. */
const spreads = new WeakMap<Value, readonly Taint[]>();
function spreadFrom(value: Value, depth: number): readonly Taint[] {
  let taint = value.taint;
  if (value.fields !== undefined && depth < MAX_DEPTH)
    for (const v of value.fields.values()) taint = joinTaint(taint, spreadFrom(v, depth + 1));
  return taint;
}

/** What is read from a value at `key` ("*" = an unknown one). */
export function readField(value: Value, key: string): Value {
  if (value.taint.length === 0 && key !== "*") return readInside(value, key);
  let known = fieldsRead.get(value);
  if (known === undefined) {
    known = new Map();
    fieldsRead.set(value, known);
  }
  let out = known.get(key);
  if (out === undefined) {
    out = readInside(value, key);
    known.set(key, out);
  }
  return out;
}
const fieldsRead = new WeakMap<Value, Map<string, Value>>();
function readInside(value: Value, key: string): Value {
  const inner = value.fields;
  let found: Value | undefined;
  if (inner !== undefined) {
    if (key === "*") {
      for (const [k, v] of inner) if (k !== KEYS) found = join(found, v);
    } else {
      const own = inner.get(key);
      found = inner.get("*");
      // A field that is known apart is all there is at its key, whatever the whole is.
      if (own !== undefined) return found === undefined ? own : join(own, found);
      const tail = inner.get(TAIL);
      if (tail !== undefined && /^\d+$/.test(key)) found = join(found, tail);
    }
  }
  // What is inside a tainted whole is tainted.
  if (value.taint.length > 0) {
    const taint = value.taint.map((t) => {
      const label = extend(t.label, key);
      // So deep down, only the caller could tell whether it is this part that is tainted.
      const marks = label === t.label && isSymbolic(label) ? t.marks | WHOLE_OBJECT : t.marks;
      return { ...t, label, marks };
    });
    found = found === undefined ? ofTaint(taint) : withTaint(found, joinTaint(found.taint, taint));
  }
  return found ?? UNKNOWN;
}

export function withField(value: Value, key: string, field: Value, strong: boolean): Value {
  return withFields(value, [[key, field]], strong);
}
/** Several fields at once. Of more than are kept apart, the taint is that of the whole. */
export function withFields(
  value: Value,
  added: Iterable<readonly [string, Value]>,
  strong: boolean,
): Value {
  const fields = new Map(value.fields ?? []);
  let taint = value.taint;
  let isAdded = false;
  for (const [key, field] of added) {
    if (fields.size >= MAX_FIELDS && !fields.has(key)) {
      taint = joinTaint(taint, spread(field));
      continue;
    }
    isAdded = true;
    if (strong && key !== "*") fields.set(key, field);
    else {
      const old = fields.get(key);
      fields.set(key, join(old === undefined && key !== "*" ? inside(value, key) : old, field));
    }
  }
  if (!isAdded) return taint === value.taint ? value : withTaint(value, taint);
  return copyOf(value, taint, fields, value.env, undefined, value.closed);
}

/** What a tainted whole has at a key that is not known apart. */
function inside(value: Value, key: string): Value | undefined {
  return value.taint.length > 0 && key !== TAIL && key !== KEYS ? readField(value, key) : undefined;
}

const taintedInside = new WeakMap<Value, boolean>();
/** True if there is taint in the value or anything inside it. */
export function isTainted(value: Value): boolean {
  if (value.taint.length > 0) return true;
  if (value.fields === undefined && value.alts === undefined && value.env === undefined)
    return false;
  const known = taintedInside.get(value);
  if (known !== undefined) return known;
  let out = false;
  if (value.fields !== undefined)
    for (const v of value.fields.values()) if (isTainted(v)) out = true;
  if (!out && value.env !== undefined)
    for (const v of value.env.values()) if (isTainted(v)) out = true;
  if (!out && value.alts !== undefined)
    for (const a of value.alts)
      if ("parts" in a)
        for (const p of a.parts) if (p.value !== undefined && isTainted(p.value)) out = true;
  taintedInside.set(value, out);
  return out;
}

const openInside = new WeakMap<Value, boolean>();
/** True if anything in the value, or what it proves, is known to the caller only. */
export function isOpenValue(value: Value): boolean {
  if (value.whenTrue !== undefined || value.whenFalse !== undefined) return true;
  for (const t of value.taint) if (isSymbolic(t.label)) return true;
  if (value.fields === undefined && value.alts === undefined && value.env === undefined)
    return false;
  const known = openInside.get(value);
  if (known !== undefined) return known;
  const out = anyOpen(value.fields) || anyOpen(value.env) || (value.alts ?? []).some(isOpenAlt);
  openInside.set(value, out);
  return out;
}
function anyOpen(values: Value["fields"]): boolean {
  if (values !== undefined) for (const v of values.values()) if (isOpenValue(v)) return true;
  return false;
}
function isOpenAlt(alt: Alt): boolean {
  return "parts" in alt && alt.parts.some((p) => p.value !== undefined && isOpenValue(p.value));
}

export function mapTaint(value: Value, f: (t: Taint) => Taint | undefined, depth = 0): Value {
  if (!isTainted(value)) return value;
  let changed = false;
  const taint: Taint[] = [];
  for (const t of value.taint) {
    const next = f(t);
    if (next !== t) changed = true;
    if (next !== undefined) taint.push(next);
  }
  let fields: Map<string, Value> | undefined;
  if (value.fields !== undefined && depth < MAX_DEPTH) {
    fields = new Map();
    for (const [k, v] of value.fields) {
      const next = mapTaint(v, f, depth + 1);
      if (next !== v) changed = true;
      fields.set(k, next);
    }
  }
  let env: Map<string, Value> | undefined;
  if (value.env !== undefined && depth < MAX_DEPTH) {
    env = new Map();
    for (const [k, v] of value.env) {
      const next = mapTaint(v, f, depth + 1);
      if (next !== v) changed = true;
      env.set(k, next);
    }
  }
  let alts: Alt[] | undefined;
  if (value.alts?.some((a) => "parts" in a))
    alts = value.alts.map((a) => {
      if ("const" in a) return a;
      let same = true;
      const parts = a.parts.map((p) => {
        if (p.value === undefined) return p;
        const next = mapTaint(p.value, f, depth + 1);
        if (next === p.value) return p;
        same = false;
        return { ...p, value: next };
      });
      if (same) return a;
      changed = true;
      return { parts };
    });
  if (!changed) return value;
  return copyOf(value, taint, fields, env ?? value.env, alts ?? value.alts, value.closed);
}
