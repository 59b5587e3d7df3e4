/**
 * Adds an import once, in the module system and the manner of the file. One that is already there, at run time and on every
 * way, is used under its own name; a name that means something else where it is used is never taken for it.
 */
import type { Code, Edit, ValueId } from "../rule.ts";
import { placeImports, type Top, topStatements } from "./import-place.ts";
import { isStandard } from "./standard-modules.ts";

export interface Wanted {
  readonly module: string;
  /** The imported name; absent: the module itself. For JavaScript "default" is the default export. */
  readonly name?: string;
  /** Name to bind when there is none yet; absent: the name, or the module's last part. */
  readonly alias?: string;
}
export interface ImportEdit {
  /** Absent when the import is already there. */
  readonly edit?: Edit;
  /** How the thing is written at the place of the fix: a name, or `module.name`. */
  readonly local: string;
}
export interface ImportEdits {
  readonly edits: readonly Edit[];
  /** Parallel to what was wanted. */
  readonly locals: readonly string[];
}

/** For one thing that the code of this item needs. */
export function importEdit(code: Code, wanted: Wanted): ImportEdit {
  const { edits, locals } = importEdits(code, [wanted]);
  const [edit] = edits;
  return { local: locals[0] as string, ...(edit === undefined ? {} : { edit }) };
}

/** For several: those that stand at the same place become one edit. */
export function importEdits(code: Code, wanted: readonly Wanted[]): ImportEdits {
  const plans = wanted.map((one) => planImport(code, one));
  const lines = plans.flatMap(({ line }) => (line === undefined ? [] : [line]));
  return {
    locals: plans.map(({ local }) => local),
    edits: [
      ...placeImports(code, lines),
      ...plans.flatMap(({ joined }) => (joined === undefined ? [] : [joined])),
    ],
  };
}

