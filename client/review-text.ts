// What the review of AI changes says. Nothing of the editor is needed here.

import type { AiChange } from "../server/lsp/origin-protocol.ts";
import * as l10n from "./l10n.ts";

/** "AI change 1 of 3: app.py, lines 9 to 11"; of a notebook "hosts.ipynb, cell 2, line 3" */
export function changeTitle(
  { uri, range, number }: AiChange,
  index: number,
  count: number,
): string {
  // The URI of a cell ends with its fragment.
  const path = uri.replace(/#.*$/, "");
  const file = decodeURIComponent(path.slice(path.lastIndexOf("/") + 1));
  const name = number === undefined ? file : l10n.t("{0}, cell {1}", file, number);
  const first = range.start.line + 1;
  // A range that ends at the start of a line does not reach into it.
  const isBefore = range.end.character === 0 && range.end.line > range.start.line;
  const last = range.end.line + (isBefore ? 0 : 1);
  return first === last
    ? l10n.t("AI change {0} of {1}: {2}, line {3}", index + 1, count, name, first)
    : l10n.t("AI change {0} of {1}: {2}, lines {3} to {4}", index + 1, count, name, first, last);
}

export function findingLabel({ title, range, number }: AiChange["findings"][number]): string {
  const line = range.start.line + 1;
  return number === undefined
    ? l10n.t("{0}, line {1}", title, line)
    : l10n.t("{0}, cell {1}, line {2}", title, number, line);
}

export function summaryOf(reviewed: number, count: number): string {
  const left = count - reviewed;
  if (left === 0)
    return count === 1
      ? l10n.t("Skeptic: the AI change is reviewed.")
      : l10n.t("Skeptic: all {0} AI changes are reviewed.", count);
  return l10n.t("Skeptic: {0} of {1} AI changes reviewed, {2} left.", reviewed, count, left);
}
