/** What is known at one point of an item: what its variables hold and what guards have proved; how two ways merge. */

import type { Block, Op, SlotId } from "../ir/ir.ts";
import { checkedMark } from "./checks.ts";
import { isTainted, mapTaint } from "./fields.ts";
import { both, join, meet } from "./join.ts";
import { ALL_KINDS, WEAK_GUARD } from "./kinds.ts";
import { parentLabel } from "./labels.ts";
import { proofFor, settle } from "./paths.ts";
import type { Run } from "./run.ts";
import {
  canBe,
  constant,
  constants,
  FALSE,
  type Proof,
  type Taint,
  UNKNOWN,
  type Value,
} from "./value.ts";
import { keyOf } from "./value-keys.ts";

export interface State {
  readonly slots: (Value | undefined)[];
  cleared: Proof;
  /** Labels of which there is nothing here: `if (name && !isName(name)) return` has proved something of every name that goes on. */
  empty?: readonly string[];
  /** A call that never returns was made: what follows is not run. */
  ended?: boolean;
  /** In a handler: the exception may tell more than what was wrong with the input ("asked": if a text makes it fail); "sent": its thrower knows it already. */
  raised?: true | "asked" | "sent" | "unknown";
  readonly free: Map<string, Value>;
  self: Value;
}

type Proved = Pick<State, "cleared" | "empty">;

/** The newer state without the constants that changed. */
export function widened(old: State, next: State): State {
  const slots = next.slots.map((value, i) =>
    value === undefined || sameValue(value, old.slots[i]) ? value : anyConstant(value, 0),
  );
  const free = new Map(
    [...next.free].map(([name, value]) => [
      name,
      sameValue(value, old.free.get(name)) ? value : anyConstant(value, 0),
    ]),
  );
  const self = sameValue(old.self, next.self) ? next.self : anyConstant(next.self, 0);
  return { ...next, slots, free, self };
}
function anyConstant(value: Value, depth: number): Value {
  const { alts, fields, key: _key, ...rest } = value;
  if (alts === undefined && fields === undefined) return value;
  const number = alts?.every((a) => "const" in a && typeof a.const === "number");
  return {
    ...rest,
    ...(number ? { scalar: true } : {}),
    ...(fields === undefined || depth > 3
      ? {}
      : { fields: new Map([...fields].map(([k, v]) => [k, anyConstant(v, depth + 1)])) }),
  };
}

/** What is false, empty or nothing carries no text. */
export function knownFalse(run: Run, block: Block, state: State): State {
  return known(run, block, state, (value) => (constants(value) === undefined ? FALSE : value));
}
/** A check's answer that was yes: the "no" that comes after another check is not this one's. */
export function knownTrue(run: Run, block: Block, state: State): State {
  return known(run, block, state, (value) =>
    value.scalar && value.whenFalse?.size && constants(value) === undefined ? TRUE : value,
  );
}
const TRUE = constant(true);

/** The state with what the variables hold in which the condition of the block was, or into which it was put. */
function known(run: Run, block: Block, state: State, as: (value: Value) => Value): State {
  if (block.end.kind !== "branch") return state;
  const { condition } = block.end;
  const load = run.item.ops[condition] as Op;
  const held = new Set<SlotId>(load.op === "load" ? [load.slot] : []);
  for (const id of block.ops) {
    const op = run.item.ops[id] as Op;
    if (op.op === "store" && op.value === condition) held.add(op.slot);
  }
  if (held.size === 0) return state;
  const slots = [...state.slots];
  for (const slot of held) slots[slot] = as(slots[slot] ?? UNKNOWN);
  return { ...state, slots };
}

/** On the way a value takes when it is false there is no text of it. */
export function withoutText(state: State, condition: Value): State {
  let empty: string[] | undefined;
  for (const t of condition.taint) {
    if (t.derive !== "same" || state.empty?.includes(t.label)) continue;
    empty ??= [...(state.empty ?? [])];
    empty.push(t.label);
  }
  return empty === undefined ? state : { ...state, empty };
}

/** Writes what the state has proved into the value's taint. */
export function bake(value: Value, state: State): Value {
  const { cleared } = state;
  if (cleared.size === 0 || !isTainted(value)) return value;
  if (value.fields === undefined && value.alts === undefined && value.env === undefined)
    return mapTaint(value, (t) => bakeTaint(t, state));
  // The same objects are read again and again while nothing new is proved.
  let known = baked.get(cleared);
  if (known === undefined) {
    known = new WeakMap();
    baked.set(cleared, known);
  }
  let out = known.get(value);
  if (out === undefined) {
    out = mapTaint(value, (t) => bakeTaint(t, state));
    known.set(value, out);
  }
  return out;
}
const baked = new WeakMap<Proof, WeakMap<Value, Value>>();
export function bakeTaint(t: Taint, state: State): Taint {
  let more: number | undefined;
  let { marks } = t;
  for (let label: string | undefined = t.label; label !== undefined; label = parentLabel(label)) {
    const bits = state.cleared.get(label);
    if (bits !== undefined) more = (more ?? 0) | bits;
    marks |= checkedMark(state.cleared, label);
  }
  more = more === undefined ? 0 : proofFor(more, t.derive);
  if ((t.cleared & more) === more) return marks === t.marks ? t : { ...t, marks };
  return { ...t, cleared: settle(t.cleared | more, t.derive), marks };
}

