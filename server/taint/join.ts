/** Joining: the least value, taint or proof that covers two of them, as where two ways through a function meet. */

import { readField } from "./fields.ts";
import { isSymbolic } from "./labels.ts";
import {
  type Alt,
  canBe,
  joinMarks,
  KEYS,
  MAX_ALTS,
  MAX_DEPTH,
  MAX_FIELDS,
  MAX_REFS,
  MAX_TAINT,
  MORE,
  markBit,
  type Proof,
  type Ref,
  TAIL,
  type Taint,
  UNKNOWN,
  type Value,
} from "./value.ts";
import { altKey, keyOf } from "./value-keys.ts";

/** So much of what only callers know stays in a value, however many sources are in it. */
const MIN_SYMBOLIC = 4;

/** The least value that covers both. */
export function join(a: Value | undefined, b: Value | undefined, depth = 0): Value {
  if (a === undefined) return b ?? UNKNOWN;
  if (b === undefined || a === b || keyOf(a) === keyOf(b)) return a;
  if (a === UNKNOWN && b.alts === undefined && isPlain(b)) return b;
  if (b === UNKNOWN && a.alts === undefined && isPlain(a)) return a;
  const refs =
    a.refs.length === 0 ? b.refs : b.refs.length === 0 ? a.refs : joinRefs(a.refs, b.refs);
  const out: { -readonly [K in keyof Value]: Value[K] } = {
    refs,
    taint: joinTaint(a.taint, b.taint),
  };
  const alts = joinAlts(a.alts, b.alts);
  if (alts !== undefined) out.alts = alts;
  if ((a.fields !== undefined || b.fields !== undefined) && depth < MAX_DEPTH) {
    const lists = joinLists(a, b, depth);
    const fields = lists ?? joinFields(a, b, depth);
    if (fields.size <= MAX_FIELDS) {
      out.fields = fields;
      if (a.closed && b.closed && !fields.has(TAIL)) out.closed = true;
    }
  }
  if (a.env !== undefined || b.env !== undefined) {
    const env = joinEnv(a.env, b.env, depth);
    if (env !== undefined) out.env = env;
  }
  if (a.scalar && b.scalar) out.scalar = true;
  if (a.falsy && b.falsy) out.falsy = true;
  if (a.guessed || b.guessed) out.guessed = true;
  const whenTrue = meetProofs(a, b, "whenTrue", true);
  if (whenTrue?.size) out.whenTrue = whenTrue;
  const whenFalse = meetProofs(a, b, "whenFalse", false);
  if (whenFalse?.size) out.whenFalse = whenFalse;
  if (a.position !== undefined && b.position !== undefined)
    out.position = {
      found: meet(a.position.found, b.position.found),
      start: meet(a.position.start, b.position.start),
      absent: meet(a.position.absent, b.position.absent),
    };
  return out;
}

/** The first ones by name, whichever were joined first; what may be more says so. */
function joinRefs(a: readonly Ref[], b: readonly Ref[]): readonly Ref[] {
  const all = [...new Set([...a, ...b])].sort();
  if (all.length <= MAX_REFS) return all;
  return [...all.filter((ref) => ref !== MORE).slice(0, MAX_REFS), MORE];
}

/** Joined with nothing known, it stays what it is. */
function isPlain(value: Value): boolean {
  return (
    value.closed === undefined &&
    value.scalar === undefined &&
    value.whenTrue === undefined &&
    value.whenFalse === undefined
  );
}

