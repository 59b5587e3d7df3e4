/** Text put together from values: what is constant in it and what is a hole, and where its taint stands. */

import type { Span } from "../ir/ir.ts";
import { spread } from "./fields.ts";
import { joinTaint } from "./join.ts";
import { behind } from "./paths.ts";
import {
  type ItemId,
  MAX_ALTS,
  MAX_PARTS,
  onlyConst,
  type Part,
  partsOf,
  type Taint,
  type Value,
  WRITTEN,
} from "./value.ts";

/** Text put together from pieces, each a value with its place. */
export function concat(
  pieces: readonly { readonly value: Value; readonly span: Span }[],
  item: ItemId,
  /** A later piece that is an absolute path takes the place of those before it. */
  absoluteWins = false,
): Value {
  let taint: readonly Taint[] = [];
  // Undefined once there are more parts than are kept: pieces only add to them.
  let alts: (readonly Part[])[] | undefined = [[]];
  let started = false;
  for (const { value, span } of pieces) {
    if (!value.scalar) {
      const own = pieces.length === 1 ? spread(value) : spread(value).map(ofOther);
      taint = joinTaint(taint, started ? own.map((t) => standBehind(t, absoluteWins)) : own);
    }
    started ||= !isRoot(value);
    if (alts === undefined) continue;
    const options = partsOf(value, item, span);
    const known =
      options !== undefined && options.length > 0 && options.length * alts.length <= MAX_ALTS;
    const tails: readonly (readonly Part[])[] = known
      ? options
      : [[{ value: withoutText(value), item, span }]];
    alts = alts.flatMap((head) => tails.map((tail) => compact([...head, ...tail])));
    if (alts.some((p) => p.length > MAX_PARTS)) alts = undefined;
  }
  if (alts === undefined) return { refs: [], taint };
  return { refs: [], taint, alts: alts.map((parts) => ({ parts })) };
}
/** Put together with something else, it is the path of another file. */
function ofOther(t: Taint): Taint {
  return (t.marks & WRITTEN) === 0 ? t : { ...t, marks: t.marks & ~WRITTEN };
}
function standBehind(t: Taint, absoluteWins: boolean): Taint {
  const cleared = behind(t.cleared, t.derive, absoluteWins);
  return cleared === t.cleared ? t : { ...t, cleared };
}
/** Nothing, or the root of all folders. */
function isRoot(value: Value): boolean {
  const text = onlyConst(value)?.value;
  return typeof text === "string" && /^[/\\]*$/.test(text);
}
function compact(parts: readonly Part[]): readonly Part[] {
  return parts.filter((p) => p.text !== "");
}
/** What stands in a hole: the taint of all that is in it, and none of its own text. */
export function withoutText(value: Value): Value {
  if (value.alts === undefined && value.fields === undefined && value.env === undefined)
    return value;
  const { alts: _alts, fields: _fields, env: _env, key: _key, ...rest } = value;
  return { ...rest, taint: spread(value) };
}
