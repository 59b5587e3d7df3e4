import { beginningsAt } from "../server/rule/begins.ts";
import { isCheckedElsewhere } from "../server/rule/checked.ts";
import { redirectFixes } from "../server/rule/fix/redirect.ts";
import { leftOpen, type Open, openPart, setsLocation } from "../server/rule/redirect.ts";
import {
  type Context,
  type Hit,
  type Match,
  markBit,
  rule,
  WEAK_GUARD,
} from "../server/rule/rule.ts";

export default rule({
  id: "open-redirect",
  title: "Redirect to an address from the request",
  category: "browser",
  severity: "medium",
  cwe: [601],
  owasp: ["A01:2021", "A01:2025"],
  flow: {
    from: ["remote", "client"],
    to: "redirect",
    accept(hit: Hit, context: Context): Partial<Match> | undefined {
      const code = context.code(hit.site.item);
      if (code === undefined || !setsLocation(hit, code)) return undefined;
      const open = openPart(hit, context);
      const left = leftOpen(hit, context);
      if (open === "none" || left === "nothing") return undefined;
      const isGuarded = (hit.cleared & WEAK_GUARD) !== 0;
      const runs = hit.row.data?.at === "page" && open === "whole" && !isGuarded;
      const facts = { open, left: left ?? "", runs };
      if (left === "backslash") return { severity: "low", facts };
      // What a call out of sight makes of it may be an address of the site, or one that was looked up.
      if ((hit.marks & markBit("unknown-call")) !== 0 || isCheckedElsewhere(hit, context))
        return { confidence: "low", facts };
      // An address of the site ends with a slash more often than not.
      if (isGuarded && beginningsAt(code, hit.site.op).includes("unknown"))
        return { severity: "low", facts: { ...facts, begins: true } };
      return runs ? { severity: "high", facts } : { facts };
    },
  },
  say: ({ hit, facts }) => ({
    what: WHAT[String(facts?.left)] ?? `${what(hit, facts?.open as Open)}.`,
    why:
      facts?.begins === true
        ? "If what it is compared with does not end with a slash, an address as https://own.example.evil.example/ begins like it."
        : (WHY[String(facts?.left)] ?? why(hit, facts?.open as Open, facts?.runs === true)),
    fix: "Go only to paths of your own site, which begin with one / and with neither // nor /\\, or compare the host with your own.",
  }),
  fixes: (match, code, context) => redirectFixes(match, code, context),
});

const WHAT: Readonly<Record<string, string>> = {
  slash:
    "The check only asks for a slash at the start, and an address of another site may begin with two.",
  backslash: 'The check refuses "//", but browsers read "/\\" in the same way.',
};
const WHY: Readonly<Record<string, string>> = {
  slash:
    "A link to your site with //evil.example in it leads on to a copy of your site, where people sign in again.",
  backslash:
    "A link to your site with /\\evil.example in it leads on to a copy of it, where people sign in again.",
};

function what(hit: Hit | undefined, open: Open): string {
  const api = String(hit?.row.data?.api ?? "the redirect");
  const part = open === "host" || open === "end" ? "The host" : "The address";
  return hit?.row.data?.at === "page"
    ? `${part} that the page goes to by ${api} comes from outside of it`
    : `${part} that ${api} sends the browser to comes from the request`;
}

/** What an attacker puts into a link to the site. */
function why(hit: Hit | undefined, open: Open, runs: boolean): string {
  if (runs)
    return "A link to your site with javascript:... in it runs the attacker's code in the page; one with https://evil.example/ leads on to a copy of it.";
  const sent: Readonly<Record<Open, string>> = {
    whole: "https://evil.example/",
    slash: '"/evil.example", which makes "//evil.example" of it,',
    host: "evil.example",
    end: '".evil.example" or "@evil.example", which makes another host of it,',
    none: "",
  };
  return `A link to your site with ${sent[open]} in it leads on to a copy of your site, where people sign in again${hit?.row.data?.at === "page" ? "" : ", and takes tokens in the address along"}.`;
}
