/** Annotations as type references, from syntax and from quoted annotations. */
import type { Literal, TypeRef } from "../../ir/ir.ts";
import {
  childByField,
  childrenByField,
  type FlatTree,
  kind,
  NO_NODE,
  textOf,
} from "../../syntax/flat.ts";
import { plainText } from "./strings.ts";
import { parts, unwrap } from "./syntax.ts";

const UNKNOWN: TypeRef = { kind: "unknown" };
const NONE: TypeRef = { kind: "literal", values: [null] };
const MAX_NESTING = 40;

export function typeOf(tree: FlatTree, node: number): TypeRef {
  return typeAt(tree, node, 0);
}

function typeAt(tree: FlatTree, node: number, level: number): TypeRef {
  if (node === NO_NODE || level > MAX_NESTING) return UNKNOWN;
  const at = (n: number | undefined): TypeRef =>
    n === undefined ? UNKNOWN : typeAt(tree, n, level + 1);
  switch (kind(tree, node)) {
    case "type":
    case "parenthesized_expression": {
      const [only] = parts(tree, node);
      return at(only);
    }
    case "identifier":
    case "attribute":
    case "dotted_name":
    case "member_type": {
      const path = pathOf(tree, node);
      return path === undefined ? UNKNOWN : { kind: "name", path, args: [] };
    }
    case "none":
      return NONE;
    case "true":
    case "false":
    case "integer":
    case "unary_operator":
      return { kind: "literal", values: literals(tree, [node]) };
    case "string":
    case "concatenated_string": {
      const text = plainText(tree, node);
      return text === undefined ? UNKNOWN : parseType(text);
    }
    case "union_type":
      return union(parts(tree, node).map(at));
    case "binary_operator": {
      const operator = childByField(tree, node, "operator");
      if (operator === NO_NODE || textOf(tree, operator) !== "|") return UNKNOWN;
      return union([at(childByField(tree, node, "left")), at(childByField(tree, node, "right"))]);
    }
    case "generic_type": {
      const [name, list] = parts(tree, node);
      if (name === undefined || list === undefined) return UNKNOWN;
      return generic(tree, [textOf(tree, name)], parts(tree, list), level);
    }
    case "subscript": {
      const value = childByField(tree, node, "value");
      const path = value === NO_NODE ? undefined : pathOf(tree, value);
      if (path === undefined) return UNKNOWN;
      return generic(tree, path, childrenByField(tree, node, "subscript"), level);
    }
    case "call": {
      const callee = childByField(tree, node, "function");
      const list = childByField(tree, node, "arguments");
      const path = callee === NO_NODE ? undefined : pathOf(tree, callee);
      if (path === undefined || list === NO_NODE) return UNKNOWN;
      const positional = parts(tree, list).filter((n) => kind(tree, n) !== "keyword_argument");
      const texts = namedTexts(tree, parts(tree, list));
      return {
        kind: "name",
        path,
        args: positional.map(at),
        called: true,
        ...(texts === undefined ? {} : { texts }),
      };
    }
    case "list":
      // The parameters of a Callable.
      return { kind: "name", path: ["list"], args: parts(tree, node).map(at) };
    default:
      return UNKNOWN;
  }
}

function namedTexts(
  tree: FlatTree,
  args: readonly number[],
): Readonly<Record<string, string>> | undefined {
  const out: Record<string, string> = {};
  for (const arg of args) {
    if (kind(tree, arg) !== "keyword_argument") continue;
    const name = childByField(tree, arg, "name");
    const value = childByField(tree, arg, "value");
    if (name === NO_NODE || value === NO_NODE || kind(tree, value) !== "string") continue;
    const text = plainText(tree, value);
    if (text !== undefined) out[textOf(tree, name)] = text;
  }
  return Object.keys(out).length === 0 ? undefined : out;
}

function generic(
  tree: FlatTree,
  path: readonly string[],
  args: readonly number[],
  level: number,
): TypeRef {
  if (path[path.length - 1] === "Literal") return { kind: "literal", values: literals(tree, args) };
  return applied(
    path,
    args.map((n) => typeAt(tree, n, level + 1)),
  );
}

