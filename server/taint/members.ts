/** Members and elements: what is read of a value, and writing through to the variable that holds it. */

import type { Literal, Op, ValueId } from "../ir/ir.ts";
import { accessor, bound, classMember, instanceMember, isClassConstant } from "./class-members.ts";
import { ofConstants } from "./constants.ts";
import { fromEnd } from "./containers.ts";
import { readField, withField } from "./fields.ts";
import { withHint } from "./free-names.ts";
import { join } from "./join.ts";
import { clearedBy } from "./kinds.ts";
import { callAccessor } from "./made.ts";
import { lookedUp } from "./membership.ts";
import type { PassRow } from "./model.ts";
import { step } from "./paths.ts";
import { pathValue, resolve } from "./references.ts";
import type { Run } from "./run.ts";
import { bakeTaint, type State } from "./state.ts";
import {
  constant,
  constants,
  type ItemId,
  onlyConst,
  type Ref,
  type Taint,
  UNKNOWN,
  type Value,
  withTaint,
} from "./value.ts";

export function member(
  run: Run,
  raw: Value,
  name: string,
  op: Op & { op: "member" },
  state: State,
): Value {
  const object = withHint(run, resolve(run, raw), op.object);
  // The length of a text or list; `req.query.length` would be a field the client named so.
  if (object.refs.length === 0) {
    const row = run.facts.knowledge.passes(`*.${name}`)[0];
    const texts = row?.length ? constants(object) : undefined;
    if (texts?.every((t) => typeof t === "string"))
      return ofConstants(texts.map((t) => (t as string).length));
    if (row?.scalar === true) return { refs: [], taint: [], scalar: true };
  }
  const own =
    object.taint.length > 0 && isClassConstant(run, object, name)
      ? UNKNOWN
      : readField(object, name);
  let out: Value | undefined = own === UNKNOWN ? undefined : own;
  for (const ref of object.refs) {
    if (ref.startsWith("lib:") && out !== undefined) {
      const row = run.facts.knowledge.passes(`${ref.slice(4)}.${name}`)[0];
      if (row?.scalar) return { refs: [], taint: [], scalar: true };
      if (row !== undefined) out = withTaint(out, madeFrom(object, row, state));
    }
    const found = memberOfRef(run, ref, name, op, object, state);
    // A declared number in a whole that came from outside: whoever made the object converted it.
    if (found?.scalar && object.refs.length === 1 && object.fields?.has(name) !== true)
      return found;
    if (found !== undefined) out = out === undefined ? found : join(out, found);
  }
  return out ?? UNKNOWN;
}

/** Made from the whole (the host of a URL), not a thing of its own inside it: what is found out about it is true of the whole. */
function madeFrom(object: Value, row: PassRow, state: State): readonly Taint[] {
  const adds = clearedBy(row.clears);
  const kept = ~clearedBy(row.restores);
  return object.taint.map((t) => ({ ...t, ...step(bakeTaint(t, state), row.derive, kept, adds) }));
}

export function memberOfRef(
  run: Run,
  ref: Ref,
  name: string,
  op: Op,
  object: Value,
  state: State,
): Value | undefined {
  const guessed = object.guessed ?? false;
  if (ref.startsWith("lib:")) {
    const path = memberPath(run, ref.slice(4), name);
    const value = pathValue(run, path, op, guessed);
    const kept = run.shapesOnly ? undefined : run.facts.kept(moduleOf(run.id)).get(path);
    return kept === undefined ? value : join(value, kept);
  }
  if (ref.startsWith("inst:")) {
    const getter = accessor(run, ref.slice(5), "getters", name, 0);
    return getter === undefined
      ? bound(instanceMember(run, ref.slice(5), name, op, 0), object)
      : callAccessor(run, getter, object, [], op, state);
  }
  if (ref.startsWith("class:")) return bound(classMember(run, ref.slice(6), name, op, 0), object);
  if (ref.startsWith("module:"))
    return resolve(run, run.facts.exported(`export:${ref.slice(7)} ${name}`));
  return undefined;
}

