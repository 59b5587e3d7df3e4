/** What the rows of a model say about a call: what passes through, and what is proved. */
import type { Op } from "../ir/ir.ts";
import { argument, type Call, specified } from "./arguments.ts";
import { ofConstants, textOf } from "./constants.ts";
import { given, stored } from "./container-rows.ts";
import { mapTaint, readField, spread } from "./fields.ts";
import { join, joinTaint, meet } from "./join.ts";
import { clearedBy } from "./kinds.ts";
import { orNothing, update } from "./members.ts";
import type { ArgSpec, PassRow } from "./model.ts";
import { step } from "./paths.ts";
import { PATTERN_TESTS } from "./patterns.ts";
import { ofElements } from "./proofs.ts";
import { resolve } from "./references.ts";
import { bySchema } from "./schemas.ts";
import { concat } from "./text.ts";
import {
  constant,
  constants,
  markBit,
  onlyConst,
  type Proof,
  type Ref,
  type Taint,
  UNKNOWN,
  type Value,
  withTaint,
} from "./value.ts";

/** What the row asks of an argument is so. */
export function applies(call: Call, row: Pick<PassRow, "needs">): boolean {
  if (row.needs === undefined) return true;
  const test = PATTERN_TESTS[row.needs.is];
  if (row.needs.is.startsWith("only-") && call.args.length !== 1) return false;
  const doubles = row.needs.is === "quote" || row.needs.is === "quote-pattern";
  if (doubles && !fits(call.args[1]?.value, (text) => text === "''")) return false;
  if (row.needs.is === "separators" && !fits(call.args[1]?.value, test)) return false;
  return fits(argument(call, row.needs.arg)?.value, test);
}
function fits(value: Value | undefined, test: (text: string) => boolean): boolean {
  const all = constants(value);
  return all?.every((c) => typeof c === "string" && test(c)) === true;
}

/** Whichever element it is that is true: what all of them prove. */
function elementProof(
  list: Value | undefined,
  answer: "whenTrue" | "whenFalse",
): Proof | undefined {
  let out: Proof | undefined;
  for (const element of list?.fields?.values() ?? []) {
    const proof = element[answer] ?? new Map();
    out = out === undefined ? proof : meet(out, proof);
  }
  return out;
}

/** What it proves that all, or some, elements of the list are true, and that it is not so. */
function answersOf(
  element: "every" | "some",
  list: Value | undefined,
): readonly [Proof | undefined, Proof | undefined] {
  const yes = elementProof(list, "whenTrue");
  if (element === "every") return [yes === undefined ? undefined : ofElements(yes), undefined];
  const no = elementProof(list, "whenFalse");
  return [yes, no === undefined ? undefined : ofElements(no)];
}

/** The known text at the end of an argument. */
export function endsLike(call: Call, spec: ArgSpec, pattern: string): boolean {
  return (argument(call, spec)?.value.alts ?? []).some((alt) => {
    if ("const" in alt) return typeof alt.const === "string" && new RegExp(pattern).test(alt.const);
    const hole = alt.parts.findLastIndex((p) => p.text === undefined);
    return new RegExp(pattern).test(
      alt.parts
        .slice(hole + 1)
        .map((p) => p.text)
        .join(""),
    );
  });
}

function clear(value: Value, mask: number): Value {
  return mapTaint(value, (t) => ({ ...t, cleared: t.cleared | mask }));
}

