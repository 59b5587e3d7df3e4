/** What declarations mean: classes and their fields by id, and types by their names. */

import type { TypeRef } from "../ir/ir.ts";
import { fileOf } from "../project/program.ts";
import type { Ground } from "./ground.ts";
import { join } from "./join.ts";
import { ALL_KINDS } from "./kinds.ts";
import { chase, type Modules } from "./modules.ts";
import type { Names } from "./names.ts";
import { clearedByPattern } from "./patterns.ts";
import type { Phase } from "./phases.ts";
import type { ClassShape } from "./summary.ts";
import { type ItemId, ofRef, type Ref, UNKNOWN, type Value } from "./value.ts";

export interface Classes {
  readonly classOf: (classId: string, phase?: 0 | 1) => ClassShape | undefined;
  /** What the methods of a class keep in a field of its instances. */
  readonly fieldOf: (classId: string, name: string) => Value | undefined;
}

export function createClasses({ itemOf, shape }: Ground): Classes {
  const classOf = (classId: string, phase: 0 | 1 = 1): ClassShape | undefined => {
    const item =
      itemOf(classId.slice(0, classId.lastIndexOf("."))) ?? itemOf(`${fileOf(classId)}#`);
    const own = item === undefined ? undefined : shape(item.id, phase)?.classes.get(classId);
    return own ?? shape(`${fileOf(classId)}#`, phase)?.classes.get(classId);
  };

  const fieldOf = (classId: string, name: string): Value | undefined => {
    const found = classOf(classId);
    let out: Value | undefined;
    for (const hole of found?.methods ?? []) {
      const child = itemOf(found?.item ?? "")?.children[hole];
      const value = child === undefined ? undefined : shape(child, 1)?.self.fields?.get(name);
      if (value !== undefined) out = join(out, value);
    }
    return out;
  };

  return { classOf, fieldOf };
}

export interface Types {
  /** What a declared type says of values: `extras` are what stands beside it, as in `Annotated`. */
  readonly typeRefs: (
    id: ItemId,
    type: TypeRef,
    phase: Phase,
  ) => { refs: Ref[]; scalar: boolean; guessed: boolean; extras: Ref[] };
  /** What a dotted name in a declaration means. */
  readonly named: (id: ItemId, path: readonly string[], phase: Phase) => Value;
}

