import { ssrfFixes } from "../server/rule/fix/url.ts";
import { type Context, type Hit, kindBit, rule } from "../server/rule/rule.ts";
import { hasOwnConnector, hostIsFixed, isBrowserCode } from "../server/rule/url.ts";

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
    keep: (hit, cleared) => !cleared && (hit.cleared & kindBit("weak-guard")) === 0,
    accept(hit, context) {
      const code = context.code(hit.site.item);
      if (
        code === undefined ||
        hostIsFixed(hit) ||
        isBrowserCode(code) ||
        hasOwnConnector(hit, code)
      )
        return undefined;
      return isCheckedElsewhere(hit, context) ? { confidence: "medium" } : {};
    },
  },
  say: ({ hit }) => ({
    what: `The address that ${api(hit)} calls comes from the request.`,
    why: "The request leaves from your server: an attacker sends http://169.254.169.254/ to read cloud credentials, or reaches services of the internal network.",
    fix: "Compare the host name with a list of allowed hosts, or connect only to addresses checked to be public, and do not follow redirects.",
  }),
  fixes: (match, code) => ssrfFixes(match, code),
});

function api(hit: Hit | undefined): string {
  return String(hit?.row.data?.api ?? "the client");
}

/** A function that is out of sight and named like a check was given the address before the call. */
function isCheckedElsewhere(hit: Hit, context: Context): boolean {
  const code = context.code(hit.site.item);
  const arg = code?.op(hit.arg);
  if (code === undefined || arg === undefined) return false;
  const name = code.text(arg.span);
  return code.ir.ops.some((op) => {
    if (op.op !== "call" || op.span.start >= hit.site.span.start) return false;
    const callee = code.text(code.op(op.callee).span);
    return (
      /safe|valid|allow|trust|permit|public|verif|guard|check/i.test(callee) &&
      op.args.some((a) => code.text(a.span).includes(name))
    );
  });
}
