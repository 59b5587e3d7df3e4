/** Names, members and elements: what a value leads to, and writing through to the variable that holds it. */
import type { Literal, Op, ValueId } from "../ir/ir.ts";
import { shallow } from "./apply.ts";
import { ofConstants } from "./constants.ts";
import { fromEnd } from "./containers.ts";
import { readField, withField } from "./fields.ts";
import { join, joinTaint } from "./join.ts";
import { clearedBy, type PassRow, type SourceRow } from "./knowledge.ts";
import { sourceLabel } from "./labels.ts";
import { callAccessor, madeElsewhere } from "./made.ts";
import { step } from "./paths.ts";
import type { Run } from "./run.ts";
import { bake, bakeTaint, type State } from "./state.ts";
import { type ClassShape, trail } from "./summary.ts";
import {
  constant,
  constants,
  markBit,
  ofRef,
  onlyConst,
  type Ref,
  type Taint,
  UNKNOWN,
  type Value,
  withTaint,
} from "./value.ts";

const MAX_PATH = 160;

/** The value of a free name: captured, of the module, or a global of the language; a name bound to nothing may be guessed. */
export function freeValue(run: Run, name: string, op: Op): Value {
  const found = run.facts.free(run.id, name);
  if (found !== undefined) {
    if (run.shapesOnly) return found.value;
    if (!found.captured) return madeElsewhere(run, found.value) ?? found.value;
    const label: Taint = {
      label: `free:${name}:`,
      kind: "",
      cleared: 0,
      marks: 0,
      derive: "same",
      trail: trail("step", run.id, op.span, `${name} from the enclosing function`),
    };
    return found.value.scalar || found.value.alts !== undefined
      ? found.value
      : withTaint(found.value, joinTaint(found.value.taint, [label]));
  }
  return globalValue(run, name, op);
}

function globalValue(run: Run, name: string, op: Op): Value {
  const k = run.facts.knowledge;
  const path = k.canon(`${k.globals}.${name}`);
  if (k.knows(path)) return pathValue(run, path, op, false);
  const guesses = k.hint(name);
  if (guesses.length > 0)
    return { refs: guesses.map((g): Ref => `lib:${g}`), taint: [], guessed: true };
  return ofRef(`lib:${path}`);
}

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
    cleared: 0,
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
      out = joinKnown(out, madeElsewhere(run, found) ?? found);
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
  const own = readField(object, name);
  let out: Value | undefined = own === UNKNOWN ? undefined : bake(own, state);
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
  return object.taint.map((t) => ({ ...t, ...step(bakeTaint(t, state), row.derive, -1, adds) }));
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
  if (ref.startsWith("lib:"))
    return pathValue(run, memberPath(run, ref.slice(4), name), op, guessed);
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

function memberPath(run: Run, path: string, name: string): string {
  return name === "[*]" ? path + name : run.facts.knowledge.member(path, name);
}

/** A method remembers its object. */
function bound(method: Value | undefined, object: Value): Value | undefined {
  if (method === undefined || !method.refs.some((r) => r.startsWith("fn:"))) return method;
  const env = new Map(method.env);
  env.set("this", shallow(object, 1));
  const { key: _key, ...rest } = method;
  return { ...rest, env };
}

function classMember(
  run: Run,
  classId: string,
  name: string,
  op: Op,
  depth: number,
): Value | undefined {
  const shape = run.facts.classOf(classId);
  if (shape === undefined || depth > 8) return undefined;
  const own = shape.members.get(name);
  if (own !== undefined) return resolve(run, own);
  for (const base of shape.bases)
    for (const ref of resolve(run, base).refs) {
      const found = ref.startsWith("class:")
        ? classMember(run, ref.slice(6), name, op, depth + 1)
        : ref.startsWith("lib:")
          ? libraryMember(run, ref.slice(4), name, op)
          : undefined;
      if (found !== undefined) return found;
    }
  return undefined;
}

/** What a class has from a library: only members that a model knows say anything. */
function libraryMember(run: Run, path: string, name: string, op: Op): Value | undefined {
  const k = run.facts.knowledge;
  const own = k.member(path, name);
  return k.knows(own) ? pathValue(run, own, op, false) : undefined;
}

