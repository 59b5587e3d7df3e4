import { isOwnStore, sanitizeFixes } from "../server/rule/html.ts";
import { type Match, rule } from "../server/rule/rule.ts";

export default rule({
  id: "xss-react-dangerous-html",
  title: "dangerouslySetInnerHTML with data from outside",
  category: "browser",
  severity: "high",
  cwe: [79],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["client", "remote", "unknown"],
    to: "html",
    accept(hit): Partial<Match> | undefined {
      if (hit.row.data?.sort !== "react") return undefined;
      // A property of a component that nobody is known to use: for who wants to see everything.
      if (hit.label.startsWith("param:")) return { severity: "medium", confidence: "low" };
      return isOwnStore(hit) ? { confidence: "medium" } : {};
    },
  },
  say: ({ hit }) => ({
    what:
      hit?.label.startsWith("param:") === true
        ? "What this component is given becomes HTML as it is."
        : "Data from outside becomes HTML as it is: React does not escape what dangerouslySetInnerHTML is given.",
    why: 'HTML such as <img src=x onerror="..."> runs the attacker\'s code in the page of whoever sees it, with their session.',
    fix: "Render it as text ({value}), or put DOMPurify.sanitize around HTML that must stay HTML.",
  }),
  fixes: sanitizeFixes,
});
