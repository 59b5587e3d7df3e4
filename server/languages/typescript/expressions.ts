/**
 * Expressions to values. Chains that nest to the left (`a + b + c`, `a.b().c()`, parentheses) are walked in a loop, so
 * that only real nesting counts as depth.
 */
import type { ValueId } from "../../ir/ir.ts";
import {
  childByField,
  children,
  type FlatTree,
  isNamed,
  kind,
  NO_NODE,
  namedChildren,
  skip,
} from "../../syntax/flat.ts";
import { lowerAssignment, lowerAugmented, lowerUpdate } from "./assignments.ts";
import { applyCall, calleeOf, lowerNew, lowerSpecialCall } from "./calls.ts";
import { lowerClassExpression } from "./classes.ts";
import {
  type Context,
  constant,
  DEEPEST,
  emitAt,
  lookup,
  nodeText,
  opaque,
  readName,
  span,
} from "./context.ts";
import { lowerClosure } from "./functions.ts";
import { lowerJsx } from "./jsx.ts";
import { lowerLogical, lowerTernary, nullish } from "./logic.ts";
import { lowerArray, lowerObject } from "./objects.ts";
import { assign } from "./patterns.ts";
import { isStatement, statement } from "./statements.ts";
import { lowerNumber, lowerRegex, lowerString, lowerTemplate } from "./strings.ts";
import { firstNamed, kindId, kindTable } from "./syntax.ts";
import { lowerTag, tagOf } from "./tags.ts";
import { typeRef } from "./types.ts";

type Lower = (c: Context, n: number) => ValueId;

/** A kind whose first operand is walked in a loop: `apply` gets its value. */
interface Spine {
  /** The first operand, or NO_NODE if this node is not of that shape. */
  readonly left: (c: Context, n: number) => number;
  readonly apply: (c: Context, n: number, left: ValueId) => ValueId;
}

const transparent: Spine = { left: (c, n) => firstNamed(c.tree, n), apply: (_c, _n, left) => left };

const spines = kindTable<Spine>({
  parenthesized_expression: transparent,
  non_null_expression: transparent,
  instantiation_expression: transparent,
  as_expression: { left: (c, n) => firstNamed(c.tree, n), apply: applyCast },
  satisfies_expression: { left: (c, n) => firstNamed(c.tree, n), apply: applyCast },
  member_expression: { left: (c, n) => childByField(c.tree, n, "object"), apply: applyMember },
  nested_identifier: { left: (c, n) => childByField(c.tree, n, "object"), apply: applyMember },
  subscript_expression: { left: (c, n) => childByField(c.tree, n, "object"), apply: applyIndex },
  call_expression: { left: calleeOf, apply: applyCall },
  binary_expression: { left: leftOperand, apply: applyBinary },
});

const lowerings = kindTable<Lower>({
  identifier: lowerIdentifier,
  shorthand_property_identifier: lowerIdentifier,
  type_identifier: lowerIdentifier,
  private_property_identifier: (c, n) => constant(c, n, nodeText(c, n)),
  property_identifier: (c, n) => constant(c, n, nodeText(c, n)),
  this: (c, n) => emitAt(c, n, { op: "this" }),
  super: (c, n) => emitAt(c, n, { op: "super" }),
  undefined: (c, n) => constant(c, n, undefined),
  null: (c, n) => constant(c, n, null),
  true: (c, n) => constant(c, n, true),
  false: (c, n) => constant(c, n, false),
  number: lowerNumber,
  string: lowerString,
  template_string: (c, n) => lowerTemplate(c, n),
  regex: lowerRegex,
  meta_property: lowerMetaProperty,
  import: (c, n) => emitAt(c, n, { op: "free", name: "import" }),
  array: lowerArray,
  object: lowerObject,
  sequence_expression: (c, n) => sequenceValue(c, n, namedChildren(c.tree, n)),
  binary_expression: lowerBinary,
  ternary_expression: lowerTernary,
  unary_expression: lowerUnary,
  update_expression: lowerUpdate,
  assignment_expression: lowerAssignment,
  augmented_assignment_expression: lowerAugmented,
  await_expression: (c, n) => emitAt(c, n, { op: "await", value: operand(c, n) }),
  yield_expression: lowerYield,
  call_expression: lowerSpecialCall,
  new_expression: lowerNew,
  type_assertion: lowerTypeAssertion,
  spread_element: (c, n) => operand(c, n),
  function_expression: lowerClosure,
  function: lowerClosure,
  generator_function: lowerClosure,
  function_declaration: lowerClosure,
  generator_function_declaration: lowerClosure,
  arrow_function: lowerClosure,
  method_definition: lowerClosure,
  class: lowerClassExpression,
  jsx_element: lowerJsx,
  jsx_self_closing_element: lowerJsx,
  jsx_fragment: lowerJsx,
  jsx_text: (c, n) => constant(c, n, nodeText(c, n)),
  jsx_expression: (c, n) => operand(c, n),
});

