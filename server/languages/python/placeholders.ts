/** `"..." % x` and `"...".format(x)` as joins. Whatever does not fit its placeholders stays an operator or a call. */
import type { JoinPart, Span, ValueId } from "../../ir/ir.ts";
import { childByField, kind, NO_NODE, start, textOf } from "../../syntax/flat.ts";
import { type Context, constant, loadText, lookup, spanOf } from "./context.ts";
import { lowerExpression } from "./expressions.ts";
import {
  type Decoded,
  decodeLiteral,
  literalIf,
  numericIf,
  plainText,
  spanOfRange,
  takesNumbersOnly,
} from "./strings.ts";
import { parts, unwrap } from "./syntax.ts";

/** Text to keep, or a placeholder: [from, to) of the decoded literal. */
type Piece =
  | { readonly kind: "text"; readonly text: string; readonly from: number; readonly to: number }
  | {
      readonly kind: "field";
      /** Position or name; a name may be followed by `.attribute` and `[key]` steps. */
      readonly argument: number | string;
      readonly steps: readonly string[];
      readonly format: string;
      readonly numeric: boolean;
      readonly from: number;
      readonly to: number;
    };

/** The join of `"..." % right`, or undefined. */
export function lowerPercent(c: Context, node: number): ValueId | undefined {
  const { tree } = c;
  const left = childByField(tree, node, "left");
  const rightField = childByField(tree, node, "right");
  if (left === NO_NODE || rightField === NO_NODE) return undefined;
  const decoded = decodeLiteral(tree, unwrap(tree, left));
  const parsed = decoded === undefined ? undefined : parsePercent(decoded.text);
  if (decoded === undefined || parsed === undefined) return undefined;
  const fields = parsed.filter((p) => p.kind === "field");
  const right = unwrap(tree, rightField);
  const argument = percentArguments(
    c,
    right,
    fields.map((f) => f.argument),
  );
  if (argument === undefined) return undefined;
  const joined = assemble(c, decoded, parsed, start(tree, left), argument());
  return c.b.emit({ op: "join", style: "percent", parts: joined, span: spanOf(c, node) });
}

type Lookup = (argument: number | string, span: Span) => ValueId;

/** Decides whether the right side fits; the answer evaluates it. */
function percentArguments(
  c: Context,
  right: number,
  wanted: readonly (number | string)[],
): (() => Lookup) | undefined {
  const { tree } = c;
  if (wanted.length === 0) return undefined;
  const byName = wanted.every((w) => typeof w === "string");
  if (!byName && wanted.some((w) => typeof w === "string")) return undefined;
  const k = kind(tree, right);
  if (byName) {
    if (k !== "dictionary") return () => byKeyOf(c, right);
    const pairs = parts(tree, right);
    const nodes = new Map<string, number>();
    for (const pair of pairs) {
      const key = childByField(tree, pair, "key");
      const value = childByField(tree, pair, "value");
      const name = key === NO_NODE ? undefined : plainText(tree, unwrap(tree, key));
      if (name === undefined || value === NO_NODE) return undefined;
      nodes.set(name, value);
    }
    if (!wanted.every((w) => nodes.has(String(w)))) return undefined;
    return () => fromMap(nodes, c);
  }
  if (k === "tuple") {
    const items = parts(tree, right);
    if (items.length !== wanted.length || items.some((i) => kind(tree, i) === "list_splat"))
      return undefined;
    return () => fromMap(new Map(items.map((item, i) => [i, item])), c);
  }
  if (wanted.length !== 1 || k === "dictionary") return undefined;
  return () => fromMap(new Map([[0, right]]), c);
}

/** Evaluates all, in order; placeholders pick theirs. */
function fromMap<K extends number | string>(nodes: ReadonlyMap<K, number>, c: Context): Lookup {
  const values = new Map<number | string, ValueId>();
  for (const [key, node] of nodes) values.set(key, lowerExpression(c, node));
  return (argument, span) => values.get(argument) ?? constant(c, undefined, span);
}

