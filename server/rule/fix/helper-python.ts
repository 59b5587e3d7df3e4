/** Where a new module of a Python project stands, and how another one imports it. */
import type { Code, Context, FileId } from "../rule.ts";
import { below, folderOf, isIn, joined, nameOf } from "./file-places.ts";
import type { Wanted } from "./imports.ts";

/** The topmost package around the file; where imports begin elsewhere, the folder below that place; else the file's own. */
export function pythonFolder(code: Code, context: Context): FileId {
  const own = folderOf(code.file);
  const root = importRoots(code, context).find((one) => isIn(own, one));
  if (root !== undefined) {
    const first = below(own, root).split("/")[0] as string;
    return joined(root, first);
  }
  return topPackage(own, context) ?? own;
}

/** Undefined where it is not known how the module would be found. */
export function pythonImport(code: Code, context: Context, file: FileId): Wanted | undefined {
  const own = folderOf(code.file);
  const folder = folderOf(file);
  const name = nameOf(file).replace(/\.py$/, "");
  const root = importRoots(code, context).find((one) => isIn(folder, one));
  const fromRoot = root === undefined ? undefined : absolute(below(folder, root), name);
  if (fromRoot !== undefined) return fromRoot;
  const top = topPackage(own, context);
  if (top !== undefined && topPackage(folder, context) === top) {
    if (isIn(own, folder) && isRelative(code)) {
      const up = below(own, folder);
      const dots = up === "" ? 1 : up.split("/").length + 1;
      return { module: ".".repeat(dots), name };
    }
    const named = absolute(below(folder, folderOf(top)), name);
    if (named !== undefined) return named;
  }
  if (own !== folder) return undefined;
  if (isStart(code, context)) return { module: name };
  // A package without __init__.py, of which it is known that it is one.
  return isRelative(code) ? { module: ".", name } : undefined;
}

/** Modules of its own folder are found by their names: the program begins there. */
function isStart(code: Code, context: Context): boolean {
  const own = folderOf(code.file);
  const isTop = own === context.files.rootOf(code.file) || own === "";
  const hasManifest = MANIFESTS.some((name) => context.files.has(joined(own, name)));
  return isTop || hasManifest || /^if\s+__name__\s*==/m.test(code.fileText);
}
const MANIFESTS = ["requirements.txt", "pyproject.toml", "setup.py", "Pipfile", "manage.py"];

/** Undefined where a folder has a name that no import can hold. */
function absolute(path: string, name: string): Wanted | undefined {
  if (unnameable(path) !== undefined) return undefined;
  return path === "" ? { module: name } : { module: path.replaceAll("/", "."), name };
}

/** The first folder of a path whose name no import can hold, such as `my-pkg`. */
export function unnameable(path: string): string | undefined {
  return path.split("/").find((part) => part !== "" && !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(part));
}

/** The outermost of the packages that a folder is in, itself included. */
function topPackage(folder: FileId, context: Context): FileId | undefined {
  let top: FileId | undefined;
  for (let at = folder; context.files.has(joined(at, "__init__.py")); at = folderOf(at)) {
    top = at;
    if (at === context.files.rootOf(joined(at, "x")) || at === "") break;
  }
  return top;
}

/** Places from which absolute imports of this file are found, those it names first. */
function importRoots(code: Code, context: Context): readonly FileId[] {
  const roots = importsOf(code).flatMap(({ module, name }) => {
    if (module.startsWith(".")) return [];
    const paths = name === undefined ? [module] : [`${module}.${name}`, module];
    for (const path of paths) {
      const file = context.imported(code.file, path);
      if (file === undefined) continue;
      const tail = `/${path.replaceAll(".", "/")}`;
      const stem = `/${file.replace(/(?:\/__init__)?\.pyi?$/, "")}`;
      if (stem.endsWith(tail)) return [stem.slice(1, Math.max(1, stem.length - tail.length))];
    }
    return [];
  });
  return [...new Set(roots)];
}

/** Its imports of the project begin with a dot. */
function isRelative(code: Code): boolean {
  return importsOf(code).some(({ module }) => module.startsWith("."));
}

function importsOf(code: Code): readonly { readonly module: string; readonly name?: string }[] {
  const module = code.other(`${code.file}#`) ?? code;
  return module.ir.ops.flatMap((op) => (op.op === "import" ? [op] : []));
}
