/** Commits, and the files of a commit, read without touching the working tree. */
import { rootOf } from "./repository.ts";
import { ask, type GitProblem, isProblem, parts, type RunGit } from "./run.ts";

export interface Commit {
  readonly name: string;
  /** When it was committed, in milliseconds. */
  readonly time: number;
  /** Address of its author. */
  readonly mail: string;
}

/** The first line of development that leads to HEAD, the newest first; at most `most` commits. [] without any commit. */
export async function firstParents(
  run: RunGit,
  folder: string,
  most: number,
): Promise<readonly Commit[] | GitProblem> {
  const commits = await log(run, folder, ["--first-parent", `--max-count=${most}`]);
  return isProblem(commits) && !(await hasCommit(run, folder)) ? [] : commits;
}

/** Commits that lead to `newer` and not to `older`, on all lines of development; at most `most`. */
export function commitsBetween(
  run: RunGit,
  folder: string,
  older: string,
  newer: string,
  most: number,
): Promise<readonly Commit[] | GitProblem> {
  return log(run, folder, [`--max-count=${most}`, `${older}..${newer}`]);
}

async function log(
  run: RunGit,
  folder: string,
  range: readonly string[],
): Promise<readonly Commit[] | GitProblem> {
  const format = "--format=%H%x00%ct%x00%ae";
  const text = await ask(run, folder, ["log", "--no-show-signature", format, ...range, "--"]);
  if (isProblem(text)) return text;
  return text.split("\n").flatMap((line) => {
    const [name, time, mail] = line.split("\0");
    if (name === undefined || name === "" || time === undefined || mail === undefined) return [];
    return [{ name, time: Number(time) * 1000, mail }];
  });
}

export async function hasCommit(run: RunGit, folder: string): Promise<boolean> {
  return !isProblem(await ask(run, folder, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]));
}

/** Where HEAD stands. */
export interface Head {
  /** Undefined where nothing was committed. */
  readonly commit: string | undefined;
  /** Undefined where HEAD is detached. */
  readonly branch: string | undefined;
  /** Older commits are not here. */
  readonly isShallow: boolean;
  /** The path of the folder that was asked about, from the root: "" or "api/". */
  readonly prefix: string;
}

/** A problem outside of a repository, or without git. */
export async function headOf(run: RunGit, folder: string): Promise<Head | GitProblem> {
  const root = await rootOf(run, folder);
  if (isProblem(root)) return root;
  const prefix = await ask(run, folder, ["rev-parse", "--show-prefix"]);
  if (isProblem(prefix)) return prefix;
  const line = async (...asked: readonly string[]): Promise<string | undefined> => {
    const text = await ask(run, folder, asked);
    return isProblem(text) || text.trim() === "" ? undefined : text.trim();
  };
  return {
    commit: await line("rev-parse", "--verify", "--quiet", "HEAD^{commit}"),
    branch: await line("symbolic-ref", "--quiet", "--short", "HEAD"),
    isShallow: (await line("rev-parse", "--is-shallow-repository")) === "true",
    prefix: prefix.replace(/\r?\n$/, ""),
  };
}

export interface Blob {
  /** From the folder that was asked about, with "/". */
  readonly path: string;
  /** Its name in git: equal names, equal bytes. */
  readonly id: string;
  /** In bytes. */
  readonly size: number;
}

export interface Tree {
  readonly blobs: readonly Blob[];
  /** Paths of other repositories that it names, whose files are not in it. */
  readonly submodules: readonly string[];
}

/** The files of a commit below a folder, without links. */
export async function treeAt(
  run: RunGit,
  folder: string,
  commit: string,
): Promise<Tree | GitProblem> {
  const text = await ask(run, folder, ["ls-tree", "-r", "-z", "-l", commit]);
  if (isProblem(text)) return text;
  const blobs: Blob[] = [];
  const submodules: string[] = [];
  for (const entry of parts(text)) {
    const match = /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(entry);
    if (match === null) continue;
    const [, mode, kind, id, size, path] = match as unknown as string[] as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    if (kind === "commit") submodules.push(path);
    else if (kind === "blob" && mode.startsWith("100"))
      blobs.push({ path, id, size: Number(size) });
  }
  return { blobs, submodules };
}

/** So many bytes are asked for in one call. */
const AT_ONCE = 8 * 1024 * 1024;

/** The bytes of blobs by their names, a few at a time; those that are not here are left out. */
export async function* readBlobs(
  run: RunGit,
  folder: string,
  blobs: readonly Blob[],
): AsyncGenerator<{ readonly id: string; readonly bytes: Uint8Array }, GitProblem | undefined> {
  for (let at = 0; at < blobs.length; ) {
    const some: Blob[] = [];
    for (let size = 0; at < blobs.length && (some.length === 0 || size < AT_ONCE); at++) {
      const blob = blobs[at] as Blob;
      some.push(blob);
      size += blob.size;
    }
    const input = some.map(({ id }) => `${id}\n`).join("");
    const text = await ask(run, folder, ["cat-file", "--batch"], { input, isBytes: true });
    if (isProblem(text)) return text;
    for (const one of batchOf(text)) yield one;
  }
  return undefined;
}

/** `git cat-file --batch`: "ID blob SIZE", a line feed, the bytes and a line feed; or "ID missing" and a line feed. */
function* batchOf(text: string): Generator<{ readonly id: string; readonly bytes: Uint8Array }> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    if (end < 0) return;
    const head = /^([0-9a-f]+) blob (\d+)$/.exec(text.slice(at, end));
    at = end + 1;
    if (head === null) continue;
    const size = Number(head[2]);
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; i++) bytes[i] = text.charCodeAt(at + i);
    at += size + 1;
    yield { id: head[1] as string, bytes };
  }
}

export interface ChangedPaths {
  readonly commit: string;
  /** In milliseconds. */
  readonly time: number;
  /** The first line of its message. */
  readonly subject: string;
  /** From the root of the repository, with "/": what it adds, changes, renames or deletes, against its first parent. */
  readonly paths: readonly string[];
}

/** So many commits are named in one call. */
const COMMITS_AT_ONCE = 200;

/** What stands before each commit. */
const ENTRY = new RegExp(`${String.fromCharCode(1)}(?=[0-9a-f]{40,64}${String.fromCharCode(0)})`);

/** What commits changed; those that git does not know are left out. */
export async function changedPaths(
  run: RunGit,
  folder: string,
  commits: readonly string[],
): Promise<readonly ChangedPaths[] | GitProblem> {
  const out: ChangedPaths[] = [];
  for (let at = 0; at < commits.length; at += COMMITS_AT_ONCE) {
    const text = await ask(run, folder, [
      "show",
      "--no-show-signature",
      "--no-ext-diff",
      "--no-textconv",
      "--diff-merges=first-parent",
      "--no-renames",
      "--name-only",
      "-z",
      "--format=%x01%H%x00%ct%x00%s",
      ...commits.slice(at, at + COMMITS_AT_ONCE),
      "--",
    ]);
    if (isProblem(text)) return text;
    for (const part of text.split(ENTRY)) {
      const [commit, time, subject, ...paths] = part.split("\0");
      if (commit === undefined || commit === "" || subject === undefined) continue;
      // Between the message and the names stands a line feed.
      const names = paths.map((path, i) => (i === 0 ? path.replace(/^\n/, "") : path));
      out.push({
        commit,
        time: Number(time) * 1000,
        subject,
        paths: names.filter((path) => path !== ""),
      });
    }
  }
  return out;
}
