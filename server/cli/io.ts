/** What a command may touch of the process around it; tests give their own. */
import type { Engine } from "../engine/api.ts";

export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width of the terminal in columns, when known. */
  readonly columns: number | undefined;
}

export interface Io {
  /** Absolute path of the working directory. */
  readonly cwd: string;
  /** Read for NO_COLOR, FORCE_COLOR and TERM, never printed. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Milliseconds from any fixed point. */
  now(): number;
  /** Told how many files a run will read, before it reads them: where they do not fit, another process does it all, and this one ends. */
  roomFor?(files: number): void;
}

/** With the rules of scans, or with those for code of others (`deps --inspect`). */
export type EngineFactory = (rules?: "scan" | "inspect") => Promise<Engine>;

/** The answers of every command: nothing to report, something to report, could not run. */
export const EXIT = { clean: 0, findings: 1, failed: 2 } as const;

/** The command cannot run as asked: its message is for the user, the exit code is 2. */
export class UsageError extends Error {}
