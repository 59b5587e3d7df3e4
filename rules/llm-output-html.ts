import { isToolArgument } from "../server/rule/ai.ts";
import { escapeFixes, isHtmlAnswer, sanitizeFixes } from "../server/rule/html.ts";
import { rule } from "../server/rule/rule.ts";

export default rule({
  id: "llm-output-html",
  title: "Answer of a language model is shown as raw HTML",
  category: "ai",
  severity: "high",
  cwe: [79],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["model"],
    to: "html",
    accept(hit, context) {
      const code = context.code(hit.site.item);
      if (code === undefined || isToolArgument(hit)) return undefined;
      if (hit.row.data?.sort === "server" && !isHtmlAnswer(hit, code, context)) return undefined;
      return {};
    },
  },
  say: () => ({
    what: "What a language model answered becomes HTML as it is.",
    why: "A sentence in what the model reads makes it answer with <img src=x onerror=...>, or with a picture whose address carries the conversation away.",
    fix: "Show it as text, or clean it (DOMPurify.sanitize, nh3.clean) and allow no pictures of other hosts.",
  }),
  fixes: (match, code, context) =>
    match.hit?.row.data?.sort === "server" || match.hit?.row.data?.sort === "marked"
      ? escapeFixes(match, code, context)
      : sanitizeFixes(match, code, context),
});
