/** How many commits there are between two, and how many of them declare something that an AI wrote. */
import { type Commit, commitsBetween } from "../git/history.ts";
import { isProblem } from "../git/run.ts";
import { declarationsOf, declaresAi } from "./declared.ts";
import type { Git } from "./subject.ts";

/** Of more commits it is not asked what they declare. */
const MOST = 2000;

/** Undefined where git cannot say, or where there are too many. */
export async function declarationsBetween(
  { run, folder }: Git,
  older: Commit,
  newer: Commit,
): Promise<{ readonly commits: number; readonly declaredAi: number } | undefined> {
  const commits = await commitsBetween(run, folder, older.name, newer.name, MOST + 1);
  if (isProblem(commits) || commits.length > MOST) return undefined;
  const names = commits.map(({ name }) => name);
  const declared = await declarationsOf(run, folder, names, new Map());
  const declaredAi = commits.filter(({ name, mail }) => declaresAi(declared, name, mail)).length;
  return { commits: commits.length, declaredAi };
}
