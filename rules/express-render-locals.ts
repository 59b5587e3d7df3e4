import { isWhole, sourceFields } from "../server/rule/filter.ts";
import { type Context, type Match, markBit, rule } from "../server/rule/rule.ts";

/** Engines that read options from the same object as the template's variables. */
const MIXING = [
  "ejs",
  "pug",
  "hbs",
  "express-handlebars",
  "eta",
  "squirrelly",
  "express-ejs-layouts",
];
/** Engines that do not. */
const APART = ["nunjucks", "mustache-express", "liquidjs", "liquid-express-views"];

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
      if (hit.row.data?.rule !== "express-render-locals" || isApart(context)) return undefined;
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

function isApart(context: Context): boolean {
  const has = (name: string): boolean => context.requirement(name) !== undefined;
  return APART.some(has) && !MIXING.some(has);
}
