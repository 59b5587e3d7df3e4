/** Where an import leads, by the rules of Node and TypeScript, asking only the known files. */
import type { FileId } from "../../base/brand.ts";
import type { FileSet, Resolution } from "../language.ts";
import { encoded, folderOf, foldersUp, join } from "./paths.ts";
import { mapped, object, pathSettings, readJson, strings } from "./tsconfig.ts";

export function resolve(from: FileId, specifier: string, files: FileSet): Resolution {
  const file = findTarget(from, specifier, files);
  if (file !== undefined) return { kind: "file", file };
  return { kind: "package", path: specifier.replace(/^node:/, "").replace(ADDRESS, "$1$2") };
}
/** Deno names packages with their version, by a scheme or the address of a server that has them: `npm:zod@4/mini`. */
const ADDRESS =
  /^(?:(?:npm|jsr):\/?|https:\/\/[\w.-]+\/(?:npm\/|v\d+\/)?(?=(?:@[\w.-]+\/)?[\w.-]+@))((?:@[\w.-]+\/)?[\w.-]+)(?:@[^/?#]*)?((?:\/[^?#]*)?)(?:[?#].*)?$/;

function findTarget(from: FileId, specifier: string, files: FileSet): FileId | undefined {
  if (specifier === "" || specifier.startsWith("node:")) return undefined;
  const plain = specifier.replace(/(?<=.)[?].*$/s, "");
  const folder = folderOf(from);
  const root = files.rootOf(from);
  const find = (path: string): FileId | undefined => findFile(path, from, files);
  if (/^\.\.?(\/|$)/.test(plain)) return find(join(folder, plain) + trailingSlash(plain));
  if (plain.startsWith("#")) {
    const found = packageImport(plain, folder, root, files, find);
    if (found !== undefined) return found;
  }
  if (plain.startsWith("/")) return find(join(root, plain.slice(1)));
  const settings = pathSettings(folder, files, root);
  if (settings !== undefined) {
    for (const target of mapped(settings, plain)) {
      const found = find(target);
      if (found !== undefined) return found;
    }
    const found = settings.baseUrl === undefined ? undefined : find(join(settings.baseUrl, plain));
    if (found !== undefined) return found;
  }
  return workspacePackage(plain, root, files, find);
}

/** "./lib/" and "." mean the folder, also where a file lib.ts stands beside it. */
function trailingSlash(specifier: string): string {
  return /(^|\/)\.{0,2}$/.test(specifier) ? "/" : "";
}

const EXTENSIONS = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".d.ts"];
/** A specifier with an emitted file's ending means the source beside it. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx"],
  ".jsx": [".tsx"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
};

function findFile(path: string, from: FileId, files: FileSet): FileId | undefined {
  for (const candidate of candidates(path)) {
    if (files.has(candidate)) {
      if (candidate !== from) return candidate;
      continue;
    }
    const uri = encoded(candidate);
    if (uri !== undefined && uri !== candidate && uri !== from && files.has(uri)) return uri;
  }
  return undefined;
}

function candidates(path: string): string[] {
  const folder = path.endsWith("/") ? path.slice(0, -1) : path;
  const index = EXTENSIONS.map((extension) => join(folder, `index${extension}`));
  if (folder !== path || path === "") return index;
  const ending = /\.[cm]?jsx?$/.exec(path)?.[0] ?? "";
  const stem = path.slice(0, path.length - ending.length);
  const sources = (SOURCES[ending] ?? []).map((extension) => stem + extension);
  return [...sources, path, ...EXTENSIONS.map((extension) => path + extension), ...index];
}

/** `#name` by the "imports" of the nearest package.json. */
function packageImport(
  specifier: string,
  folder: string,
  root: string,
  files: FileSet,
  find: (path: string) => FileId | undefined,
): FileId | undefined {
  for (const at of foldersUp(folder, root)) {
    const manifest = readJson(join(at, "package.json"), files);
    if (manifest === undefined) continue;
    const table = object(manifest.imports) ?? {};
    const paths = Object.entries(table).map(([pattern, target]) => ({
      pattern,
      targets: conditionTargets(target).map((t) => join(at, t)),
    }));
    for (const target of mapped({ baseUrl: undefined, paths }, specifier)) {
      const found = find(target);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return undefined;
}

/** The paths of an "imports" or "exports" value, whatever the condition. */
function conditionTargets(value: unknown): string[] {
  if (typeof value === "string") return [value];
  const table = object(value);
  return table === undefined ? [] : Object.values(table).flatMap(conditionTargets);
}

/** A package of the workspace: one of its folders has a package.json of that name. */
function workspacePackage(
  specifier: string,
  root: string,
  files: FileSet,
  find: (path: string) => FileId | undefined,
): FileId | undefined {
  const parts = specifier.split("/");
  const length = specifier.startsWith("@") ? 2 : 1;
  const name = parts.slice(0, length).join("/");
  const subpath = parts.slice(length).join("/");
  for (const folder of files.packages(name)) {
    if (files.rootOf(join(folder, "package.json")) !== root) continue;
    const member = readJson(join(folder, "package.json"), files);
    if (member === undefined) continue;
    const entries =
      subpath === ""
        ? [...entryPoints(member), "src/index", "index"]
        : [...exported(member, `./${subpath}`), subpath, `src/${subpath}`];
    for (const entry of entries) {
      const found = find(join(folder, entry));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function entryPoints(manifest: Readonly<Record<string, unknown>>): string[] {
  const named = ["source", "module", "main", "types"].flatMap((key) => [...strings(manifest[key])]);
  return [...exported(manifest, "."), ...named];
}

/** The targets of "." or "./name" in "exports", where a key may have one star. */
function exported(manifest: Readonly<Record<string, unknown>>, subpath: string): string[] {
  const table = object(manifest.exports);
  const names = Object.keys(table ?? {}).some((key) => key.startsWith("."));
  // Without names it is all about the package itself.
  if (!names) return subpath === "." ? conditionTargets(manifest.exports) : [];
  const paths = Object.entries(table ?? {}).map(([pattern, target]) => ({
    pattern,
    targets: conditionTargets(target),
  }));
  return [...mapped({ baseUrl: undefined, paths }, subpath)];
}
