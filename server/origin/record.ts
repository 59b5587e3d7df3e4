/**
 * The marks of a workspace as JSON that other programs may read: docs/origin.md describes it, docs/origin.schema.json
 * checks it. Times are ISO 8601, lines and columns count from 1, columns in UTF-16 units.
 */
import { hash128 } from "../base/hash.ts";
import { lineStarts, offsetAt, positionAt } from "../base/text.ts";
import { lines, match, withSpaces } from "./align.ts";
import {
  type Confidence,
  EVIDENCE_KINDS,
  type Evidence,
  type Mark,
  type MarkedSpan,
} from "./mark.ts";

export const RECORD_VERSION = 1;

export interface OriginRecord {
  readonly version: typeof RECORD_VERSION;
  readonly files: readonly FileRecord[];
}

export interface FileRecord {
  /** URI. */
  readonly file: string;
  /** Of the text that the ranges are of. */
  readonly textHash: string;
  /** What hooks said up to this time is in the ranges. */
  readonly hooksRead?: string;
  readonly ranges: readonly RangeRecord[];
}

export interface RangeRecord {
  readonly start: Position;
  readonly end: Position;
  readonly origin: Mark["origin"];
  readonly evidence: readonly EvidenceRecord[];
  readonly reviewed?: string;
  /** A hash of each line of the range that is not blank, without its indentation: they find the range again. */
  readonly lines: readonly string[];
}

interface Position {
  readonly line: number;
  readonly column: number;
}

type EvidenceRecord = Omit<Evidence, "time"> & { readonly time: string };

export function writeFileRecord(
  file: string,
  text: string,
  marks: readonly MarkedSpan[],
): FileRecord {
  const starts = lineStarts(text);
  const place = (offset: number): Position => {
    const { line, character } = positionAt(starts, offset);
    return { line: line + 1, column: character + 1 };
  };
  return {
    file,
    textHash: hash128(text),
    ranges: marks.map(({ start, end, mark }) => ({
      start: place(start),
      end: place(end),
      origin: mark.origin,
      evidence: mark.evidence.map((one) => ({ ...one, time: iso(one.time) })),
      ...(mark.reviewed === undefined ? {} : { reviewed: iso(mark.reviewed) }),
      lines: lines(text.slice(start, end)).map(({ key }) => hashOf(key)),
    })),
  };
}

/** The marks of a text that may have changed since: what is not found again is left out. */
export function readFileRecord({ textHash, ranges }: FileRecord, text: string): MarkedSpan[] {
  if (hash128(text) === textHash) {
    const starts = lineStarts(text);
    const offset = ({ line, column }: Position): number =>
      offsetAt(text, starts, line - 1, column - 1);
    return inOrder(
      ranges.map((one) => ({ start: offset(one.start), end: offset(one.end), mark: markOf(one) })),
    );
  }
  const old = ranges.flatMap((one) => {
    const mark = markOf(one);
    return one.lines.map((key) => ({ key, mark }));
  });
  const units = lines(text);
  const partners = match(
    old,
    units.map((unit) => ({ ...unit, key: hashOf(unit.key) })),
  );
  const known = units.map(({ start, end }, i) => {
    const mark = partners[i]?.mark;
    return mark === undefined ? [] : [{ start, end, mark }];
  });
  return withSpaces(known, units, text.length);
}

/** What is no record, or of a later version, is left out; undefined when nothing of it can be read. */
export function parseRecord(json: string): OriginRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!isObject(value) || value.version !== RECORD_VERSION || !Array.isArray(value.files))
    return undefined;
  const files = value.files.filter(isFileRecord).map((one) => ({
    ...one,
    ranges: one.ranges.filter(isRangeRecord),
  }));
  return { version: RECORD_VERSION, files };
}

function markOf({ origin, evidence, reviewed }: RangeRecord): Mark {
  const [first, ...rest] = evidence.map((one) => ({ ...one, time: Date.parse(one.time) }));
  return {
    origin,
    evidence: [first as Evidence, ...rest],
    ...(reviewed === undefined ? {} : { reviewed: Date.parse(reviewed) }),
  };
}

/** A record that was changed by hand may overlap. */
function inOrder(marks: readonly MarkedSpan[]): MarkedSpan[] {
  const out: MarkedSpan[] = [];
  let end = 0;
  for (const one of marks.toSorted((a, b) => a.start - b.start)) {
    if (one.start < end || one.start >= one.end) continue;
    out.push(one);
    end = one.end;
  }
  return out;
}

function hashOf(line: string): string {
  return hash128(line).slice(0, 12);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function isFileRecord(value: unknown): value is FileRecord {
  return (
    isObject(value) &&
    typeof value.file === "string" &&
    typeof value.textHash === "string" &&
    (value.hooksRead === undefined || isTime(value.hooksRead)) &&
    Array.isArray(value.ranges)
  );
}

function isRangeRecord(value: unknown): value is RangeRecord {
  return (
    isObject(value) &&
    isPosition(value.start) &&
    isPosition(value.end) &&
    ORIGINS.includes(value.origin as string) &&
    Array.isArray(value.evidence) &&
    value.evidence.length > 0 &&
    value.evidence.every(isEvidence) &&
    (value.reviewed === undefined || isTime(value.reviewed)) &&
    Array.isArray(value.lines) &&
    value.lines.every((line) => typeof line === "string")
  );
}

const ORIGINS: readonly string[] = ["ai", "pasted", "human", "mixed"] satisfies Mark["origin"][];
const CONFIDENCES: readonly string[] = ["high", "medium", "low"] satisfies Confidence[];

function isEvidence(value: unknown): boolean {
  return (
    isObject(value) &&
    (EVIDENCE_KINDS as readonly unknown[]).includes(value.kind) &&
    CONFIDENCES.includes(value.confidence as string) &&
    isTime(value.time) &&
    (value.tool === undefined || typeof value.tool === "string")
  );
}

function isPosition(value: unknown): boolean {
  return isObject(value) && isCount(value.line) && isCount(value.column);
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1;
}

function isTime(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}
