/**
 * Runs git on Node: a list of arguments and no shell, with a limit of time and size. Nothing that a repository's
 * configuration names is started as far as git lets that be said, and nothing is fetched.
 */
import { execFile } from "node:child_process";
import type { GitAnswer, GitOptions, RunGit } from "./run.ts";

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

/** Commands that look at files of the working tree, and send them through filters first. */
const FILTERING = new Set(["diff", "blame", "status"]);

export const runGit: RunGit = async (folder, arguments_, options) =>
  FILTERING.has(arguments_[0] ?? "")
    ? runProgram("git", folder, arguments_, TIME_LIMIT, await withoutFilters(folder), options)
    : runProgram("git", folder, arguments_, TIME_LIMIT, {}, options);

/**
 * Variables that switch off the filters which the repository's own configuration names: they are programs. Those of the
 * person's are left. Not by `-c`, which takes a name with "=" in it for another one.
 */
async function withoutFilters(folder: string): Promise<NodeJS.ProcessEnv> {
  const pattern = "^filter\\..*\\.(clean|process|required)$";
  const asked = ["config", "-z", "--show-scope", "--name-only", "--get-regexp", pattern];
  const answer = await runProgram("git", folder, asked);
  if (answer.kind !== "done") return {};
  const fields = answer.stdout.split("\0");
  const keys = fields.filter(
    (_, i) => i % 2 === 1 && ["local", "worktree"].includes(fields[i - 1] ?? ""),
  );
  const set = keys.flatMap((key, i) => [
    [`GIT_CONFIG_KEY_${i}`, key],
    [`GIT_CONFIG_VALUE_${i}`, key.endsWith(".required") ? "false" : ""],
  ]);
  return { ...Object.fromEntries(set), GIT_CONFIG_COUNT: String(keys.length) };
}

/** With another program in git's place: for tests. */
export function runProgram(
  program: string,
  folder: string,
  arguments_: readonly string[],
  limit = TIME_LIMIT,
  variables: NodeJS.ProcessEnv = {},
  { input, isBytes = false }: GitOptions = {},
): Promise<GitAnswer> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      [...ALWAYS, ...arguments_],
      {
        cwd: folder,
        env: { ...environment(), ...variables },
        timeout: limit,
        killSignal: "SIGKILL",
        maxBuffer: SIZE_LIMIT,
        encoding: isBytes ? "latin1" : "utf8",
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
    // A command that would read sees the end at once, or what it is to read and then the end.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
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
