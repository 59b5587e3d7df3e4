import { setProperty } from "../server/rule/fix/arguments.ts";
import { type Fix, type Observation, rule } from "../server/rule/rule.ts";
import { lengthCheck } from "../server/rule/upload.ts";

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
    // A parser without limits keeps the upload in memory before the handler sees its size.
    watch: ["multer", "upload.Size().%compared"],
    check(calls) {
      const parsers = calls.filter((c) => c.paths.includes("multer"));
      const limited = parsers.some((p) => (p.args[0] === undefined ? false : !isWithoutLimits(p)));
      if (parsers.length === 0 || limited) return [];
      return calls
        .filter((c) => c.paths.includes("upload.Size().%compared"))
        .map((c) => ({
          item: c.site.item,
          span: c.site.span,
          op: c.site.op,
          call: c,
          confidence: c.guessed ? "medium" : "high",
          related: parsers.map((p) => ({
            item: p.site.item,
            span: p.site.span,
            text: "the parser has no limits",
          })),
        }));
    },
  },
  say: () => ({
    what: "The upload is read in full before its size is tested.",
    why: "A few requests with bodies of some gigabytes exhaust the server's memory; the test comes too late.",
    fix: "Read at most one byte more than the limit, or give the parser the limit (limits.fileSize); keep a body limit in the proxy as well.",
  }),
  fixes(match, code, context): readonly Fix[] {
    const call = match.op === undefined ? undefined : code.op(match.op);
    const limit = String(match.facts?.limit ?? "");
    if (call?.op === "call") {
      const title = "Read no more than the limit";
      if (!/^[\w.]+$|^[\d_ *]+$/.test(limit))
        return [
          {
            title,
            grade: "manual",
            edits: [],
            reason:
              "Pass read() one byte more than the limit. No edit is offered: the limit has no name in this function.",
          },
        ];
      const at = code.absolute(call.argsSpan);
      return [
        {
          title,
          grade: "suggested",
          edits: [
            {
              file: code.file,
              edits: [{ start: at.start, end: at.end, newText: `(${limit} + 1)` }],
            },
          ],
        },
      ];
    }
    const title = "Give the parser the limit";
    const parser = match.related?.[0];
    const where = parser === undefined ? undefined : context.code(parser.item);
    const compare = call?.op === "compare" ? call : undefined;
    const made = where?.ir.ops.find(
      (o) =>
        o.op === "call" && o.span.start === parser?.span.start && o.span.end === parser?.span.end,
    );
    if (
      where === undefined ||
      made?.op !== "call" ||
      compare === undefined ||
      where.file !== code.file
    )
      return [
        {
          title,
          grade: "manual",
          edits: [],
          reason:
            "Pass limits: { fileSize, files } to the parser. No edit is offered: it is made in another place.",
        },
      ];
    const size = [compare.left, compare.right]
      .map((id) => code.text(code.op(id).span))
      .find((t) => /^[A-Z][A-Z0-9_]*$|^[\d_ *]+$/.test(t));
    const edit =
      size === undefined
        ? undefined
        : setProperty(where, made, 0, "limits", `{ fileSize: ${size}, files: 1 }`);
    if (edit === undefined)
      return [
        {
          title,
          grade: "manual",
          edits: [],
          reason:
            "Pass limits: { fileSize, files } to the parser. No edit is offered: the limit is no constant.",
        },
      ];
    return [{ title, grade: "suggested", edits: [{ file: where.file, edits: [edit] }] }];
  },
});

function isWithoutLimits(parser: Observation): boolean {
  const options = parser.args[0]?.value;
  return options?.fields !== undefined && options.closed === true && !options.fields.has("limits");
}
