/** The baseline on the command line: which file holds, and what it hides. */
import { existsSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import type { FileId } from "../base/brand.ts";
import type { Engine, Finding, Level } from "../engine/api.ts";
import {
  BASELINE_FILE,
  type Baseline,
  type Entry,
  MAX_BASELINE_SIZE,
  readBaseline,
  standings,
} from "../engine/baseline.ts";
import { readText } from "./disk.ts";
import { visible } from "./escape.ts";
import { fileId } from "./files.ts";
import { UsageError } from "./io.ts";
import { namer } from "./repository.ts";

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
  /** Those of them that only an update has brought: they fail nothing. */
  readonly ofNewRules: ReadonlySet<Finding>;
  /** Those of them that the baseline knows, but less grave: as it knows them. */
  readonly worse: ReadonlyMap<Finding, Level>;
  readonly known: readonly Finding[];
}

export function sortOut(
  engine: Engine,
  findings: readonly Finding[],
  baseline: Baseline | undefined,
  version: string,
): Sorted {
  if (baseline === undefined)
    return { shown: findings, ofNewRules: new Set(), worse: new Map(), known: [] };
  const sinceOf = (rule: string): string | undefined => engine.rule(rule)?.since;
  const each = standings(findings, baseline, { sinceOf, version });
  const worse = new Map<Finding, Level>();
  for (const [at, finding] of findings.entries()) {
    const level = baseline.entries.get(finding.fingerprint)?.level;
    if (each[at] === "worse" && level !== undefined) worse.set(finding, level);
  }
  return {
    shown: findings.filter((_, at) => each[at] !== "known"),
    ofNewRules: new Set(findings.filter((_, at) => each[at] === "new-rule")),
    worse,
    known: findings.filter((_, at) => each[at] === "known"),
  };
}

export interface Gone extends Entry {
  readonly fingerprint: string;
  /** As a scan calls it. */
  readonly id: FileId;
}

/** What the baseline accepts of files that were looked at, or are gone, and nothing reports any more; an entry for each kind. */
export function goneFrom(
  baseline: Baseline,
  findings: readonly Finding[],
  looked: Looked,
): readonly Gone[] {
  const left = new Set(findings.map(({ fingerprint }) => fingerprint));
  return [...baseline.entries].flatMap(([fingerprint, entry]) => {
    const id = left.has(fingerprint) ? undefined : looked.idOf(entry.file);
    return id === undefined ? [] : [{ ...entry, fingerprint, id }];
  });
}

export interface Looked {
  /** What a scan calls a file that was looked at, or that is gone and stood in a folder that was; by its name in fingerprints. */
  idOf(name: string): FileId | undefined;
}

/** @param paths that were scanned */
export function lookedAt(
  cwd: string,
  paths: readonly string[],
  requested: readonly FileId[],
): Looked {
  const nameOf = namer(cwd);
  const byName = new Map(requested.map((file) => [nameOf(file), file]));
  const here = nameOf("_").slice(0, -1);
  const folders = paths.map((path) => resolve(cwd, path));
  return {
    idOf(name) {
      const file = byName.get(name);
      if (file !== undefined || !name.startsWith(here)) return file;
      const path = join(cwd, name.slice(here.length));
      const isBelow = folders.some((one) => path === one || path.startsWith(join(one, sep)));
      return isBelow && !existsSync(path) ? fileId(cwd, path) : undefined;
    },
  };
}

/** What is wrong with it is the rest of a sentence that begins with its name. */
export async function loadBaseline(path: string): Promise<Baseline | { readonly problem: string }> {
  const read = await readText(path, MAX_BASELINE_SIZE);
  if (read.ok) return readBaseline(read.file.text);
  return { problem: `cannot be read: ${read.message ?? read.reason}` };
}
