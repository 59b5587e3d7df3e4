/** Python expressions to operations. Long left-leaning chains are taken apart without recursion. */
import type { Op, RecordEntry, ValueId } from "../../ir/ir.ts";
import {
  childByField,
  children,
  childrenByField,
  end,
  field,
  isBroken,
  kind,
  NO_NODE,
  start,
  textOf,
} from "../../syntax/flat.ts";
import { lowerCall } from "./calls.ts";
import { lowerComprehension } from "./comprehensions.ts";
import { lowerChain, lowerConditional, lowerLogical } from "./conditions.ts";
import {
  type Context,
  constant,
  loadName,
  MAX_DEPTH,
  opaque,
  spanBetween,
  spanOf,
} from "./context.ts";
import { closureOf, lowerLambda } from "./definitions.ts";
import { lowerPercent } from "./placeholders.ts";
import { lowerStatement } from "./statements.ts";
import { lowerString } from "./strings.ts";
import { bodyOf, parts, tableByKind, unwrap } from "./syntax.ts";
import { bindPattern } from "./targets.ts";

type Lower = (c: Context, node: number) => ValueId;

/** The value of an expression. Broken or unknown syntax becomes opaque, with what is inside as its uses. */
export function lowerExpression(c: Context, node: number): ValueId {
  if (c.depth >= MAX_DEPTH) return lowerDeep(c, node);
  c.depth++;
  const value = lowerSpine(c, unwrap(c.tree, node));
  c.depth--;
  return value;
}

/** `node`, or an opaque value at `owner` when the parser found none. */
export function lowerChild(c: Context, node: number, owner: number): ValueId {
  return node === NO_NODE ? opaque(c, "missing", [], spanOf(c, owner)) : lowerExpression(c, node);
}

/** The child a chain leans on: `a` of `a.b`, `a[b]`, `a(b)`, `a + b`. */
const leansOn = tableByKind<string>({
  attribute: "object",
  subscript: "value",
  call: "function",
  binary_operator: "left",
});

function lowerSpine(c: Context, node: number): ValueId {
  const { tree } = c;
  const by = leansOn(tree, node);
  if (by === undefined) return lowerLeaf(c, node);
  const spine: number[] = [];
  let base = node;
  for (let next: string | undefined = by; next !== undefined; next = leansOn(tree, base)) {
    if (next !== "object" && next !== "value" && startsItself(c, base)) break;
    const inner = childByField(tree, base, next);
    if (inner === NO_NODE) break;
    spine.push(base);
    base = unwrap(tree, inner);
  }
  let value = leansOn(tree, base) === undefined ? lowerLeaf(c, base) : lowerStart(c, base);
  for (let i = spine.length - 1; i >= 0; i--) value = lowerLink(c, spine[i] as number, value);
  return value;
}

/** Chain links whose left end is not a value of its own: `"..." % x`, `"...".format(x)`, `super()`. */
function startsItself(c: Context, node: number): boolean {
  const { tree } = c;
  if (kind(tree, node) === "call") {
    const callee = childByField(tree, node, "function");
    if (callee === NO_NODE) return false;
    if (kind(tree, callee) === "identifier") return textOf(tree, callee) === "super";
    return kind(tree, callee) === "attribute" && isStringOn(c, callee, "object");
  }
  return (
    kind(tree, node) === "binary_operator" &&
    isStringOn(c, node, "left") &&
    operatorOf(c, node) === "%"
  );
}

function isStringOn(c: Context, node: number, name: string): boolean {
  const left = childByField(c.tree, node, name);
  if (left === NO_NODE) return false;
  const k = kind(c.tree, unwrap(c.tree, left));
  return k === "string" || k === "concatenated_string";
}

function lowerStart(c: Context, node: number): ValueId {
  switch (kind(c.tree, node)) {
    case "call":
      return lowerCall(c, node, undefined);
    case "binary_operator": {
      const joined = lowerPercent(c, node);
      if (joined !== undefined) return joined;
      const left = lowerChild(c, childByField(c.tree, node, "left"), node);
      return lowerBinary(c, node, left);
    }
    default:
      return lowerUnknown(c, node);
  }
}

