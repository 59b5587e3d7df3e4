/** The files of a folder as the engine takes them, and processor time: the machine may be busy with other things. */
import { readFileSync } from "node:fs";
import { discover } from "../server/cli/files.ts";
import type { Engine } from "../server/engine/api.ts";
import { grammarFor } from "../server/languages/language.ts";

export function sourcesBelow(folder: string): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  const wants = (file: string) => grammarFor(file, undefined) !== undefined;
  for (const { file, path } of discover(folder, ["."], { exclude: [], wants }).requested)
    out.set(file, readFileSync(path, "utf8").replace(/^\ufeff/, ""));
  return out;
}

export function bytesOf(files: Iterable<string>): number {
  let sum = 0;
  for (const text of files) sum += Buffer.byteLength(text);
  return sum;
}

/** Gives the engine the files, analyses them and asks for all findings; answers how many there are. */
export function analyse(engine: Engine, files: ReadonlyMap<string, string>, open = false): number {
  engine.setFiles(files.keys());
  engine.setRoots([""]);
  for (const [file, text] of files) engine.set(file, text, { open });
  while (engine.step(1e9).pending > 0);
  let found = 0;
  for (const file of files.keys()) found += engine.check(file).findings.length;
  return found;
}

/** Milliseconds of processor time that some work took, in all threads of this process. */
export function processorTime(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
