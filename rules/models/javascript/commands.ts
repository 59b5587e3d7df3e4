/** JavaScript programs and commands: what hands text to a shell, and what quotes it. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";
import { programOptions, scripts } from "../programs.ts";

const SHELL: SinkKind = "shell";
/** The text is a command of a shell. `list`: what takes a program and a list of arguments in its place, with the same other arguments. */
const command = (path: string, args: readonly number[], api: string, list = "") => ({
  path,
  args,
  kind: SHELL,
  data: { api, shell: "always", list, scripts },
});
/** A program and its arguments; a shell only with the option `shell`. */
const program = (path: string, api: string) => ({
  path,
  args: [0, 1],
  kind: SHELL,
  data: { api, shell: "option", ...programOptions, scripts },
});

const commands: Model = {
  language: "javascript",
  types: { "ssh2.Client()": ["ssh2.Client().on()"] },
  sinks: [
    command("child_process.exec", [0], "child_process.exec", "execFile"),
    command("child_process.execSync", [0], "child_process.exec", "execFileSync"),
    command("{child-process-promise,promisify-child-process}.exec", [0], "exec"),
    command("shelljs.exec", [0], "shelljs.exec"),
    command("execa.{execaCommand,execaCommandSync,command,commandSync}", [0], "execaCommand"),
    command("ssh2.Client().exec", [0], "ssh2 exec"),
    program("child_process.{spawn,spawnSync}", "child_process.spawn"),
    program("child_process.{execFile,execFileSync}", "child_process.execFile"),
    program("{execa,execa.execa,execa.execaSync,execa.sync}", "execa"),
    program("{cross-spawn,cross-spawn.spawn,cross-spawn.sync}", "cross-spawn"),
    program("{child-process-promise,promisify-child-process}.{spawn,execFile}", "spawn"),
    program("node-pty.spawn", "node-pty.spawn"),
  ],
  passes: [
    { path: "{util.promisify,bluebird.promisify,pify}()", from: [0], wraps: true },
    {
      path: "{shell-quote.quote,shell-escape,shescape.quote,shescape.Shescape().quote,any-shell-escape}()",
      from: [0],
      clears: ["shell"],
    },
  ],
};

export default commands;
