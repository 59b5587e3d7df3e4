/** What an attacker can make of the SQL statement at hand, told from the text around the data. */
import { isDefining, quotedPlace, verbOf } from "./fix/sql-place.ts";
import type { Hit, Part, Value } from "./rule.ts";
import { common, HOLE, type Surroundings } from "./surroundings.ts";

const SQL_TEXT =
  /^\s*(?:--[^\n]*\n\s*)*(?:\(\s*)?(select|insert|update|delete|replace|with|merge|call|exec|create|drop|alter|truncate|explain|pragma|grant)\b/i;

/** Why it matters, in a sentence. */
export function sqlExploit(hit: Hit | undefined): string {
  const told = hit === undefined ? undefined : common(hit, exploit);
  return told ?? `A value may hold SQL of its own, ${ANY}`;
}

const ANY = "so an attacker reads or changes any row.";
/** What comes of a condition that is always true. */
const EVERY_ROW: Readonly<Record<string, string>> = {
  SELECT: "an attacker reads all of them, and with UNION those of other tables.",
  UPDATE: "an attacker changes all of them.",
  DELETE: "an attacker deletes all of them.",
};
/** What comes of SQL in another place. */
const OWN_SQL: Readonly<Record<string, string>> = {
  SELECT: "an attacker adds a subquery or a UNION, and reads other rows and tables.",
  INSERT: "an attacker stores other rows, or what a subquery reads from other tables.",
  REPLACE: "an attacker stores other rows, or what a subquery reads from other tables.",
  UPDATE: "an attacker changes other columns, and every row.",
  DELETE: "an attacker deletes other rows.",
};

function exploit({ before, after }: Surroundings): string {
  if (before === "" && after === "")
    return "An attacker sends a whole statement of their own: it runs with the rights of your connection.";
  const { seen, quote } = unquoted(before);
  const place = quotedPlace(seen);
  const verb = verbOf(seen);
  const isCondition = place.kind === "match";
  const otherwise = isDefining(seen)
    ? "an attacker drops or changes other tables."
    : (OWN_SQL[verb] ?? "an attacker reads or changes any row.");
  if (!isCondition)
    return quote === undefined
      ? `The value is read as SQL, whatever it is: ${otherwise}`
      : `A value with a ${quote} in it ends the text and goes on as SQL: ${otherwise}`;
  const result = EVERY_ROW[verb] ?? "an attacker reads or changes any of them.";
  const value =
    quote === undefined
      ? /[(,]\s*$/.test(seen)
        ? "0) OR (1=1"
        : "0 OR 1=1"
      : after.startsWith(quote)
        ? `${quote} OR ${quote}1${quote}=${quote}1`
        : `${quote} OR 1=1 -- `;
  return `A value such as ${value} makes the condition true for every row: ${result}`;
}

/** The text in front, with what was quoted in it left out, and the quotation mark that is open at its end. */
function unquoted(before: string): { readonly seen: string; readonly quote: string | undefined } {
  let seen = "";
  let quote: string | undefined;
  for (const sign of before) {
    if (quote === undefined) {
      if (sign === "'" || sign === '"') quote = sign;
      else seen += sign === HOLE ? "?" : sign;
    } else if (sign === quote) {
      quote = undefined;
      seen += "''";
    }
  }
  return { seen, quote };
}

/** The value must stand in text that is SQL by itself: a function that only passes a whole query on is not at fault. */
export function isStatementWithHole(hit: Hit): boolean {
  return (hit.value.alts ?? []).some((alt) => {
    if (!("parts" in alt)) return false;
    const first = alt.parts[0];
    return first?.text !== undefined && SQL_TEXT.test(first.text) && holds(alt.parts, hit);
  });
}

/** The value stands beside constant text, in the argument or in what it lists. */
export function standsInText(hit: Hit): boolean {
  const isIn = ({ alts, fields }: Value, depth: number): boolean =>
    (alts ?? []).some(
      (alt) =>
        "parts" in alt && alt.parts.some((p) => /\S/.test(p.text ?? "")) && holds(alt.parts, hit),
    ) ||
    (depth < 2 && [...(fields?.values() ?? [])].some((value) => isIn(value, depth + 1)));
  return isIn(hit.value, 0);
}

function holds(parts: readonly Part[], hit: Hit): boolean {
  return parts.some((p) => p.value?.taint.some((t) => t.label === hit.label) ?? false);
}

/** The name of the parameter that the data comes from. */
export function parameterOf(hit: Hit): string {
  let first = hit.trail;
  while (first.prev !== undefined) first = first.prev;
  return first.text.replace(/^parameter /, "");
}
