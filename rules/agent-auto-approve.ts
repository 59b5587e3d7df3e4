/** A file of the project lets an assistant run commands, or start servers, without asking anybody. */
import { APPROVAL_PATHS, type Approval, agentRuns, approvals } from "../server/rule/approval.ts";
import { isIgnored } from "../server/rule/ignored.ts";
import { strings } from "../server/rule/manifest.ts";
import { isTest } from "../server/rule/place.ts";
import { type Fix, type ManifestFile, type Match, rule } from "../server/rule/rule.ts";
import { commands } from "../server/rule/shell.ts";

const SCRIPT = /\.sh$/;

export default rule({
  id: "agent-auto-approve",
  title: "Assistant that acts without asking",
  category: "configuration",
  severity: "medium",
  cwe: [1188, 862],
  owasp: ["A05:2021", "A02:2025"],
  manifest: {
    names: new RegExp(`^package\\.json$|${SCRIPT.source}|^\\.gitignore$`),
    paths: APPROVAL_PATHS,
    together: true,
    check,
    fixes: (match, file) => [fix(match, file)],
  },
  say: ({ facts }) => ({
    what: `${String(facts?.setting)} lets ${String(facts?.program)} ${LETS[String(facts?.lets)] ?? ""} without asking.`,
    why:
      facts?.lets === "servers"
        ? "A pull request that adds a server to .mcp.json has its program run on every machine where somebody opens the folder."
        : "A line that the assistant reads somewhere (an issue, a web page, a file of a package) is then enough to send keys away or delete files, on the machine of everybody who opens the folder.",
    fix: HOW[String(facts?.lets)] ?? "",
  }),
});

const LETS: Readonly<Record<string, string>> = {
  everything: "do everything",
  commands: "run every command",
  servers: "start every server that the project names",
  tools: "use every tool of this server",
};
const HOW: Readonly<Record<string, string>> = {
  everything:
    "Take it out, allow the few commands that are needed by name, and let the assistant run in a container where it must be left alone.",
  commands: "Name the commands that are needed, such as the one for the tests.",
  servers: "Take it out, or name the servers that you have looked at.",
  tools: "Take it out, or name the tools that only read.",
};

function check(file: ManifestFile): readonly Match[] {
  if (isTest(file.file) || file.file.endsWith(".gitignore") || isIgnored(file)) return [];
  if (APPROVAL_PATHS.test(file.file))
    return approvals(file.file, file.text).map((one) => told(file, one));
  const scripts = SCRIPT.test(file.file)
    ? [{ text: file.text, start: 0 }]
    : strings(file.text, ["scripts"]).map(({ value, span }) => ({
        text: value,
        start: span.start,
      }));
  return scripts.flatMap(({ text, start }) => {
    // In JSON, places behind an escape are others: such a script is told as a whole.
    const plain = file.text.slice(start, start + text.length) === text;
    return agentRuns(commands(text)).flatMap(({ program, open }): readonly Match[] =>
      open === undefined
        ? []
        : [
            told(file, {
              program,
              setting: open.text,
              lets: "everything",
              span: plain
                ? { start: start + open.span.start, end: start + open.span.end }
                : { start, end: start + text.length },
              severity: "medium",
              instead: undefined,
            }),
          ],
    );
  });
}

function told({ file }: ManifestFile, one: Approval): Match {
  const { program, setting, lets, span, severity, instead } = one;
  return {
    item: `${file}#`,
    span,
    severity,
    confidence: "high",
    facts: { program, setting, lets, ...(instead === undefined ? {} : { instead }) },
  };
}

function fix({ facts, span }: Match, file: ManifestFile): Fix {
  const title = "Let it ask";
  return facts?.instead === undefined
    ? {
        title,
        grade: "manual",
        edits: [],
        reason:
          "Which commands the assistant needs only you can tell: take this out, run it once, and allow the ones that it asks for by name.",
      }
    : {
        title,
        grade: "suggested",
        edits: [{ file: file.file, edits: [{ ...span, newText: String(facts.instead) }] }],
      };
}
