/** Looks at an open document as if it had another text, then puts everything back. */
import type { FileId } from "../base/brand.ts";
import { applyEdits, type Edit, type Span } from "../base/text.ts";
import type { Engine } from "../engine/api.ts";
import { wholeEdit } from "./document.ts";

export interface Trial {
  /** Puts another text in place of the present one. */
  become(text: string): void;
  /** Edits of the present text, which do not overlap: parts of a program stay what they are. */
  apply(edits: readonly Edit[]): void;
}

export function withTrial<T>(engine: Engine, file: FileId, look: (trial: Trial) => T): T {
  const original = engine.text(file) ?? "";
  const parts = engine.parts(file);
  let present = original;
  const become = (text: string, its?: readonly Span[]): void => {
    if (text === present) return;
    const edit = wholeEdit(present, text);
    present = text;
    engine.edit(file, [edit], its);
  };
  const apply = (edits: readonly Edit[]): void => {
    // From the end, so that offsets of the earlier ones stay true.
    const inOrder = [...edits].reverse().sort((a, b) => b.start - a.start || b.end - a.end);
    present = applyEdits(present, edits);
    engine.edit(file, inOrder);
  };
  try {
    return look({ become: (text) => become(text), apply });
  } finally {
    become(original, parts);
  }
}
