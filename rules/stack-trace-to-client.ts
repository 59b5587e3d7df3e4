/** The stack trace of an error goes out with the answer. */
import { isOfPrivileged } from "../server/rule/administrators.ts";
import { errorContext } from "../server/rule/errors.ts";
import { hideError } from "../server/rule/fix/errors.ts";
import { rule } from "../server/rule/rule.ts";

export default rule({
  id: "stack-trace-to-client",
  title: "Stack trace sent to the client",
  category: "errors",
  severity: "high",
  cwe: [209],
  owasp: ["A05:2021", "A10:2025"],
  flow: {
    from: ["stack"],
    to: "response",
    accept(hit, context) {
      if (errorContext(hit, context)?.developmentOnly === true)
        return { severity: "info", facts: { development: true } };
      return isOfPrivileged(hit, context)
        ? { severity: "low", facts: { administrators: true } }
        : {};
    },
  },
  say: ({ facts }) => ({
    what:
      facts?.development === true
        ? "The stack trace goes to the client in development."
        : facts?.administrators === true
          ? "The stack trace of an error goes to a client with rights that others lack."
          : "The stack trace of an error goes to the client.",
    why: "It shows file paths, library versions and code lines: an attacker provokes errors to learn which known holes to try.",
    fix: "Log the error on the server under an error id and answer with a general text and that id.",
  }),
  fixes: (match, code) => hideError(match, code),
});
