/** Who wrote what in one text, followed from edit to edit. */
import type { Edit, Span } from "../base/text.ts";
import { align } from "./align.ts";
import { createHistory, followedBy, type History, trimmed } from "./history.ts";
import { type Mark, type MarkedSpan, type Origin, sameMark } from "./mark.ts";
import { createTrack, type Track } from "./track.ts";

export interface Authors {
  readonly track: Track;
  readonly history: History;
}

/** How a change came about. */
export type Cause =
  /** Somebody wrote it, and how. */
  | { readonly kind: "written"; readonly mark: Mark }
  /** A tool moved text about, a file was read again, or nobody knows: only what was there before keeps its mark. */
  | { readonly kind: "moved" }
  /** Text that was copied, with the marks it had. */
  | { readonly kind: "copied"; readonly text: string; readonly marks: readonly MarkedSpan[] }
  /** The editor took changes back or made them again. */
  | { readonly kind: "undone" };

export function createAuthors(length: number, marks: readonly MarkedSpan[] = []): Authors {
  return { track: createTrack(length, marks), history: createHistory() };
}

/** Follows one change: `edits` in a row, each in offsets of the text before it; `text` is the text before all of them. */
export function follow(
  { track, history }: Authors,
  text: string,
  edits: readonly Edit[],
  cause: Cause,
): void {
  const changes = edits.filter(({ start, end, newText }) => start < end || newText !== "");
  if (changes.length === 0) return;
  const all = changes.reduce((sum, edit) => followedBy(text, sum, edit));
  const whole = trimmed(text, all);
  // A single new character takes nothing back, unless the editor says so.
  const isTyped = whole.start === whole.end && whole.newText.length <= 1 && cause.kind !== "undone";
  const back = isTyped ? undefined : history.takesBack(text, whole);
  // As wide as all that gets other marks below, which is more than what differs where edits cancel each other.
  const { start, end, newText } = back?.edit ?? (changes.length === 1 ? whole : all);
  const marks = track
    .within({ start, end })
    .map((one) => ({ ...one, start: one.start - start, end: one.end - start }));
  if (back !== undefined) history.restore(track, back.count);
  else {
    let before = text;
    for (const [i, edit] of changes.entries()) {
      apply(track, trimmed(before, edit), before, cause);
      if (i === changes.length - 1) break;
      before = before.slice(0, edit.start) + edit.newText + before.slice(edit.end);
    }
  }
  history.add({ start, removed: text.slice(start, end), marks, inserted: newText });
}

function apply(track: Track, edit: Edit, text: string, cause: Cause): void {
  const { start, end, newText } = edit;
  if (start === end && newText === "") return;
  const beside = { before: track.beside(start).before, after: track.beside(end).after };
  const marks = (): MarkedSpan[] =>
    track.within(edit).map((one) => ({ ...one, start: one.start - start, end: one.end - start }));
  track.splice(edit, newText.length, pieces(text.slice(start, end), newText, cause, beside, marks));
}

function pieces(
  removed: string,
  inserted: string,
  cause: Cause,
  beside: { readonly before: Mark | undefined; readonly after: Mark | undefined },
  marks: () => readonly MarkedSpan[],
): readonly MarkedSpan[] {
  if (inserted === "") return [];
  if (cause.kind === "copied") {
    if (inserted === cause.text) return cause.marks;
    return align({ before: cause.text, marks: cause.marks, after: inserted, by: "words" });
  }
  const fresh = cause.kind === "written" ? cause.mark : undefined;
  if (inserted.trim() === "") return blank(inserted.length, fresh, beside);
  if (removed.trim() === "")
    return fresh === undefined ? [] : [{ start: 0, end: inserted.length, mark: fresh }];
  return align({
    before: removed,
    marks: marks(),
    after: inserted,
    by: fresh === undefined ? "words" : "lines",
    ...(fresh === undefined ? {} : { fresh }),
    beside,
  });
}

/** Nobody writes white space: it goes with what it stands in, or with what its writer has just written. */
function blank(
  length: number,
  fresh: Mark | undefined,
  { before, after }: { readonly before: Mark | undefined; readonly after: Mark | undefined },
): MarkedSpan[] {
  if (before === undefined) return [];
  const isInside = after !== undefined && sameMark(before, after);
  const goesOn = fresh !== undefined && fresh.origin === before.origin;
  return isInside || goesOn ? [{ start: 0, end: length, mark: before }] : [];
}

/** Puts a mark on a span, where `allows` the mark that is there. */
export function mark(
  { track }: Authors,
  span: Span,
  next: Mark | ((before: Mark | undefined) => Mark | undefined),
): void {
  const length = span.end - span.start;
  const there = track.within(span);
  const out: MarkedSpan[] = [];
  const put = (start: number, end: number, before: Mark | undefined): void => {
    const chosen = typeof next === "function" ? next(before) : next;
    if (start < end && chosen !== undefined)
      out.push({ start: start - span.start, end: end - span.start, mark: chosen });
  };
  let at = span.start;
  for (const one of there) {
    put(at, one.start, undefined);
    put(one.start, one.end, one.mark);
    at = one.end;
  }
  put(at, span.end, undefined);
  track.splice(span, length, out);
}

export interface Answer {
  readonly origin: Origin;
  /** Of whoever wrote it, the AI first where there are several; undefined when nobody is known. */
  readonly mark: Mark | undefined;
}

/** Who wrote the characters of a span; white space does not count, unless there is nothing else. */
export function originOf({ track }: Authors, text: string, span: Span): Answer {
  const at = text.slice(span.start, span.end);
  const isBlank = at.trim() === "";
  const counts = (start: number, end: number): number =>
    isBlank
      ? end - start
      : at.slice(start - span.start, end - span.start).replace(/\s/g, "").length;
  const seen = new Map<Mark["origin"], Mark>();
  let covered = 0;
  for (const { start, end, mark } of track.within(span)) {
    const units = counts(start, end);
    if (units === 0) continue;
    covered += units;
    const known = seen.get(mark.origin);
    if (known === undefined || known.evidence[0].time < mark.evidence[0].time)
      seen.set(mark.origin, mark);
  }
  const mark = ORDER.map((origin) => seen.get(origin)).find((one) => one !== undefined);
  if (mark === undefined) return { origin: "unknown", mark };
  if (covered === counts(span.start, span.end) && seen.size === 1)
    return { origin: mark.origin, mark };
  // A person's words in text of nobody known tell nothing of the rest.
  return mark.origin === "human"
    ? { origin: "unknown", mark: undefined }
    : { origin: "mixed", mark };
}

const ORDER = ["ai", "mixed", "pasted", "human"] as const;
