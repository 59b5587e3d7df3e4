/** Keys that are written in the program as text: where, through names and the ways to make bytes of a text. */
import { conditionsAt } from "./conditions.ts";
import { constantOf, type Given, origin, type Place, written } from "./given.ts";
import { isDevelopment, isSample, isTest } from "./place.ts";
import type { Code, Match, ProgramContext, Span, ValueId } from "./rule.ts";

/** What is decided for development or tests alone. */
const SWITCH =
  /NODE_ENV|\bDEBUG\b|\bdebug\b|\b(?:is|in)?_?dev|\bis_?prod|production|\btest(?:ing)?\b/i;

/** Code that is not what is shipped: it may have keys of its own. */
export function isExcused(code: Code, op: ValueId): boolean {
  return (
    isTest(code.file) ||
    isSample(code.file) ||
    isDevelopment(code.file) ||
    conditionsAt(code, op).some((c) => SWITCH.test(c.text))
  );
}

/** The literals that are given; none if one of them is not written in the program. */
export function literalsGiven(code: Code, found: Given, context: ProgramContext): readonly Place[] {
  const place = written(code, found, context);
  return place === undefined ? [] : literalsAt(place, context);
}

export function literalsAt(from: Place, context: ProgramContext, depth = 0): readonly Place[] {
  const place = origin(from, context);
  const { code, op } = place;
  if (depth > 4) return [];
  const at = (id: ValueId): readonly Place[] =>
    literalsAt({ code, op: code.op(id), id }, context, depth + 1);
  if (op.op === "const") return typeof op.value === "string" && op.value !== "" ? [place] : [];
  if (op.op === "sequence") {
    const all = op.elements.map((e) => (e.spread ? [] : at(e.value)));
    return all.every((one) => one.length > 0) ? all.flat() : [];
  }
  // `"text".encode()`, `new TextEncoder().encode("text")`, `Buffer.from("text")`.
  if (op.op === "call") {
    const callee = code.op(op.callee);
    const first = op.args[0];
    if (callee.op !== "member" || !/^(?:encode|from)$/.test(callee.name)) return [];
    const own = first === undefined ? [] : at(first.value);
    const of = at(callee.object);
    return of.length > 0 ? of : own;
  }
  return [];
}

export function textOf(place: Place): string {
  return place.op.op === "const" && typeof place.op.value === "string" ? place.op.value : "";
}

/** A key known by its value, though where it is written is not: in a field of a class. */
export function textGiven(found: Given): string | undefined {
  const text = constantOf(found);
  return typeof text === "string" && text !== "" && !text.includes("-----BEGIN") ? text : undefined;
}

/** The literal, if it stands in the file that is looked at; else where it is used, and the literal beside it. */
export function placeOf(
  literal: Place,
  code: Code,
  used: Span,
): Pick<Match, "item" | "span" | "related"> {
  const there = { item: literal.code.item, span: literal.op.span };
  return literal.code.file === code.file
    ? there
    : { item: code.item, span: used, related: [{ ...there, text: "it is written here" }] };
}