/** The function behind a property. */
export function accessor(
  run: Run,
  classId: string,
  kind: "getters" | "setters",
  name: string,
  depth: number,
): Value | undefined {
  const shape = run.facts.classOf(classId);
  if (shape === undefined || depth > 8) return undefined;
  const own = shape[kind].get(name);
  if (own !== undefined) return resolve(run, own);
  if (shape.members.has(name)) return undefined;
  for (const base of shape.bases)
    for (const ref of resolve(run, base).refs) {
      const found = ref.startsWith("class:")
        ? accessor(run, ref.slice(6), kind, name, depth + 1)
        : undefined;
      if (found !== undefined) return found;
    }
  return undefined;
}

export function instanceMember(
  run: Run,
  classId: string,
  name: string,
  op: Op,
  depth: number,
): Value | undefined {
  const shape = run.facts.classOf(classId) ?? run.classes.get(classId);
  if (shape === undefined || depth > 8) return undefined;
  const own = shape.members.get(name);
  // Which library class an instance is one of decides what a framework calls; its own members wait for the last phase.
  if (run.shapesOnly) return own === undefined ? inherited(run, shape, name, op, depth) : undefined;
  const field = run.facts.fieldOf(classId, name);
  let out: Value | undefined;
  if (own !== undefined) out = own;
  if (field !== undefined) out = join(out, field);
  const annotation = shape.annotations.get(name);
  if (annotation !== undefined) {
    const type = run.facts.typeRefs(shape.item, annotation);
    if (type.scalar) return { refs: [], taint: [], scalar: true };
    if (type.refs.length > 0) out = join(out, { refs: type.refs, taint: [] });
  }
  return out === undefined ? inherited(run, shape, name, op, depth) : resolve(run, out);
}

function inherited(
  run: Run,
  shape: ClassShape,
  name: string,
  op: Op,
  depth: number,
): Value | undefined {
  for (const base of shape.bases)
    for (const ref of resolve(run, base).refs) {
      const found = ref.startsWith("class:")
        ? instanceMember(run, ref.slice(6), name, op, depth + 1)
        : ref.startsWith("lib:")
          ? pathValue(run, inheritedPath(run, ref.slice(4), name), op, false)
          : undefined;
      if (found !== undefined) return found;
    }
  return undefined;
}

function inheritedPath(run: Run, path: string, name: string): string {
  const k = run.facts.knowledge;
  return k.member(k.canon(`${path}()`), name);
}

/** The object, as what its class extends. */
export function superValue(run: Run, state: State): Value {
  const shape = run.entry.classId === undefined ? undefined : run.facts.classOf(run.entry.classId);
  if (shape === undefined) return UNKNOWN;
  const self = ownSelf(run, state);
  const { key: _key, env: _env, ...rest } = self;
  return { ...rest, refs: shape.bases.flatMap((b) => instances(b, run)) };
}
/** `this`, or the parameter that stands for it. */
export function ownSelf(run: Run, state: State): Value {
  const slot = run.entry.selfParam ? run.item.params[0]?.slot : undefined;
  return (slot === undefined ? state.self : state.slots[slot]) ?? UNKNOWN;
}

/** Refs of instances of the classes a value may be. */
export function instances(value: Value, run: Run): Ref[] {
  return resolve(run, value).refs.flatMap((r): Ref[] =>
    r.startsWith("class:")
      ? [`inst:${r.slice(6)}`]
      : r.startsWith("lib:")
        ? [`lib:${run.facts.knowledge.canon(`${r.slice(4)}()`)}`]
        : [],
  );
}

/** A value that is nothing known but has a telling name ("cursor") is taken for what such names usually are. */
export function withHint(run: Run, value: Value, op: ValueId): Value {
  if (
    value.refs.some(
      (r) =>
        !r.startsWith(`lib:${run.facts.knowledge.globals}.`) ||
        run.facts.knowledge.knows(r.slice(4)),
    ) ||
    value.alts !== undefined ||
    value.fields !== undefined ||
    value.scalar
  )
    return value;
  const name = nameOf(run, op);
  const guesses = name === undefined ? [] : run.facts.knowledge.hint(name);
  if (guesses.length === 0) return value;
  return { ...withTaint(value, value.taint), refs: guesses.map((g) => `lib:${g}`), guessed: true };
}

/** The last identifier of an expression: `self.db` is "db". */
export function nameOf(run: Run, id: ValueId): string | undefined {
  const op = run.item.ops[id] as Op;
  if (op.op === "load") return (run.item.slots[op.slot] as string).replace(/#\d+$/, "");
  if (op.op === "free") return op.name;
  if (op.op === "member") return op.name;
  if (op.op === "await" || op.op === "annotate") return nameOf(run, op.value);
  return undefined;
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
  }
  return out;
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
