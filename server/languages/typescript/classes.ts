/** Classes, lowered where they stand: methods are closures, field values belong to the enclosing item. */
import type { ClassMember, ValueId } from "../../ir/ir.ts";
import {
  childByField,
  childOfKind,
  childrenByField,
  kind,
  namedChildren,
  parent,
} from "../../syntax/flat.ts";
import {
  type Context,
  constant,
  declare,
  emitAt,
  emptySpanAfter,
  inScope,
  nodeText,
  span,
  writeName,
} from "./context.ts";
import { expression, isExpression } from "./expressions.ts";
import { decorated, lowerClosure } from "./functions.ts";
import { assignedName, className, fieldName, memberName } from "./names.ts";
import { block } from "./statements.ts";
import { firstNamed, hasToken } from "./syntax.ts";
import { typeRef } from "./types.ts";

export function lowerClassDeclaration(c: Context, n: number): void {
  const name = childByField(c.tree, n, "name");
  defineClass(c, n, name < 0 ? undefined : nodeText(c, name));
}

export function lowerClassExpression(c: Context, n: number): ValueId {
  const name = childByField(c.tree, n, "name");
  const own = name < 0 ? "" : nodeText(c, name);
  if (own === "" || own === assignedName(c.tree, n)) return defineClass(c, n, undefined);
  return inScope(c, () => {
    declare(c, own);
    return defineClass(c, n, own);
  });
}

/** The class as a value, stored under `bound` before its decorators and static blocks run. */
function defineClass(c: Context, n: number, bound: string | undefined): ValueId {
  const bases = baseClasses(c, n);
  const body = childByField(c.tree, n, "body");
  const members: ClassMember[] = [];
  const blocks: number[] = [];
  let decorators: number[] = [];
  for (const child of body < 0 ? [] : namedChildren(c.tree, body)) {
    switch (kind(c.tree, child)) {
      case "decorator":
        decorators.push(child);
        continue;
      case "method_definition":
        members.push(method(c, child, decorators));
        break;
      case "public_field_definition":
      case "field_definition":
        members.push(classField(c, child, decorators));
        break;
      case "class_static_block":
        blocks.push(child);
        break;
      case "ERROR":
        if (isExpression(c, child)) expression(c, child);
        break;
      default:
    }
    decorators = [];
  }
  const name = className(c.tree, n);
  const value = emitAt(c, n, { op: "class", name: name === "class" ? "" : name, bases, members });
  if (bound !== undefined) writeName(c, n, bound, value);
  for (const d of classDecorators(c, n)) applyDecorator(c, d, value, n);
  for (const b of blocks) {
    const inner = childByField(c.tree, b, "body");
    if (inner >= 0) block(c, inner);
  }
  return value;
}

function baseClasses(c: Context, n: number): ValueId[] {
  const heritage = childOfKind(c.tree, n, "class_heritage");
  if (heritage < 0) return [];
  const clause = childOfKind(c.tree, heritage, "extends_clause");
  if (clause >= 0) {
    return childrenByField(c.tree, clause, "value").map((base) => expression(c, base));
  }
  const base = firstNamed(c.tree, heritage);
  // JavaScript's grammar has the expression here, without a clause.
  return base >= 0 && isExpression(c, base) ? [expression(c, base)] : [];
}

function classDecorators(c: Context, n: number): number[] {
  const own = childrenByField(c.tree, n, "decorator");
  const up = parent(c.tree, n);
  const exported = up >= 0 && kind(c.tree, up) === "export_statement";
  return exported ? [...childrenByField(c.tree, up, "decorator"), ...own] : own;
}

/** `args[0]` is the decorated class, method or field. */
function applyDecorator(c: Context, decorator: number, target: ValueId, node: number): void {
  const inner = firstNamed(c.tree, decorator);
  if (inner < 0) return;
  const callee = expression(c, inner);
  emitAt(c, decorator, {
    op: "call",
    callee,
    args: [{ value: target, span: span(c, node) }],
    isNew: false,
    form: "decorator",
    argsSpan: emptySpanAfter(c, inner),
  });
}

function method(c: Context, n: number, before: readonly number[]): ClassMember {
  const key = childByField(c.tree, n, "name");
  const value = lowerClosure(c, n);
  for (const d of [...before, ...childrenByField(c.tree, n, "decorator")]) {
    applyDecorator(c, d, value, n);
  }
  const accessor = hasToken(c.tree, n, "get")
    ? "getter"
    : hasToken(c.tree, n, "set")
      ? "setter"
      : "method";
  return {
    name: key < 0 ? "" : memberName(c.tree, key),
    kind: accessor,
    isStatic: hasToken(c.tree, n, "static"),
    value,
    span: span(c, n),
  };
}

function classField(c: Context, n: number, before: readonly number[]): ClassMember {
  const decorators = [...before, ...childrenByField(c.tree, n, "decorator")];
  const valueNode = childByField(c.tree, n, "value");
  const value = valueNode < 0 ? undefined : expression(c, valueNode);
  const type = childByField(c.tree, n, "type");
  const annotation = decorated(c, decorators, type < 0 ? undefined : typeRef(c.tree, type));
  for (const d of decorators) {
    applyDecorator(c, d, value ?? constant(c, n, undefined), n);
  }
  return {
    name: fieldName(c.tree, n),
    kind: "field",
    isStatic: hasToken(c.tree, n, "static"),
    span: span(c, n),
    ...(value === undefined ? {} : { value }),
    ...(annotation === undefined ? {} : { annotation }),
  };
}
