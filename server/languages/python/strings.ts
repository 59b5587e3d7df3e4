/** String literals: prefixes, escapes, f-strings and adjacent literals. */
import type { JoinPart, ValueId } from "../../ir/ir.ts";
import {
  childByField,
  childOfKind,
  children,
  end,
  type FlatTree,
  kind,
  NO_NODE,
  start,
  textOf,
} from "../../syntax/flat.ts";
import { type Context, constant, spanBetween, spanOf } from "./context.ts";
import { lowerChild } from "./expressions.ts";
import { parts } from "./syntax.ts";

/** Decoded text; character i was written at [starts[i], ends[i]) of the file. */
export interface Decoded {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** A `string` or `concatenated_string`: one constant, or a `join` if anything is interpolated. */
export function lowerString(c: Context, node: number): ValueId {
  const { tree } = c;
  const strings = literalsOf(tree, node);
  const pieces: JoinPart[] = [];
  for (const string of strings) addParts(c, string, pieces);
  const span = spanOf(c, node);
  if (pieces.every((p) => p.kind === "text"))
    return constant(c, pieces.map((p) => p.text).join(""), span);
  return c.b.emit({
    op: "join",
    style: strings.length > 1 ? "adjacent" : "fstring",
    parts: pieces,
    span,
  });
}

/** The text of a literal without interpolations, with places; undefined if it has one. */
export function decodeLiteral(tree: FlatTree, node: number): Decoded | undefined {
  let text = "";
  const starts: number[] = [];
  const ends: number[] = [];
  for (const string of literalsOf(tree, node)) {
    const prefix = prefixOf(tree, string);
    for (const part of children(tree, string)) {
      if (kind(tree, part) === "interpolation") return undefined;
      if (kind(tree, part) !== "string_content") continue;
      for (const piece of cut(textOf(tree, part), prefix)) {
        for (const unit of piece.text.split("")) {
          text += unit;
          starts.push(start(tree, part) + piece.from);
          ends.push(start(tree, part) + piece.to);
        }
      }
    }
  }
  return { text, starts, ends };
}

/** The text of a plain string literal; undefined for anything else. */
export function plainText(tree: FlatTree, node: number): string | undefined {
  const k = kind(tree, node);
  if (k !== "string" && k !== "concatenated_string") return undefined;
  let text = "";
  for (const string of literalsOf(tree, node)) {
    const prefix = prefixOf(tree, string);
    for (const part of children(tree, string)) {
      if (kind(tree, part) === "interpolation") return undefined;
      if (kind(tree, part) === "string_content") text += decode(textOf(tree, part), prefix);
    }
  }
  return text;
}

function literalsOf(tree: FlatTree, node: number): number[] {
  if (kind(tree, node) === "string") return [node];
  return parts(tree, node).filter((n) => kind(tree, n) === "string");
}

interface Prefix {
  readonly raw: boolean;
  readonly bytes: boolean;
  readonly format: boolean;
}

function prefixOf(tree: FlatTree, string: number): Prefix {
  const opening = childOfKind(tree, string, "string_start");
  const letters =
    opening === NO_NODE
      ? ""
      : textOf(tree, opening)
          .replace(/["']+$/, "")
          .toLowerCase();
  return {
    raw: letters.includes("r"),
    bytes: letters.includes("b"),
    format: letters.includes("f") || letters.includes("t"),
  };
}

function addParts(c: Context, string: number, out: JoinPart[]): void {
  const { tree } = c;
  const prefix = prefixOf(tree, string);
  for (const part of children(tree, string)) {
    switch (kind(tree, part)) {
      case "string_content": {
        const text = decode(textOf(tree, part), prefix);
        if (text !== "") out.push({ kind: "text", text, span: spanOf(c, part) });
        break;
      }
      case "interpolation":
        addHole(c, part, out);
        break;
      default:
    }
  }
}

/** `{value!r:>{width}}`: one hole for the value, then one for each expression in its format. */
function addHole(c: Context, node: number, out: JoinPart[]): void {
  const { tree } = c;
  const expression = childByField(tree, node, "expression");
  const value = lowerChild(c, expression, node);
  const from = expression === NO_NODE ? start(tree, node) + 1 : end(tree, expression);
  const format = tree.text.slice(from, Math.max(from, end(tree, node) - 1)).trim();
  out.push({
    kind: "hole",
    value,
    span: spanOf(c, node),
    ...(format === ""
      ? {}
      : { format, ...numericIf(takesNumbersOnly(format)), ...literalIf(format) }),
  });
  const spec = childByField(tree, node, "format_specifier");
  if (spec === NO_NODE) return;
  for (const inner of parts(tree, spec)) {
    if (kind(tree, inner) === "format_expression" || kind(tree, inner) === "interpolation")
      addHole(c, inner, out);
  }
}

/** Formats such as `:d`, `:08.3f` and `:,` fail for a text. What is in braces may be anything. */
export function takesNumbersOnly(format: string): boolean {
  const spec = /^[^:]*:([^{}]*)$/.exec(format)?.[1];
  return spec !== undefined && /[,_bdeEfFgGnoxX%]$/.test(spec);
}

/** `!r`, `!a`, `%r`, `%a` */
export function literalIf(format: string): { readonly literal?: true } {
  return /^(?:![ra]|[#0\- +\d.]*[ra]$)/.test(format) ? { literal: true } : {};
}

export function numericIf(numeric: boolean): { readonly numeric?: true } {
  return numeric ? { numeric } : {};
}

function decode(raw: string, prefix: Prefix): string {
  if (!raw.includes("\\") && !(prefix.format && /[{}]/.test(raw))) return raw;
  let text = "";
  for (const piece of cut(raw, prefix)) text += piece.text;
  return text;
}

interface Piece {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const ESCAPE =
  /\\(?:\r\n|N\{[^}]*\}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|[0-7]{1,3}|[\s\S])/y;

/** A literal's raw text cut into single characters and escapes, each with its decoded text. */
function cut(raw: string, prefix: Prefix): Piece[] {
  const out: Piece[] = [];
  for (let i = 0; i < raw.length; ) {
    const from = i;
    const char = raw[i] as string;
    if (char === "\\" && !prefix.raw) {
      ESCAPE.lastIndex = i;
      const found = ESCAPE.exec(raw)?.[0] ?? char;
      i += found.length;
      out.push({ text: decodeEscape(found, prefix.bytes), from, to: i });
      continue;
    }
    i++;
    if (prefix.format && (char === "{" || char === "}") && raw[i] === char) i++;
    out.push({ text: char, from, to: i });
  }
  return out;
}

const SIMPLE: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\n": "",
  "\r": "",
  "\r\n": "",
};

/** The text an escape stands for; one that Python does not know keeps its backslash. */
function decodeEscape(written: string, bytes: boolean): string {
  const body = written.slice(1);
  const simple = Object.hasOwn(SIMPLE, body) ? SIMPLE[body] : undefined;
  if (simple !== undefined) return simple;
  if (/^[0-7]{1,3}$/.test(body)) return String.fromCharCode(Number.parseInt(body, 8));
  if (body.length === 3 && body.startsWith("x"))
    return String.fromCharCode(Number.parseInt(body.slice(1), 16));
  if (bytes || body.length < 2) return written;
  // Character names are not looked up: a placeholder that is no ASCII character.
  if (body.startsWith("N")) return "\ufffd";
  const code = Number.parseInt(body.slice(1), 16);
  return code > 0x10ffff ? "\ufffd" : String.fromCodePoint(code);
}

export function spanOfRange(
  c: Context,
  decoded: Decoded,
  from: number,
  to: number,
  at: number,
): { start: number; end: number } {
  const first = decoded.starts[from] ?? at;
  const last = decoded.ends[to - 1] ?? first;
  return spanBetween(c, first, Math.max(first, last));
}
