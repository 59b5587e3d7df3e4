import { isWhole, sourceFields } from "../server/rule/filter.ts";
import { type Context, type Hit, type Match, markBit, rule } from "../server/rule/rule.ts";

export default rule({
  id: "express-render-locals",
  title: "Whole request handed to a template",
  category: "injection",
  severity: "high",
  cwe: [94, 915],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["remote"],
    to: "fields",
    accept(hit, context): Partial<Match> | undefined {
      if (hit.row.data?.rule !== "express-render-locals" || isApart(hit, context)) return undefined;
      if (!isWhole(hit) || !sourceFields(hit, context)) return undefined;
      // What a function out of sight gives may be something else than what it was asked with.
      return (hit.marks & markBit("unknown-call")) === 0 ? {} : undefined;
    },
  },
  say: ({ hit }) => ({
    what: `Every field of the request becomes a variable of the template that ${String(hit?.row.data?.api ?? "the call")} renders.`,
    why: "Engines read their options from the same object: settings[view options] makes EJS run code of the client, layout makes Handlebars show other files.",
    fix: "Hand the template an object of your own, with the fields that it shows: { name: req.query.name }.",
  }),
  fixes: () => [
    {
      title: "Name the variables",
      grade: "manual",
      edits: [],
      reason:
        "Write an object with the fields that the template shows, or put the request under one name. No edit is offered: which names the template uses stands in another file.",
    },
  ],
});

/** Of the template engines that the program asks for, all keep their options apart from the variables. */
function isApart(hit: Hit, context: Context): boolean {
  const asked = (names: unknown): boolean =>
    String(names ?? "")
      .split(" ")
      .some((name) => name !== "" && context.requirement(name) !== undefined);
  return asked(hit.row.data?.apart) && !asked(hit.row.data?.mixing);
}
