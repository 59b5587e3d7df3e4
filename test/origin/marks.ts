// Marks for tests of the origin of text.

import type { Confidence, EvidenceKind, Mark, MarkedSpan } from "../../server/origin/mark.ts";

export function marked(
  origin: Mark["origin"],
  kind: EvidenceKind,
  time = 1000,
  confidence: Confidence = "high",
  tool?: string,
): Mark {
  return {
    origin,
    evidence: [{ kind, time, confidence, ...(tool === undefined ? {} : { tool }) }],
  };
}

export const AI = marked("ai", "agent-hook", 1000, "high", "claude-code");
export const GUESS = marked("ai", "shape", 1000, "low");
export const PASTED = marked("pasted", "paste");
export const HUMAN = marked("human", "typing");

/** The origin of each character, "." for an unknown one. */
export function letters(length: number, spans: readonly MarkedSpan[]): string {
  const out = new Array<string>(length).fill(".");
  for (const { start, end, mark } of spans) out.fill(mark.origin[0] as string, start, end);
  return out.join("");
}
