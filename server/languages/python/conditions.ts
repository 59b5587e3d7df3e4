/**
 * Conditions as control flow: `and`, `or`, `not`, comparison chains and conditional expressions become branches on
 * atomic values, because what a branch proves is read off its condition.
 */
import type { BlockId, SlotId, ValueId } from "../../ir/ir.ts";
import {
  childByField,
  children,
  end,
  field,
  isNamed,
  kind,
  NO_NODE,
  start,
  textOf,
} from "../../syntax/flat.ts";
import { type Context, constant, MAX_DEPTH, opaque, spanBetween, spanOf } from "./context.ts";
import { lowerExpression, lowerUnknown } from "./expressions.ts";
import { parts, unwrap } from "./syntax.ts";

/** Evaluates `node` and ends the current block with branches to `yes` and `no`. */
export function lowerCondition(c: Context, node: number, yes: BlockId, no: BlockId): void {
  if (c.depth >= MAX_DEPTH) {
    branchOnValue(c, node, yes, no);
    return;
  }
  c.depth++;
  conditionOn(c, node, yes, no);
  c.depth--;
}

function conditionOn(c: Context, node: number, ifTrue: BlockId, ifFalse: BlockId): void {
  const { tree, b } = c;
  // The right operands of a long `a or b or c`, to be evaluated from left to right.
  const later: { block: BlockId; node: number; yes: BlockId; no: BlockId }[] = [];
  let yes = ifTrue;
  let no = ifFalse;
  let n = unwrap(tree, node);
  for (;;) {
    const k = kind(tree, n);
    if (k === "not_operator") {
      const inner = childByField(tree, n, "argument");
      if (inner === NO_NODE) break;
      [yes, no] = [no, yes];
      n = unwrap(tree, inner);
    } else if (k === "boolean_operator") {
      const left = childByField(tree, n, "left");
      const right = childByField(tree, n, "right");
      if (left === NO_NODE || right === NO_NODE) break;
      const block = b.block();
      later.push({ block, node: right, yes, no });
      if (isAnd(c, n)) yes = block;
      else no = block;
      n = unwrap(tree, left);
    } else break;
  }
  branchOnAtom(c, n, yes, no);
  for (let i = later.length - 1; i >= 0; i--) {
    const next = later[i] as (typeof later)[number];
    b.switchTo(next.block);
    lowerCondition(c, next.node, next.yes, next.no);
  }
}

function branchOnAtom(c: Context, node: number, yes: BlockId, no: BlockId): void {
  const { tree, b } = c;
  switch (kind(tree, node)) {
    case "true":
      b.jump(yes);
      return;
    case "conditional_expression": {
      const [then, test, otherwise] = parts(tree, node);
      if (then === undefined || test === undefined || otherwise === undefined) break;
      const first = b.block();
      const second = b.block();
      lowerCondition(c, test, first, second);
      b.switchTo(first);
      lowerCondition(c, then, yes, no);
      b.switchTo(second);
      lowerCondition(c, otherwise, yes, no);
      return;
    }
    case "comparison_operator": {
      const links = comparisons(c, node);
      if (links === undefined) break;
      let left = lowerExpression(c, links.first);
      let leftNode = links.first;
      links.rest.forEach((link, i) => {
        const right = lowerExpression(c, link.node);
        const value = compare(c, link.operator, left, right, leftNode, link.node);
        const last = i === links.rest.length - 1;
        const next = last ? yes : b.block();
        b.branch(value, next, no);
        if (!last) b.switchTo(next);
        left = right;
        leftNode = link.node;
      });
      return;
    }
    default:
  }
  branchOnValue(c, node, yes, no);
}

function branchOnValue(c: Context, node: number, yes: BlockId, no: BlockId): void {
  c.b.branch(lowerExpression(c, node), yes, no);
}

function isAnd(c: Context, node: number): boolean {
  const token = childByField(c.tree, node, "operator");
  return token !== NO_NODE && textOf(c.tree, token) === "and";
}

interface Comparisons {
  readonly first: number;
  readonly rest: readonly { readonly operator: string; readonly node: number }[];
}

/** Operands and operators of `a < b <= c`; undefined for broken text. */
function comparisons(c: Context, node: number): Comparisons | undefined {
  const rest: { operator: string; node: number }[] = [];
  let first = NO_NODE;
  let operator = "";
  for (const child of children(c.tree, node)) {
    if (field(c.tree, child) === "operators") {
      operator = normalised(kind(c.tree, child));
    } else if (isNamed(c.tree, child) && !SKIPPED.has(kind(c.tree, child))) {
      if (first === NO_NODE) first = child;
      else rest.push({ operator, node: child });
    }
  }
  return first === NO_NODE || rest.length === 0 ? undefined : { first, rest };
}

