/** Which library calls take a function: where it is passed, by the class it is a method of, by its file and name. */

import type { Item } from "../ir/ir.ts";
import type { PlacedItem } from "../project/program.ts";
import type { Ground } from "./ground.ts";
import type { Knowledge } from "./knowledge.ts";
import type { Modules } from "./modules.ts";
import type { ClosureShape, Shape } from "./summary.ts";
import type { Classes } from "./types.ts";
import type { Ref, Value } from "./value.ts";

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
      given = { exports: module.ir.exports, names: functionNames(own, module.ir.exports) };
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
      base.refs.flatMap((r) => (r.startsWith("export:") ? exported(r, new Set()).refs : [r])),
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
function functionNames(
  module: Shape,
  exports: Item["exports"],
): ReadonlyMap<Ref, readonly string[]> {
  const out = new Map<Ref, string[]>();
  const add = (value: Value, name: string): void => {
    for (const ref of value.refs)
      if (ref.startsWith("fn:")) out.set(ref, [...(out.get(ref) ?? []), name]);
  };
  for (const e of exports) {
    const value = e.kind === "local" ? module.variables.get(e.local) : undefined;
    if (value === undefined || e.kind !== "local") continue;
    add(value, e.exported);
    for (const [key, field] of value.fields ?? []) add(field, `${e.exported}.${key}`);
  }
  return out;
}
