/** Every text of a JSON document, with the way to it; comments and trailing commas are allowed. */
import { type Node, parseTree } from "jsonc-parser";
import type { Span } from "./rule.ts";

export interface JsonText {
  /** Keys, and positions in lists. */
  readonly path: readonly (string | number)[];
  readonly value: string;
  /** Without its quotes. */
  readonly span: Span;
}

export function jsonTexts(text: string): readonly JsonText[] {
  const out: JsonText[] = [];
  const visit = (node: Node | undefined, path: readonly (string | number)[]): void => {
    if (node === undefined) return;
    if (node.type === "string" && typeof node.value === "string") {
      const span = { start: node.offset + 1, end: node.offset + Math.max(1, node.length - 1) };
      out.push({ path, value: node.value, span });
    } else if (node.type === "array")
      for (const [i, child] of (node.children ?? []).entries()) visit(child, [...path, i]);
    else if (node.type === "object")
      for (const { children } of node.children ?? [])
        visit(children?.[1], [...path, String(children?.[0]?.value)]);
  };
  try {
    visit(parseTree(text, [], { allowTrailingComma: true }), []);
  } catch {
    // Nested deeper than the stack.
    return [];
  }
  return out;
}
