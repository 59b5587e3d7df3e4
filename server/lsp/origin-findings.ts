/** What a finding has to do with who wrote the code. It changes no finding: it is told beside it, and decides what comes first. */
import type { FileId } from "../base/brand.ts";
import type { Span } from "../base/text.ts";
import type { Answer } from "../origin/authors.ts";
import { evidenceWords, originWords } from "../origin/words.ts";
import type { Context } from "./context.ts";
import type { Shown } from "./departures.ts";
import type { OriginData } from "./origin-protocol.ts";

export interface FindingOrigin {
  readonly answer: Answer;
  /** At the finding itself, or at another step of its path. */
  readonly at: "sink" | "step";
}

/** Undefined where nothing speaks for an AI or a paste, at the finding or on its path. */
export function originOfFinding({ origins }: Context, finding: Shown): FindingOrigin | undefined {
  const at = (file: FileId, span: Span): Answer | undefined => {
    const answer = origins.of(file, span);
    return answer.mark === undefined || answer.mark.origin === "human" ? undefined : answer;
  };
  const own = at(finding.file, finding.span);
  if (own !== undefined) return { answer: own, at: "sink" };
  for (const { file, span } of finding.flow) {
    const answer = at(file, span);
    if (answer !== undefined) return { answer, at: "step" };
  }
  return undefined;
}

/** For `Diagnostic.data`. */
export function originData(context: Context, finding: Shown): OriginData | undefined {
  const found = originOfFinding(context, finding);
  const mark = found?.answer.mark;
  if (found === undefined || mark === undefined) return undefined;
  const [first] = mark.evidence;
  return {
    origin: found.answer.origin,
    at: found.at,
    confidence: first.confidence,
    time: first.time,
    evidence: evidenceWords(first),
    reviewed: mark.reviewed !== undefined,
  };
}

/** "In code inserted by an AI 20 s ago (recorded by the agent's hook)." */
export function findingSentence(context: Context, finding: Shown): string | undefined {
  const found = originOfFinding(context, finding);
  const words = found === undefined ? undefined : originWords(found.answer, Date.now());
  if (found === undefined || words === undefined) return undefined;
  return found.at === "sink" ? `In ${words}.` : `Its data passes ${words}.`;
}

/** Findings in what an AI wrote come first; the rest stays in its order. */
export function aiFirst<T extends Shown>(context: Context, findings: readonly T[]): readonly T[] {
  if (findings.length < 2) return findings;
  const rank = (finding: T): number => {
    const origin = originOfFinding(context, finding)?.answer.mark?.origin;
    return origin === "ai" || origin === "mixed" ? 0 : 1;
  };
  return findings
    .map((finding) => ({ finding, order: rank(finding) }))
    .sort((a, b) => a.order - b.order)
    .map(({ finding }) => finding);
}
