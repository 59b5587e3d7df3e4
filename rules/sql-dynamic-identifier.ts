import { nameFixes } from "../server/rule/fix/sql-names.ts";
import { type Match, rule } from "../server/rule/rule.ts";
import { identifiersOf } from "../server/rule/sql-identifier.ts";

const WHAT: Readonly<Record<string, string>> = {
  column: "Request data names a column in the SQL text.",
  table: "Request data names a table in the SQL text.",
  direction: "Request data is the sort direction in the SQL text.",
  operator: "Request data is the operator of a comparison in the SQL text.",
  name: "Request data is a name in the SQL text.",
};
const WHY: Readonly<Record<string, string>> = {
  column:
    "No quotation mark has to be ended here: (CASE WHEN (SELECT ...) THEN id ELSE name END) in the place of a column tells an attacker, answer by answer, what other tables hold.",
  table:
    "No quotation mark has to be ended here: the name of another table, or a subquery, gives the attacker rows that are not meant for them.",
  direction:
    "ASC, (CASE WHEN (SELECT ...) THEN id ELSE name END) is taken as well, and the order of the rows tells an attacker what other tables hold.",
  operator: "A text such as IS NOT NULL OR 1 = makes the condition true for every row.",
  name: "No quotation mark has to be ended here: what stands in the place of a name goes on as SQL of the attacker.",
};

export default rule({
  id: "sql-dynamic-identifier",
  title: "Column, table or sort direction from the request",
  category: "injection",
  severity: "high",
  cwe: [89],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["remote", "upload-name"],
    to: "sql",
    accept(hit, context): Partial<Match> | undefined {
      const [first] = identifiersOf(hit, context) ?? [];
      return first === undefined ? undefined : { facts: { named: first.named } };
    },
  },
  say: ({ facts }) => ({
    what: WHAT[String(facts?.named)] as string,
    why: WHY[String(facts?.named)] as string,
    fix: "A parameter cannot stand here. Look the value up in a constant table of the names that are allowed, and refuse what is not in it.",
  }),
  fixes: nameFixes,
});
