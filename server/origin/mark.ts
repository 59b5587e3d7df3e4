/** What is known of who wrote a piece of text, and how. */
import type { Span } from "../base/text.ts";

/** `mixed`: by an AI and by somebody else. `unknown` text carries no mark. */
export type Origin = "ai" | "pasted" | "human" | "mixed" | "unknown";

export type Confidence = "high" | "medium" | "low";

/** Most trusted first. */
export const EVIDENCE_KINDS = [
  /** An agent's hook recorded the text that it wrote. */
  "agent-hook",
  /** A git-ai note on the commit names the lines. */
  "git-ai-note",
  /** An agent-trace file names the lines. */
  "agent-trace",
  /** The editor says what the change was. */
  "editor",
  /** The editor told of a paste. */
  "paste",
  /** Characters typed one after the other. */
  "typing",
  /** Several lines at once, which no paste, undo, formatter or reload explains. */
  "shape",
  /** A trailer of the commit names an AI as co-author. */
  "commit-trailer",
  /** The commit's author is an assistant. */
  "bot-author",
] as const;

export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

export interface Evidence {
  readonly kind: EvidenceKind;
  /** Milliseconds of `Date.now`. */
  readonly time: number;
  readonly confidence: Confidence;
  /** Which assistant, where known: "claude-code". */
  readonly tool?: string;
}

export interface Mark {
  readonly origin: Exclude<Origin, "unknown">;
  /** At least one, the most trusted first. */
  readonly evidence: readonly [Evidence, ...Evidence[]];
  /** When a person said that they have read it, in milliseconds. */
  readonly reviewed?: number;
}

/** A piece of a text with its mark; half-open, in UTF-16 offsets, never empty. */
export interface MarkedSpan extends Span {
  readonly mark: Mark;
}

/** Marks of one writer within this time are one, in milliseconds: typing, and an answer that comes line by line. */
const TOGETHER_MS = 60_000;

/** True when a reader need not tell the two apart. */
export function sameMark(a: Mark, b: Mark): boolean {
  if (a === b) return true;
  const [first, second] = [a.evidence[0], b.evidence[0]];
  return (
    a.origin === b.origin &&
    (a.reviewed === undefined) === (b.reviewed === undefined) &&
    a.evidence.length === b.evidence.length &&
    first.kind === second.kind &&
    first.tool === second.tool &&
    first.confidence === second.confidence &&
    (a.origin === "human" || Math.abs(first.time - second.time) <= TOGETHER_MS)
  );
}

/** The one mark for two alike: the later one. */
export function later(a: Mark, b: Mark): Mark {
  return b.evidence[0].time >= a.evidence[0].time ? b : a;
}

/** A mark with further evidence, the most trusted first, one of a kind. */
export function withEvidence(mark: Mark, evidence: Evidence): Mark {
  const others = mark.evidence.filter(({ kind }) => kind !== evidence.kind);
  const [first, ...rest] = [evidence, ...others].sort((a, b) => trust(a) - trust(b));
  return { ...mark, evidence: [first ?? evidence, ...rest] };
}

function trust({ kind }: Evidence): number {
  return EVIDENCE_KINDS.indexOf(kind);
}

/** True of marks that were read off the commits: they can be read again, and nobody has to review them now. */
export function isCommitted({ evidence: [first] }: Mark): boolean {
  return ["git-ai-note", "agent-trace", "commit-trailer", "bot-author"].includes(first.kind);
}
