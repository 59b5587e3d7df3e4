import { isRun, isSandboxed, isToolArgument } from "../server/rule/ai.ts";
import { connectorOf } from "../server/rule/connector.ts";
import { isConfinedSend } from "../server/rule/path.ts";
import {
  type Code,
  type Context,
  type Hit,
  type Match,
  rule,
  type Severity,
} from "../server/rule/rule.ts";
import { hostIsFixed } from "../server/rule/url.ts";

const DOES: Readonly<Record<string, string>> = {
  shell: "is run as a command",
  code: "is run as a program",
  sql: "becomes part of the SQL text",
  path: "decides which file is used",
  url: "decides which address is called",
  deserialize: "is read by a format that runs code",
  template: "becomes part of a template that is compiled",
};
const DO: Readonly<Record<string, string>> = {
  shell:
    "Start a fixed program with the argument in a list, without a shell, and allow only values from a list or an anchored pattern.",
  code: "Map the names of operations to functions of your own.",
  sql: "Keep the SQL text constant and pass the argument as a parameter.",
  path: "Resolve the path and check that it lies inside the folder that the tool is for.",
  url: "Compare the host with a list of allowed hosts.",
  deserialize: "Use JSON and check what it gives.",
  template: "Keep the template constant and hand the argument over as a variable.",
};

export default rule({
  id: "mcp-tool-arg-unsafe",
  title: "Argument of a model's tool reaches a dangerous call",
  category: "ai",
  severity: "critical",
  cwe: [77],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["model"],
    to: ["shell", "code", "sql", "path", "url", "deserialize", "template"],
    accept(hit, context): Partial<Match> | undefined {
      const code = context.code(hit.site.item);
      if (code === undefined || !isToolArgument(hit) || isHarmless(hit, code, context))
        return undefined;
      return isSandboxed(hit, context) ? undefined : { severity: severityOf(hit) };
    },
  },
  say: ({ hit }) => ({
    what: `What the model passes to this tool ${DOES[hit?.sink ?? ""] ?? "reaches a dangerous call"}.`,
    why: "The model passes on what it has read: one sentence in a web page or a ticket is enough, and the tool runs with your rights.",
    fix: DO[hit?.sink ?? ""] ?? "Check the argument against a list first.",
  }),
  fixes: (match) => [
    {
      title: "Check the argument",
      grade: "manual",
      edits: [],
      reason: `${DO[match.hit?.sink ?? ""] ?? "Check it against a list."} Say in the tool's schema, too, which values it takes.`,
    },
  ],
});

function isHarmless(hit: Hit, code: Code, context: Context): boolean {
  if (hit.sink === "shell" || hit.sink === "code") return !isRun(hit, code);
  if (hit.sink === "path") return isConfinedSend(hit, code);
  if (hit.sink === "url") return hostIsFixed(hit) || connectorOf(hit, code, context) === "checks";
  return false;
}
/** A tool that reads a file or a page on behalf of its user does what it is for; it is told with less weight. */
function severityOf(hit: Hit): Severity {
  if (hit.sink === "path" || hit.sink === "url") return "medium";
  return hit.sink === "sql" ? "high" : "critical";
}
