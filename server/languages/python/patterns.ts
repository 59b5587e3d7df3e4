/** The `match` statement: each pattern as tests that lead to the next case, and captures. */
import type { BlockId, ValueId } from "../../ir/ir.ts";
import {
  childByField,
  children,
  childrenByField,
  isNamed,
  kind,
  NO_NODE,
  start,
  textOf,
} from "../../syntax/flat.ts";
import { branchOnUses, branchUnknown, lowerCondition } from "./conditions.ts";
import { bind, type Context, constant, MAX_DEPTH, opaque, spanOf } from "./context.ts";
import { type Bounds, lowerExpression } from "./expressions.ts";
import { lowerBlock } from "./statements.ts";
import { parts } from "./syntax.ts";
import { elementAt } from "./targets.ts";

export function lowerMatch(c: Context, node: number): void {
  const { tree, b } = c;
  const subjects = childrenByField(tree, node, "subject");
  const values = subjects.map((s) => lowerExpression(c, s));
  const [first] = values;
  const isTuple = values.length > 1;
  const subject = isTuple || first === undefined ? tuple(c, values, node) : first;
  const done = b.block();
  const body = childByField(tree, node, "body");
  for (const clause of body === NO_NODE ? [] : parts(tree, body)) {
    if (kind(tree, clause) !== "case_clause") {
      lowerExpression(c, clause);
      continue;
    }
    const next = b.block();
    const patterns = parts(tree, clause).filter((n) => kind(tree, n) === "case_pattern");
    if (patterns.length === 1) test(c, patterns[0] as number, subject, next);
    else if (patterns.length > 1) testElements(c, patterns, subject, clause, next);
    const guard = childByField(tree, clause, "guard");
    const condition = guard === NO_NODE ? undefined : parts(tree, guard)[0];
    if (condition !== undefined) {
      const guarded = b.block();
      lowerCondition(c, condition, guarded, next);
      b.switchTo(guarded);
    }
    const consequence = childByField(tree, clause, "consequence");
    if (consequence !== NO_NODE) lowerBlock(c, consequence);
    b.jump(done);
    b.switchTo(next);
  }
  b.enter(done);
}

function tuple(c: Context, values: readonly ValueId[], node: number): ValueId {
  const elements = values.map((value) => ({ value, spread: false }));
  return c.b.emit({ op: "sequence", shape: "tuple", elements, span: spanOf(c, node) });
}

/** Goes on where `subject` matches, with names bound; otherwise to `no`. */
function test(c: Context, pattern: number, subject: ValueId, no: BlockId): void {
  if (c.depth >= MAX_DEPTH) {
    branchAway(c, pattern, [subject, lowerExpression(c, pattern)], no);
    return;
  }
  c.depth++;
  testPattern(c, pattern, subject, no);
  c.depth--;
}

function testPattern(c: Context, pattern: number, subject: ValueId, no: BlockId): void {
  const { tree } = c;
  switch (kind(tree, pattern)) {
    case "case_pattern": {
      const [inner] = parts(tree, pattern);
      // Nothing named inside: `_`.
      if (inner === undefined) return;
      test(c, inner, subject, no);
      return;
    }
    case "dotted_name": {
      const name = textOf(tree, pattern);
      if (!name.includes(".")) {
        capture(c, pattern, name, subject);
        return;
      }
      testEqual(c, lowerExpression(c, pattern), subject, pattern, no);
      return;
    }
    case "integer":
    case "float":
      testEqual(c, number(c, pattern), subject, pattern, no);
      return;
    case "identifier":
      capture(c, pattern, textOf(tree, pattern), subject);
      return;
    case "as_pattern": {
      const [inner, name] = parts(tree, pattern);
      if (inner !== undefined) test(c, inner, subject, no);
      if (name !== undefined) capture(c, name, textOf(tree, name), subject);
      return;
    }
    case "union_pattern": {
      const options = parts(tree, pattern);
      const matched = c.b.block();
      options.forEach((option, i) => {
        const next = i === options.length - 1 ? no : c.b.block();
        test(c, option, subject, next);
        c.b.jump(matched);
        c.b.switchTo(next);
      });
      // `_` is a token without a name; as an option it always matches.
      if (options.length === 0 || children(tree, pattern).some((n) => textOf(tree, n) === "_"))
        c.b.jump(matched);
      c.b.switchTo(matched);
      return;
    }
    case "tuple_pattern":
    case "list_pattern": {
      const elements = parts(tree, pattern);
      const grouping =
        kind(tree, pattern) === "tuple_pattern" &&
        elements.length === 1 &&
        !/,\s*\)$/.test(textOf(tree, pattern));
      if (grouping) {
        test(c, elements[0] as number, subject, no);
        return;
      }
      testElements(c, elements, subject, pattern, no);
      return;
    }
    case "dict_pattern":
      testMapping(c, pattern, subject, no);
      return;
    case "class_pattern":
      testClass(c, pattern, subject, no);
      return;
    case "splat_pattern":
      captureRest(c, pattern, subject, {});
      return;
    case "keyword_pattern":
    case "ERROR":
      branchAway(c, pattern, [subject, lowerExpression(c, pattern)], no);
      return;
    default:
      testEqual(c, lowerExpression(c, pattern), subject, pattern, no);
      return;
  }
}

/** `*name` in a sequence pattern, `**name` in a mapping pattern. */
function captureRest(c: Context, pattern: number, subject: ValueId, bounds: Bounds): void {
  const [name] = parts(c.tree, pattern);
  if (name === undefined) return;
  const span = spanOf(c, pattern);
  const rest = c.b.emit({ op: "slice", object: subject, uses: [], ...bounds, span });
  capture(c, name, textOf(c.tree, name), rest);
}

