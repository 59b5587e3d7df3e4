/**
 * What former reports on a folder found, kept so that the next one can say what is fixed. Of the reports of a day only the last
 * one counts, so that two in a row still compare with the day before.
 */
import type { Baseline, Entry } from "../engine/baseline.ts";
import { type FindingRow, REPORT_VERSION } from "./report.ts";

const VERSION = 1;

export interface FormerReport {
  /** In milliseconds. */
  readonly time: number;
  readonly entries: Baseline["entries"];
}

interface Kept {
  /** The last report, and the last one of an earlier day. */
  readonly last: FormerReport;
  readonly before: FormerReport | undefined;
}

export interface RecordKeeper {
  /** The text that is kept of a folder (an absolute path); undefined where there is none. */
  read(folder: string): Promise<string | undefined>;
  /** Rejects where it cannot be written. */
  write(folder: string, text: string): Promise<void>;
}

/** What a report made now is compared with: the last one of an earlier day, else the last one. */
export function formerReport(
  text: string | undefined,
  now: number,
): { readonly report: FormerReport; readonly isOfEarlierDay: boolean } | undefined {
  const kept = text === undefined ? undefined : read(text);
  if (kept === undefined) return undefined;
  if (isEarlierDay(kept.last.time, now)) return { report: kept.last, isOfEarlierDay: true };
  if (kept.before !== undefined) return { report: kept.before, isOfEarlierDay: true };
  return { report: kept.last, isOfEarlierDay: false };
}

/** The text to keep after a report; `text` is what was kept before. */
export function keepReport(text: string | undefined, report: FormerReport): string {
  const kept = text === undefined ? undefined : read(text);
  const before =
    kept !== undefined && isEarlierDay(kept.last.time, report.time) ? kept.last : kept?.before;
  const write = ({ time, entries }: FormerReport): unknown => ({
    time: new Date(time).toISOString(),
    findings: Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1))),
  });
  return `${JSON.stringify({
    version: VERSION,
    last: write(report),
    ...(before === undefined ? {} : { before: write(before) }),
  })}\n`;
}

/** Of a report that was kept as JSON; undefined for a text that is none. */
export function reportOfJson(text: string): FormerReport | undefined {
  const value = parse(text);
  if (!isObject(value) || value.version !== REPORT_VERSION || !Array.isArray(value.findings))
    return undefined;
  const time = Date.parse(String(value.time));
  if (Number.isNaN(time)) return undefined;
  const entries = new Map<string, Entry>();
  for (const one of value.findings as Partial<FindingRow>[]) {
    const { fingerprint, rule, file } = one ?? {};
    if (typeof fingerprint !== "string" || typeof rule !== "string" || typeof file !== "string")
      return undefined;
    const count = (entries.get(fingerprint)?.count ?? 0) + 1;
    entries.set(fingerprint, { rule, file, count });
  }
  return { time, entries };
}

/** Of UTC. */
function isEarlierDay(time: number, now: number): boolean {
  return Math.floor(time / 86_400_000) < Math.floor(now / 86_400_000);
}

function read(text: string): Kept | undefined {
  const value = parse(text);
  if (!isObject(value) || value.version !== VERSION) return undefined;
  const last = formerOf(value.last);
  return last === undefined ? undefined : { last, before: formerOf(value.before) };
}

function formerOf(value: unknown): FormerReport | undefined {
  if (!isObject(value) || !isObject(value.findings)) return undefined;
  const time = Date.parse(String(value.time));
  if (Number.isNaN(time)) return undefined;
  const entries = new Map<string, Entry>();
  for (const [fingerprint, entry] of Object.entries(value.findings)) {
    if (!isObject(entry)) continue;
    const { rule, file, count } = entry;
    if (typeof rule !== "string" || typeof file !== "string" || typeof count !== "number") continue;
    entries.set(fingerprint, { rule, file, count });
  }
  return { time, entries };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
