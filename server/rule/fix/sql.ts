/** Rewrites SQL text with holes to placeholders and parameters, in the style of the driver. */
import type { Code, Context, Edit, Fix, Match, ValueId } from "../rule.ts";
import { grow } from "./sql-grown.ts";
import { isNegated } from "./sql-place.ts";
import { rewrite, type Style } from "./sql-placeholders.ts";
import { changesBefore, isUsedElsewhere, sourceOf } from "./sql-source.ts";
import { planPlaceholders, type Replacement, type SqlText } from "./sql-text.ts";
import { pass } from "./sql-values.ts";
import { isOtherValue, textValue } from "./text-value.ts";

/** Drivers for which test/exploits runs the attack and the normal use before and after the fix. */
const PROVED: ReadonlySet<string> = new Set([
  "python:sqlite3",
  "python:psycopg",
  "python:django",
  "javascript:pg",
]);

/** The fixes for a call that runs SQL text with holes; the match's `op` is the call and `hit` or `call` tells the argument. */
export function parameterise(match: Match, code: Code, context: Context): readonly Fix[] {
  const row = match.hit?.row ?? match.call?.sinks.find((s) => s.kind === "sql");
  const arg = match.hit?.arg ?? match.call?.args[0]?.op;
  if (row === undefined || match.op === undefined || arg === undefined)
    return [refuse("the call cannot be seen as a whole")];
  const style = String(row.data?.style ?? "unknown");
  const driver = String(row.data?.driver ?? "");
  const params = row.data?.params ?? 1;
  if (style === "none")
    return [
      refuse(
        typeof row.data?.advice === "string"
          ? row.data.advice
          : `${driver} has no parameters here; run the statement with execute and bound values instead`,
      ),
    ];
  const numbers = String(row.data?.numbers ?? "");
  const known: readonly { style: Style; label: string; params: string | number | boolean }[] =
    style === "unknown"
      ? code.language === "python"
        ? [
            { style: "?", label: "sqlite3: ?", params: 1 },
            { style: "%s", label: "psycopg, MySQL: %s", params: 1 },
            { style: ":name", label: "databases: :name", params: "values" },
            { style: "text:name", label: "SQLAlchemy: text() and :name", params: 1 },
          ]
        : [
            { style: "$n", label: "pg: $1", params: 1 },
            { style: "?", label: "mysql2, sqlite: ?", params: 1 },
          ]
      : [{ style: style as Style, label: driver, params }];
  return known.map((k) => build(code, context, match.op as ValueId, arg, { ...k, numbers }));
}

function refuse(reason: string): Fix {
  return {
    title: "Use a query parameter",
    grade: "manual",
    edits: [],
    reason: `No automatic rewrite: ${reason}.`,
  };
}

interface Driver {
  readonly style: Style;
  readonly params: string | number | boolean;
  readonly label: string;
  /** Where it takes no text for a number: "all", or only for the count of rows, "counts". */
  readonly numbers: string;
}
function build(
  code: Code,
  context: Context,
  callId: ValueId,
  arg: ValueId,
  { style, params, label, numbers }: Driver,
): Fix {
  const bound = (r: Replacement): Replacement =>
    asNumber(code, context, asText(code, context, r), numbers);
  const call = code.op(callId);
  if (call.op !== "call") return refuse("the call cannot be seen as a whole");
  if (typeof params === "number" && call.args.length > params)
    return refuse("the call already passes parameters");
  if (typeof params === "string" && params !== "bind" && call.args.length > 1)
    return refuse("the call already passes parameters");
  const source = sourceOf(code, arg);
  if (source === undefined)
    return refuse("the SQL text is not built in one place in this function");
  if (isUsedElsewhere(code, arg))
    return refuse("the SQL text is used in more than one place, and each would need the values");
  const edits: Edit[] = [];
  const title = `Use query parameters (${label})`;
  let proved = false;
  if (source.length === 1) {
    const sql = source[0]?.sql as SqlText;
    const plan = planPlaceholders(code, sql);
    if ("refused" in plan) return refuse(plan.refused);
    if (plan.replacements.some((r) => changesBefore(code, r.value, sql.span.end, call.span.start)))
      return refuse("a value changes between the SQL text and the call");
    if (plan.replacements.length === 0) return refuse("no value can be told from the SQL text");
    const replacements = plan.replacements.map(bound);
    edits.push(...rewrite(code, sql, replacements, style, 0));
    const text = sql.pieces.map((p) => (p.kind === "text" ? p.raw : "?")).join("");
    proved =
      PROVED.has(`${code.language}:${label}`) &&
      plan.replacements.every((r) => meansTheSame(code, context, r, text));
    const passed = pass(code, call, callId, arg, replacements, style, params);
    if (passed === undefined) return refuse("the place for the parameters cannot be found");
    edits.push(...passed);
  } else {
    const grown = grow(code, call, arg, source, style, params, bound);
    if (typeof grown === "string") return refuse(grown);
    edits.push(...grown);
  }
  return {
    title,
    grade: proved ? "safe" : "suggested",
    edits: [{ file: code.file, edits: dedupe(edits) }],
  };
}

/**
 * A text stays a text: the value is one, and stands where the database takes a parameter for it. Where it may be nothing, the
 * parameter is NULL instead of 'None': neither is found by a condition, but it is another thing to store.
 */
function meansTheSame(code: Code, context: Context, r: Replacement, statement: string): boolean {
  if (r.quoted === undefined || r.quoted === "other" || r.op === undefined) return false;
  const value = r.op === "text" ? "text" : textValue(code, r.op, context);
  return value === "text" || (value === "maybe" && r.quoted === "match" && !isNegated(statement));
}

/** What the text was made of is no text itself, and drivers may not take it: it is made one as before. */
function asText(code: Code, context: Context, r: Replacement): Replacement {
  const isOther =
    code.language === "python" &&
    r.quoted !== undefined &&
    typeof r.op === "number" &&
    isOtherValue(code, r.op, context);
  return isOther ? { ...r, value: `str(${r.value})` } : r;
}

/** In the text of the statement "5" was the number 5; a driver that keeps types would compare it as a text, or refuse it. */
function asNumber(code: Code, context: Context, r: Replacement, numbers: string): Replacement {
  if (
    r.number === undefined ||
    !(numbers === "all" || (numbers === "counts" && r.number === "count"))
  )
    return r;
  if (typeof r.op === "number" && isOtherValue(code, r.op, context)) return r;
  return { ...r, value: `${code.language === "python" ? "int" : "Number"}(${r.value})` };
}

function dedupe(edits: readonly Edit[]): Edit[] {
  const seen = new Set<string>();
  return edits.filter((e) => {
    const key = `${e.start}:${e.end}:${e.newText}`;
    if (e.start !== e.end && seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
