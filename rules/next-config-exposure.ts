/** A setting of Next lets everybody use the server to fetch images, runs scripts in them, or shows the source. */
import { origin } from "../server/rule/given.ts";
import { isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Context,
  type Fix,
  type Match,
  type Op,
  type RecordEntry,
  rule,
  type Severity,
} from "../server/rule/rule.ts";

const CONFIG = /(?:^|\/)next\.config\.[cm]?[jt]s$/;
type Record = Op & { readonly op: "record" };

export default rule({
  id: "next-config-exposure",
  title: "Next setting that opens more than is needed",
  category: "configuration",
  severity: "medium",
  cwe: [918, 540],
  owasp: ["A05:2021", "A02:2025"],
  code: {
    may: /remotePatterns|dangerouslyAllowSVG|productionBrowserSourceMaps/,
    check(code, context) {
      if (!CONFIG.test(code.file) || isTest(code.file)) return [];
      return code.ir.ops.flatMap((op, id) =>
        op.op === "record" ? inspect({ code, context, id }, op) : [],
      );
    },
  },
  say: ({ facts }) => {
    switch (facts?.kind) {
      case "hosts":
        return {
          what: "The server fetches images of every host, whoever asks for them.",
          why: "Anybody sends addresses to /_next/image: your server fetches large pictures for them, pays for it, and asks hosts that only it reaches.",
          fix: "Name the hosts that the pages show images of.",
        };
      case "svg":
        return {
          what:
            facts.weak === true
              ? "SVG images are handed out, and contentSecurityPolicy lets their scripts run."
              : "SVG images of every host are handed out from this site.",
          why: "An SVG is a document with scripts: one that somebody made runs in the name of your site for whoever opens its address.",
          fix: "Leave dangerouslyAllowSVG out, or keep contentSecurityPolicy with script-src 'none' and sandbox, contentDispositionType attachment, and hosts by name.",
        };
      default:
        return {
          what: "The source maps of the pages are handed out in production.",
          why: "Everybody reads the source as it was written, with comments, names of internal routes and what else nobody meant to show.",
          fix: "Leave it out, or upload the maps to the service that reads errors and delete them from the build.",
        };
    }
  },
  fixes: (match, code) => [fix(match, code)],
});

interface At {
  readonly code: Code;
  readonly context: Context;
  readonly id: number;
}

function inspect({ code, context, id }: At, record: Record): readonly Match[] {
  const told = (
    entry: { readonly span: Match["span"] },
    severity: Severity,
    facts: Match["facts"] & {},
  ): Match => ({
    item: code.item,
    span: entry.span,
    op: id,
    severity,
    confidence: "high",
    facts,
  });
  const entry = (name: string): RecordEntry | undefined =>
    record.entries.findLast(({ key }) => key === name);
  const is = (name: string, value: unknown): boolean => {
    const found = entry(name);
    const op = found === undefined ? undefined : code.op(found.value);
    return op?.op === "const" && op.value === value;
  };
  const out: Match[] = [];
  const maps = entry("productionBrowserSourceMaps");
  if (maps !== undefined && is("productionBrowserSourceMaps", true))
    out.push(told(maps, "low", { kind: "maps" }));
  // The optimizer is off: nothing is fetched by the server.
  if (is("unoptimized", true)) return out;
  const patterns = entry("remotePatterns");
  const open = patterns === undefined ? [] : openHosts(code, patterns, context);
  for (const host of open) out.push(told(host, host.isPlain ? "medium" : "low", { kind: "hosts" }));
  const svg = entry("dangerouslyAllowSVG");
  if (svg !== undefined && is("dangerouslyAllowSVG", true)) {
    const policy = entry("contentSecurityPolicy");
    const weak = policy !== undefined && isWeak(code.text(code.op(policy.value).span));
    // What Next sends by itself (script-src 'none'; sandbox) lets no script run.
    if (weak || open.length > 0) out.push(told(svg, "medium", { kind: "svg", weak }));
  }
  return out;
}
function isWeak(policy: string): boolean {
  return !/sandbox/.test(policy) && !/script-src\s+'none'|default-src\s+'none'/.test(policy);
}

/** Patterns that every host fits; `isPlain`: over plain HTTP as well. */
function openHosts(
  code: Code,
  { value }: RecordEntry,
  context: Context,
): readonly { readonly span: Match["span"]; readonly isPlain: boolean }[] {
  const { code: at, op } = origin({ code, op: code.op(value), id: value }, context);
  if (op.op !== "sequence" || at.file !== code.file || at.item !== code.item) return [];
  return op.elements.flatMap(({ value: one }) => {
    const pattern = at.op(one);
    if (pattern.op !== "record") return [];
    const text = (name: string): unknown => {
      const found = pattern.entries.findLast(({ key }) => key === name);
      const made = found === undefined ? undefined : at.op(found.value);
      return made?.op === "const" ? made.value : undefined;
    };
    const host = pattern.entries.findLast(({ key }) => key === "hostname");
    const name = text("hostname");
    return host !== undefined && (name === "**" || name === "*")
      ? [{ span: host.span, isPlain: text("protocol") !== "https" }]
      : [];
  });
}

function fix({ facts, span }: Match, code: Code): Fix {
  if (facts?.kind === "hosts")
    return {
      title: "Name the hosts",
      grade: "manual",
      edits: [],
      reason: "Which hosts the pages show images of only you can tell: one pattern for each.",
    };
  const { start, end } = code.absolute(span);
  const text = code.fileText.slice(start, end);
  const at = text.lastIndexOf("true");
  return {
    title: "Switch it off",
    grade: "suggested",
    edits: [
      {
        file: code.file,
        edits: [{ start: start + at, end: start + at + 4, newText: "false" }],
      },
    ],
  };
}
