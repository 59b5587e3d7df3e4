import { hasMarkup, isOwnStore, isPlainOfAddress, sanitizeFixes } from "../server/rule/html.ts";
import { type Code, type Fix, type Hit, type Match, markBit, rule } from "../server/rule/rule.ts";
import { surroundings } from "../server/rule/surroundings.ts";

export default rule({
  id: "xss-dom-sink",
  title: "Page built as HTML from data of the address",
  category: "browser",
  severity: "high",
  cwe: [79],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["client", "remote"],
    to: "html",
    keep: (hit, cleared) => !cleared || isDecoded(hit),
    accept(hit): Partial<Match> | undefined {
      if (hit.row.data?.sort !== "dom") return undefined;
      return isOwnStore(hit) ? { confidence: "medium" } : {};
    },
  },
  say: ({ hit }) => ({
    what: `Data from outside the page is written into it as HTML by ${String(hit?.row.data?.api ?? "the call")}.`,
    why: 'A link with <img src=x onerror="..."> in it runs the attacker\'s code in the page of whoever opens it, with their session.',
    fix: "Set textContent for plain text; HTML that must stay HTML goes through DOMPurify.sanitize first.",
  }),
  fixes: (match, code, context) => [...asText(match, code), ...sanitizeFixes(match, code, context)],
});

/**
 * Encoded as the address is, it still ends a value in single quotes and is code in a script; and a call of which nothing is known
 * may decode it.
 */
function isDecoded(hit: Hit): boolean {
  if (!/\|globalThis\.(?:location|document)\./.test(hit.label)) return false;
  return (
    (hit.marks & markBit("unknown-call")) !== 0 ||
    surroundings(hit).some(
      ({ before }) => /=\s*'[^'<>]*$/.test(before) || /<script\b(?![\s\S]*<\/script)/i.test(before),
    )
  );
}

/** Where no markup is built, the text is shown as text. */
function asText(match: Match, code: Code): readonly Fix[] {
  const { hit } = match;
  const op = hit === undefined ? undefined : code.op(hit.site.op);
  if (hit === undefined || op?.op !== "setMember" || op.name !== "innerHTML") return [];
  if (hasMarkup(hit.value)) return [];
  const target = code.text({ start: op.span.start, end: code.op(op.value).span.start });
  const at = target.lastIndexOf(".innerHTML");
  if (at < 0) return [];
  const { start } = code.absolute(op.span);
  const edits = [
    { start: start + at, end: start + at + ".innerHTML".length, newText: ".textContent" },
  ];
  return [
    {
      title: "Show it as text",
      grade: isPlainOfAddress(hit, code.text(hit.argSpan)) ? "safe" : "suggested",
      edits: [{ file: code.file, edits }],
    },
  ];
}
