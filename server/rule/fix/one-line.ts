/** Fixes for texts of which a line break makes two: the breaks of a value become spaces, and nothing else of it is changed. */
import type { Code, Context, Edit, Fix, Hit, Part, Span, ValueId } from "../rule.ts";
import { kindBit, spread } from "../rule.ts";
import { markAt } from "./marks.ts";
import { textValue } from "./text-value.ts";

/** The values that `hit` puts into a text in this function, a line each; undefined where they are not written here. */
export function oneLine(
  title: string,
  hit: Hit,
  code: Code,
  context: Context,
  parts: readonly Part[],
): Fix | undefined {
  const spans = parts.map(({ span }) => span);
  return wrapAll(title, code, context, hit, spans);
}

/** The argument of a call as a whole. */
export function argumentOnOneLine(
  title: string,
  hit: Hit,
  code: Code,
  context: Context,
): Fix | undefined {
  return hit.arg < 0 ? undefined : wrapAll(title, code, context, hit, [code.op(hit.arg).span]);
}

/** The pieces of a text that hold data, where all are written in this function. */
export function dataPieces(hit: Hit, code: Code): readonly Part[] | undefined {
  const [alt, ...more] = hit.value.alts ?? [];
  if (alt === undefined || more.length > 0 || "const" in alt) return undefined;
  const pieces = alt.parts.filter(
    ({ value }) =>
      value !== undefined &&
      spread(value).some((t) => t.kind === hit.kind && (t.cleared & kindBit(hit.sink)) === 0),
  );
  return pieces.length > 0 && pieces.every(({ item }) => item === code.item) ? pieces : undefined;
}

function wrapAll(
  title: string,
  code: Code,
  context: Context,
  hit: Hit,
  spans: readonly Span[],
): Fix | undefined {
  const edits: Edit[] = [];
  for (const span of spans) {
    const around = code.statement(span);
    const statement = code.fileText.slice(around?.start ?? 0, around?.end ?? 0);
    // Bytes are no text, and are not put together with one.
    if (code.language === "python" && /\b[rR]?[bB][rR]?["']/.test(statement)) return undefined;
    const newText = joined(code, span, context);
    if (newText === undefined) return undefined;
    edits.push({ ...code.absolute(span), newText });
  }
  const isSure = hit.marks === 0;
  return { title, grade: isSure ? "safe" : "suggested", edits: [{ file: code.file, edits }] };
}

/** The value as a text of one line. */
function joined(code: Code, span: Span, context: Context): string | undefined {
  const text = code.text(span);
  if (text === "" || /[\r\n]/.test(text)) return undefined;
  if (code.language === "javascript") return `String(${text}).replace(/[\\r\\n]+/g, " ")`;
  const quote = markAt(code, span);
  if (quote === undefined || (quote.inside && text.includes(quote.other))) return undefined;
  const id = code.ir.ops.findIndex((op) => same(op.span, span));
  const isText = id >= 0 && textValue(code, id as ValueId, context) === "text";
  const isSimple = /^[\w.]+(?:\([^()]*\)|\[[^[\]]*\])*$/.test(text);
  const value = isText && isSimple ? text : text.startsWith("str(") ? text : `str(${text})`;
  return `${quote.own} ${quote.own}.join(${value}.splitlines())`;
}

function same(a: Span, b: Span): boolean {
  return a.start === b.start && a.end === b.end;
}
