/** How git is asked: the form of a call and of its answer. Who runs it brings the process (`node-git.ts`). */

export type GitAnswer =
  | { readonly kind: "done"; readonly stdout: string }
  /** git ran and refused; `said` is the first line that it wrote about it. */
  | { readonly kind: "failed"; readonly code: number; readonly said: string }
  /** There is no program of that name. */
  | { readonly kind: "absent" }
  | { readonly kind: "too-slow" }
  | { readonly kind: "too-large" };

export interface GitOptions {
  /** What git reads on its standard input. */
  readonly input?: string;
  /** `stdout` has a character for each byte, of the same number. Otherwise the bytes are taken for UTF-8. */
  readonly isBytes?: boolean;
}

/** Runs git in a folder (an absolute path) with these arguments, never through a shell. Never throws. */
export type RunGit = (
  folder: string,
  arguments_: readonly string[],
  options?: GitOptions,
) => Promise<GitAnswer>;

/** What could not be asked, as a sentence for people. */
export interface GitProblem {
  readonly kind: "problem";
  readonly message: string;
}

export function problem(message: string): GitProblem {
  return { kind: "problem", message };
}

export function isProblem(value: unknown): value is GitProblem {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "problem";
}

/** Of an answer that is not "done". */
export function problemOf(answer: Exclude<GitAnswer, { kind: "done" }>): GitProblem {
  switch (answer.kind) {
    case "absent":
      return problem("git was not found. Install it, or put it on the PATH");
    case "too-slow":
      return problem("git took too long to answer");
    case "too-large":
      return problem("git's answer is too large to read");
    case "failed":
      return problem(`git says: ${answer.said === "" ? `exit code ${answer.code}` : answer.said}`);
  }
}

/** The text of an answer, or what was wrong. */
export async function ask(
  run: RunGit,
  folder: string,
  arguments_: readonly string[],
  options?: GitOptions,
): Promise<string | GitProblem> {
  const answer = await run(folder, arguments_, options);
  return answer.kind === "done" ? answer.stdout : problemOf(answer);
}

/** The parts of output that is separated, or ended, by NUL. */
export function parts(text: string): string[] {
  const out = text.split("\0");
  if (out.at(-1) === "") out.pop();
  return out;
}