function moduleOf(id: ItemId): ItemId {
  return id.slice(0, id.indexOf("#") + 1);
}

function memberPath(run: Run, path: string, name: string): string {
  return name === "[*]" ? path + name : run.facts.knowledge.member(path, name);
}

export function index(
  run: Run,
  raw: Value,
  key: Value,
  op: Op & { op: "index" },
  state: State,
): Value {
  const object = resolve(run, raw);
  const name = onlyConst(key);
  let out: Value = element(object, name?.value);
  // An allow-list map: whatever the key, the result is one of its constants.
  if (object.fields !== undefined && object.closed && object.taint.length === 0)
    out = name === undefined ? orNothing(readField(object, "*")) : out;
  for (const ref of object.refs) {
    if (!ref.startsWith("lib:")) continue;
    const path = ref.slice(4);
    const k = run.facts.knowledge;
    const row = name === undefined ? undefined : k.passes(`${path}[${name.value}]`)[0];
    if (row !== undefined) out = withTaint(out, madeFrom(object, row, state));
    const named =
      name !== undefined && typeof name.value === "string" ? `${path}.${name.value}` : undefined;
    const step = pathValue(
      run,
      named !== undefined && (k.knows(named) || !k.knows(`${path}[*]`)) ? named : `${path}[*]`,
      op,
      object.guessed ?? false,
    );
    out = out === UNKNOWN ? step : join(out, step);
    // A type with what is said beside it, under another name.
    if (k.declares(path) && key.fields !== undefined)
      return { refs: [], taint: [], env: key.fields };
  }
  for (const ref of object.refs) {
    if (!ref.startsWith("inst:")) continue;
    const method = instanceMember(run, ref.slice(5), "__getitem__", op, 0);
    const own = method && callAccessor(run, method, object, [key], op, state);
    if (own !== undefined) out = out === UNKNOWN ? own : join(out, own);
  }
  return lookedUp(run, object, key, op, state, out);
}

/** There may be nothing at a key that is not known. */
export function orNothing(value: Value): Value {
  return value.alts === undefined ? value : join(value, constant(undefined));
}

function element(object: Value, key: Literal): Value {
  if (key === undefined) return readField(object, "*");
  if (typeof key !== "number") return readField(object, String(key));
  const texts = constants(object);
  if (texts?.every((t) => typeof t === "string" && t.at(key) !== undefined))
    return ofConstants(texts.map((t) => (t as string).at(key)));
  return key < 0 && object.taint.length === 0
    ? fromEnd(object, key)
    : readField(object, String(key));
}

/** Writes through to the variable that holds the object; objects reached in another way are left as they are. */
export function update(
  run: Run,
  object: ValueId,
  state: State,
  change: (old: Value) => Value,
): void {
  const op = run.item.ops[object];
  if (op === undefined) return;
  switch (op.op) {
    case "load": {
      const next = change(state.slots[op.slot] ?? UNKNOWN);
      state.slots[op.slot] = next;
      run.variables.set(op.slot, join(run.variables.get(op.slot), next));
      break;
    }
    case "super": {
      const slot = run.entry.selfParam ? run.item.params[0]?.slot : undefined;
      if (slot === undefined) state.self = change(state.self);
      else state.slots[slot] = change(state.slots[slot] ?? UNKNOWN);
      break;
    }
    case "this":
      state.self = change(state.self);
      break;
    case "free":
      state.free.set(op.name, change(state.free.get(op.name) ?? run.values[object] ?? UNKNOWN));
      break;
    case "member":
      update(run, op.object, state, (old) =>
        withField(old, op.name, change(readField(old, op.name)), true),
      );
      break;
    case "index": {
      const key = onlyConst(run.values[op.key]);
      const name = key === undefined ? "*" : String(key.value);
      update(run, op.object, state, (old) =>
        withField(old, name, change(readField(old, name)), key !== undefined),
      );
      break;
    }
    case "await":
    case "annotate":
      update(run, op.value, state, change);
      break;
    default:
      break;
  }
}