export function copy(state: State): State {
  return {
    slots: [...state.slots],
    cleared: state.cleared,
    ...(state.empty === undefined ? {} : { empty: state.empty }),
    ...(state.raised === undefined ? {} : { raised: state.raised }),
    free: new Map(state.free),
    self: state.self,
  };
}

export function merge(a: State, b: State): State {
  const slots: (Value | undefined)[] = [];
  const lostByA = losesProof(a, b);
  const lostByB = losesProof(b, a);
  const n = Math.max(a.slots.length, b.slots.length);
  for (let i = 0; i < n; i++) {
    const x = a.slots[i];
    const y = b.slots[i];
    slots[i] =
      x === undefined
        ? y
        : y === undefined
          ? x
          : x === y
            ? x
            : join(lostByA ? held(x, y, a) : x, lostByB ? held(y, x, b) : y);
  }
  const free = new Map(a.free);
  for (const [k, v] of b.free) free.set(k, join(free.get(k), v));
  const empty = a.empty?.filter((label) => b.empty?.includes(label));
  return {
    slots,
    cleared: meetProved(a, b),
    ...(empty?.length ? { empty } : {}),
    ...raisedOf(a, b),
    free,
    self: join(a.self, b.self),
  };
}

function raisedOf(a: State, b: State): Pick<State, "raised"> {
  if (a.raised === undefined && b.raised === undefined) return {};
  const both = [a.raised, b.raised];
  return {
    raised: ([true, "asked", "unknown"] as const).find((one) => both.includes(one)) ?? "sent",
  };
}

/** Proved where the item ends: what is empty there is harmless for everything. */
export function provedAtEnd({ cleared, empty }: Proved): Proof {
  if (empty === undefined || empty.length === 0) return cleared;
  const out = new Map(cleared);
  for (const label of empty) out.set(label, ALL_KINDS | WEAK_GUARD);
  return out;
}

/** Proved on both ways; of what is empty on one of them, the other decides. */
function meetProved(a: Proved, b: Proved): Proof {
  const out = meet(a.cleared, b.cleared) as Map<string, number>;
  for (const label of a.empty ?? []) take(out, label, b);
  for (const label of b.empty ?? []) take(out, label, a);
  // The same object while nothing changes: what was written into values by it is found again.
  return isSameProof(out, a.cleared) ? a.cleared : isSameProof(out, b.cleared) ? b.cleared : out;
}
function isSameProof(a: Proof, b: Proof): boolean {
  if (a.size !== b.size) return false;
  for (const [label, mask] of a) if (b.get(label) !== mask) return false;
  return true;
}
function take(into: Map<string, number>, label: string, from: Proved): void {
  const mask = from.cleared.get(label);
  if (mask !== undefined) into.set(label, mask);
}

/** A value with what its side of a merge had proved; if its truth tells the sides apart, it goes on to prove it. */
function held(value: Value, other: Value, side: State): Value {
  const baked = bake(value, side);
  if (canBe(value, true) !== false && canBe(value, false) !== false)
    if (canBe(other, true) !== false && canBe(other, false) !== false) return baked;
  const { key: _key, ...rest } = baked;
  return {
    ...rest,
    whenTrue: both(value.whenTrue, side.cleared),
    whenFalse: both(value.whenFalse, side.cleared),
  };
}

/** A guard that holds on one side only is lost by the merge: what that side's values owe to it must be written into them. */
function losesProof(mine: State, other: State): boolean {
  if (mine.cleared === other.cleared) return false;
  for (const [label, mask] of mine.cleared)
    if ((mask & ~(other.cleared.get(label) ?? 0)) !== 0 && !other.empty?.includes(label))
      return true;
  return false;
}

export function sameState(a: State, b: State): boolean {
  if (
    a.slots.length !== b.slots.length ||
    a.free.size !== b.free.size ||
    a.empty?.length !== b.empty?.length ||
    a.raised !== b.raised ||
    !sameValue(a.self, b.self)
  )
    return false;
  for (let i = 0; i < a.slots.length; i++) if (!sameValue(a.slots[i], b.slots[i])) return false;
  if (a.cleared !== b.cleared && !isSameProof(a.cleared, b.cleared)) return false;
  if (a.empty?.some((label) => !b.empty?.includes(label))) return false;
  for (const [name, value] of a.free) if (!sameValue(value, b.free.get(name))) return false;
  return true;
}
function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && keyOf(a) === keyOf(b));
}
