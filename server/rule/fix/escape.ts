/** Fixes that put a function around each value where it becomes part of a text. */
import type { Code, Edit, Fix, Match, Value } from "../rule.ts";
import { type ImportEdit, importEdit, type Wanted } from "./imports.ts";
import { holesOf } from "./quote.ts";

export interface Escape {
  readonly title: string;
  /** What to do by hand, as a sentence. */
  readonly advice: string;
  /** What makes a value harmless; absent where the program has no such function. */
  readonly wanted?: Wanted;
  /** What is put around the value, if it is more than a call. */
  readonly wrap?: (local: string, text: string, value: Value | undefined) => string;
}

/** Each hole that holds data, or the whole text where there is nothing else, is given to the function. */
export function escapeHoles(match: Match, code: Code, how: Escape): readonly Fix[] {
  const { title, advice, wanted } = how;
  const refuse = (why: string): readonly Fix[] => [
    { title, grade: "manual", edits: [], reason: `${advice} No edit is offered: ${why}.` },
  ];
  const { hit } = match;
  if (hit === undefined || wanted === undefined) return refuse("the program has no such function");
  const holes = holesOf(hit.value.alts?.length === 1 ? hit.value.alts[0] : undefined);
  if (holes === undefined || holes.some(({ part }) => part.item !== code.item))
    return refuse("the text is not put together here");
  const brought = importEdit(code, wanted);
  const edits = wrapped(code, holes, brought, how.wrap);
  return edits === undefined
    ? refuse("a value is written over several lines")
    : [{ title, grade: "suggested", edits: [{ file: code.file, edits }] }];
}

function wrapped(
  code: Code,
  holes: NonNullable<ReturnType<typeof holesOf>>,
  { edit, local }: ImportEdit,
  wrap: NonNullable<Escape["wrap"]> = (name, text) => `${name}(${text})`,
): Edit[] | undefined {
  const edits: Edit[] = edit === undefined ? [] : [edit];
  for (const { part } of holes) {
    const text = code.text(part.span);
    if (text === "" || /[\r\n]/.test(text)) return undefined;
    edits.push({ ...code.absolute(part.span), newText: wrap(local, text, part.value) });
  }
  return edits;
}
