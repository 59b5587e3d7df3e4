/** The baseline on the command line: which file holds, and what it hides. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Engine, Finding } from "../engine/api.ts";
import { BASELINE_FILE, type Baseline, readBaseline, standings } from "../engine/baseline.ts";
import { readText } from "./disk.ts";
import { visible } from "./escape.ts";
import { fileId } from "./files.ts";
import { UsageError } from "./io.ts";

/** A line for each finding of a large project is more than a source file may have. */
const MOST_BYTES = 256 * 1024 * 1024;

/** A file, or false for none; undefined for the project's own, if there is one. */
export type BaselineOption = string | false | undefined;

/** The project's own: in the working directory or a folder above it, up to the root of its repository. */
export function ownBaseline(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const path = join(folder, BASELINE_FILE);
    if (existsSync(path)) return path;
    if (existsSync(join(folder, ".git")) || folder === dirname(folder)) return undefined;
  }
}

/** Throws UsageError for one that cannot be read: a run that hides less than asked would look like new findings. */
export async function openBaseline(
  cwd: string,
  option: BaselineOption,
): Promise<Baseline | undefined> {
  if (option === false) return undefined;
  const path = option === undefined ? ownBaseline(cwd) : resolve(cwd, option);
  if (path === undefined) return undefined;
  const baseline = await loadBaseline(path);
  if ("problem" in baseline)
    throw new UsageError(`the baseline ${visible(fileId(cwd, path))} ${baseline.problem}`);
  return baseline;
}

export interface Sorted {
  /** To be reported, in their order. */
  readonly shown: readonly Finding[];
  /** Those of them whose rule is younger than the baseline: they fail nothing. */
  readonly ofNewRules: ReadonlySet<Finding>;
  readonly known: number;
}

export function sortOut(
  engine: Engine,
  findings: readonly Finding[],
  baseline: Baseline | undefined,
): Sorted {
  if (baseline === undefined) return { shown: findings, ofNewRules: new Set(), known: 0 };
  const each = standings(findings, baseline, (rule) => engine.rule(rule)?.since);
  const shown = findings.filter((_, at) => each[at] !== "known");
  return {
    shown,
    ofNewRules: new Set(findings.filter((_, at) => each[at] === "new-rule")),
    known: findings.length - shown.length,
  };
}

/** What is wrong with it is the rest of a sentence that begins with its name. */
export async function loadBaseline(path: string): Promise<Baseline | { readonly problem: string }> {
  const read = await readText(path, MOST_BYTES);
  if (read.ok) return readBaseline(read.file.text);
  return { problem: `cannot be read: ${read.message ?? read.reason}` };
}
