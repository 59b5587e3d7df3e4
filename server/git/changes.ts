/** Which files, and which lines of them, differ between a tree and the working tree. */
import { type Base, rootOf, treeOf, untracked } from "./repository.ts";
import { ask, type GitProblem, isProblem, parts, type RunGit } from "./run.ts";

export interface Changes {
  readonly kind: "changes";
  /** Of the working tree, an absolute path. */
  readonly root: string;
  /** The path of the folder that was asked about, from the root: "" or "api/". */
  readonly prefix: string;
  /** Files that are new or different, as paths from the root with "/". Those that were deleted are not among them. */
  readonly files: ReadonlySet<string>;
  /** The changed lines of each, from 1 with the last included; a file that git does not know yet is missing here. */
  readonly lines: ReadonlyMap<string, readonly Lines[]>;
}

export type Lines = readonly [first: number, last: number];

/** Submodules in submodules in submodules. */
const DEPTH = 8;

const DIFF = [
  "diff",
  "--no-ext-diff",
  "--no-textconv",
  "--find-renames",
  "--ignore-submodules=none",
  // A repository may set it, and hunks then hold lines that did not change.
  "--inter-hunk-context=0",
];

/** Compares the working tree that holds `folder`, whatever is staged of it, with `base`. */
export async function changesSince(
  run: RunGit,
  folder: string,
  base: Base,
): Promise<Changes | GitProblem> {
  const root = await rootOf(run, folder);
  if (isProblem(root)) return root;
  const tree = await treeOf(run, root, base);
  if (isProblem(tree)) return tree;
  const prefix = await ask(run, folder, ["rev-parse", "--show-prefix"]);
  if (isProblem(prefix)) return prefix;
  const files = new Set<string>();
  const lines = new Map<string, readonly Lines[]>();
  const wrong = await collect(run, root, "", tree, DEPTH, files, lines);
  if (wrong !== undefined) return wrong;
  return { kind: "changes", root, prefix: prefix.replace(/\r?\n$/, ""), files, lines };
}

