/**
 * A folder of labelled samples: `labels.json` beside the files, a list of
 * `{ "id": "a1", "files": ["a1.py"], "category": "SQL", "cwe": [89], "vulnerable": true, "lines": [12] }`.
 * `files` are one program, analysed alone; `cwe` are the weaknesses that would be the right answer; `lines`, of the first
 * file and from 1, may be left out: then it counts wherever it stands.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import type { Engine, Finding } from "../../server/engine/api.ts";
import { check, lineOf, load } from "../harness/project.ts";
import { type Counts, countsOf } from "./rates.ts";

export interface Sample {
  readonly id: string;
  readonly files: readonly string[];
  readonly category: string;
  readonly cwe: readonly number[];
  readonly vulnerable: boolean;
  readonly lines?: readonly number[];
}

export interface Judged {
  readonly rows: ReadonlyMap<string, Counts>;
  /** "a1: missed, but path-traversal (warning)" */
  readonly wrong: readonly string[];
}

/** Throws an Error that says what is wrong with the folder. */
export function readSamples(folder: string): readonly Sample[] {
  const path = join(folder, "labels.json");
  if (!existsSync(path)) throw new Error(`there is no labels.json in ${folder}`);
  let list: unknown;
  try {
    list = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(`${path} is no JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (!Array.isArray(list)) throw new Error(`${path} must hold a list of samples`);
  return list.map((one: unknown, index) => sampleOf(one, `${path}, sample ${index + 1}`, folder));
}

function sampleOf(one: unknown, where: string, folder: string): Sample {
  const problem = (text: string): Error => new Error(`${where}: ${text}`);
  if (typeof one !== "object" || one === null) throw problem("must be an object");
  const { id, files, category, cwe, vulnerable, lines } = one as Partial<Sample>;
  if (typeof id !== "string") throw problem('"id" must be a text');
  if (!isTexts(files) || files.length === 0)
    throw problem('"files" must be a list of at least one name');
  for (const file of files) {
    const path = resolve(folder, file);
    if (!path.startsWith(resolve(folder) + sep)) throw problem(`${file} is outside of the folder`);
    if (!existsSync(path)) throw problem(`there is no file ${file}`);
  }
  if (typeof category !== "string") throw problem('"category" must be a text');
  if (!isNumbers(cwe)) throw problem('"cwe" must be a list of numbers');
  if (typeof vulnerable !== "boolean") throw problem('"vulnerable" must be true or false');
  if (lines !== undefined && !isNumbers(lines)) throw problem('"lines" must be a list of numbers');
  return { id, files, category, cwe, vulnerable, ...(lines === undefined ? {} : { lines }) };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => typeof one === "number");
}

export function judgeSamples(
  engine: Engine,
  folder: string,
  samples: readonly Sample[],
  strict: boolean,
): Judged {
  const rows = new Map<string, Counts>();
  const wrong: string[] = [];
  for (const sample of samples) {
    const texts = new Map(
      sample.files.map((name) => [name, readFileSync(join(folder, name), "utf8")]),
    );
    load(engine, texts, { strict });
    const { findings } = check(engine, texts.keys());
    const right = findings.filter(
      (f) =>
        f.cwe.some((number) => sample.cwe.includes(number)) &&
        (sample.lines === undefined ||
          (f.file === sample.files[0] &&
            sample.lines.includes(lineOf(texts, f.file, f.span.start)))),
    );
    const counts = countsOf(rows, sample.category);
    if (!sample.vulnerable) {
      counts[right.length > 0 ? "alarms" : "silent"]++;
      for (const f of right) wrong.push(`${sample.id}: false alarm, ${told(f)}`);
    } else if (right.length > 0) {
      counts.found++;
      if (right.every(isNote)) counts.notes++;
    } else {
      counts.missed++;
      const others = findings.map(told);
      wrong.push(`${sample.id}: missed${others.length > 0 ? `, but ${others.join(", ")}` : ""}`);
    }
  }
  return { rows, wrong };
}

export function isNote({ level }: Finding): boolean {
  return level === "information" || level === "hint";
}

function told({ rule, level }: Finding): string {
  return `${rule} (${level})`;
}
