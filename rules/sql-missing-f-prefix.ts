import { parameterise } from "../server/rule/fix/sql.ts";
import { type Code, type Match, type Observation, rule } from "../server/rule/rule.ts";

const SQL_TEXT = /\b(select|insert\s+into|update|delete\s+from|where|values)\b/i;

export default rule({
  id: "sql-missing-f-prefix",
  title: "SQL text has {name} but is not an f-string",
  category: "injection",
  severity: "medium",
  cwe: [89],
  owasp: ["A03:2021", "A05:2025"],
  calls: {
    sinks: ["sql"],
    check(call, context) {
      const texts = textsOf(call);
      if (!texts.some((t) => t.includes("{") && SQL_TEXT.test(t))) return undefined;
      const code = context.code(call.site.item);
      return code?.language === "python" ? find(call, texts, code) : undefined;
    },
  },
  say: ({ facts }) => ({
    what: `The query searches for the literal text {${String(facts?.name)}}: the string has no f in front.`,
    why: "The query is broken today, and whoever repairs it by adding the f makes it an SQL injection.",
    fix: `Put a placeholder there and pass ${String(facts?.name)} as a query parameter; do not add the f.`,
  }),
  fixes: (match, code, context) =>
    // The query starts to find rows it never found: never without a look.
    parameterise(match, code, context).map((fix) =>
      fix.grade === "safe" ? { ...fix, grade: "suggested" } : fix,
    ),
});

/** What the query may be, as far as it is known. */
function textsOf(call: Observation): readonly string[] {
  return (call.args[0]?.value.alts ?? []).map((alt) =>
    "const" in alt ? String(alt.const) : alt.parts.map((p) => p.text ?? "\u0000").join(""),
  );
}

/** A plain literal in the query with the name of a local variable in braces. */
function find(call: Observation, texts: readonly string[], code: Code): Match[] {
  const out: Match[] = [];
  for (const op of code.ir.ops) {
    if (op.op !== "const" || typeof op.value !== "string" || op.value === "") continue;
    const value = op.value;
    if (!texts.some((t) => t.includes(value))) continue;
    const name = [...value.matchAll(/\{([A-Za-z_]\w*)\}/g)]
      .map((m) => m[1] as string)
      .find((n) => code.ir.slots.includes(n));
    if (name === undefined) continue;
    out.push({
      item: call.site.item,
      span: op.span,
      op: call.site.op,
      call,
      confidence: "medium",
      facts: { name },
    });
  }
  return out;
}
