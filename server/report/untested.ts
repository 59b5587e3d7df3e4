/** Commits that declare code of an AI in files that an attacker would look at first, and that changed no test. */
import type { Topic } from "../engine/api.ts";
import { maskKnown } from "../engine/mask.ts";
import { changedPaths } from "../git/history.ts";
import { isProblem } from "../git/run.ts";
import { isTest } from "../rule/place.ts";
import type { FileLines } from "./lines.ts";
import type { UntestedCommit } from "./report.ts";
import type { Git } from "./subject.ts";

export interface SensitiveFile {
  readonly path: string;
  readonly lines: FileLines;
  /** Not []. */
  readonly topics: readonly Topic[];
}

interface Touched {
  readonly root: string;
  readonly files: Map<string, { readonly file: SensitiveFile; lines: number }>;
}

/** The latest first. Lines that a later commit changed again are no longer of the commit, so what is told is there today. */
export async function untestedCommits(
  git: Git,
  files: readonly SensitiveFile[],
): Promise<readonly UntestedCommit[] | { readonly problem: string }> {
  const commits = new Map<string, Touched>();
  for (const file of files) {
    if (isTest(file.path)) continue;
    const root = await git.rootOf(file.path);
    if (root === undefined) continue;
    for (const line of file.lines) {
      if (line?.group !== "declaredAi" || line.commit === undefined) continue;
      const touched = commits.get(line.commit) ?? { root, files: new Map() };
      commits.set(line.commit, touched);
      const known = touched.files.get(file.path) ?? { file, lines: 0 };
      touched.files.set(file.path, known);
      known.lines++;
    }
  }
  const out: UntestedCommit[] = [];
  for (const root of new Set([...commits.values()].map((one) => one.root))) {
    const names = [...commits].filter(([, one]) => one.root === root).map(([name]) => name);
    const changes = await changedPaths(git.run, root, names);
    if (isProblem(changes)) return { problem: changes.message };
    for (const { commit, time, subject, paths } of changes) {
      const touched = commits.get(commit);
      if (touched === undefined || paths.some(isTest)) continue;
      out.push({
        commit,
        time: new Date(time).toISOString(),
        subject: maskKnown(subject),
        files: [...touched.files.values()].map(({ file: { path, topics }, lines }) => ({
          file: path,
          lines,
          topics,
        })),
      });
    }
  }
  return out.sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0));
}