const SEQUENCES = new Set([
  "list",
  "List",
  "set",
  "Set",
  "frozenset",
  "FrozenSet",
  "AbstractSet",
  "Sequence",
  "MutableSequence",
  "Iterable",
  "Iterator",
  "AsyncIterable",
  "AsyncIterator",
  "Collection",
]);

/** What `path[args]` means; shared by both spellings of an annotation. */
function applied(path: readonly string[], args: readonly TypeRef[]): TypeRef {
  const name = path[path.length - 1] ?? "";
  const [first] = args;
  if (name === "Optional" && first !== undefined) return union([first, NONE]);
  if (name === "Union") return union(args);
  if (SEQUENCES.has(name) && first !== undefined && args.length === 1)
    return { kind: "array", element: first };
  return { kind: "name", path, args };
}

function union(members: readonly TypeRef[]): TypeRef {
  const flat = members.flatMap((m) => (m.kind === "union" ? m.members : [m]));
  const [only] = flat;
  return flat.length === 1 && only !== undefined ? only : { kind: "union", members: flat };
}

function literals(tree: FlatTree, nodes: readonly number[]): Literal[] {
  const out: Literal[] = [];
  for (const wrapped of nodes) {
    const node = unwrap(
      tree,
      kind(tree, wrapped) === "type" ? (parts(tree, wrapped)[0] ?? wrapped) : wrapped,
    );
    switch (kind(tree, node)) {
      case "true":
        out.push(true);
        break;
      case "false":
        out.push(false);
        break;
      case "none":
        out.push(null);
        break;
      case "integer":
      case "unary_operator":
        out.push(Number(textOf(tree, node).replaceAll("_", "")));
        break;
      default:
        out.push(plainText(tree, node));
    }
  }
  return out;
}

/** The parts of `a.b.c`, or undefined for anything else. */
export function pathOf(tree: FlatTree, node: number): string[] | undefined {
  const text = textOf(tree, node);
  return DOTTED.test(text) ? text.split(".").map((part) => part.trim()) : undefined;
}

const NAME = "[\\p{L}_][\\p{L}\\p{N}_]*";
const DOTTED = new RegExp(`^${NAME}(?:\\s*\\.\\s*${NAME})*$`, "u");
const TOKEN = new RegExp(`\\s*(?:(${NAME}(?:\\.${NAME})*)|("[^"]*"|'[^']*')|(-?\\d+)|(.))`, "suy");

/** A quoted annotation. Reads names, `[...]`, `|` and literals; anything else is unknown. */
export function parseType(text: string): TypeRef {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text); found !== null; found = TOKEN.exec(text)) {
    const token = found[1] ?? found[2] ?? found[3] ?? found[4] ?? "";
    if (token.trim() !== "") tokens.push(token);
    if (tokens.length > 200) return UNKNOWN;
  }
  let at = 0;
  const one = (level: number): TypeRef => {
    const token = tokens[at++] ?? "";
    if (level > MAX_NESTING) return UNKNOWN;
    if (/^["']/.test(token)) return { kind: "literal", values: [token.slice(1, -1)] };
    if (/^-?\d/.test(token)) return { kind: "literal", values: [Number(token)] };
    if (token === "None") return NONE;
    if (token === "[") return { kind: "name", path: ["list"], args: several(level) };
    if (!DOTTED.test(token)) return UNKNOWN;
    const path = token.split(".");
    if (tokens[at] !== "[") return { kind: "name", path, args: [] };
    at++;
    const args = several(level);
    if (path[path.length - 1] !== "Literal") return applied(path, args);
    return {
      kind: "literal",
      values: args.flatMap((a) => (a.kind === "literal" ? a.values : [undefined])),
    };
  };
  const any = (level: number): TypeRef => {
    const members = [one(level)];
    while (tokens[at] === "|") {
      at++;
      members.push(one(level));
    }
    return union(members);
  };
  const several = (level: number): TypeRef[] => {
    const out: TypeRef[] = [];
    while (at < tokens.length && tokens[at] !== "]") {
      out.push(any(level + 1));
      if (tokens[at] === ",") at++;
      else if (tokens[at] !== "]") at = tokens.length;
    }
    at++;
    return out;
  };
  if (tokens.length === 0) return UNKNOWN;
  const type = any(0);
  return at === tokens.length ? type : UNKNOWN;
}
