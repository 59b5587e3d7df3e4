/** The text around the data in what reaches a sink, for words about what an attacker can make of it. */
import type { Hit, Value } from "./rule.ts";
import { kindBit, spread } from "./rule.ts";

/** `before` and `after` the data, as far as constant; HOLE stands for a part that is not known. */
export interface Surroundings {
  readonly before: string;
  readonly after: string;
}
export const HOLE = "\0";

/** One for each known form of the text; none where its form is not known. */
export function surroundings(hit: Hit): readonly Surroundings[] {
  const isAlone =
    hit.value.alts === undefined &&
    hit.derive === "same" &&
    hit.marks === 0 &&
    (hit.cleared & kindBit("behind")) === 0;
  if (isAlone) return [{ before: "", after: "" }];
  const out: Surroundings[] = [];
  for (const alt of hit.value.alts ?? []) {
    if (!("parts" in alt)) continue;
    const at = alt.parts.findIndex(({ value }) => isData(value, hit));
    if (at < 0) continue;
    const text = (parts: typeof alt.parts) => parts.map((p) => p.text ?? HOLE).join("");
    out.push({ before: text(alt.parts.slice(0, at)), after: text(alt.parts.slice(at + 1)) });
  }
  return out;
}

/** What is the same for all forms of the text; undefined where there is no such thing. */
export function common<T>(hit: Hit, tell: (around: Surroundings) => T): T | undefined {
  const [first, ...others] = surroundings(hit).map(tell);
  return others.every((other) => other === first) ? first : undefined;
}

function isData(value: Value | undefined, hit: Hit): boolean {
  return (
    value !== undefined && spread(value).some((t) => t.label === hit.label || t.kind === hit.kind)
  );
}
