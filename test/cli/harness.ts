/** Runs the command line on a temporary folder, with the fake engine unless told otherwise. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { run } from "../../server/cli/run.ts";
import { createFakeEngine } from "./fake-engine.ts";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Sandbox {
  readonly folder: string;
  path(name: string): string;
  write(name: string, content: string | Uint8Array): void;
  remove(name: string): void;
  read(name: string): string;
  bytes(name: string): Buffer;
  /** In a folder of the sandbox, "" for the sandbox itself. */
  skepticIn(folder: string, ...argv: string[]): Promise<Ran>;
  skeptic(...argv: string[]): Promise<Ran>;
  onTerminal(...argv: string[]): Promise<Ran>;
}

export function sandbox(t: TestContext, files: Readonly<Record<string, string>> = {}): Sandbox {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "skeptic-cli-")));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  const write = (name: string, content: string | Uint8Array) => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), content);
  };
  for (const [name, content] of Object.entries(files)) write(name, content);
  const start = async (cwd: string, argv: readonly string[], isTTY: boolean): Promise<Ran> => {
    let out = "";
    let err = "";
    let clock = 0;
    const code = await run(
      argv,
      createFakeEngine,
      {
        cwd,
        env: { PLANTED: "environment-canary" },
        stdout: { write: (text) => (out += text), isTTY, columns: isTTY ? 80 : undefined },
        stderr: { write: (text) => (err += text), isTTY, columns: isTTY ? 80 : undefined },
        now: () => (clock += 5),
      },
      "1.2.3",
    );
    return { code, out, err };
  };
  return {
    folder,
    path,
    write,
    remove: (name) => rmSync(path(name)),
    read: (name) => readFileSync(path(name), "utf8"),
    bytes: (name) => readFileSync(path(name)),
    skepticIn: (inner, ...argv) => start(join(folder, inner), argv, false),
    skeptic: (...argv) => start(folder, argv, false),
    onTerminal: (...argv) => start(folder, argv, true),
  };
}
