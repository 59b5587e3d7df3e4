/** Fixes for commands: the values that are put into a shell's line are quoted. */
import type { Code, Edit, Fix, Match, Part } from "../rule.ts";
import { spread } from "../rule.ts";
import { importEdit } from "./imports.ts";

const TITLE = "Quote the values for the shell";

/** `manual`: the data is no part of a shell's line, or quoting does not help. */
export function quoteFixes(match: Match, code: Code, manual: boolean): readonly Fix[] {
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
    return refuse(`${advice} No edit is offered: a value stands between quotes.`);
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

type Alt = NonNullable<NonNullable<Match["hit"]>["value"]["alts"]>[number];

/**
 * The holes that hold data, and whether quotes of the command are open around them; undefined if there are none, or if several
 * came from one place, as the elements of a list that is joined.
 */
export function holesOf(
  alt: Alt | undefined,
): readonly { readonly part: Part; readonly quoted: boolean }[] | undefined {
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
