import { optionArgument } from "../server/rule/argument-option.ts";
import { endOptions } from "../server/rule/fix/end-of-options.ts";
import { rule } from "../server/rule/rule.ts";

export default rule({
  id: "command-argument-injection",
  title: "Request data can become an option of a program",
  category: "injection",
  severity: "medium",
  cwe: [88],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["remote", "upload-name"],
    to: "shell",
    accept(hit, context) {
      const found = optionArgument(hit, context);
      if (found === undefined) return undefined;
      const { program, harm, ends } = found;
      return { facts: { program, harm, ends: ends ?? "" } };
    },
  },
  say: ({ facts }) => ({
    what: `Request data begins an argument of ${String(facts?.program)}.`,
    why: `A value that begins with a dash is an option: ${String(facts?.harm)}.`,
    fix:
      facts?.ends === ""
        ? "Refuse values that begin with a dash, or check them against a pattern that begins with a letter."
        : `Put "${String(facts?.ends)}" in front of the value: what stands behind it is no option.`,
  }),
  fixes: ({ hit }, code, context) => [
    endOptions(hit === undefined ? undefined : optionArgument(hit, context), code),
  ],
});
