import { isOfAdministrators } from "../server/rule/administrators.ts";
import { escapeHoles } from "../server/rule/fix/escape.ts";
import { type Code, type Hit, type Match, markBit, rule } from "../server/rule/rule.ts";
import { surroundings } from "../server/rule/surroundings.ts";
import { sameAs, usesOf } from "../server/rule/uses.ts";

export default rule({
  id: "regex-user-pattern",
  title: "Regular expression built from request data",
  category: "injection",
  severity: "medium",
  cwe: [1333, 400],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["remote"],
    to: "regex",
    accept(hit, context): Partial<Match> | undefined {
      const code = context.code(hit.site.item);
      if (code === undefined || isLimited(hit, code)) return undefined;
      const where = usedIn(hit, code);
      if (where === "nothing") return undefined;
      const isWhole = surroundings(hit).every(({ before, after }) => before + after === "");
      // A call out of sight may escape; what is put into a record is run elsewhere, mostly by a database with bounds of its own.
      const isUnsure =
        where === "record" ||
        (hit.marks & markBit("unknown-call")) !== 0 ||
        isOfAdministrators(hit, context);
      return {
        facts: { where, whole: isWhole },
        ...(isUnsure ? { confidence: "low" as const } : {}),
      };
    },
  },
  say: ({ facts }) => ({
    what:
      facts?.whole === true
        ? "The client writes the regular expression that is matched."
        : "Request data becomes part of a regular expression.",
    why: "A pattern such as (.+)+# tries more ways than it can ever finish on thirty letters: one request keeps the process busy, and .* matches what was not to be found.",
    fix: "Escape the value (re.escape, RegExp.escape) or look for it with plain text search; where patterns are wanted, use an engine that cannot backtrack, such as RE2.",
  }),
  fixes: (match, code) =>
    escapeHoles(match, code, {
      title: "Match the value as plain text",
      advice:
        code.language === "python"
          ? "Put re.escape around the value."
          : "Escape the value with RegExp.escape or lodash's escapeRegExp.",
      whole: true,
      ...(code.language === "python"
        ? { wanted: { module: "re", name: "escape" } }
        : {
            wrap: (_local: string, text: string) =>
              `String(${text}).replace(/[.*+?^\${}()|[\\]\\\\]/g, "\\\\$&")`,
          }),
    }),
});

/** It is told how long it may take. */
function isLimited(hit: Hit, code: Code): boolean {
  const { limit } = hit.row.data ?? {};
  const call = code.op(hit.site.op);
  return limit !== undefined && call.op === "call" && call.args.some((a) => a.name === limit);
}

/** What becomes of the pattern: "nothing" where it is only compiled to see whether it can be. */
function usedIn(hit: Hit, code: Code): "nothing" | "record" | "call" {
  const result = hit.site.op;
  if (hit.row.data?.compiles !== true) return "call";
  const { names, whole } = usesOf(code, result);
  // A function inside may use it.
  if (names.length > 0 || code.ir.holes.length > 0) return "call";
  if (!whole) return "nothing";
  const same = sameAs(code, result);
  const isKept = code.ir.ops.some(
    (op) =>
      (op.op === "record" && op.entries.some((e) => same.has(e.value))) ||
      ((op.op === "setMember" || op.op === "setIndex") && same.has(op.value)),
  );
  const isPassed = code.ir.ops.some(
    (op) => op.op === "call" && op.args.some((a) => same.has(a.value)),
  );
  return isKept && !isPassed ? "record" : "call";
}
