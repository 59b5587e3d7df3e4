/**
 * Who wrote lines that are committed: as git-ai notes, agent-trace files, trailers and authors of their commits say. Nothing of
 * it is kept: it is read again when the file is opened.
 */
import type { FileId } from "../base/brand.ts";
import { lineStarts } from "../base/text.ts";
import { type Blame, blameOf } from "../git/blame.ts";
import { isProblem } from "../git/run.ts";
import { readTraces, TRACES, type Traces } from "../origin/agent-trace.ts";
import { align } from "../origin/align.ts";
import type { Mark, MarkedSpan } from "../origin/mark.ts";
import { type Declarations, declarationsOf, evidenceFor } from "../report/declared.ts";
import type { Context } from "./context.ts";

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
  const traces = await tracesFor(context, file);
  const declared = await declarationsOf(git.run, folder, commits, traces);
  const disk = await host.read(file);
  const now = origins.text(file);
  if (disk.kind !== "text" || now === undefined) return;
  const marks = marksOf(disk.text, blame, declared);
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
function marksOf(text: string, blame: Blame, declared: Declarations): MarkedSpan[] {
  const starts = lineStarts(text);
  const out: MarkedSpan[] = [];
  const made = new Map<string, Mark>();
  for (const [i, one] of blame.lines.entries()) {
    const evidence = evidenceFor(declared, blame.commits, one);
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
