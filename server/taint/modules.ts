/** What imports lead to: modules, what they export, also through others, and packages of libraries. */

import type { FileId } from "../base/brand.ts";
import type { Item } from "../ir/ir.ts";
import type { Language, Resolution } from "../languages/language.ts";
import type { FileIr } from "../project/program.ts";
import type { Ground } from "./ground.ts";
import { join } from "./join.ts";
import { ofRef, type Ref, UNKNOWN, type Value } from "./value.ts";

/** How far names have been followed from module to module. */
export interface Chase {
  readonly seen: Set<string>;
  /** Of what is known of the variables they lead to: with 1, also what calls of other modules' classes make. */
  readonly phase: 0 | 1;
}
export function chase(phase: 0 | 1 = 0): Chase {
  return { seen: new Set(), phase };
}

export interface Modules {
  /** Follows "export:FILE NAME"; `all`: asked for by an import of all names, which does not bring the hidden ones. */
  readonly exported: (ref: Ref, way: Chase, all?: boolean) => Value;
  /** A name that a module has from another one, of which it imports or exports all. */
  readonly fromAll: (
    file: FileId,
    module: Item,
    name: string,
    way: Chase,
    bound?: boolean,
  ) => Value | undefined;
  /** `import a.b` binds `a`: where the folder `a` is no module, what is inside by the names on the way. */
  readonly nested: (file: FileId, module: string, also: string) => Value | undefined;
  /** The module and its variable that "export:FILE NAME" leads to. */
  readonly ownerOf: (ref: Ref) => { readonly file: FileId; readonly local: string } | undefined;
  readonly fromModule: (
    file: FileId,
    specifier: string,
    name: string | undefined,
    way?: Chase,
  ) => Value;
}

