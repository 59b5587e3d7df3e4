/** JSON with places, in the same form as YAML: comments and trailing commas are allowed, and what is broken gives what can be read. */
import { type Node, parseTree } from "jsonc-parser";
import type { YamlNode } from "./yaml.ts";

const parsed = new Map<string, YamlNode | undefined>();

export function json(text: string): YamlNode | undefined {
  if (parsed.has(text)) return parsed.get(text);
  let root: YamlNode | undefined;
  try {
    root = nodeOf(parseTree(text, [], { allowTrailingComma: true }), text);
  } catch {
    // Nested deeper than the stack.
  }
  for (const old of parsed.keys()) if (parsed.size >= 4) parsed.delete(old);
  parsed.set(text, root);
  return root;
}

function nodeOf(node: Node | undefined, text: string): YamlNode | undefined {
  if (node === undefined) return undefined;
  const span = { start: node.offset, end: node.offset + node.length };
  if (node.type === "object")
    return {
      kind: "map",
      span,
      flow: true,
      entries: (node.children ?? []).flatMap(({ children }) => {
        const [key, value] = children ?? [];
        if (key === undefined) return [];
        const keySpan = { start: key.offset, end: key.offset + key.length };
        return [{ key: String(key.value), keySpan, value: nodeOf(value, text) }];
      }),
    };
  if (node.type === "array")
    return {
      kind: "list",
      span,
      items: (node.children ?? []).flatMap((one) => nodeOf(one, text) ?? []),
    };
  const isText = node.type === "string" && typeof node.value === "string";
  return {
    kind: "text",
    span,
    style: isText ? "double" : "plain",
    value: isText ? node.value : text.slice(span.start, span.end),
  };
}
