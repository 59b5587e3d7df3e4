/** Fixes for uploads that are measured too late. */
import { alwaysBefore } from "../control.ts";
import { onlyStore, origin } from "../given.ts";
import type { Code, Context, Fix, Match, Op, ValueId } from "../rule.ts";
import { refusesLonger } from "../upload.ts";
import { setProperty } from "./arguments.ts";
import { refuseTooLarge } from "./upload-refusal.ts";

export function boundedRead(match: Match, code: Code): readonly Fix[] {
  const call = code.op(match.op ?? 0);
  if (call.op !== "call") return [];
  const limit = String(match.facts?.limit ?? "");
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
      // Cut off behind the limit, it would otherwise be taken for the whole.
      grade: refusesLonger(code, match.op ?? 0) ? "safe" : "suggested",
      edits: [
        {
          file: code.file,
          edits: [{ start: at.start, end: at.end, newText: `(${limit} + 1)` }],
        },
      ],
    },
  ];
}

export function parserLimit(match: Match, code: Code, context: Context): readonly Fix[] {
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
  const call = code.op(match.op ?? 0);
  const compare = call.op === "compare" ? call : undefined;
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
  const refused = refuseTooLarge(match, code, { code: where, op: made }, context);
  return [
    {
      title:
        refused === undefined
          ? `${title}; answer its error (${String(match.facts?.code)}) with 413 yourself`
          : title,
      grade: "suggested",
      edits: [{ file: where.file, edits: [edit, ...(refused ?? [])] }],
    },
  ];
}

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
