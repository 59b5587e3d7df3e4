/** What a former report, or the baseline, knew and is no longer reported. */
import type { FileId } from "../base/brand.ts";
import type { Engine } from "../engine/api.ts";
import type { Entry } from "../engine/baseline.ts";
import type { FindingRow, GoneRow, Since } from "./report.ts";

export interface Compared {
  readonly what: Since["what"];
  /** In milliseconds; undefined for a baseline. */
  readonly time: number | undefined;
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Present {
  readonly findings: readonly Pick<FindingRow, "fingerprint" | "rule">[];
  readonly engine: Pick<Engine, "rule" | "suppressions">;
  /** The file of the report that fingerprints call so; undefined where there is none. */
  fileOf(name: string): FileId | undefined;
  /** False for files that are not of the folder: nothing is said of them. */
  isInFolder(name: string): boolean;
  /** How the report calls it. */
  pathOf(name: string): string;
}

export function sinceThen(compared: Compared, present: Present): Since {
  const now = new Map<string, number>();
  const key = (fingerprint: string, rule: string): string => `${fingerprint} ${rule}`;
  for (const { fingerprint, rule } of present.findings)
    now.set(key(fingerprint, rule), (now.get(key(fingerprint, rule)) ?? 0) + 1);
  const gone: GoneRow[] = [];
  let before = 0;
  let kept = 0;
  for (const [fingerprint, { rule, file, count }] of compared.entries) {
    if (!present.isInFolder(file)) continue;
    before += count;
    const still = Math.min(count, now.get(key(fingerprint, rule)) ?? 0);
    kept += still;
    if (still === count) continue;
    gone.push({
      rule,
      title: present.engine.rule(rule)?.title ?? rule,
      file: present.pathOf(file),
      count: count - still,
      because: whyGone(present, rule, file),
    });
  }
  return {
    what: compared.what,
    time: compared.time === undefined ? null : new Date(compared.time).toISOString(),
    before,
    now: present.findings.length,
    gone: gone.sort((a, b) =>
      a.file < b.file ? -1 : a.file > b.file ? 1 : a.rule < b.rule ? -1 : 1,
    ),
    added: present.findings.length - kept,
  };
}

function whyGone({ engine, fileOf }: Present, rule: string, name: string): GoneRow["because"] {
  const file = fileOf(name);
  if (file === undefined) return "file";
  return engine.suppressions(file).some(({ rules }) => rules.includes(rule)) ? "comment" : null;
}
