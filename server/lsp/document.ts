/** An open document: its text, its lines, and the edits a client sends turned into offsets. */
import type { TextDocumentContentChangeEvent } from "vscode-languageserver";
import type { FileId } from "../base/brand.ts";
import { type Edit, lineStarts, type Span } from "../base/text.ts";
import type { Program } from "../embedded/program.ts";
import type { SkipReason } from "../engine/api.ts";
import type { Shown } from "./departures.ts";
import type { OpenNotebook } from "./notebook.ts";

export interface OpenDocument {
  readonly file: FileId;
  /** The URI as the client writes it. */
  readonly uri: string;
  languageId: string;
  version: number;
  text: string;
  starts: Uint32Array;
  /** When the last edit came (milliseconds of `Date.now`); 0 before the first. */
  editedAt: number;
  /** The findings the client was last shown, moved along with the text since. */
  shown: readonly Shown[] | undefined;
  /** Where the text was edited since nothing of `shown` was held, in offsets of the present text. */
  edited: readonly Span[];
  /** What a pulling client was last given. */
  given: { readonly version: number; readonly hash: string } | undefined;
  /** The report for which a refresh was asked since the client was last given one. */
  refreshedFor: string | undefined;
  /** Of a notebook, whose program `text` is. */
  readonly notebook?: OpenNotebook;
  /** Of a component: its scripts as they stand in the text without a byte order mark. */
  program?: Program;
  /** Why it is not analysed although it is open. */
  skipped: SkipReason | undefined;
  /** True after its file was deleted, until it is edited or comes back. */
  deleted: boolean;
}

export function openDocument(
  file: FileId,
  uri: string,
  languageId: string,
  version: number,
  text: string,
): OpenDocument {
  return {
    file,
    uri,
    languageId,
    version,
    text,
    starts: lineStarts(text),
    editedAt: 0,
    shown: undefined,
    edited: [],
    given: undefined,
    refreshedFor: undefined,
    skipped: undefined,
    deleted: false,
  };
}

/** Units a leading BOM takes in the document; the engine's text has none. */
export function bomLength(text: string): 0 | 1 {
  return text.charCodeAt(0) === 0xfeff ? 1 : 0;
}

export function withoutBom(text: string): string {
  return bomLength(text) === 1 ? text.slice(1) : text;
}

/** False when bytes were lost as the editor decoded the file: a replacement character stands for them. Such a text is never edited. */
export function isFaithful(document: OpenDocument): boolean {
  return !document.text.includes("\ufffd");
}

/** Applies a client's changes in order; returns them as edits, each in offsets of the text before it (BOM counted). */
export function applyChanges(
  document: Pick<OpenDocument, "text" | "starts">,
  changes: readonly TextDocumentContentChangeEvent[],
): Edit[] {
  const edits: Edit[] = [];
  for (const change of changes) {
    const edit =
      "range" in change ? rangeEdit(document, change) : wholeEdit(document.text, change.text);
    if (edit.start === edit.end && edit.newText === "") continue;
    const before = document.text;
    document.text = before.slice(0, edit.start) + edit.newText + before.slice(edit.end);
    document.starts = spliceLineStarts(document.starts, document.text, edit);
    edits.push(edit);
  }
  return edits;
}

type RangeChange = Extract<TextDocumentContentChangeEvent, { range: unknown }>;

function rangeEdit(document: Pick<OpenDocument, "text" | "starts">, change: RangeChange): Edit {
  const { text, starts } = document;
  const a = clampedOffset(text, starts, change.range.start.line, change.range.start.character);
  const b = clampedOffset(text, starts, change.range.end.line, change.range.end.character);
  return { start: Math.min(a, b), end: Math.max(a, b), newText: change.text };
}

/** The smallest edit from one text to another: what they share at both ends stays. */
export function wholeEdit(before: string, after: string): Edit {
  const least = Math.min(before.length, after.length);
  let head = 0;
  while (head < least && before.charCodeAt(head) === after.charCodeAt(head)) head++;
  let tail = 0;
  while (
    tail < least - head &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail++;
  return {
    start: head,
    end: before.length - tail,
    newText: after.slice(head, after.length - tail),
  };
}

/** The offset of a protocol position: a character past the end of its line means that end, before the line break. */
export function clampedOffset(
  text: string,
  starts: Uint32Array,
  line: number,
  character: number,
): number {
  if (line < 0) return 0;
  const start = starts[line];
  if (start === undefined) return text.length;
  let end = starts[line + 1] ?? text.length;
  if (line + 1 < starts.length) {
    if (end > start && text.charCodeAt(end - 1) === 10) end--;
    if (end > start && text.charCodeAt(end - 1) === 13) end--;
  }
  return Math.min(start + Math.max(0, character), end);
}

/** Line starts after `edit`; `text` is the new text. Only the lines around the edit are read again. */
export function spliceLineStarts(starts: Uint32Array, text: string, edit: Edit): Uint32Array {
  const delta = edit.newText.length - (edit.end - edit.start);
  // One unit before, since a line feed joins a carriage return; the first line that starts after the edit is untouched.
  const first = lineOf(starts, Math.max(0, edit.start - 1));
  let next = lineOf(starts, edit.end) + 1;
  if (starts[next] === undefined) next = starts.length;
  const from = starts[first] as number;
  const to = next < starts.length ? (starts[next] as number) + delta : text.length;
  const middle = lineStarts(text.slice(from, to));
  // A break at the end of the slice starts the next line, which the rest brings along.
  const keep =
    next < starts.length && (middle[middle.length - 1] as number) === to - from
      ? middle.length - 1
      : middle.length;
  const result = new Uint32Array(first + keep + (starts.length - next));
  result.set(starts.subarray(0, first));
  for (let i = 0; i < keep; i++) result[first + i] = from + (middle[i] as number);
  for (let i = next; i < starts.length; i++)
    result[first + keep + i - next] = (starts[i] as number) + delta;
  return result;
}

function lineOf(starts: Uint32Array, offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if ((starts[mid] as number) <= offset) low = mid;
    else high = mid - 1;
  }
  return low;
}
