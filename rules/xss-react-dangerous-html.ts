import { hasMarkup, isOwnStore, isPlainOfAddress, sanitizeFixes } from "../server/rule/html.ts";
import { type Code, type Fix, type Match, rule } from "../server/rule/rule.ts";

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
  fixes: (match, code, context) => {
    const [text, ...none] = asText(match, code);
    const cleaned = sanitizeFixes(match, code, context);
    if (text === undefined) return cleaned;
    const others = cleaned.filter(({ grade }) => grade !== "manual");
    return text.grade === "safe" ? [text, ...others] : [...others, text, ...none];
  },
});

/** `<p dangerouslySetInnerHTML={{ __html: x }} />` becomes `<p>{x}</p>`, where no markup is built. */
function asText({ hit }: Match, code: Code): readonly Fix[] {
  const element = hit === undefined ? undefined : code.op(hit.site.op);
  if (hit === undefined || hit.arg < 0 || element?.op !== "call" || hasMarkup(hit.value)) return [];
  const written = code.text(element.span);
  const tag = /^<([a-z][\w-]*)[\s/]/.exec(written)?.[1];
  const end = /\s*\/>$/.exec(written);
  const properties = code.op(hit.arg);
  // What these hold is no text of the page.
  if (tag === undefined || /^(?:script|style|textarea|title)$/.test(tag)) return [];
  if (end === null || properties.op !== "record") return [];
  const attribute = properties.entries.findLast((e) => e.key === "dangerouslySetInnerHTML");
  const inner = attribute === undefined ? undefined : code.op(attribute.value);
  if (attribute === undefined || inner?.op !== "record" || inner.entries.length !== 1) return [];
  const [html] = inner.entries;
  const text = html?.key === "__html" ? code.text(code.op(html.value).span) : "";
  const name = code.text(attribute.span);
  if (text === "" || !name.startsWith("dangerouslySetInnerHTML") || !name.endsWith("}")) return [];
  const at = code.absolute(attribute.span);
  const space = /\s*$/.exec(code.fileText.slice(0, at.start))?.[0].length ?? 0;
  const close = code.absolute(element.span).end;
  // Where it is the last attribute, the space behind it belongs to both.
  const start = Math.max(close - end[0].length, at.end);
  const edits = [
    { start: at.start - space, end: at.end, newText: "" },
    { start, end: close, newText: `>{${text}}</${tag}>` },
  ];
  const grade = isPlainOfAddress(hit, text) ? "safe" : "suggested";
  return [{ title: "Show it as text", grade, edits: [{ file: code.file, edits }] }];
}
