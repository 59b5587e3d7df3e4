import { alwaysBefore } from "../server/rule/control.ts";
import { setProperty } from "../server/rule/fix/arguments.ts";
import { given, onlyStore, origin, type Place } from "../server/rule/given.ts";
import {
  type Code,
  type Context,
  type Fix,
  type Observation,
  type Op,
  rule,
  type ValueId,
} from "../server/rule/rule.ts";
import { rowData } from "../server/rule/tokens.ts";
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
    sinks: ["upload-parser"],
    watch: ["upload.Size().%compared"],
    check(calls, context) {
      const parsers = calls.filter((c) => rowData(c, "upload-parser") !== undefined);
      if (parsers.length === 0) return [];
      return calls
        .filter((c) => c.paths.includes("upload.Size().%compared"))
        .flatMap((c) => {
          // Where the route does not show its parser, one with limits may be it.
          const own = parserOf(c, parsers, context);
          const asked = own === undefined ? parsers : [own];
          if (asked.some(isLimited)) return [];
          return [
            {
              item: c.site.item,
              span: c.site.span,
              op: c.site.op,
              call: c,
              confidence: c.guessed ? ("medium" as const) : ("high" as const),
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
    const [parser, another] = match.related ?? [];
    if (another !== undefined)
      return [
        {
          title,
          grade: "manual",
          edits: [],
          reason:
            "Pass limits: { fileSize, files } to the parser. No edit is offered: there are several, and the route does not show which is its own.",
        },
      ];
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
      .map((id) => limitAt(code, id, where, made))
      .find((text) => text !== undefined);
    const edit =
      size === undefined
        ? undefined
        : setProperty(where, made, 0, "limits", limits(size, where, made, context));
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

/** The limit as it can be written in the call that makes the parser: a constant that is set before it, or its value. */
function limitAt(code: Code, id: ValueId, where: Code, made: Op): string | undefined {
  const text = code.text(code.op(id).span);
  if (/^[\d_ *]+$/.test(text)) return text;
  if (!/^[A-Z][A-Z0-9_]*$/.test(text)) return undefined;
  const slot = where.ir.slots.indexOf(text);
  const store = where.ir.ops.findIndex((op) => op.op === "store" && op.slot === slot);
  const set = where.ir.ops[store];
  if (slot < 0 || set?.op !== "store" || onlyStore(where, text) === undefined) return undefined;
  if (alwaysBefore(where, store, where.ir.ops.indexOf(made))) return text;
  const value = where.text(where.op(set.value).span);
  return /^[\d_ *]+$/.test(value) ? value : undefined;
}

/** One file for each request, unless a route takes several. */
function limits(size: string, where: Code, made: Op, context: Context): string {
  const takesSeveral = where.ir.ops.some(
    (op) =>
      op.op === "member" &&
      /^(?:array|fields|any)$/.test(op.name) &&
      origin({ code: where, op: where.op(op.object), id: op.object }, context).op === made,
  );
  return takesSeveral ? `{ fileSize: ${size} }` : `{ fileSize: ${size}, files: 1 }`;
}

/** Limits are given, or cannot be seen. */
function isLimited(parser: Observation): boolean {
  return given(parser, rowData(parser, "upload-parser")?.limit).kind !== "absent";
}

/** The parser whose middleware stands beside the handler: `app.post("/", upload.single("file"), (req, res) => ...)`. */
function parserOf(
  compared: Observation,
  parsers: readonly Observation[],
  context: Context,
): Observation | undefined {
  for (let code = context.code(compared.site.item); code?.parent !== undefined; ) {
    const parent: Code | undefined = code.other(code.parent);
    if (parent === undefined) return undefined;
    const found = middlewareBeside(code, parent, context).flatMap((value) => {
      const made = madeBy(parent, value, context);
      return parsers.filter(
        (p) =>
          made !== undefined &&
          p.site.item === made.code.item &&
          p.site.span.start === made.op.span.start &&
          p.site.span.end === made.op.span.end,
      );
    });
    if (found[0] !== undefined) return found[0];
    code = parent;
  }
  return undefined;
}
/** The other arguments of the call that takes the function, written there or under its name. */
function middlewareBeside(code: Code, parent: Code, context: Context): ValueId[] {
  const { start } = code.absolute({ start: 0, end: 0 });
  const isHandler = (id: ValueId): boolean => {
    const place = origin({ code: parent, op: parent.op(id), id }, context);
    if (place.op.op !== "closure" || place.code.file !== code.file) return false;
    const at = place.code.absolute(place.op.span);
    return at.start <= start && start < at.end;
  };
  return parent.ir.ops.flatMap((op) => {
    if (op.op !== "call" || op.form !== "call") return [];
    const at = op.args.findIndex((a) => isHandler(a.value));
    return at < 0 ? [] : op.args.slice(0, at).map((a) => a.value);
  });
}
/** The call that made the object of `upload.single("file")`, of that in a list, or of a variable that holds it. */
function madeBy(code: Code, value: ValueId, context: Context): Place | undefined {
  const at = origin({ code, op: code.op(value), id: value }, context);
  if (at.op.op === "sequence") {
    const inside = at.op.elements.flatMap((e) => madeBy(at.code, e.value, context) ?? []);
    return inside[0];
  }
  if (at.op.op !== "call") return undefined;
  const callee = at.code.op(at.op.callee);
  if (callee.op !== "member") return at;
  return origin({ code: at.code, op: at.code.op(callee.object), id: callee.object }, context);
}
