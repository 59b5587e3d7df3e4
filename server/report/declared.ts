/** What commits declare of who wrote their lines: in git-ai notes, agent-trace files, trailers, and by their authors. */
import {
  type BlamedCommit,
  type BlamedLine,
  notesOf,
  type Trailer,
  trailersOf,
} from "../git/blame.ts";
import type { RunGit } from "../git/run.ts";
import type { Traces } from "../origin/agent-trace.ts";
import { assistantAt, assistantIn } from "../origin/assistants.ts";
import { type AttributedLines, readGitAiNote } from "../origin/git-ai.ts";
import type { Evidence, EvidenceKind, Mark } from "../origin/mark.ts";

const NOTES = "refs/notes/ai";

/** What is known of commits, by their names. */
export interface Declarations {
  readonly notes: ReadonlyMap<string, ReadonlyMap<string, readonly AttributedLines[]>>;
  readonly traces: Traces;
  readonly trailers: ReadonlyMap<string, readonly Trailer[]>;
}

/** Of these commits of a repository; `traces` is what its agent-trace file says. */
export async function declarationsOf(
  run: RunGit,
  folder: string,
  commits: readonly string[],
  traces: Traces,
): Promise<Declarations> {
  const [texts, trailers] = await Promise.all([
    notesOf(run, folder, NOTES, commits),
    trailersOf(run, folder, commits),
  ]);
  const notes = new Map<string, ReadonlyMap<string, readonly AttributedLines[]>>();
  for (const [commit, text] of texts) {
    const files = readGitAiNote(text);
    if (files !== undefined) notes.set(commit, files);
  }
  return { notes, traces, trailers };
}

export type Declaration = Evidence & { readonly origin: Mark["origin"] };

/** The most trusted that speaks of a line. Where lines are named, what is said of the whole commit does not count. */
export function evidenceFor(
  declared: Declarations,
  commits: ReadonlyMap<string, BlamedCommit>,
  { commit, path, line }: BlamedLine,
): Declaration | undefined {
  if (commit === undefined) return undefined;
  const { notes, traces } = declared;
  const { time = 0, mail = "" } = commits.get(commit) ?? {};
  const named: readonly (readonly [EvidenceKind, readonly AttributedLines[] | undefined])[] = [
    ["git-ai-note", notes.get(commit)?.get(path)],
    ["agent-trace", traces.get(commit)?.get(path)],
  ];
  for (const [kind, lines] of named) {
    const found = lines?.find(({ first, last }) => first <= line && line <= last);
    if (found === undefined) continue;
    const tool = found.tool === undefined ? {} : { tool: found.tool };
    return { origin: found.origin, kind, time, confidence: "high", ...tool };
  }
  if (named.some(([, lines]) => lines !== undefined) || notes.has(commit)) return undefined;
  return ofWholeCommit(declared, commit, mail, time);
}

/** What the trailers of a commit, or the address of its author, say of all of it. */
export function ofWholeCommit(
  { trailers }: Declarations,
  commit: string,
  mail: string,
  time: number,
): Declaration | undefined {
  for (const { key, value } of trailers.get(commit) ?? []) {
    const tool = assistantIn(key, value);
    if (tool !== undefined)
      return { origin: "ai", kind: "commit-trailer", time, confidence: "low", tool };
  }
  const tool = assistantAt(mail);
  if (tool === undefined) return undefined;
  return { origin: "ai", kind: "bot-author", time, confidence: "medium", tool };
}

/** True if a commit declares anything that an AI wrote: some of its lines, or all of it. */
export function declaresAi(declared: Declarations, commit: string, mail: string): boolean {
  const lines = [declared.notes.get(commit), declared.traces.get(commit)].flatMap((files) =>
    files === undefined ? [] : [...files.values()].flat(),
  );
  if (lines.length > 0 || declared.notes.has(commit))
    return lines.some(({ origin }) => origin !== "human");
  return ofWholeCommit(declared, commit, mail, 0) !== undefined;
}
