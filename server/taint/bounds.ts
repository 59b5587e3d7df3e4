/** How much of a value leaves the item that made it: beyond that, what is inside counts as one, with all its taint. */
import { spread } from "./fields.ts";
import { type Value, withTaint } from "./value.ts";

const MAX_DEPTH = 4;
/** Fields of a value, those inside them and those of captured variables included. */
const MAX_SIZE = 48;
const EVIDENCE_DEPTH = 2;
/** Functions may capture functions that captured something: so often. */
const MAX_ENV = 2;

/** The value, as deep as it may be: less deep where it is large. Objects keep what they refer to. */
export function bounded(value: Value): Value {
  if (value.fields === undefined && value.env === undefined) return value;
  for (let depth = MAX_DEPTH; depth > 0; depth--)
    if (depth === 1 || size(value, depth, MAX_ENV) <= MAX_SIZE) return cut(value, depth, MAX_ENV);
  return value;
}

export function boundedAll<K>(values: ReadonlyMap<K, Value>): ReadonlyMap<K, Value> {
  return new Map([...values].map(([key, value]) => [key, bounded(value)]));
}

/** What a rule looks at in a value that reached a sink: what it is, its text, what is inside; nobody calls it any more. */
export function evidence(value: Value): Value {
  if (value.fields === undefined && value.env === undefined) return value;
  return cut(value, size(value, EVIDENCE_DEPTH, 0) <= MAX_SIZE ? EVIDENCE_DEPTH : 1, 0);
}

/** Fields down to a depth; counts no further than it must. */
function size(value: Value, depth: number, env: number): number {
  let out = 0;
  for (const field of value.fields?.values() ?? []) {
    out += 1 + (depth > 1 ? size(field, depth - 1, env) : 0);
    if (out > MAX_SIZE) return out;
  }
  if (env > 0)
    for (const one of value.env?.values() ?? []) {
      out += 1 + (depth > 1 ? size(one, depth - 1, env - 1) : 0);
      if (out > MAX_SIZE) return out;
    }
  return out;
}

function cut(whole: Value, depth: number, env: number): Value {
  const value = env === 0 ? withoutEnvironment(whole) : whole;
  if (value.fields === undefined && value.env === undefined) return value;
  if (depth === 0) {
    const { fields: _fields, closed: _closed, env: _env, key: _key, ...rest } = value;
    return withTaint(rest, spread(value));
  }
  const fields = cutAll(value.fields, depth - 1, env);
  const captured = cutAll(value.env, depth - 1, env - 1);
  if (fields === value.fields && captured === value.env) return value;
  const { key: _key, fields: _fields, env: _env, ...rest } = value;
  return {
    ...rest,
    ...(fields === undefined ? {} : { fields }),
    ...(captured === undefined ? {} : { env: captured }),
  };
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
  const { env: _env, key: _key, ...rest } = value;
  return rest;
}
