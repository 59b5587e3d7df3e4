/** Edits for query languages in which `$name` stands for a value: XPath, Cypher. What is put into the text between quotes becomes one. */
import type { Code, Edit, Match } from "../rule.ts";
import { holesOf } from "./quote.ts";
import { rewrite } from "./sql-placeholders.ts";
import { changesBefore, isUsedElsewhere, sourceOf } from "./sql-source.ts";
import { nameFor, type Replacement, type SqlText } from "./sql-text.ts";

export interface NamedValue {
  readonly name: string;
  /** The expression for it. */
  readonly value: string;
  readonly op?: Replacement["op"];
}
export interface NamedValues {
  /** What becomes of the text. */
  readonly edits: readonly Edit[];
  readonly values: readonly NamedValue[];
}

/** A text says why not. `taken` are names that mean something else to the call. */
export function nameValues(
  match: Match,
  code: Code,
  taken: readonly string[],
): NamedValues | string {
  const { hit } = match;
  const call = hit === undefined ? undefined : code.op(hit.site.op);
  if (hit === undefined || hit.arg < 0 || call?.op !== "call")
    return "the call cannot be seen as a whole";
  const holes = holesOf(hit.value.alts?.length === 1 ? hit.value.alts[0] : undefined);
  const sources = sourceOf(code, hit.arg);
  const text = sources?.length === 1 ? sources[0]?.sql : undefined;
  if (
    holes === undefined ||
    text === undefined ||
    holes.some(({ part }) => part.item !== code.item)
  )
    return "the text is not put together in one place in this function";
  if (isUsedElsewhere(code, hit.arg)) return "the text is used in more than one place";
  const isData = (start: number, end: number): boolean =>
    holes.some(({ part }) => part.span.start === start && part.span.end === end);
  const out: Replacement[] = [];
  const names = new Set([...KEYWORDS, ...taken, ...call.args.map((a) => a.name ?? "")]);
  for (const [i, piece] of text.pieces.entries()) {
    if (piece.kind !== "hole") continue;
    if (!isData(piece.exprSpan.start, piece.exprSpan.end)) {
      if (text.form === "whole") return "a part of the text is not known";
      continue;
    }
    const quotes = quotesAround(text, i);
    if (quotes === undefined) return "a value does not stand alone between quotes";
    if (changesBefore(code, piece.expr, text.span.end, call.span.start))
      return "a value changes between the text and the call";
    const name = nameFor(piece.expr, names);
    out.push({ ...quotes, value: piece.expr, name, quoted: "value", op: piece.op });
  }
  return out.length === 0
    ? "no value can be told from the text"
    : { edits: rewrite(code, text, out, "$name", 0), values: out };
}
/** Names that a keyword argument of Python cannot have. */
const KEYWORDS =
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(
    " ",
  );

/** The stretch from the opening quote to the one that closes it, if the value is all that they hold. */
function quotesAround(
  text: SqlText,
  at: number,
): { readonly start: number; readonly end: number } | undefined {
  const before = text.pieces[at - 1];
  const after = text.pieces[at + 1];
  if (before?.kind !== "text" || after?.kind !== "text") return undefined;
  const [, slash, quote] = /(\\?)(['"])$/.exec(before.raw) ?? [];
  if (quote === undefined || !after.raw.startsWith(`${slash}${quote}`)) return undefined;
  const width = 1 + (slash?.length ?? 0);
  return { start: before.start + before.raw.length - width, end: after.start + width };
}

/** Behind the last argument, as keyword arguments. */
export function asKeywords(code: Code, match: Match, values: readonly NamedValue[]): Edit {
  return behindLast(code, match, values.map(({ name, value }) => `, ${name}=${value}`).join(""));
}
export function behindLast(code: Code, match: Match, newText: string): Edit {
  const call = match.hit === undefined ? undefined : code.op(match.hit.site.op);
  const last = call?.op === "call" ? call.args.at(-1)?.span : undefined;
  const { end } = code.absolute(last ?? match.span);
  return { start: end, end, newText };
}
/** As an object of JavaScript. */
export function asObject(values: readonly NamedValue[]): string {
  return `{ ${values.map(({ name, value }) => (name === value ? name : `${name}: ${value}`)).join(", ")} }`;
}
