import { parameterise } from "../server/rule/fix/sql.ts";
import { type Hit, rule } from "../server/rule/rule.ts";
import { sqlExploit } from "../server/rule/sql.ts";
import { identifiersOf } from "../server/rule/sql-identifier.ts";

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
    accept: (hit, context) => (identifiersOf(hit, context) === undefined ? {} : undefined),
  },
  say: ({ hit }) => ({
    what: `Request data becomes part of the SQL text that ${api(hit)} runs.`,
    why: sqlExploit(hit),
    fix: "Keep the SQL text constant, put a placeholder where the value was, and pass the value as a parameter.",
  }),
  fixes: parameterise,
});

function api(hit: Hit | undefined): string {
  const driver = hit?.row.data?.driver;
  return typeof driver === "string" && driver !== "unknown" ? `${driver}` : "the database call";
}
