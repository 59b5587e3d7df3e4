/**
 * The marks of one text, moved along with its edits. What an edit costs depends on the marks that it touches and on how far
 * it is from the last one, not on the length of the text: marks before the last edit are kept by their distance from the
 * start, those after it by their distance from the end.
 *
 * Invariant: marks are in order, do not overlap, are not empty, lie within the text, and neighbours that touch differ.
 */
import type { Span } from "../base/text.ts";
import { later, type Mark, type MarkedSpan, sameMark } from "./mark.ts";

export interface Track {
  /** Of the text, in UTF-16 units. */
  length(): number;
  /** All marks in order. */
  all(): MarkedSpan[];
  /** The marks that reach into a span, cut to it. */
  within(span: Span): MarkedSpan[];
  /**
   * Replaces a span by `length` units that carry `pieces` (in order, in offsets of the new units). Returns what marks the span
   * had, in offsets from its start.
   */
  splice(span: Span, length: number, pieces: readonly MarkedSpan[]): MarkedSpan[];
  /** The mark right before an offset, and the one right after it. */
  beside(offset: number): { readonly before: Mark | undefined; readonly after: Mark | undefined };
}

/** A text of that many units with these marks, given in order. */
export function createTrack(length: number, marks: readonly MarkedSpan[] = []): Track {
  let size = length;
  const before: MarkedSpan[] = [];
  /** The nearest last; `start` and `end` count from the end of the text, so `start` is the larger one. */
  const after: MarkedSpan[] = [];

  const first = (): MarkedSpan | undefined => {
    const top = after[after.length - 1];
    return top === undefined ? undefined : turned(top, size);
  };
  /** Afterwards `before` ends at or before the offset, and the first of `after` ends behind it. */
  const seek = (offset: number): void => {
    for (let top = before[before.length - 1]; top !== undefined && top.end > offset; ) {
      before.pop();
      after.push(turned(top, size));
      top = before[before.length - 1];
    }
    for (let top = first(); top !== undefined && top.end <= offset; top = first()) {
      after.pop();
      before.push(top);
    }
  };
  const push = (piece: MarkedSpan): void => {
    const last = before[before.length - 1];
    if (last !== undefined && last.end === piece.start && sameMark(last.mark, piece.mark))
      before[before.length - 1] = {
        start: last.start,
        end: piece.end,
        mark: later(last.mark, piece.mark),
      };
    else before.push(piece);
  };
  /** Takes the marks of a span out; `seek(span.start)` came before. */
  const cut = ({ start, end }: Span): MarkedSpan[] => {
    const out: MarkedSpan[] = [];
    for (let top = first(); top !== undefined && top.start < end; top = first()) {
      after.pop();
      if (top.start < start) before.push({ ...top, end: start });
      const from = Math.max(top.start, start);
      const to = Math.min(top.end, end);
      if (from < to) out.push({ start: from - start, end: to - start, mark: top.mark });
      if (top.end <= end) continue;
      after.push(turned({ ...top, start: end }, size));
      break;
    }
    return out;
  };
  const splice: Track["splice"] = (span, units, pieces) => {
    seek(span.start);
    const out = cut(span);
    size += units - (span.end - span.start);
    for (const { start, end, mark } of pieces)
      if (start < end) push({ start: span.start + start, end: span.start + end, mark });
    const next = first();
    const last = before[before.length - 1];
    if (next !== undefined && last?.end === next.start && sameMark(last.mark, next.mark)) {
      after.pop();
      push(next);
    }
    return out;
  };

  for (const mark of marks) if (mark.start < mark.end) push(mark);
  return {
    length: () => size,
    all: () => [...before, ...after.toReversed().map((one) => turned(one, size))],
    within({ start, end }) {
      seek(start);
      const out: MarkedSpan[] = [];
      for (let i = after.length - 1; i >= 0; i--) {
        const one = turned(after[i] as MarkedSpan, size);
        if (one.start >= end) break;
        out.push({ ...one, start: Math.max(one.start, start), end: Math.min(one.end, end) });
      }
      return out;
    },
    splice,
    beside(offset) {
      seek(offset);
      const last = before[before.length - 1];
      const next = first();
      const inside = next !== undefined && next.start < offset ? next.mark : undefined;
      return {
        before: inside ?? (last?.end === offset ? last.mark : undefined),
        after: next !== undefined && next.start <= offset ? next.mark : undefined,
      };
    },
  };
}

/** From distances to the start to those to the end, and back. */
function turned({ start, end, mark }: MarkedSpan, size: number): MarkedSpan {
  return { start: size - start, end: size - end, mark };
}
