/** `skeptic report`: who is declared to have written the code that has findings, and how that changes over time. */
import { realpathSync, statSync } from "node:fs";
import { extname, resolve } from "node:path";
import type { FileId } from "../base/brand.ts";
import { baselineOf } from "../engine/baseline.ts";
import { isCounted } from "../report/counted.ts";
import type { Format } from "../report/format.ts";
import type { DrawChart } from "../report/html.ts";
import { makeReport } from "../report/make.ts";
import { createRecordKeeper } from "../report/node-record.ts";
import { formerReport, keepReport, type RecordKeeper, reportOfJson } from "../report/record.ts";
import type { Pace, Subject } from "../report/subject.ts";
import { writeReport } from "../report/write.ts";
import { openBaseline } from "./baseline.ts";
import { readText } from "./disk.ts";
import { visible } from "./escape.ts";
import { excluder, systemReason } from "./files.ts";
import { type EngineFactory, EXIT, type Io, UsageError } from "./io.ts";
import { loadOwn } from "./own.ts";
import { subjectOf } from "./report-subject.ts";
import { namer } from "./repository.ts";
import { checkOutput, printProblems, progress, save } from "./scan-command.ts";
import { configure, type Reported } from "./settings.ts";
import { openWorkspace } from "./workspace.ts";

export interface ReportOptions extends Reported {
  readonly format?: Format;
  readonly output?: string;
  /** A report as JSON, to compare with. */
  readonly since?: string;
  /** False: nothing is kept for the next report. */
  readonly record: boolean;
  readonly points: number;
  /** Seconds for each of the two things that take long. */
  readonly time: number;
  readonly exclude: readonly string[];
  readonly quiet: boolean;
}

/** A report of a large project is more than a source file may have. */
const MOST_BYTES = 256 * 1024 * 1024;

export async function reportCommand(
  folder: string,
  options: ReportOptions,
  factory: EngineFactory,
  outer: Io,
  version: string,
): Promise<number> {
  if (options.output !== undefined) await checkOutput(outer, options.output);
  const format = options.format ?? formatOf(options.output);
  const io: Io = { ...outer, cwd: folderAt(outer.cwd, folder) };
  const nameOf = namer(io.cwd);
  const keeper = createRecordKeeper(io.env);
  const kept = await keeper.read(io.cwd);
  const now = Date.now();
  const former =
    options.since === undefined
      ? formerReport(kept, now)
      : { report: await reportAt(outer, options.since, nameOf), isOfEarlierDay: true };
  const engine = await factory();
  const onProgress = progress(io, options.quiet, "");
  try {
    await loadOwn(engine, io.cwd);
    configure(engine, [], options);
    const { exclude } = options;
    const workspace = await openWorkspace(engine, io.cwd, {
      paths: ["."],
      exclude,
      onProgress,
      onFound: io.roomFor,
    });
    await workspace.settle();
    const isExcluded = excluder(exclude);
    const subject = await subjectOf(workspace, {
      version,
      former,
      baseline: await openBaseline(io.cwd, undefined),
      accepts: (path) => !isExcluded(path),
    });
    const report = await makeReport(subject, paceOf(options, onProgress), now);
    const text = writeReport(report, format, format === "html" ? await charts() : undefined);
    if (options.output === undefined) outer.stdout.write(text);
    else await save(outer, options.output, text);
    printProblems(workspace, io);
    if (options.record) await keep(io, keeper, kept, subject, now, options.quiet);
    if (options.output !== undefined && !options.quiet)
      io.stderr.write(`The report is in ${visible(options.output)}\n`);
    return EXIT.clean;
  } finally {
    onProgress("");
    engine.dispose();
  }
}

/** The bundle is large: it is loaded when a page is drawn. */
async function charts(): Promise<DrawChart> {
  return (await import("../report/charts.ts")).drawChart;
}

function paceOf({ points, time }: ReportOptions, onProgress: (text: string) => void): Pace {
  return {
    isCancelled: () => false,
    rest: () => Promise.resolve(),
    progress: onProgress,
    clock: () => performance.now(),
    slice: 400,
    limits: { points, blame: time * 1000, history: time * 1000 },
  };
}

function folderAt(cwd: string, folder: string): string {
  const path = resolve(cwd, folder);
  try {
    if (statSync(path).isDirectory()) return realpathSync(path);
  } catch (error) {
    throw new UsageError(`cannot report on ${visible(folder)}: ${systemReason(error)}`);
  }
  throw new UsageError(`cannot report on ${visible(folder)}: it is no folder`);
}

/** By the name of the file; text that a terminal can show where there is none. */
function formatOf(output: string | undefined): Format {
  switch (extname(output ?? "").toLowerCase()) {
    case ".html":
    case ".htm":
      return "html";
    case ".json":
      return "json";
    default:
      return "md";
  }
}

async function reportAt(io: Io, name: string, nameOf: (file: FileId) => string) {
  const read = await readText(resolve(io.cwd, name), MOST_BYTES);
  if (!read.ok)
    throw new UsageError(
      `--since ${visible(name)}: it cannot be read (${read.message ?? read.reason})`,
    );
  const report = reportOfJson(read.file.text);
  if (report === undefined)
    throw new UsageError(
      `--since ${visible(name)}: it is no report that was written with --format json`,
    );
  const entries = [...report.entries].map(
    ([fingerprint, entry]) => [fingerprint, { ...entry, file: nameOf(entry.file) }] as const,
  );
  return { time: report.time, entries: new Map(entries) };
}

/** For "fixed since last time". That it cannot be kept is no reason to fail. */
async function keep(
  io: Io,
  keeper: RecordKeeper,
  kept: string | undefined,
  { files, findings, nameOf, version }: Subject,
  now: number,
  quiet: boolean,
): Promise<void> {
  const { entries } = baselineOf(files.flatMap(findings).filter(isCounted), version, nameOf);
  try {
    await keeper.write(io.cwd, keepReport(kept, { time: now, entries }));
  } catch (error) {
    if (!quiet)
      io.stderr.write(`skeptic: nothing is kept for the next report: ${systemReason(error)}\n`);
  }
}
