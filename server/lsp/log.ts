/** One entry per fault: a crash in a handler or a rule is said once and costs one answer, never the server. */
import type { Problem } from "../engine/api.ts";
import { visible } from "./plain.ts";

export interface Log {
  info(message: string): void;
  /** Says a thing once. */
  problem(message: string): void;
  /** Says an internal fault once. */
  crash(where: string, error: unknown): void;
  problems(found: readonly Problem[]): void;
}

interface Console {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export function createLog(console: Console): Log {
  const said = new Set<string>();
  const once = (key: string, say: (key: string) => void): void => {
    if (said.has(key)) return;
    if (said.size > 2000) said.clear();
    said.add(key);
    say(key);
  };
  return {
    info: (message) => console.info(visible(message)),
    problem: (message) => once(visible(message), (text) => console.warn(text)),
    crash: (where, error) =>
      once(`${where}: ${nameOf(error)}`, (text) =>
        console.error([text, ...framesOf(error)].join("\n")),
      ),
    problems(found) {
      for (const one of found)
        once(
          visible(one.file === undefined ? one.message : `${one.file}: ${one.message}`),
          (text) => console.warn(text),
        );
    },
  };
}

/** Shortened: a message may quote the code it failed on. */
function nameOf(error: unknown): string {
  return error instanceof Error
    ? `${error.name}: ${visible(error.message).slice(0, 200)}`
    : "an unknown fault";
}

function framesOf(error: unknown): string[] {
  const lines = error instanceof Error ? (error.stack ?? "").split("\n") : [];
  return lines.filter((line) => /^\s+at /.test(line)).slice(0, 6);
}
