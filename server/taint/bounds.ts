/** How much of a value leaves the item that made it: beyond that, what is inside counts as one, with all its taint. */
import { spread } from "./fields.ts";
import { type Value, withTaint } from "./value.ts";

const MAX_DEPTH = 4;
/** Fields of a value, those inside them included. */
const MAX_SIZE = 48;

/** The value, as deep as it may be: less deep where it is large. Objects keep what they refer to. */
export function bounded(value: Value): Value {
  if (value.fields === undefined) return value;
  for (let depth = MAX_DEPTH; depth > 0; depth--)
    if (depth === 1 || size(value, depth) <= MAX_SIZE) return cut(value, depth);
  return value;
}

export function boundedAll<K>(values: ReadonlyMap<K, Value>): ReadonlyMap<K, Value> {
  return new Map([...values].map(([key, value]) => [key, bounded(value)]));
}

/** Fields down to a depth; counts no further than it must. */
function size(value: Value, depth: number): number {
  let out = 0;
  for (const field of value.fields?.values() ?? []) {
    out += 1 + (depth > 1 ? size(field, depth - 1) : 0);
    if (out > MAX_SIZE) return out;
  }
  return out;
}

function cut(value: Value, depth: number): Value {
  if (value.fields === undefined) return value;
  if (depth === 0) {
    const { fields: _fields, closed: _closed, key: _key, ...rest } = value;
    return withTaint(rest, spread(value));
  }
  let changed = false;
  const fields = new Map<string, Value>();
  for (const [key, field] of value.fields) {
    const next = cut(field, depth - 1);
    if (next !== field) changed = true;
    fields.set(key, next);
  }
  if (!changed) return value;
  const { key: _key, ...rest } = value;
  return { ...rest, fields };
}
