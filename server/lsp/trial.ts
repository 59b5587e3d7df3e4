/** Looks at an open document as if it had another text, then puts everything back. */
import type { FileId } from "../base/brand.ts";
import type { Engine } from "../engine/api.ts";
import { wholeEdit } from "./document.ts";

export interface Trial {
  /** Puts another text in place of the present one. */
  become(text: string): void;
}

export function withTrial<T>(engine: Engine, file: FileId, look: (trial: Trial) => T): T {
  const original = engine.text(file) ?? "";
  let present = original;
  const become = (text: string): void => {
    if (text === present) return;
    const edit = wholeEdit(present, text);
    present = text;
    engine.edit(file, [edit]);
  };
  try {
    return look({ become });
  } finally {
    become(original);
  }
}
