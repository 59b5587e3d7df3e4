/**
 * Who wrote lines that are committed: as git-ai notes, agent-trace files, trailers and authors of their commits say. Nothing of
 * it is kept: it is read again when the file is opened.
 */
import type { FileId } from "../base/brand.ts";
import { lineStarts, positionAt, type Span } from "../base/text.ts";
import { isNotebook, readEmbedded } from "../embedded/document.ts";
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
  const code = codeOf(file, disk.text);
  const marks = code === undefined ? [] : marksOf(code, blame, declared);
  if (code === undefined || marks.length === 0) return;
  const { text } = code;
  origins.fill(
    file,
    now === text ? marks : align({ before: text, marks, after: now, by: "words" }),
  );
}

/** A text that is followed, and of which line of its file (from 0) each of its lines is. */
interface Code {
  readonly text: string;
  readonly lines: readonly (Span & { readonly line: number })[];
}

/** Of a notebook it is the program, of whose cells each line has one of its own in the file; undefined for one that cannot be read. */
function codeOf(file: FileId, disk: string): Code | undefined {
  if (!isNotebook(file))
    return { text: disk, lines: linesOf(disk).map((span, line) => ({ ...span, line })) };
  const notebook = readEmbedded(file, disk);
  if ("problem" in notebook) return undefined;
  const starts = lineStarts(disk);
  const { text, parts } = notebook.program;
  const lines = parts.flatMap((part) =>
    linesOf(text.slice(part.start, part.end)).map(({ start, end }) => ({
      start: part.start + start,
      end: part.start + end,
      line: positionAt(starts, notebook.place(part.start + start)).line,
    })),
  );
  return { text, lines };
}

function linesOf(text: string): Span[] {
  const starts = lineStarts(text);
  return [...starts].map((start, i) => ({ start, end: starts[i + 1] ?? text.length }));
}

async function tracesFor({ folders, host }: Context, file: FileId): Promise<Traces> {
  const folder = folders.of(file);
  const read = folder === undefined ? undefined : await host.read(`${folder.root}/${TRACES}`);
  return readTraces(read?.kind === "text" ? read.text : "");
}

/** The marks of what the disk holds. */
function marksOf({ text, lines }: Code, blame: Blame, declared: Declarations): MarkedSpan[] {
  const out: MarkedSpan[] = [];
  const made = new Map<string, Mark>();
  for (const { start, end, line } of lines) {
    const one = blame.lines[line];
    const evidence = one === undefined ? undefined : evidenceFor(declared, blame.commits, one);
    if (evidence === undefined) continue;
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
