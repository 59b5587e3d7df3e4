/** `try`: handlers are reached from every block of the body; `finally` runs on the normal path and, apart, on the exceptional one. */
import type { BlockId, ValueId } from "../../ir/ir.ts";
import {
  childByField,
  children,
  childrenByField,
  isNamed,
  kind,
  NO_NODE,
} from "../../syntax/flat.ts";
import { type Context, spanOf } from "./context.ts";
import { lowerExpression } from "./expressions.ts";
import { lowerSuite } from "./statements.ts";
import { parts, unwrap } from "./syntax.ts";
import { bindPattern } from "./targets.ts";

/** A `finally` inside this many others is lowered once, for both paths: copies of copies grow without bound. */
const MAX_COPIES = 3;

export function lowerTry(c: Context, node: number): void {
  const { tree, b } = c;
  const clauses = parts(tree, node);
  const handlers = clauses.filter((n) => kind(tree, n) === "except_clause");
  const otherwise = clauses.find((n) => kind(tree, n) === "else_clause");
  const last = clauses.find((n) => kind(tree, n) === "finally_clause");
  const outer = b.handler();
  const done = b.block();
  const cleanup = last === undefined ? undefined : b.block();
  const after = cleanup ?? outer;

  if (handlers.length === 0) {
    b.setHandler(after);
    lowerSuite(c, childByField(tree, node, "body"));
    if (otherwise !== undefined) lowerSuite(c, childByField(tree, otherwise, "body"));
  } else {
    const dispatch = blockWith(c, after);
    b.setHandler(dispatch);
    lowerSuite(c, childByField(tree, node, "body"));
    b.setHandler(after);
    if (otherwise !== undefined) lowerSuite(c, childByField(tree, otherwise, "body"));
    const handled = b.block();
    b.jump(handled);
    b.switchTo(dispatch);
    lowerHandlers(c, handlers, handled);
    b.switchTo(handled);
  }
  b.setHandler(outer);
  if (last !== undefined && cleanup !== undefined) lowerFinally(c, last, cleanup);
  b.enter(done);
}

/** A new block with that handler, made while another is in force. */
function blockWith(c: Context, handler: BlockId | undefined): BlockId {
  const { b } = c;
  if (b.handler() === handler) return b.block();
  b.setHandler(handler);
  return b.block();
}

/** Tests one clause after the other; what none catches goes on. */
function lowerHandlers(c: Context, handlers: readonly number[], handled: BlockId): void {
  const { tree, b } = c;
  let catchesAll = false;
  for (const clause of handlers) {
    const span = spanOf(c, clause);
    const { types, alias } = header(c, clause);
    const exception = b.emit({ op: "caught", types, span });
    const next = b.block();
    const [only] = types;
    if (only === undefined) catchesAll = true;
    else {
      const elements = types.map((value) => ({ value, spread: false }));
      const right =
        types.length === 1 ? only : b.emit({ op: "sequence", shape: "tuple", elements, span });
      const body = b.block();
      b.branch(
        b.emit({ op: "compare", operator: "instanceof", left: exception, right, span }),
        body,
        next,
      );
      b.switchTo(body);
    }
    if (alias !== NO_NODE) bindPattern(c, alias, exception);
    const suite = parts(tree, clause).find((n) => kind(tree, n) === "block");
    if (suite !== undefined) lowerSuite(c, suite);
    b.jump(handled);
    b.switchTo(next);
    if (catchesAll) return;
  }
  const lastClause = handlers[handlers.length - 1] as number;
  const span = spanOf(c, lastClause);
  b.end({ kind: "throw", value: b.emit({ op: "caught", types: [], span }), span });
}

/** `except A`, `except (A, B) as e`, `except* A`, Python 2's `except A, e`. */
function header(c: Context, clause: number): { types: ValueId[]; alias: number } {
  const { tree } = c;
  const values = childrenByField(tree, clause, "value").filter((n) => isNamed(tree, n));
  let alias = childByField(tree, clause, "alias");
  let [value] = values;
  if (value === undefined) return { types: [], alias };
  if (
    alias === NO_NODE &&
    values[1] !== undefined &&
    kind(tree, values[1]) === "identifier" &&
    values.length === 2
  )
    alias = values[1];
  if (kind(tree, value) === "as_pattern") {
    alias = childByField(tree, value, "alias");
    value = parts(tree, value)[0] ?? value;
  }
  const inner = unwrap(tree, value);
  const plain =
    kind(tree, inner) === "tuple" &&
    !parts(tree, inner).some((n) => kind(tree, n) === "list_splat");
  const nodes = plain ? parts(tree, inner) : [inner];
  return { types: nodes.map((n) => lowerExpression(c, n)), alias };
}

function lowerFinally(c: Context, clause: number, cleanup: BlockId): void {
  const { tree, b } = c;
  const suite = children(tree, clause).find((n) => kind(tree, n) === "block") ?? NO_NODE;
  const span = spanOf(c, clause);
  if (c.copies >= MAX_COPIES) {
    b.enter(cleanup);
    const exception = b.emit({ op: "caught", types: [], span });
    lowerSuite(c, suite);
    const fails = b.block();
    const goesOn = b.block();
    b.branch(b.emit({ op: "opaque", uses: [], what: "exception", span }), fails, goesOn);
    b.switchTo(fails);
    b.end({ kind: "throw", value: exception, span });
    b.switchTo(goesOn);
    return;
  }
  const normal = b.block();
  b.jump(normal);
  b.switchTo(cleanup);
  const exception = b.emit({ op: "caught", types: [], span });
  c.copies++;
  c.repeats++;
  lowerSuite(c, suite);
  c.repeats--;
  b.end({ kind: "throw", value: exception, span });
  b.switchTo(normal);
  lowerSuite(c, suite);
  c.copies--;
}
