/**
 * Runs git on Node: a list of arguments and no shell, with a limit of time and size. Nothing that a repository's
 * configuration names is started as far as git lets that be said, and nothing is fetched.
 */
import { execFile } from "node:child_process";
import type { GitAnswer, RunGit } from "./run.ts";

/** Milliseconds for one call. */
const TIME_LIMIT = 20_000;
const SIZE_LIMIT = 64 * 1024 * 1024;

/** Before every command. A monitor of the file system, hooks and pagers are programs that a repository may name. */
const ALWAYS = [
  "--no-pager",
  "--no-optional-locks",
  "--literal-pathspecs",
  "-c",
  "core.fsmonitor=false",
  "-c",
  "core.hooksPath=/dev/null",
  "-c",
  "core.quotePath=false",
  "-c",
  "color.ui=false",
  "-c",
  "protocol.allow=never",
];

export const runGit: RunGit = (folder, arguments_) => runProgram("git", folder, arguments_);

/** With another program in git's place: for tests. */
export function runProgram(
  program: string,
  folder: string,
  arguments_: readonly string[],
  limit = TIME_LIMIT,
): Promise<GitAnswer> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      [...ALWAYS, ...arguments_],
      {
        cwd: folder,
        env: environment(),
        timeout: limit,
        killSignal: "SIGKILL",
        maxBuffer: SIZE_LIMIT,
        encoding: "utf8",
        windowsHide: true,
      },
      (error, stdout, stderr) => {
        if (error === null) resolve({ kind: "done", stdout });
        else if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") resolve({ kind: "too-large" });
        else if (typeof error.code === "string") resolve({ kind: "absent" });
        else if (error.killed === true) resolve({ kind: "too-slow" });
        else resolve({ kind: "failed", code: error.code ?? 1, said: firstLine(stderr) });
      },
    );
    // A command that would read sees the end at once.
    child.stdin?.on("error", () => {});
    child.stdin?.end();
  });
}

/** Without what would lead git to another repository: hooks run with such variables set. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^GIT_/i.test(name));
  return {
    ...Object.fromEntries(kept),
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_LAZY_FETCH: "1",
    GIT_OPTIONAL_LOCKS: "0",
    LC_ALL: "C",
  };
}

function firstLine(text: string): string {
  const line = text.split(/\r?\n/).find((one) => one.trim() !== "") ?? "";
  return line.replace(/^(fatal|error): /, "").trim();
}
