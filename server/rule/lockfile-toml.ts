/** Places in TOML of many tables of one name, which the parser does not tell. */
import { stringAt } from "./manifest.ts";
import type { Span } from "./rule.ts";

/** Where each `[[name]]` with its text stands, in order. */
export function blocks(text: string, name: string): readonly Span[] {
  const starts = [...text.matchAll(new RegExp(`^\\[\\[${name}\\]\\]`, "gm"))].map(
    ({ index }) => index,
  );
  return starts.map((start, i) => ({ start, end: starts[i + 1] ?? text.length }));
}

/** The first string of this value in a block; the block's head where it is not written so. */
export function at(text: string, value: string, block: Span): Span {
  const found = stringAt(text.slice(block.start, block.end), value, 0);
  return found === undefined
    ? { start: block.start, end: Math.min(block.end, block.start + 1) }
    : { start: block.start + found.start, end: block.start + found.end };
}
