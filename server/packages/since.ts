/** Which manifests and lock files a change touches, and what it does to the packages: git says the former texts. */
import { rawEntries } from "../git/changes.ts";
import { readBlobs } from "../git/history.ts";
import { type Base, nameOf, rootOf, treeOf, untracked } from "../git/repository.ts";
import { ask, type GitProblem, isProblem, parts, type RunGit } from "../git/run.ts";
import { DECLARING, hasOwnIndex } from "../rule/declared.ts";
import { LOCK_NAMES, lockFile } from "../rule/lockfile.ts";
import { manifestFault, NPM_LOCKS, normalised, PYTHON_LOCKS } from "../rule/manifest.ts";
import type { FileDiff, PackagesDiff } from "./diff.ts";
import { type LockState, type LookAlike, lockChanges, type UnknownName } from "./lock-diff.ts";
import { asked, manifestChanges, scriptNotes } from "./manifest-diff.ts";

export type Read = { readonly text: string } | { readonly problem: string };

export interface Since {
  readonly run: RunGit;
  /** Any folder of the repository, an absolute path. */
  readonly folder: string;
  readonly base: Base;
  /** The present text of a file of the repository; undefined for one that is not there. */
  readonly read: (root: string, path: string) => Promise<Read | undefined>;
  /** False for files that are not asked about; paths are from the root, with "/". */
  readonly accepts: (root: string, path: string) => boolean;
  readonly lookAlike: LookAlike;
  readonly unknownName: UnknownName;
}

/** Of a repository with more of them, the nearest to the lock file are asked. */
const MOST_MANIFESTS = 500;

export async function packagesSince(since: Since): Promise<PackagesDiff | GitProblem> {
  const { run, folder, base } = since;
  const root = await rootOf(run, folder);
  if (isProblem(root)) return root;
  const tree = await treeOf(run, root, base);
  if (isProblem(tree)) return tree;
  const changed = await changedFiles(run, root, tree);
  if (isProblem(changed)) return changed;
  const texts = textsOf(since, root, changed);
  const files: FileDiff[] = [];
  const problems: { readonly file: string; readonly message: string }[] = [];
  for (const { path, isNew } of changed.values()) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (!isPackageFile(name) || !since.accepts(root, path)) continue;
    const [was, is] = [isNew ? undefined : await texts.was(path), await texts.is(path)];
    const fault = faultOf(name, was, "it was before") ?? faultOf(name, is, "it is now");
    if (fault !== undefined) {
      problems.push({ file: path, message: fault });
      continue;
    }
    const [before, after] = [textIn(was), textIn(is)];
    if (before === undefined && after === undefined) continue;
    const status = before === undefined ? "added" : after === undefined ? "removed" : "changed";
    const isLock = LOCK_NAMES.test(name);
    const changes = isLock
      ? lockChanges(
          await stateOf(path, before, texts.was, texts),
          await stateOf(path, after, texts.is, texts),
          since.lookAlike,
        )
      : manifestChanges(
          name,
          before,
          after,
          since.lookAlike,
          after === undefined ? () => undefined : await unknownAt(path, after, texts, since),
        );
    const notes = isLock ? [] : scriptNotes(name, before, after);
    if (changes.length === 0 && notes.length === 0) continue;
    files.push({ file: path, kind: isLock ? "lock" : "manifest", status, changes, notes });
  }
  return {
    since: nameOf(base),
    files: files.toSorted(byPath),
    problems: problems.toSorted(byPath),
  };
}

const PIP_SETTINGS = ["pip.conf", "pip.ini", "uv.toml"];
const OTHER_NPM = /^\s*(?:@[\w.-]+:)?registry\s*=(?!\s*https:\/\/registry\.npmjs\.org)/m;

/** What a lock file has, somebody has found; and where another registry is asked too, nothing is known. */
async function unknownAt(
  path: string,
  text: string,
  texts: Texts,
  { unknownName }: Since,
): Promise<UnknownName> {
  const base = path.slice(path.lastIndexOf("/") + 1);
  if (base !== "package.json" && hasOwnIndex(base, text)) return () => undefined;
  const locked = new Set<string>();
  const above = path.split("/").slice(0, -1);
  for (let depth = above.length; depth >= 0; depth--) {
    const folder = above
      .slice(0, depth)
      .map((name) => `${name}/`)
      .join("");
    const settings = base === "package.json" ? [".npmrc"] : PIP_SETTINGS;
    for (const name of settings) {
      const said = textIn(await texts.is(folder + name));
      if (said === undefined) continue;
      if (base !== "package.json" || OTHER_NPM.test(said)) return () => undefined;
    }
    for (const name of base === "package.json" ? NPM_LOCKS : PYTHON_LOCKS) {
      const lock = LOCK_NAMES.test(name) ? textIn(await texts.is(folder + name)) : undefined;
      for (const one of lock === undefined ? [] : (lockFile(name, lock)?.packages ?? []))
        locked.add(base === "package.json" ? one.name : normalised(one.name));
    }
  }
  return (ecosystem, name) => (locked.has(name) ? undefined : unknownName(ecosystem, name));
}

