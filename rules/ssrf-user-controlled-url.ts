import { isOfAdministrators } from "../server/rule/administrators.ts";
import { isCheckedElsewhere } from "../server/rule/checked.ts";
import { unlessConnected } from "../server/rule/connector.ts";
import { allowHostsAtSource, ssrfFixes } from "../server/rule/fix/url.ts";
import { type Hit, rule, WEAK_GUARD } from "../server/rule/rule.ts";
import { hostIsFixed, hostPart, isBrowserCode } from "../server/rule/url.ts";
import { PUBLIC_CLIENTS } from "./helpers/index.ts";

export default rule({
  id: "ssrf-user-controlled-url",
  title: "Outbound request to a user-controlled URL",
  category: "ssrf",
  severity: "critical",
  cwe: [918],
  owasp: ["A10:2021", "A01:2025"],
  flow: {
    from: ["remote"],
    to: "url",
    // A check that does not hold is the fault of ssrf-incomplete-guard.
    keep: (hit, cleared) => !cleared && (hit.cleared & WEAK_GUARD) === 0,
    accept(hit, context) {
      const code = context.code(hit.site.item);
      if (code === undefined || hostIsFixed(hit) || isBrowserCode(code)) return undefined;
      const connected = unlessConnected(hit, code, context);
      if (connected === undefined) return undefined;
      if (isOfAdministrators(hit, context))
        return { ...connected, severity: "low", facts: { administrators: true } };
      return isCheckedElsewhere(hit, context) ? { confidence: "medium" } : connected;
    },
  },
  say: ({ hit, facts }) => ({
    what: `The ${isWhole(hit) ? "address" : "host"} that ${api(hit)} calls comes from the request${facts?.administrators === true ? " of an administrator" : ""}.`,
    why: `The request leaves from your server: ${exploit(hit)}`,
    fix: "Compare the host name with a list of allowed hosts, or connect only to addresses checked to be public, and do not follow redirects.",
  }),
  fixes: (match, code, context) => ssrfFixes(match, code, context, PUBLIC_CLIENTS),
  fixesAtSource: (match, at, context) => allowHostsAtSource(match, at, context),
});

function isWhole(hit: Hit | undefined): boolean {
  return hit === undefined || hostPart(hit).part === "whole";
}

/** What an attacker sends, in the part of the address that is theirs. */
function exploit(hit: Hit | undefined): string {
  const { part, scheme } = hit === undefined ? { part: "whole", scheme: "" } : hostPart(hit);
  // Cloud metadata is served over plain HTTP.
  const isPlain = scheme === "http";
  const target = isPlain ? "169.254.169.254" : "localhost";
  const gain = isPlain
    ? "to read cloud credentials, or reaches services of the internal network."
    : "or the name of an internal service, to reach what the network hides.";
  switch (part) {
    case "host":
      return `an attacker sends ${target} as the host ${gain}`;
    case "start":
      return `an attacker sends "${target}/?", which makes a query of the text behind it, ${isPlain ? gain : "and reaches what the network hides."}`;
    case "end":
      return `an attacker sends "@${target}/", which makes a user name of the text in front of it, or ".evil.example/", which makes another host of it.`;
    default:
      return "an attacker sends http://169.254.169.254/ to read cloud credentials, or reaches services of the internal network.";
  }
}

function api(hit: Hit | undefined): string {
  return String(hit?.row.data?.api ?? "the client");
}
