/** Node kinds as numbers: tables from a grammar's kind to what handles it, made once per grammar. */
import {
  type FlatTree,
  type Grammar,
  isNamed,
  kind,
  NO_NODE,
  namedChildren,
  STRIDE,
  skip,
  textOf,
} from "../../syntax/flat.ts";

/** A value for each kind of node; kinds that are not listed have none. Named nodes only. */
export type KindTable<T> = (grammar: Grammar) => readonly (T | undefined)[];

export function kindTable<T>(byKind: Readonly<Record<string, T>>): KindTable<T> {
  const tables = new WeakMap<Grammar, (T | undefined)[]>();
  const known = new Map(Object.entries(byKind));
  let last: Grammar | undefined;
  let lastTable: (T | undefined)[] = [];
  return (grammar) => {
    if (grammar === last) return lastTable;
    let table = tables.get(grammar);
    if (table === undefined) {
      table = grammar.kinds.map((name, id) => (grammar.named[id] ? known.get(name) : undefined));
      tables.set(grammar, table);
    }
    last = grammar;
    lastTable = table;
    return table;
  };
}

export function kindId(tree: FlatTree, n: number): number {
  return (tree.nodes[n * STRIDE] as number) & 0xffff;
}

const functionKinds = kindTable<true>({
  function_declaration: true,
  generator_function_declaration: true,
  function_expression: true,
  function: true,
  generator_function: true,
  arrow_function: true,
  method_definition: true,
});

export function isFunction(tree: FlatTree, n: number): boolean {
  return functionKinds(tree.grammar)[kindId(tree, n)] === true;
}

/** The body of a function-like node, or -1. Signatures without a body are no functions. */
export function bodyOf(tree: FlatTree, n: number): number {
  if (!isFunction(tree, n)) return NO_NODE;
  const stop = skip(tree, n);
  let last = NO_NODE;
  for (let c = n + 1; c < stop; c = skip(tree, c)) {
    const id = ((tree.nodes[c * STRIDE] as number) >>> 16) & 0x7fff;
    if (id !== 0 && tree.grammar.fields[id] === "body") last = c;
  }
  return last;
}

/** True if an unnamed child token with that text exists. */
export function hasToken(tree: FlatTree, n: number, token: string): boolean {
  const stop = skip(tree, n);
  for (let c = n + 1; c < stop; c = skip(tree, c)) {
    if (!isNamed(tree, c) && kind(tree, c) === token) return true;
  }
  return false;
}

/** The first named child that is no comment, or NO_NODE. */
export function firstNamed(tree: FlatTree, n: number): number {
  const stop = skip(tree, n);
  for (let c = n + 1; c < stop; c = skip(tree, c)) {
    if (isNamed(tree, c) && kind(tree, c) !== "comment") return c;
  }
  return NO_NODE;
}

/** The node without the parentheses around it. */
export function stripParentheses(tree: FlatTree, n: number): number {
  let at = n;
  while (at >= 0 && kind(tree, at) === "parenthesized_expression") {
    const inner = firstNamed(tree, at);
    if (inner < 0) break;
    at = inner;
  }
  return at;
}

/** The name a property key spells, or undefined for a computed one. */
export function propertyName(tree: FlatTree, n: number): string | undefined {
  switch (kind(tree, n)) {
    case "string":
      return stringText(tree, n);
    case "number":
      return String(Number(textOf(tree, n).replaceAll("_", "").replace(/n$/, "")));
    case "computed_property_name": {
      const inner = firstNamed(tree, n);
      return inner >= 0 && kind(tree, inner) === "string" ? stringText(tree, inner) : undefined;
    }
    default:
      return textOf(tree, n);
  }
}

/** The decoded text of a string node. */
export function stringText(tree: FlatTree, n: number): string {
  const raw = textOf(tree, n);
  const quote = raw[0];
  const closed = raw.length > 1 && raw.endsWith(quote as string);
  return decodeEscapes(raw.slice(1, closed ? -1 : undefined));
}

const ESCAPE =
  /\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-3]?[0-7]{1,2})|(\r\n|[\s\S]))/g;
const SIMPLE: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  f: "\f",
  v: "\v",
  "\n": "",
  "\r": "",
  "\r\n": "",
  "\u2028": "",
  "\u2029": "",
};

/** What the source text between the delimiters of a string or template means. */
export function decodeEscapes(raw: string): string {
  if (!raw.includes("\\")) return raw;
  return raw.replace(ESCAPE, (_, code, unicode, hex, octal, other) => {
    if (code !== undefined) {
      const point = Number.parseInt(code, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : "\ufffd";
    }
    if (unicode !== undefined) return String.fromCharCode(Number.parseInt(unicode, 16));
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    return Object.hasOwn(SIMPLE, other) ? (SIMPLE[other] as string) : other;
  });
}

/** The value of a number or BigInt literal. */
export function numberValue(text: string): number {
  const direct = Number(text);
  if (!Number.isNaN(direct) && !text.startsWith("0")) return direct;
  const plain = text.replaceAll("_", "").replace(/n$/, "");
  return /^0[0-7]+$/.test(plain) ? Number.parseInt(plain, 8) : Number(plain);
}

/** Names bound by a pattern, in order; default values and computed keys bind nothing. */
export function boundNames(tree: FlatTree, pattern: number): string[] {
  const names: string[] = [];
  const open = [pattern];
  for (let n = open.pop(); n !== undefined; n = open.pop()) {
    switch (kind(tree, n)) {
      case "identifier":
      case "shorthand_property_identifier_pattern":
        names.push(textOf(tree, n));
        break;
      case "assignment_pattern":
      case "object_assignment_pattern":
        open.push(n + 1);
        break;
      case "pair_pattern": {
        const value = namedChildren(tree, n)[1];
        if (value !== undefined) open.push(value);
        break;
      }
      case "array_pattern":
      case "object_pattern":
      case "rest_pattern":
        open.push(...namedChildren(tree, n).reverse());
        break;
      default:
    }
  }
  return names;
}
