/** What goes in and out of an item: its object and parameters at the start, and what its ends say to a caller. */

import { bounded, boundedAll } from "./bounds.ts";
import { checksOf } from "./checks.ts";
import { both, join, meet } from "./join.ts";
import { SELF_LABEL, SELF_OUTSIDE, sourceLabel } from "./labels.ts";
import type { Run } from "./run.ts";
import { bake, type State } from "./state.ts";
import { trail } from "./summary.ts";
import { canBe, constant, type Proof, type Taint, UNKNOWN, type Value } from "./value.ts";

export interface Outcome {
  readonly returns: Value;
  readonly whenTrue: Proof;
  readonly whenFalse: Proof;
  readonly always: Proof;
  readonly checks: readonly string[];
  readonly self: Value;
  readonly params: ReadonlyMap<number, Value>;
  readonly free: ReadonlyMap<string, Value>;
}

/** Where the item returns or ends: what it gives, what is proved there, and what has become of its object. */
export interface End {
  readonly value: Value;
  readonly cleared: Proof;
  readonly self: Value;
}

/** What all ends together say. */
export function outcomeOf(
  run: Run,
  ends: readonly End[],
  params: ReadonlyMap<number, Value>,
  free: ReadonlyMap<string, Value>,
): Outcome {
  let returns: Value | undefined;
  let always: Proof | undefined;
  let whenTrue: Proof | undefined;
  let whenFalse: Proof | undefined;
  let self: Value | undefined;
  const names = provingFields(ends);
  for (const e of ends) {
    const value = names === undefined ? e.value : withFieldProofs(e, names);
    returns = join(returns, stepOut(value));
    always = always === undefined ? e.cleared : meet(always, e.cleared);
    if (canBe(e.value, true) !== false) {
      const proof = both(e.cleared, e.value.whenTrue);
      whenTrue = whenTrue === undefined ? proof : meet(whenTrue, proof);
    }
    if (canBe(e.value, false) !== false) {
      const proof = both(e.cleared, e.value.whenFalse);
      whenFalse = whenFalse === undefined ? proof : meet(whenFalse, proof);
    }
    self = join(self, e.self);
  }
  for (const y of run.yields)
    returns = join(returns, { refs: [], taint: [], fields: new Map([["*", y]]) });
  return {
    returns: bounded(returns ?? UNKNOWN, run.bounds),
    whenTrue: namedOutside(whenTrue),
    whenFalse: namedOutside(whenFalse),
    always: namedOutside(always),
    checks: checksOf(ends, run.throws, [always, whenTrue]),
    self: bounded(self ?? UNKNOWN, run.bounds),
    params: boundedAll(params, run.bounds),
    free: boundedAll(free, run.bounds),
  };
}

/** What the caller sees changed: fields of the objects it passed, and variables around the function. */
export function writtenOutside(
  run: Run,
  state: State,
  params: Map<number, Value>,
  free: Map<string, Value>,
): void {
  run.item.params.forEach((p, i) => {
    const { fields, taint } = state.slots[p.slot] ?? UNKNOWN;
    if (fields === undefined || (i === 0 && run.entry.selfParam)) return;
    if (taint.some((t) => t.label === `param:${i}:`))
      params.set(i, join(params.get(i), bake({ refs: [], taint: [], fields }, state)));
  });
  for (const [name, value] of state.free) free.set(name, join(free.get(name), bake(value, state)));
}

/** Guards that held where a value was returned are of no use to the caller by label, only baked in; proofs travel apart. */
function stepOut(value: Value): Value {
  const { whenTrue: _t, whenFalse: _f, position: _p, key: _k, ...rest } = value;
  return rest;
}
const MAX_PROVING = 8;
/** The fields of what is returned, if it is a list or record at each end and something was proved at one of them. */
function provingFields(ends: readonly End[]): ReadonlySet<string> | undefined {
  if (!ends.some((e) => e.value.fields !== undefined)) return undefined;
  const names = new Set<string>();
  let proves = false;
  for (const { value, cleared } of ends) {
    if (value.fields === undefined) continue;
    if (!value.closed || value.taint.length > 0) return undefined;
    proves ||= cleared.size > 0;
    for (const [name, field] of value.fields) {
      names.add(name);
      proves ||= field.whenTrue !== undefined || field.whenFalse !== undefined;
    }
  }
  return proves && names.size <= MAX_PROVING ? names : undefined;
}

