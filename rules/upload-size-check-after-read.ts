import { boundedRead, parserLimit } from "../server/rule/fix/upload-limit.ts";
import { given } from "../server/rule/given.ts";
import { grouped } from "../server/rule/grouped.ts";
import { type Observation, rule } from "../server/rule/rule.ts";
import { rowData } from "../server/rule/tokens.ts";
import { lengthCheck } from "../server/rule/upload.ts";
import { parserOf } from "../server/rule/upload-parser.ts";

export default rule({
  id: "upload-size-check-after-read",
  title: "Size tested after the whole body is in memory",
  category: "uploads",
  severity: "medium",
  cwe: [400, 770],
  owasp: ["A04:2021", "A06:2025"],
  calls: {
    watch: ["upload.read"],
    check(call, context) {
      const code = context.code(call.site.item);
      const op = code?.op(call.site.op);
      if (code === undefined || op?.op !== "call" || op.args.length > 0) return undefined;
      const check = lengthCheck(code, call.site.op);
      if (check === undefined) return undefined;
      return {
        item: call.site.item,
        span: call.site.span,
        op: call.site.op,
        call,
        confidence: call.guessed ? "medium" : "high",
        facts: { limit: check.limit ?? "" },
      };
    },
  },
  project: {
    sinks: ["upload-parser"],
    watch: ["upload.Size().%compared"],
    check(calls, context, all) {
      const { parsers, byItem, isAnyLimited } = all.shared(parsersIn);
      if (parsers.length === 0) return [];
      return calls
        .filter((c) => c.paths.includes("upload.Size().%compared"))
        .flatMap((c) => {
          // Where the route does not show its parser, one with limits may be it.
          const own = parserOf(c, byItem, context);
          const asked = own === undefined ? parsers : [own];
          if (own === undefined ? isAnyLimited : isLimited(own)) return [];
          return [
            {
              item: c.site.item,
              span: c.site.span,
              op: c.site.op,
              call: c,
              confidence: c.guessed ? ("medium" as const) : ("high" as const),
              facts: refusalOf(asked[0]),
              related: asked.map((p) => ({
                item: p.site.item,
                span: p.site.span,
                text: "the parser has no limits",
              })),
            },
          ];
        });
    },
  },
  say: () => ({
    what: "The upload is read in full before its size is tested.",
    why: "A few requests with bodies of some gigabytes exhaust the server's memory; the test comes too late.",
    fix: "Read at most one byte more than the limit, or give the parser the limit (limits.fileSize); keep a body limit in the proxy as well.",
  }),
  fixes: (match, code, context) =>
    code.op(match.op ?? 0).op === "call"
      ? boundedRead(match, code)
      : parserLimit(match, code, context),
});

function parsersIn(calls: readonly Observation[]) {
  const parsers = calls.filter((c) => rowData(c, "upload-parser") !== undefined);
  const byItem = new Map<string, Observation[]>();
  for (const parser of parsers) grouped(byItem, parser.site.item, parser);
  return { parsers, byItem, isAnyLimited: parsers.some(isLimited) };
}

/** Limits are given, or cannot be seen. */
function isLimited(parser: Observation): boolean {
  return given(parser, rowData(parser, "upload-parser")?.limit).kind !== "absent";
}

/** The error with which the parser refuses a larger upload. */
function refusalOf(parser: Observation | undefined) {
  const data = parser === undefined ? undefined : rowData(parser, "upload-parser");
  return { error: String(data?.error ?? ""), code: String(data?.code ?? "") };
}