function lowerLink(c: Context, node: number, left: ValueId): ValueId {
  switch (kind(c.tree, node)) {
    case "attribute":
      return lowerMember(c, node, left);
    case "subscript":
      return lowerSubscript(c, node, left);
    case "call":
      return lowerCall(c, node, left);
    default:
      return lowerBinary(c, node, left);
  }
}

export function lowerMember(c: Context, node: number, object: ValueId): ValueId {
  const name = childByField(c.tree, node, "attribute");
  if (name === NO_NODE) return opaque(c, "missing", [object], spanOf(c, node));
  return c.b.emit({
    op: "member",
    object,
    name: textOf(c.tree, name),
    nameSpan: spanOf(c, name),
    span: spanOf(c, node),
  });
}

/** What stands between the brackets: one key, or the uses of a slice. */
export type Subscript =
  | { readonly key: ValueId }
  | { readonly slice: readonly ValueId[]; readonly bounds: Bounds };

/** Constant bounds of a slice, as far as they are written out. */
export interface Bounds {
  readonly from?: number;
  readonly to?: number;
}

export function lowerKey(c: Context, node: number): Subscript {
  const { tree } = c;
  const given = childrenByField(tree, node, "subscript");
  const [first] = given;
  if (first === undefined) return { key: opaque(c, "missing", [], spanOf(c, node)) };
  if (!given.some((p) => kind(tree, p) === "slice")) {
    const values = given.map((p) => lowerExpression(c, p));
    const isTuple =
      given.length > 1 || textBetween(c, end(tree, first), end(tree, node)).includes(",");
    if (!isTuple) return { key: values[0] as ValueId };
    const elements = values.map((value) => ({ value, spread: false }));
    const span = spanBetween(c, start(tree, first), end(tree, given[given.length - 1] as number));
    return { key: c.b.emit({ op: "sequence", shape: "tuple", elements, span }) };
  }
  const slice: ValueId[] = [];
  for (const part of given) {
    if (kind(tree, part) === "slice")
      for (const bound of parts(tree, part)) slice.push(lowerExpression(c, bound));
    else slice.push(lowerExpression(c, part));
  }
  return { slice, bounds: given.length === 1 ? boundsOf(c, first) : {} };
}

/** `[a:b]` of whole numbers; nothing is known of a slice with a step or with a bound that is computed. */
function boundsOf(c: Context, node: number): Bounds {
  const text = textOf(c.tree, node).replaceAll(/\s/g, "");
  const found = /^(-?\d+)?:(-?\d+)?:?$/.exec(text);
  if (found === null) return {};
  const [, from = "0", to] = found;
  return { from: Number(from), ...(to === undefined ? {} : { to: Number(to) }) };
}

function textBetween(c: Context, from: number, to: number): string {
  return c.tree.text.slice(from, to);
}

function lowerSubscript(c: Context, node: number, object: ValueId): ValueId {
  const key = lowerKey(c, node);
  const span = spanOf(c, node);
  if ("key" in key) return c.b.emit({ op: "index", object, key: key.key, span });
  return c.b.emit({ op: "slice", object, uses: key.slice, ...key.bounds, span });
}

export function operatorOf(c: Context, node: number): string {
  const token = childByField(c.tree, node, "operator");
  return token === NO_NODE ? "?" : textOf(c.tree, token);
}

function lowerBinary(c: Context, node: number, left: ValueId): ValueId {
  const right = lowerChild(c, childByField(c.tree, node, "right"), node);
  return c.b.emit({
    op: "binary",
    operator: operatorOf(c, node),
    left,
    right,
    span: spanOf(c, node),
  });
}

