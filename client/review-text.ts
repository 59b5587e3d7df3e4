// What the review of AI changes says. Nothing of the editor is needed here.

import type { AiChange } from "../server/lsp/origin-protocol.ts";

/** "AI change 1 of 3: app.py, lines 9 to 11" */
export function changeTitle({ uri, range }: AiChange, index: number, count: number): string {
  const name = decodeURIComponent(uri.slice(uri.lastIndexOf("/") + 1));
  const first = range.start.line + 1;
  // A range that ends at the start of a line does not reach into it.
  const isBefore = range.end.character === 0 && range.end.line > range.start.line;
  const last = range.end.line + (isBefore ? 0 : 1);
  const lines = first === last ? `line ${first}` : `lines ${first} to ${last}`;
  return `AI change ${index + 1} of ${count}: ${name}, ${lines}`;
}

export function findingLabel({ title, range }: AiChange["findings"][number]): string {
  return `${title}, line ${range.start.line + 1}`;
}

export function summaryOf(reviewed: number, count: number): string {
  const left = count - reviewed;
  if (left === 0)
    return `Skeptic: ${count === 1 ? "the AI change is" : `all ${count} AI changes are`} reviewed.`;
  return `Skeptic: ${reviewed} of ${count} AI changes reviewed, ${left} left.`;
}
