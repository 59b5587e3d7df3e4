/** `&&`, `||`, `??`, `!` and the ternary as branches: the condition of every branch is atomic. */
import type { BlockId, SlotId, ValueId } from "../../ir/ir.ts";
import { childByField, kind } from "../../syntax/flat.ts";
import { type Context, constant, DEEPEST, emitAt } from "./context.ts";
import { expression, operatorOf } from "./expressions.ts";
import { stripParentheses } from "./syntax.ts";

/** Ends the current block with jumps to `then` or `otherwise`, as the condition `n` decides. */
export function condition(c: Context, n: number, then: BlockId, otherwise: BlockId): void {
  test(c, n, then, otherwise, undefined);
}

/** `a && b`, `a || b` as a value. */
export function lowerLogical(c: Context, n: number): ValueId {
  const slot = c.b.temp();
  const done = c.b.block();
  test(c, n, done, done, slot);
  c.b.switchTo(done);
  return emitAt(c, n, { op: "load", slot });
}

/** `left ?? right` with the left side evaluated. */
export function nullish(c: Context, n: number, left: ValueId, right: number): ValueId {
  const slot = c.b.temp();
  const other = c.b.block();
  const done = c.b.block();
  emitAt(c, n, { op: "store", slot, value: left });
  c.b.branch(isNullish(c, n, left), other, done);
  c.b.switchTo(other);
  const value = expression(c, right);
  emitAt(c, n, { op: "store", slot, value });
  c.b.enter(done);
  return emitAt(c, n, { op: "load", slot });
}

export function isNullish(c: Context, n: number, value: ValueId): ValueId {
  const right = constant(c, n, null);
  return emitAt(c, n, { op: "compare", operator: "==", left: value, right, loose: true });
}

/** `a ? b : c`; chains through the last operand are a loop. */
export function lowerTernary(c: Context, n: number): ValueId {
  const slot = c.b.temp();
  const done = c.b.block();
  let at = n;
  for (;;) {
    const then = c.b.block();
    const otherwise = c.b.block();
    condition(c, childByField(c.tree, at, "condition"), then, otherwise);
    c.b.switchTo(then);
    const value = expression(c, childByField(c.tree, at, "consequence"));
    emitAt(c, n, { op: "store", slot, value });
    c.b.jump(done);
    c.b.switchTo(otherwise);
    const next = childByField(c.tree, at, "alternative");
    const inner = stripParentheses(c.tree, next);
    if (inner < 0 || kind(c.tree, inner) !== "ternary_expression") {
      emitAt(c, n, { op: "store", slot, value: expression(c, next) });
      break;
    }
    at = inner;
  }
  c.b.enter(done);
  return emitAt(c, n, { op: "load", slot });
}

interface Pending {
  readonly right: number;
  readonly enter: BlockId;
  readonly then: BlockId;
  readonly otherwise: BlockId;
}

/** Branches on `n`; with `slot`, its value is stored there on every path. Walks the left operands in a loop. */
function test(
  c: Context,
  n: number,
  thenTarget: BlockId,
  otherwiseTarget: BlockId,
  slot: SlotId | undefined,
): void {
  let at = stripParentheses(c.tree, n);
  let then = thenTarget;
  let otherwise = otherwiseTarget;
  const pending: Pending[] = [];
  while (at >= 0 && c.depth < DEEPEST) {
    const name = kind(c.tree, at);
    if (name === "unary_expression" && slot === undefined && operatorOf(c, at) === "!") {
      at = stripParentheses(c.tree, childByField(c.tree, at, "argument"));
      [then, otherwise] = [otherwise, then];
      continue;
    }
    const operator = name === "binary_expression" ? operatorOf(c, at) : "";
    if (operator !== "&&" && operator !== "||") break;
    const enter = c.b.block();
    pending.push({ right: childByField(c.tree, at, "right"), enter, then, otherwise });
    if (operator === "&&") then = enter;
    else otherwise = enter;
    at = stripParentheses(c.tree, childByField(c.tree, at, "left"));
  }
  leaf(c, at, then, otherwise, slot);
  c.depth++;
  for (let i = pending.length - 1; i >= 0; i--) {
    const next = pending[i] as Pending;
    c.b.switchTo(next.enter);
    test(c, next.right, next.then, next.otherwise, slot);
  }
  c.depth--;
}

function leaf(
  c: Context,
  n: number,
  then: BlockId,
  otherwise: BlockId,
  slot: SlotId | undefined,
): void {
  const value = expression(c, n);
  if (slot !== undefined) emitAt(c, n < 0 ? c.item.node : n, { op: "store", slot, value });
  const known = c.b.op(value);
  if (then === otherwise) c.b.jump(then);
  else if (known.op === "const") c.b.jump(known.value ? then : otherwise);
  else c.b.branch(value, then, otherwise);
}
