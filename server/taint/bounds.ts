/** How much of a value leaves the item that made it: beyond that, what is inside counts as one, with all its taint. */
import { spread } from "./fields.ts";
import { copyOf, type Value } from "./value.ts";

export interface Bounds {
  readonly depth: number;
  /** Fields of a value, those inside them and those of captured variables included. */
  readonly size: number;
  /** Functions may capture functions that captured something: so often. */
  readonly env: number;
  /** Calls that wait for a caller to say what is called. */
  readonly deferred: number;
  /** Rounds of functions that call each other, and those of them before what does not settle is widened. */
  readonly rounds: number;
  readonly exact: number;
  /** Effort of one such function beyond which the others do not look into it. */
  readonly apart: number;
  /** For functions that call each other and cost more than `effort` together with these. */
  readonly effort: number;
  readonly narrower?: Bounds;
}
/** For methods of one large class that all call each other. */
const LEAST: Bounds = {
  depth: 1,
  size: 6,
  env: 0,
  deferred: 0,
  rounds: 5,
  exact: 2,
  apart: 300_000,
  effort: Number.POSITIVE_INFINITY,
};
const NARROW: Bounds = {
  depth: 1,
  size: 12,
  env: 1,
  deferred: 8,
  rounds: 12,
  exact: 4,
  apart: Number.POSITIVE_INFINITY,
  effort: 5_000_000,
  narrower: LEAST,
};
export const WIDE: Bounds = {
  ...NARROW,
  depth: 4,
  size: 48,
  env: 2,
  deferred: 30,
  effort: 1_000_000,
  narrower: NARROW,
};
const EVIDENCE_DEPTH = 2;

/** The value, as deep as it may be: less deep where it is large. Objects keep what they refer to. */
export function bounded(value: Value, bounds: Bounds): Value {
  if (value.fields === undefined && value.env === undefined) return value;
  let known = within.get(bounds);
  if (known === undefined) {
    known = new WeakMap();
    within.set(bounds, known);
  }
  let out = known.get(value);
  if (out === undefined) {
    out = bound(value, bounds);
    known.set(value, out);
    if (out !== value) known.set(out, out);
  }
  return out;
}
/** The same objects are passed on again and again. */
const within = new WeakMap<Bounds, WeakMap<Value, Value>>();
function bound(value: Value, { depth: deepest, size: most, env }: Bounds): Value {
  for (let depth = deepest; depth > 1; depth--)
    if (size(value, depth, env, most) <= most) return cut(value, depth, env);
  return cut(value, 1, env);
}

export function boundedAll<K>(
  values: ReadonlyMap<K, Value>,
  bounds: Bounds,
): ReadonlyMap<K, Value> {
  return new Map([...values].map(([key, value]) => [key, bounded(value, bounds)]));
}

/** What a rule looks at in a value that reached a sink: what it is, its text, what is inside; nobody calls it any more. */
export function evidence(value: Value): Value {
  if (value.fields === undefined && value.env === undefined) return value;
  const depth = size(value, EVIDENCE_DEPTH, 0, WIDE.size) <= WIDE.size ? EVIDENCE_DEPTH : 1;
  return cut(value, depth, 0);
}

/** Fields down to a depth; counts no further than it must. */
function size(value: Value, depth: number, env: number, most: number): number {
  let out = 0;
  for (const field of value.fields?.values() ?? []) {
    out += 1 + (depth > 1 ? size(field, depth - 1, env, most) : 0);
    if (out > most) return out;
  }
  if (env > 0)
    for (const one of value.env?.values() ?? []) {
      out += 1 + (depth > 1 ? size(one, depth - 1, env - 1, most) : 0);
      if (out > most) return out;
    }
  return out;
}

function cut(whole: Value, depth: number, env: number): Value {
  const value = env === 0 ? withoutEnvironment(whole) : whole;
  if (value.fields === undefined && value.env === undefined) return value;
  if (depth === 0) return copyOf(value, spread(value), undefined, undefined, value.alts, undefined);
  const fields = cutAll(value.fields, depth - 1, env);
  const captured = cutAll(value.env, depth - 1, env - 1);
  if (fields === value.fields && captured === value.env) return value;
  return copyOf(value, value.taint, fields, captured, value.alts, value.closed);
}
function cutAll(values: Value["fields"], depth: number, env: number): Value["fields"] {
  let out: Map<string, Value> | undefined;
  for (const [key, field] of values ?? []) {
    const next = cut(field, depth, env);
    if (next === field) continue;
    out ??= new Map(values);
    out.set(key, next);
  }
  return out ?? values;
}
function withoutEnvironment(value: Value): Value {
  if (value.env === undefined) return value;
  return copyOf(value, value.taint, value.fields, undefined, value.alts, value.closed);
}
