/** Calls, `new`, tagged templates, `require` and dynamic `import`. */
import type { Arg, Span, ValueId } from "../../ir/ir.ts";
import { childByField, kind, NO_NODE, namedChildren } from "../../syntax/flat.ts";
import { type Context, emitAt, emptySpanAfter, lookup, nodeText, opaque, span } from "./context.ts";
import { expression, operand, unknown } from "./expressions.ts";
import { lowerTemplate } from "./strings.ts";
import { decodeEscapes, stringText } from "./syntax.ts";
import { lowerTag, tagOf } from "./tags.ts";

/** The callee that is evaluated first; NO_NODE for `require("x")`, `import("x")` and tagged templates. */
export function calleeOf(c: Context, n: number): number {
  const callee = childByField(c.tree, n, "function");
  if (callee < 0) return NO_NODE;
  const name = kind(c.tree, callee);
  if (name === "import" || requiredModule(c, n, callee) !== undefined) return NO_NODE;
  return tagOf(c, n) === undefined ? callee : NO_NODE;
}

export function applyCall(c: Context, n: number, callee: ValueId): ValueId {
  const list = childByField(c.tree, n, "arguments");
  if (list < 0) return opaque(c, n, "call", [callee]);
  const args = lowerArguments(c, list);
  return emitAt(c, n, {
    op: "call",
    callee,
    args,
    isNew: false,
    form: "call",
    argsSpan: span(c, list),
  });
}

export function lowerSpecialCall(c: Context, n: number): ValueId {
  const callee = childByField(c.tree, n, "function");
  const list = childByField(c.tree, n, "arguments");
  if (callee < 0 || list < 0) return unknown(c, n);
  if (isRawTemplate(c, n, callee)) return lowerTemplate(c, list, (raw) => raw);
  const tag = tagOf(c, n);
  if (tag !== undefined) return lowerTag(c, n, tag);
  const module = requiredModule(c, n, callee) ?? literalArgument(c, list);
  if (module === undefined) return applyCall(c, n, expression(c, callee));
  return emitAt(c, n, { op: "import", module });
}

export function lowerNew(c: Context, n: number): ValueId {
  const constructed = childByField(c.tree, n, "constructor");
  if (constructed < 0) return unknown(c, n);
  const callee = expression(c, constructed);
  const list = childByField(c.tree, n, "arguments");
  let args: readonly Arg[] = [];
  let argsSpan: Span = emptySpanAfter(c, constructed);
  if (list >= 0) {
    args = lowerArguments(c, list);
    argsSpan = span(c, list);
  }
  return emitAt(c, n, { op: "call", callee, args, isNew: true, form: "call", argsSpan });
}

function lowerArguments(c: Context, list: number): Arg[] {
  return namedChildren(c.tree, list).map((child): Arg => {
    if (kind(c.tree, child) === "spread_element") {
      return { value: operand(c, child), spread: "items", span: span(c, child) };
    }
    return { value: expression(c, child), span: span(c, child) };
  });
}

/** The module of `require("x")` where `require` is no local name. */
function requiredModule(c: Context, n: number, callee: number): string | undefined {
  if (kind(c.tree, callee) !== "identifier" || nodeText(c, callee) !== "require") return undefined;
  if (!c.requires && lookup(c, "require") !== undefined) return undefined;
  const list = childByField(c.tree, n, "arguments");
  return list < 0 ? undefined : literalArgument(c, list);
}

/** The first argument if it is a literal text. */
export function literalArgument(c: Context, list: number): string | undefined {
  const first = namedChildren(c.tree, list)[0];
  if (first === undefined) return undefined;
  return literalText(c, first);
}

export function literalText(c: Context, n: number): string | undefined {
  const name = kind(c.tree, n);
  if (name === "string") return stringText(c.tree, n);
  if (name !== "template_string") return undefined;
  const holes = namedChildren(c.tree, n).some((p) => kind(c.tree, p) === "template_substitution");
  return holes ? undefined : decodeEscapes(nodeText(c, n).slice(1, -1));
}

/** `String.raw` is a plain template whose backslashes stay. */
function isRawTemplate(c: Context, n: number, callee: number): boolean {
  if (kind(c.tree, callee) !== "member_expression" || nodeText(c, callee) !== "String.raw") {
    return false;
  }
  const list = childByField(c.tree, n, "arguments");
  return list >= 0 && kind(c.tree, list) === "template_string";
}