async function collect(
  run: RunGit,
  root: string,
  prefix: string,
  tree: string,
  depth: number,
  files: Set<string>,
  lines: Map<string, readonly Lines[]>,
): Promise<GitProblem | undefined> {
  const folder = prefix === "" ? root : `${root}/${prefix.slice(0, -1)}`;
  const [raw, patch, others] = await Promise.all([
    ask(run, folder, [...DIFF, "--raw", "-z", "--abbrev=64", tree, "--"]),
    ask(run, folder, [
      ...DIFF,
      "-z",
      "--unified=0",
      "--submodule=short",
      "--src-prefix=a/",
      "--dst-prefix=b/",
      tree,
      "--",
    ]),
    untracked(run, folder),
  ]);
  if (isProblem(raw)) return raw;
  if (isProblem(patch)) return patch;
  if (isProblem(others)) return others;
  for (const [path, changed] of changedLines(patch)) lines.set(prefix + path, changed);
  for (const path of others) files.add(prefix + path);
  const hasBinary = /^Binary files .* differ$/m.test(patch);
  for (const { path, status, mode, before, hasOtherText } of rawEntries(raw)) {
    if (status === "D") continue;
    if (mode !== SUBMODULE) {
      files.add(prefix + path);
      // Renamed, or of another mode: no line differs. Of what attributes call binary git shows no lines: all of them count.
      if (!lines.has(prefix + path) && !(hasOtherText ?? hasBinary)) lines.set(prefix + path, []);
      continue;
    }
    const sub = `${prefix}${path}`;
    if (depth === 0 || !(await isWorkingTree(run, `${root}/${sub}`))) continue;
    const old = await submoduleTree(run, `${root}/${sub}`, before);
    if (isProblem(old)) return old;
    const wrong = await collect(run, root, `${sub}/`, old, depth - 1, files, lines);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

const SUBMODULE = "160000";

interface RawEntry {
  readonly path: string;
  /** A letter: A, C, D, M, R, T, U. */
  readonly status: string;
  /** The mode that it has now. */
  readonly mode: string;
  /** The object that it was; undefined for one that is new. */
  readonly before: string | undefined;
  /** Undefined where the mode is another one, and perhaps the text. */
  readonly hasOtherText: boolean | undefined;
}

/** `git diff --raw -z`: ":old-mode new-mode old new status", NUL, the path, and the new path of a rename or copy. */
export function rawEntries(text: string): RawEntry[] {
  const out: RawEntry[] = [];
  const fields = parts(text);
  for (let at = 0; at < fields.length; ) {
    const head = /^:(\d+) (\d+) ([0-9a-f]+) [0-9a-f]+ ([A-Z])(\d*)$/.exec(fields[at++] ?? "");
    if (head === null) continue;
    const [, oldMode, newMode, old, status, likeness] = head as unknown as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const isMoved = status === "R" || status === "C";
    if (isMoved) at++;
    const path = fields[at++];
    if (path === undefined) break;
    const isSame = oldMode === newMode && !/^0+$/.test(old);
    const isChmod = status === "M" && oldMode !== newMode;
    const hasOtherText = isMoved ? Number(likeness) < 100 : isChmod ? undefined : true;
    out.push({ path, status, mode: newMode, before: isSame ? old : undefined, hasOtherText });
  }
  return out;
}

/** `git diff -z --unified=0`: the lines of the new text in each file's hunks. What was only taken away marks the line before. */
export function changedLines(patch: string): Map<string, readonly Lines[]> {
  const out = new Map<string, readonly Lines[]>();
  let changed: Lines[] | undefined;
  let left = 0;
  for (const line of patch.split("\n")) {
    if (left > 0) {
      // "\ No newline at end of file" counts for no line.
      if (!line.startsWith("\\")) left--;
      continue;
    }
    if (line.startsWith("+++ ")) {
      const path = headerPath(line.slice(4));
      changed = [];
      if (path !== undefined) out.set(path, changed);
      continue;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk === null) continue;
    const removed = hunk[1] === undefined ? 1 : Number(hunk[1]);
    const first = Number(hunk[2]);
    const added = hunk[3] === undefined ? 1 : Number(hunk[3]);
    left = removed + added;
    changed?.push(
      added === 0 ? [Math.max(1, first), Math.max(1, first)] : [first, first + added - 1],
    );
  }
  return out;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** Of a header "b/path", with a tab behind a path that has a space, or in quotation marks when it has other characters. */
function headerPath(text: string): string | undefined {
  const quoted = /^"(.*)"$/.exec(text)?.[1];
  const plain =
    quoted === undefined
      ? text.replace(/\t$/, "")
      : quoted.replace(/\\(?:([0-7]{3})|(.))/g, (_, octal?: string, letter?: string) =>
          octal === undefined
            ? (ESCAPES[letter ?? ""] ?? letter ?? "")
            : String.fromCharCode(Number.parseInt(octal, 8)),
        );
  return plain.startsWith("b/") ? plain.slice(2) : undefined;
}

/** True if any of these lines, from 1, differs, or the file is new. */
export function isChanged(changes: Changes, path: string, first: number, last: number): boolean {
  if (!changes.files.has(path)) return false;
  const lines = changes.lines.get(path);
  return lines === undefined || lines.some(([from, to]) => from <= last && first <= to);
}

/** False for the empty folder of a submodule that was never fetched: git would answer for the repository around it. */
async function isWorkingTree(run: RunGit, folder: string): Promise<boolean> {
  const prefix = await ask(run, folder, ["rev-parse", "--show-prefix"]);
  return !isProblem(prefix) && prefix.trim() === "";
}

async function submoduleTree(
  run: RunGit,
  folder: string,
  before: string | undefined,
): Promise<string | GitProblem> {
  if (before !== undefined) return treeOf(run, folder, { kind: "commit", name: before });
  const text = await ask(run, folder, ["hash-object", "-t", "tree", "--stdin"]);
  return isProblem(text) ? text : text.trim();
}