export function pass(call: Call, row: PassRow, base: Value): Value {
  const { run, op } = call;
  const from = specified(call, row.from);
  const mask = clearedBy(row.clears);
  const kept = ~clearedBy(row.restores);
  if (row.to === "recv" || typeof row.to === "number") {
    const target = row.to === "recv" ? call.receiverOp : argument(call, row.to)?.op;
    const written = mask === 0 ? from : from.map((a) => ({ ...a, value: clear(a.value, mask) }));
    if (target !== undefined && target >= 0) {
      update(run, target, call.state, (old) => stored(call, row, old, written));
    }
    return UNKNOWN;
  }
  if (row.schema !== undefined) return bySchema(call, row, base);
  const shaped = row.gives === undefined ? undefined : given(call, row, from);
  if (shaped !== undefined)
    return {
      ...mapTaint(shaped, (t) => ({ ...t, cleared: (t.cleared & kept) | mask })),
      refs:
        shaped.refs.length === 0
          ? base.refs
          : // An instance of the class that was given, and of no other.
            row.gives === "filled"
            ? shaped.refs
            : bothRefs(base.refs, shaped.refs),
    };
  if (row.scalar) {
    if (row.length) {
      const texts = constants(from[0]?.value);
      if (texts?.every((t) => typeof t === "string"))
        return ofConstants(texts.map((t) => (t as string).length));
    }
    const out: Value = { ...withTaint(base, []), scalar: true };
    if (row.element === undefined) return out;
    const [yes, no] = answersOf(row.element, from[0]?.value);
    return {
      ...out,
      ...(yes?.size ? { whenTrue: yes } : {}),
      ...(no?.size ? { whenFalse: no } : {}),
    };
  }
  const converter = row.converter === undefined ? undefined : argument(call, row.converter)?.value;
  if (converter?.refs.some((r) => r.startsWith("lib:") && run.facts.knowledge.isScalar(r.slice(4))))
    return { ...withTaint(base, []), scalar: true };
  if (row.field !== undefined) {
    const key = onlyConst(argument(call, row.field)?.value);
    let value: Value | undefined;
    for (const a of from)
      value = join(value, readField(a.value, key === undefined ? "*" : String(key.value)));
    const fallback = row.otherwise === undefined ? undefined : argument(call, row.otherwise);
    if (fallback !== undefined) value = join(value, fallback.value);
    else if (key === undefined && value !== undefined) value = orNothing(value);
    return value === undefined
      ? base
      : {
          ...withTaint(value, joinTaint(base.taint, value.taint)),
          refs: [...new Set([...base.refs, ...value.refs])].sort(),
        };
  }
  if (row.numbered) {
    let element: Value | undefined;
    for (const a of from) element = join(element, readField(a.value, "*"));
    const pair: Value = {
      refs: [],
      taint: [],
      fields: new Map([
        ["0", { refs: [], taint: [], scalar: true }],
        ["1", element ?? UNKNOWN],
      ]),
      closed: true,
    };
    return { refs: [], taint: [], fields: new Map([["*", pair]]) };
  }
  if (row.concat) {
    const pieces = from.map((a) => ({
      value: a.value,
      span: (run.item.ops[a.op] as Op | undefined)?.span ?? op.span,
    }));
    // A last piece that is empty adds the separator: `os.path.join(folder, "")`.
    const last = from[from.length - 1];
    if (row.absoluteWins && last !== undefined && onlyConst(last.value)?.value === "")
      pieces.push({ value: constant("/"), span: op.span });
    const text = concat(pieces, run.id, row.absoluteWins);
    return {
      ...text,
      refs: base.refs,
      taint: text.taint.map((t) => ({ ...t, ...step(t, row.derive, kept, mask) })),
    };
  }
  let taint: readonly Taint[] = base.taint;
  for (const a of from) taint = joinTaint(taint, spread(a.value));
  const moved = taint.map((t) => ({
    ...t,
    ...step(t, row.derive, kept, mask),
    marks: row.marks === undefined ? t.marks : t.marks | markBit(row.marks),
  }));
  const first = from[0]?.value;
  if (row.wraps && first !== undefined) return resolve(run, first);
  if (row.same && first !== undefined) {
    const refs = typesOf(row, base, first);
    if (first.alts === undefined || row.text === undefined)
      return { ...withTaint(first, moved), refs };
    const { alts: _alts, ...same } = withTaint(first, moved);
    const given = row.from[0] === "recv" && call.args.length > 0;
    const alts = given ? undefined : textOf(first.alts, row.text);
    return { ...same, refs, ...(alts === undefined ? {} : { alts }) };
  }
  return withTaint(base, moved);
}

function bothRefs(a: readonly Ref[], b: readonly Ref[]): readonly Ref[] {
  return a.length === 0 ? b : [...new Set([...a, ...b])].sort();
}
function typesOf(row: PassRow, base: Value, first: Value): readonly Ref[] {
  if (base.refs.length === 0) return first.refs;
  return row.keepsType ? bothRefs(base.refs, first.refs) : base.refs;
}