function joinFields(a: Value, b: Value, depth: number): Map<string, Value> {
  const fields = new Map<string, Value>();
  for (const [k, v] of a.fields ?? []) fields.set(k, joinField(v, b, k, depth));
  for (const [k, v] of b.fields ?? []) if (!fields.has(k)) fields.set(k, joinField(v, a, k, depth));
  return fields;
}
/** A field of one side, and what the other side has there: a part of its whole, if it is not known apart. */
function joinField(field: Value, other: Value, key: string, depth: number): Value {
  const known = other.fields?.get(key);
  if (known !== undefined) return join(field, known, depth + 1);
  return other.taint.length > 0 && key !== "*" && key !== KEYS
    ? join(field, readField(other, key), depth + 1)
    : provedApart(field, other);
}
/** A field that the other side does not have is nothing there, which proves nothing; if it may have it, neither does its truth. */
function provedApart(field: Value, other: Value): Value {
  if (field.whenTrue === undefined && field.whenFalse === undefined) return field;
  if (other.fields === undefined && canBe(other, true) === false) return field;
  const { whenTrue, whenFalse: _f, key: _k, ...rest } = field;
  return other.closed && whenTrue !== undefined ? { ...rest, whenTrue } : rest;
}

/** Lists of different lengths are known as far as the shorter one. */
function joinLists(a: Value, b: Value, depth: number): Map<string, Value> | undefined {
  const x = listLength(a);
  const y = listLength(b);
  if (x === undefined || y === undefined) return undefined;
  if (x === y && !a.fields?.has(TAIL) && !b.fields?.has(TAIL)) return undefined;
  const fields = new Map<string, Value>();
  let tail: Value | undefined;
  for (const [k, v] of [...(a.fields ?? []), ...(b.fields ?? [])]) {
    if (k === TAIL || Number(k) >= Math.min(x, y)) tail = join(tail, v, depth + 1);
    else fields.set(k, join(fields.get(k), v, depth + 1));
  }
  if (tail !== undefined) fields.set(TAIL, tail);
  return fields;
}
/** How long the known beginning of a list is; undefined for what is no list. */
function listLength(value: Value): number | undefined {
  if (value.fields === undefined || value.taint.length > 0) return undefined;
  if (!value.closed && !value.fields.has(TAIL)) return undefined;
  const n = value.fields.size - (value.fields.has(TAIL) ? 1 : 0);
  for (let i = 0; i < n; i++) if (!value.fields.has(String(i))) return undefined;
  return n;
}

function joinEnv(a: Value["env"], b: Value["env"], depth: number): Value["env"] {
  if (a === undefined || b === undefined) return a ?? b;
  if (depth >= MAX_DEPTH) return undefined;
  const out = new Map(a);
  for (const [k, v] of b) out.set(k, join(out.get(k), v, depth + 1));
  return new Map([...out].sort(([x], [y]) => (x < y ? -1 : 1)));
}

/** A value that can never be `truth` proves nothing wrong: the other side's proof stands. */
function meetProofs(
  a: Value,
  b: Value,
  side: "whenTrue" | "whenFalse",
  truth: boolean,
): Proof | undefined {
  if (canBe(a, truth) === false) return b[side];
  if (canBe(b, truth) === false) return a[side];
  const pa = a[side];
  const pb = b[side];
  if (pa === undefined || pb === undefined) return undefined;
  return meet(pa, pb);
}
/** Proved by both. */
export function meet(a: Proof, b: Proof): Proof {
  const out = new Map<string, number>();
  for (const [label, mask] of a) {
    const both = mask & (b.get(label) ?? 0);
    if (both !== 0) out.set(label, both);
  }
  return out;
}
/** Proved by either. */
export function both(a: Proof | undefined, b: Proof | undefined): Proof {
  if (a === undefined || a.size === 0) return b ?? new Map();
  if (b === undefined || b.size === 0) return a;
  const out = new Map(a);
  for (const [label, mask] of b) out.set(label, (out.get(label) ?? 0) | mask);
  return out;
}

export function joinTaint(a: readonly Taint[], b: readonly Taint[]): readonly Taint[] {
  if (a.length === 0) return b;
  if (b.length === 0 || a === b) return a;
  if (holdsAll(a, b)) return a;
  if (holdsAll(b, a)) return b;
  const all = isInOrder(a) && isInOrder(b) ? merged(a, b) : gathered(a, b);
  if (all === a || all.length <= MAX_TAINT) return all;
  const kept = sourcesFirst(all);
  // Those that are marked already stay the same objects: the next join sees at once that there is nothing new.
  kept.forEach((t, i) => {
    if ((t.marks & MANY) === 0) kept[i] = { ...t, marks: t.marks | MANY };
  });
  return kept;
}
const MANY = markBit("many-values");

