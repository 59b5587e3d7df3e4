import { quotedAt } from "../server/rule/fix/marks.ts";
import { isBrowser, isSample, isTest } from "../server/rule/place.ts";
import { type Edit, type Match, rule } from "../server/rule/rule.ts";
import { sensitivePieces } from "../server/rule/sensitive.ts";

const SHOWN = "[redacted]";

export default rule({
  id: "log-sensitive-data",
  title: "Password, token or cookie written to the log",
  category: "errors",
  severity: "medium",
  cwe: [532],
  owasp: ["A09:2021", "A09:2025"],
  calls: {
    sinks: ["logging"],
    check(call, context) {
      const code = context.code(call.site.item);
      if (code === undefined || isTest(code.file) || isSample(code.file)) return undefined;
      const console = call.sinks.some(({ data }) => data?.api === "console");
      // In a browser its user alone sees it.
      if (console && isBrowser(code)) return undefined;
      const out = new Map<number, Match>();
      for (const { op, value, name, there } of call.args) {
        if (there !== undefined) continue;
        const remote = value.taint.some(({ kind }) => kind === "remote");
        for (const piece of sensitivePieces(code, op, remote, name)) {
          const { id, what, hole, shorthand, whole = false } = piece;
          out.set(id, {
            item: code.item,
            op: id,
            span: code.op(id).span,
            call,
            confidence: console || call.guessed ? "medium" : "high",
            facts: {
              what,
              whole,
              ...(hole === undefined ? {} : { from: hole.start, to: hole.end }),
              ...(shorthand === undefined ? {} : { shorthand }),
            },
          });
        }
      }
      return [...out.values()];
    },
  },
  say: ({ facts }) => ({
    what: `This writes ${String(facts?.what)} to the log.`,
    why: "Logs are copied, kept for months and read by many people and services: whoever sees one signs in, or acts, as that user or as this program.",
    fix:
      facts?.whole === true
        ? "Log the fields that are needed by name, and leave out authorization and cookie."
        : "Leave the value out, or log something that stands for it: the user's id, the last four characters, whether it is there.",
  }),
  fixes: ({ facts, span, op }, code) => {
    const title = "Do not log the value";
    if (facts?.whole === true || op === undefined)
      return [
        {
          title,
          grade: "manual",
          edits: [],
          reason:
            "Which of them are needed only you can tell: name them one by one, and leave out authorization and cookie.",
        },
      ];
    const isHole = typeof facts?.from === "number";
    const at = code.absolute(
      isHole ? { start: Number(facts?.from), end: Number(facts?.to) } : span,
    );
    const text = isHole ? SHOWN : quotedAt(code, span, SHOWN);
    if (text === undefined)
      return [
        {
          title,
          grade: "manual",
          edits: [],
          reason: "Leave it out. No edit is offered: no other text can be written in this place.",
        },
      ];
    const newText = facts?.shorthand === undefined ? text : `${String(facts.shorthand)}: ${text}`;
    const edits: readonly Edit[] = [{ ...at, newText }];
    // Nobody looks for a password in a log; a token or a cookie may tell which session a line is about.
    const isRead = /^(?:load|free|member|index)$/.test(code.op(op).op);
    const grade =
      isRead && /passw(?:or)?d|passphrase/i.test(code.text(code.op(op).span))
        ? "safe"
        : "suggested";
    return [{ title, grade, edits: [{ file: code.file, edits }] }];
  },
});
