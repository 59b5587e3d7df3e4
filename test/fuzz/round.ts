/**
 * A round of random edits as plain data: the files it begins with and what is done to them. A text is given whole, so that
 * parts of a round can be left out and the rest still means something.
 */
import type { Texts } from "../harness/project.ts";

export type Act =
  /** The file has this text now. An open file is edited where it differs, another is set or comes to be. */
  | { readonly do: "text"; readonly file: string; readonly text: string }
  | { readonly do: "remove" | "open" | "close"; readonly file: string }
  /** The findings of a file are asked for while others wait. */
  | { readonly do: "ask"; readonly file: string }
  /** Some background work. */
  | { readonly do: "work" }
  /** About this share of what is remembered is forgotten. */
  | { readonly do: "drop"; readonly share: number; readonly seed: number }
  /** All work is done and all findings are asked for; then they must be those of a fresh engine. */
  | { readonly do: "settle" };

export interface Round {
  readonly files: readonly (readonly [file: string, text: string])[];
  readonly acts: readonly Act[];
}

/** The texts after some acts, in the order in which their files came. */
export function textsAfter(files: Texts, acts: readonly Act[]): Map<string, string> {
  const texts = new Map(files);
  for (const act of acts) {
    if (act.do === "text") texts.set(act.file, act.text);
    if (act.do === "remove") texts.delete(act.file);
  }
  return texts;
}
