/** Finds installed packages by their names: in node_modules folders of every layout, and in site-packages. */
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Ecosystem } from "../base/names.ts";
import { normalised } from "../rule/manifest.ts";

export interface Installed {
  /** As the package calls itself. */
  readonly name: string;
  /** "" where nothing says. */
  readonly version: string;
  readonly ecosystem: Ecosystem;
  /** Absolute and without links: of npm the package's own folder, of Python the site-packages that it is in. */
  readonly folder: string;
  /** Below that folder, with "/", in order. */
  readonly files: readonly string[];
  /** It stands outside of node_modules or site-packages, and is only linked there. */
  readonly isLinked: boolean;
}

export interface Places {
  /** node_modules folders, the nearest first. */
  readonly npm: readonly string[];
  /** Folders like site-packages. */
  readonly python: readonly string[];
  /** There are packages that stay in archives (Yarn's .yarn/cache). */
  readonly hasArchives: boolean;
}

/** Folders below that packages are looked for in; deeper ones hold no workspace of a sane project. */
const DEEPEST = 5;
/** Files of one package that are listed at most. */
const MOST_FILES = 20_000;
const NOT_ENTERED = new Set([
  ".git",
  ".hg",
  ".svn",
  "node_modules",
  "__pycache__",
  "site-packages",
]);

/** `python`: a virtual environment, or a folder of packages; without, those of the project and the one that is active. */
export function placesOf(
  folders: readonly string[],
  python: string | undefined,
  active: string | undefined,
): Places {
  const npm = new Set<string>();
  const environments = new Set<string>();
  let hasArchives = false;
  const look = (folder: string): void => {
    if (isFolder(join(folder, "node_modules"))) npm.add(join(folder, "node_modules"));
    if (isFile(join(folder, ".pnp.cjs"))) hasArchives = true;
    if (isFile(join(folder, "pyvenv.cfg"))) environments.add(folder);
    if (isFolder(join(folder, "__pypackages__"))) environments.add(join(folder, "__pypackages__"));
  };
  const below = (folder: string, depth: number): void => {
    look(folder);
    if (depth === 0 || isFile(join(folder, "pyvenv.cfg"))) return;
    for (const entry of entriesOf(folder))
      if (entry.isDirectory() && !NOT_ENTERED.has(entry.name))
        below(join(folder, entry.name), depth - 1);
  };
  for (const folder of folders) {
    below(folder, DEEPEST);
    for (let at = dirname(folder); ; at = dirname(at)) {
      look(at);
      for (const name of [".venv", "venv"]) if (isFolder(join(at, name))) look(join(at, name));
      if (at === dirname(at)) break;
    }
  }
  const asked =
    python === undefined ? [...environments, ...(active === undefined ? [] : [active])] : [python];
  return {
    npm: [...npm],
    python: [...new Set(asked.flatMap(sitePackages))],
    hasArchives,
  };
}

/** The folders of packages of an environment; the folder itself if packages stand in it. */
function sitePackages(folder: string): readonly string[] {
  const real = realOf(folder);
  if (real === undefined) return [];
  const own = entriesOf(real).some(({ name }) => INFO.test(name)) ? [real] : [];
  const found = ["lib", "lib64", "Lib"].flatMap((lib) => [
    join(real, lib, "site-packages"),
    ...entriesOf(join(real, lib))
      .filter(({ name }) => /^(?:python|pypy)\d/.test(name))
      .flatMap(({ name }) => [
        join(real, lib, name, "site-packages"),
        join(real, lib, name, "dist-packages"),
      ]),
  ]);
  const versions = entriesOf(real)
    .filter(({ name }) => /^\d+\.\d+$/.test(name))
    .map(({ name }) => join(real, name, "lib"));
  return [
    ...new Set([...own, ...[...found, ...versions].map(realOf).filter((one) => one !== undefined)]),
  ];
}

/** All installed copies of it, each once. */
export function findInstalled(name: string, places: Places): readonly Installed[] {
  const seen = new Set<string>();
  const npm = isNpmName(name) ? places.npm.flatMap((at) => npmFolders(at, name, seen)) : [];
  return [...npm.map(npmPackage), ...places.python.flatMap((at) => pythonPackages(at, name))];
}

function isNpmName(name: string): boolean {
  return /^(?:@[\w.~-]+\/)?[\w~-][\w.~-]*$/.test(name);
}

