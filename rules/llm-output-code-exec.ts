import { isRun, isSandboxed, isToolArgument } from "../server/rule/ai.ts";
import { rule } from "../server/rule/rule.ts";

export default rule({
  id: "llm-output-code-exec",
  title: "Answer of a language model is executed",
  category: "ai",
  severity: "critical",
  cwe: [94, 78],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["model"],
    to: ["code", "shell"],
    accept(hit, context) {
      const code = context.code(hit.site.item);
      if (code === undefined || isToolArgument(hit) || !isRun(hit, code)) return undefined;
      return isSandboxed(hit, context) ? undefined : {};
    },
  },
  say: ({ hit }) => ({
    what: `What a language model answered is run by ${String(hit?.row.data?.api ?? "the call")}${hit?.sink === "shell" ? " as a command" : ""}.`,
    why: "Whoever gets a sentence into the model's input (a web page, a mail, a document) writes the program that your server runs.",
    fix: "Ask for structured data, check it against a schema, and map the names of operations to functions of your own; else run it in a sandbox without secrets or network.",
  }),
  fixes: () => [
    {
      title: "Map operations to functions of your own",
      grade: "manual",
      edits: [],
      reason:
        "Let the model choose from a fixed list of operations with checked arguments. No edit is offered: which operations there are is the author's to say.",
    },
  ],
});