export function expression(c: Context, n: number): ValueId {
  if (n < 0) return c.b.emit({ op: "const", value: undefined, span: { start: 0, end: 0 } });
  if (c.depth >= DEEPEST) return deep(c, n);
  c.depth++;
  const table = spines(c.tree.grammar);
  let at = n;
  let path: number[] | undefined;
  for (;;) {
    const left = table[kindId(c.tree, at)]?.left(c, at) ?? NO_NODE;
    if (left < 0) break;
    path ??= [];
    path.push(at);
    at = left;
  }
  const lower = lowerings(c.tree.grammar)[kindId(c.tree, at)];
  let value = lower === undefined ? unknown(c, at) : lower(c, at);
  if (path !== undefined) {
    for (let i = path.length - 1; i >= 0; i--) {
      const node = path[i] as number;
      value = (table[kindId(c.tree, node)] as Spine).apply(c, node, value);
    }
  }
  c.depth--;
  return value;
}

export function isExpression(c: Context, n: number): boolean {
  const id = kindId(c.tree, n);
  return lowerings(c.tree.grammar)[id] !== undefined || spines(c.tree.grammar)[id] !== undefined;
}

/** Lowers them in order; the value is the last one's. */
export function sequenceValue(c: Context, n: number, nodes: readonly number[]): ValueId {
  let value: ValueId | undefined;
  for (const node of nodes) value = expression(c, node);
  return value ?? constant(c, n, undefined);
}

/** The value of a node's only operand. */
export function operand(c: Context, n: number): ValueId {
  return sequenceValue(c, n, namedChildren(c.tree, n));
}

/** Syntax that is not modelled, errors included: keeps what its parts do and depends on all of them. */
export function unknown(c: Context, n: number): ValueId {
  const uses: ValueId[] = [];
  if (c.depth >= DEEPEST) return deep(c, n);
  c.depth++;
  for (const child of namedChildren(c.tree, n)) {
    if (isExpression(c, child)) uses.push(expression(c, child));
    else if (isStatement(c, child)) statement(c, child);
    else if (!isType(c.tree, child)) {
      const value = unknown(c, child);
      if (skip(c.tree, child) > child + 1) uses.push(value);
    }
  }
  c.depth--;
  return opaque(c, n, kind(c.tree, n), uses);
}

/** Too deep to recurse: depends on the names and functions inside. */
function deep(c: Context, n: number): ValueId {
  const uses: ValueId[] = [];
  const seen = new Set<string>();
  const stop = skip(c.tree, n);
  for (let at = n; at < stop; ) {
    if (c.holeOf.has(at)) {
      uses.push(lowerClosure(c, at));
      at = skip(c.tree, at);
      continue;
    }
    const name = kind(c.tree, at);
    if (name === "identifier" || name === "shorthand_property_identifier") {
      const text = nodeText(c, at);
      if (!seen.has(text) && seen.size < 100) {
        seen.add(text);
        uses.push(readName(c, at, text));
      }
    }
    at++;
  }
  return opaque(c, n, "deep", uses);
}

function isType(tree: FlatTree, n: number): boolean {
  return /type|interface|signature|comment|modifier/.test(kind(tree, n));
}

function lowerIdentifier(c: Context, n: number): ValueId {
  const name = nodeText(c, n);
  if (name === "arguments" && lookup(c, name) === undefined && c.item.node !== 0) {
    return opaque(c, n, "arguments", argumentsUses(c, n));
  }
  return readName(c, n, name);
}

/** `arguments` depends on every parameter; an arrow function has none of its own. */
function argumentsUses(c: Context, n: number): ValueId[] {
  if (kind(c.tree, c.item.node) === "arrow_function") return [];
  return c.parameterSlots.map((slot) => emitAt(c, n, { op: "load", slot }));
}

function lowerMetaProperty(c: Context, n: number): ValueId {
  const text = nodeText(c, n).replaceAll(/\s+/g, "");
  return text === "import.meta" ? emitAt(c, n, { op: "free", name: text }) : opaque(c, n, text, []);
}

function applyCast(c: Context, n: number, value: ValueId): ValueId {
  const type = namedChildren(c.tree, n)[1];
  // `as const` has no type node.
  if (type === undefined) return value;
  return emitAt(c, n, { op: "annotate", value, type: typeRef(c.tree, type), cast: true });
}

