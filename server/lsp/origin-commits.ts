/**
 * Who wrote lines that are committed: as git-ai notes, agent-trace files, trailers and authors of their commits say. Nothing of
 * it is kept: it is read again when the file is opened.
 */
import type { FileId } from "../base/brand.ts";
import { lineStarts } from "../base/text.ts";
import { type Blame, blameOf, notesOf, type Trailer, trailersOf } from "../git/blame.ts";
import { isProblem } from "../git/run.ts";
import { readTraces, TRACES, type Traces } from "../origin/agent-trace.ts";
import { align } from "../origin/align.ts";
import { assistantAt, assistantIn } from "../origin/assistants.ts";
import { type AttributedLines, readGitAiNote } from "../origin/git-ai.ts";
import type { Evidence, EvidenceKind, Mark, MarkedSpan } from "../origin/mark.ts";
import type { Context } from "./context.ts";

const NOTES = "refs/notes/ai";
/** Longer files are not blamed. */
const MOST_LINES = 30_000;

export interface Committed {
  /** Marks the lines of an open document that commits tell of, some time later. */
  look(file: FileId): void;
}

export function createCommitted(context: Context): Committed {
  /** One file after the other. */
  let queue: Promise<unknown> = Promise.resolve();
  return {
    look(file) {
      queue = queue
        .then(() => fill(context, file))
        .catch((error) => context.log.crash("asking git who wrote a file", error));
    },
  };
}

/** What is known of commits, by their names. */
interface Known {
  readonly blame: Blame;
  readonly notes: ReadonlyMap<string, ReadonlyMap<string, readonly AttributedLines[]>>;
  readonly traces: Traces;
  readonly trailers: ReadonlyMap<string, readonly Trailer[]>;
}

async function fill(context: Context, file: FileId): Promise<void> {
  const { documents, host, origins, trust } = context;
  const git = host.git;
  if (!trust.given || git === undefined || !documents.has(file)) return;
  const folder = git.path(file.slice(0, file.lastIndexOf("/")));
  if (folder === undefined) return;
  const name = file.slice(file.lastIndexOf("/") + 1);
  const blame = await blameOf(git.run, folder, name);
  // No repository, no git, a file that it does not know: nothing is known.
  if (isProblem(blame) || blame.lines.length > MOST_LINES) return;
  const commits = [...blame.commits.keys()].filter((commit) => !/^0+$/.test(commit));
  if (commits.length === 0) return;
  const [notes, trailers, traces] = await Promise.all([
    notesOf(git.run, folder, NOTES, commits),
    trailersOf(git.run, folder, commits),
    tracesFor(context, file),
  ]);
  const read = new Map<string, ReadonlyMap<string, readonly AttributedLines[]>>();
  for (const [commit, note] of notes) {
    const files = readGitAiNote(note);
    if (files !== undefined) read.set(commit, files);
  }
  const disk = await host.read(file);
  const now = origins.text(file);
  if (disk.kind !== "text" || now === undefined) return;
  const marks = marksOf(disk.text, { blame, notes: read, trailers, traces });
  if (marks.length === 0) return;
  origins.fill(
    file,
    now === disk.text ? marks : align({ before: disk.text, marks, after: now, by: "words" }),
  );
}

async function tracesFor({ folders, host }: Context, file: FileId): Promise<Traces> {
  const folder = folders.of(file);
  const read = folder === undefined ? undefined : await host.read(`${folder.root}/${TRACES}`);
  return readTraces(read?.kind === "text" ? read.text : "");
}

/** The marks of the file's text on the disk. */
function marksOf(text: string, known: Known): MarkedSpan[] {
  const starts = lineStarts(text);
  const out: MarkedSpan[] = [];
  const made = new Map<string, Mark>();
  for (const [i, { commit, path, line }] of known.blame.lines.entries()) {
    const evidence = commit === undefined ? undefined : evidenceFor(known, commit, path, line);
    const start = starts[i];
    if (evidence === undefined || start === undefined) continue;
    const end = starts[i + 1] ?? text.length;
    if (text.slice(start, end).trim() === "") continue;
    const key = JSON.stringify(evidence);
    const { origin, ...rest } = evidence;
    const mark = made.get(key) ?? { origin, evidence: [rest] };
    made.set(key, mark);
    const last = out[out.length - 1];
    if (last?.end === start && last.mark === mark) out[out.length - 1] = { ...last, end };
    else out.push({ start, end, mark });
  }
  return out;
}

/** The most trusted that speaks of a line. Where lines are named, what is said of the whole commit does not count. */
function evidenceFor(
  { blame, notes, traces, trailers }: Known,
  commit: string,
  path: string,
  line: number,
): (Evidence & { readonly origin: Mark["origin"] }) | undefined {
  const { time = 0, mail = "" } = blame.commits.get(commit) ?? {};
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
  for (const { key, value } of trailers.get(commit) ?? []) {
    const tool = assistantIn(key, value);
    if (tool !== undefined)
      return { origin: "ai", kind: "commit-trailer", time, confidence: "low", tool };
  }
  const tool = assistantAt(mail);
  if (tool === undefined) return undefined;
  return { origin: "ai", kind: "bot-author", time, confidence: "medium", tool };
}