const leaf = tableByKind<Lower>({
  identifier: (c, n) =>
    isBroken(c.tree, n) ? opaque(c, "missing", [], spanOf(c, n)) : loadName(c, n),
  string: lowerString,
  concatenated_string: lowerString,
  integer: (c, n) => constant(c, integerOf(textOf(c.tree, n)), spanOf(c, n)),
  float: (c, n) =>
    constant(c, Number.parseFloat(textOf(c.tree, n).replaceAll("_", "")), spanOf(c, n)),
  true: (c, n) => constant(c, true, spanOf(c, n)),
  false: (c, n) => constant(c, false, spanOf(c, n)),
  none: (c, n) => constant(c, null, spanOf(c, n)),
  ellipsis: (c, n) => constant(c, undefined, spanOf(c, n)),
  list: (c, n) => lowerSequence(c, n, "list"),
  set: (c, n) => lowerSequence(c, n, "set"),
  tuple: (c, n) => lowerSequence(c, n, "tuple"),
  expression_list: (c, n) => lowerSequence(c, n, "tuple"),
  pattern_list: (c, n) => lowerSequence(c, n, "tuple"),
  tuple_pattern: (c, n) => lowerSequence(c, n, "tuple"),
  list_pattern: (c, n) => lowerSequence(c, n, "list"),
  dictionary: lowerDictionary,
  list_comprehension: lowerComprehension,
  set_comprehension: lowerComprehension,
  dictionary_comprehension: lowerComprehension,
  generator_expression: lowerComprehension,
  lambda: lowerLambda,
  boolean_operator: lowerLogical,
  comparison_operator: lowerChain,
  conditional_expression: lowerConditional,
  not_operator: (c, n) => lowerUnary(c, n, "not"),
  unary_operator: (c, n) => lowerUnary(c, n, operatorOf(c, n)),
  await: (c, n) => {
    const value = lowerChild(c, parts(c.tree, n)[0] ?? NO_NODE, n);
    return c.b.emit({ op: "await", value, span: spanOf(c, n) });
  },
  yield: lowerYield,
  named_expression: (c, n) => {
    const value = lowerChild(c, childByField(c.tree, n, "value"), n);
    const name = childByField(c.tree, n, "name");
    if (name !== NO_NODE) bindPattern(c, name, value);
    return value;
  },
  as_pattern: (c, n) => {
    const value = lowerChild(c, parts(c.tree, n)[0] ?? NO_NODE, n);
    const alias = childByField(c.tree, n, "alias");
    if (alias !== NO_NODE) bindPattern(c, alias, value);
    return value;
  },
  as_pattern_target: lowerFirst,
  dotted_name: lowerDottedName,
  // In a display or a call these are handled there; alone they are the sequence itself.
  list_splat: lowerFirst,
  list_splat_pattern: lowerFirst,
  dictionary_splat: lowerFirst,
  parenthesized_expression: lowerFirst,
  // Types stand where an expression may in aliases and in `list[int]` read as a value.
  type: lowerFirst,
  generic_type: (c, n) => {
    const [name, parameters] = parts(c.tree, n);
    const object = lowerChild(c, name ?? NO_NODE, n);
    const uses =
      parameters === undefined ? [] : parts(c.tree, parameters).map((p) => lowerExpression(c, p));
    return c.b.emit({ op: "slice", object, uses, span: spanOf(c, n) });
  },
});

function lowerLeaf(c: Context, node: number): ValueId {
  const lower = leaf(c.tree, node);
  return lower === undefined ? lowerUnknown(c, node) : lower(c, node);
}

function lowerFirst(c: Context, node: number): ValueId {
  const inner = parts(c.tree, node);
  return inner.length === 1 ? lowerExpression(c, inner[0] as number) : lowerUnknown(c, node);
}

/** Syntax without a meaning here: everything named inside counts as used, and statements in broken text are lowered. */
export function lowerUnknown(c: Context, node: number): ValueId {
  const uses: ValueId[] = [];
  for (const child of parts(c.tree, node)) {
    if (kind(c.tree, child) === "ERROR" || !lowerStatement(c, child))
      uses.push(lowerExpression(c, child));
  }
  return opaque(c, kind(c.tree, node), uses, spanOf(c, node));
}

function lowerUnary(c: Context, node: number, operator: string): ValueId {
  const { tree } = c;
  const operand = childByField(tree, node, "argument");
  const inner = operand === NO_NODE ? NO_NODE : unwrap(tree, operand);
  const number = inner === NO_NODE || operator !== "-" ? undefined : kind(tree, inner);
  if (number === "integer" || number === "float") {
    const text = textOf(tree, inner);
    const value =
      number === "integer" ? integerOf(text) : Number.parseFloat(text.replaceAll("_", ""));
    return constant(c, -value, spanOf(c, node));
  }
  const value = lowerChild(c, operand, node);
  return c.b.emit({ op: "unary", operator, operand: value, span: spanOf(c, node) });
}

