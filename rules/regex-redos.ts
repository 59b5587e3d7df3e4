import { type Match, rule } from "../server/rule/rule.ts";
import { isBounded, type SlowMatch, slowMatch } from "../server/rule/slow-match.ts";

const SHOWN = 12;

export default rule({
  id: "regex-redos",
  title: "Regular expression that can take forever",
  category: "injection",
  severity: "medium",
  cwe: [1333],
  owasp: ["A04:2021", "A06:2025"],
  flow: {
    from: ["remote"],
    to: "slow-match",
    accept(hit, context): Partial<Match> | undefined {
      const code = context.code(hit.site.item);
      if (code === undefined || isBounded(hit, code, context)) return undefined;
      const slow = slowMatch(hit, code, context);
      if (slow === undefined) return undefined;
      const { code: there, op } = slow.place;
      const isElsewhere =
        there.item !== code.item ||
        op.span.end <= hit.site.span.start ||
        op.span.start >= hit.site.span.end;
      return {
        facts: { text: attack(slow) },
        ...(isElsewhere
          ? { related: [{ item: there.item, span: op.span, text: "the pattern" }] }
          : {}),
      };
    },
  },
  say: ({ facts }) => ({
    what: "Request data is matched with a pattern that can read the same text in many ways.",
    why: `Each few letters more double the work: a request with ${String(facts?.text)} keeps the process busy for hours, and nobody else is served.`,
    fix: "Write the pattern so that a group that repeats cannot match the same letters in two ways, refuse long texts before, or use an engine that does not go back (RE2).",
  }),
  fixes: () => [
    {
      title: "Leave the pattern one way to match",
      grade: "manual",
      edits: [],
      reason:
        "Take one of two repetitions inside each other away (`(a+)+` is `a+`), or refuse long texts before. No edit is offered: what the pattern is meant to match is yours to say.",
    },
  ],
});

/** The beginning of a text that takes too long, and its end. */
function attack({ prefix, pump, suffix }: SlowMatch): string {
  const start = (prefix + pump.repeat(SHOWN)).slice(0, SHOWN);
  return JSON.stringify(`${start}…${suffix}`);
}
