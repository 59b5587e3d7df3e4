import { placeOf, sourceShape } from "../server/rule/filter.ts";
import { castFixes } from "../server/rule/fix/cast.ts";
import { type Context, type Hit, rule } from "../server/rule/rule.ts";

export default rule({
  id: "nosql-operator-injection",
  title: "Request object used as a database filter",
  category: "injection",
  severity: "high",
  cwe: [943],
  owasp: ["A03:2021", "A05:2025"],
  flow: {
    from: ["remote"],
    to: "nosql",
    accept(hit, context) {
      const place = placeOf(hit);
      if (place === undefined) return undefined;
      const shape = place === "where" ? "object" : sourceShape(hit, context);
      if (shape === "text") return undefined;
      // The name of the method is all that speaks for MongoDB.
      if (hit.guessed && !isMongo(hit, context)) return undefined;
      // Middleware that takes operators out of every request.
      if (context.requirement("express-mongo-sanitize") !== undefined) return undefined;
      return {
        facts: { place },
        ...(place === "whole" || shape === "object" ? {} : { confidence: "medium" }),
      };
    },
  },
  say: ({ facts }) =>
    facts?.place === "where"
      ? {
          what: "Request data becomes part of JavaScript that the database runs.",
          why: "' || '1'=='1 in the value makes the condition true for every document.",
          fix: "Compare fields instead: { name: { $eq: String(value) } }.",
        }
      : {
          what:
            facts?.place === "whole"
              ? "The request itself is the filter of a database query."
              : "A value that may be an object is put into the filter of a database query.",
          why: 'With {"password": {"$ne": null}} in the body the filter matches any document: a login without a password.',
          fix: "Make it a text first (String(value), str(value)), compare with { $eq: value }, or check the body against a schema.",
        },
  fixes: castFixes,
});

/** The file, or the program, has a driver of MongoDB. */
function isMongo(hit: Hit, context: Context): boolean {
  const code = context.code(hit.site.item);
  if (code?.language === "python") return /\b(?:pymongo|motor|PyMongo)\b/.test(code.fileText);
  return (
    /["'](?:mongoose|mongodb)["']/.test(code?.fileText ?? "") ||
    context.requirement("mongoose") !== undefined ||
    context.requirement("mongodb") !== undefined
  );
}
