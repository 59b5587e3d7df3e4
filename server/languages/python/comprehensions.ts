/** Comprehensions as loops that store their result into a temporary. */
import type { BlockId, Op, SlotId, ValueId } from "../../ir/ir.ts";
import { childByField, children, field, isNamed, kind, NO_NODE } from "../../syntax/flat.ts";
import { branchUnknown, lowerCondition } from "./conditions.ts";
import { type Context, opaque, spanOf } from "./context.ts";
import { lowerChild, lowerExpression, lowerPair } from "./expressions.ts";
import { parts } from "./syntax.ts";
import { bindPattern, targetNames } from "./targets.ts";

export function lowerComprehension(c: Context, node: number): ValueId {
  const { tree, b } = c;
  const span = spanOf(c, node);
  const shape = shapeOf(kind(tree, node));
  const result = b.temp();
  const empty: Op =
    shape === "record"
      ? { op: "record", entries: [], span }
      : { op: "sequence", shape, elements: [], span };
  b.emit({ op: "store", slot: result, value: b.emit(empty), span });

  const outer = c.scope;
  const slots = new Map<string, SlotId>();
  c.scope = { kind: "comprehension", slots, outer: new Set(), up: outer };
  const done = b.block();
  // Where a failed condition or an exhausted loop goes on.
  let next: BlockId = done;
  for (const clause of parts(tree, node)) {
    if (kind(tree, clause) === "for_in_clause") {
      const body = b.block();
      const value = lowerIterable(c, clause);
      const head = b.block();
      b.enter(head);
      branchUnknown(c, "more", clause, body, next);
      b.switchTo(body);
      next = head;
      const target = childByField(tree, clause, "left");
      if (target === NO_NODE) continue;
      for (const name of targetNames(c, target)) slots.set(name, b.slot(`${name}#${++c.shadows}`));
      const element = b.emit({ op: "iterate", value, span: spanOf(c, target) });
      bindPattern(c, target, element);
    } else if (kind(tree, clause) === "if_clause") {
      const body = b.block();
      const [test] = parts(tree, clause);
      if (test === undefined) continue;
      lowerCondition(c, test, body, next);
      b.switchTo(body);
    }
  }
  b.emit({ op: "store", slot: result, value: lowerElement(c, node, shape), span });
  b.jump(next);
  c.scope = outer;
  b.switchTo(done);
  return b.emit({ op: "load", slot: result, span });
}

function shapeOf(name: string): "list" | "set" | "record" {
  if (name === "dictionary_comprehension") return "record";
  return name === "set_comprehension" ? "set" : "list";
}

/** `in a, b` without parentheses is a tuple. */
function lowerIterable(c: Context, clause: number): ValueId {
  const given = children(c.tree, clause).filter(
    (n) => field(c.tree, n) === "right" && isNamed(c.tree, n),
  );
  const [only] = given;
  if (only === undefined) return opaque(c, "missing", [], spanOf(c, clause));
  if (given.length === 1) return lowerExpression(c, only);
  const elements = given.map((n) => ({ value: lowerExpression(c, n), spread: false }));
  return c.b.emit({ op: "sequence", shape: "tuple", elements, span: spanOf(c, clause) });
}

function lowerElement(c: Context, node: number, shape: "list" | "set" | "record"): ValueId {
  const body = childByField(c.tree, node, "body");
  if (shape === "record" && body !== NO_NODE && kind(c.tree, body) === "pair") {
    const entry = lowerPair(c, body);
    return c.b.emit({ op: "record", entries: [entry], span: spanOf(c, body) });
  }
  const value = lowerChild(c, body, node);
  const span = body === NO_NODE ? spanOf(c, node) : spanOf(c, body);
  if (shape === "record") return opaque(c, "missing", [value], span);
  return c.b.emit({ op: "sequence", shape, elements: [{ value, spread: false }], span });
}
