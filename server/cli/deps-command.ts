/** `skeptic deps`: what a change of manifests and lock files does to the packages, and what is in an installed one. */
import { realpathSync, statSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { runGit } from "../git/node-git.ts";
import { baseOf, rootOf } from "../git/repository.ts";
import { isProblem } from "../git/run.ts";
import { type PackagesDiff, warnings } from "../packages/diff.ts";
import { packagesSince, type Read } from "../packages/since.ts";
import { painter, plain } from "./color.ts";
import { depsJson, depsMarkdown, depsText } from "./deps-report.ts";
import { readText } from "./disk.ts";
import { visible } from "./escape.ts";
import { excluder, fileId, systemReason } from "./files.ts";
import { inspectInstalled } from "./inspect-installed.ts";
import { inspectJson, inspectText, warned } from "./inspect-report.ts";
import { type EngineFactory, EXIT, type Io, UsageError } from "./io.ts";
import { checkOutput, save } from "./scan-command.ts";

export interface DepsOptions {
  readonly diff?: string;
  /** Names of installed packages; true: those that came or changed since `diff`. */
  readonly inspect?: true | readonly string[];
  readonly python?: string;
  readonly format: "text" | "json" | "md";
  readonly output?: string;
  readonly failOn: "warning" | "never";
  readonly exclude: readonly string[];
  readonly color: boolean;
}

/** Lock files of large projects are larger than source files may be. */
const MOST_BYTES = 64 * 1024 * 1024;

export async function depsCommand(
  paths: readonly string[],
  options: DepsOptions,
  factory: EngineFactory,
  io: Io,
): Promise<number> {
  if (options.inspect !== undefined) return inspectCommand(paths, options, factory, io);
  if (options.diff === undefined)
    throw new UsageError(
      "name what the packages are compared with: --diff REV, such as --diff HEAD or --diff main...; or what is looked into: --inspect NAME",
    );
  if (options.output !== undefined) await checkOutput(io, options.output);
  const found = await compared(paths, options.diff, options, factory, io);
  const paint = options.output === undefined ? painter(io, io.stdout, options.color) : plain;
  const text =
    options.format === "json"
      ? depsJson(found)
      : options.format === "md"
        ? depsMarkdown(found)
        : depsText(found, paint);
  if (options.output === undefined) io.stdout.write(text);
  else await save(io, options.output, text);
  for (const { file, message } of found.problems)
    io.stderr.write(`skeptic: ${visible(file)} is not compared: ${visible(message)}\n`);
  if (found.problems.length > 0) return EXIT.failed;
  return options.failOn === "warning" && warnings(found).length > 0 ? EXIT.findings : EXIT.clean;
}

async function inspectCommand(
  paths: readonly string[],
  options: DepsOptions,
  factory: EngineFactory,
  io: Io,
): Promise<number> {
  const { inspect: named, diff, format } = options;
  if (format === "md") throw new UsageError("--inspect writes text or json, not md");
  if (options.output !== undefined) await checkOutput(io, options.output);
  const changed =
    diff === undefined ? undefined : await compared(paths, diff, options, factory, io);
  if (named === true && changed === undefined)
    throw new UsageError(
      "name packages to look into: --inspect NAME; or --diff REV --inspect for those that changed",
    );
  const names = [
    ...(named === true || named === undefined ? [] : named),
    ...(changed === undefined ? [] : broughtBy(changed)),
  ];
  const { found, missing } = await inspectInstalled(
    [...new Set(names)],
    paths,
    options,
    factory,
    io,
  );
  const paint = options.output === undefined ? painter(io, io.stdout, options.color) : plain;
  const text =
    format === "json"
      ? inspectJson(found, missing, io.cwd)
      : inspectText(found, missing, io.cwd, paint);
  if (options.output === undefined) io.stdout.write(text);
  else await save(io, options.output, text);
  for (const { file, message } of changed?.problems ?? [])
    io.stderr.write(`skeptic: ${visible(file)} is not compared: ${visible(message)}\n`);
  // A package that was asked for by its name and is not there is a mistake; of a change it may be for another machine.
  const isFailed =
    (changed?.problems.length ?? 0) > 0 ||
    (named !== true && missing.some((name) => named?.includes(name)));
  if (isFailed) return EXIT.failed;
  return options.failOn === "warning" && warned(found) > 0 ? EXIT.findings : EXIT.clean;
}

/** Packages that are new, or have another version or place. */
function broughtBy({ files }: PackagesDiff): readonly string[] {
  return files.flatMap(({ changes }) =>
    changes.filter(({ kind }) => kind !== "removed").map(({ name }) => name),
  );
}

/** Each repository that holds one of the paths is asked; files are named from the working directory. */
async function compared(
  paths: readonly string[],
  diff: string,
  { exclude }: DepsOptions,
  factory: EngineFactory,
  io: Io,
): Promise<PackagesDiff> {
  const isExcluded = excluder(exclude);
  const asked = paths.map((path) => placeOf(io.cwd, path));
  const engine = await factory();
  try {
    const all: PackagesDiff[] = [];
    const seen = new Set<string>();
    for (const { folder } of asked) {
      const root = await rootOf(runGit, folder);
      if (isProblem(root)) throw new UsageError(`--diff: ${visible(root.message)}`);
      if (seen.has(root)) continue;
      seen.add(root);
      const named = (_: string, path: string): string => fileId(io.cwd, join(root, path));
      const found = await packagesSince({
        run: runGit,
        folder,
        base: baseOf(diff),
        read: (at, path) => readNow(join(at, path)),
        accepts: (at, path) =>
          asked.some(({ path: one }) => isIn(join(at, path), one)) &&
          !isExcluded(named(at, path)) &&
          !/(?:^|\/)(?:node_modules|site-packages)\//.test(path),
        lookAlike: engine.lookAlike,
        unknownName: engine.unknownName,
      });
      if (isProblem(found)) throw new UsageError(`--diff: ${visible(found.message)}`);
      const rename = <T extends { readonly file: string }>(one: T): T => ({
        ...one,
        file: named(root, one.file),
      });
      all.push({
        ...found,
        files: found.files.map(rename),
        problems: found.problems.map(rename),
      });
    }
    const [first] = all;
    return {
      since: first?.since ?? diff,
      files: all.flatMap(({ files }) => files),
      problems: all.flatMap(({ problems }) => problems),
    };
  } finally {
    engine.dispose();
  }
}

interface Place {
  /** An absolute path without links, as git writes it. */
  readonly path: string;
  /** The folder that git is asked in. */
  readonly folder: string;
}

function placeOf(cwd: string, path: string): Place {
  try {
    const at = realpathSync.native(resolve(cwd, path));
    return { path: at, folder: statSync(at).isDirectory() ? at : dirname(at) };
  } catch (error) {
    throw new UsageError(`cannot look at ${visible(path)}: ${systemReason(error)}`);
  }
}

function isIn(file: string, path: string): boolean {
  const at = resolve(file);
  return at === path || at.startsWith(path.endsWith(sep) ? path : `${path}${sep}`);
}

async function readNow(path: string): Promise<Read | undefined> {
  try {
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  } catch (error) {
    // A link that leads back to itself.
    return { problem: systemReason(error) };
  }
  const read = await readText(path, MOST_BYTES);
  if (read.ok) return { text: read.file.text };
  return { problem: read.message ?? read.reason.replaceAll("-", " ") };
}
