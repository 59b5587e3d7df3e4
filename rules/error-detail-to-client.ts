/** The text of an exception goes out with the answer. */
import { isOfPrivileged } from "../server/rule/administrators.ts";
import { errorContext, isUnwritten } from "../server/rule/errors.ts";
import { hideError } from "../server/rule/fix/errors.ts";
import { rule } from "../server/rule/rule.ts";
import { isLost } from "../server/rule/uses.ts";

export default rule({
  id: "error-detail-to-client",
  title: "Exception text sent to the client",
  category: "errors",
  severity: "medium",
  cwe: [209],
  owasp: ["A04:2021", "A10:2025"],
  flow: {
    from: ["exception"],
    to: "response",
    accept(hit, context) {
      // `err.stack` is the other rule's.
      if (/[|.]stack$/.test(hit.label)) return undefined;
      if (isUnwritten(hit, context)) return undefined;
      const code = context.code(hit.site.item);
      if (hit.row.data?.makes === "answer" && code !== undefined && isLost(code, hit.site.op))
        return undefined;
      const around = errorContext(hit, context);
      if (around === undefined) return {};
      if (around.domain) return undefined;
      if (around.developmentOnly) return { severity: "info", facts: { development: true } };
      if (around.nameOnly) return { severity: "low", facts: { name: true } };
      if (around.headOnly) return { severity: "low", facts: { head: true } };
      if (around.valueOnly) return { severity: "low", facts: { value: true } };
      if (isOfPrivileged(hit, context)) return { severity: "low", facts: { administrators: true } };
      // What a library's own class says was mostly written for who reads it.
      if (!around.broad) return { severity: "low", facts: { particular: true } };
      // On a way that is not wholly known something may have replaced the text.
      if (hit.marks !== 0) return { severity: "low", facts: { unsure: true } };
      return around.clientError && code?.language === "javascript" ? { severity: "low" } : {};
    },
  },
  say: ({ facts }) => ({
    what:
      facts?.development === true
        ? "The exception's text goes to the client in development."
        : facts?.name === true
          ? "The name of the exception's class goes to the client."
          : facts?.administrators === true
            ? "The text of an exception goes to a client with rights that others lack."
            : "The text of an exception goes to the client.",
    why:
      facts?.particular === true
        ? "Texts of a particular class are mostly written for who reads them, but may quote hosts, paths or statements."
        : facts?.head === true
          ? "Before the first colon mostly stands what kind of error it is, but a text may have none and go out as a whole."
          : facts?.value === true
            ? "Classes as ValueError mostly quote a value, but whoever raises one may put anything into it: a path, a statement, a secret."
            : facts?.unsure === true
              ? "Exceptions may quote SQL, file paths, host names and user data; whether this one does, or gets here as it is, is not known."
              : "Exceptions quote SQL, file paths, host names and user data: an attacker provokes errors and reads them.",
    fix: "Log the exception on the server under an error id and answer with a general text and that id.",
  }),
  fixes: (match, code) => hideError(match, code),
});
