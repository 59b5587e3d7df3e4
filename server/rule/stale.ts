/** What a manifest asks for and its lock file does not know, or knows by another range. */
import { satisfies } from "@renovatebot/pep440";
import { validRange } from "semver";
import { pipfileRequirements, pyprojectRequirements } from "./declared.ts";
import type { LockFile } from "./locked.ts";
import { folderFrom } from "./locked-commit.ts";
import { LOCK_NAMES, lockFile } from "./lockfile.ts";
import { fitsNpm, jsonValue, normalised, strings, table, toml } from "./manifest.ts";
import type { ManifestFile, Span } from "./rule.ts";

export interface Stale {
  readonly name: string;
  readonly span: Span;
  /** As the manifest asks for it now. */
  readonly range: string;
  /** As it was asked for, or the version that was found, when the lock file was made; undefined where it is not there at all. */
  readonly locked: string | undefined;
}

/** Of a package.json and the names of its groups of dependencies. */
export function staleNpm(
  file: ManifestFile,
  lockName: string,
  groups: readonly string[],
): readonly Stale[] {
  const found = lockOf(file, lockName);
  if (found === undefined) return [];
  const { lock, folder } = found;
  const asks = askedBy(lock, folder);
  if (asks === undefined) return [];
  const replaced = new Set([
    ...Object.keys(Object(jsonValue(file.text, ["resolutions"]))),
    ...Object.keys(Object(jsonValue(file.text, ["overrides"]))),
  ]);
  return groups.flatMap((group) =>
    strings(file.text, [group]).flatMap(({ key, value, span, entry }): readonly Stale[] => {
      if (/^(?:workspace|file|link|portal|patch|exec):/.test(value) || file.isOwn(key)) return [];
      const locked = asks(key);
      if (locked === undefined)
        return [{ name: key, span: entry, range: value, locked: undefined }];
      const isOther =
        !replaced.has(key) &&
        locked.length > 0 &&
        locked.every((one) => isOtherRange(one, value)) &&
        !(lockName.endsWith(".json") && isHeld(lock, key, value));
      return isOther ? [{ name: key, span, range: value, locked: locked[0] }] : [];
    }),
  );
}
/** npm takes what its lock file holds as long as that fits, however it was asked for. */
function isHeld({ packages }: LockFile, name: string, range: string): boolean {
  return packages.some(
    (one) => one.name === name && one.version !== undefined && fitsNpm(one.version, range),
  );
}
/** Both are ranges of a registry; what names an address or a tag may be written in several ways. */
function isOtherRange(locked: string, range: string): boolean {
  const [one, other] = [validRange(locked), validRange(range)];
  return one !== null && other !== null && one !== other;
}
/** The ranges by which a manifest asked for a name; [] where they are not told, undefined for a name that is not asked for. */
function askedBy(
  { manifests, packages }: LockFile,
  folder: string,
): ((name: string) => readonly string[] | undefined) | undefined {
  if (manifests !== undefined) {
    const asks = manifests.find((one) => one.folder === folder)?.asks;
    return asks && ((name) => (asks.has(name) ? [asks.get(name) ?? []].flat() : undefined));
  }
  // The first version of npm's, and Yarn 1: of the workspace as a whole.
  if (folder !== "" || packages.length === 0) return undefined;
  return (name) => {
    const those = packages.filter((one) => one.name === name);
    if (those.length === 0) return undefined;
    return those.flatMap(({ asked = [] }) =>
      asked.filter((one) => one.startsWith(`${name}@`)).map((one) => one.slice(name.length + 1)),
    );
  };
}

