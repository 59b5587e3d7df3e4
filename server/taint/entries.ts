/** How an item is entered: who calls it, and what its parameters then are, by default, type and framework. */

import type { FileIr } from "../project/program.ts";
import type { Table } from "./cells.ts";
import type { Injected } from "./facts.ts";
import type { Ground } from "./ground.ts";
import type { Modules } from "./modules.ts";
import type { Entry, EntryParam } from "./summary.ts";
import { createTakers } from "./taken.ts";
import { anyPosition, given, verdict } from "./takers.ts";
import type { Classes, Types } from "./types.ts";
import type { ItemId, Ref, Value } from "./value.ts";

export interface Entries {
  readonly table: Table<Entry>;
  readonly entryOf: (id: ItemId) => Entry;
  readonly defaultOf: (id: ItemId, index: number) => Value | undefined;
  readonly injected: (id: ItemId, index: number) => Injected | undefined;
}

export function createEntries(
  ground: Ground,
  modules: Modules,
  { typeRefs, named }: Types,
  classes: Classes,
): Entries {
  const { program, cells, itemOf, signatureOf, knowledge, shape } = ground;
  const { takersOf } = createTakers(ground, modules, classes);
  const table = cells.table<Entry>("entry");

  const entryOf = (id: ItemId): Entry => {
    const cell = table.cell(id);
    cells.touch(cell);
    if (cell.isGood) return cell.value as Entry;
    const entry = cells.within(cell, () => makeEntry(id)) as Entry;
    cells.set(cell, entry);
    return entry;
  };

  const makeEntry = (id: ItemId): Entry => {
    const placed = itemOf(id);
    const parent = placed?.parent;
    if (placed === undefined || parent === undefined)
      return {
        taken: [],
        params: [],
        refusals: [],
        results: [],
        selfParam: false,
        isMethod: false,
        isClassMethod: false,
        isEntryPoint: false,
        takenGuessed: false,
      };
    const hole = signatureOf(parent)?.children.indexOf(id) ?? -1;
    const closure = shape(parent, 1)?.closures.get(hole);
    const k = knowledge(id);
    const language = (program.file(placed.file) as FileIr).language;
    const selfParam =
      closure?.classId !== undefined && !closure.isStatic && language.methodsTakeSelf;
    const takers = takersOf(placed, closure, itemOf(parent)?.ir.holes[hole]?.name ?? "", k);
    let isEntryPoint = false;
    const params = placed.ir.params.map((p, i): EntryParam | undefined => {
      if (selfParam && i === 0) return undefined;
      const sources = new Map<string, { kind: string; text: string }>();
      const refs: Ref[] = [];
      const position = selfParam ? i - 1 : i;
      let converted = false;
      for (const taker of takers) {
        const found = given(k, { taker, position, of: placed.ir.params.length });
        for (const row of found.sources) {
          const is = verdict(row, p.name, closure?.texts ?? []);
          if (is === "converted") converted = true;
          if (is === "source") sources.set(row.kind, { kind: row.kind, text: row.text });
        }
        for (const type of found.types) refs.push(`lib:${type}`);
      }
      if (sources.size > 0 || refs.length > 0) isEntryPoint = true;
      const declared = p.annotation === undefined ? undefined : typeRefs(id, p.annotation, 2);
      const says = [...(closure?.defaults[i]?.refs ?? []), ...(declared?.extras ?? [])];
      let excluded = false;
      for (const r of says) {
        if (!r.startsWith("lib:")) continue;
        const path = `${r.slice(4)}.default`;
        for (const s of k.source(path)) sources.set(s.kind, { kind: s.kind, text: s.text });
        const type = k.canon(path);
        if (type !== path) refs.push(`lib:${type}`);
        if (k.isScalar(path)) excluded = true;
      }
      const library =
        declared?.refs.filter((r) => r.startsWith("lib:") && k.knows(r.slice(4))) ?? [];
      if (library.length > 0 || excluded) sources.clear();
      const all = declared !== undefined && declared.refs.length > 0 ? declared.refs : refs;
      return {
        refs: [...new Set(all)].sort(),
        sources: [...sources.values()],
        scalar: (declared?.scalar ?? false) || converted,
        guessed: (closure?.takenGuessed ?? false) || (declared?.guessed ?? false),
      };
    });
    const results = takers.flatMap((taker) =>
      [taker, anyPosition(taker)].flatMap((path) => k.sinks(`${path}.result`)),
    );
    // Where nothing is passed for it, a static method's `this` is the class.
    const isClassMethod =
      closure !== undefined && (closure.ofClass || (closure.isStatic && !language.methodsTakeSelf));
    const isMethod = closure?.classId !== undefined && (!closure.isStatic || isClassMethod);
    // `this` of a function inside a method is taken for the method's: arrow functions have no other.
    const classId =
      closure?.classId ?? (language.methodsTakeSelf ? undefined : entryOf(parent).classId);
    const entry: Entry = {
      taken: takers.flatMap((taker) => k.sinks(taker)),
      params,
      selfParam,
      isMethod,
      isClassMethod,
      isEntryPoint,
      refusals: takers.flatMap((taker) => [
        ...k.refusals(taker),
        ...k.refusals(anyPosition(taker)),
      ]),
      results,
      takenGuessed: closure?.takenGuessed ?? false,
      ...(classId === undefined ? {} : { classId }),
    };
    return entry;
  };

  const defaultOf = (id: ItemId, index: number): Value | undefined => {
    const parent = itemOf(id)?.parent;
    const hole = parent === undefined ? -1 : (itemOf(parent)?.children.indexOf(id) ?? -1);
    return parent === undefined ? undefined : shape(parent, 1)?.closures.get(hole)?.defaults[index];
  };

  const injected = (id: ItemId, index: number): Injected | undefined => {
    const param = itemOf(id)?.ir.params[index];
    if (param === undefined) return undefined;
    const k = knowledge(id);
    const declared = (): Value => ({
      refs: (param.annotation === undefined ? [] : typeRefs(id, param.annotation, 2).refs).flatMap(
        (r): Ref[] => (r.startsWith("inst:") ? [`class:${r.slice(5)}`] : []),
      ),
      taint: [],
    });
    const given = param.hasDefault ? defaultOf(id, index) : undefined;
    for (const r of given?.refs ?? [])
      if (r.startsWith("lib:") && k.injects(r.slice(4)) !== undefined)
        return { by: given?.env?.get("0") ?? declared(), taker: r.slice(4, -2) };
    const type = param.annotation;
    if (type?.kind !== "name") return undefined;
    for (const extra of named(id, type.path, 2).env?.values() ?? [])
      for (const r of extra.refs)
        if (r.startsWith("lib:") && k.injects(r.slice(4)) !== undefined)
          return { by: extra.env?.get("0") ?? declared(), taker: r.slice(4, -2) };
    if (type.path.at(-1) !== "Annotated") return undefined;
    for (const extra of type.args.slice(1)) {
      if (extra.kind !== "name" || !extra.called) continue;
      for (const r of named(id, extra.path, 2).refs) {
        if (!r.startsWith("lib:") || k.injects(`${r.slice(4)}()`) === undefined) continue;
        const [by] = extra.args;
        return { by: by?.kind === "name" ? named(id, by.path, 2) : declared(), taker: r.slice(4) };
      }
    }
    return undefined;
  };

  return { table, entryOf, defaultOf, injected };
}
