// What edits of the protocol make of a text.

import * as assert from "node:assert/strict";
import type { TextDocumentEdit } from "vscode-languageserver-protocol";
import { applyEdits, lineStarts, offsetAt } from "../../server/base/text.ts";

/** The text after the edits of one document. */
export function edited(text: string, { edits }: TextDocumentEdit): string {
  const starts = lineStarts(text);
  const offset = ({ line, character }: { line: number; character: number }) =>
    offsetAt(text, starts, line, character);
  return applyEdits(
    text,
    edits.map((one) => {
      assert.ok("newText" in one);
      return { start: offset(one.range.start), end: offset(one.range.end), newText: one.newText };
    }),
  );
}
