/** What operators, comparisons and text functions make of constants. "Not known" is undefined, never a wrong constant. */
import type { Literal } from "../ir/ir.ts";
import { type Alt, constants, type Value } from "./value.ts";

/** More pairs of constants are not tried. */
const MAX_PAIRS = 36;
const MAX_RESULTS = 6;
const MAX_TEXT = 2000;
const WORD = 2 ** 31;

/** All results of a function of two values that may be several constants each. */
export function combined<T extends Literal | boolean>(
  left: Value,
  right: Value,
  combine: (a: Literal, b: Literal) => { readonly value: T } | undefined,
): readonly T[] | undefined {
  const a = constants(left);
  const b = a === undefined ? undefined : constants(right);
  if (a === undefined || b === undefined || a.length * b.length > MAX_PAIRS) return undefined;
  const out = new Set<T>();
  for (const x of a)
    for (const y of b) {
      const result = combine(x, y);
      if (result === undefined) return undefined;
      out.add(result.value);
    }
  return out.size > MAX_RESULTS ? undefined : [...out];
}

export function ofConstants(all: readonly Literal[]): Value {
  const alts: Alt[] = all.map((value) => ({ const: value }));
  return { refs: [], taint: [], alts };
}

/** Two numbers; undefined where languages differ (signs of remainders, words of 32 bits) or where the result is no exact number. */
export function arithmetic(
  operator: string,
  a: Literal,
  b: Literal,
): { readonly value: number | string } | undefined {
  if (operator === "*" && typeof a === "string" && typeof b === "number")
    return b >= 0 && Number.isInteger(b) && a.length * b <= MAX_TEXT
      ? { value: a.repeat(b) }
      : undefined;
  if (typeof a !== "number" || typeof b !== "number") return undefined;
  const value = ofNumbers(operator, a, b);
  if (value === undefined || !Number.isFinite(value)) return undefined;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : { value };
}

function ofNumbers(operator: string, a: number, b: number): number | undefined {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "//":
      return Math.floor(a / b);
    case "%":
      return a >= 0 && b > 0 ? a % b : undefined;
    case "**":
      return a ** b;
    default:
      return isWord(a) && isWord(b) ? ofWords(operator, a, b) : undefined;
  }
}

function isWord(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < WORD;
}

function ofWords(operator: string, a: number, b: number): number | undefined {
  switch (operator) {
    case "&":
      return a & b;
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    case ">>":
    case ">>>":
      return b < 32 ? a >> b : undefined;
    case "<<":
      return a * 2 ** b < WORD ? a * 2 ** b : undefined;
    default:
      return undefined;
  }
}

export function negated(operator: string, value: Literal): { readonly value: Literal } | undefined {
  if (operator === "-" && typeof value === "number") return { value: -value };
  if (operator === "+" && typeof value === "number") return { value };
  if (operator === "~" && typeof value === "number" && isWord(value)) return { value: ~value };
  if (operator !== "typeof") return undefined;
  return { value: value === null ? "object" : typeof value };
}

/** Whether a comparison of two constants holds; `loose` takes null and undefined for one. */
export function decide(
  operator: string,
  a: Literal,
  b: Literal,
  loose: boolean,
): { readonly value: boolean } | undefined {
  switch (operator) {
    case "==":
      return equal(a, b, loose);
    case "!=": {
      const same = equal(a, b, loose);
      return same === undefined ? undefined : { value: !same.value };
    }
    default:
      if (typeof a === "number" && typeof b === "number") return ordered(operator, a, b);
      return typeof a === "string" && typeof b === "string" ? ordered(operator, a, b) : undefined;
  }
}

function ordered<T extends number | string>(
  operator: string,
  a: T,
  b: T,
): { readonly value: boolean } | undefined {
  switch (operator) {
    case "<":
      return { value: a < b };
    case "<=":
      return { value: a <= b };
    case ">":
      return { value: a > b };
    case ">=":
      return { value: a >= b };
    default:
      return undefined;
  }
}

function equal(a: Literal, b: Literal, loose: boolean): { readonly value: boolean } | undefined {
  if (isNone(a) && isNone(b)) return loose || a === b ? { value: true } : undefined;
  if (isNone(a) || isNone(b)) return { value: false };
  if (typeof a === typeof b) return { value: a === b };
  return loose || typeof a === "boolean" || typeof b === "boolean" ? undefined : { value: false };
}
function isNone(value: Literal): boolean {
  return value === null || value === undefined;
}

/** What a model may say that a method does with a text. */
export type TextFunction =
  | "lower"
  | "upper"
  | "trim"
  | "trim-start"
  | "trim-end"
  | "text"
  | "bytes";

/** The same function of each constant; a text with holes is no longer known. */
export function textOf(
  alts: readonly Alt[] | undefined,
  what: TextFunction,
): readonly Alt[] | undefined {
  const out: Alt[] = [];
  for (const alt of alts ?? []) {
    if (!("const" in alt)) {
      if (what === "text" || what === "bytes") out.push(alt);
      else return undefined;
    } else if (typeof alt.const === "string") out.push({ const: changed(alt.const, what) });
    else if (what === "text" && typeof alt.const === "number")
      out.push({ const: String(alt.const) });
    else return undefined;
  }
  return out.length === 0 ? undefined : out;
}

function changed(text: string, what: TextFunction): string {
  switch (what) {
    case "lower":
      return text.toLowerCase();
    case "upper":
      return text.toUpperCase();
    case "trim":
      return text.trim();
    case "trim-start":
      return text.trimStart();
    case "trim-end":
      return text.trimEnd();
    default:
      return text;
  }
}