/** `"%(name)s" % mapping`; `locals()` is read as the variables themselves. */
function byKeyOf(c: Context, mapping: number): Lookup {
  if (isLocals(c, mapping)) return (argument, span) => loadText(c, String(argument), span);
  const object = lowerExpression(c, mapping);
  return (argument, span) =>
    c.b.emit({ op: "index", object, key: constant(c, String(argument), span), span });
}

function isLocals(c: Context, node: number): boolean {
  if (kind(c.tree, node) !== "call" || !/^locals\s*\(\s*\)$/.test(textOf(c.tree, node)))
    return false;
  return lookup(c.scope, "locals") === undefined;
}

/** The join of `"...".format(...)` for a call whose callee is an attribute of a literal, or undefined. */
export function lowerFormat(c: Context, call: number): ValueId | undefined {
  const { tree } = c;
  const callee = childByField(tree, call, "function");
  const list = childByField(tree, call, "arguments");
  if (callee === NO_NODE || list === NO_NODE || kind(tree, callee) !== "attribute")
    return undefined;
  const method = childByField(tree, callee, "attribute");
  const literal = childByField(tree, callee, "object");
  if (method === NO_NODE || literal === NO_NODE || textOf(tree, method) !== "format")
    return undefined;
  if (kind(tree, list) !== "argument_list") return undefined;
  const string = unwrap(tree, literal);
  const decoded = plainText(tree, string) === undefined ? undefined : decodeLiteral(tree, string);
  const parsed = decoded === undefined ? undefined : parseFormat(decoded.text);
  if (decoded === undefined || parsed === undefined) return undefined;

  const nodes = new Map<number | string, number>();
  let spread = NO_NODE;
  let position = 0;
  for (const argument of parts(tree, list)) {
    switch (kind(tree, argument)) {
      case "list_splat":
        return undefined;
      case "dictionary_splat": {
        const [inner] = parts(tree, argument);
        if (inner === undefined || spread !== NO_NODE) return undefined;
        spread = unwrap(tree, inner);
        break;
      }
      case "keyword_argument": {
        const name = childByField(tree, argument, "name");
        const value = childByField(tree, argument, "value");
        if (name === NO_NODE || value === NO_NODE) return undefined;
        nodes.set(textOf(tree, name), value);
        break;
      }
      default:
        nodes.set(position++, argument);
    }
  }
  const fields = parsed.filter((p) => p.kind === "field");
  const missing = fields.filter((f) => !nodes.has(f.argument));
  if (
    missing.length > 0 &&
    (spread === NO_NODE || missing.some((f) => typeof f.argument === "number"))
  )
    return undefined;
  const given = fromMap(nodes, c);
  const others = spread === NO_NODE ? given : byKeyOf(c, spread);
  const joined = assemble(c, decoded, parsed, start(tree, string), (argument, span) =>
    nodes.has(argument) ? given(argument, span) : others(argument, span),
  );
  return c.b.emit({ op: "join", style: "format", parts: joined, span: spanOf(c, call) });
}

function assemble(
  c: Context,
  decoded: Decoded,
  pieces: readonly Piece[],
  at: number,
  lookUp: Lookup,
): JoinPart[] {
  return pieces.map((piece): JoinPart => {
    const span = spanOfRange(c, decoded, piece.from, piece.to, at);
    if (piece.kind === "text") return { kind: "text", text: piece.text, span };
    let value = lookUp(piece.argument, span);
    for (const step of piece.steps) {
      const name = step.slice(1);
      if (step.startsWith(".")) {
        value = c.b.emit({ op: "member", object: value, name, nameSpan: span, span });
        continue;
      }
      const key = constant(c, /^\d+$/.test(name) ? Number(name) : name, span);
      value = c.b.emit({ op: "index", object: value, key, span });
    }
    const { format, numeric } = piece;
    return {
      kind: "hole",
      value,
      span,
      ...(format === "" ? {} : { format, ...numericIf(numeric), ...literalIf(format) }),
    };
  });
}

