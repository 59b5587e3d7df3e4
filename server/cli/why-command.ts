/** `skeptic why`: why nothing is reported at a place, in plain words with the line that makes it so. */
import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import type { FileId } from "../base/brand.ts";
import { lineStarts, offsetAt } from "../base/text.ts";
import type { Engine, Place, Reason } from "../engine/api.ts";
import { classify, whySkipped } from "../engine/classify.ts";
import { openBaseline, sortOut } from "./baseline.ts";
import { visible } from "./escape.ts";
import { discover, fileId, filePath } from "./files.ts";
import { type EngineFactory, EXIT, type Io, UsageError } from "./io.ts";
import { loadOwn } from "./own.ts";
import { keptBelow } from "./repository.ts";
import { printProblems, progress, terminalWidth } from "./scan-command.ts";
import { configure } from "./settings.ts";
import { cellWords, clean, hanging } from "./text-report.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

export interface WhyOptions {
  readonly exclude: readonly string[];
  readonly profile: "default" | "strict";
}

interface Asked {
  readonly file: string;
  readonly line: number;
  /** Undefined: the whole line. */
  readonly column: number | undefined;
}

export async function whyCommand(
  what: string,
  given: readonly string[],
  options: WhyOptions,
  factory: EngineFactory,
  io: Io,
  version: string,
): Promise<number> {
  const asked = askedBy(what);
  const engine = await factory();
  const onProgress = progress(io, false);
  try {
    await loadOwn(engine, io.cwd);
    configure(engine, [], options);
    const { exclude } = options;
    const paths = [...(given.length > 0 ? given : ["."]), asked.file];
    const workspace = await openWorkspace(engine, io.cwd, {
      paths,
      exclude,
      onProgress,
      onFound: io.roomFor,
    });
    await workspace.settle();
    const file = fileId(io.cwd, resolve(io.cwd, asked.file));
    const left = given.length === 0 ? await leftOut(engine, io.cwd, file, exclude) : [];
    const reasons = [...left, ...(await reasonsFor(workspace, file, asked, version))];
    const width = terminalWidth(io.stdout);
    const lines = reasons.flatMap((one) => linesOf(workspace, file, one, width));
    io.stdout.write(lines.map((line) => `${line.trimEnd()}\n`).join(""));
    printProblems(workspace, io);
    return EXIT.clean;
  } finally {
    onProgress("");
    engine.dispose();
  }
}

function askedBy(what: string): Asked {
  const [, file, line, column] = /^(.+?):(\d+)(?::(\d+))?$/s.exec(what) ?? [];
  if (file === undefined || Number(line) < 1)
    throw new UsageError(`name a place as FILE:LINE or FILE:LINE:COLUMN, not ${visible(what)}`);
  return { file, line: Number(line), column: column === undefined ? undefined : Number(column) };
}

/** A file that is named is read, and one that stands in a folder which is scanned may not be. */
async function leftOut(
  engine: Engine,
  cwd: string,
  file: FileId,
  exclude: readonly string[],
): Promise<readonly Reason[]> {
  const text = engine.text(file);
  if (text === undefined) return [];
  const left = (why: string): readonly Reason[] => [
    { kind: "not-read", text: `A scan leaves this file out unless you name it: ${why}` },
  ];
  const wants = (one: FileId): boolean => engine.wants(one);
  const kept = await keptBelow(cwd, ["."]);
  const { requested } = discover(cwd, ["."], { exclude, wants, kept });
  // A link's file is told by its own name.
  const names = [file, fileId(cwd, realpathSync(filePath(cwd, file)))];
  if (!requested.some((one) => names.includes(one.file)))
    return left("git ignores it, or it stands in a folder that is not looked at");
  const skip = classify(file, text);
  return skip === undefined ? [] : left(whySkipped(skip));
}

async function reasonsFor(
  workspace: Workspace,
  file: FileId,
  { line, column }: Asked,
  version: string,
): Promise<readonly Reason[]> {
  const { engine } = workspace;
  const text = engine.text(file);
  if (text === undefined) {
    const skipped = workspace.skippedFiles.find((one) => one.file === file);
    return [
      { kind: "not-read", text: `This file is not analysed: ${whySkipped(skipped?.reason)}` },
    ];
  }
  const whole = workspace.text(file);
  const starts = lineStarts(whole);
  if (line > starts.length)
    throw new UsageError(`${visible(file)} has ${starts.length} lines, and none of number ${line}`);
  const start = starts[line - 1] as number;
  const place =
    column === undefined
      ? start + indentAt(whole, start)
      : Math.min(offsetAt(whole, starts, line - 1, column - 1), endOf(whole, start));
  const code = workspace.offset(file, place);
  if (code === undefined || workspace.position(file, code).line !== line)
    return [{ kind: "not-read", text: "No code that is looked at stands on this line" }];
  const offset = code + (column === undefined ? indentAt(text, code) : 0);
  const reasons = engine.why(file, offset);
  const baseline = await openBaseline(workspace.cwd, undefined);
  const all = workspace.findings();
  const shown = new Set(sortOut(engine, all, baseline, version).shown);
  const known = all.filter((one) => one.file === file && !shown.has(one));
  return reasons.map((one) =>
    one.kind === "finding" && known.some((finding) => isSame(finding, one))
      ? { ...one, text: `${one.text}. It is in the baseline, so scans do not list it` }
      : one,
  );
}

function isSame(
  finding: { readonly rule: string; readonly span: { readonly start: number } },
  { rule, place }: Reason,
): boolean {
  return finding.rule === rule && finding.span.start === place?.span.start;
}

/** Of a line, before what ends it. */
function endOf(text: string, start: number): number {
  return start + (/^[^\r\n]*/.exec(text.slice(start))?.[0].length ?? 0);
}

function indentAt(text: string, start: number): number {
  return /^[ \t]*/.exec(text.slice(start))?.[0].length ?? 0;
}

function linesOf(workspace: Workspace, file: FileId, reason: Reason, width: number): string[] {
  const { place, text } = reason;
  const where =
    place === undefined
      ? ""
      : ` (${place.file === file ? "" : `${visible(place.file)}, `}${lineWords(workspace, place)})`;
  return hanging("- ", "- ", clean(`${text}${where}.`), width);
}

function lineWords(workspace: Workspace, { file, span }: Place): string {
  const cell = workspace.cell(file, span.start);
  return cell === undefined ? `line ${workspace.position(file, span.start).line}` : cellWords(cell);
}