export function createTypes(
  { itemOf, knowledge, shape }: Ground,
  { exported }: Modules,
  { free }: Names,
  { classOf }: Classes,
): Types {
  const typeRefs = (
    id: ItemId,
    type: TypeRef,
    phase: Phase,
  ): { refs: Ref[]; scalar: boolean; guessed: boolean; extras: Ref[] } => {
    const none = { refs: [], scalar: false, guessed: false, extras: [] };
    if (type.kind === "literal") return { ...none, scalar: true };
    if (type.kind === "union") {
      const members = type.members.filter(
        (m) =>
          !(m.kind === "name" && /^(None|null|undefined)$/.test(m.path.join("."))) &&
          !(m.kind === "literal" && m.values.every((v) => v === null || v === undefined)),
      );
      const all = members.map((m) => typeRefs(id, m, phase));
      return {
        refs: [...new Set(all.flatMap((a) => a.refs))],
        scalar: all.length > 0 && all.every((a) => a.scalar),
        guessed: all.some((a) => a.guessed),
        extras: all.flatMap((a) => a.extras),
      };
    }
    if (type.kind === "array") return { ...none, scalar: typeRefs(id, type.element, phase).scalar };
    if (type.kind !== "name") return none;
    const last = type.path[type.path.length - 1] ?? "";
    if (last === "Optional" || last === "Union" || last === "Promise" || last === "Awaitable")
      return typeRefs(id, { kind: "union", members: type.args }, phase);
    if (type.called && type.texts !== undefined && isPattern(id, type, phase))
      return { ...none, scalar: true };
    if (last === "Annotated") {
      const [first, ...rest] = type.args;
      const base = first === undefined ? none : typeRefs(id, first, phase);
      const extras = rest.flatMap((r) =>
        r.kind === "name" && r.called
          ? named(id, r.path, phase)
              .refs.filter((x) => x.startsWith("lib:"))
              .map((x) => `${x}()`)
          : [],
      );
      // A check that is a decorator, `@IsInt()`, or a conversion named in one: `@Param("id", ParseIntPipe)`.
      const converted = rest.some(
        (r) =>
          r.kind === "name" &&
          r.called &&
          (isPattern(id, r, phase) ||
            named(id, r.path, phase).refs.some(
              (x) => x.startsWith("lib:") && knowledge(id).isScalar(x.slice(4)),
            ) ||
            r.args.some((a) => a.kind === "name" && typeRefs(id, a, phase).scalar)),
      );
      return {
        ...base,
        scalar: base.scalar || converted,
        extras: [...base.extras, ...extras],
      };
    }
    const k = knowledge(id);
    const value = named(id, type.path, phase);
    const refs: Ref[] = [];
    let scalar = false;
    // Another name for `Annotated[int, Query()]`.
    const base = value.env?.get("0")?.refs ?? [];
    for (const r of [...value.refs, ...base]) {
      if (r.startsWith("lib:")) {
        if (k.isScalar(r.slice(4))) scalar = true;
        else if (!r.startsWith(`lib:${k.globals}.`)) refs.push(`lib:${k.canon(`${r.slice(4)}()`)}`);
      } else if (r.startsWith("class:")) {
        refs.push(`inst:${r.slice(6)}`);
        const shapeOfClass = classOf(r.slice(6));
        if (
          shapeOfClass?.bases.some((b) =>
            b.refs.some((x) => x.startsWith("lib:") && k.isScalar(x.slice(4))),
          )
        )
          scalar = true;
      }
    }
    const extras = [...(value.env ?? [])].flatMap(([at, extra]) => (at === "0" ? [] : extra.refs));
    return { refs, scalar, guessed: value.guessed ?? false, extras };
  };

  /** A call that says which texts there may be, if none of them can do harm: `constr(pattern="^[a-z]+$")`. */
  const isPattern = (id: ItemId, type: TypeRef & { kind: "name" }, phase: Phase): boolean => {
    if (type.texts === undefined) return false;
    const texts = named(id, type.path, phase).refs.flatMap((x) =>
      x.startsWith("lib:")
        ? knowledge(id)
            .patternOf(x.slice(4))
            .map((name) => type.texts?.[name])
        : [],
    );
    return texts.some(
      (text) => text !== undefined && clearedByPattern("search", text) === ALL_KINDS,
    );
  };

  const named = (id: ItemId, path: readonly string[], phase: Phase): Value => {
    const [first, ...rest] = path;
    if (first === undefined) return UNKNOWN;
    const k = knowledge(id);
    const placed = itemOf(id);
    let value = placed?.ir.kind === "module" ? undefined : free(id, first, phase)?.value;
    if (placed?.ir.kind === "module")
      value = phase === 0 ? undefined : shape(id, phase === 2 ? 1 : 0)?.variables.get(first);
    if (value === undefined) {
      const path0 = k.canon(`${k.globals}.${first}`);
      const hints = k.hint(first);
      value =
        k.knows(path0) || k.isScalar(path0)
          ? ofRef(`lib:${path0}`)
          : hints.length > 0
            ? { refs: hints.map((h) => `lib:${h}`), taint: [], guessed: true }
            : UNKNOWN;
    }
    let { env } = value;
    let refs = value.refs.flatMap((r) => {
      if (!r.startsWith("export:") || phase === 0) return [r];
      const found = exported(r, chase());
      env ??= found.env;
      return found.refs;
    });
    for (const step of rest)
      refs = refs.flatMap((r) =>
        r.startsWith("lib:")
          ? [`lib:${k.canon(`${r.slice(4)}.${step}`)}`]
          : r.startsWith("module:") && phase !== 0
            ? exported(`export:${r.slice(7)} ${step}`, chase()).refs
            : [],
      );
    return {
      refs,
      taint: [],
      ...(value.guessed ? { guessed: true } : {}),
      ...(env === undefined || rest.length > 0 ? {} : { env }),
    };
  };

  return { typeRefs, named };
}
