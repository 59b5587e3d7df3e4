/**
 * Which files a scan reads: the named paths walked with .gitignore, the default excludes and --exclude.
 * Invariant: a real folder is entered once, and no link leads out of the named paths.
 */
import { readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import picomatch from "picomatch";
import type { FileId } from "../base/brand.ts";
import type { Problem, SkipReason } from "../engine/api.ts";
import { folderSkip, nameSkip } from "../engine/classify.ts";
import { visible } from "./escape.ts";
import { type IgnoreRules, innerRules, isIgnored, outerRules } from "./gitignore.ts";
import { UsageError } from "./io.ts";

export interface FoundFile {
  readonly file: FileId;
  /** Absolute. */
  readonly path: string;
  /** Given on the command line itself: name and content excludes do not hold for it. */
  readonly named: boolean;
}

export interface SkippedFile {
  readonly file: FileId;
  readonly reason: SkipReason;
}

export interface Discovery {
  /** Files to report on, sorted by id. */
  readonly requested: readonly FoundFile[];
  /** Names of all files that imports may lead to. */
  readonly known: ReadonlySet<FileId>;
  /** Last parts of the paths of files and folders that are excluded. */
  readonly leftOut: ReadonlySet<string>;
  /** Files left out by name, by reason. Folders such as node_modules are counted up to a limit. */
  readonly counts: ReadonlyMap<SkipReason, number>;
  /** The ones left out one by one, to be listed. */
  readonly skipped: readonly SkippedFile[];
  readonly problems: readonly Problem[];
}

export interface DiscoverOptions {
  /** Globs relative to the working directory; without a slash they match names at any depth. */
  readonly exclude: readonly string[];
  /** Whether the engine can analyse a file of this name. */
  readonly wants: (file: FileId) => boolean;
  /** Absolute paths of files that git keeps although its ignore files name them: they are read like all others. */
  readonly kept?: ReadonlySet<string>;
}

/** Entries read at most to count what is in folders that are not scanned, and to learn names around the named paths. */
const COUNT_LIMIT = 50_000;
const NAMES_LIMIT = 100_000;

export function fileId(cwd: string, path: string): FileId {
  return slashes(relative(cwd, path));
}

export function filePath(cwd: string, file: FileId): string {
  return resolve(cwd, file);
}

/** Throws UsageError for a named path that does not exist. */
export function discover(
  cwd: string,
  paths: readonly string[],
  options: DiscoverOptions,
): Discovery {
  const walk: Walk = {
    cwd,
    wants: options.wants,
    excluded: excluder(options.exclude),
    ...keptIn(options.kept ?? new Set()),
    requested: new Map(),
    known: new Set(),
    leftOut: new Set(),
    counts: new Map(),
    skipped: [],
    problems: [],
    folders: new Set(),
    files: new Set(),
    links: [],
    roots: [],
    countBudget: COUNT_LIMIT,
  };
  const targets = paths.map((path) => target(cwd, path));
  walk.roots.push(...targets.filter((t) => t.isFolder).map((t) => t.real));
  for (const t of targets) {
    if (t.isFolder) walkFolder(walk, t.path, t.real, outerRules(t.path, cwd));
    else namedFile(walk, t);
  }
  followLinks(walk);
  for (const root of nameRoots(cwd, targets)) learnNames(walk.known, cwd, root);
  learnLocks(walk.known, cwd);
  return {
    requested: [...walk.requested.values()].sort((a, b) => (a.file < b.file ? -1 : 1)),
    known: walk.known,
    leftOut: walk.leftOut,
    counts: walk.counts,
    skipped: walk.skipped,
    problems: walk.problems,
  };
}

interface Walk {
  readonly cwd: string;
  readonly wants: (file: FileId) => boolean;
  readonly excluded: (file: FileId) => boolean;
  /** What no ignore file leaves out. */
  readonly kept: ReadonlySet<string>;
  /** All folders above what is kept. */
  readonly keptFolders: ReadonlySet<string>;
  readonly requested: Map<FileId, FoundFile>;
  readonly known: Set<FileId>;
  /** Last parts of the paths of what is excluded. */
  readonly leftOut: Set<string>;
  readonly counts: Map<SkipReason, number>;
  readonly skipped: SkippedFile[];
  readonly problems: Problem[];
  /** Real paths seen. */
  readonly folders: Set<string>;
  readonly files: Set<string>;
  readonly links: { path: string; rules: IgnoreRules }[];
  readonly roots: string[];
  countBudget: number;
}

interface Target {
  readonly path: string;
  readonly real: string;
  readonly isFolder: boolean;
}

function target(cwd: string, given: string): Target {
  const path = resolve(cwd, given);
  try {
    const stat = statSync(path);
    return { path, real: realpathSync(path), isFolder: stat.isDirectory() };
  } catch (error) {
    throw new UsageError(`${visible(given)}: ${systemReason(error)}`);
  }
}

function namedFile(walk: Walk, { path, real }: Target): void {
  const file = fileId(walk.cwd, path);
  if (walk.excluded(file)) {
    skip(walk, file, "excluded");
    return;
  }
  if (!walk.wants(file)) {
    walk.problems.push({ file, message: "not a kind of file that is analysed" });
    return;
  }
  walk.files.add(real);
  walk.known.add(file);
  walk.requested.set(file, { file, path, named: true });
}

function walkFolder(walk: Walk, start: string, startReal: string, outer: IgnoreRules): void {
  const waiting = [{ path: start, real: startReal, outer }];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const { path, real } = folder;
    if (walk.folders.has(real)) continue;
    walk.folders.add(real);
    const entries = list(walk, path);
    if (entries === undefined) continue;
    if (path !== start && entries.some((e) => e.name === "pyvenv.cfg")) {
      countInside(walk, path, "vendored");
      continue;
    }
    const rules = entries.some((e) => e.name === ".gitignore")
      ? innerRules(folder.outer, path)
      : folder.outer;
    for (const entry of entries) {
      const child = join(path, entry.name);
      if (entry.isSymbolicLink()) {
        walk.links.push({ path: child, rules });
      } else if (entry.isDirectory()) {
        const reason = folderReason(walk, child, entry.name, rules);
        if (reason === "excluded") walk.leftOut.add(entry.name);
        if (reason !== undefined) countInside(walk, child, reason);
        else waiting.push({ path: child, real: join(real, entry.name), outer: rules });
      } else if (entry.isFile()) {
        foundFile(walk, child, join(real, entry.name), rules);
      }
    }
  }
}

