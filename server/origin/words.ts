/** Who wrote it and how that is known, in words for people. */
import type { Answer } from "./authors.ts";
import type { Evidence, EvidenceKind } from "./mark.ts";

const HOW: Readonly<Record<EvidenceKind, string>> = {
  "agent-hook": "recorded by the agent's hook",
  "git-ai-note": "recorded in a git-ai note",
  "agent-trace": "recorded in an agent-trace file",
  editor: "the editor says so",
  paste: "the editor saw the paste",
  typing: "typed",
  shape: "looks like an inserted suggestion",
  "commit-trailer": "the commit names an AI as co-author",
  "bot-author": "an AI is the author of the commit",
};

/** "recorded by the agent's hook, claude-code" */
export function evidenceWords({ kind, tool }: Evidence): string {
  return tool === undefined ? HOW[kind] : `${HOW[kind]}, ${tool}`;
}

/** "In code inserted by an AI 20 s ago (recorded by the agent's hook)"; as `originWords`. */
export function originSentence(answer: Answer, now: number): string | undefined {
  const words = originWords(answer, now);
  return words === undefined ? undefined : `In ${words}`;
}

/**
 * "code inserted by an AI 20 s ago (recorded by the agent's hook)"; undefined for text of people and of nobody known. `now` in
 * milliseconds of `Date.now`.
 */
export function originWords({ origin, mark }: Answer, now: number): string | undefined {
  if (mark === undefined || mark.origin === "human") return undefined;
  const [first] = mark.evidence;
  const when = ago(now - first.time);
  const how = evidenceWords(first);
  const partly = origin === "mixed" ? "partly " : "";
  if (mark.origin === "pasted") return `code that was ${partly}pasted ${when}`;
  const sure = first.confidence === "low" ? "probably " : "";
  return `code ${sure}${partly}inserted by an AI ${when} (${how})`;
}

/** "20 s ago", "3 min ago", "2 h ago", "5 days ago" */
export function ago(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
}
