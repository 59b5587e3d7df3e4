/** One entry per fault: a crash in a handler or a rule is said once and costs one answer, never the server. */
import type { Problem } from "../engine/api.ts";
import { maskRandom, maskSecrets } from "../engine/mask.ts";
import { visible } from "./plain.ts";

export interface Log {
  /** Hides secrets in the messages of faults, which may quote the code they failed on; until it is set, what looks random. */
  maskWith(mask: (text: string) => string): void;
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
  let mask = (text: string): string => maskRandom(maskSecrets(text));
  const said = new Set<string>();
  const once = (key: string, say: (key: string) => void): void => {
    if (said.has(key)) return;
    if (said.size > 2000) said.clear();
    said.add(key);
    say(key);
  };
  return {
    maskWith(given) {
      mask = given;
    },
    info: (message) => console.info(maskSecrets(visible(message))),
    problem: (message) => once(maskSecrets(visible(message)), (text) => console.warn(text)),
    crash: (where, error) =>
      once(`${where}: ${nameOf(error, mask)}`, (text) =>
        console.error([text, ...framesOf(error)].join("\n")),
      ),
    problems(found) {
      for (const { file, message } of found) {
        const told = mask(message);
        once(visible(file === undefined ? told : `${file}: ${told}`), (text) => console.warn(text));
      }
    },
  };
}

/** Masked and then shortened: a message may quote the code it failed on, and half a secret would not be known as one. */
function nameOf(error: unknown, mask: (text: string) => string): string {
  return error instanceof Error
    ? `${error.name}: ${visible(mask(error.message)).slice(0, 200)}`
    : "an unknown fault";
}

function framesOf(error: unknown): string[] {
  const lines = error instanceof Error ? (error.stack ?? "").split("\n") : [];
  return lines.filter((line) => /^\s+at /.test(line)).slice(0, 6);
}
