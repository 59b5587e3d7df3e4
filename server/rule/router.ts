/** Which router or application an expression is, and which functions or parts of libraries it leads to, by what names are set to. */
import { binder, exportOf, moduleOf, onlyStore, origin } from "./given.ts";
import { childrenOf } from "./items.ts";
import type { Code, ProgramContext, ValueId } from "./rule.ts";

const MAX_DEPTH = 12;

/** The variable that holds the router a method is called on (`app.get`, `router.route("/x").get(a).post`) or that is handed on. */
export function routerOf(code: Code, id: ValueId, context: ProgramContext): string | undefined {
  let at = id;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const op = code.op(at);
    if (op.op === "member") {
      const base = code.op(op.object);
      if (base.op === "import") return imported(code, base.module, op.name, context);
      at = op.object;
    } else if (op.op === "call") {
      const required = op.args[0] === undefined ? undefined : code.op(op.args[0].value);
      const callee = code.op(op.callee);
      if (callee.op === "free" && callee.name === "require" && required?.op === "const")
        return imported(code, String(required.value), undefined, context);
      if (callee.op !== "member") return undefined;
      at = op.callee;
    } else if (op.op === "annotate" || op.op === "await") at = op.value;
    else if (op.op === "load") return variable(code, code.ir.slots[op.slot] as string, context);
    else if (op.op === "free") {
      const bound = binder(code, op.name);
      return bound === undefined
        ? `${code.file} ${op.name}`
        : variable(bound.code, bound.name, context);
    } else if (op.op === "import") return imported(code, op.module, op.name, context);
    else return undefined;
  }
  return undefined;
}

export function nameKeys(code: Code, name: string): string {
  return `${code.item} ${name}`;
}

/** A variable; what an import binds is the variable of the other file. */
function variable(code: Code, name: string, context: ProgramContext): string {
  const slot = code.ir.slots.indexOf(name);
  const stores = code.ir.ops.filter((op) => op.op === "store" && op.slot === slot);
  const [only] = stores;
  if (stores.length === 1 && only?.op === "store") {
    const value = code.op(only.value);
    if (value.op === "import")
      return imported(code, value.module, value.name, context) ?? nameKeys(code, name);
    if (value.op === "call" && !value.isNew) {
      const callee = code.op(value.callee);
      if (callee.op === "free" && callee.name === "require")
        return routerOf(code, only.value, context) ?? nameKeys(code, name);
    }
    if (value.op === "load" || value.op === "free" || value.op === "member")
      return routerOf(code, only.value, context) ?? nameKeys(code, name);
  }
  return nameKeys(code, name);
}

function imported(
  code: Code,
  module: string,
  name: string | undefined,
  context: ProgramContext,
): string | undefined {
  const file = context.imported(code.file, module);
  if (file === undefined) return undefined;
  // A module that is one value: `module.exports = router`.
  for (const wanted of name === undefined
    ? ["", "default"]
    : [name, ...(name === "default" ? [""] : [])]) {
    const target = exportOf(file, wanted, context, 0);
    if (target !== undefined) return variable(target.code, target.name, context);
  }
  return undefined;
}

/** References as values have them: "fn:ITEM", "lib:package.name". */
export function refsOf(
  code: Code,
  id: ValueId,
  context: ProgramContext,
  depth = 0,
): readonly string[] {
  if (depth > MAX_DEPTH) return [];
  const place = origin({ code, op: code.op(id), id }, context);
  const { op } = place;
  const of = (v: ValueId): readonly string[] => refsOf(place.code, v, context, depth + 1);
  const exported = (file: string, name: string): readonly string[] => {
    const target = exportOf(file, name, context, 0);
    const value = target === undefined ? undefined : onlyStore(target.code, target.name);
    return target === undefined || value === undefined
      ? []
      : refsOf(target.code, value, context, depth + 1);
  };
  switch (op.op) {
    case "closure": {
      const child = childrenOf(place.code).get(op.hole);
      return child === undefined ? [] : [`fn:${child}`];
    }
    case "import": {
      const file = context.imported(place.code.file, op.module);
      // A module that is one value: `module.exports = verify`.
      if (file !== undefined) return op.name === undefined ? exported(file, "") : [];
      return [
        `lib:${op.module}${op.name === undefined || op.name === "default" ? "" : `.${op.name}`}`,
      ];
    }
    case "member": {
      const object = origin(
        { code: place.code, op: place.code.op(op.object), id: op.object },
        context,
      );
      const module = moduleOf(object.code, object.op);
      const file = module === undefined ? undefined : context.imported(object.code.file, module);
      if (file !== undefined) return exported(file, op.name);
      return of(op.object).flatMap((r) => (r.startsWith("lib:") ? [`${r}.${op.name}`] : []));
    }
    case "call": {
      const module = moduleOf(place.code, op);
      if (module !== undefined) {
        const file = context.imported(place.code.file, module);
        return file === undefined ? [`lib:${module}`] : exported(file, "");
      }
      // A function that makes one is known by what it makes.
      return of(op.callee).map((r) => (r.startsWith("lib:") ? `${r}()` : r));
    }
    case "sequence":
      return op.elements.flatMap((e) => of(e.value));
    default:
      return [];
  }
}
