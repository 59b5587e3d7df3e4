/** What stands left of `=`, after `for` and after `as`: names, attributes, elements, and nests of them. */
import type { Span, ValueId } from "../../ir/ir.ts";
import { childByField, isBroken, kind, NO_NODE, textOf } from "../../syntax/flat.ts";
import { bind, bindTarget, type Context, constant, MAX_DEPTH, opaque, spanOf } from "./context.ts";
import { lowerChild, lowerExpression, lowerKey } from "./expressions.ts";
import { boundNames } from "./scan.ts";
import { parts } from "./syntax.ts";

/** Gives `value` to the target; unpacking reads elements by position. */
export function bindPattern(c: Context, target: number, value: ValueId): void {
  if (c.depth >= MAX_DEPTH) {
    for (const name of targetNames(c, target)) bind(c, { name, value, span: spanOf(c, target) });
    return;
  }
  c.depth++;
  bindNode(c, target, value);
  c.depth--;
}

function bindNode(c: Context, target: number, value: ValueId): void {
  const { tree, b } = c;
  const span = spanOf(c, target);
  switch (kind(tree, target)) {
    case "identifier": {
      const name = textOf(tree, target);
      if (name !== "") bindTarget(c, { name, value, span });
      return;
    }
    case "attribute": {
      const object = lowerChild(c, childByField(tree, target, "object"), target);
      const name = childByField(tree, target, "attribute");
      if (name !== NO_NODE)
        b.emit({ op: "setMember", object, name: textOf(tree, name), value, span });
      return;
    }
    case "subscript": {
      const object = lowerChild(c, childByField(tree, target, "value"), target);
      const key = lowerKey(c, target);
      if ("key" in key) {
        b.emit({ op: "setIndex", object, key: key.key, value, span });
        return;
      }
      // A slice takes in the elements of the value at places unknown.
      const element = b.emit({ op: "iterate", value, span });
      b.emit({
        op: "setIndex",
        object,
        key: opaque(c, "slice", key.slice, span),
        value: element,
        span,
      });
      return;
    }
    case "tuple_pattern":
    case "parenthesized_expression": {
      const inner = parts(tree, target);
      const text = textOf(tree, target);
      if (inner.length === 1 && !text.includes(",")) {
        bindPattern(c, inner[0] as number, value);
        return;
      }
      bindParts(c, inner, value);
      return;
    }
    case "pattern_list":
    case "expression_list":
    case "list_pattern":
    case "tuple":
    case "list":
      bindParts(c, parts(tree, target), value);
      return;
    case "list_splat_pattern":
    case "list_splat":
    case "as_pattern_target":
    case "type": {
      const [inner] = parts(tree, target);
      if (inner !== undefined) bindPattern(c, inner, value);
      return;
    }
    case "as_pattern":
      lowerExpression(c, target);
      return;
    default:
      if (!isBroken(tree, target) || kind(tree, target) === "ERROR") {
        opaque(c, "target", [value, lowerExpression(c, target)], span);
      }
  }
}

/** Elements after a starred one are counted from the end. */
function bindParts(c: Context, targets: readonly number[], value: ValueId): void {
  const { tree, b } = c;
  const starred = targets.findIndex((p) => isStarred(kind(tree, p)));
  targets.forEach((part, i) => {
    const span = spanOf(c, part);
    if (i === starred) {
      const after = targets.length - 1 - i;
      const bounds = { from: i, ...(after === 0 ? {} : { to: -after }) };
      bindPattern(c, part, b.emit({ op: "slice", object: value, uses: [], ...bounds, span }));
      return;
    }
    const position = starred >= 0 && i > starred ? i - targets.length : i;
    bindPattern(c, part, elementAt(c, value, position, span));
  });
}

export function elementAt(c: Context, object: ValueId, position: number, span: Span): ValueId {
  return c.b.emit({ op: "index", object, key: constant(c, position, span), span });
}

function isStarred(name: string): boolean {
  return name === "list_splat_pattern" || name === "list_splat";
}

/** Names a target binds, each once. */
export function targetNames(c: Context, target: number): ReadonlySet<string> {
  return boundNames(c.tree, target);
}