function holdsAll(all: readonly Taint[], some: readonly Taint[]): boolean {
  for (const t of some) if (!all.includes(t)) return false;
  return true;
}

/** Negative, zero or positive as the first stands before the second, is of the same source, or stands behind. */
function order(x: Taint, y: Taint): number {
  if (x.label !== y.label) return x.label < y.label ? -1 : 1;
  return x.derive === y.derive ? 0 : x.derive < y.derive ? -1 : 1;
}
function isInOrder(taint: readonly Taint[]): boolean {
  for (let i = 1; i < taint.length; i++)
    if (order(taint[i - 1] as Taint, taint[i] as Taint) >= 0) return false;
  return true;
}

/** Two in order; the first one itself, if the second adds nothing to it and it is not too long. */
function merged(a: readonly Taint[], b: readonly Taint[]): readonly Taint[] {
  const all: Taint[] = [];
  let isNew = a.length > MAX_TAINT;
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const x = a[i];
    const y = b[j];
    const which = x === undefined ? 1 : y === undefined ? -1 : order(x, y);
    const next = which < 0 ? x : which > 0 ? y : oneOf(x as Taint, y as Taint);
    if (next !== x) isNew = true;
    all.push(next as Taint);
    if (which <= 0) i++;
    if (which >= 0) j++;
  }
  return isNew ? all : a;
}

function gathered(a: readonly Taint[], b: readonly Taint[]): readonly Taint[] {
  const all: Taint[] = [];
  // The lists are short: looking through is quicker than a table.
  for (const list of [a, b])
    for (const t of list) {
      const at = all.findIndex((x) => x.label === t.label && x.derive === t.derive);
      const old = all[at];
      if (old === undefined) all.push(t);
      else all[at] = oneOf(old, t);
    }
  return all.sort(order);
}

/** Of the same source on two ways: what holds on both, by the shorter one. The first itself, if that is what it says. */
function oneOf(old: Taint, t: Taint): Taint {
  const cleared = old.cleared & t.cleared;
  const marks = joinMarks(old.marks, t.marks);
  const trail = t.trail.length < old.trail.length ? t.trail : old.trail;
  if (cleared === old.cleared && marks === old.marks && trail === old.trail) return old;
  const { label, kind, derive } = old;
  return { label, kind, cleared, marks, derive, trail };
}

/**
 * Of too many, sources are kept before what only callers know, but not in place of all of that; and one of each kind of
 * source before a second one, so that the settings of a program do not hide what its client sent.
 */
function sourcesFirst(all: readonly Taint[]): Taint[] {
  let symbolic = 0;
  for (const t of all) if (isSymbolic(t.label)) symbolic++;
  const room = MAX_TAINT - (all.length - symbolic);
  const kept = new Set<Taint>();
  const sources: { readonly t: Taint; readonly nth: number }[] = [];
  const seen = new Map<string, number>();
  for (const t of all) {
    if (isSymbolic(t.label)) {
      if (kept.size < Math.max(room, MIN_SYMBOLIC)) kept.add(t);
      continue;
    }
    const nth = seen.get(t.kind) ?? 0;
    seen.set(t.kind, nth + 1);
    sources.push({ t, nth });
  }
  sources.sort((x, y) => x.nth - y.nth);
  for (const { t } of sources.slice(0, MAX_TAINT - kept.size)) kept.add(t);
  return all.filter((t) => kept.has(t));
}

function joinAlts(
  a: readonly Alt[] | undefined,
  b: readonly Alt[] | undefined,
): readonly Alt[] | undefined {
  if (a === undefined || b === undefined) return undefined;
  const out = [...a];
  const keys = new Set(a.map(altKey));
  for (const alt of b) if (!keys.has(altKey(alt))) out.push(alt);
  if (out.length <= MAX_ALTS) return out;
  return out.some((x) => "parts" in x) ? undefined : out.length <= MAX_ALTS * 4 ? out : undefined;
}