/** Imaginary and Python 2 long suffixes are dropped. */
export function integerOf(text: string): number {
  const digits = text.replaceAll("_", "").replace(/[lLjJ]$/, "");
  if (/^0[0-7]+$/.test(digits)) return Number.parseInt(digits, 8);
  const value = Number(digits);
  return Number.isNaN(value) ? Number.parseFloat(digits) : value;
}

function lowerDottedName(c: Context, node: number): ValueId {
  const [first, ...rest] = parts(c.tree, node);
  let value = lowerChild(c, first ?? NO_NODE, node);
  for (const part of rest) {
    const span = spanBetween(c, start(c.tree, node), end(c.tree, part));
    value = c.b.emit({
      op: "member",
      object: value,
      name: textOf(c.tree, part),
      nameSpan: spanOf(c, part),
      span,
    });
  }
  return value;
}

/** `yield from xs` hands out the elements of `xs`. */
function lowerYield(c: Context, node: number): ValueId {
  const span = spanOf(c, node);
  const inner = parts(c.tree, node)[0];
  if (inner === undefined) return c.b.emit({ op: "yield", span });
  const value = lowerExpression(c, inner);
  const delegates = children(c.tree, node).some((n) => kind(c.tree, n) === "from");
  const given = delegates ? c.b.emit({ op: "iterate", value, span: spanOf(c, inner) }) : value;
  return c.b.emit({ op: "yield", value: given, span });
}

type Element = { readonly value: ValueId; readonly spread: boolean };

function lowerSequence(c: Context, node: number, shape: "list" | "tuple" | "set"): ValueId {
  const elements: Element[] = parts(c.tree, node).map((child) => {
    const inner = unwrap(c.tree, child);
    const k = kind(c.tree, inner);
    return {
      value: lowerExpression(c, inner),
      spread: k === "list_splat" || k === "list_splat_pattern",
    };
  });
  return c.b.emit({ op: "sequence", shape, elements, span: spanOf(c, node) });
}

function lowerDictionary(c: Context, node: number): ValueId {
  const entries: RecordEntry[] = [];
  for (const child of parts(c.tree, node)) {
    const span = spanOf(c, child);
    if (kind(c.tree, child) === "pair") entries.push(lowerPair(c, child));
    else entries.push({ key: "...", value: lowerExpression(c, child), span });
  }
  return c.b.emit({ op: "record", entries, span: spanOf(c, node) });
}

export function lowerPair(c: Context, pair: number): RecordEntry {
  const keyNode = childByField(c.tree, pair, "key");
  const key = lowerChild(c, keyNode, pair);
  const value = lowerChild(c, childByField(c.tree, pair, "value"), pair);
  return {
    key: literalKey(c.b.op(key)) ?? { computed: key },
    value,
    span: spanOf(c, pair),
    ...(keyNode === NO_NODE ? {} : { keySpan: spanOf(c, keyNode) }),
  };
}

function literalKey(op: Op): string | undefined {
  if (op.op !== "const") return undefined;
  if (typeof op.value === "number") return String(op.value);
  // A key that reads "..." would look like a spread.
  return typeof op.value === "string" && op.value !== "..." ? op.value : undefined;
}

/** Too deep to go on: the names inside are used, the functions inside are made. */
export function lowerDeep(c: Context, node: number): ValueId {
  const { tree } = c;
  const uses: ValueId[] = [];
  const seen = new Set<string>();
  const stop = tree.nodes[node * 5 + 4] as number;
  for (let n = node; n < stop; ) {
    const body = bodyOf(tree, n);
    if (body !== NO_NODE) {
      uses.push(closureOf(c, n, []));
      n = tree.nodes[n * 5 + 4] as number;
      continue;
    }
    const name = kind(tree, n) === "identifier" ? textOf(tree, n) : "";
    const role = name === "" ? "" : field(tree, n);
    if (name !== "" && role !== "attribute" && role !== "name" && !seen.has(name)) {
      seen.add(name);
      uses.push(loadName(c, n));
    }
    n++;
  }
  return opaque(c, "deep", uses, spanOf(c, node));
}
