/** YAML with places: what a document holds, and where in the text it stands. Broken documents give nothing. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from "yaml";
import type { Span } from "./rule.ts";

export type YamlNode = YamlMap | YamlList | YamlText;
export interface YamlMap {
  readonly kind: "map";
  readonly span: Span;
  /** Written with braces. */
  readonly flow: boolean;
  readonly entries: readonly YamlEntry[];
}
export interface YamlEntry {
  readonly key: string;
  readonly keySpan: Span;
  /** Undefined for an empty one. */
  readonly value: YamlNode | undefined;
}
export interface YamlList {
  readonly kind: "list";
  readonly span: Span;
  readonly items: readonly YamlNode[];
}
/** Any scalar: numbers and booleans as they are written. */
export interface YamlText {
  readonly kind: "text";
  readonly value: string;
  /** With its quotes, or with the `|` of a block. */
  readonly span: Span;
  readonly style: "plain" | "single" | "double" | "block" | "folded";
}

/** The documents of the last texts: several rules ask for the same one. */
const parsed = new Map<string, YamlNode | undefined>();
export function yaml(text: string): YamlNode | undefined {
  if (parsed.has(text)) return parsed.get(text);
  let root: YamlNode | undefined;
  try {
    const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false });
    if (document.errors.length === 0) root = nodeOf(document.contents, text, document, new Map());
  } catch {
    // Nested deeper than the stack.
  }
  for (const old of parsed.keys()) if (parsed.size >= 4) parsed.delete(old);
  parsed.set(text, root);
  return root;
}

/** What keeps a text from being read as YAML. */
export function yamlFault(text: string): string | undefined {
  const lines = new LineCounter();
  try {
    const { errors } = parseDocument(text, {
      uniqueKeys: false,
      prettyErrors: false,
      lineCounter: lines,
    });
    const [first] = errors;
    return first === undefined
      ? undefined
      : `not valid YAML (line ${lines.linePos(first.pos[0]).line})`;
  } catch {
    return "not valid YAML: nested too deeply";
  }
}

/** An alias is what it stands for, in its place; one inside itself is nothing. */
function nodeOf(
  node: Node | null,
  text: string,
  document: Document,
  done: Map<Node, YamlNode | undefined>,
): YamlNode | undefined {
  const target = isAlias(node) ? node.resolve(document) : node;
  if (target === undefined || target === null) return undefined;
  if (done.has(target)) return done.get(target);
  done.set(target, undefined);
  const made = make(target, text, document, done);
  done.set(target, made);
  return made;
}
function make(
  node: Node,
  text: string,
  document: Document,
  done: Map<Node, YamlNode | undefined>,
): YamlNode | undefined {
  const [start, end] = node.range ?? [0, 0];
  const span = { start, end };
  if (isScalar(node)) {
    const value = node.value;
    if (value === null && start === end) return undefined;
    const style = STYLES[node.type ?? "PLAIN"] ?? "plain";
    return {
      kind: "text",
      span,
      style,
      value: typeof value === "string" ? value : text.slice(start, end),
    };
  }
  const inner = (child: unknown): YamlNode | undefined =>
    nodeOf(child as Node | null, text, document, done);
  if (isSeq(node))
    return { kind: "list", span, items: node.items.flatMap((item) => inner(item) ?? []) };
  if (!isMap(node)) return undefined;
  const entries = node.items.flatMap(({ key, value }) => {
    const name = inner(key);
    return name?.kind === "text"
      ? [{ key: name.value, keySpan: name.span, value: inner(value) }]
      : [];
  });
  return { kind: "map", span, flow: node.flow === true, entries };
}
const STYLES: Readonly<Record<string, YamlText["style"]>> = {
  QUOTE_DOUBLE: "double",
  QUOTE_SINGLE: "single",
  BLOCK_LITERAL: "block",
  BLOCK_FOLDED: "folded",
};

export function entryOf(node: YamlNode | undefined, key: string): YamlEntry | undefined {
  return node?.kind === "map" ? node.entries.findLast((entry) => entry.key === key) : undefined;
}
export function at(node: YamlNode | undefined, ...path: readonly string[]): YamlNode | undefined {
  let here = node;
  for (const key of path) here = entryOf(here, key)?.value;
  return here;
}
export function entries(node: YamlNode | undefined): readonly YamlEntry[] {
  return node?.kind === "map" ? node.entries : [];
}
export function items(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === "list" ? node.items : [];
}
export function textOf(node: YamlNode | undefined): string | undefined {
  return node?.kind === "text" ? node.value : undefined;
}
/** One text or a list of them, as YAML files often allow. */
export function textsOf(node: YamlNode | undefined): readonly string[] {
  return node?.kind === "text" ? [node.value] : items(node).flatMap((one) => textOf(one) ?? []);
}
/** Every scalar inside; `most` keeps documents with many aliases small. */
export function scalars(node: YamlNode | undefined, most = 200): readonly YamlText[] {
  const out: YamlText[] = [];
  const visit = (one: YamlNode | undefined): void => {
    if (one === undefined || out.length >= most) return;
    if (one.kind === "text") out.push(one);
    else if (one.kind === "list") for (const item of one.items) visit(item);
    else for (const { value } of one.entries) visit(value);
  };
  visit(node);
  return out;
}
