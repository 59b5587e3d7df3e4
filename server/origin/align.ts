/**
 * Marks for a text that replaces another one: what stands in both keeps its mark, wherever white space went. So a formatter
 * or a reload changes nothing about who wrote the code.
 */
import { diffArrays } from "diff";
import type { Span } from "../base/text.ts";
import { type Mark, type MarkedSpan, sameMark } from "./mark.ts";

/** A piece without white space at its ends; equal keys are the same piece. */
export interface Unit extends Span {
  readonly key: string;
}

/** Texts further apart than this many units are no versions of each other. */
const MOST_DIFFERENT = 2_000;
/** A formatter adds commas, quotes and brackets: so few at one place. */
const MOST_ADDED = 4;

export interface Alignment {
  readonly before: string;
  /** Marks of `before`, in order. */
  readonly marks: readonly MarkedSpan[];
  readonly after: string;
  /** By whole lines where somebody wrote them anew, by words where a tool only moved them. */
  readonly by: "lines" | "words";
  /** For what is new; without one only signs between two pieces of one writer get theirs. */
  readonly fresh?: Mark;
  /** What stands on both sides of the replaced text. */
  readonly beside?: { readonly before: Mark | undefined; readonly after: Mark | undefined };
}

/** Marks of `after`, in order. */
export function align({ before, marks, after, by, fresh, beside }: Alignment): MarkedSpan[] {
  const cut = by === "lines" ? lines : words;
  const old = cut(before);
  const units = cut(after);
  const partners = match(old, units);
  const known = units.map((unit, i) => {
    const partner = partners[i];
    if (partner !== undefined) return copied(marks, partner, unit.start);
    return fresh === undefined ? [] : [{ start: unit.start, end: unit.end, mark: fresh }];
  });
  if (fresh === undefined) fillSigns(known, units, partners, beside);
  return withSpaces(known, units, after.length, beside);
}

/** For each new unit the old one that it is. */
export function match<T extends { readonly key: string }>(
  old: readonly T[],
  units: readonly Unit[],
): (T | undefined)[] {
  const out: (T | undefined)[] = [];
  const changes = diffArrays(
    old.map(({ key }) => key),
    units.map(({ key }) => key),
    { maxEditLength: MOST_DIFFERENT },
  );
  if (changes === undefined) return units.map(() => undefined);
  let at = 0;
  for (const { added, removed, value } of changes) {
    if (removed) at += value.length;
    else for (let i = 0; i < value.length; i++) out.push(added ? undefined : old[at++]);
  }
  return out;
}

function copied(marks: readonly MarkedSpan[], from: Unit, to: number): MarkedSpan[] {
  const out: MarkedSpan[] = [];
  for (let i = firstBehind(marks, from.start); i < marks.length; i++) {
    const { start, end, mark } = marks[i] as MarkedSpan;
    if (start >= from.end) break;
    const move = to - from.start;
    out.push({
      start: Math.max(start, from.start) + move,
      end: Math.min(end, from.end) + move,
      mark,
    });
  }
  return out;
}

/** The first mark that ends behind an offset. */
function firstBehind(marks: readonly MarkedSpan[], offset: number): number {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle] as MarkedSpan).end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A few new signs between two pieces of one writer are the writer's. */
function fillSigns(
  known: MarkedSpan[][],
  units: readonly Unit[],
  partners: readonly (Unit | undefined)[],
  beside: Alignment["beside"],
): void {
  for (let i = 0; i < units.length; i++) {
    if (partners[i] !== undefined) continue;
    let end = i;
    while (end < units.length && partners[end] === undefined) end++;
    const run = units.slice(i, end);
    const left = i === 0 ? beside?.before : known[i - 1]?.at(-1)?.mark;
    const right = end === units.length ? beside?.after : known[end]?.[0]?.mark;
    const isSigns = run.length <= MOST_ADDED && run.every(({ key }) => !/[\p{L}\p{N}_]/u.test(key));
    if (isSigns && left !== undefined && right !== undefined && sameMark(left, right))
      for (const [n, unit] of run.entries())
        known[i + n] = [{ start: unit.start, end: unit.end, mark: left }];
    i = end;
  }
}

/** The marks of all units, in order; white space has the mark that stands on both of its sides. */
export function withSpaces(
  known: readonly (readonly MarkedSpan[])[],
  units: readonly Unit[],
  length: number,
  beside?: Alignment["beside"],
): MarkedSpan[] {
  const out: MarkedSpan[] = [];
  let at = 0;
  let left = beside?.before;
  const space = (to: number, right: Mark | undefined): void => {
    if (at < to && left !== undefined && right !== undefined && sameMark(left, right))
      out.push({ start: at, end: to, mark: left });
  };
  for (const [i, unit] of units.entries()) {
    const pieces = known[i] ?? [];
    const first = pieces[0];
    space(unit.start, first?.start === unit.start ? first.mark : undefined);
    out.push(...pieces);
    const last = pieces.at(-1);
    left = last?.end === unit.end ? last.mark : undefined;
    at = unit.end;
  }
  space(length, beside?.after);
  return out;
}

function words(text: string): Unit[] {
  return found(text, /[\p{L}\p{N}_$]+|[^\s]/gu);
}

/** Lines without their indentation; blank ones are none. */
export function lines(text: string): Unit[] {
  return found(text, /[^\s](?:[^\r\n]*[^\s])?/g);
}

function found(text: string, pattern: RegExp): Unit[] {
  return [...text.matchAll(pattern)].map(({ index, 0: key }) => ({
    start: index,
    end: index + key.length,
    key,
  }));
}
