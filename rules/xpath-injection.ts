import {
  asKeywords,
  asObject,
  type NamedValue,
  nameValues,
} from "../server/rule/fix/named-values.ts";
import { textValue } from "../server/rule/fix/text-value.ts";
import {
  type Code,
  type Context,
  type Edit,
  type Fix,
  type Match,
  rule,
} from "../server/rule/rule.ts";
import { surroundings } from "../server/rule/surroundings.ts";

export default rule({
  id: "xpath-injection",
  title: "XPath expression built from request data",
  category: "injection",
  severity: "medium",
  cwe: [643],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["remote"],
    to: "xpath",
    accept(hit): Partial<Match> {
      const isSimple = hit.row.data?.simple === true;
      const isWhole = surroundings(hit).every(({ before, after }) => before + after === "");
      return {
        facts: { whole: isWhole, simple: isSimple },
        ...(isSimple ? { severity: "low" as const } : {}),
        // A page that takes expressions may be made for that.
        ...(isWhole ? { confidence: "low" as const } : {}),
      };
    },
  },
  say: ({ hit, facts }) => ({
    what:
      facts?.whole === true
        ? `The client writes the XPath expression that ${String(hit?.row.data?.api)} evaluates.`
        : `Request data becomes part of the XPath expression that ${String(hit?.row.data?.api)} evaluates.`,
    why:
      facts?.simple === true
        ? "A value with '] in it ends the condition and goes on to other elements of the document."
        : "The value ' or '1'='1 matches every element: a login without a password, and piece by piece the whole document.",
    fix:
      facts?.simple === true
        ? "Find the elements by a constant path, and compare the value in the program."
        : "Keep the expression constant with a variable such as $name in it, and pass the value as that variable.",
  }),
  fixes: (match, code, context) => [variables(match, code, context)],
});

const TITLE = "Use a variable of the expression";
/** Keyword arguments of `xpath` that are no variables. */
const TAKEN = ["namespaces", "extensions", "smart_strings", "query", "_path"];

function variables(match: Match, code: Code, context: Context): Fix {
  const python = code.language === "python";
  const refuse = (why: string): Fix => ({
    title: TITLE,
    grade: "manual",
    edits: [],
    reason: `${match.facts?.simple === true ? "Find by a constant path and compare in the program." : python ? "Write $name in the expression and pass name=value." : "Write $name in the expression, parse it and pass { variables: { name: value } }."} No edit is offered: ${why}.`,
  });
  const data = match.hit?.row.data ?? {};
  if (data.names !== true && data.parsed !== "parse") return refuse("this call takes no variables");
  const named = nameValues(match, code, TAKEN);
  if (typeof named === "string") return refuse(named);
  const passed = python
    ? [asKeywords(code, match, named.values)]
    : parsed(match, code, asObject(named.values));
  return passed === undefined
    ? refuse("the call is written in another way")
    : {
        title: TITLE,
        // A variable that is no text is compared in another way.
        grade: named.values.every(({ op }) => isText(code, op, context)) ? "safe" : "suggested",
        edits: [{ file: code.file, edits: [...named.edits, ...passed] }],
      };
}

function isText(code: Code, op: NamedValue["op"], context: Context): boolean {
  return op === "text" || (op !== undefined && textValue(code, op, context) === "text");
}

/** `xpath.select(text, node)` becomes `xpath.parse(text).select({ node, variables })`. */
function parsed(match: Match, code: Code, values: string): readonly Edit[] | undefined {
  const call = match.hit === undefined ? undefined : code.op(match.hit.site.op);
  const callee = call?.op === "call" ? code.op(call.callee) : undefined;
  const [text, node, ...more] = call?.op === "call" ? call.args : [];
  if (callee?.op !== "member" || text === undefined || node === undefined || more.length > 0)
    return undefined;
  if (text.spread !== undefined || node.spread !== undefined) return undefined;
  const name = code.absolute(callee.nameSpan);
  const from = code.absolute(text.span).end;
  const to = code.absolute(node.span).end;
  const given = code.text(node.span);
  return [
    { ...name, newText: "parse" },
    {
      start: from,
      end: to,
      newText: `).${callee.name}({ ${given === "node" ? given : `node: ${given}`}, variables: ${values} }`,
    },
  ];
}
