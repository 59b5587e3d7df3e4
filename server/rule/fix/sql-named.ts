/** What a value names in a statement of SQL, told from the text around it. */
import { HOLE } from "../surroundings.ts";
import { statementOf } from "./sql-place.ts";

export type Named = "column" | "table" | "direction" | "operator" | "name";

const CLAUSES: ReadonlySet<string> = new Set(
  "SELECT FROM WHERE ON HAVING SET VALUES ORDER GROUP LIMIT OFFSET RETURNING INTO UPDATE USING WINDOW".split(
    " ",
  ),
);
/** Words behind which a table is named. */
const BEFORE_TABLE: ReadonlySet<string> = new Set(
  "FROM JOIN INTO UPDATE TABLE TRUNCATE".split(" "),
);
/** Words behind which something else is named, in statements that define things. */
const BEFORE_NAME: ReadonlySet<string> = new Set(
  "AS COLUMN INDEX VIEW DATABASE SCHEMA SEQUENCE TRIGGER DESCRIBE".split(" "),
);
/** What a condition, or a part of one, begins behind. */
const BEFORE_OPERAND: ReadonlySet<string> = new Set("WHERE ON HAVING AND OR NOT".split(" "));
const AGGREGATES: ReadonlySet<string> = new Set("COUNT SUM AVG MIN MAX DISTINCT".split(" "));
const OF_COLUMN: ReadonlySet<string> = new Set(
  "LOWER UPPER TRIM LENGTH DATE CAST COALESCE IFNULL".split(" "),
);
/** Words that are no name of anything. */
const WORDS: ReadonlySet<string> = new Set(
  "BY ASC DESC NULLS FIRST LAST AND OR NOT IN IS LIKE ILIKE BETWEEN CASE WHEN THEN ELSE END DISTINCT ALL JOIN LEFT RIGHT INNER OUTER CROSS UNION COLLATE TABLE IF EXISTS".split(
    " ",
  ),
);
const COMPARED =
  /^\s*(?:\)\s*)?(?:=|<|>|!=|~|(?:not\s+)?(?:like|ilike|in|between|regexp|rlike|similar)\b|is\s)/i;
const SELECTED = /^\s*\)*\s*(?:,|from\b|as\b)/i;
/** What an operator of a comparison stands in front of. */
const OPERAND = /^\s+(?:\?|%s|%\(|\$\d|:\w|'|\d|\0)/i;

interface Frame {
  /** The function whose arguments these are, "(" of any other parentheses, "in", "values" or "columns" of those lists. */
  readonly opener: string;
  clause: string;
}

/** `before` and `after` the value, HOLE for what is not known; undefined where it is a value, or that cannot be told. */
export function namedPlace(before: string, after: string): Named | undefined {
  const front = withoutQuote(before);
  if (front === undefined) return undefined;
  const behind = front.isQuoted ? after.replace(/^["`\]]/, "") : after;
  const tokens = [...statementOf(front.text)];
  // Its other parts stand beside the value: "public.", "items_".
  const last = tokens.at(-1) ?? "";
  const isPart = isWord(last) && /[\w.]$/.test(front.text) && !isKeyword(last);
  if (isPart) tokens.pop();
  const frames: Frame[] = [{ opener: "", clause: "" }];
  for (const [i, token] of tokens.entries()) {
    const frame = frames.at(-1) as Frame;
    if (token === "(") frames.push({ opener: openerOf(tokens, i), clause: frame.clause });
    else if (token === ")" && frames.length > 1) frames.pop();
    else if (CLAUSES.has(token)) frame.clause = token;
  }
  return place(tokens, frames.at(-1) as Frame, behind, isPart && last.endsWith("."));
}

function place(
  tokens: readonly string[],
  frame: Frame,
  after: string,
  isDotted: boolean,
): Named | undefined {
  const last = tokens.at(-1) ?? "";
  const previous = tokens.at(-2) ?? "";
  const { opener, clause } = frame;
  const isOwn = opener === "" || opener === "(";
  const isTable =
    (BEFORE_TABLE.has(last) && opener !== "call" && !/^(?:FOR|DISTINCT)$/.test(previous)) ||
    (last === "EXISTS" && tokens.includes("TABLE")) ||
    (last === "," && clause === "FROM" && isOwn) ||
    (last === "(" && tokens[0] === "PRAGMA");
  if (isTable) return "table";
  if (BEFORE_NAME.has(last)) return "name";
  switch (clause) {
    case "ORDER":
    case "GROUP":
      if (last === "BY" || last === "(" || (last === "," && isOwn)) return "column";
      return isOwn && isNamed(last) && clause === "ORDER" ? "direction" : undefined;
    case "INTO":
      return opener === "columns" && (last === "(" || last === ",") ? "column" : undefined;
    case "SET":
      return isOwn && (last === "SET" || last === ",") && /^\s*=/.test(after)
        ? "column"
        : undefined;
    case "SELECT":
    case "RETURNING":
      if (opener !== "" && opener !== "(")
        return last === "(" && AGGREGATES.has(previous) ? "column" : undefined;
      return (last === clause || last === "DISTINCT" || last === ",") && SELECTED.test(after)
        ? "column"
        : undefined;
    case "WHERE":
    case "ON":
    case "HAVING": {
      const begins =
        BEFORE_OPERAND.has(last) ||
        (last === "(" && (isOwn || OF_COLUMN.has(previous) || AGGREGATES.has(previous)));
      if (begins && COMPARED.test(after)) return "column";
      if (isOwn && isNamed(last) && OPERAND.test(after)) return "operator";
      return isDotted && begins ? "column" : undefined;
    }
    default:
      return undefined;
  }
}

function openerOf(tokens: readonly string[], at: number): string {
  const last = tokens[at - 1] ?? "";
  if (last === "IN") return "in";
  if (last === "VALUES") return "values";
  if (tokens[at - 2] === "INTO" || tokens[at - 2] === "TABLE") return "columns";
  return isWord(last) && !isKeyword(last) ? "call" : "(";
}

function isWord(token: string): boolean {
  return /^[A-Z_]/.test(token);
}
function isKeyword(token: string): boolean {
  return CLAUSES.has(token) || WORDS.has(token) || BEFORE_TABLE.has(token);
}
/** A column, or what is computed from some. */
function isNamed(token: string): boolean {
  return (isWord(token) && !isKeyword(token)) || /^[)?"`\]]/.test(token);
}

/** The text with its texts in quotes left out, and without the quotation mark of a name at its end; undefined inside a text. */
function withoutQuote(
  before: string,
): { readonly text: string; readonly isQuoted: boolean } | undefined {
  let text = "";
  let open = "";
  for (const sign of before) {
    if (open === "") {
      if (sign === "'" || sign === '"' || sign === "`") open = sign;
      else text += sign === HOLE ? "?" : sign;
    } else if (sign === open) {
      text += open === "'" ? "''" : '""';
      open = "";
    }
  }
  if (open === "'") return undefined;
  const isBracket = text.endsWith("[");
  return { text: isBracket ? text.slice(0, -1) : text, isQuoted: open !== "" || isBracket };
}
