/** Fixes for commands: the values that are put into a shell's line are quoted. */
import type { Code, Context, Edit, Fix, Match, Part, ValueId } from "../rule.ts";
import { spread } from "../rule.ts";
import { importEdit } from "./imports.ts";
import { textValue } from "./text-value.ts";

const TITLE = "Quote the values for the shell";

/** `manual`: the data is no part of a shell's line, or quoting does not help. */
export function quoteFixes(
  match: Match,
  code: Code,
  context: Context,
  manual: boolean,
): readonly Fix[] {
  const refuse = (reason: string): readonly Fix[] => [
    { title: "Run the program without a shell", grade: "manual", edits: [], reason },
  ];
  const { hit } = match;
  const advice =
    code.language === "python"
      ? 'Use subprocess.run(["program", "--", value], check=True) without shell=True.'
      : 'Use execFile("program", ["--", value]) in place of a command line.';
  if (manual || hit === undefined) return refuse(advice);
  if (code.language !== "python")
    return refuse(
      `${advice} No edit is offered: which words are arguments is the author's to say.`,
    );
  const holes = holesOf(hit.value.alts?.length === 1 ? hit.value.alts[0] : undefined);
  if (holes === undefined || holes.some(({ part }) => part.item !== code.item))
    return refuse(`${advice} No edit is offered: the command is not put together here.`);
  if (holes.some(({ quoted }) => quoted))
    return inQuotes(match, code, context, holes, refuse, advice);
  const wanted = importEdit(code, { module: "shlex", name: "quote" });
  const edits: Edit[] = wanted.edit === undefined ? [] : [wanted.edit];
  for (const { part } of holes) {
    const text = code.text(part.span);
    if (text === "" || /[\r\n]/.test(text)) return refuse(advice);
    const { start, end } = code.absolute(part.span);
    edits.push({ start, end, newText: `${wanted.local}(${text})` });
  }
  return [{ title: TITLE, grade: "suggested", edits: [{ file: code.file, edits }] }];
}

/**
 * `'{name}'` in an f-string: between these quotes a shell reads everything as it is but the quote itself, and so it does what `quote`
 * makes of the value.
 */
function inQuotes(
  { hit }: Match,
  code: Code,
  context: Context,
  holes: readonly Hole[],
  refuse: (reason: string) => readonly Fix[],
  advice: string,
): readonly Fix[] {
  const why = refuse(`${advice} No edit is offered: a value stands between quotes.`);
  const wanted = importEdit(code, { module: "shlex", name: "quote" });
  const edits: Edit[] = wanted.edit === undefined ? [] : [wanted.edit];
  let isSame = hit?.marks === 0;
  for (const { part } of holes) {
    const join = code.ir.ops.find(
      (op) =>
        op.op === "join" &&
        op.style === "fstring" &&
        op.parts.some((p) => p.kind === "hole" && isAt(code, p.value, part)),
    );
    const text = code.text(part.span);
    const { start, end } = code.absolute(part.span);
    const around = code.fileText.slice(start - 2, start) + code.fileText.slice(end, end + 2);
    if (join === undefined || around !== "'{}'" || /["'\r\n]/.test(text)) return why;
    // Within an f-string of single quotes these end it, or are written otherwise.
    if (!/^[fF][rR]?"|^[rR][fF]"/.test(code.text(join.span))) return why;
    const id = code.ir.ops.findIndex((_op, i) => isAt(code, i, part));
    const isText = id >= 0 && textValue(code, id as ValueId, context) === "text";
    isSame &&= isText;
    const value = isText ? text : `str(${text})`;
    edits.push({ start: start - 2, end: end + 2, newText: `{${wanted.local}(${value})}` });
  }
  const grade = isSame ? "safe" : "suggested";
  return [{ title: TITLE, grade, edits: [{ file: code.file, edits }] }];
}
function isAt(code: Code, id: number, { span }: Part): boolean {
  const own = code.op(id as ValueId).span;
  return own.start === span.start && own.end === span.end;
}

interface Hole {
  readonly part: Part;
  readonly quoted: boolean;
}
type Alt = NonNullable<NonNullable<Match["hit"]>["value"]["alts"]>[number];

/**
 * The holes that hold data, and whether quotes of the command are open around them; undefined if there are none, or if several
 * came from one place, as the elements of a list that is joined.
 */
export function holesOf(alt: Alt | undefined): readonly Hole[] | undefined {
  if (alt === undefined || "const" in alt) return undefined;
  const out: { part: Part; quoted: boolean }[] = [];
  let open = "";
  for (const part of alt.parts) {
    if (part.text === undefined) {
      if (part.value !== undefined && spread(part.value).length > 0)
        out.push({ part, quoted: open !== "" });
      continue;
    }
    for (const c of part.text) {
      if (open === "" && (c === "'" || c === '"')) open = c;
      else if (c === open) open = "";
    }
  }
  const spans = out.map(({ part }) => part.span).sort((a, b) => a.start - b.start);
  const isApart = spans.every((span, i) => i === 0 || span.start >= (spans[i - 1]?.end ?? 0));
  return out.length === 0 || !isApart ? undefined : out;
}
