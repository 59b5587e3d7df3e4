import { parameterise } from "../server/rule/fix/sql.ts";
import { type Hit, markBit, rule } from "../server/rule/rule.ts";
import { sqlExploit } from "../server/rule/sql.ts";
import { identifiersOf } from "../server/rule/sql-identifier.ts";
import { common } from "../server/rule/surroundings.ts";

export default rule({
  id: "sql-injection",
  title: "SQL built from request data",
  category: "injection",
  severity: "critical",
  cwe: [89],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["remote", "upload-name"],
    to: "sql",
    // What names a column or a table has a rule of its own.
    accept(hit, context) {
      if (identifiersOf(hit, context) !== undefined) return undefined;
      return isQuoted(hit) ? { severity: "low", facts: { quoted: true } } : {};
    },
  },
  say: ({ hit, facts }) => ({
    what: `Request data becomes part of the SQL text that ${api(hit)} runs${facts?.quoted === true ? "; its quotation marks are doubled" : ""}.`,
    why:
      facts?.quoted === true
        ? "That is what standard SQL and SQLite ask for; MySQL also takes \\' for a quotation mark inside the text, which ends it one sign later."
        : sqlExploit(hit),
    fix: "Keep the SQL text constant, put a placeholder where the value was, and pass the value as a parameter.",
  }),
  fixes: parameterise,
});

/** It stands between two quotation marks and has none of its own that is not doubled. */
function isQuoted(hit: Hit): boolean {
  if ((hit.marks & markBit("quoted")) === 0) return false;
  return common(hit, ({ before, after }) => before.endsWith("'") && after.startsWith("'")) === true;
}

function api(hit: Hit | undefined): string {
  const driver = hit?.row.data?.driver;
  return typeof driver === "string" && driver !== "unknown" ? `${driver}` : "the database call";
}
