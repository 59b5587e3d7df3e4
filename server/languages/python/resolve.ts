/**
 * Where a Python import leads. Absolute names are looked for where Python's path would begin: in the folders above the
 * file up to the workspace folder that are no packages themselves, nearest first, then in the usual source folders below
 * those. A folder with `__init__.py` is no such place, except for the script a program starts with.
 */
import type { FileId } from "../../base/brand.ts";
import type { FileSet, Resolution } from "../language.ts";

/** Folders under a project's root that hold its packages. */
const LAYOUTS = ["src", "lib"];

export function resolve(from: FileId, specifier: string, files: FileSet): Resolution {
  const dots = /^\.*/.exec(specifier)?.[0].length ?? 0;
  const names = specifier
    .slice(dots)
    .split(".")
    .filter((part) => part !== "");
  if (dots > 0) return relative(from, dots, names, specifier, files);
  if (names.length === 0) return { kind: "package", path: specifier };
  for (const folder of searchFolders(from, files)) {
    const file = moduleFile(folder, names, files);
    if (file !== undefined && file !== from) return { kind: "file", file };
  }
  return { kind: "package", path: specifier };
}

/** One dot is the folder of the file, each further dot the folder above. */
function relative(
  from: FileId,
  dots: number,
  names: readonly string[],
  specifier: string,
  files: FileSet,
): Resolution {
  let folder: string | undefined = folderOf(from);
  for (let i = 1; i < dots && folder !== undefined; i++)
    folder = folder === "" ? undefined : folderOf(folder);
  if (folder === undefined) return { kind: "package", path: specifier };
  const file = moduleFile(folder, names, files);
  if (file !== undefined && (file !== from || names.length === 0)) return { kind: "file", file };
  // `from . import x` in a folder without __init__.py.
  return names.length === 0 ? { kind: "namespace", folder } : { kind: "package", path: specifier };
}

/** The file of module `names` below `folder`; no names: the folder itself as a package. */
function moduleFile(folder: string, names: readonly string[], files: FileSet): FileId | undefined {
  const base = names.reduce(join, folder);
  const candidates =
    names.length === 0
      ? [join(folder, "__init__.py"), join(folder, "__init__.pyi")]
      : [`${base}.py`, join(base, "__init__.py"), `${base}.pyi`, join(base, "__init__.pyi")];
  return candidates.find((file) => files.has(file));
}

function searchFolders(from: FileId, files: FileSet): string[] {
  const root = files.rootOf(from);
  const ancestors: string[] = [];
  for (let folder: string | undefined = folderOf(from); folder !== undefined; ) {
    ancestors.push(folder);
    if (folder === root || folder === "" || !inside(folder, root)) break;
    const up = folderOf(folder);
    folder = up === folder ? undefined : up;
  }
  const tops = ancestors.filter((folder) => folder === root || !isPackage(folder, files));
  const layouts = tops.flatMap((folder) => LAYOUTS.map((layout) => join(folder, layout)));
  const own = SCRIPTS.test(from) ? ancestors.slice(0, 1) : [];
  return [...tops, ...layouts, ...own];
}

/** Files that are run by their path, so that their own folder is on Python's path. */
const SCRIPTS =
  /(?:^|\/)(?:__main__|app|asgi|bot|cli|conftest|main|manage|run|script|server|setup|wsgi)\.py$/;

function isPackage(folder: string, files: FileSet): boolean {
  return files.has(join(folder, "__init__.py"));
}

function inside(folder: string, root: string): boolean {
  return root === "" || folder.startsWith(`${root}/`);
}

/** "" for a file at the top; a URI's scheme and host are never cut. */
function folderOf(path: string): string {
  const top = /^[a-z][a-z\d+.-]*:\/\/[^/]*/i.exec(path)?.[0] ?? "";
  const slash = path.lastIndexOf("/");
  return slash < top.length || slash < 0 ? top : path.slice(0, slash);
}

function join(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
