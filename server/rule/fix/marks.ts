/** Quotation marks for texts that are put into code, also into the holes of an f-string. */
import type { Code, Span } from "../rule.ts";
import { quoted } from "./arguments.ts";

/**
 * The quotation mark that can be written here: in an f-string, before Python 3.12, not the one that encloses it. Undefined where
 * neither can be.
 */
export function markAt(
  code: Code,
  span: Span,
): { readonly own: string; readonly other: string; readonly inside: boolean } | undefined {
  const around = code.ir.ops.find(
    (op) =>
      op.op === "join" &&
      op.style !== "template" &&
      op.span.start <= span.start &&
      span.end <= op.span.end &&
      op.parts.some((p) => p.kind === "hole" && !isOutside(p.span, span)),
  );
  const written = around === undefined ? "" : code.text(around.span);
  // Of several that stand side by side all have the same, or the one around the value is not known.
  const marks = [...written.matchAll(/(?<![\w"'])(?:[rR]?[fF]|[fF][rR])(["'])/g)].map(([, m]) => m);
  const [mark] = marks;
  if (mark === undefined) return { own: '"', other: "'", inside: false };
  if (marks.some((other) => other !== mark)) return undefined;
  return mark === '"'
    ? { own: "'", other: '"', inside: true }
    : { own: '"', other: "'", inside: true };
}

function isOutside(hole: Span, span: Span): boolean {
  return span.end <= hole.start || hole.end <= span.start;
}

/** A text literal in the quotes the file uses, or in those that can stand at this place of it. */
export function quotedAt(code: Code, span: Span, text: string): string | undefined {
  if (code.language !== "python") return quoted(code, text);
  const mark = markAt(code, span);
  if (mark === undefined) return undefined;
  return mark.inside ? `${mark.own}${text}${mark.own}` : quoted(code, text);
}
