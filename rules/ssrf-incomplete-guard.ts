import { unlessConnected } from "../server/rule/connector.ts";
import { ssrfFixes } from "../server/rule/fix/url.ts";
import { type Context, type Hit, type Match, rule, WEAK_GUARD } from "../server/rule/rule.ts";
import { type GuardKind, guardKind, hostIsFixed, isBrowserCode } from "../server/rule/url.ts";
import { PUBLIC_CLIENTS } from "./helpers/index.ts";

const WHAT: Readonly<Record<GuardKind, string>> = {
  dns: "The check resolves the name once; the client resolves it again when it connects.",
  ip: "The check compares IP addresses, but the host of a URL is usually a name.",
  denylist: "The check compares the host with a list of forbidden ones.",
  part: "The check looks for a piece of text in the URL.",
  regex: "The check matches the URL against a pattern that leaves the host open.",
  scheme: "The check looks at the scheme, not at the host.",
  other: "The URL is checked, but the check does not say which hosts may be called.",
};
const WHY: Readonly<Record<GuardKind, string>> = {
  dns: "An attacker's name server answers with a public address first and with 127.0.0.1 a moment later (DNS rebinding).",
  ip: "A name that points to 127.0.0.1 is either let through, or every real site is refused; ::ffff:169.254.169.254 and 64:ff9b:: addresses pass as well.",
  denylist:
    "No such list is complete: 0x7f.1, 2130706433, [::ffff:127.0.0.1] and any name that points inside are missing from it.",
  part: "http://trusted.example.evil.com/ and http://evil.com/?trusted.example both contain the text.",
  regex: "Any host the pattern admits may be, or may point to, a machine of the internal network.",
  scheme:
    "A host of the internal network, or a public name that points to one, has an allowed scheme as well: internal services stay within reach.",
  other:
    "An attacker sends an address of the internal network that passes it, or a name of their own that points there.",
};

export default rule({
  id: "ssrf-incomplete-guard",
  title: "URL check that does not stop SSRF",
  category: "ssrf",
  severity: "high",
  cwe: [918],
  owasp: ["A10:2021", "A01:2025"],
  flow: {
    from: ["remote"],
    to: "url",
    keep: (hit, cleared) => !cleared && (hit.cleared & WEAK_GUARD) !== 0,
    accept(hit: Hit, context: Context) {
      const code = context.code(hit.site.item);
      if (code === undefined || hostIsFixed(hit) || isBrowserCode(code)) return undefined;
      const connected = unlessConnected(hit, code, context);
      if (connected === undefined) return undefined;
      return { ...connected, facts: { guard: guardKind(hit, context) } };
    },
  },
  say: (match) => {
    const guard = kindOf(match);
    return {
      what: WHAT[guard],
      why: WHY[guard],
      fix: "Accept only an exact host name from a list, or check the address at the moment of connecting; do not follow redirects.",
    };
  },
  fixes: (match, code, context) => ssrfFixes(match, code, context, PUBLIC_CLIENTS),
});

function kindOf(match: Match): GuardKind {
  return (match.facts?.guard ?? "other") as GuardKind;
}
