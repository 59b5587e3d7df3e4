/** What every fix of every page must keep: it applies, the result parses, the finding is gone, nothing new appears, twice is once. */
import { applyEdits } from "../../server/base/text.ts";
import type { Engine, Finding, Fix } from "../../server/engine/api.ts";
import {
  automatic,
  type Checked,
  check,
  type LoadOptions,
  lineOf,
  load,
  type Texts,
} from "./project.ts";

const MOST_FIXES = 20;

/** Tries each fix of each finding alone; answers one line for each broken promise. */
export function fixProblems(engine: Engine, texts: Texts, options: LoadOptions): string[] {
  load(engine, texts, options);
  const before = check(engine, texts.keys());
  const jobs = before.findings.map((finding) => ({
    finding,
    fixes: engine.fixes(finding.file, finding.fingerprint),
  }));
  const out: string[] = [];
  for (const { finding, fixes } of jobs) {
    const where = `${finding.file}:${lineOf(texts, finding.file, finding.span.start)} [${finding.rule}]`;
    for (const fix of fixes) {
      const problems = automatic(fix)
        ? applied(engine, texts, options, before, finding, fix)
        : manualProblems(fix);
      out.push(...problems.map((text) => `${where} fix "${fix.title}" (${fix.grade}): ${text}`));
    }
  }
  return out;
}

function manualProblems(fix: Fix): string[] {
  if (fix.grade !== "manual") return ["has no edits, so it must be manual"];
  if (fix.edits.some(({ edits }) => edits.length > 0))
    return ["is manual, so it must have no edits"];
  return fix.reason === undefined || fix.reason === "" ? ["says no reason"] : [];
}

function applied(
  engine: Engine,
  texts: Texts,
  options: LoadOptions,
  before: Checked,
  finding: Finding,
  fix: Fix,
): string[] {
  load(engine, texts, options);
  for (const { file, textHash } of fix.edits)
    if (engine.textHash(file) !== textHash) return [`is for another text of ${file}`];
  const after = withFix(texts, fix);
  if (typeof after === "string") return [after];
  if ([...texts].every(([name, text]) => after.get(name) === text)) return ["changes nothing"];
  load(engine, after, options);
  return judged(engine, { before, now: check(engine, after.keys()), after, finding, fix });
}

export interface Trial {
  readonly before: Checked;
  readonly now: Checked;
  /** The texts with the fix, which the engine holds. */
  readonly after: Texts;
  readonly finding: Finding;
  readonly fix: Fix;
}
/** What a fix that was applied broke of its promises. */
export function judged(engine: Engine, { before, now, after, finding, fix }: Trial): string[] {
  const broken = now.broken.filter((name) => !before.broken.includes(name));
  if (broken.length > 0)
    return [`the result does not parse:\n${indent(after.get(broken[0] as string) ?? "")}`];

  const problems: string[] = [];
  const rest = before.findings.filter((one) => one !== finding);
  const moved = (one: Finding) => lineOf(after, one.file, move(one.span.start, fix, one.file));
  const left = [...rest];
  const matched = (one: Finding): boolean => {
    const line = lineOf(after, one.file, one.span.start);
    const same = (other: Finding) => other.rule === one.rule && other.file === one.file;
    let at = left.findIndex((other) => same(other) && other.fingerprint === one.fingerprint);
    if (at < 0) at = left.findIndex((other) => same(other) && moved(other) === line);
    if (at < 0) return false;
    left.splice(at, 1);
    return true;
  };
  // Of many notes of one rule the first stands for all: once it is mended the next one does.
  const others = finding.flow.filter(({ span }) => span.start !== finding.span.start);
  const wasTold = (one: Finding): boolean =>
    one.rule === finding.rule &&
    others.some(
      ({ file, span, text }) =>
        text === "the same here" &&
        file === one.file &&
        lineOf(after, file, move(span.start, fix, file)) === lineOf(after, file, one.span.start),
    );
  // Where it is about data, the others are only counted.
  let more = Number(/ There are (\d+) more such places /.exec(finding.message.what)?.[1] ?? 0);
  const place = moved(finding);
  for (const one of now.findings) {
    if (matched(one) || wasTold(one)) continue;
    const line = lineOf(after, one.file, one.span.start);
    if (one.rule === finding.rule && one.file === finding.file && line !== place && more > 0) {
      more--;
      continue;
    }
    if (one.rule === finding.rule && one.file === finding.file) {
      if (fix.grade === "placeholder") problems.push(...repeated(engine, after, one, fix));
      else
        problems.push(
          `the finding is still there, on line ${line}:\n${indent(after.get(one.file) ?? "")}`,
        );
    } else {
      problems.push(
        `brings ${one.level} [${one.rule}] on line ${line} of ${one.file}:\n${indent(after.get(one.file) ?? "")}`,
      );
    }
  }
  return problems;
}

