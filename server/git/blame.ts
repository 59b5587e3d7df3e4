/** Which commit each line of a file is of, and what these commits say of themselves. */
import { ask, type GitProblem, isProblem, type RunGit } from "./run.ts";

export interface BlamedLine {
  /** Undefined for a line that is not committed. */
  readonly commit: string | undefined;
  /** The file's path from the repository's root in that commit, with "/". */
  readonly path: string;
  /** The line in that commit, from 1. */
  readonly line: number;
}

export interface BlamedCommit {
  readonly author: string;
  readonly mail: string;
  /** In milliseconds. */
  readonly time: number;
  /** Nothing before it was looked at: in a shallow clone older lines count as its own. */
  readonly isBoundary?: true;
}

export interface Blame {
  readonly kind: "blame";
  /** One for each line of the file on the disk. */
  readonly lines: readonly BlamedLine[];
  readonly commits: ReadonlyMap<string, BlamedCommit>;
}

export interface Trailer {
  readonly key: string;
  readonly value: string;
}

/** So many commits are named in one call. */
const AT_ONCE = 200;
/** A line of a header: the commit, the line in it, the line in the file. */
const HEADER = /^([0-9a-f]{40,64}) (\d+) \d+/;

/** A file in a folder, by its name. Commits that only changed white space do not count. */
export async function blameOf(
  run: RunGit,
  folder: string,
  name: string,
): Promise<Blame | GitProblem> {
  const text = await ask(run, folder, ["blame", "--no-textconv", "--porcelain", "-w", "--", name]);
  if (isProblem(text)) return text;
  const lines: BlamedLine[] = [];
  const commits = new Map<
    string,
    { author: string; mail: string; time: number; isBoundary?: true }
  >();
  const paths = new Map<string, string>();
  let commit = "";
  let number = 0;
  for (const line of text.split("\n")) {
    if (line.startsWith("\t")) {
      const isCommitted = !/^0+$/.test(commit);
      const path = paths.get(commit) ?? "";
      lines.push({ commit: isCommitted ? commit : undefined, path, line: number });
      continue;
    }
    const header = HEADER.exec(line);
    if (header !== null) {
      commit = header[1] as string;
      number = Number(header[2]);
      if (!commits.has(commit)) commits.set(commit, { author: "", mail: "", time: 0 });
      continue;
    }
    const info = commits.get(commit);
    if (line === "boundary" && info !== undefined) info.isBoundary = true;
    const space = line.indexOf(" ");
    if (info === undefined || space < 0) continue;
    const value = line.slice(space + 1);
    switch (line.slice(0, space)) {
      case "author":
        info.author = value;
        break;
      case "author-mail":
        info.mail = value.replace(/^<|>$/g, "");
        break;
      case "author-time":
        info.time = Number(value) * 1000;
        break;
      case "filename":
        paths.set(commit, value);
        break;
    }
  }
  return { kind: "blame", lines, commits };
}

/** What notes below a reference ("refs/notes/ai") say of commits; commits without one are left out. */
export function notesOf(
  run: RunGit,
  folder: string,
  reference: string,
  commits: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  return told(run, folder, [`--notes=${reference}`, "--format=%H%x00%N%x00"], commits);
}

/** The trailers of commits ("Co-authored-by: ..."); commits without one are left out. */
export async function trailersOf(
  run: RunGit,
  folder: string,
  commits: readonly string[],
): Promise<ReadonlyMap<string, readonly Trailer[]>> {
  const format = "--format=%H%x00%(trailers:only=true,unfold=true)%x00";
  const texts = await told(run, folder, [format], commits);
  return new Map(
    [...texts].map(([commit, text]) => [
      commit,
      text.split("\n").flatMap((line) => {
        const colon = line.indexOf(":");
        if (colon < 1) return [];
        return [{ key: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() }];
      }),
    ]),
  );
}

/** Pairs of a commit and a text, each ended by NUL. */
async function told(
  run: RunGit,
  folder: string,
  format: readonly string[],
  commits: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const out = new Map<string, string>();
  for (let at = 0; at < commits.length; at += AT_ONCE) {
    const some = commits.slice(at, at + AT_ONCE);
    const text = await ask(run, folder, [
      "show",
      "--no-patch",
      "--no-show-signature",
      ...format,
      ...some,
      "--",
    ]);
    if (isProblem(text)) continue;
    const parts = text.split("\0");
    for (let i = 0; i + 1 < parts.length; i += 2) {
      const said = (parts[i + 1] as string).trim();
      if (said !== "") out.set((parts[i] as string).trim(), said);
    }
  }
  return out;
}
