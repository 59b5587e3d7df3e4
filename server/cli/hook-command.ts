/** `skeptic hook`: what an agent's hook says on stdin, noted for the editor. It must never be in the agent's way. */
import { resolve } from "node:path";
import { readHook } from "../origin/hook.ts";
import { appendHooks, ownSpoolFolder } from "../origin/node-spool.ts";
import { EXIT, type Io } from "./io.ts";

/** Agents read 2 as "stop": a hook that failed says 1 and what is wrong. */
export const HOOK_FAILED = 1;
const MOST_INPUT = 32 * 1024 * 1024;
/** Milliseconds without a byte after which what came is all: some agents never close the pipe. */
const QUIET_MS = 3000;

export async function hookCommand(io: Io, input: Input): Promise<number> {
  try {
    return await note(io, input);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return failed(io, `the record cannot be written: ${reason}`);
  }
}

type Input = AsyncIterable<Uint8Array> & { readonly isTTY?: boolean; destroy?(): unknown };

async function note(io: Io, input: Input): Promise<number> {
  if (input.isTTY === true) return failed(io, "a hook of an agent calls this, with JSON on stdin");
  const text = await read(input);
  if (text === undefined) return failed(io, "what came on stdin is larger than 32 MiB");
  const answer = readHook(text, Date.now(), (path, folder) => resolve(folder ?? io.cwd, path));
  if (answer.kind === "malformed")
    return failed(io, `this is not what an agent's hook says on stdin: ${answer.reason}`);
  if (answer.kind === "nothing") return EXIT.clean;
  const folder = ownSpoolFolder(io.env);
  await appendHooks(folder, answer.records, Date.now());
  return EXIT.clean;
}

function failed(io: Io, message: string): number {
  io.stderr.write(`skeptic hook: ${message}\n`);
  return HOOK_FAILED;
}

async function read(input: Input): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const reader = input[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await inTime(reader.next());
      if (next === undefined || next.done === true) break;
      bytes += next.value.length;
      if (bytes > MOST_INPUT) return undefined;
      parts.push(next.value);
    }
  } finally {
    // A pipe that stays open would keep the process.
    input.destroy?.();
  }
  return Buffer.concat(parts).toString("utf8");
}

/** Undefined when nothing comes. */
function inTime<T>(asked: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), QUIET_MS);
    asked.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
