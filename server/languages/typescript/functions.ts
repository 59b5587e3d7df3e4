/** Nested functions in their parent, and a function's own parameters. */
import type { Param, TypeRef, ValueId } from "../../ir/ir.ts";
import {
  childByField,
  children,
  childrenByField,
  isNamed,
  kind,
  namedChildren,
} from "../../syntax/flat.ts";
import {
  type Context,
  constant,
  declare,
  emitAt,
  inScope,
  lookup,
  nodeText,
  opaque,
  span,
} from "./context.ts";
import { expression } from "./expressions.ts";
import { assignedName } from "./names.ts";
import { assign } from "./patterns.ts";
import { boundNames, firstNamed, hasToken } from "./syntax.ts";
import { literalOf, typeRef } from "./types.ts";

/** The function as a value. The name of a named function expression is bound here, for the function itself. */
export function lowerClosure(c: Context, n: number): ValueId {
  const hole = c.holeOf.get(n);
  if (hole === undefined) return opaque(c, n, "function", []);
  const own = ownName(c, n);
  if (own === undefined) return closure(c, n, hole);
  return inScope(c, () => {
    const slot = declare(c, own);
    const value = closure(c, n, hole);
    emitAt(c, n, { op: "store", slot, value });
    return value;
  });
}

function closure(c: Context, n: number, hole: number): ValueId {
  const renamed: [string, number][] = [];
  for (const name of c.scopes.suffixed) {
    const slot = lookup(c, name);
    if (slot !== undefined && slot !== c.scopes.first.get(name)) renamed.push([name, slot]);
  }
  const entry = c.holes[hole];
  if (renamed.length > 0 && entry !== undefined) entry.renamed = Object.fromEntries(renamed);
  return emitAt(c, n, { op: "closure", hole, defaults: [] });
}

function ownName(c: Context, n: number): string | undefined {
  const name = kind(c.tree, n);
  if (name !== "function_expression" && name !== "generator_function" && name !== "function") {
    return undefined;
  }
  const node = childByField(c.tree, n, "name");
  const own = node < 0 ? "" : nodeText(c, node);
  return own === "" || own === assignedName(c.tree, n) ? undefined : own;
}

interface Declared {
  readonly node: number;
  readonly pattern: number;
  readonly slot: number;
  readonly value: number;
  /** A TypeScript parameter property, which is also stored on `this`. */
  readonly property: boolean;
}

/** Emits the parameters of the item's function and what binds them. */
export function lowerParameters(c: Context, fn: number): Param[] {
  const params: Param[] = [];
  const declared: Declared[] = [];
  for (const node of parameterNodes(c, fn)) {
    const { pattern, value, type, isRest } = partsOf(c, node);
    if (pattern < 0 || kind(c.tree, pattern) === "this") continue;
    const index = params.length;
    const simple = kind(c.tree, pattern) === "identifier";
    const name = simple ? nodeText(c, pattern) : `%p${index}`;
    const slot = simple ? declare(c, name) : c.b.slot(name);
    const annotation = annotationOf(c, node, type);
    params.push({
      name,
      slot,
      kind: isRest ? "rest" : "positional",
      hasDefault: value >= 0,
      span: span(c, node),
      ...(annotation === undefined ? {} : { annotation }),
    });
    declared.push({ node, pattern, slot, value, property: isProperty(c, node) });
    c.parameterSlots.push(slot);
    const param = emitAt(c, node, { op: "param", index });
    emitAt(c, node, { op: "store", slot, value: param });
  }
  for (const parameter of declared) bindParameter(c, parameter);
  return params;
}

function bindParameter(c: Context, { node, pattern, slot, value, property }: Declared): void {
  if (value >= 0) {
    const missing = c.b.block();
    const done = c.b.block();
    const left = emitAt(c, node, { op: "load", slot });
    const right = constant(c, node, undefined);
    c.b.branch(emitAt(c, node, { op: "compare", operator: "==", left, right }), missing, done);
    c.b.switchTo(missing);
    emitAt(c, node, { op: "store", slot, value: expression(c, value) });
    c.b.enter(done);
  }
  if (kind(c.tree, pattern) !== "identifier") {
    for (const name of boundNames(c.tree, pattern)) declare(c, name);
    assign(c, pattern, emitAt(c, node, { op: "load", slot }));
  } else if (property) {
    const object = emitAt(c, node, { op: "this" });
    const stored = emitAt(c, node, { op: "load", slot });
    emitAt(c, node, { op: "setMember", object, name: nodeText(c, pattern), value: stored });
  }
}