/** A placeholder may leave its finding; the same fix again must then do nothing. */
function repeated(engine: Engine, texts: Texts, finding: Finding, fix: Fix): string[] {
  const again = engine
    .fixes(finding.file, finding.fingerprint)
    .find((other) => other.title === fix.title);
  if (again === undefined || !automatic(again)) return [];
  const twice = withFix(texts, again);
  if (typeof twice === "string") return [twice];
  const same = [...texts].every(([name, text]) => twice.get(name) === text);
  return same ? [] : ["applied twice it changes the text again"];
}

/** The texts after the fix, or what is wrong with its edits. */
export function withFix(texts: Texts, fix: Fix): Texts | string {
  const out = new Map(texts);
  for (const { file, text } of fix.creates ?? []) {
    if (out.has(file)) return `makes ${file}, which is there`;
    out.set(file, text);
  }
  for (const { file, edits } of fix.edits) {
    const text = out.get(file);
    if (text === undefined) return `edits ${file}, which does not exist`;
    for (const { start, end } of edits)
      if (!(0 <= start && start <= end && end <= text.length))
        return `its edit ${start}-${end} is outside ${file}`;
    try {
      out.set(file, applyEdits(text, edits));
    } catch (error) {
      return `its edits do not apply: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return out;
}

/** Where an offset of the text before is after the fix. */
function move(offset: number, fix: Fix, file: string): number {
  let shift = 0;
  for (const { edits } of fix.edits.filter((one) => one.file === file))
    for (const { start, end, newText } of edits) {
      if (end <= offset) shift += newText.length - (end - start);
      else if (start < offset) shift += start - offset;
    }
  return offset + shift;
}

/** The first automatic fix of each finding in turn, with a new check after each, until none is left. */
export function fixAll(
  engine: Engine,
  texts: Texts,
  options: LoadOptions,
  most = MOST_FIXES,
): Texts | string {
  let now = texts;
  const done = new Set<string>();
  let last: { key: string; title: string; times: number } | undefined;
  for (let count = 0; ; count++) {
    load(engine, now, options);
    const { findings } = check(engine, now.keys());
    const known = new Set(findings.map(keyOf));
    let next: { finding: Finding; fix: Fix } | undefined;
    for (const finding of findings) {
      if (done.has(keyOf(finding))) continue;
      const fix = engine.fixes(finding.file, finding.fingerprint).find(automatic);
      if (fix === undefined) continue;
      next = { finding, fix };
      break;
    }
    if (next === undefined) return now;
    const key = keyOf(next.finding);
    const { rule, file } = next.finding;
    const times = findings.filter((one) => one.rule === rule && one.file === file).length;
    const shown = indent(now.get(file) ?? "");
    if (last?.key === key && times >= last.times)
      return `fix "${last.title}" leaves its [${rule}] in ${file}:\n${shown}`;
    last = { key, title: next.fix.title, times };
    if (count === most)
      return `after ${most} fixes there is one more, "${next.fix.title}":\n${shown}`;
    const after = withFix(now, next.fix);
    if (typeof after === "string") return `fix "${next.fix.title}": ${after}`;
    now = after;
    if (next.fix.grade === "placeholder") {
      done.add(key);
      load(engine, now, options);
      for (const one of check(engine, now.keys()).findings)
        if (one.rule === next.finding.rule && !known.has(keyOf(one))) done.add(keyOf(one));
    }
  }
}

function keyOf(finding: Finding): string {
  return `${finding.file}\n${finding.rule}\n${finding.fingerprint}`;
}

export function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, "    | ");
}
