import { bodyOf, escapeFixes, isHtmlAnswer, isText } from "../server/rule/html.ts";
import { rule } from "../server/rule/rule.ts";

/** Of the models' paths: no other site makes a browser send what it likes in these. */
const HEADER = /\.(?:headers?|rawHeaders|authorization|user_agent)(?:[.([]|$)/;

export default rule({
  id: "xss-server-html",
  title: "HTML answer built from request data",
  category: "browser",
  severity: "high",
  cwe: [79],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["remote", "upload-name"],
    to: "html",
    accept(hit, context) {
      const code = context.code(hit.site.item);
      if (code === undefined || !isHtmlAnswer(hit, code, context)) return undefined;
      // What came through other functions may be something else than the text that went in.
      const isSure =
        hit.row.data?.sort === "marked" || isText(bodyOf(hit)) || hit.trail.length <= 2;
      const isHeader = HEADER.test(hit.label.split("|")[1] ?? "");
      return {
        ...(isSure ? {} : { confidence: "medium" as const }),
        ...(isHeader ? { severity: "low" as const, facts: { header: true } } : {}),
      };
    },
  },
  say: ({ hit, facts }) => ({
    what:
      hit?.row.data?.sort === "marked"
        ? `Request data is declared to be safe HTML by ${String(hit.row.data.api)}.`
        : "Request data becomes part of an HTML answer without being escaped.",
    why:
      facts?.header === true
        ? "No link sets a header; but a page that is cached, or stored and shown to others, runs the code of whoever sent it."
        : "A link with <script> in the parameter runs the attacker's code in the page of whoever opens it, with their session.",
    fix: "Escape each value where it is put into the text, or render a template that escapes by itself.",
  }),
  fixes: escapeFixes,
});