function folderReason(
  walk: Walk,
  path: string,
  name: string,
  rules: IgnoreRules,
): SkipReason | undefined {
  const byName = folderSkip(name);
  if (byName !== undefined) return byName;
  if (walk.excluded(fileId(walk.cwd, path))) return "excluded";
  return isIgnored(rules, path, "folder") && !walk.keptFolders.has(path) ? "excluded" : undefined;
}

function keptIn(kept: ReadonlySet<string>): Pick<Walk, "kept" | "keptFolders"> {
  const keptFolders = new Set<string>();
  for (const path of kept)
    for (let at = dirname(path); !keptFolders.has(at) && dirname(at) !== at; at = dirname(at))
      keptFolders.add(at);
  return { kept, keptFolders };
}

function foundFile(walk: Walk, path: string, real: string, rules: IgnoreRules): void {
  const file = fileId(walk.cwd, path);
  if (walk.files.has(real)) return;
  if (walk.excluded(file) || (isIgnored(rules, path, "file") && !walk.kept.has(path))) {
    walk.leftOut.add(basename(path));
    if (walk.wants(file)) skip(walk, file, "excluded");
    return;
  }
  walk.known.add(file);
  if (!walk.wants(file)) return;
  walk.files.add(real);
  const byName = nameSkip(basename(path));
  if (byName !== undefined) skip(walk, file, byName);
  else walk.requested.set(file, { file, path, named: false });
}

/** Links come last, so that a file is reported under its own name where it has one in the named paths. */
function followLinks(walk: Walk): void {
  for (let link = walk.links.shift(); link !== undefined; link = walk.links.shift()) {
    const { path, rules } = link;
    const file = fileId(walk.cwd, path);
    let real: string;
    let isFolder: boolean;
    try {
      real = realpathSync(path);
      isFolder = statSync(real).isDirectory();
    } catch {
      if (walk.wants(file)) skip(walk, file, "unreadable");
      continue;
    }
    if (!walk.roots.some((root) => isInside(real, root))) {
      if (isFolder || walk.wants(file)) skip(walk, file, "excluded");
    } else if (!isFolder) {
      if (statSync(real).isFile()) foundFile(walk, path, real, rules);
    } else if (folderReason(walk, path, basename(path), rules) === undefined) {
      walkFolder(walk, path, real, rules);
    }
  }
}

function list(walk: Walk, folder: string) {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const file = fileId(walk.cwd, folder) || ".";
    skip(walk, file, "unreadable");
    walk.problems.push({ file, message: `cannot be read: ${systemReason(error)}` });
    return undefined;
  }
}