export function createModules({ program, knowledge, moduleOf, shape }: Ground): Modules {
  const exported = (ref: Ref, way: Chase, all = false): Value => {
    if (way.seen.has(ref) || way.seen.size > 40) return UNKNOWN;
    way.seen.add(ref);
    const space = ref.lastIndexOf(" ");
    const file = ref.slice(7, space);
    const name = ref.slice(space + 1);
    const module = moduleOf(file);
    if (module === undefined) {
      program.want(file);
      return UNKNOWN;
    }
    const { language } = program.file(file) as FileIr;
    if (all && !(module.listed?.includes(name) ?? !language.isHidden(name))) return UNKNOWN;
    let out: Value | undefined;
    for (const e of module.exports) {
      if (e.kind === "local" && e.exported === name) {
        const value = shape(`${file}#`, way.phase)?.variables.get(e.local);
        if (value !== undefined) out = join(out, value);
      } else if (e.kind === "from" && e.exported === name)
        out = join(out, fromModule(file, e.module, e.name, way));
    }
    if (out === undefined && name !== "") out = fromAll(file, module, name, way);
    // What a package imports from itself under the same name is not defined there: it can only be a submodule.
    const isSubmodule = out === undefined || out.refs.includes(ref);
    const own = isSubmodule ? language.ownPackage?.(file) : undefined;
    if (own !== undefined) {
      // A submodule of a package: `from package import module`.
      const sub = resolveModule(language, file, `${own}${name}`);
      if (sub.kind === "file" && sub.file !== file) {
        const module = ofRef(`module:${sub.file}`);
        out =
          out === undefined
            ? module
            : join({ ...out, refs: out.refs.filter((r) => r !== ref) }, module);
      }
    }
    if (out === undefined) return UNKNOWN;
    let chased: Value | undefined;
    for (const r of out.refs) if (r.startsWith("export:")) chased = join(chased, exported(r, way));
    if (chased === undefined) return out;
    return join({ ...out, refs: out.refs.filter((r) => !r.startsWith("export:")) }, chased);
  };

  const fromAll = (
    file: FileId,
    module: Item,
    name: string,
    way: Chase,
    bound = false,
  ): Value | undefined => {
    const language = (program.file(file) as FileIr).language;
    // Of two that bring the name, the later one is in force where names may be bound again.
    for (const e of module.exports.toReversed()) {
      if (e.kind !== "star" || (bound && e.binds !== true)) continue;
      const to = resolveModule(language, file, e.module);
      if (to.kind === "namespace") continue;
      if (to.kind === "package") {
        const k = knowledge(`${file}#`);
        const path = k.canon(`${to.path}.${name}`);
        if (!language.isHidden(name) && k.knows(path)) return ofRef(`lib:${path}`);
        continue;
      }
      if (moduleOf(to.file) === undefined) program.want(to.file);
      const value = exported(`export:${to.file} ${name}`, way, true);
      if (value !== UNKNOWN) return value;
    }
    return undefined;
  };

  const resolutions = new Map<string, Resolution>();
  const resolveModule = (language: Language, file: FileId, specifier: string): Resolution => {
    const key = `${file} ${specifier}`;
    let to = resolutions.get(key);
    if (to === undefined) {
      to = language.resolve(file, specifier, program.files);
      resolutions.set(key, to);
    }
    return to;
  };

  /** The module object; and the one value that some modules are in its place. */
  const wholeModule = (file: FileId): Value => {
    const module = moduleOf(file);
    const single = module?.exports.some((e) => e.kind === "local" && e.exported === "");
    const refs: Ref[] = single ? [`module:${file}`, `export:${file} `] : [`module:${file}`];
    return { refs, taint: [] };
  };

  const nested = (file: FileId, module: string, also: string): Value | undefined => {
    const language = program.file(file)?.language;
    if (language === undefined || resolveModule(language, file, module).kind === "file")
      return undefined;
    const to = resolveModule(language, file, also);
    if (to.kind !== "file") return undefined;
    if (moduleOf(to.file) === undefined) program.want(to.file);
    const steps = also.slice(module.length + 1).split(".");
    return steps.reduceRight<Value>(
      (inner, step) => ({ refs: [], taint: [], fields: new Map([[step, inner]]) }),
      wholeModule(to.file),
    );
  };

  const fromModule = (
    file: FileId,
    specifier: string,
    name: string | undefined,
    way?: Chase,
  ): Value => {
    const language = program.file(file)?.language;
    if (language === undefined) return UNKNOWN;
    const to = resolveModule(language, file, specifier);
    if (to.kind === "file") {
      if (moduleOf(to.file) === undefined) program.want(to.file);
      if (name === undefined) return wholeModule(to.file);
      const ref: Ref = `export:${to.file} ${name}`;
      return way === undefined ? ofRef(ref) : exported(ref, way);
    }
    const inside = name === undefined ? undefined : language.within?.(specifier, name);
    const sub = inside === undefined ? undefined : resolveModule(language, file, inside);
    if (sub?.kind === "file") return ofRef(`module:${sub.file}`);
    if (to.kind === "namespace") return UNKNOWN;
    const path =
      name === undefined || name === language.mainExport ? to.path : `${to.path}.${name}`;
    const k = knowledge(`${file}#`);
    return ofRef(`lib:${k.canon(path)}`);
  };

  const ownerOf = (ref: Ref, depth = 0): ReturnType<Modules["ownerOf"]> => {
    const space = ref.lastIndexOf(" ");
    const file = ref.slice(7, space);
    const name = ref.slice(space + 1);
    const module = moduleOf(file);
    if (module === undefined || depth > 8) return undefined;
    const { language } = program.file(file) as FileIr;
    for (const e of module.exports) {
      if (e.kind === "local" && e.exported === name) {
        const refs = shape(`${file}#`, 0)?.variables.get(e.local)?.refs ?? [];
        const [first] = refs;
        return first?.startsWith("export:") === true
          ? ownerOf(first, depth + 1)
          : { file, local: e.local };
      }
      if (e.kind === "local" || (e.kind === "from" && e.exported !== name)) continue;
      const to = resolveModule(language, file, e.module);
      const next = e.kind === "from" ? e.name : name;
      const found =
        to.kind === "file" && next !== undefined
          ? ownerOf(`export:${to.file} ${next}`, depth + 1)
          : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };

  return { exported, fromAll, nested, ownerOf, fromModule };
}
