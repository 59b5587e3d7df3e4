import { parameterise } from "../server/rule/fix/sql.ts";
import { rule } from "../server/rule/rule.ts";
import { isStatementWithHole, parameterOf } from "../server/rule/sql.ts";

export default rule({
  id: "sql-dynamic-query",
  title: "SQL text assembled from a parameter",
  category: "injection",
  severity: "high",
  cwe: [89],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["unknown"],
    to: "sql",
    accept: (hit) =>
      isStatementWithHole(hit)
        ? { confidence: "medium", facts: { name: parameterOf(hit) } }
        : undefined,
  },
  say: ({ facts }) => ({
    what: `The parameter ${String(facts?.name)} is put into the SQL text.`,
    why: "Whoever controls it (no caller is known that makes it safe) can close the quotes and add SQL of their own.",
    fix: "Keep the SQL text constant, put a placeholder where the value was, and pass the value as a query parameter.",
  }),
  fixes: parameterise,
});
