/** Texts as lines: which of them belong together, and edits between two texts. */
import type { Edit } from "../../server/base/text.ts";

export function linesOf(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

export function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** A statement with what is inside it, as far as indentation tells: the lines from `start` up to the answer. */
export function blockEnd(lines: readonly string[], start: number): number {
  const depth = indentOf(lines[start] ?? "");
  let end = start + 1;
  while (end < lines.length && isInside(lines[end] as string, depth)) end++;
  if (end > start + 1 && /^[)\]}]/.test((lines[end] ?? "").trimStart())) end++;
  return end;
}

function isInside(line: string, depth: number): boolean {
  return line.trim() === "" || indentOf(line) > depth;
}

/** Edits, one for each run of different lines, that turn a text into another; each in offsets of the text before it. */
export function editsBetween(from: string, to: string): Edit[] {
  const [before, after] = [linesOf(from), linesOf(to)];
  const edits: Edit[] = [];
  let [i, j, offset] = [0, 0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && before[i] === after[j]) {
      offset += (before[i] as string).length;
      i++;
      j++;
      continue;
    }
    const [nextI, nextJ] = meeting(before, after, i, j);
    const old = before.slice(i, nextI).join("");
    const added = after.slice(j, nextJ).join("");
    edits.push(within(old, added, offset));
    offset += added.length;
    [i, j] = [nextI, nextJ];
  }
  return edits;
}

/** Where two lists of lines are the same again, the nearest such place. */
function meeting(
  before: readonly string[],
  after: readonly string[],
  i: number,
  j: number,
): [number, number] {
  const most = before.length - i + (after.length - j);
  for (let sum = 1; sum <= Math.min(most, 60); sum++)
    for (let a = 0; a <= sum; a++) {
      const [x, y] = [i + a, j + sum - a];
      if (x < before.length && y < after.length && before[x] === after[y]) return [x, y];
    }
  return [before.length, after.length];
}

/** One edit that turns a text at an offset into another, as small as it can be. */
function within(from: string, to: string, offset: number): Edit {
  let start = 0;
  while (start < from.length && start < to.length && from[start] === to[start]) start++;
  let end = 0;
  const room = Math.min(from.length, to.length) - start;
  while (end < room && from.at(-1 - end) === to.at(-1 - end)) end++;
  return {
    start: offset + start,
    end: offset + from.length - end,
    newText: to.slice(start, to.length - end),
  };
}
