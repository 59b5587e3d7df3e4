/** Fixes that put a function around each value where it becomes part of a text. */
import type { Code, Context, Edit, Fix, Hit, Match, Span, Value, ValueId } from "../rule.ts";
import { type ImportEdit, importEdit, type Wanted } from "./imports.ts";
import { holesOf } from "./quote.ts";
import { textValue } from "./text-value.ts";

export interface Escape {
  readonly title: string;
  /** What to do by hand, as a sentence. */
  readonly advice: string;
  /** What makes a value harmless. */
  readonly wanted?: Wanted;
  /** What is put around the value, if it is more than a call; without both, the program has nothing that helps. */
  readonly wrap?: (local: string, text: string, value: Value | undefined) => string;
  /** A text that is all data may be escaped as a whole. */
  readonly whole?: boolean;
  /** For values that are certainly texts nothing changes but for those that attack. */
  readonly sameForTexts?: Context;
}

/** Each hole that holds data, or the whole text where there is nothing else, is given to the function. */
export function escapeHoles(match: Match, code: Code, how: Escape): readonly Fix[] {
  const { title, advice, wanted } = how;
  const refuse = (why: string): readonly Fix[] => [
    { title, grade: "manual", edits: [], reason: `${advice} No edit is offered: ${why}.` },
  ];
  const { hit } = match;
  if (hit === undefined || (wanted === undefined && how.wrap === undefined))
    return refuse("the program has no such function");
  const places = placesOf(hit, code, how.whole === true);
  if (places === undefined) return refuse("the text is not put together here");
  const brought = wanted === undefined ? { local: "" } : importEdit(code, wanted);
  const edits = wrapped(code, places, brought, how.wrap);
  if (edits === undefined) return refuse("a value is written over several lines");
  const { sameForTexts: context } = how;
  const isSame =
    context !== undefined && hit.marks === 0 && places.every((one) => isText(code, one, context));
  const grade = isSame ? "safe" : "suggested";
  return [{ title, grade, edits: [{ file: code.file, edits }] }];
}
function isText(code: Code, { span }: Place, context: Context): boolean {
  const { start, end } = span;
  const id = code.ir.ops.findIndex((op) => op.span.start === start && op.span.end === end);
  return id >= 0 && textValue(code, id as ValueId, context) === "text";
}

interface Place {
  readonly span: Span;
  readonly value?: Value | undefined;
}
function placesOf(hit: Hit, code: Code, whole: boolean): readonly Place[] | undefined {
  const { alts } = hit.value;
  if (whole && alts === undefined && hit.arg >= 0 && code.op(hit.arg).op !== "join")
    return [{ span: hit.argSpan, value: hit.value }];
  const holes = holesOf(alts?.length === 1 ? alts[0] : undefined);
  return holes?.every(({ part }) => part.item === code.item)
    ? holes.map(({ part }) => part)
    : undefined;
}

function wrapped(
  code: Code,
  places: readonly Place[],
  { edit, local }: ImportEdit,
  wrap: NonNullable<Escape["wrap"]> = (name, text) => `${name}(${text})`,
): Edit[] | undefined {
  const edits: Edit[] = edit === undefined ? [] : [edit];
  for (const { span, value } of places) {
    const text = code.text(span);
    if (text === "" || /[\r\n]/.test(text)) return undefined;
    edits.push({ ...code.absolute(span), newText: wrap(local, text, value) });
  }
  return edits;
}
