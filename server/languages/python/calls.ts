/** Calls and their arguments. */
import type { Arg, ValueId } from "../../ir/ir.ts";
import { childByField, end, kind, NO_NODE, textOf } from "../../syntax/flat.ts";
import { type Context, lookup, opaque, spanBetween, spanOf } from "./context.ts";
import { lowerChild, lowerExpression } from "./expressions.ts";
import { lowerFormat } from "./placeholders.ts";
import { parts, unwrap } from "./syntax.ts";

/** `callee` is given when the chain below is already lowered. */
export function lowerCall(c: Context, node: number, callee: ValueId | undefined): ValueId {
  const { tree, b } = c;
  const span = spanOf(c, node);
  const list = childByField(tree, node, "arguments");
  if (callee === undefined) {
    if (isSuper(c, node)) return b.emit({ op: "super", span });
    const joined = lowerFormat(c, node);
    if (joined !== undefined) return joined;
  }
  const target = callee ?? lowerChild(c, childByField(tree, node, "function"), node);
  if (list === NO_NODE) return opaque(c, "call", [target], span);
  const args =
    kind(tree, list) === "argument_list"
      ? lowerArguments(c, list)
      : [{ value: lowerExpression(c, list), span: spanOf(c, list) }];
  return b.emit({
    op: "call",
    callee: target,
    args,
    isNew: false,
    form: "call",
    argsSpan: spanOf(c, list),
    span,
  });
}

function isSuper(c: Context, node: number): boolean {
  const callee = childByField(c.tree, node, "function");
  if (callee === NO_NODE || kind(c.tree, callee) !== "identifier") return false;
  return textOf(c.tree, callee) === "super" && lookup(c.scope, "super") === undefined;
}

export function lowerArguments(c: Context, list: number): Arg[] {
  const { tree } = c;
  const args: Arg[] = [];
  for (const node of parts(tree, list)) {
    const span = spanOf(c, node);
    switch (kind(tree, node)) {
      case "keyword_argument": {
        const name = childByField(tree, node, "name");
        const value = lowerChild(c, childByField(tree, node, "value"), node);
        args.push({ value, span, ...(name === NO_NODE ? {} : { name: textOf(tree, name) }) });
        break;
      }
      case "dictionary_splat":
        args.push({ value: lowerExpression(c, node), spread: "entries", span });
        break;
      case "line_continuation":
        break;
      default: {
        const inner = unwrap(tree, node);
        const starred = kind(tree, inner) === "list_splat";
        args.push({
          value: lowerExpression(c, inner),
          span,
          ...(starred ? { spread: "items" } : {}),
        });
      }
    }
  }
  return args;
}

/** A decorator applied to what it decorates: a call without parentheses. */
export function applyDecorator(
  c: Context,
  decorator: number,
  callee: ValueId,
  decorated: ValueId,
  target: number,
): ValueId {
  const at = end(c.tree, parts(c.tree, decorator)[0] ?? decorator);
  return c.b.emit({
    op: "call",
    callee,
    args: [{ value: decorated, span: spanOf(c, target) }],
    isNew: false,
    form: "decorator",
    argsSpan: spanBetween(c, at, at),
    span: spanOf(c, decorator),
  });
}

/** A call that a statement stands for, such as Python 2's `print x`. */
export function lowerStatementCall(
  c: Context,
  node: number,
  name: string,
  values: readonly number[],
): ValueId {
  const span = spanOf(c, node);
  const callee = c.b.emit({ op: "free", name, span });
  const args = values.map((v) => ({ value: lowerExpression(c, v), span: spanOf(c, v) }));
  return c.b.emit({ op: "call", callee, args, isNew: false, form: "call", argsSpan: span, span });
}
