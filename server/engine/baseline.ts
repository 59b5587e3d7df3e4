/**
 * The findings that a project has accepted as they are: a file with their fingerprints, that hides them until it is written
 * anew. A finding of a rule that came, or began to report more, after the file was written is neither known nor the fault of
 * who works on the code: it is told apart.
 */
import { gt, valid } from "semver";
import type { FileId } from "../base/brand.ts";
import type { Finding, Level } from "./api.ts";

/** Where it stands, from the folder that it holds for. */
export const BASELINE_FILE = ".skeptic/baseline.json";

/** In bytes: a line for each finding of a large project is more than a source file may have. */
export const MAX_BASELINE_SIZE = 256 * 1024 * 1024;

export interface Baseline {
  /** The version of Skeptic that wrote it. */
  readonly version: string;
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  readonly rule: string;
  /** As fingerprints call it: from the root of the repository. */
  readonly file: string;
  /** Findings with this fingerprint. */
  readonly count: number;
  /** The worst of them, whatever the settings are; baselines of old versions do not say it. */
  readonly level?: Level;
}

export type Standing =
  /** It is in the baseline. */
  | "known"
  | "new"
  /** It is in the baseline, and a change of the code has made it worse. */
  | "worse"
  /** Not in the baseline as it is, because Skeptic has changed since: of a rule that is younger, or told worse by it. */
  | "new-rule";

const LEVELS: readonly Level[] = ["error", "warning", "information", "hint"];

export interface Now {
  /** The version in which a rule came or reports more. */
  readonly sinceOf: (rule: string) => string | undefined;
  /** Of Skeptic. */
  readonly version: string;
}

/** Reads the file's text; what is wrong is a sentence for people. */
export function readBaseline(text: string): Baseline | { readonly problem: string } {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return { problem: "is not valid JSON" };
  }
  if (!isRecord(raw)) return { problem: "is not an object" };
  if (raw.version !== 1) return { problem: "has a version that is not known here (known: 1)" };
  if (!isRecord(raw.findings)) return { problem: "has no findings" };
  const skeptic = typeof raw.skeptic === "string" ? valid(raw.skeptic) : null;
  if (skeptic === null) return { problem: "does not say which version of Skeptic wrote it" };
  const entries = new Map<string, Entry>();
  for (const [fingerprint, value] of Object.entries(raw.findings)) {
    const entry = entryOf(value);
    if (entry === undefined)
      return { problem: `has an entry that is not complete: ${fingerprint}` };
    entries.set(fingerprint, entry);
  }
  return { version: skeptic, entries };
}

/** One finding a line, sorted by fingerprint: two branches that add findings seldom touch the same line. */
export function writeBaseline({ version, entries }: Baseline): string {
  const lines = [...entries]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([fingerprint, { rule, file, count, level }]) => {
      const entry = {
        rule,
        file,
        ...(level === undefined ? {} : { level }),
        ...(count === 1 ? {} : { count }),
      };
      return `    ${JSON.stringify(fingerprint)}: ${JSON.stringify(entry)}`;
    });
  const findings = lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n  }`;
  return `{\n  "version": 1,\n  "skeptic": ${JSON.stringify(version)},\n  "findings": ${findings}\n}\n`;
}

/** The baseline of these findings; `nameOf` is how fingerprints call a file. */
export function baselineOf(
  findings: readonly Finding[],
  version: string,
  nameOf: (file: FileId) => string,
): Baseline {
  const entries = new Map<string, Entry>();
  for (const { fingerprint, rule, file, gravity } of findings) {
    const before = entries.get(fingerprint);
    const level =
      before?.level !== undefined && isWorse(before.level, gravity) ? before.level : gravity;
    entries.set(fingerprint, { rule, file: nameOf(file), count: (before?.count ?? 0) + 1, level });
  }
  return { version, entries };
}

/** How each finding stands to the baseline, in their order. */
export function standings(
  findings: readonly Finding[],
  baseline: Baseline,
  { sinceOf, version }: Now,
): readonly Standing[] {
  const left = new Map<string, number>();
  return findings.map(({ fingerprint, rule, gravity }) => {
    const entry = baseline.entries.get(fingerprint);
    // An entry of another rule would hide what it does not say to whom reviews it.
    const rest = left.get(fingerprint) ?? (entry?.rule === rule ? entry.count : 0);
    left.set(fingerprint, rest - 1);
    if (rest > 0) {
      if (entry?.level === undefined || !isWorse(gravity, entry.level)) return "known";
      // Of another version it is not known whether the code or Skeptic makes it worse: an update fails nothing.
      return baseline.version === version ? "worse" : "new-rule";
    }
    const since = sinceOf(rule);
    return since !== undefined && gt(since, baseline.version) ? "new-rule" : "new";
  });
}

function isWorse(one: Level, other: Level): boolean {
  return LEVELS.indexOf(one) < LEVELS.indexOf(other);
}

function entryOf(value: unknown): Entry | undefined {
  if (!isRecord(value)) return undefined;
  const { rule, file, count = 1, level } = value;
  if (typeof rule !== "string" || typeof file !== "string") return undefined;
  if (typeof count !== "number" || !Number.isInteger(count) || count < 1) return undefined;
  if (level === undefined) return { rule, file, count };
  const known = LEVELS.find((one) => one === level);
  return known === undefined ? undefined : { rule, file, count, level: known };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
