import { parameterise } from "../server/rule/fix/sql.ts";
import { type Hit, rule } from "../server/rule/rule.ts";

const SQL_TEXT =
  /^\s*(?:--[^\n]*\n\s*)*(?:\(\s*)?(select|insert|update|delete|replace|with|merge|call|exec|create|drop|alter|truncate|explain|pragma|grant)\b/i;

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
      isSqlWithHole(hit) ? { confidence: "medium", facts: { name: nameOf(hit) } } : undefined,
  },
  say: ({ facts }) => ({
    what: `The parameter ${String(facts?.name)} is put into the SQL text.`,
    why: "Whoever controls it (no caller is known that makes it safe) can close the quotes and add SQL of their own.",
    fix: "Keep the SQL text constant, put a placeholder where the value was, and pass the value as a query parameter.",
  }),
  fixes: parameterise,
});

/** The value must stand in text that is SQL by itself: a function that only passes a whole query on is not at fault. */
function isSqlWithHole(hit: Hit): boolean {
  return (hit.value.alts ?? []).some((alt) => {
    if (!("parts" in alt)) return false;
    const first = alt.parts[0];
    return (
      first?.text !== undefined &&
      SQL_TEXT.test(first.text) &&
      alt.parts.some((p) => p.value?.taint.some((t) => t.label === hit.label) ?? false)
    );
  });
}

function nameOf(hit: Hit): string {
  let first = hit.trail;
  while (first.prev !== undefined) first = first.prev;
  return first.text.replace(/^parameter /, "");
}