const SKIPPED = new Set(["comment", "line_continuation"]);

function normalised(operator: string): string {
  if (operator === "is") return "==";
  return operator === "is not" || operator === "<>" ? "!=" : operator;
}

function compare(
  c: Context,
  operator: string,
  left: ValueId,
  right: ValueId,
  from: number,
  to: number,
): ValueId {
  const span = spanBetween(c, start(c.tree, from), end(c.tree, to));
  return c.b.emit({ op: "compare", operator, left, right, span });
}

/** A comparison as a value. */
export function lowerChain(c: Context, node: number): ValueId {
  const { b } = c;
  const links = comparisons(c, node);
  const [link, ...more] = links?.rest ?? [];
  if (links === undefined || link === undefined) return lowerUnknown(c, node);
  const left = lowerExpression(c, links.first);
  let right = lowerExpression(c, link.node);
  let value = compare(c, link.operator, left, right, links.first, link.node);
  if (more.length === 0) return value;
  const result = b.temp();
  const done = b.block();
  let previous = link.node;
  for (const next of more) {
    keep(c, result, value, previous);
    const block = b.block();
    b.branch(value, block, done);
    b.switchTo(block);
    const before = right;
    right = lowerExpression(c, next.node);
    value = compare(c, next.operator, before, right, previous, next.node);
    previous = next.node;
  }
  keep(c, result, value, previous);
  b.enter(done);
  return b.emit({ op: "load", slot: result, span: spanOf(c, node) });
}

/** `a and b`, `a or b` as values: whichever operand decided. */
export function lowerLogical(c: Context, node: number): ValueId {
  const { tree, b } = c;
  const and = isAnd(c, node);
  const operands: number[] = [];
  let n = node;
  for (;;) {
    const left = childByField(tree, n, "left");
    const right = childByField(tree, n, "right");
    if (left === NO_NODE || right === NO_NODE) return lowerUnknown(c, node);
    operands.push(right);
    const inner = unwrap(tree, left);
    if (kind(tree, inner) !== "boolean_operator" || isAnd(c, inner) !== and) {
      operands.push(inner);
      break;
    }
    n = inner;
  }
  operands.reverse();
  const result = b.temp();
  const done = b.block();
  operands.forEach((operand, i) => {
    const inner = unwrap(tree, operand);
    if (i === operands.length - 1) {
      keep(c, result, lowerExpression(c, inner), inner);
      return;
    }
    const next = b.block();
    if (kind(tree, inner) === "not_operator") {
      // Its value is a plain boolean: branch on what it is made of.
      const decided = b.block();
      if (and) lowerCondition(c, inner, next, decided);
      else lowerCondition(c, inner, decided, next);
      b.switchTo(decided);
      keep(c, result, constant(c, !and, spanOf(c, inner)), inner);
      b.jump(done);
    } else {
      const value = lowerExpression(c, inner);
      keep(c, result, value, inner);
      b.branch(value, and ? next : done, and ? done : next);
    }
    b.switchTo(next);
  });
  b.enter(done);
  return b.emit({ op: "load", slot: result, span: spanOf(c, node) });
}

/** `a if test else b` as a value. */
export function lowerConditional(c: Context, node: number): ValueId {
  const { b } = c;
  const [then, test, otherwise] = parts(c.tree, node);
  if (then === undefined || test === undefined || otherwise === undefined)
    return lowerUnknown(c, node);
  const result = b.temp();
  const yes = b.block();
  const no = b.block();
  const done = b.block();
  lowerCondition(c, test, yes, no);
  b.switchTo(yes);
  keep(c, result, lowerExpression(c, then), then);
  b.jump(done);
  b.switchTo(no);
  keep(c, result, lowerExpression(c, otherwise), otherwise);
  b.enter(done);
  return b.emit({ op: "load", slot: result, span: spanOf(c, node) });
}

/** A branch whose outcome nothing in the text decides: another element, a pattern that matches. */
export function branchUnknown(
  c: Context,
  what: string,
  node: number,
  yes: BlockId,
  no: BlockId,
): void {
  c.b.branch(opaque(c, what, [], spanOf(c, node)), yes, no);
}

/** Same, decided by a value in a way that is not modelled. */
export function branchOnUses(
  c: Context,
  what: string,
  uses: readonly ValueId[],
  node: number,
  yes: BlockId,
  no: BlockId,
): void {
  c.b.branch(opaque(c, what, uses, spanOf(c, node)), yes, no);
}

function keep(c: Context, slot: SlotId, value: ValueId, node: number): void {
  c.b.emit({ op: "store", slot, value, span: spanOf(c, node) });
}
