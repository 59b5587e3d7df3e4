/** Python programs and commands: what hands text to a shell, and what quotes it. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";
import { programOptions, scripts } from "../programs.ts";

const SHELL: SinkKind = "shell";
/** The text is a command of a shell. `list`: what takes a list of arguments in its place. */
const command = (path: string, args: readonly (number | string)[], api: string, list = "") => ({
  path,
  args,
  kind: SHELL,
  data: { api, shell: "always", list, scripts },
});
/** A program and its arguments; a shell only with `shell=True`. */
const program = (path: string, args: readonly (number | string)[], api: string) => ({
  path,
  args,
  kind: SHELL,
  data: { api, shell: "option", ...programOptions, scripts },
});

const commands: Model = {
  language: "python",
  types: {
    "paramiko.SSHClient()": ["paramiko.client.SSHClient()"],
    "fabric.Connection()": ["fabric.connection.Connection()"],
  },
  sinks: [
    command("os.system", [0, "command"], "os.system", "subprocess.call"),
    command("os.popen", [0, "cmd"], "os.popen", "subprocess.run"),
    command(
      "{subprocess,commands}.{getoutput,getstatusoutput}",
      [0, "cmd"],
      "subprocess.getoutput",
      "subprocess.check_output",
    ),
    command(
      "{asyncio,asyncio.subprocess}.create_subprocess_shell",
      [0, "cmd"],
      "asyncio.create_subprocess_shell",
      "asyncio.create_subprocess_exec",
    ),
    command("paramiko.SSHClient().exec_command", [0, "command"], "exec_command"),
    command("fabric.Connection().{run,sudo,local}", [0, "command"], "run"),
    command("invoke.{run,sudo}", [0, "command"], "invoke.run"),
    program("subprocess.run", [0, "args"], "subprocess.run"),
    program("subprocess.Popen", [0, "args"], "subprocess.Popen"),
    program("subprocess.call", [0, "args"], "subprocess.call"),
    program("subprocess.check_call", [0, "args"], "subprocess.check_call"),
    program("subprocess.check_output", [0, "args"], "subprocess.check_output"),
    program("asyncio.create_subprocess_exec", [0, "program"], "asyncio.create_subprocess_exec"),
    program("os.{execv,execve,execvp,execvpe,execl,execlp}", [0], "os.exec"),
    program("os.{spawnv,spawnvp,spawnl,spawnlp}", [1], "os.spawn"),
    program("pty.spawn", [0, "argv"], "pty.spawn"),
  ],
  passes: [{ path: "{pipes.quote,shlex.join}()", from: [0], clears: ["shell"] }],
  hints: { subprocess: ["subprocess"] },
};

export default commands;
