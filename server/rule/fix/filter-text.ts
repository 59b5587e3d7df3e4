/** Fixes for texts with conditions of PostgREST: a value is put in double quotes, and what would end it is escaped. */
import type { JoinPart } from "../../ir/ir.ts";
import type { Code, Edit, Fix, Match, Op } from "../rule.ts";
import { single } from "../stores.ts";

const TITLE = "Quote and escape the values";

export function quoteValues(match: Match, code: Code): readonly Fix[] {
  const refuse = (why: string): readonly Fix[] => [
    {
      title: TITLE,
      grade: "manual",
      edits: [],
      reason: `Use a method that takes one value, or put double quotes around each value and a backslash before each quote and backslash in it. No edit is offered: ${why}.`,
    },
  ];
  const { hit } = match;
  if (hit === undefined || hit.arg < 0) return refuse("the text is not written in this place");
  const join = code.op(single(code, hit.arg));
  if (join.op !== "join" || join.style !== "template")
    return refuse(
      join.op === "join"
        ? "quotes inside this kind of text depend on the version of the language"
        : "the text is not written in this place",
    );
  const edits: Edit[] = [];
  for (const [at, part] of join.parts.entries())
    if (part.kind === "hole" && !quote(code, join, at, part, edits))
      return refuse("where a value begins and ends is not plain to see");
  return [{ title: TITLE, grade: "suggested", edits: [{ file: code.file, edits }] }];
}

type Hole = JoinPart & { readonly kind: "hole" };

/** `name.ilike.%${q}%` becomes `name.ilike."%${...}%"`; false where that is not the form. */
function quote(
  code: Code,
  join: Op & { readonly op: "join" },
  at: number,
  hole: Hole,
  edits: Edit[],
): boolean {
  const before = join.parts[at - 1];
  const after = join.parts[at + 1];
  if (before?.kind !== "text" || (after !== undefined && after.kind !== "text")) return false;
  const front = code.text(before.span);
  const back = after === undefined ? "" : code.text(after.span);
  const start = /(?:^|[,(])[\w.>-]+\.[a-z]+\.([^.,()"]*)$/.exec(front)?.[1];
  const end = /^([^,()".]*)(?:[,)]|$)/.exec(back)?.[1];
  if (start === undefined || end === undefined) return false;
  const value = code.op(hole.value);
  const span = code.absolute(value.span);
  const whole = code.absolute(hole.span);
  const text = code.text(value.span);
  if (/[\r\n]/.test(text)) return false;
  edits.push(
    { start: whole.start - start.length, end: whole.start - start.length, newText: '"' },
    { ...span, newText: `String(${text}).replace(/["\\\\]/g, "\\\\$&")` },
    { start: whole.end + end.length, end: whole.end + end.length, newText: '"' },
  );
  return true;
}
