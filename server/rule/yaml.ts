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

interface Parsed {
  readonly root?: YamlNode | undefined;
  readonly fault?: string;
}
/** The reader takes a second for a megabyte: larger lists of packages are left out, and said. */
const MAX_SIZE = 1_000_000;

/** The documents of the last texts: several rules ask for the same one. */
const parsed = new Map<string, Parsed>();
export function yaml(text: string): YamlNode | undefined {
  return parse(text).root;
}
/** What keeps a text from being read as YAML. */
export function yamlFault(text: string): string | undefined {
  return parse(text).fault;
}

function parse(text: string): Parsed {
  const old = parsed.get(text);
  if (old !== undefined) return old;
  const made = text.length > MAX_SIZE ? { fault: "too large to be read as YAML" } : read(text);
  for (const key of parsed.keys()) if (parsed.size >= 4) parsed.delete(key);
  parsed.set(text, made);
  return made;
}
function read(text: string): Parsed {
  const lineCounter = new LineCounter();
  try {
    const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false, lineCounter });
    const [first] = document.errors;
    if (first !== undefined)
      return { fault: `not valid YAML (line ${lineCounter.linePos(first.pos[0]).line})` };
    return { root: nodeOf(document.contents, text, document, new Map()) };
  } catch {
    return { fault: "not valid YAML: nested too deeply" };
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
  const own = node.items.flatMap(({ key, value }) => {
    const name = inner(key);
    return name?.kind === "text"
      ? [{ key: name.value, keySpan: name.span, value: inner(value) }]
      : [];
  });
  return { kind: "map", span, flow: node.flow === true, entries: merged(own) };
}
/** `<<: *defaults`: the entries of other maps, where there is none of that name; of several maps the first one has the say. */
function merged(own: readonly YamlEntry[]): readonly YamlEntry[] {
  const taken = own.filter(({ key }) => key === "<<").map(({ value }) => value);
  if (taken.length === 0) return own;
  const rest = own.filter(({ key }) => key !== "<<");
  const names = new Set(rest.map(({ key }) => key));
  const others = taken
    .flatMap((one): readonly (YamlNode | undefined)[] => (one?.kind === "list" ? one.items : [one]))
    .flatMap(entries)
    .filter(({ key }) => !names.has(key) && names.add(key));
  return [...others, ...rest];
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
