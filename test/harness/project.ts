/** A small workspace in the engine: its texts by name, and its findings as a page sees them. */

import { lineStarts, positionAt } from "../../server/base/text.ts";
import type { Seen } from "../../server/cli/marks.ts";
import type { Engine, Finding, Fix, Problem } from "../../server/engine/api.ts";
import { DEFAULT_SETTINGS } from "../../server/engine/api.ts";

export type Texts = ReadonlyMap<string, string>;

export interface LoadOptions {
  readonly strict?: boolean;
  /** Documents in an editor. */
  readonly open?: boolean;
}

/** Files the shared engine holds now, by engine. */
const held = new WeakMap<Engine, Set<string>>();

/** Replaces whatever the engine held by these files. */
export function load(engine: Engine, texts: Texts, options: LoadOptions = {}): void {
  empty(engine);
  engine.setFiles(texts.keys());
  engine.setRoots([""]);
  engine.configure(
    options.strict
      ? { ...DEFAULT_SETTINGS, profile: "strict", minimumConfidence: "low" }
      : DEFAULT_SETTINGS,
  );
  for (const [name, text] of texts) engine.set(name, text, { open: options.open ?? false });
  held.set(engine, new Set(texts.keys()));
}

export function empty(engine: Engine): void {
  for (const name of held.get(engine) ?? []) engine.remove(name);
  held.delete(engine);
}

/** Works until no loaded file waits. */
export function settle(engine: Engine): void {
  for (let turn = 0; engine.step(1000).pending > 0; turn++)
    if (turn > 100) throw new Error("the engine does not come to an end");
}

export interface Checked {
  readonly findings: readonly Finding[];
  /** Files with a syntax error. */
  readonly broken: readonly string[];
}

/** The findings of all these files, file by file. */
export function check(engine: Engine, names: Iterable<string>): Checked {
  settle(engine);
  const findings: Finding[] = [];
  const broken: string[] = [];
  for (const name of names) {
    const report = engine.check(name);
    findings.push(...report.findings);
    if (report.hasError) broken.push(name);
  }
  const [problem] = faults(engine);
  if (problem !== undefined)
    throw new Error(`the engine reports: ${problem.file ?? ""} ${problem.message}`);
  return { findings, broken };
}

/** What went wrong; that a user's manifest does not parse is no fault of the engine. */
export function faults(engine: Engine): readonly Problem[] {
  return engine
    .problems()
    .filter(
      ({ crash, file }) => crash || !/(?:\.(?:json|toml|ya?ml|lock)|Pipfile)$/.test(file ?? ""),
    );
}

export function seen(finding: Finding, texts: Texts): Seen {
  const { file, rule, level, message } = finding;
  return { file, rule, level, line: lineOf(texts, file, finding.span.start), text: message.what };
}

export function lineOf(texts: Texts, file: string, offset: number): number {
  return positionAt(lineStarts(texts.get(file) ?? ""), offset).line + 1;
}

/** Same findings, whatever their order: file, line, rule and level. */
export function summary(findings: readonly Finding[], texts: Texts): string[] {
  return findings
    .map((finding) => seen(finding, texts))
    .map(({ file, line, rule, level }) => `${file}:${line} ${level} [${rule}]`)
    .sort();
}

export function automatic(fix: Fix): boolean {
  return fix.grade !== "manual" && fix.edits.length > 0;
}
