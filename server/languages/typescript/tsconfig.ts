/** `paths`, `baseUrl` and package.json as far as they steer where an import leads. */
import { parse } from "jsonc-parser";
import type { FileSet } from "../language.ts";
import { folderOf, foldersUp, join } from "./paths.ts";

export interface PathSettings {
  /** Folder of names without a leading dot. */
  readonly baseUrl: string | undefined;
  /** Patterns with at most one "*", and the paths they stand for, absolute. */
  readonly paths: readonly { readonly pattern: string; readonly targets: readonly string[] }[];
}

/** Configuration texts parsed before, by text. */
const parsed = new Map<string, unknown>();
const MOST_PARSED = 64;

/** The settings of the nearest tsconfig.json or jsconfig.json. */
export function pathSettings(
  folder: string,
  files: FileSet,
  root: string,
): PathSettings | undefined {
  for (const at of foldersUp(folder, root)) {
    for (const name of ["tsconfig.json", "jsconfig.json"]) {
      const file = join(at, name);
      if (files.text(file) !== undefined) return read(file, files, 0);
    }
  }
  return undefined;
}

const DEEPEST_EXTENDS = 8;

function read(file: string, files: FileSet, depth: number): PathSettings {
  const config = readJson(file, files);
  const folder = folderOf(file);
  const options = object(config?.compilerOptions);
  let settings: PathSettings = { baseUrl: undefined, paths: [] };
  if (depth < DEEPEST_EXTENDS) {
    for (const base of strings(config?.extends)) {
      const found = base.startsWith(".") ? configFile(join(folder, base), files) : undefined;
      if (found !== undefined) settings = merge(settings, read(found, files, depth + 1));
    }
  }
  const baseUrl = options?.baseUrl;
  const own = typeof baseUrl === "string" ? join(folder, baseUrl) : settings.baseUrl;
  const paths = object(options?.paths);
  settings = {
    baseUrl: own,
    paths: paths === undefined ? settings.paths : readPaths(paths, own ?? folder),
  };
  if (settings.paths.length > 0 || depth >= DEEPEST_EXTENDS) return settings;
  // A solution file only points at the configurations that count.
  for (const reference of list(config?.references)) {
    const path = object(reference)?.path;
    if (typeof path !== "string") continue;
    const found = configFile(join(folder, path), files);
    const referenced = found === undefined ? undefined : read(found, files, DEEPEST_EXTENDS);
    if (referenced !== undefined && referenced.paths.length > 0) return merge(settings, referenced);
  }
  return settings;
}

function merge(base: PathSettings, over: PathSettings): PathSettings {
  return {
    baseUrl: over.baseUrl ?? base.baseUrl,
    paths: over.paths.length > 0 ? over.paths : base.paths,
  };
}

function configFile(path: string, files: FileSet): string | undefined {
  return [path, `${path}.json`, join(path, "tsconfig.json")].find(
    (file) => files.text(file) !== undefined,
  );
}

function readPaths(
  paths: Readonly<Record<string, unknown>>,
  folder: string,
): PathSettings["paths"] {
  return Object.entries(paths).map(([pattern, targets]) => ({
    pattern,
    targets: strings(targets).map((target) => join(folder, target)),
  }));
}

/** What `specifier` may stand for by `paths`: the exact pattern, else the one with the longest start. */
export function mapped(settings: PathSettings, specifier: string): readonly string[] {
  let best: { targets: readonly string[]; start: number; star: string } | undefined;
  for (const { pattern, targets } of settings.paths) {
    if (pattern === specifier) return targets;
    const star = pattern.indexOf("*");
    if (star < 0) continue;
    const after = pattern.slice(star + 1);
    const fits =
      specifier.length >= star + after.length &&
      specifier.startsWith(pattern.slice(0, star)) &&
      specifier.endsWith(after);
    if (!fits || (best !== undefined && best.start >= star)) continue;
    best = { targets, start: star, star: specifier.slice(star, specifier.length - after.length) };
  }
  const found = best;
  return found === undefined ? [] : found.targets.map((t) => t.replace("*", () => found.star));
}

/** The parsed object of a configuration file that is loaded. */
export function readJson(
  file: string,
  files: FileSet,
): Readonly<Record<string, unknown>> | undefined {
  const text = files.text(file);
  if (text === undefined) return undefined;
  if (!parsed.has(text)) {
    if (parsed.size >= MOST_PARSED) parsed.clear();
    parsed.set(text, parse(text, [], { allowTrailingComma: true }));
  }
  return object(parsed.get(text));
}

export function object(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A string or a list of them. */
export function strings(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return list(value).filter((v) => typeof v === "string");
}