function capture(c: Context, node: number, name: string, value: ValueId): void {
  if (name !== "_" && name !== "") bind(c, { name, value, span: spanOf(c, node) });
}

/** A number's minus sign is a token of its own before it. */
function number(c: Context, digits: number): ValueId {
  const value = lowerExpression(c, digits);
  const from = start(c.tree, digits);
  const negative = /-\s*$/.test(c.tree.text.slice(Math.max(0, from - 20), from));
  const op = c.b.op(value);
  if (!negative || op.op !== "const" || typeof op.value !== "number") return value;
  return constant(c, -op.value, spanOf(c, digits));
}

function testEqual(
  c: Context,
  wanted: ValueId,
  subject: ValueId,
  pattern: number,
  no: BlockId,
): void {
  const span = spanOf(c, pattern);
  goOnIf(c, c.b.emit({ op: "compare", operator: "==", left: subject, right: wanted, span }), no);
}

function goOnIf(c: Context, condition: ValueId, no: BlockId): void {
  const yes = c.b.block();
  c.b.branch(condition, yes, no);
  c.b.switchTo(yes);
}

function branchAway(c: Context, pattern: number, uses: readonly ValueId[], no: BlockId): void {
  const yes = c.b.block();
  branchOnUses(c, "pattern", uses, pattern, yes, no);
  c.b.switchTo(yes);
}

function testElements(
  c: Context,
  elements: readonly number[],
  subject: ValueId,
  node: number,
  no: BlockId,
): void {
  shapeMatches(c, node, no);
  const starred = elements.findIndex((e) => isStar(c, e));
  elements.forEach((element, i) => {
    if (i === starred) {
      const after = elements.length - 1 - i;
      const bounds = { from: i, ...(after === 0 ? {} : { to: -after }) };
      const inner = kind(c.tree, element) === "case_pattern" ? parts(c.tree, element)[0] : element;
      if (inner !== undefined) captureRest(c, inner, subject, bounds);
      return;
    }
    const position = starred >= 0 && i > starred ? i - elements.length : i;
    test(c, element, elementAt(c, subject, position, spanOf(c, element)), no);
  });
}

/** Whether the subject has the right shape is not modelled. */
function shapeMatches(c: Context, node: number, no: BlockId): void {
  const yes = c.b.block();
  branchUnknown(c, "shape", node, yes, no);
  c.b.switchTo(yes);
}

function isStar(c: Context, element: number): boolean {
  const inner = kind(c.tree, element) === "case_pattern" ? parts(c.tree, element)[0] : element;
  return inner !== undefined && kind(c.tree, inner) === "splat_pattern";
}

function testMapping(c: Context, pattern: number, subject: ValueId, no: BlockId): void {
  const { tree } = c;
  shapeMatches(c, pattern, no);
  const keys = childrenByField(tree, pattern, "key").filter((n) => isNamed(tree, n));
  const values = childrenByField(tree, pattern, "value");
  values.forEach((value, i) => {
    const key = keys[i];
    const at = key === undefined ? opaque(c, "key", [], spanOf(c, value)) : keyOf(c, key);
    test(c, value, c.b.emit({ op: "index", object: subject, key: at, span: spanOf(c, value) }), no);
  });
  for (const rest of parts(tree, pattern))
    if (kind(tree, rest) === "splat_pattern") test(c, rest, subject, no);
}

function keyOf(c: Context, key: number): ValueId {
  const k = kind(c.tree, key);
  return k === "integer" || k === "float" ? number(c, key) : lowerExpression(c, key);
}

/** Of these the one positional pattern is the value itself. */
const SELF_MATCHING = new Set([
  "bool",
  "bytearray",
  "bytes",
  "dict",
  "float",
  "frozenset",
  "int",
  "list",
  "set",
  "str",
  "tuple",
]);

function testClass(c: Context, pattern: number, subject: ValueId, no: BlockId): void {
  const { tree, b } = c;
  const [name, ...fields] = parts(tree, pattern);
  if (name === undefined) return;
  const type = lowerExpression(c, name);
  goOnIf(
    c,
    b.emit({
      op: "compare",
      operator: "instanceof",
      left: subject,
      right: type,
      span: spanOf(c, pattern),
    }),
    no,
  );
  const self = SELF_MATCHING.has(textOf(tree, name));
  for (const given of fields) {
    const { inner, alias } = fieldOf(c, given);
    const span = spanOf(c, inner);
    if (kind(tree, inner) !== "keyword_pattern") {
      test(c, given, self ? subject : opaque(c, "positional pattern", [subject], span), no);
      continue;
    }
    const [attribute, value] = parts(tree, inner);
    if (attribute === undefined) continue;
    const member = b.emit({
      op: "member",
      object: subject,
      name: textOf(tree, attribute),
      nameSpan: spanOf(c, attribute),
      span,
    });
    if (value !== undefined) test(c, value, member, no);
    if (alias !== undefined) capture(c, alias, textOf(tree, alias), member);
  }
}

/** One field of a class pattern; the grammar reads `x=1 as y` as `(x=1) as y`. */
function fieldOf(c: Context, given: number): { inner: number; alias: number | undefined } {
  const open = (n: number): number =>
    kind(c.tree, n) === "case_pattern" ? (parts(c.tree, n)[0] ?? n) : n;
  const inner = open(given);
  if (kind(c.tree, inner) !== "as_pattern") return { inner, alias: undefined };
  const [first, alias] = parts(c.tree, inner);
  const keyword = first === undefined ? inner : open(first);
  return kind(c.tree, keyword) === "keyword_pattern"
    ? { inner: keyword, alias }
    : { inner, alias: undefined };
}
