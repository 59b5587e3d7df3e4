/** Places in a file, of which the engine may know nothing: its text is given without the BOM that the client counts. */
import { lineStarts, positionAt, type Span } from "../base/text.ts";
import { clampedOffset } from "./document.ts";
import type { CopiedParams } from "./origin-protocol.ts";

type Range = CopiedParams["ranges"][number];

export interface Places {
  range(span: Span): Range;
  span(range: Range): Span;
}

/** `bom` is 1 for a document with a BOM, else 0. */
export function placesOf(text: string, bom: number): Places {
  const starts = lineStarts(text);
  const place = (offset: number): Range["start"] => {
    const { line, character } = positionAt(starts, Math.min(offset, text.length));
    return { line, character: line === 0 ? character + bom : character };
  };
  const offset = ({ line, character }: Range["start"]): number =>
    clampedOffset(text, starts, line, line === 0 ? Math.max(0, character - bom) : character);
  return {
    range: ({ start, end }) => ({ start: place(start), end: place(end) }),
    span({ start, end }) {
      const [a, b] = [offset(start), offset(end)];
      return { start: Math.min(a, b), end: Math.max(a, b) };
    },
  };
}
