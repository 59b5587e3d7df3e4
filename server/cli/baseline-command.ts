/** `skeptic baseline`: the findings of today, written down as known. */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { lt } from "semver";
import { BASELINE_FILE, type Baseline, baselineOf, writeBaseline } from "../engine/baseline.ts";
import { loadBaseline, lookedAt, ownBaseline } from "./baseline.ts";
import { leadsOut, writeReport } from "./disk.ts";
import { visible } from "./escape.ts";
import { fileId, systemReason } from "./files.ts";
import { type EngineFactory, EXIT, type Io, UsageError } from "./io.ts";
import { loadOwn } from "./own.ts";
import { namer } from "./repository.ts";
import { printProblems, progress } from "./scan-command.ts";
import { configure, type Reported } from "./settings.ts";
import { plural } from "./text-report.ts";
import { openWorkspace } from "./workspace.ts";

export interface BaselineOptions extends Reported {
  readonly output?: string;
  readonly exclude: readonly string[];
  readonly quiet: boolean;
}

/** The version of a baseline that nobody has written. */
const NONE = "0.0.0";

export async function baselineCommand(
  paths: readonly string[],
  options: BaselineOptions,
  factory: EngineFactory,
  io: Io,
  version: string,
): Promise<number> {
  const engine = await factory();
  const onProgress = progress(io, options.quiet);
  try {
    await loadOwn(engine, io.cwd);
    configure(engine, [], options);
    const { exclude, output } = options;
    const workspace = await openWorkspace(engine, io.cwd, {
      paths,
      exclude,
      onProgress,
      onFound: io.roomFor,
    });
    await workspace.settle();
    const nameOf = namer(io.cwd);
    const path =
      output === undefined
        ? (ownBaseline(io.cwd) ?? join(io.cwd, BASELINE_FILE))
        : resolve(io.cwd, output);
    const before = await former(io.cwd, path);
    const found = baselineOf(workspace.findings(), version, nameOf);
    const looked = lookedAt(io.cwd, paths, workspace.requested);
    const isHere = paths.length === 1 && paths[0] === ".";
    // In the folder that it holds for there is nothing else.
    const isAll = isHere && dirname(dirname(path)) === io.cwd;
    const here = nameOf("_").slice(0, -1);
    const rest = [...before.entries].filter(
      ([, { file }]) =>
        !isAll && !(isHere && file.startsWith(here)) && looked.idOf(file) === undefined,
    );
    const entries = new Map([...rest, ...found.entries]);
    const isWhole = isAll || (isHere && output !== undefined && rest.length === 0);
    const next: Baseline = { version: isWhole ? version : older(before, version), entries };
    // Where one has named the file, one has meant it.
    if (output === undefined && (await leadsOut(io.cwd, path)))
      throw new UsageError(
        `${visible(fileId(io.cwd, path))} is not written: a link there leads out of this folder`,
      );
    await save(io, path, writeBaseline(next));
    printProblems(workspace, io);
    io.stdout.write(`${outcome(fileId(io.cwd, path), before, next, rest.length)}\n`);
    return EXIT.clean;
  } finally {
    onProgress("");
    engine.dispose();
  }
}

/** In what was not scanned, findings of rules that came in between are still to be told apart. */
function older(before: Baseline, version: string): string {
  return before.version !== NONE && lt(before.version, version) ? before.version : version;
}

/** What stood there before; nothing if there was no such file. */
async function former(cwd: string, path: string): Promise<Baseline> {
  if (!existsSync(path)) return { version: NONE, entries: new Map() };
  const before = await loadBaseline(path);
  if (!("problem" in before)) return before;
  throw new UsageError(
    `${visible(fileId(cwd, path))} ${before.problem}: take it away, or mend it, first`,
  );
}

async function save(io: Io, path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeReport(path, text);
  } catch (error) {
    throw new UsageError(`cannot write ${visible(fileId(io.cwd, path))}: ${systemReason(error)}`);
  }
}

function outcome(name: string, before: Baseline, next: Baseline, kept: number): string {
  const came = [...next.entries.keys()].filter((one) => !before.entries.has(one)).length;
  const went = [...before.entries.keys()].filter((one) => !next.entries.has(one)).length;
  const elsewhere = kept === 0 ? "" : `, ${kept} in files that were not scanned`;
  return `${visible(name)}: ${plural(next.entries.size, "finding")} (${came} added, ${went} gone${elsewhere}). Scans report only others now.`;
}
