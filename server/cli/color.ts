/** Colours, or none. */
import type { Io, Output } from "./io.ts";

export type Style = "bold" | "dim" | "red" | "yellow" | "blue" | "cyan" | "green" | "underline";
export type Paint = (style: Style, text: string) => string;

const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  underline: [4, 24],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
};

export const plain: Paint = (_, text) => text;

const colored: Paint = (style, text) => {
  const [on, off] = CODES[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
};

/** `wanted` is false for --no-color. NO_COLOR and FORCE_COLOR as described at no-color.org and force-color.org. */
export function painter(io: Io, output: Output, wanted: boolean): Paint {
  const { NO_COLOR, FORCE_COLOR, TERM } = io.env;
  if (!wanted || (NO_COLOR !== undefined && NO_COLOR !== "")) return plain;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR === "0" ? plain : colored;
  return output.isTTY && TERM !== "dumb" ? colored : plain;
}