/** `return False, reason`, `return { ok: true }`: whoever tests the field knows at which end the function came back. */
function withFieldProofs(e: End, names: ReadonlySet<string>): Value {
  if (e.value.fields === undefined) return e.value;
  const fields = new Map(e.value.fields);
  for (const name of names) {
    const given = fields.get(name);
    // A list has no more elements than these.
    if (given === undefined && /^\d+$/.test(name)) continue;
    const { whenTrue, whenFalse, key: _key, ...field } = given ?? constant(undefined);
    const may = canBe(field, true) !== false;
    const mayNot = canBe(field, false) !== false;
    const tells = !may || !mayNot || whenTrue !== undefined || whenFalse !== undefined;
    const yes = tells && may ? namedOutside(both(e.cleared, whenTrue)) : undefined;
    const no = tells && mayNot ? namedOutside(both(e.cleared, whenFalse)) : undefined;
    fields.set(name, {
      ...field,
      ...(yes?.size ? { whenTrue: yes } : {}),
      ...(no?.size ? { whenFalse: no } : {}),
    });
  }
  const { key: _key, ...rest } = e.value;
  return { ...rest, fields };
}

/** What the caller, or the function around this one, has a name for. */
function namedOutside(proof: Proof | undefined): Proof {
  return new Map([...(proof ?? [])].filter(([label]) => /^(?:param|free):/.test(label)));
}

/** The instance whose method this is. What its fields hold is known to whoever calls the method: "param:-1:field". */
export function selfValue(run: Run): Value {
  const { classId, isMethod } = run.entry;
  const refs =
    classId === undefined ? [] : [`${run.entry.isClassMethod ? "class" : "inst"}:${classId}`];
  if (run.shapesOnly || run.item.kind === "module") return { refs, taint: [] };
  // `this` of a function inside a method is the method's.
  const label = classId === undefined || isMethod ? SELF_LABEL : SELF_OUTSIDE;
  const span = run.item.params[0]?.span ?? { start: 0, end: 0 };
  const at = trail("source", run.id, span, "a field of the object");
  return { refs, taint: [{ label, kind: "", cleared: 0, marks: 0, derive: "same", trail: at }] };
}
export function selfAtEnd(run: Run, state: State): Value {
  if (!run.entry.selfParam) return state.self;
  const slot = run.item.params[0]?.slot;
  return (slot === undefined ? undefined : state.slots[slot]) ?? UNKNOWN;
}

export function parameterValue(run: Run, index: number): Value {
  const param = run.item.params[index];
  const info = run.entry.params[index];
  if (index === 0 && run.entry.selfParam) return selfValue(run);
  if (param === undefined) return UNKNOWN;
  if (info?.scalar) return { refs: [], taint: [], scalar: true };
  const taint: Taint[] = [];
  if (!run.shapesOnly) {
    const at = trail("source", run.id, param.span, `parameter ${param.name}`);
    taint.push({
      label: `param:${index}:`,
      kind: "",
      cleared: 0,
      marks: 0,
      derive: "same",
      trail: at,
    });
  }
  for (const s of info?.sources ?? [])
    taint.push({
      label: sourceLabel(run.id, `(${param.name})`, s.kind),
      kind: s.kind,
      cleared: 0,
      marks: info?.guessed ? 2 : 0,
      derive: "same",
      trail: trail("source", run.id, param.span, `${param.name} is ${s.text}`),
    });
  const value: Value = {
    refs: info?.refs ?? [],
    taint,
    ...(info?.guessed ? { guessed: true } : {}),
  };
  // Symbolically it is the whole: its elements are "param:1:0", "param:1:name".
  if (param.kind === "rest" || param.kind === "keywords") return { refs: [], taint };
  return value;
}