/** The name under which the code of this item can already use the thing. */
export function importedAs(code: Code, wanted: Wanted): string | undefined {
  for (const scope of scopes(code)) {
    const found = boundIn(scope, wanted).find(
      (local) => binds(code, local.split(".")[0] as string) === scope.item,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** How this item can use a name that the file imports from one of these packages. */
export function importedFrom(
  code: Code,
  packages: readonly string[],
  name: string,
): string | undefined {
  const module = code.other(`${code.file}#`) ?? code;
  for (const op of module.ir.ops) {
    if (op.op !== "store") continue;
    const value = module.op(op.value);
    if (value.op !== "import" || value.name !== name || value.typesOnly === true) continue;
    if (!packages.includes(value.module.split(".")[0] as string)) continue;
    const local = module.ir.slots[op.slot] as string;
    if (binds(code, local) === module.item) return local;
  }
  return undefined;
}

/** The innermost item around here that binds a name; undefined for a builtin, a global or nothing at all. */
export function binds(code: Code, name: string): string | undefined {
  return scopes(code).find((scope) => scope.ir.slots.some((slot) => plainName(slot) === name))
    ?.item;
}

/** The file is written with `require`. */
export function writesCommonJs(code: Code): boolean {
  return importStyle(code, topStatements(code.other(`${code.file}#`) ?? code)).commonJs;
}

interface Plan {
  readonly local: string;
  readonly line?: { readonly line: string; readonly module: string };
  /** Adds the name to an import that is there. */
  readonly joined?: Edit;
}

function planImport(code: Code, wanted: Wanted): Plan {
  const there = importedAs(code, wanted);
  if (there !== undefined) return { local: there };
  return code.language === "python" ? pythonImport(code, wanted) : javascriptImport(code, wanted);
}

function pythonImport(code: Code, wanted: Wanted): Plan {
  const { module, name } = wanted;
  if (name !== undefined) {
    const local = wanted.alias ?? name;
    const there = importedAs(code, { module });
    if (there !== undefined) return { local: `${there}.${name}` };
    if (!isTaken(code, local, wanted)) {
      const named = local === name ? name : `${name} as ${local}`;
      const joined = joinNames(code, wanted, named);
      return joined === undefined
        ? { local, line: { line: `from ${module} import ${named}`, module } }
        : { local, joined };
    }
    const whole = planImport(code, { module });
    return { ...whole, local: `${whole.local}.${name}` };
  }
  const local = wanted.alias ?? module;
  const first = local.split(".")[0] as string;
  if (local === module && !isTaken(code, first, { module: first }))
    return { local, line: { line: `import ${module}`, module } };
  const wished = local === module ? `${module.replaceAll(".", "_")}_module` : local;
  const free = freeName(code, wished, wanted);
  return { local: free, line: { line: `import ${module} as ${free}`, module } };
}

/** `cryptoRandomBytes`; where the module's name says no more than the other: `importedPublicFetch`. */
function joinedName(module: string, name: string): string {
  const base = module.replace(/_+(\w)/g, (_all, first: string) => first.toUpperCase());
  const start = base.toLowerCase() === name.toLowerCase() ? "imported" : base;
  return start + name[0]?.toUpperCase() + name.slice(1);
}

function javascriptImport(code: Code, wanted: Wanted): Plan {
  const { name } = wanted;
  const tops = topStatements(code.other(`${code.file}#`) ?? code);
  const style = importStyle(code, tops);
  const module =
    style.prefixed && isStandard(code.language, wanted.module)
      ? `node:${wanted.module.replace(/^node:/, "")}`
      : wanted.module;
  const isWhole = name === undefined || name === "default";
  const base = lastPart(wanted.module);
  const wished = wanted.alias ?? (isWhole ? base : name);
  const local = !isTaken(code, wished, wanted)
    ? wished
    : freeName(code, isWhole ? `${base}Module` : joinedName(base, wished), wanted);
  const from = `${style.quote}${module}${style.quote}`;
  const end = style.semicolon;
  if (isWhole) {
    if (style.commonJs)
      return { local, line: { line: `const ${local} = require(${from})${end}`, module } };
    const bound = style.star && isStandard(code.language, module) ? `* as ${local}` : local;
    return { local, line: { line: `import ${bound} from ${from}${end}`, module } };
  }
  if (style.commonJs) {
    const named = local === name ? name : `${name}: ${local}`;
    return { local, line: { line: `const { ${named} } = require(${from})${end}`, module } };
  }
  const named = local === name ? name : `${name} as ${local}`;
  const joined = joinNames(code, wanted, named);
  if (joined !== undefined) return { local, joined };
  return { local, line: { line: `import { ${named} } from ${from}${end}`, module } };
}

interface Style {
  readonly commonJs: boolean;
  readonly quote: string;
  readonly semicolon: string;
  /** `node:fs` rather than `fs`. */
  readonly prefixed: boolean;
  /** `import * as fs`: without the interop of default imports. */
  readonly star: boolean;
}
function importStyle(code: Code, tops: readonly Top[]): Style {
  const imports = tops.filter((top) => top.module !== undefined);
  const isEsm = tops.some((top) => /^(?:import\b(?!\s*[(.])|export\b)/.test(top.text));
  const ended = imports.length > 0 ? imports : tops.filter((top) => !top.text.endsWith("}"));
  const own = imports.filter((top) => isStandard(code.language, top.module ?? ""));
  return {
    commonJs:
      !isEsm &&
      (/\.c[jt]s$/.test(code.file) ||
        /\brequire\s*\(|\bmodule\.exports\b|^[ \t]*exports\.\w+\s*=(?!=)/m.test(code.fileText)),
    quote: imports.some((top) => top.text.includes("'")) ? "'" : '"',
    semicolon: ended.length === 0 || ended.some((top) => top.text.endsWith(";")) ? ";" : "",
    prefixed: own.some((top) => top.module?.startsWith("node:")),
    star:
      own.some((top) => /^import\s*\*/.test(top.text)) &&
      !own.some((top) => /^import\s+\w/.test(top.text)),
  };
}

/** Adds a name to `from module import a` or `import { a } from "module"`, in its order. */
function joinNames(code: Code, wanted: Wanted, named: string): Edit | undefined {
  const module = code.other(`${code.file}#`) ?? code;
  for (const top of topStatements(module)) {
    if (top.module === undefined || !sameModule(top.module, wanted.module)) continue;
    if (/^import\s+type\b|[#]|\/[/*]/.test(top.text)) continue;
    const names = module.ir.ops.flatMap((op) => {
      if (op.op !== "import" || op.name === undefined || op.name === "*") return [];
      const at = module.absolute(op.span);
      const inside = at.start >= top.start && at.end <= top.end;
      return inside && (code.language === "python" || op.name !== "default") ? [at] : [];
    });
    const first = names[0];
    if (first === undefined) continue;
    const key = (text: string): string => text.replace(/^type\s+/, "").toLowerCase();
    const before = names.findLast((at) => key(code.fileText.slice(at.start, at.end)) <= key(named));
    const indent = code.indent(first.start);
    const isListed = /[\r\n]/.test(code.fileText.slice(top.start, first.start));
    const gap = isListed ? `,${code.newline}${indent}` : ", ";
    return before === undefined
      ? { start: first.start, end: first.start, newText: named + gap }
      : { start: before.end, end: before.end, newText: gap + named };
  }
  return undefined;
}

/** The name means something else at the place of the fix, or anywhere at the top of the file. */
function isTaken(code: Code, name: string, wanted: Wanted): boolean {
  return scopes(code).some((scope) => {
    const slots = scope.ir.slots.flatMap((slot, id) => (plainName(slot) === name ? [id] : []));
    if (slots.length === 0) return false;
    if (scope.ir.kind !== "module" || scope.language !== "python") return true;
    // Python binds again what a branch for type checkers, or a fallback, imports under the same name.
    return !scope.ir.ops.every(
      (op) => op.op !== "store" || !slots.includes(op.slot) || isImportOf(scope, op.value, wanted),
    );
  });
}
function freeName(code: Code, wished: string, wanted: Wanted): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wished : `${wished}${n}`;
    if (!isTaken(code, name, wanted)) return name;
  }
}

/** The item and those around it, up to the module. */
function scopes(code: Code): Code[] {
  const out: Code[] = [];
  for (
    let at: Code | undefined = code;
    at !== undefined;
    at = at.parent === undefined ? undefined : at.other(at.parent)
  )
    out.push(at);
  return out;
}

/** Variables of this item that hold the thing, and only it, since the item began. */
function boundIn(scope: Code, wanted: Wanted): string[] {
  const stores = scope.ir.ops.flatMap((op, id) => (op.op === "store" ? [{ op, id }] : []));
  return stores.flatMap(({ op, id }) => {
    if (!isImportOf(scope, op.value, wanted)) return [];
    const isOnly = stores.every((other) => other.op === op || other.op.slot !== op.slot);
    const name = scope.ir.slots[op.slot] as string;
    if (!isOnly || name.includes("#") || !isCertain(scope, id)) return [];
    const value = scope.op(op.value);
    // `import urllib.parse` binds the first part only.
    return [value.op === "import" && value.also === wanted.module ? wanted.module : name];
  });
}
/** No branch, loop or `try` stands around it. */
function isCertain(scope: Code, id: ValueId): boolean {
  const { span } = scope.op(id);
  return scope.ir.statements.filter((s) => s.start <= span.start && s.end >= span.end).length <= 1;
}

function isImportOf(scope: Code, id: ValueId, wanted: Wanted): boolean {
  const op = scope.op(id);
  // `const { randomUUID } = require("crypto")`
  if (op.op === "member")
    return op.name === wanted.name && isImportOf(scope, op.object, { module: wanted.module });
  if (op.op !== "import" || op.typesOnly === true) return false;
  const name = op.name === "default" ? undefined : op.name;
  if (name !== (wanted.name === "default" ? undefined : wanted.name)) return false;
  return sameModule(op.module, wanted.module) || op.also === wanted.module;
}

function sameModule(a: string, b: string): boolean {
  return a.replace(/^node:/, "") === b.replace(/^node:/, "");
}
function lastPart(module: string): string {
  return (module.split(/[/:.]/).pop() ?? module).replace(/\W/g, "_");
}
/** Without the number of an inner block's variable. */
function plainName(slot: string): string {
  return slot.replace(/#\d+$/, "");
}
