/**
 * Tagged templates. The TypeScript grammar has none with type arguments: it reads tag<Row>`x` as two comparisons, and
 * await tag<Row[]>`x` as (await tag)<Row[]>!`x` with a missing "!". Both are put right here.
 */
import type { ValueId } from "../../ir/ir.ts";
import {
  childByField,
  end,
  type FlatTree,
  isMissing,
  kind,
  NO_NODE,
  parent,
  skip,
  start,
} from "../../syntax/flat.ts";
import { type Context, DEEPEST, emitAt, emptySpanAfter, span } from "./context.ts";
import { expression } from "./expressions.ts";
import { target } from "./patterns.ts";
import { templateJoin } from "./strings.ts";
import { firstNamed } from "./syntax.ts";

interface Tag {
  readonly callee: number;
  readonly template: number;
}

/** The tag and template of `n`, if it is a tagged template in any of the shapes that the grammar gives it. */
export function tagOf(c: Context, n: number): Tag | undefined {
  const { tree } = c;
  if (kind(tree, n) === "call_expression") {
    const template = childByField(tree, n, "arguments");
    if (template < 0 || kind(tree, template) !== "template_string") return undefined;
    return { callee: childByField(tree, n, "function"), template };
  }
  const template = childByField(tree, n, "right");
  const less = childByField(tree, n, "left");
  if (template < 0 || less < 0 || kind(tree, template) !== "template_string") return undefined;
  if (kind(tree, less) !== "binary_expression") return undefined;
  const callee = childByField(tree, less, "left");
  const type = childByField(tree, less, "right");
  if (callee < 0 || type < 0) return undefined;
  // Nobody writes comparisons without any space: tag<Row>`text`.
  const opens = tree.text.slice(end(tree, callee), start(tree, type)) === "<";
  const closes = tree.text.slice(end(tree, type), start(tree, template)) === ">";
  return opens && closes ? { callee, template } : undefined;
}

export function lowerTag(c: Context, n: number, { callee, template }: Tag): ValueId {
  const inner = withoutTypes(c.tree, callee);
  switch (inner < 0 ? "" : kind(c.tree, inner)) {
    case "await_expression": {
      if (c.depth >= DEEPEST) break;
      c.depth++;
      const value = lowerTag(c, n, { callee: firstNamed(c.tree, inner), template });
      c.depth--;
      return emitAt(c, n, { op: "await", value });
    }
    case "assignment_expression": {
      if (c.depth >= DEEPEST) break;
      c.depth++;
      const store = target(c, childByField(c.tree, inner, "left"), n);
      const right = childByField(c.tree, inner, "right");
      const value = lowerTag(c, n, { callee: right, template });
      store(value);
      c.depth--;
      return value;
    }
    default:
  }
  return emitTag(c, n, inner, template);
}

function emitTag(c: Context, n: number, callee: number, template: number): ValueId {
  const value = expression(c, callee);
  const join = templateJoin(c, template);
  const from = callee < 0 ? n : callee;
  return c.b.emit({
    op: "call",
    callee: value,
    args: [{ value: join, span: span(c, template) }],
    isNew: false,
    form: "tag",
    argsSpan: emptySpanAfter(c, from),
    span: { start: c.at(start(c.tree, from)), end: c.at(end(c.tree, template)) },
  });
}

/** The tag without type arguments and the "!" that the parser made up. */
function withoutTypes(tree: FlatTree, n: number): number {
  let at = n;
  while (at >= 0) {
    const name = kind(tree, at);
    const made = name === "non_null_expression" && isMissing(tree, lastChild(tree, at));
    if (!made && name !== "instantiation_expression") return at;
    at = firstNamed(tree, at);
  }
  return NO_NODE;
}

function lastChild(tree: FlatTree, n: number): number {
  let last = n;
  for (let c = n + 1; c < skip(tree, n); c = skip(tree, c)) {
    last = c;
  }
  return last;
}

/** True for the "!" that the parser makes up between type arguments and a template: no error of the text. */
export function isMadeUp(tree: FlatTree, n: number): boolean {
  if (kind(tree, n) !== "!") return false;
  const call = parent(tree, parent(tree, n));
  if (call < 0 || kind(tree, call) !== "call_expression") return false;
  const template = childByField(tree, call, "arguments");
  return template >= 0 && kind(tree, template) === "template_string";
}