/** `seen` holds what was entered, and the packages that were found: links lead to the same ones. */
function npmFolders(modules: string, name: string, seen: Set<string>): readonly string[] {
  const real = realOf(modules);
  if (real === undefined || seen.has(real)) return [];
  seen.add(real);
  const out: string[] = [];
  const here = realOf(join(real, name));
  if (here !== undefined && isFile(join(here, "package.json")) && !seen.has(`package ${here}`)) {
    seen.add(`package ${here}`);
    out.push(here);
  }
  for (const entry of entriesOf(real)) {
    const at = join(real, entry.name);
    // The stores of pnpm, of Yarn and of npm's linked layout.
    if (entry.name === ".pnpm" || entry.name === ".store")
      for (const inner of entriesOf(at))
        out.push(
          ...npmFolders(join(at, inner.name, "node_modules"), name, seen),
          ...storePackage(join(at, inner.name, "package"), name, seen),
        );
    else if (entry.name.startsWith("@"))
      for (const inner of entriesOf(at))
        out.push(...npmFolders(join(at, inner.name, "node_modules"), name, seen));
    else if (!entry.name.startsWith("."))
      out.push(...npmFolders(join(at, "node_modules"), name, seen));
  }
  return out;
}

function storePackage(at: string, name: string, seen: Set<string>): readonly string[] {
  const real = realOf(at);
  if (real === undefined || seen.has(`package ${real}`)) return [];
  if (manifestOf(real).name !== name) return [];
  seen.add(`package ${real}`);
  return [real];
}

function npmPackage(folder: string): Installed {
  const { name, version } = manifestOf(folder);
  return {
    name: name ?? folder.slice(folder.lastIndexOf(sep) + 1),
    version: version ?? "",
    ecosystem: "npm",
    folder,
    files: filesBelow(folder),
    isLinked: !folder.split(sep).includes("node_modules"),
  };
}

function manifestOf(folder: string): { readonly name?: string; readonly version?: string } {
  try {
    const { name, version } = (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) ??
      {}) as { readonly name?: unknown; readonly version?: unknown };
    return {
      ...(typeof name === "string" ? { name } : {}),
      ...(typeof version === "string" ? { version } : {}),
    };
  } catch {
    return {};
  }
}

const INFO = /^(.+?)-([^-]+)(?:-py[\d.]+[^/]*)?\.(?:dist-info|egg-info)$/;

function pythonPackages(site: string, wanted: string): readonly Installed[] {
  const name = normalised(wanted);
  return entriesOf(site).flatMap((entry) => {
    const match = INFO.exec(entry.name);
    if (match === null || normalised(match[1] as string) !== name) return [];
    const info = join(site, entry.name);
    const listed = recordOf(info);
    const tops = new Set([
      ...listed
        .filter((file) => !file.startsWith(".."))
        .map((file) => file.split("/")[0] as string),
      ...lines(join(info, "top_level.txt")),
    ]);
    // What stands in its folders counts, whether or not the package says that it is its own.
    const found = [...tops].flatMap((top) =>
      isFolder(join(site, top))
        ? filesBelow(join(site, top)).map((file) => `${top}/${file}`)
        : isFile(join(site, `${top}.py`))
          ? [`${top}.py`]
          : [],
    );
    const there = listed.filter((file) => isFile(join(site, file)));
    const direct = editableOf(info);
    const all = [...new Set([...there, ...found])].sort().slice(0, MOST_FILES);
    const base = {
      name: match[1] as string,
      version: match[2] as string,
      ecosystem: "pypi" as const,
    };
    return [
      direct === undefined
        ? { ...base, folder: site, files: all, isLinked: false }
        : { ...base, folder: direct, files: filesBelow(direct), isLinked: true },
    ];
  });
}

/** The first column of RECORD, or the lines of installed-files.txt, which are from the folder of the information. */
function recordOf(info: string): readonly string[] {
  const record = lines(join(info, "RECORD")).map((line) => {
    const quoted = /^"((?:[^"]|"")*)"/.exec(line)?.[1];
    return quoted?.replaceAll('""', '"') ?? (line.split(",")[0] as string);
  });
  if (record.length > 0) return record.map((file) => file.replaceAll("\\", "/"));
  const site = dirname(info);
  return lines(join(info, "installed-files.txt")).map((file) =>
    relative(site, resolve(info, file)).split(sep).join("/"),
  );
}

/** Where a package stands that was installed with `pip install -e`. */
function editableOf(info: string): string | undefined {
  try {
    const said = JSON.parse(readFileSync(join(info, "direct_url.json"), "utf8")) as {
      readonly url?: unknown;
      readonly dir_info?: { readonly editable?: unknown };
    };
    if (said.dir_info?.editable !== true || typeof said.url !== "string") return undefined;
    return realOf(decodeURIComponent(new URL(said.url).pathname));
  } catch {
    return undefined;
  }
}

function lines(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8")
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== "");
  } catch {
    return [];
  }
}

/** Without packages inside it, which have names of their own, and without following links. */
function filesBelow(folder: string): readonly string[] {
  const out: string[] = [];
  const walk = (at: string, prefix: string): void => {
    for (const entry of entriesOf(at)) {
      if (out.length >= MOST_FILES) return;
      if (entry.isFile()) out.push(prefix + entry.name);
      else if (entry.isDirectory() && !NOT_ENTERED.has(entry.name))
        walk(join(at, entry.name), `${prefix}${entry.name}/`);
    }
  };
  walk(folder, "");
  return out.sort();
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}
function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false;
  }
}
function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false;
  }
}
function realOf(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}
