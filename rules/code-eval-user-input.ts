import { isOfAdministrators } from "../server/rule/administrators.ts";
import { importEdit } from "../server/rule/fix/imports.ts";
import { type Code, type Fix, type Match, rule } from "../server/rule/rule.ts";

export default rule({
  id: "code-eval-user-input",
  title: "Request data run as code",
  category: "injection",
  severity: "critical",
  cwe: [94, 95],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["remote", "upload-name", "client"],
    to: "code",
    // setTimeout and its like call a function; only a text that was put together is run.
    accept(hit, context) {
      if (hit.row.data?.text === true && !hit.value.alts?.some((alt) => "parts" in alt))
        return undefined;
      // Who may change all of the program may be meant to add to it.
      if (isOfAdministrators(hit, context))
        return { severity: "low", facts: { administrators: true } };
      return { severity: hit.kind === "client" ? "high" : "critical" };
    },
  },
  say: ({ hit, facts }) => ({
    what: `${hit?.kind === "client" ? "Data of the page's address" : `Request data${facts?.administrators === true ? " of an administrator" : ""}`} is run as a program by ${String(hit?.row.data?.api ?? "the call")}.`,
    why:
      hit?.kind === "client"
        ? LINK
        : SANDBOX.test(String(hit?.row.data?.api))
          ? "vm is no sandbox: this.constructor.constructor reaches process, and with it every file and command."
          : "The client writes the program: it reads secrets, starts commands and opens connections with the rights of the server.",
    fix: "Parse data as data (ast.literal_eval, JSON.parse), and map the names of operations to functions of your own.",
  }),
  fixes: (match, code) => [literal(match, code)],
});
const SANDBOX = /^vm/;
const LINK =
  "Whoever opens an attacker's link runs the program in it, logged in as they are: it reads what they see and acts for them.";

/** `eval(text)` of a whole text becomes a parser of literals. */
function literal(match: Match, code: Code): Fix {
  const title = code.language === "python" ? "Read it as a literal" : "Read it as JSON";
  const manual = (reason: string): Fix => ({ title, grade: "manual", edits: [], reason });
  const { hit } = match;
  const call = hit === undefined ? undefined : code.op(hit.site.op);
  if (hit === undefined || call?.op !== "call" || hit.row.data?.api !== "eval")
    return manual("What the text may do is the author's to say: map each operation to a function.");
  const callee = code.op(call.callee).span;
  if (code.text(callee) !== "eval" || call.args.length !== 1 || call.args[0]?.spread !== undefined)
    return manual("The call gives the text names to work with, so it is more than a value.");
  if (hit.value.alts !== undefined || hit.derive !== "same")
    return manual("The text is put together from pieces, so it is more than a value.");
  const { start, end } = code.absolute(callee);
  if (code.language !== "python") {
    const edits = [{ start, end, newText: "JSON.parse" }];
    return { title, grade: "suggested", edits: [{ file: code.file, edits }] };
  }
  const wanted = importEdit(code, { module: "ast", name: "literal_eval" });
  const edits = [
    ...(wanted.edit === undefined ? [] : [wanted.edit]),
    { start, end, newText: wanted.local },
  ];
  return { title, grade: "suggested", edits: [{ file: code.file, edits }] };
}
