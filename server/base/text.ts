/** Offsets, lines and columns. Offsets are UTF-16 code units from 0; lines and columns are made only at the rim. */

/** A half-open range of UTF-16 offsets. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Replace `span` by `newText`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
  /** In `newText`, from front to back: what its author is to write over. */
  readonly holes?: readonly Span[];
}

/** Line starts of a text; CR LF, LF and a bare CR each end a line, as in the language server protocol. */
export function lineStarts(text: string): Uint32Array {
  const starts: number[] = [0];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 13) {
      if (text.charCodeAt(i + 1) === 10) i++;
      starts.push(i + 1);
    } else if (c === 10) starts.push(i + 1);
  }
  return Uint32Array.from(starts);
}

/** Line and column of an offset, both from 0, in UTF-16 units. */
export function positionAt(
  starts: Uint32Array,
  offset: number,
): { line: number; character: number } {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if ((starts[mid] as number) <= offset) low = mid;
    else high = mid - 1;
  }
  return { line: low, character: offset - (starts[low] as number) };
}

/** The offset of a position; a position past the end of its line or text is moved back to it. */
export function offsetAt(
  text: string,
  starts: Uint32Array,
  line: number,
  character: number,
): number {
  if (line < 0) return 0;
  if (line >= starts.length) return text.length;
  const start = starts[line] as number;
  const next = line + 1 < starts.length ? (starts[line + 1] as number) : text.length;
  return Math.min(start + Math.max(0, character), next);
}

/** Applies edits given in offsets of the original text. Overlapping edits are our own bug and throw. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = edits.map((edit, order) => ({ edit, order }));
  ordered.sort(
    (a, b) => a.edit.start - b.edit.start || a.edit.end - b.edit.end || a.order - b.order,
  );
  let out = "";
  let at = 0;
  for (const { edit } of ordered) {
    if (edit.start < at) throw new Error(`overlapping edits at ${edit.start}`);
    out += text.slice(at, edit.start) + edit.newText;
    at = edit.end;
  }
  return out + text.slice(at);
}
