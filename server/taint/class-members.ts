/** Members of classes of the project and their instances, also inherited ones, and the object that a method is of. */

import type { Op } from "../ir/ir.ts";
import { shallow } from "./apply.ts";
import { join } from "./join.ts";
import { pathValue, resolve } from "./references.ts";
import type { Run } from "./run.ts";
import { admitsNoHarm } from "./schemas.ts";
import type { State } from "./state.ts";
import type { ClassShape } from "./summary.ts";
import { constants, type Ref, UNKNOWN, type Value } from "./value.ts";

/** A method remembers its object. */
export function bound(method: Value | undefined, object: Value): Value | undefined {
  if (method === undefined || !method.refs.some((r) => r.startsWith("fn:"))) return method;
  const env = new Map(method.env);
  env.set("this", shallow(object, 1));
  const { key: _key, ...rest } = method;
  return { ...rest, env };
}

export function classMember(
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

/**
 * One of several objects has a constant of its class under this name: where they were joined, the taint of the whole is that of
 * another one.
 */
export function isClassConstant(run: Run, object: Value, name: string): boolean {
  if (object.refs.length < 2 || object.fields?.has(name) || object.fields?.has("*")) return false;
  return object.refs.some((ref) => {
    if (!ref.startsWith("inst:")) return false;
    const id = ref.slice(5);
    const shape = run.facts.classOf(id);
    const own = shape?.members.get(name);
    if (own === undefined || constants(own) === undefined) return false;
    return !shape?.annotations.has(name) && run.facts.fieldOf(id, name) === undefined;
  });
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
  // `slug: str = Field(pattern="^[a-z]+$")`
  if (own !== undefined && admitsNoHarm(own)) return { refs: [], taint: [], scalar: true };
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
