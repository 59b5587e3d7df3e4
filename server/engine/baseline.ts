/**
 * The findings that a project has accepted as they are: a file with their fingerprints, that hides them until it is written
 * anew. A finding of a rule that came, or began to report more, after the file was written is neither known nor the fault of
 * who works on the code: it is told apart.
 */
import { gt, valid } from "semver";
import type { FileId } from "../base/brand.ts";
import type { Finding } from "./api.ts";

/** Where it stands, from the folder that it holds for. */
export const BASELINE_FILE = ".skeptic/baseline.json";

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
}

export type Standing =
  /** It is in the baseline. */
  | "known"
  | "new"
  /** Not in the baseline, of a rule that is younger than it. */
  | "new-rule";

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
    .map(([fingerprint, { rule, file, count }]) => {
      const entry = { rule, file, ...(count === 1 ? {} : { count }) };
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
  for (const { fingerprint, rule, file } of findings) {
    const count = (entries.get(fingerprint)?.count ?? 0) + 1;
    entries.set(fingerprint, { rule, file: nameOf(file), count });
  }
  return { version, entries };
}

/** How each finding stands to the baseline, in their order. `sinceOf` is the version in which a rule came or reports more. */
export function standings(
  findings: readonly Finding[],
  baseline: Baseline,
  sinceOf: (rule: string) => string | undefined,
): readonly Standing[] {
  const left = new Map<string, number>();
  return findings.map(({ fingerprint, rule }) => {
    const entry = baseline.entries.get(fingerprint);
    // An entry of another rule would hide what it does not say to whom reviews it.
    const rest = left.get(fingerprint) ?? (entry?.rule === rule ? entry.count : 0);
    left.set(fingerprint, rest - 1);
    if (rest > 0) return "known";
    const since = sinceOf(rule);
    return since !== undefined && gt(since, baseline.version) ? "new-rule" : "new";
  });
}

function entryOf(value: unknown): Entry | undefined {
  if (!isRecord(value)) return undefined;
  const { rule, file, count = 1 } = value;
  if (typeof rule !== "string" || typeof file !== "string") return undefined;
  if (typeof count !== "number" || !Number.isInteger(count) || count < 1) return undefined;
  return { rule, file, count };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
