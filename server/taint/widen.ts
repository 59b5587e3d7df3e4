/**
 * Functions that call each other are solved in rounds. What would go on growing (texts put together, records in records) or
 * swing to and fro is widened from some round on, so that the rounds come to an end: less is known, nothing is missed.
 */

import { spread } from "./fields.ts";
import { join } from "./join.ts";
import { rekeyed } from "./result-keys.ts";
import type { Summary } from "./summary.ts";
import { type Value, withTaint } from "./value.ts";

const MAX_DEPTH = 3;

/** At least what the summary and the one of the round before say. */
export function widened(summary: Summary, before: Summary): Summary {
  return rekeyed({
    ...summary,
    returns: wide(join(before.returns, summary.returns)),
    self: wide(join(before.self, summary.self)),
    params: joinAll(before.params, summary.params),
    free: joinAll(before.free, summary.free),
    stored: joinAll(before.stored, summary.stored),
  });
}

function joinAll<K>(
  before: ReadonlyMap<K, Value>,
  now: ReadonlyMap<K, Value>,
): ReadonlyMap<K, Value> {
  const out = new Map<K, Value>();
  for (const at of new Set([...before.keys(), ...now.keys()]))
    out.set(at, wide(join(before.get(at), now.get(at))));
  return out;
}

/** Without its text and what is deeper inside than is followed, of which the taint is kept. */
function wide(value: Value, depth = 0): Value {
  if (value.alts === undefined && value.fields === undefined) return value;
  const { alts: _alts, fields, closed: _closed, key: _key, ...rest } = value;
  if (fields === undefined) return rest;
  if (depth >= MAX_DEPTH) return withTaint(rest, spread(value));
  return { ...rest, fields: new Map([...fields].map(([key, v]) => [key, wide(v, depth + 1)])) };
}
