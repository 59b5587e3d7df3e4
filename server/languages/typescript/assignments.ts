/** Assignments as expressions: plain, augmented (`+=`, `||=`) and `++`. */
import type { ValueId } from "../../ir/ir.ts";
import { childByField, kind, namedChildren } from "../../syntax/flat.ts";
import { type Context, constant, emitAt, nodeText, readName, span, writeName } from "./context.ts";
import { arithmetic, expression, indexKey, operatorOf } from "./expressions.ts";
import { isNullish } from "./logic.ts";
import { exportAssigned } from "./modules.ts";
import { assign, target } from "./patterns.ts";
import { firstNamed, hasToken } from "./syntax.ts";

export function lowerAssignment(c: Context, n: number): ValueId {
  const store = target(c, childByField(c.tree, n, "left"), n);
  const right = childByField(c.tree, n, "right");
  const value = expression(c, right);
  store(value);
  if (c.item.node === 0) exportAssigned(c, n, value);
  return value;
}

/** A place that is read and then written: its parts are evaluated once. */
interface Place {
  readonly value: ValueId;
  readonly write: (value: ValueId) => void;
}

function place(c: Context, n: number, whole: number): Place {
  let at = n;
  while (at >= 0 && /^(parenthesized|non_null|as|satisfies)_expression$/.test(kind(c.tree, at))) {
    at = firstNamed(c.tree, at);
  }
  if (at < 0) {
    return { value: constant(c, whole, undefined), write: () => {} };
  }
  switch (kind(c.tree, at)) {
    case "identifier": {
      const name = nodeText(c, at);
      return { value: readName(c, at, name), write: (value) => writeName(c, whole, name, value) };
    }
    case "member_expression": {
      const property = childByField(c.tree, at, "property");
      if (property < 0) break;
      const object = expression(c, childByField(c.tree, at, "object"));
      const name = nodeText(c, property);
      return {
        value: emitAt(c, at, { op: "member", object, name, nameSpan: span(c, property) }),
        write: (value) => void emitAt(c, whole, { op: "setMember", object, name, value }),
      };
    }
    case "subscript_expression": {
      const index = childByField(c.tree, at, "index");
      if (index < 0) break;
      const object = expression(c, childByField(c.tree, at, "object"));
      const key = indexKey(c, index);
      return {
        value: emitAt(c, at, { op: "index", object, key }),
        write: (value) => void emitAt(c, whole, { op: "setIndex", object, key, value }),
      };
    }
    default:
  }
  return { value: expression(c, at), write: (value) => assign(c, at, value, whole) };
}

export function lowerAugmented(c: Context, n: number): ValueId {
  const operator = operatorOf(c, n).replace(/=$/, "");
  const { value: left, write } = place(c, childByField(c.tree, n, "left"), n);
  const rightNode = childByField(c.tree, n, "right");
  if (operator !== "||" && operator !== "&&" && operator !== "??") {
    const right = expression(c, rightNode);
    const value = arithmetic(c, n, operator, left, right);
    write(value);
    return value;
  }
  const slot = c.b.temp();
  const assigned = c.b.block();
  const done = c.b.block();
  emitAt(c, n, { op: "store", slot, value: left });
  if (operator === "??") c.b.branch(isNullish(c, n, left), assigned, done);
  else if (operator === "&&") c.b.branch(left, assigned, done);
  else c.b.branch(left, done, assigned);
  c.b.switchTo(assigned);
  const value = expression(c, rightNode);
  emitAt(c, n, { op: "store", slot, value });
  write(value);
  c.b.enter(done);
  return emitAt(c, n, { op: "load", slot });
}

/** `x++` gives the old value, `++x` the new one. */
export function lowerUpdate(c: Context, n: number): ValueId {
  const { value: left, write } = place(c, namedChildren(c.tree, n)[0] ?? -1, n);
  const right = constant(c, n, 1);
  const operator = hasToken(c.tree, n, "--") ? "-" : "+";
  const value = emitAt(c, n, { op: "binary", operator, left, right });
  write(value);
  const token = firstNamed(c.tree, n) === n + 1 ? "after" : "before";
  return token === "before" ? value : left;
}
