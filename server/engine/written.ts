/** Where comments and the texts between quotes stand in a file of code: what is there is read, and not run as it stands. */
import type { Span } from "../base/text.ts";
import type { Written } from "../rule/rule.ts";
import { end, type FlatTree, kind, parent, skip, start } from "../syntax/flat.ts";

const KINDS: Readonly<Record<string, Written["kind"]>> = {
  comment: "comment",
  html_comment: "comment",
  hash_bang_line: "comment",
  string: "text",
  template_string: "text",
  template_literal_type: "text",
  regex: "pattern",
  jsx_text: "markup",
};
const HOLES: ReadonlySet<string> = new Set([
  "interpolation",
  "template_substitution",
  "template_type",
]);

/** In the order in which they begin; one in a hole of another one stands behind that. */
export function writtenIn(tree: FlatTree): readonly Written[] {
  const out: Written[] = [];
  for (let n = 0; n < tree.count; n++) {
    const found = Object.hasOwn(KINDS, kind(tree, n)) ? KINDS[kind(tree, n)] : undefined;
    if (found === undefined) continue;
    const holes: Span[] = [];
    const stop = skip(tree, n);
    for (let c = n + 1; c < stop; c = HOLES.has(kind(tree, c)) ? skip(tree, c) : c + 1)
      if (HOLES.has(kind(tree, c))) holes.push({ start: start(tree, c), end: end(tree, c) });
    // An attribute of markup has no escapes.
    const isMarkup = parent(tree, n) >= 0 && kind(tree, parent(tree, n)) === "jsx_attribute";
    out.push({
      kind: isMarkup ? "markup" : found,
      start: start(tree, n),
      end: end(tree, n),
      holes,
    });
  }
  return out;
}