const byPath = (a: { readonly file: string }, b: { readonly file: string }): number =>
  a.file < b.file ? -1 : 1;

/** Lock files that nobody reads here are among them: that they changed has to be said. */
function isPackageFile(name: string): boolean {
  return (
    LOCK_NAMES.test(name) || DECLARING.test(name) || [...NPM_LOCKS, ...PYTHON_LOCKS].includes(name)
  );
}

interface ChangedFile {
  readonly path: string;
  /** What git calls its former text. */
  readonly before: string;
  readonly isNew: boolean;
}

async function changedFiles(
  run: RunGit,
  root: string,
  tree: string,
): Promise<ReadonlyMap<string, ChangedFile> | GitProblem> {
  const [raw, others] = await Promise.all([
    ask(run, root, [
      "diff",
      "--no-ext-diff",
      "--no-textconv",
      "--find-renames",
      "--raw",
      "-z",
      "--abbrev=64",
      tree,
      "--",
    ]),
    untracked(run, root),
  ]);
  if (isProblem(raw)) return raw;
  if (isProblem(others)) return others;
  const out = new Map<string, ChangedFile>();
  for (const { path, status, before } of rawEntries(raw))
    out.set(path, { path, before: before ?? `${tree}:${path}`, isNew: status === "A" });
  for (const path of others) out.set(path, { path, before: "", isNew: true });
  return out;
}

interface Texts {
  readonly is: (path: string) => Promise<Read | undefined>;
  readonly was: (path: string) => Promise<Read | undefined>;
  /** Manifests that there are or were, by path. */
  readonly manifests: () => Promise<readonly string[]>;
}

function textsOf(
  { run, read }: Since,
  root: string,
  changed: ReadonlyMap<string, ChangedFile>,
): Texts {
  const known = new Map<string, Promise<Read | undefined>>();
  const kept = (key: string, make: () => Promise<Read | undefined>): Promise<Read | undefined> => {
    const now = known.get(key) ?? make();
    known.set(key, now);
    return now;
  };
  const is = (path: string): Promise<Read | undefined> =>
    kept(`is ${path}`, () => read(root, path));
  let listed: Promise<readonly string[]> | undefined;
  return {
    is,
    was(path) {
      const entry = changed.get(path);
      if (entry === undefined) return is(path);
      if (entry.isNew) return Promise.resolve(undefined);
      return kept(`was ${path}`, () => formerText(run, root, entry.before));
    },
    manifests() {
      listed ??= ask(run, root, ["ls-files", "-z"]).then((text) => {
        const all = new Set([...(isProblem(text) ? [] : parts(text)), ...changed.keys()]);
        return [...all].filter((path) => DECLARING.test(path.slice(path.lastIndexOf("/") + 1)));
      });
      return listed;
    },
  };
}

async function formerText(run: RunGit, root: string, id: string): Promise<Read | undefined> {
  const blobs = readBlobs(run, root, [{ path: "", id, size: 0 }]);
  const { done, value } = await blobs.next();
  if (done === true) return value === undefined ? undefined : { problem: value.message };
  return { text: new TextDecoder().decode(value.bytes) };
}

function textIn(read: Read | undefined): string | undefined {
  return read !== undefined && "text" in read ? read.text : undefined;
}

/** Why one of its states cannot be compared; undefined if it can, or there is none. */
function faultOf(name: string, read: Read | undefined, when: string): string | undefined {
  if (read === undefined) return undefined;
  if ("problem" in read) return `as ${when}, it cannot be read: ${read.problem}`;
  if (!LOCK_NAMES.test(name) && !DECLARING.test(name)) return "this kind of lock file is not read";
  if (/^(?:<{7}|>{7}) /m.test(read.text)) return `as ${when}, it has marks of a merge conflict`;
  const fault = manifestFault(name, read.text);
  return fault === undefined ? undefined : `as ${when}, it is ${fault.split(":")[0]}`;
}

async function stateOf(
  path: string,
  text: string | undefined,
  textAt: Texts["is"],
  { manifests }: Texts,
): Promise<LockState | undefined> {
  const cut = path.lastIndexOf("/") + 1;
  if (text === undefined) return undefined;
  const name = path.slice(cut);
  // One without packages has no list of them.
  const lock = lockFile(name, text) ?? {
    ecosystem: PYTHON_LOCKS.includes(name) ? ("python" as const) : ("npm" as const),
    packages: [],
  };
  const direct = new Set<string>();
  const folder = path.slice(0, cut);
  const near = (await manifests())
    .filter((one) => one.startsWith(folder))
    .toSorted((a, b) => a.split("/").length - b.split("/").length)
    .slice(0, MOST_MANIFESTS);
  for (const one of near) {
    const base = one.slice(one.lastIndexOf("/") + 1);
    if ((base === "package.json") !== (lock.ecosystem === "npm")) continue;
    const manifest = textIn(await textAt(one));
    for (const { name: own } of manifest === undefined ? [] : asked(base, manifest))
      direct.add(own);
  }
  return { lock, direct };
}
