/** The modules that come along when a module is sent to browsers, by its imports. */

import { hasServerParts, isServerPart, staysOnServer } from "./browser.ts";
import { exportOf, onlyStore } from "./given.ts";
import { childrenOf } from "./items.ts";
import type { Code, Op, ProgramContext } from "./rule.ts";

/** A module that is reached, and what of it may be used: `undefined` is everything. */
export interface Reached {
  readonly module: Code;
  readonly names: ReadonlySet<string> | undefined;
  /** The import of the first module that leads there. */
  readonly by: Op & { readonly op: "import" };
}

const MAX_DEPTH = 5;
const MAX_MODULES = 300;

export function comesAlong(from: Code, context: ProgramContext): readonly Reached[] {
  const out = new Map<string, Reached>();
  let level: { readonly module: Code; readonly by?: Reached["by"] }[] = [{ module: from }];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const next: typeof level = [];
    for (const { module, by } of level)
      for (const op of importsOf(module))
        for (const { file, name } of leadsTo(module, op, context)) {
          const target = context.code(`${file}#`);
          const first = by ?? op;
          if (target === undefined || target.file === from.file || staysOnServer(target)) continue;
          const known = out.get(file);
          const names = together(known, name);
          out.set(file, { module: target, names, by: known?.by ?? first });
          if (known === undefined && out.size < MAX_MODULES)
            next.push({ module: target, by: first });
        }
    level = next;
  }
  return [...out.values()];
}
function together(known: Reached | undefined, name: string | undefined): Reached["names"] {
  if (name === undefined || (known !== undefined && known.names === undefined)) return undefined;
  return new Set([...(known?.names ?? []), name]);
}

/** Imports that are there at run time and are not used in what is left out alone. */
function importsOf(module: Code): readonly (Op & { readonly op: "import" })[] {
  const all = module.ir.ops.filter(
    (op): op is Op & { op: "import" } => op.op === "import" && op.typesOnly !== true,
  );
  if (!hasServerParts(module)) return all;
  const used = new Set<string>();
  const look = (code: Code): void => {
    for (const op of code.ir.ops) if (op.op === "free") used.add(op.name);
    for (const id of childrenOf(code).values()) {
      const child = isServerPart(id) ? undefined : module.other(id);
      if (child !== undefined) look(child);
    }
  };
  for (const id of childrenOf(module).values()) {
    const child = isServerPart(id) ? undefined : module.other(id);
    if (child !== undefined) look(child);
  }
  const { ops, slots } = module.ir;
  for (const op of ops) if (op.op === "load") used.add(slots[op.slot] ?? "");
  return all.filter((op) => {
    const at = ops.indexOf(op);
    const names = ops.flatMap((o) => (o.op === "store" && o.value === at ? [slots[o.slot]] : []));
    return names.length === 0 || names.some((name) => used.has(name ?? ""));
  });
}

/** The file that is imported, and the one that really has the name. */
function leadsTo(
  module: Code,
  op: Op & { readonly op: "import" },
  context: ProgramContext,
): readonly { readonly file: string; readonly name: string | undefined }[] {
  const file = context.imported(module.file, op.module);
  if (file === undefined) return [];
  const target = op.name === undefined ? undefined : exportOf(file, op.name, context, 0);
  return target === undefined
    ? [{ file, name: op.name }]
    : [{ file: target.code.file, name: target.name }];
}

/** The functions of a module that run when one of these names is used. */
export function functionsOf(module: Code, names: ReadonlySet<string>): ReadonlySet<string> {
  const children = childrenOf(module);
  const out = new Set<string>();
  const take = (name: string): void => {
    const value = onlyStore(module, name);
    const op = value === undefined ? undefined : module.op(value);
    const id = op?.op === "closure" ? children.get(op.hole) : undefined;
    const code = id === undefined || out.has(id) ? undefined : module.other(id);
    if (id === undefined || code === undefined) return;
    out.add(id);
    inside(code);
  };
  const inside = (code: Code): void => {
    for (const op of code.ir.ops) if (op.op === "free") take(op.name);
    for (const id of childrenOf(code).values()) {
      const child = module.other(id);
      if (child !== undefined) inside(child);
    }
  };
  for (const name of names) take(name);
  return out;
}
