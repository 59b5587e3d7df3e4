import {
  bodyOf,
  contentType,
  escapeFixes,
  hasMarkup,
  isDeclaredHtml,
  isSourceText,
  isText,
} from "../server/rule/html.ts";
import { type Code, type Context, type Hit, rule } from "../server/rule/rule.ts";

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
      return code !== undefined && isHtml(hit, code, context) ? {} : undefined;
    },
  },
  say: ({ hit }) => ({
    what:
      hit?.row.data?.sort === "marked"
        ? `Request data is declared to be safe HTML by ${String(hit.row.data.api)}.`
        : "Request data becomes part of an HTML answer without being escaped.",
    why: "A link with <script> in the parameter runs the attacker's code in the page of whoever opens it, with their session.",
    fix: "Escape each value where it is put into the text, or render a template that escapes by itself.",
  }),
  fixes: escapeFixes,
});

function isHtml(hit: Hit, code: Code, context: Context): boolean {
  const data = hit.row.data ?? {};
  if (data.sort === "marked") return true;
  if (data.sort !== "server") return false;
  const body = bodyOf(hit);
  const type = contentType(code);
  if (data.needs === true || data.as === "typed") return type === "html";
  if (type === "other") return false;
  if (data.answer === "declared" && !isDeclaredHtml(code)) return false;
  if (data.as === "markup") return hasMarkup(body);
  if (data.answer !== undefined || data.as === "text")
    return isText(body) || (hit.marks === 0 && isSourceText(hit, context));
  return true;
}
