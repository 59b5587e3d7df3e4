import {
  asKeywords,
  asObject,
  behindLast,
  type NamedValue,
  nameValues,
} from "../server/rule/fix/named-values.ts";
import { type Code, type Fix, type Hit, type Match, rule } from "../server/rule/rule.ts";
import { surroundings } from "../server/rule/surroundings.ts";

/** How an operation of GraphQL begins, where nothing else tells that it is one. */
const BEGINS = /^\s*(?:(?:query|mutation|subscription|fragment)\b[^\0]*)?\{/;

export default rule({
  id: "graph-query-injection",
  title: "Graph query built from request data",
  category: "injection",
  severity: "high",
  cwe: [943],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["remote", "upload-name"],
    to: "graph",
    accept(hit): Partial<Match> | undefined {
      const lang = String(hit.row.data?.lang);
      const around = surroundings(hit);
      const isPart = around.some(({ before, after }) => before + after !== "");
      if (hit.row.data?.told === true && !around.some((a) => BEGINS.test(a.before)))
        return undefined;
      // Whoever sends GraphQL on as it came leaves it to the service what the client may ask for.
      if (lang === "GraphQL") return isPart ? { severity: "medium", facts: { lang } } : undefined;
      return lang === "Gremlin" ? { severity: "critical", facts: { lang } } : { facts: { lang } };
    },
  },
  say: ({ facts }) => ({
    what: `Request data becomes part of the text of a ${facts?.lang === "GraphQL" ? "GraphQL" : `${String(facts?.lang)} query`}${facts?.lang === "GraphQL" ? " operation" : ""}.`,
    why: WHY[String(facts?.lang)] ?? "",
    fix:
      facts?.lang === "GraphQL"
        ? "Keep the operation constant, declare a variable in it ($name: String!), and pass the value in variables."
        : "Keep the query constant and pass the value as a parameter; take labels and property names from a list of your own.",
  }),
  fixes: (match, code) => [parameters(match, code)],
});

const WHY: Readonly<Record<string, string>> = {
  Cypher:
    "The value ' OR 1=1 WITH u MATCH (n) DETACH DELETE n // ends the text it stands in and goes on with clauses that read or delete every node.",
  AQL: "The value ' || true RETURN u // ends the text it stands in and returns every document of the collection.",
  SPARQL:
    "A value with a quotation mark ends the text it stands in and adds patterns that match whatever the store holds.",
  Gremlin:
    "The script is a program: the value ends its text and goes on with steps that drop the graph, or with code on the server.",
  GraphQL:
    "A value with a quotation mark ends the argument and adds fields and arguments, which are run with the rights of your server's token.",
};

const TITLE = "Use a query parameter";

function parameters(match: Match, code: Code): Fix {
  const { params, advice } = match.hit?.row.data ?? {};
  const refuse = (why: string): Fix => ({
    title: TITLE,
    grade: "manual",
    edits: [],
    reason:
      typeof advice === "string"
        ? `No automatic rewrite: ${advice}.`
        : match.facts?.lang === "GraphQL"
          ? "Declare a variable in the operation and pass the value in variables. No edit is offered: its type stands in the schema of the service."
          : `Write $name in the query and pass the value beside it. No edit is offered: ${why}.`,
  });
  if (params === undefined || match.hit === undefined) return refuse("this call takes none");
  if (params !== "names" && isPassing(match.hit, code))
    return refuse("the call already passes parameters");
  const named = nameValues(match, code, ["query", "parameters", "query_", "parameters_"]);
  if (typeof named === "string") return refuse(named);
  const passed =
    params === "names"
      ? asKeywords(code, match, named.values)
      : behindLast(code, match, `, ${record(code, named.values)}`);
  return {
    title: TITLE,
    grade: "suggested",
    edits: [{ file: code.file, edits: [...named.edits, passed] }],
  };
}
function isPassing(hit: Hit, code: Code): boolean {
  const call = code.op(hit.site.op);
  return call.op !== "call" || call.args.length !== 1 || call.args[0]?.value !== hit.arg;
}
function record(code: Code, values: readonly NamedValue[]): string {
  return code.language === "python"
    ? `{${values.map(({ name, value }) => `"${name}": ${value}`).join(", ")}}`
    : asObject(values);
}
