/** JSX as calls: `<A x={1}>t</A>` is `%jsx(A, { x: 1 }, ["t"])`. */
import type { Arg, RecordEntry, ValueId } from "../../ir/ir.ts";
import {
  childByField,
  childrenByField,
  end,
  kind,
  namedChildren,
  start,
} from "../../syntax/flat.ts";
import { type Context, constant, emitAt, nodeText, span } from "./context.ts";
import { expression, operand, unknown } from "./expressions.ts";
import { firstNamed } from "./syntax.ts";

export function lowerJsx(c: Context, n: number): ValueId {
  const open = childByField(c.tree, n, "open_tag");
  const tag = open < 0 ? n : open;
  const name = childByField(c.tree, tag, "name");
  const callee = emitAt(c, tag, { op: "free", name: "%jsx" });
  const component = name < 0 ? constant(c, tag, "") : tagValue(c, name);
  const attributes = childrenByField(c.tree, tag, "attribute");
  const entries = attributes.map((a) => attribute(c, a));
  const first = attributes[0];
  const last = attributes[attributes.length - 1];
  const attributesSpan =
    first === undefined || last === undefined
      ? {
          start: c.at(end(c.tree, name < 0 ? tag : name)),
          end: c.at(end(c.tree, name < 0 ? tag : name)),
        }
      : { start: c.at(start(c.tree, first)), end: c.at(end(c.tree, last)) };
  const record = c.b.emit({ op: "record", entries, span: attributesSpan });
  const elements = open < 0 ? [] : jsxChildren(c, n);
  const childrenSpan = { start: c.at(end(c.tree, tag)), end: c.at(endOfChildren(c, n, tag)) };
  const children = c.b.emit({ op: "sequence", shape: "list", elements, span: childrenSpan });
  const args: Arg[] = [
    { value: component, span: span(c, name < 0 ? tag : name) },
    { value: record, span: attributesSpan },
    { value: children, span: childrenSpan },
  ];
  return emitAt(c, n, {
    op: "call",
    callee,
    args,
    isNew: false,
    form: "call",
    argsSpan: { start: args[0]?.span.start ?? 0, end: childrenSpan.end },
  });
}

function endOfChildren(c: Context, n: number, tag: number): number {
  const close = childByField(c.tree, n, "close_tag");
  return close < 0 ? end(c.tree, tag) : start(c.tree, close);
}

/** Lower-case names are HTML elements; the others are components in scope. */
function tagValue(c: Context, name: number): ValueId {
  const text = nodeText(c, name);
  const isElement = kind(c.tree, name) !== "member_expression" && /^[a-z]|[-:]/.test(text);
  return isElement ? constant(c, name, text) : expression(c, name);
}

function attribute(c: Context, n: number): RecordEntry {
  const at = span(c, n);
  if (kind(c.tree, n) !== "jsx_attribute")
    return { key: "...", value: spreadValue(c, n), span: at };
  const [key, value] = namedChildren(c.tree, n);
  if (key === undefined) return { key: "...", value: unknown(c, n), span: at };
  return {
    key: nodeText(c, key),
    value: value === undefined ? constant(c, n, true) : attributeValue(c, value),
    span: at,
    keySpan: span(c, key),
  };
}

function attributeValue(c: Context, n: number): ValueId {
  switch (kind(c.tree, n)) {
    case "string":
      return constant(c, n, decodeEntities(nodeText(c, n).slice(1, -1)));
    case "jsx_expression":
      return expressionIn(c, n);
    default:
      return expression(c, n);
  }
}

function spreadValue(c: Context, n: number): ValueId {
  const inner = firstNamed(c.tree, n);
  return inner >= 0 && kind(c.tree, inner) === "spread_element"
    ? operand(c, inner)
    : expressionIn(c, n);
}

function expressionIn(c: Context, n: number): ValueId {
  const inner = firstNamed(c.tree, n);
  return inner < 0 ? constant(c, n, undefined) : expression(c, inner);
}

function jsxChildren(c: Context, n: number): { value: ValueId; spread: boolean }[] {
  const out: { value: ValueId; spread: boolean }[] = [];
  for (const child of namedChildren(c.tree, n)) {
    switch (kind(c.tree, child)) {
      case "jsx_opening_element":
      case "jsx_closing_element":
        break;
      case "jsx_text":
        if (nodeText(c, child).trim() !== "") {
          out.push({ value: constant(c, child, nodeText(c, child)), spread: false });
        }
        break;
      case "html_character_reference":
        out.push({ value: constant(c, child, decodeEntities(nodeText(c, child))), spread: false });
        break;
      case "jsx_expression": {
        const inner = firstNamed(c.tree, child);
        if (inner < 0) break;
        const spread = kind(c.tree, inner) === "spread_element";
        out.push({ value: spread ? operand(c, inner) : expression(c, inner), spread });
        break;
      }
      default:
        out.push({ value: expression(c, child), spread: false });
    }
  }
  return out;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
};

function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const point = hex === undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
