import { isOfAdministrators } from "../server/rule/administrators.ts";
import { beginningsAt } from "../server/rule/begins.ts";
import { unlessConnected } from "../server/rule/connector.ts";
import { redirectEdit } from "../server/rule/fix/url.ts";
import { type Hit, kindBit, rule } from "../server/rule/rule.ts";
import { followsRedirects, hostIsFixed, isBrowserCode } from "../server/rule/url.ts";

export default rule({
  id: "ssrf-redirects-followed",
  title: "Checked URL, unchecked redirects",
  category: "ssrf",
  severity: "medium",
  cwe: [918],
  owasp: ["A10:2021", "A01:2025"],
  flow: {
    from: ["remote"],
    to: "url",
    // Only the host was checked: a URL that equals a known one as a whole (then everything is cleared) is trusted further.
    keep: (hit, cleared) => cleared && (hit.cleared & kindBit("sql")) === 0,
    accept(hit, context) {
      const code = context.code(hit.site.item);
      if (code === undefined || hostIsFixed(hit) || isBrowserCode(code)) return undefined;
      const connected = unlessConnected(hit, code, context);
      if (connected === undefined) return undefined;
      if (String(hit.row.data?.option ?? "") === "" || followsRedirects(hit, code) !== "yes")
        return undefined;
      // One host of the program's own choice does not lead elsewhere, but where it is taken over.
      const isOneHost = beginningsAt(code, hit.site.op).includes("host");
      return isOneHost || isOfAdministrators(hit, context)
        ? { ...connected, severity: "low" }
        : connected;
    },
  },
  say: ({ hit }) => ({
    what: `The host is checked once, but ${String(hit?.row.data?.api ?? "the client")} follows redirects to any other.`,
    why: "An allowed host with an open redirect, or one that is taken over, sends your server on to http://169.254.169.254/ or an internal service.",
    fix: `Pass ${advice(hit)}, or follow redirects yourself and check every hop.`,
  }),
  fixes: (match, code) => {
    const edit = redirectEdit(match, code);
    const title = "Do not follow redirects";
    if (edit === undefined)
      return [
        {
          title,
          grade: "manual",
          edits: [],
          reason: `Set ${advice(match.hit)} for this call. No edit is offered: its options are not written here.`,
        },
      ];
    return [{ title, grade: "suggested", edits: [{ file: code.file, edits: [edit] }] }];
  },
});

function advice(hit: Hit | undefined): string {
  const option = String(hit?.row.data?.option ?? "");
  const off = String(hit?.row.data?.off ?? "");
  return option.includes(".")
    ? `${option.slice(option.indexOf(".") + 1)}: ${off}`
    : `${option}=${off}`;
}