function parameterNodes(c: Context, fn: number): readonly number[] {
  const single = childByField(c.tree, fn, "parameter");
  if (single >= 0) return [single];
  const list = childByField(c.tree, fn, "parameters");
  return list < 0 ? [] : namedChildren(c.tree, list);
}

interface ParameterParts {
  readonly pattern: number;
  readonly value: number;
  readonly type: number;
  readonly isRest: boolean;
}

function partsOf(c: Context, node: number): ParameterParts {
  let pattern = node;
  let value = -1;
  let type = -1;
  switch (kind(c.tree, node)) {
    case "required_parameter":
    case "optional_parameter":
      pattern = childByField(c.tree, node, "pattern");
      if (pattern < 0) pattern = childByField(c.tree, node, "name");
      value = childByField(c.tree, node, "value");
      type = childByField(c.tree, node, "type");
      break;
    case "assignment_pattern":
      pattern = childByField(c.tree, node, "left");
      value = childByField(c.tree, node, "right");
      break;
    case "identifier":
    case "rest_pattern":
    case "object_pattern":
    case "array_pattern":
      break;
    default:
      pattern = -1;
  }
  const isRest = pattern >= 0 && kind(c.tree, pattern) === "rest_pattern";
  if (isRest) pattern = firstNamed(c.tree, pattern);
  return { pattern, value, type, isRest };
}

function isProperty(c: Context, node: number): boolean {
  return children(c.tree, node).some((child) => {
    const name = kind(c.tree, child);
    if (name === "accessibility_modifier" || name === "override_modifier") return true;
    return !isNamed(c.tree, child) && name === "readonly";
  });
}

function annotationOf(c: Context, node: number, type: number): TypeRef | undefined {
  const declared = type < 0 ? undefined : typeRef(c.tree, type);
  return decorated(c, childrenByField(c.tree, node, "decorator"), declared);
}

/** A declared type with the decorators on the parameter or field: `Annotated[type, Body("name")]`. */
export function decorated(
  c: Context,
  decorators: readonly number[],
  declared: TypeRef | undefined,
): TypeRef | undefined {
  if (decorators.length === 0) return declared;
  const args = decorators.map((d) => decoratorType(c, firstNamed(c.tree, d)));
  return {
    kind: "name",
    path: ["Annotated"],
    args: [declared ?? { kind: "unknown" }, ...args],
  };
}

function decoratorType(c: Context, n: number): TypeRef {
  if (n < 0) return { kind: "unknown" };
  const name = kind(c.tree, n);
  if (name === "call_expression" || name === "new_expression") {
    const callee = childByField(c.tree, n, name === "new_expression" ? "constructor" : "function");
    const list = childByField(c.tree, n, "arguments");
    const args = list < 0 ? [] : namedChildren(c.tree, list).map((a) => decoratorType(c, a));
    return { kind: "name", path: dottedPath(c, callee), args, called: true };
  }
  if (name === "identifier" || name === "member_expression") {
    return { kind: "name", path: dottedPath(c, n), args: [] };
  }
  const literal = literalOf(c.tree, n);
  return literal.known ? { kind: "literal", values: [literal.value] } : { kind: "unknown" };
}

function dottedPath(c: Context, n: number): string[] {
  if (n < 0) return [];
  const parts = nodeText(c, n).split(".");
  return parts.length > 6 ? [] : parts.map((part) => part.trim());
}

export function isAsync(c: Context, fn: number): boolean {
  return hasToken(c.tree, fn, "async");
}

export function isGenerator(c: Context, fn: number): boolean {
  return kind(c.tree, fn).startsWith("generator") || hasToken(c.tree, fn, "*");
}