/** `<T>value` */
function lowerTypeAssertion(c: Context, n: number): ValueId {
  const [types, inner] = namedChildren(c.tree, n);
  if (types === undefined || inner === undefined) return unknown(c, n);
  const value = expression(c, inner);
  const type = firstNamed(c.tree, types);
  if (type < 0 || nodeText(c, type) === "const") return value;
  return emitAt(c, n, { op: "annotate", value, type: typeRef(c.tree, type), cast: true });
}

function applyMember(c: Context, n: number, object: ValueId): ValueId {
  const property = childByField(c.tree, n, "property");
  if (property < 0) return opaque(c, n, "member", [object]);
  const optional = childByField(c.tree, n, "optional_chain") >= 0;
  return emitAt(c, n, {
    op: "member",
    object,
    name: nodeText(c, property),
    nameSpan: span(c, property),
    ...(optional ? { optional: true } : {}),
  });
}

function applyIndex(c: Context, n: number, object: ValueId): ValueId {
  const index = childByField(c.tree, n, "index");
  if (index < 0) return opaque(c, n, "index", [object]);
  return emitAt(c, n, { op: "index", object, key: indexKey(c, index) });
}

/** The key of a subscript; the grammar takes some words there for types. */
export function indexKey(c: Context, index: number): ValueId {
  return kind(c.tree, index) === "predefined_type"
    ? readName(c, index, nodeText(c, index))
    : expression(c, index);
}

export function operatorOf(c: Context, n: number): string {
  const node = childByField(c.tree, n, "operator");
  if (node >= 0) return nodeText(c, node);
  const token = children(c.tree, n).find((child) => !isNamed(c.tree, child));
  return token === undefined ? "" : kind(c.tree, token);
}

function leftOperand(c: Context, n: number): number {
  const operator = operatorOf(c, n);
  if (operator === "&&" || operator === "||") return NO_NODE;
  if (operator === ">" && tagOf(c, n) !== undefined) return NO_NODE;
  return childByField(c.tree, n, "left");
}

/** The binary expressions that are not lowered from their left operand. */
function lowerBinary(c: Context, n: number): ValueId {
  const tag = operatorOf(c, n) === ">" ? tagOf(c, n) : undefined;
  return tag === undefined ? lowerLogical(c, n) : lowerTag(c, n, tag);
}

const COMPARES: Readonly<Record<string, string>> = {
  "==": "==",
  "===": "==",
  "!=": "!=",
  "!==": "!=",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
  in: "in",
  instanceof: "instanceof",
};

function applyBinary(c: Context, n: number, left: ValueId): ValueId {
  const operator = operatorOf(c, n);
  const node = childByField(c.tree, n, "right");
  if (operator === "??") return nullish(c, n, left, node);
  const right = expression(c, node);
  const compare = COMPARES[operator];
  if (compare === undefined) return arithmetic(c, n, operator, left, right);
  const loose = operator === "==" || operator === "!=" ? { loose: true as const } : {};
  const keys = operator === "in" ? { keys: true as const } : {};
  return emitAt(c, n, { op: "compare", operator: compare, left, right, ...loose, ...keys });
}

/** All operators but the plus sign make numbers. */
export function arithmetic(
  c: Context,
  n: number,
  operator: string,
  left: ValueId,
  right: ValueId,
): ValueId {
  const numeric = operator === "+" ? {} : { numeric: true as const };
  return emitAt(c, n, { op: "binary", operator, left, right, ...numeric });
}

function lowerUnary(c: Context, n: number): ValueId {
  const operator = operatorOf(c, n);
  const inner = childByField(c.tree, n, "argument");
  if (operator === "delete" && inner >= 0) {
    assign(c, inner, constant(c, n, undefined), n);
    return constant(c, n, true);
  }
  const value = inner < 0 ? operand(c, n) : expression(c, inner);
  const known = c.b.op(value);
  if (known.op === "const" && inner >= 0) {
    const folded = fold(operator, known.value);
    if (folded !== undefined) return constant(c, n, folded.value);
  }
  return emitAt(c, n, {
    op: "unary",
    operator: operator === "!" ? "not" : operator,
    operand: value,
  });
}

/** The sign of a number, and what minifiers write for true, false and undefined. */
function fold(
  operator: string,
  value: unknown,
): { readonly value: number | boolean | undefined } | undefined {
  if (operator === "-" && typeof value === "number") return { value: -value };
  if (operator === "!" && typeof value === "number") return { value: value === 0 };
  if (operator === "void") return { value: undefined };
  return undefined;
}

function lowerYield(c: Context, n: number): ValueId {
  const inner = firstNamed(c.tree, n);
  if (inner < 0) return emitAt(c, n, { op: "yield" });
  const value = expression(c, inner);
  const each = children(c.tree, n).some((child) => kind(c.tree, child) === "*");
  return emitAt(c, n, {
    op: "yield",
    value: each ? emitAt(c, inner, { op: "iterate", value }) : value,
  });
}
