/**
 * Places in a file, as people see them. The engine may know nothing of it; its text is given without the BOM that the client
 * counts; and of a notebook it is a program, whose places stand in cells.
 */
import type { FileId } from "../base/brand.ts";
import { lineStarts, positionAt, type Span } from "../base/text.ts";
import { isNotebook } from "../embedded/document.ts";
import { type Context, fileOf, locationOf, offsetOf, uriFor } from "./context.ts";
import { bomLength, clampedOffset } from "./document.ts";
import { offsetInProgram, placeInCell } from "./notebook.ts";
import type { OriginPlace } from "./origin-protocol.ts";

type Range = OriginPlace["range"];

export interface Places {
  /** What of a span people see: the parts of it that stand in one cell each. */
  parts(span: Span): readonly Span[];
  /** Of a span that stands in one part. */
  at(span: Span): OriginPlace;
}

/** Undefined for a file whose text, or of whose cells, nothing is known. */
export function placesIn(context: Context, file: FileId): Places | undefined {
  const { documents, embedded, origins } = context;
  const document = documents.get(file);
  const text = origins.text(file);
  if (text === undefined) return undefined;
  if (!isNotebook(file) && document?.notebook === undefined) {
    const bom = bomLength(document?.text ?? "");
    const uri = uriFor(context, file);
    const { range } = linesOf(text, bom);
    return { parts: (span) => [span], at: (span) => ({ uri, range: range(span) }) };
  }
  const { notebook } = document ?? {};
  const closed = embedded.get(file)?.file;
  const program = notebook?.program ?? closed?.program;
  if (program === undefined) return undefined;
  const parts = (span: Span): Span[] =>
    program.parts.flatMap((part) => {
      const start = Math.max(part.start, span.start);
      const end = Math.min(part.end, span.end);
      return start < end ? [{ start, end }] : [];
    });
  if (notebook !== undefined)
    return {
      parts,
      at(span) {
        const number = placeInCell(notebook, span)?.number;
        const place = locationOf(context, { file, span });
        return number === undefined ? place : { ...place, number };
      },
    };
  return {
    parts,
    at({ start, end }) {
      const uri = uriFor(context, file);
      const cell = closed?.cell(start);
      if (cell === undefined) return { uri, range: linesOf("", 0).range({ start: 0, end: 0 }) };
      const { range } = linesOf(cell.text, 0);
      const at = { start: cell.offset, end: cell.offset + end - start };
      return { uri, range: range(at), cell: cell.number, number: cell.number };
    },
  };
}

/** The span of the engine's text that a client means; undefined where none of it is analysed. */
export function spanAt(context: Context, uri: string, { start, end }: Range): Span | undefined {
  const file = fileOf(context, uri);
  const document = context.documents.get(file);
  if (document !== undefined) {
    const [a, b] = [offsetOf(context, uri, start), offsetOf(context, uri, end)];
    return a === undefined || b === undefined ? undefined : inOrder(a, b);
  }
  const text = isNotebook(file) ? undefined : context.origins.text(file);
  return text === undefined ? undefined : linesOf(text, 0).span({ start, end });
}

/** In offsets of the document's text, a BOM counted. */
export function documentSpan(
  context: Context,
  uri: string,
  { start, end }: Range,
): Span | undefined {
  const document = context.documents.get(fileOf(context, uri));
  if (document === undefined) return undefined;
  const { text, starts, notebook } = document;
  const at = ({ line, character }: Range["start"]): number | undefined =>
    notebook === undefined
      ? clampedOffset(text, starts, line, character)
      : offsetInProgram(notebook, uri, { line, character });
  const [a, b] = [at(start), at(end)];
  return a === undefined || b === undefined ? undefined : inOrder(a, b);
}

function inOrder(a: number, b: number): Span {
  return { start: Math.min(a, b), end: Math.max(a, b) };
}

/** `bom` is 1 for a document with a BOM, else 0. */
function linesOf(
  text: string,
  bom: number,
): { range(span: Span): Range; span(range: Range): Span } {
  const starts = lineStarts(text);
  const place = (offset: number): Range["start"] => {
    const { line, character } = positionAt(starts, Math.min(offset, text.length));
    return { line, character: line === 0 ? character + bom : character };
  };
  const offset = ({ line, character }: Range["start"]): number =>
    clampedOffset(text, starts, line, line === 0 ? Math.max(0, character - bom) : character);
  return {
    range: ({ start, end }) => ({ start: place(start), end: place(end) }),
    span: ({ start, end }) => inOrder(offset(start), offset(end)),
  };
}