/** Of a pyproject.toml or a Pipfile. */
export function stalePython(file: ManifestFile, lockName: string): readonly Stale[] {
  const found = lockOf(file, lockName);
  if (found === undefined) return [];
  const { lock, folder } = found;
  const isPipfile = file.file.endsWith("Pipfile");
  const root = toml(file.text);
  // Where these come from is said elsewhere.
  const elsewhere = new Set(
    Object.keys(table(root, "tool", "uv", "sources") ?? {}).map(normalised),
  );
  const own = table(root, "project")?.name ?? table(root, "tool", "poetry")?.name;
  const asks = lock.manifests?.find((one) => one.folder === folder)?.asks;
  // uv tells what was asked for, the others what was found.
  if (asks === undefined && (lockName === "uv.lock" || folder !== "")) return [];
  const entries = isPipfile ? pipfileRequirements(file.text) : pyprojectRequirements(file.text);
  return entries.flatMap(({ name, range, span, entry }): readonly Stale[] => {
    const plain = normalised(name);
    if (elsewhere.has(plain) || (typeof own === "string" && normalised(own) === plain)) return [];
    const told = { name, range };
    if (asks !== undefined) {
      if (!asks.has(plain)) return [{ ...told, span: entry, locked: undefined }];
      const locked = asks.get(plain);
      return locked !== undefined && isOtherSpecifier(locked, range)
        ? [{ ...told, span, locked }]
        : [];
    }
    const those = lock.packages.filter((one) => one.name === plain);
    if (those.length === 0) return [{ ...told, span: entry, locked: undefined }];
    const versions = those.flatMap(({ version, source }) =>
      source === "registry" && version !== undefined ? [version.replace(/^==/, "")] : [],
    );
    const isOther =
      versions.length === those.length && versions.every((version) => misses(version, range));
    return isOther ? [{ ...told, span, locked: versions[0] }] : [];
  });
}
/** Both in the words of PEP 440, in whatever order; versions that are no plain numbers have several forms. */
function isOtherSpecifier(locked: string, range: string): boolean {
  const parts = (text: string): string =>
    text
      .replace(/[()\s]/g, "")
      .split(",")
      .filter((one) => one !== "")
      .map((one) => one.replace(/^===?/, "==").replace(/(?:\.0)+$/, ""))
      .sort()
      .join();
  const isPlain = (text: string): boolean => /^[\d\s.,*<>=!~()]*$/.test(text);
  return isPlain(locked) && isPlain(range) && parts(locked) !== parts(range);
}
/** False also for ranges in other words, such as Poetry's `^1.2`. */
function misses(version: string, range: string): boolean {
  const plain = range.replace(/[()]/g, "").trim();
  if (!/^(?:[<>=!~]=?=?\s*[\d.*]+\s*,?\s*)+$/.test(plain) || !/^[\d.]+$/.test(version))
    return false;
  // A bare "~1.2" is Poetry's.
  if (/(?:^|,)\s*~(?!=)|(?:^|,)\s*=(?!=)/.test(plain)) return false;
  try {
    return !satisfies(version, plain);
  } catch {
    return false;
  }
}

function lockOf(
  file: ManifestFile,
  lockName: string,
): { readonly lock: LockFile; readonly folder: string } | undefined {
  const at = LOCK_NAMES.test(lockName) ? file.above(lockName) : undefined;
  const text = at === undefined ? undefined : file.textAbove(lockName);
  const lock = text === undefined ? undefined : lockFile(lockName, text);
  return at === undefined || lock === undefined
    ? undefined
    : { lock, folder: folderFrom(at, file.file) };
}

/** Of lock files in this folder and above it, those that are nearest. */
export function nearestLocks(file: ManifestFile, names: readonly string[]): readonly string[] {
  const folders = names.flatMap((name) => {
    const at = file.above(name);
    return at === undefined ? [] : [{ name, depth: depthOf(at) }];
  });
  const deepest = Math.max(...folders.map(({ depth }) => depth));
  return folders.flatMap(({ name, depth }) => (depth === deepest ? [name] : []));
}
function depthOf(path: string): number {
  return path.split("/").reduce((depth, part) => depth + (part === ".." ? -1 : 1), 0);
}