const CONVERSION = /%(?:\(([^)]*)\))?([#0\- +]*\d*(?:\.\d+)?[hlL]?)([diouxXeEfFgGcrsa%])/y;

/** Undefined for text with a stray `%` or a `*` width. */
function parsePercent(text: string): Piece[] | undefined {
  const out: Piece[] = [];
  let literal = "";
  let from = 0;
  let position = 0;
  const flush = (to: number): void => {
    if (literal !== "") out.push({ kind: "text", text: literal, from, to });
    literal = "";
  };
  for (let i = 0; i < text.length; ) {
    if (text[i] !== "%") {
      literal += text[i++];
      continue;
    }
    CONVERSION.lastIndex = i;
    const found = CONVERSION.exec(text);
    if (found === null) return undefined;
    const [whole, name, flags = "", type = ""] = found;
    if (type === "%") {
      literal += "%";
      i += whole.length;
      continue;
    }
    flush(i);
    const format = `${flags}${type}`;
    const argument = name ?? position++;
    out.push({
      kind: "field",
      argument,
      steps: [],
      format,
      numeric: /[diouxXeEfFgG]$/.test(type),
      from: i,
      to: i + whole.length,
    });
    i += whole.length;
    from = i;
  }
  flush(text.length);
  return out;
}

/** Undefined for unbalanced braces and for a mix of `{}` and `{0}`. */
function parseFormat(text: string): Piece[] | undefined {
  const out: Piece[] = [];
  const counter = { next: 0, explicit: false };
  let literal = "";
  let from = 0;
  const flush = (to: number): void => {
    if (literal !== "") out.push({ kind: "text", text: literal, from, to });
    literal = "";
  };
  for (let i = 0; i < text.length; ) {
    const char = text[i] as string;
    if (char !== "{" && char !== "}") {
      literal += char;
      i++;
    } else if (text[i + 1] === char) {
      literal += char;
      i += 2;
    } else if (char === "}") {
      return undefined;
    } else {
      flush(i);
      const close = addField(text, i, counter, out, false);
      if (close === undefined) return undefined;
      i = close;
      from = i;
    }
  }
  flush(text.length);
  return counter.explicit && counter.next > 0 ? undefined : out;
}

const FIELD = /^([^.[!:{}]*)((?:\.[^.[!:{}]+|\[[^\]{}]*\])*)(![a-z])?(?::([\s\S]*))?$/;

/** Adds the field that opens at `open` and those in its format; returns the offset after its "}". */
function addField(
  text: string,
  open: number,
  counter: { next: number; explicit: boolean },
  out: Piece[],
  nested: boolean,
): number | undefined {
  let level = 0;
  let close = open;
  for (; close < text.length; close++) {
    if (text[close] === "{") level++;
    else if (text[close] === "}" && --level === 0) break;
  }
  if (close >= text.length) return undefined;
  const found = FIELD.exec(text.slice(open + 1, close));
  if (found === null) return undefined;
  const [, name = "", path = "", conversion = "", spec] = found;
  const steps = path.match(/\.[^.[]+|\[[^\]]*/g) ?? [];
  const numbered = /^\d+$/.test(name);
  if (numbered) counter.explicit = true;
  const argument = name === "" ? counter.next++ : numbered ? Number(name) : name;
  const format = `${conversion}${spec === undefined ? "" : `:${spec}`}`;
  const numeric = takesNumbersOnly(format);
  out.push({ kind: "field", argument, steps, format, numeric, from: open, to: close + 1 });
  if (spec !== undefined && !nested) {
    const specStart = close - spec.length;
    for (let i = specStart; i < close; ) {
      if (text[i] !== "{") {
        i++;
        continue;
      }
      const after = addField(text, i, counter, out, true);
      if (after === undefined) return undefined;
      i = after;
    }
  }
  return close + 1;
}
