/** Destructuring and assignment targets: patterns to loads with keys and stores. */
import type { ValueId } from "../../ir/ir.ts";
import { childByField, children, isNamed, kind, namedChildren } from "../../syntax/flat.ts";
import {
  type Context,
  constant,
  DEEPEST,
  emitAt,
  nodeText,
  opaque,
  span,
  writeName,
} from "./context.ts";
import { expression, indexKey, unknown } from "./expressions.ts";
import { firstNamed, propertyName } from "./syntax.ts";

/** Stores `value` in the target `n`, a name, member or pattern. `whole` is the assignment or declaration around it. */
export function assign(c: Context, n: number, value: ValueId, whole: number = n): void {
  target(c, n, whole)(value);
}

/** Evaluates the parts of a target that come before the assigned value; the result stores it. */
export function target(c: Context, n: number, whole: number): (value: ValueId) => void {
  if (n < 0 || c.depth >= DEEPEST) {
    return (value) => void opaque(c, whole, "pattern", [value]);
  }
  switch (kind(c.tree, n)) {
    case "identifier":
    case "shorthand_property_identifier_pattern":
    case "type_identifier":
    case "undefined":
      return (value) => writeName(c, whole, nodeText(c, n), value);
    case "parenthesized_expression":
    case "non_null_expression":
    case "as_expression":
    case "satisfies_expression":
      return nested(c, () => target(c, firstNamed(c.tree, n), whole));
    case "member_expression": {
      const object = expression(c, childByField(c.tree, n, "object"));
      const property = childByField(c.tree, n, "property");
      const name = property < 0 ? "" : nodeText(c, property);
      return (value) => void emitAt(c, whole, { op: "setMember", object, name, value });
    }
    case "subscript_expression": {
      const object = expression(c, childByField(c.tree, n, "object"));
      const index = childByField(c.tree, n, "index");
      const key = index < 0 ? constant(c, n, undefined) : indexKey(c, index);
      return (value) => void emitAt(c, whole, { op: "setIndex", object, key, value });
    }
    case "array_pattern":
      return (value) => nested(c, () => arrayPattern(c, n, value));
    case "object_pattern":
      return (value) => nested(c, () => objectPattern(c, n, value));
    case "assignment_pattern":
    case "object_assignment_pattern":
      return (value) => nested(c, () => defaulted(c, n, value));
    case "rest_pattern":
      return nested(c, () => target(c, firstNamed(c.tree, n), n));
    default:
      return (value) => void opaque(c, whole, "pattern", [value, unknown(c, n)]);
  }
}

/** `value`, or the default at `right` if it is undefined. */
export function withDefault(c: Context, n: number, value: ValueId, right: number): ValueId {
  const slot = c.b.temp();
  const missing = c.b.block();
  const done = c.b.block();
  emitAt(c, n, { op: "store", slot, value });
  const none = constant(c, n, undefined);
  const isMissing = emitAt(c, n, { op: "compare", operator: "==", left: value, right: none });
  c.b.branch(isMissing, missing, done);
  c.b.switchTo(missing);
  emitAt(c, n, { op: "store", slot, value: expression(c, right) });
  c.b.enter(done);
  return emitAt(c, n, { op: "load", slot });
}

function nested<T>(c: Context, run: () => T): T {
  c.depth++;
  const result = run();
  c.depth--;
  return result;
}

function defaulted(c: Context, n: number, value: ValueId): void {
  const left = childByField(c.tree, n, "left");
  const right = childByField(c.tree, n, "right");
  assign(c, left, right < 0 ? value : withDefault(c, n, value, right));
}

function arrayPattern(c: Context, n: number, object: ValueId): void {
  let position = 0;
  for (const child of children(c.tree, n)) {
    if (!isNamed(c.tree, child)) {
      if (kind(c.tree, child) === ",") position++;
      continue;
    }
    const name = kind(c.tree, child);
    if (name === "comment") continue;
    if (name === "rest_pattern") {
      const rest = emitAt(c, child, { op: "slice", object, uses: [], from: position });
      assign(c, child, rest);
      continue;
    }
    const key = constant(c, child, position);
    assign(c, child, emitAt(c, child, { op: "index", object, key }));
  }
}

function objectPattern(c: Context, n: number, object: ValueId): void {
  const named: string[] = [];
  for (const child of namedChildren(c.tree, n)) {
    switch (kind(c.tree, child)) {
      case "shorthand_property_identifier_pattern":
        named.push(nodeText(c, child));
        assign(c, child, member(c, child, object, child, nodeText(c, child)));
        break;
      case "object_assignment_pattern": {
        const left = childByField(c.tree, child, "left");
        if (left < 0) break;
        named.push(nodeText(c, left));
        assign(c, child, member(c, left, object, left, nodeText(c, left)));
        break;
      }
      case "pair_pattern": {
        const key = childByField(c.tree, child, "key");
        const value = childByField(c.tree, child, "value");
        if (key < 0) break;
        const known = propertyName(c.tree, key);
        if (known !== undefined) named.push(known);
        assign(c, value, property(c, child, object, key));
        break;
      }
      case "rest_pattern":
        assign(c, child, emitAt(c, child, { op: "slice", object, uses: [], without: named }));
        break;
      default:
        opaque(c, child, "pattern", [object, unknown(c, child)]);
    }
  }
}

function property(c: Context, n: number, object: ValueId, key: number): ValueId {
  const name = propertyName(c.tree, key);
  if (name !== undefined) return member(c, n, object, key, name);
  const computed = expression(c, firstNamed(c.tree, key));
  return emitAt(c, n, { op: "index", object, key: computed });
}

function member(c: Context, n: number, object: ValueId, key: number, name: string): ValueId {
  return emitAt(c, n, { op: "member", object, name, nameSpan: span(c, key) });
}
