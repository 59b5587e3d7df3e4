/** Strings, templates, numbers and regular expressions. */
import type { JoinPart, ValueId } from "../../ir/ir.ts";
import { end, kind, namedChildren, start } from "../../syntax/flat.ts";
import { type Context, constant, emitAt, nodeText, span } from "./context.ts";
import { expression, sequenceValue } from "./expressions.ts";
import { decodeEscapes, numberValue, stringText } from "./syntax.ts";

export function lowerString(c: Context, n: number): ValueId {
  return constant(c, n, stringText(c.tree, n));
}

export function lowerNumber(c: Context, n: number): ValueId {
  return constant(c, n, numberValue(nodeText(c, n)));
}

/** A regular expression is a constant text of its source: `/^a$/i`. */
export function lowerRegex(c: Context, n: number): ValueId {
  return constant(c, n, nodeText(c, n));
}

/** A template without holes is a constant. `decode` is for templates whose backslashes mean themselves. */
export function lowerTemplate(c: Context, n: number, decode = decodeEscapes): ValueId {
  const parts = templateParts(c, n, decode);
  if (parts.every((p) => p.kind === "text")) {
    return constant(c, n, parts.map((p) => (p.kind === "text" ? p.text : "")).join(""));
  }
  return emitAt(c, n, { op: "join", style: "template", parts });
}

/** The join of a tagged template, always a `join`. */
export function templateJoin(c: Context, n: number): ValueId {
  return emitAt(c, n, { op: "join", style: "template", parts: templateParts(c, n, decodeEscapes) });
}

function templateParts(c: Context, n: number, decode: (raw: string) => string): JoinPart[] {
  const parts: JoinPart[] = [];
  const closed = c.tree.text[end(c.tree, n) - 1] === "`" && end(c.tree, n) - start(c.tree, n) > 1;
  const stop = end(c.tree, n) - (closed ? 1 : 0);
  let at = start(c.tree, n) + 1;
  const text = (to: number): void => {
    if (to <= at) return;
    const raw = c.tree.text.slice(at, to).replaceAll("\r\n", "\n");
    parts.push({
      kind: "text",
      text: decode(raw),
      span: { start: c.at(at), end: c.at(to) },
    });
  };
  for (const child of namedChildren(c.tree, n)) {
    if (kind(c.tree, child) !== "template_substitution") continue;
    text(start(c.tree, child));
    const inner = namedChildren(c.tree, child);
    const value =
      inner.length === 1 ? expression(c, inner[0] as number) : sequenceValue(c, child, inner);
    parts.push({ kind: "hole", value, span: span(c, child) });
    at = end(c.tree, child);
  }
  text(stop);
  return parts;
}
