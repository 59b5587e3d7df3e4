/** Several rounds of edits on one text, kept as edits of the first text, so that what did not change is not touched. */
import type { Edit, Span } from "../base/text.ts";

type Piece = Span | string;

export interface Pieces {
  /** The edits are in offsets of the present text and do not overlap. */
  apply(edits: readonly Edit[]): void;
  text(): string;
  /** What `edits` would be after these. */
  with(edits: readonly Edit[]): Edit[];
  /** Edits of the first text that give the present one, in order. */
  edits(): Edit[];
}

export function createPieces(original: string): Pieces {
  return piecesOf(original, [{ start: 0, end: original.length }]);
}

function piecesOf(original: string, present: readonly Piece[]): Pieces {
  let pieces = present;

  const apply = (edit: Edit): void => {
    const before: Piece[] = [];
    const after: Piece[] = [];
    let at = 0;
    for (const piece of pieces) {
      const length = lengthOf(piece);
      const from = Math.min(Math.max(edit.start - at, 0), length);
      const to = Math.min(Math.max(edit.end - at, 0), length);
      if (from > 0) before.push(slice(piece, 0, from));
      if (to < length) after.push(slice(piece, to, length));
      at += length;
    }
    pieces = [...before, ...(edit.newText === "" ? [] : [edit.newText]), ...after];
  };

  return {
    apply(edits) {
      // From the end, so that offsets of the earlier ones stay true.
      for (const edit of [...edits].sort((a, b) => b.start - a.start || b.end - a.end)) apply(edit);
    },
    text: () =>
      pieces
        .map((piece) =>
          typeof piece === "string" ? piece : original.slice(piece.start, piece.end),
        )
        .join(""),
    with(edits) {
      const copy = piecesOf(original, pieces);
      copy.apply(edits);
      return copy.edits();
    },
    edits() {
      const edits: Edit[] = [];
      let at = 0;
      let inserted = "";
      for (const piece of [...pieces, { start: original.length, end: original.length }]) {
        if (typeof piece === "string") {
          inserted += piece;
          continue;
        }
        if (piece.start > at || inserted !== "")
          edits.push({ start: at, end: piece.start, newText: inserted });
        inserted = "";
        at = piece.end;
      }
      return edits;
    },
  };
}

function lengthOf(piece: Piece): number {
  return typeof piece === "string" ? piece.length : piece.end - piece.start;
}

function slice(piece: Piece, from: number, to: number): Piece {
  return typeof piece === "string"
    ? piece.slice(from, to)
    : { start: piece.start + from, end: piece.start + to };
}
