/**
 * What a placeholder leaves to its author. A hole is marked in the text itself, so that it survives whatever puts lines together;
 * the marks never leave the engine.
 */
import type { Edit } from "../rule.ts";

// Noncharacters, which no text that is exchanged holds: https://www.unicode.org/faq/private_use.html#nonchar1
const OPEN = "\ufdd0";
const CLOSE = "\ufdd1";

/** @param text what stands there until it is filled in, and refuses everything */
export function hole(text: string): string {
  return OPEN + text + CLOSE;
}

/** The edit without marks, and where the holes are. */
export function withHoles(edit: Edit): Edit {
  if (!edit.newText.includes(OPEN)) return edit;
  let newText = "";
  const holes: { start: number; end: number }[] = [];
  for (const [i, piece] of edit.newText.split(OPEN).entries()) {
    const [inside = "", ...behind] = i === 0 ? ["", piece] : piece.split(CLOSE);
    if (i > 0) holes.push({ start: newText.length, end: newText.length + inside.length });
    newText += inside + behind.join("");
  }
  return { start: edit.start, end: edit.end, newText, holes };
}
