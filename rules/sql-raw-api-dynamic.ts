import { parameterise } from "../server/rule/fix/sql.ts";
import { isSample, isTest, isTooling } from "../server/rule/place.ts";
import { type Code, type Hit, rule } from "../server/rule/rule.ts";
import { isStatementWithHole, parameterOf, standsInText } from "../server/rule/sql.ts";

export default rule({
  id: "sql-raw-api-dynamic",
  title: "Raw SQL made from a parameter",
  category: "injection",
  severity: "high",
  cwe: [89],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["unknown"],
    to: "sql",
    accept(hit, context) {
      const code = context.code(hit.site.item);
      // A statement with a value in it has a rule of its own.
      if (code === undefined || hit.row.data?.raw === undefined || isStatementWithHole(hit))
        return undefined;
      if (isTest(code.file) || isSample(code.file) || isTooling(code.file)) return undefined;
      const isPiece = standsInText(hit);
      const facts = { name: parameterOf(hit), api: apiOf(hit, code), isPiece };
      // A function that passes a whole text on is often meant for the program's own texts.
      return { confidence: isPiece ? "medium" : "low", facts };
    },
  },
  say: ({ facts }) => ({
    what:
      facts?.isPiece === true
        ? `The parameter ${String(facts.name)} is put into the text that ${String(facts.api)} takes as raw SQL.`
        : `The parameter ${String(facts?.name)} is given to ${String(facts?.api)}, which takes it as raw SQL.`,
    why: "The library binds values everywhere but here: whoever controls the text (no caller is known that makes it safe) adds SQL of their own.",
    fix: "Use the form of the library that binds values, with a placeholder in the text, and take names of columns from a constant table.",
  }),
  fixes: (match, code, context) =>
    // A piece of a query: no test attacks the whole.
    parameterise(match, code, context).map((fix) =>
      fix.grade === "safe" ? { ...fix, grade: "suggested" } : fix,
    ),
});

/** The name of the function that is called. */
function apiOf(hit: Hit, code: Code): string {
  const call = code.op(hit.site.op);
  const callee = call.op === "call" ? code.op(call.callee) : undefined;
  if (callee?.op === "member") return callee.name;
  return callee === undefined ? "the call" : code.text(callee.span);
}
