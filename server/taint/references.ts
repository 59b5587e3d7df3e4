/** What references lead to: library paths as values, and imports and results of calls that were not looked into yet. */

import type { Op } from "../ir/ir.ts";
import { foundValue } from "./free-names.ts";
import { join } from "./join.ts";
import { clearedBy } from "./kinds.ts";
import { sourceLabel } from "./labels.ts";
import { madeElsewhere } from "./made.ts";
import type { SourceRow } from "./model.ts";
import type { Run } from "./run.ts";
import { trail } from "./summary.ts";
import { markBit, type Ref, type Taint, type Value, withTaint } from "./value.ts";

const MAX_PATH = 160;

/** The value at a library path: a reference, and tainted if the path is a source. */
export function pathValue(run: Run, rawPath: string, op: Op, guessed: boolean): Value {
  const k = run.facts.knowledge;
  const path = k.canon(rawPath);
  const taint: Taint[] = k
    .source(path)
    .flatMap((s) => (s.when === undefined ? [sourceTaint(run, path, s, op, guessed)] : []));
  const refs: Ref[] = path.length > MAX_PATH ? [] : [`lib:${path}`];
  const text = k.constant(path);
  if (text !== undefined)
    return { refs, taint, alts: [{ const: text }], ...(guessed ? { guessed } : {}) };
  return guessed ? { refs, taint, guessed } : { refs, taint };
}

export function sourceTaint(
  run: Run,
  path: string,
  row: SourceRow,
  op: Op,
  guessed: boolean,
): Taint {
  return {
    label: sourceLabel(run.id, path, row.kind),
    kind: row.kind,
    cleared: clearedBy(row.clears),
    marks: guessed ? markBit("guessed-name") : 0,
    derive: "same",
    trail: trail("source", run.id, op.span, row.text),
  };
}

/** What an import leads to, with its taint and constants. Shapes keep the reference: what it leads to may not be known yet. */
export function follow(run: Run, value: Value): Value {
  if (run.shapesOnly || !value.refs.some((r) => r.startsWith("export:"))) return value;
  let out: Value = {
    ...withTaint(value, value.taint),
    refs: value.refs.filter((r) => !r.startsWith("export:")),
  };
  for (const ref of value.refs)
    if (ref.startsWith("export:")) {
      const found = run.facts.exported(ref);
      out = joinKnown(out, foundValue(run, found));
    }
  return out;
}

/** Follows imports and what calls elsewhere made, so that `refs` are things that can be called or looked into. */
export function resolve(run: Run, value: Value): Value {
  if (!isUnresolved(value)) return value;
  let out: Value = {
    ...withTaint(value, value.taint),
    refs: value.refs.filter((r) => !/^(?:export|result|later):/.test(r)),
  };
  for (const ref of value.refs)
    if (ref.startsWith("export:")) out = joinKnown(out, resolve(run, run.facts.exported(ref)));
  if (run.shapesOnly) return out;
  const made = madeElsewhere(run, value);
  if (made === undefined) return out;
  const { env: _env, key: _key, ...rest } = out;
  return joinKnown({ ...rest, refs: rest.refs.filter((r) => !r.startsWith("inst:")) }, made);
}

function isUnresolved(value: Value): boolean {
  for (const r of value.refs) {
    const c = r.charCodeAt(0);
    // "export:", "result:" and "later:"; an instance with the arguments of its constructor.
    if (c === 101 || c === 114 || (c === 108 && r.startsWith("later:"))) return true;
    if (c === 105 && value.env !== undefined) return true;
  }
  return false;
}

/** `a` is only a reference: what it leads to is the value. */
function joinKnown(a: Value, b: Value): Value {
  return a.refs.length === 0 &&
    a.taint.length === 0 &&
    a.alts === undefined &&
    a.fields === undefined
    ? b
    : join(a, b);
}

export function withRefs(value: Value, refs: readonly Ref[], guessed: boolean | undefined): Value {
  return { ...withTaint(value, value.taint), refs, ...(guessed ? { guessed: true } : {}) };
}

export function extendPaths(run: Run, refs: readonly Ref[], suffix: string): Ref[] {
  const k = run.facts.knowledge;
  return refs.flatMap((r) =>
    r.startsWith("lib:") && r.length < MAX_PATH ? [`lib:${k.canon(r.slice(4) + suffix)}`] : [],
  );
}
