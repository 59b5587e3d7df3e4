/** What a repository is compared with: its root, the commit that a name means, and where two lines of work part. */
import { ask, type GitProblem, isProblem, parts, problem, problemOf, type RunGit } from "./run.ts";

/** What the working tree is compared with. */
export type Base =
  /** A commit by any name that git knows: HEAD, a branch, a tag, a hash. */
  | { readonly kind: "commit"; readonly name: string }
  /** The commit in which the work on HEAD left this branch. */
  | { readonly kind: "merge-base"; readonly branch: string };

export const HEAD: Base = { kind: "commit", name: "HEAD" };

/** "main" is a commit, "main..." the merge base with it, as git itself writes it. */
export function baseOf(text: string): Base {
  const name = text.trim();
  if (name.endsWith("...")) return { kind: "merge-base", branch: name.slice(0, -3) || "HEAD" };
  return { kind: "commit", name: name === "" ? "HEAD" : name };
}

/** "HEAD", "main", "the merge base with main" */
export function nameOf(base: Base): string {
  return base.kind === "commit" ? base.name : `the merge base with ${base.branch}`;
}

/** The absolute path of the working tree that holds a folder. */
export async function rootOf(run: RunGit, folder: string): Promise<string | GitProblem> {
  const answer = await run(folder, ["rev-parse", "--show-toplevel"]);
  // The path may end in a space: only the line's end goes.
  if (answer.kind === "done") return answer.stdout.replace(/\r?\n$/, "");
  if (answer.kind !== "failed") return problemOf(answer);
  if (/not a git repository/i.test(answer.said))
    return problem("this folder is not in a git repository");
  return problemOf(answer);
}

/**
 * The tree to compare with, as a hash. In a repository without a commit HEAD is the empty tree, so that everything counts
 * as changed.
 */
export async function treeOf(run: RunGit, root: string, base: Base): Promise<string | GitProblem> {
  if (base.kind === "merge-base") return mergeBase(run, root, base.branch);
  const commit = await commitOf(run, root, base.name);
  if (commit !== undefined) return commit;
  if (base.name === "HEAD") return emptyTree(run, root);
  return problem(`git knows no commit by the name ${base.name}${await hint(run, root)}`);
}

/** The branch that others start from: the one a clone got, else the one that new repositories begin with. */
export async function defaultBranch(run: RunGit, root: string): Promise<string | undefined> {
  const remote = await line(run, root, [
    "symbolic-ref",
    "--quiet",
    "--short",
    "refs/remotes/origin/HEAD",
  ]);
  const configured = await line(run, root, ["config", "--get", "init.defaultBranch"]);
  for (const name of [remote, configured, "main", "master"])
    if (name !== undefined && (await commitOf(run, root, name)) !== undefined) return name;
  return undefined;
}

/** Local branches, the one committed to last first. */
export async function branches(run: RunGit, root: string): Promise<readonly string[]> {
  const text = await ask(run, root, [
    "for-each-ref",
    "--sort=-committerdate",
    "--count=200",
    "--format=%(refname:short)",
    "refs/heads",
  ]);
  return isProblem(text) ? [] : text.split("\n").filter((name) => name !== "");
}

/** Files that git knows in this tree, and files that it neither knows nor ignores, as paths from the root. */
export async function untracked(
  run: RunGit,
  root: string,
): Promise<readonly string[] | GitProblem> {
  const text = await ask(run, root, ["ls-files", "--others", "--exclude-standard", "-z"]);
  return isProblem(text) ? text : parts(text);
}

async function mergeBase(run: RunGit, root: string, branch: string): Promise<string | GitProblem> {
  const other = await commitOf(run, root, branch);
  if (other === undefined)
    return problem(`git knows no branch by the name ${branch}${await hint(run, root)}`);
  if ((await commitOf(run, root, "HEAD")) === undefined) return emptyTree(run, root);
  const found = await line(run, root, ["merge-base", other, "HEAD"]);
  if (found !== undefined) return found;
  return problem(`HEAD and ${branch} have no commit in common${await hint(run, root)}`);
}

async function commitOf(run: RunGit, root: string, name: string): Promise<string | undefined> {
  // It would be read as an option.
  if (name.startsWith("-")) return undefined;
  return line(run, root, ["rev-parse", "--verify", "--quiet", `${name}^{commit}`]);
}

async function emptyTree(run: RunGit, root: string): Promise<string | GitProblem> {
  const text = await ask(run, root, ["hash-object", "-t", "tree", "--stdin"]);
  return isProblem(text) ? text : text.trim();
}

/** In a shallow clone the missing commit may only not be here. */
async function hint(run: RunGit, root: string): Promise<string> {
  const shallow = await line(run, root, ["rev-parse", "--is-shallow-repository"]);
  return shallow === "true"
    ? ". This clone is shallow and lacks older commits; get them with: git fetch --unshallow"
    : "";
}

async function line(
  run: RunGit,
  root: string,
  arguments_: readonly string[],
): Promise<string | undefined> {
  const text = await ask(run, root, arguments_);
  const first = isProblem(text) ? "" : (text.split("\n")[0] ?? "").trim();
  return first === "" ? undefined : first;
}