function skip(walk: Walk, file: FileId, reason: SkipReason): void {
  walk.skipped.push({ file, reason });
  walk.counts.set(reason, (walk.counts.get(reason) ?? 0) + 1);
}

/** How many files would have been analysed in a folder that is left out. */
function countInside(walk: Walk, folder: string, reason: SkipReason): void {
  if (/^\.(?:git|hg|svn)$/.test(basename(folder))) return;
  let count = 0;
  const waiting = [folder];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    for (const entry of quietList(path)) {
      if (--walk.countBudget < 0) break;
      const child = join(path, entry.name);
      if (entry.isDirectory()) waiting.push(child);
      else if (entry.isFile() && walk.wants(fileId(walk.cwd, child))) count++;
    }
  }
  if (count > 0) walk.counts.set(reason, (walk.counts.get(reason) ?? 0) + count);
}

function quietList(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Folders whose file names imports may lead to, beyond the named folders themselves. */
function nameRoots(cwd: string, targets: readonly Target[]): ReadonlySet<string> {
  const roots = new Set<string>();
  for (const { path, isFolder } of targets) {
    if (path === cwd) continue;
    if (isInside(path, cwd)) roots.add(cwd);
    else if (!isInside(cwd, path)) roots.add(isFolder ? path : dirname(path));
  }
  return targets.some(({ path }) => path === cwd) ? new Set() : roots;
}

/** Breadth first and bounded: the nearest names are the likeliest to be imported. */
function learnNames(known: Set<FileId>, cwd: string, root: string): void {
  const waiting = [root];
  let budget = NAMES_LIMIT;
  for (let i = 0; i < waiting.length && budget > 0; i++) {
    const folder = waiting[i] as string;
    for (const entry of quietList(folder)) {
      if (--budget < 0) return;
      const child = join(folder, entry.name);
      if (entry.isFile()) known.add(fileId(cwd, child));
      else if (entry.isDirectory() && folderSkip(entry.name) === undefined) waiting.push(child);
    }
  }
}

/** Lock files above the working directory, up to the root of its repository: they hold for the packages below them. */
function learnLocks(known: Set<FileId>, cwd: string): void {
  const found: FileId[] = [];
  let folder = cwd;
  for (let i = 0; i < NAMES_ABOVE; i++) {
    const names = quietList(folder).map(({ name }) => name);
    if (folder !== cwd)
      for (const name of names) if (LOCK.test(name)) found.push(fileId(cwd, join(folder, name)));
    if (names.includes(".git")) {
      for (const file of found) known.add(file);
      return;
    }
    folder = dirname(folder);
  }
}
const NAMES_ABOVE = 8;
const LOCK = /(?:^|[-.])lock(?:\.json|\.yaml|\.toml|b)?$|^npm-shrinkwrap\.json$/;

/** Throws UsageError for one that is no pattern. */
export function excluder(globs: readonly string[]): (file: FileId) => boolean {
  const matchers = globs.map((glob) => {
    const pattern = glob.replace(/^\.?\//, "").replace(/\/+$/, "");
    try {
      return picomatch(pattern, { dot: true, basename: !pattern.includes("/") });
    } catch {
      throw new UsageError(`--exclude ${visible(glob)}: no glob pattern`);
    }
  });
  return (file) => {
    const plain = file.replace(/^(?:\.\.\/)+/, "");
    // A named file has no walk above it that would have stopped at an excluded folder.
    for (let at = plain.indexOf("/"); at !== -1; at = plain.indexOf("/", at + 1))
      if (matchers.some((matches) => matches(plain.slice(0, at)))) return true;
    return plain !== "" && matchers.some((matches) => matches(plain));
  };
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function slashes(path: string): string {
  return sep === "/" ? path : path.split(sep).join("/");
}

/** The reason of a failed system call, without the path that Node puts into its message. */
export function systemReason(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  switch (code) {
    case "ENOENT":
      return "no such file or folder";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "EEXIST":
      return "something of that name is there, such as a link that leads nowhere";
    case "EISDIR":
      return "is a folder";
    case "ENOTDIR":
      return "a part of the path is not a folder";
    case "ELOOP":
      return "a loop of symbolic links";
    case "ENOSPC":
      return "no space left";
    case "EROFS":
      return "the file system is read-only";
    case "ENAMETOOLONG":
      return "the name is too long";
    default:
      return typeof code === "string" ? code : "cannot be used";
  }
}
