/** What git keeps although its ignore files name it: somebody added it by force, or before the pattern came. It is part of the project. */
import { parts, type RunGit } from "./run.ts";

/** Paths of files below a folder, relative to it, with "/". None where git cannot be asked. */
export async function keptAnyway(run: RunGit, folder: string): Promise<readonly string[]> {
  const asked = ["ls-files", "-z", "--cached", "--ignored", "--exclude-standard"];
  const answer = await run(folder, asked);
  return answer.kind === "done" ? [...new Set(parts(answer.stdout))] : [];
}
