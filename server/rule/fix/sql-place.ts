/** Where in a SQL statement a quoted value stands, told from the text in front of it, and whether a parameter may stand there. */

/**
 * "match": what a column of a condition is compared with; "value": what is stored; "other": a parameter is good grammar
 * there, but not known to mean the same. `refused`: a parameter there is a syntax error.
 */
export type SqlPlace =
  | { readonly kind: "match" | "value" | "other" }
  | { readonly kind: "refused"; readonly reason: string };

export const NO_PARAMETER =
  "the value is a table, column, direction or other part of the SQL grammar; it cannot be a parameter, map it through a constant dictionary of allowed values";
const NO_STATEMENT =
  "statements that define or set up things take no parameters; map the value through a constant dictionary of allowed values";

/** Statements in which the grammar has no place for a parameter. */
const DEFINING: ReadonlySet<string> = new Set(
  "CREATE ALTER DROP TRUNCATE GRANT REVOKE COMMENT PRAGMA SET USE SHOW DESCRIBE VACUUM ANALYZE REINDEX COPY LISTEN NOTIFY".split(
    " ",
  ),
);
const DATA: ReadonlySet<string> = new Set("SELECT INSERT UPDATE DELETE REPLACE WITH".split(" "));
const CLAUSES: ReadonlySet<string> = new Set(
  "SELECT FROM WHERE ON HAVING SET VALUES ORDER GROUP LIMIT RETURNING INTO UPDATE USING WINDOW".split(
    " ",
  ),
);
const CONDITIONS: ReadonlySet<string> = new Set(["WHERE", "ON", "HAVING"]);
const COMPARISONS: ReadonlySet<string> = new Set("= == <> != < > <= >= LIKE ILIKE GLOB".split(" "));
/** Words and signs that a value may follow. */
const BEFORE_VALUE: ReadonlySet<string> = new Set(
  "SELECT DISTINCT ALL WHERE AND OR NOT ON HAVING CASE WHEN THEN ELSE BETWEEN LIMIT OFFSET RETURNING ESCAPE IS MATCH REGEXP RLIKE SIMILAR VALUES || + - * / % & | -> ->> #> #>> @> <@ ~ ~* !~ && [".split(
    " ",
  ),
);
/** Words behind which a list in parentheses is one of columns. */
const BEFORE_COLUMNS: ReadonlySet<string> = new Set(
  "USING CONFLICT KEY UNIQUE REFERENCES".split(" "),
);

interface Frame {
  readonly opener: "top" | "in" | "values" | "function" | "columns" | "group";
  clause: string;
}

const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|[A-Za-z_][\w$.]*|\d[\w.]*|->>?|#>>?|@>|<@|!?~\*?|\|\||&&|<>|!=|==|<=|>=|[^\s]/g;

/** SELECT, UPDATE and so on; "" where the statement does not begin here. */
export function verbOf(before: string): string {
  const [verb = ""] = statementOf(before);
  return DATA.has(verb) || DEFINING.has(verb) ? verb : "";
}

export function isDefining(before: string): boolean {
  return DEFINING.has(statementOf(before)[0] ?? "");
}

/** The place behind `before`. */
export function quotedPlace(before: string): SqlPlace {
  const tokens = statementOf(before);
  const verb = tokens[0] ?? "";
  if (DEFINING.has(verb)) return { kind: "refused", reason: NO_STATEMENT };
  const frames: Frame[] = [{ opener: "top", clause: "" }];
  for (const [i, token] of tokens.entries()) {
    const frame = frames.at(-1) as Frame;
    if (token === "(") frames.push({ opener: openerOf(tokens, i, frame), clause: frame.clause });
    else if (token === ")" && frames.length > 1) frames.pop();
    else if (CLAUSES.has(token)) frame.clause = token;
  }
  const frame = frames.at(-1) as Frame;
  const last = tokens.at(-1) ?? "";
  const kind = kindOf(last, frame);
  if (kind === undefined) return { kind: "refused", reason: NO_PARAMETER };
  return { kind: DATA.has(verb) ? kind : "other" };
}

function kindOf(last: string, frame: Frame): "match" | "value" | "other" | undefined {
  const isCondition = CONDITIONS.has(frame.clause);
  if (COMPARISONS.has(last)) {
    if (frame.opener === "top" && frame.clause === "SET") return last === "=" ? "value" : "other";
    return isCondition && frame.opener !== "function" ? "match" : "other";
  }
  if (last === "(" || last === ",")
    switch (frame.opener) {
      case "in":
        return isCondition ? "match" : "other";
      case "values":
        return "value";
      case "columns":
        return undefined;
      case "function":
      case "group":
        return "other";
      default:
        return frame.clause === "SELECT" || frame.clause === "LIMIT" || frame.clause === "RETURNING"
          ? "other"
          : undefined;
    }
  return BEFORE_VALUE.has(last) ? "other" : undefined;
}

function openerOf(tokens: readonly string[], at: number, around: Frame): Frame["opener"] {
  const last = tokens[at - 1] ?? "";
  if (last === "IN") return "in";
  if (last === "VALUES" || (last === "," && around.clause === "VALUES" && around.opener === "top"))
    return "values";
  if (BEFORE_COLUMNS.has(last)) return "columns";
  if (!/^[A-Z_"`]/.test(last) || BEFORE_VALUE.has(last) || CLAUSES.has(last)) return "group";
  if (COMPARISONS.has(last) || last === "AS" || last === "EXISTS" || last === "ANY") return "group";
  return tokens[at - 2] === "INTO" || tokens[at - 2] === "TABLE" ? "columns" : "function";
}

/** The words, in capitals, and signs of the last statement of a text as it is written in a string literal. */
export function statementOf(text: string): readonly string[] {
  const out: string[] = [];
  for (const [token] of text.replaceAll(/\\(?:[nrt]|\r?\n)/g, " ").matchAll(TOKEN)) {
    if (token.startsWith("--") || token.startsWith("/*")) continue;
    if (token === ";") out.length = 0;
    else out.push(/^[A-Za-z_]/.test(token) ? token.toUpperCase() : token);
  }
  if (out[0] === "EXPLAIN") out.splice(0, out[1] === "QUERY" ? 3 : 1);
  return out;
}

/** The conditions are turned around or chosen among, so that no match is not the same as an empty answer. */
export function isNegated(statement: string): boolean {
  return statementOf(statement).some(
    (t) => t === "NOT" || t === "CASE" || t === "<>" || t === "!=",
  );
}
