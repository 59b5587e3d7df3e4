/**
 * The last edits of a text, with the marks of what they took away. Text that comes back, by undo or by cut and paste, gets
 * its marks back.
 */
import type { Edit } from "../base/text.ts";
import type { MarkedSpan } from "./mark.ts";
import type { Track } from "./track.ts";

/** What one edit did: it replaced `removed` at `start` by `inserted`. */
export interface Change {
  readonly start: number;
  readonly removed: string;
  /** In offsets from `start`. */
  readonly marks: readonly MarkedSpan[];
  readonly inserted: string;
}

/** The last changes that one edit takes back. */
export interface TakenBack {
  readonly count: number;
  /**
   * Them as one edit, as wide as all that they touched: of repeated text ("aa" without an "a") the edit itself may name
   * other characters, whose marks say nothing of these.
   */
  readonly edit: Edit;
}

const MOST_CHANGES = 300;
/** Of all texts kept, in UTF-16 units. */
const MOST_TEXT = 1_000_000;
/** How much text one search may put together, in UTF-16 units. */
const MOST_WORK = 500_000;

export interface History {
  add(change: Change): void;
  /** What an edit of `text` takes back, when the text after it is the one before some of the last changes. */
  takesBack(text: string, edit: Edit): TakenBack | undefined;
  /** Gives a track the marks it had before the last `count` changes. */
  restore(track: Track, count: number): void;
}

export function createHistory(): History {
  let changes: Change[] = [];
  let kept = 0;
  return {
    add(change) {
      changes.push(change);
      kept += change.removed.length + change.inserted.length;
      if (changes.length <= MOST_CHANGES && kept <= MOST_TEXT) return;
      // Half of them at once, so that it does not happen at each edit.
      changes = changes.slice(-MOST_CHANGES / 2);
      kept = changes.reduce((sum, one) => sum + one.removed.length + one.inserted.length, 0);
      if (kept <= MOST_TEXT) return;
      changes = [];
      kept = 0;
    },
    takesBack(text, edit) {
      const wanted = leftmost(text, edit);
      /** The last changes taken back, as one edit of `text`. */
      let back: Edit = { start: 0, end: 0, newText: "" };
      let work = 0;
      for (let count = 1; count <= changes.length; count++) {
        const change = changes[changes.length - count] as Change;
        back = count === 1 ? inverse(change) : followedBy(text, back, inverse(change));
        work += back.newText.length + back.end - back.start;
        if (work > MOST_WORK && count > 1) return undefined;
        if (grows(back) !== grows(wanted)) continue;
        const { start, end, newText } = leftmost(text, back);
        if (start === wanted.start && end === wanted.end && newText === wanted.newText)
          return { count, edit: back };
      }
      return undefined;
    },
    restore(track, count) {
      for (let i = 1; i <= count; i++) {
        const { start, removed, marks, inserted } = changes[changes.length - i] as Change;
        track.splice({ start, end: start + inserted.length }, removed.length, marks);
      }
    },
  };
}

function inverse({ start, removed, inserted }: Change): Edit {
  return { start, end: start + inserted.length, newText: removed };
}

function grows({ start, end, newText }: Edit): number {
  return newText.length - (end - start);
}

/** Two edits as one: the second one counts in offsets of the text after the first. */
export function followedBy(text: string, first: Edit, second: Edit): Edit {
  const made = first.start + first.newText.length;
  const start = Math.min(first.start, second.start);
  const behind = Math.max(second.end, made);
  const end = behind + (first.end - made);
  const middle = (from: number, to: number): string =>
    text.slice(from, Math.min(to, first.start)) +
    first.newText.slice(Math.max(0, from - first.start), Math.max(0, to - first.start)) +
    text.slice(Math.max(from - made, 0) + first.end, Math.max(to - made, 0) + first.end);
  return {
    start,
    end,
    newText: middle(start, second.start) + second.newText + middle(second.end, behind),
  };
}

/** The edit without what its two texts share at both ends. */
export function trimmed(text: string, edit: Edit): Edit {
  const { end, newText } = edit;
  const removed = end - edit.start;
  const least = Math.min(removed, newText.length);
  let head = 0;
  while (head < least && text.charCodeAt(edit.start + head) === newText.charCodeAt(head)) head++;
  let tail = 0;
  while (
    tail < least - head &&
    text.charCodeAt(end - 1 - tail) === newText.charCodeAt(newText.length - 1 - tail)
  )
    tail++;
  return {
    start: edit.start + head,
    end: end - tail,
    newText: newText.slice(head, newText.length - tail),
  };
}

/** The same change of a text is often several edits ("aa" without an "a"): the trimmed one that begins first. */
function leftmost(text: string, edit: Edit): Edit {
  const { start, end, newText } = trimmed(text, edit);
  if (newText !== "" && start < end) return { start, end, newText };
  const moves = newText === "" ? text.slice(start, end) : newText;
  let steps = 0;
  while (
    steps < start &&
    text[start - 1 - steps] === moves[moves.length - 1 - (steps % moves.length)]
  )
    steps++;
  const cut = moves.length - (steps % moves.length || moves.length);
  return {
    start: start - steps,
    end: end - steps,
    newText: newText === "" ? "" : newText.slice(cut) + newText.slice(0, cut),
  };
}
