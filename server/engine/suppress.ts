/** Inline suppression: `skeptic: ignore[rule-id] -- reason` in a comment on the line or alone on the line above. */

import { lineStarts, positionAt } from "../base/text.ts";
import { end, type FlatTree, kind, start } from "../syntax/flat.ts";

export interface Directive {
  /** Absolute place of the comment. */
  readonly start: number;
  readonly end: number;
  /** First line (from 0) to which it applies, and the last. */
  readonly lines: readonly [number, number];
  readonly rules: readonly string[];
  readonly reason: string;
}

const FORM = /skeptic:\s*ignore\s*(?:\[([^\]]*)\])?\s*(?:--\s*(.*?))?\s*(?:\*\/)?\s*$/s;

export function directives(tree: FlatTree): readonly Directive[] {
  const out: Directive[] = [];
  let starts: Uint32Array | undefined;
  for (let n = 0; n < tree.count; n++) {
    if (kind(tree, n) !== "comment") continue;
    const from = start(tree, n);
    const to = end(tree, n);
    const text = tree.text.slice(from, to);
    const match = FORM.exec(text);
    if (match === null) continue;
    starts ??= lineStarts(tree.text);
    const line = positionAt(starts, from).line;
    const alone = tree.text.slice(starts[line] as number, from).trim() === "";
    out.push({
      start: from,
      end: to,
      lines: alone ? [line, nextCodeLine(tree.text, starts, line)] : [line, line],
      rules: (match[1] ?? "")
        .split(",")
        .map((r) => r.trim())
        .filter((r) => r !== ""),
      reason: (match[2] ?? "").trim(),
    });
  }
  return out;
}

/** The line after the comment, past further comment-only lines (several directives may stand on top of each other). */
function nextCodeLine(text: string, starts: Uint32Array, line: number): number {
  for (let l = line + 1; l < starts.length; l++) {
    const content = text.slice(starts[l] as number, starts[l + 1] ?? text.length).trim();
    if (!/^(#|\/\/|\/\*)/.test(content)) return l;
  }
  return line + 1;
}
