/** Who is declared to have written each line of the files: by the commit that git gives for it, or by records of edits. */
import { hash128 } from "../base/hash.ts";
import { type Blame, blameOf } from "../git/blame.ts";
import { headOf, treeAt } from "../git/history.ts";
import { isProblem } from "../git/run.ts";
import { readTraces, TRACES } from "../origin/agent-trace.ts";
import type { Evidence, MarkedSpan } from "../origin/mark.ts";
import { type Declarations, declarationsOf, evidenceFor } from "./declared.ts";
import type { Group, UnknownReason } from "./report.ts";
import { Cancelled, type Git, type Pace } from "./subject.ts";

/** Longer files are not blamed. */
const MOST_LINES = 30_000;
const AT_ONCE = 3;

export interface AskedFile {
  /** From the folder, with "/". */
  readonly path: string;
  /** The engine's text. */
  readonly text: string;
  readonly marks: readonly MarkedSpan[];
  readonly isSaved: boolean;
}

export interface Line {
  readonly group: Group;
  readonly why?: UnknownReason;
  /** That it is of. */
  readonly commit?: string;
}

/** By line from 0; undefined for one that is blank. */
export type FileLines = readonly (Line | undefined)[];

export interface Written {
  /** By path. */
  readonly files: ReadonlyMap<string, FileLines>;
  /** Files that git could not say anything of, and for which there was no time. */
  readonly refused: readonly string[];
  readonly late: number;
}

/**
 * Asks git about each file, for a limited time. The order has nothing to do with what is found in a file: where time runs out,
 * the files that were asked about are still a fair sample.
 */
export async function whoWrote(
  files: readonly AskedFile[],
  git: Git | undefined,
  pace: Pace,
): Promise<Written> {
  const blames = new Map<string, { readonly blame: Blame; readonly root: string }>();
  const refused: string[] = [];
  let late = 0;
  const order = files
    .map((file) => ({ file, key: hash128(file.path) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ file }) => file);
  const until = pace.clock() + pace.limits.blame;
  const isNew = git === undefined ? () => false : await newFiles(git);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let file = order[next++]; git !== undefined && file !== undefined; file = order[next++]) {
      if (pace.isCancelled()) throw new Cancelled();
      if (isNew(file.path)) continue;
      if (pace.clock() > until) {
        late++;
        continue;
      }
      pace.progress(`asking git about ${Math.min(next, order.length)} of ${order.length}`);
      const root = await git.rootOf(file.path);
      const blame = root === undefined ? undefined : await blameIn(git, file.path);
      if (blame === undefined || root === undefined) refused.push(file.path);
      else blames.set(file.path, { blame, root });
      await pace.rest();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const known = git === undefined ? undefined : await declaredIn(git, [...blames.values()]);
  const noAnswer = new Set(refused);
  const missing = (path: string): UnknownReason => {
    if (git === undefined || noAnswer.has(path)) return "notBlamed";
    return isNew(path) ? "notCommitted" : "noTime";
  };
  const out = new Map<string, FileLines>();
  for (const file of files) {
    const found = blames.get(file.path);
    const why = missing(file.path);
    out.set(file.path, linesOf(file, found?.blame, known?.get(found?.root ?? ""), why));
  }
  return { files: out, refused: refused.sort(), late };
}

/** Of them git has nothing to say: they are in no commit. Submodules are other repositories, and are asked. */
async function newFiles({ run, folder }: Git): Promise<(path: string) => boolean> {
  const tree = await treeAt(run, folder, "HEAD");
  if (isProblem(tree)) return () => false;
  const known = new Set(tree.blobs.map(({ path }) => path));
  return (path) => !known.has(path) && !tree.submodules.some((sub) => path.startsWith(`${sub}/`));
}

async function blameIn({ run, folder }: Git, path: string): Promise<Blame | undefined> {
  const at = path.lastIndexOf("/");
  const inside = at < 0 ? folder : `${folder}/${path.slice(0, at)}`;
  const blame = await blameOf(run, inside, path.slice(at + 1));
  return isProblem(blame) || blame.lines.length > MOST_LINES ? undefined : blame;
}

interface Known {
  readonly declared: Declarations;
  readonly isShallow: boolean;
}

/** By the roots of the repositories. */
async function declaredIn(
  { run, readAbsolute }: Git,
  blames: readonly { readonly blame: Blame; readonly root: string }[],
): Promise<ReadonlyMap<string, Known>> {
  const commits = new Map<string, Set<string>>();
  for (const { blame, root } of blames) {
    const all = commits.get(root) ?? new Set();
    commits.set(root, all);
    for (const commit of blame.commits.keys()) if (!/^0+$/.test(commit)) all.add(commit);
  }
  const out = new Map<string, Known>();
  for (const [root, all] of commits) {
    const traces = readTraces((await readAbsolute(`${root}/${TRACES}`)) ?? "");
    const head = await headOf(run, root);
    out.set(root, {
      declared: await declarationsOf(run, root, [...all], traces),
      isShallow: !isProblem(head) && head.isShallow,
    });
  }
  return out;
}

function linesOf(
  { text, marks, isSaved }: AskedFile,
  blame: Blame | undefined,
  known: Known | undefined,
  missing: UnknownReason,
): FileLines {
  const lines = text.split("\n");
  const length = lines[lines.length - 1] === "" ? lines.length - 1 : lines.length;
  // Of another text than the one on the disk: which line is which is not known.
  const fits = isSaved && blame?.lines.length === length;
  let start = 0;
  return lines.map((line, i) => {
    const from = start;
    start += line.length + 1;
    if (line.trim() === "") return undefined;
    const commit = fits ? blame.lines[i]?.commit : undefined;
    const one = blame?.lines[i];
    if (commit !== undefined && one !== undefined && blame !== undefined && known !== undefined)
      return committed(blame, known, one, commit);
    const mark = declaredMark(marks, from, from + line.length);
    if (mark !== undefined) return { group: mark };
    if (blame === undefined) return { group: "unknown", why: missing };
    return { group: "unknown", why: fits ? "notCommitted" : "notSaved" };
  });
}

function committed(
  blame: Blame,
  { declared, isShallow }: Known,
  line: Blame["lines"][number],
  commit: string,
): Line {
  const said = evidenceFor(declared, blame.commits, line);
  if (said !== undefined) return { group: groupOf(said.origin), commit };
  if (isShallow && blame.commits.get(commit)?.isBoundary === true)
    return { group: "unknown", why: "shallow" };
  return { group: "undeclared", commit };
}

/** What is written by both counts as declared. */
function groupOf(origin: MarkedSpan["mark"]["origin"]): Group {
  return origin === "ai" || origin === "mixed" ? "declaredAi" : "undeclared";
}

/** What a record, and no guess, says of most of a line. */
function declaredMark(marks: readonly MarkedSpan[], start: number, end: number): Group | undefined {
  let covered = 0;
  for (const { start: from, end: to, mark } of marks) {
    if (groupOf(mark.origin) !== "declaredAi" || !isDeclared(mark.evidence[0])) continue;
    covered += Math.max(0, Math.min(end, to) - Math.max(start, from));
  }
  return covered * 2 > end - start ? "declaredAi" : undefined;
}

/** The shape of a change only lets guess. */
function isDeclared({ kind }: Evidence): boolean {
  return kind !== "shape" && kind !== "paste" && kind !== "typing";
}
