/** Which library calls take a function: where it is passed, by the class it is a method of, by its file and name. */

import type { Item, SlotId, ValueId } from "../ir/ir.ts";
import type { PlacedItem } from "../project/program.ts";
import type { Ground } from "./ground.ts";
import type { Knowledge } from "./knowledge.ts";
import { chase, type Modules } from "./modules.ts";
import type { ClosureShape, Shape } from "./summary.ts";
import type { Classes } from "./types.ts";
import type { ItemId, Ref, Value } from "./value.ts";

interface Takers {
  readonly takersOf: (
    placed: PlacedItem,
    closure: ClosureShape | undefined,
    name: string,
    k: Knowledge,
  ) => string[];
}

export function createTakers(
  { itemOf, shape }: Ground,
  { exported }: Modules,
  { classOf }: Classes,
): Takers {
  const takersOf: Takers["takersOf"] = (placed, closure, name, k) => [
    ...(closure?.takers ?? []),
    ...inheritedTakers(closure?.classId, name, k),
    ...conventionTakers(placed, k),
  ];

  /** A method is taken by the library classes that its class inherits from. */
  const inheritedTakers = (classId: string | undefined, name: string, k: Knowledge): string[] => {
    if (classId === undefined || name === "") return [];
    const names = [name, name.replace(/_[^_].*$/, "_*")];
    return libraryBases(classId, k, 0)
      .filter((base) => k.knows(`${base}.%method`))
      .flatMap((base) => names.map((n) => `${base}.%method.${n}`));
  };

  const conventionTakers = (placed: PlacedItem, k: Knowledge): string[] => {
    const rows = k.conventions(placed.file);
    if (rows.length === 0) return [];
    const names = exportedNames(placed);
    const module = itemOf(`${placed.file}#`)?.ir;
    return rows.flatMap((row) => {
      const own = row.directive !== undefined && placed.ir.directives?.includes(row.directive);
      if (own) return [row.taker];
      if (row.directive !== undefined && !module?.directives?.includes(row.directive)) return [];
      const fits = names.some((n) => row.exports?.includes(n) ?? true);
      return fits ? [row.taker] : [];
    });
  };

  /** The names under which a module gives away one of its own functions. */
  const exportedNames = (placed: PlacedItem): readonly string[] => {
    const module = itemOf(placed.parent ?? "");
    if (module?.ir.kind !== "module") return [];
    const own = shape(module.id, 1);
    if (own === undefined) return [];
    let given = givenAway.get(own);
    if (given?.exports !== module.ir.exports) {
      given = { exports: module.ir.exports, names: functionNames(own, module) };
      givenAway.set(own, given);
    }
    return given.names.get(`fn:${placed.id}`) ?? [];
  };
  /** Found once for all functions of a module: by its shape, with the exports that they were found for. */
  const givenAway = new WeakMap<
    Shape,
    { readonly exports: Item["exports"]; readonly names: ReadonlyMap<Ref, readonly string[]> }
  >();

  /** Instance paths of the library classes that a class inherits from, through classes of the project. */
  const libraryBases = (classId: string, k: Knowledge, depth: number): string[] => {
    if (depth > 8) return [];
    const refs = (classOf(classId)?.bases ?? []).flatMap((base) =>
      base.refs.flatMap((r) => (r.startsWith("export:") ? exported(r, chase()).refs : [r])),
    );
    return refs.flatMap((r) =>
      r.startsWith("lib:")
        ? [k.canon(`${r.slice(4)}()`)]
        : r.startsWith("class:")
          ? libraryBases(r.slice(6), k, depth + 1)
          : [],
    );
  };

  return { takersOf };
}

/** Functions of a module by the names of its exports, or of their fields, that they are. */
function functionNames(shape: Shape, module: PlacedItem): ReadonlyMap<Ref, readonly string[]> {
  const out = new Map<Ref, string[]>();
  const add = (ref: Ref, name: string): void => {
    const names = out.get(ref) ?? [];
    if (!names.includes(name)) out.set(ref, [...names, name]);
  };
  const addAll = (value: Value, name: string): void => {
    for (const ref of value.refs) if (ref.startsWith("fn:")) add(ref, name);
  };
  for (const e of module.ir.exports) {
    if (e.kind !== "local") continue;
    for (const fn of wrappedIn(module, e.local)) add(`fn:${fn}`, e.exported);
    const value = shape.variables.get(e.local);
    if (value === undefined) continue;
    addAll(value, e.exported);
    for (const [key, field] of value.fields ?? []) addAll(field, `${e.exported}.${key}`);
  }
  return out;
}

const MAX_WRAPPED = 4;
/** Functions that are given to the call that makes a variable: `const GET = withAuth(async (request) => ...)`. */
function wrappedIn({ ir, children }: PlacedItem, local: string): readonly ItemId[] {
  const out: ItemId[] = [];
  const stored = (slot: SlotId, depth: number): void => {
    for (const op of ir.ops) if (op.op === "store" && op.slot === slot) given(op.value, depth);
  };
  const given = (id: ValueId, depth: number): void => {
    const op = ir.ops[id];
    if (op === undefined || depth > MAX_WRAPPED) return;
    if (op.op === "call") for (const a of op.args) given(a.value, depth + 1);
    else if (op.op === "annotate") given(op.value, depth);
    else if (op.op === "load") stored(op.slot, depth + 1);
    else if (op.op === "closure" && depth > 0 && children[op.hole] !== undefined)
      out.push(children[op.hole] as ItemId);
  };
  const slot = ir.slots.indexOf(local);
  if (slot >= 0) stored(slot, 0);
  return out;
}
