/** `skeptic generate`: prints what it would write, or writes it; a file that is there is replaced only when that is asked for. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { generate, type Kind } from "../generate/generate.ts";
import { type GeneratedFile, isRefused } from "../generate/generated.ts";
import type { Framework } from "../generate/project.ts";
import { leadsOut, readText, replaceFiles } from "./disk.ts";
import { visible, visibleLines } from "./escape.ts";
import { systemReason } from "./files.ts";
import { EXIT, type Io, UsageError } from "./io.ts";

export interface GenerateOptions {
  readonly folder: string;
  readonly framework?: Framework;
  readonly write: boolean;
  readonly force: boolean;
}

export async function generateCommand(
  kind: Kind,
  options: GenerateOptions,
  io: Io,
): Promise<number> {
  if (options.framework !== undefined && kind !== "headers")
    throw new UsageError("--framework is for headers alone");
  const root = resolve(io.cwd, options.folder);
  const answer = await generate(kind, (path) => read(resolve(root, path)), options.framework);
  if (isRefused(answer)) {
    io.stderr.write(`skeptic: nothing to write: ${visible(answer.refused)}\n`);
    return EXIT.clean;
  }
  const { files, notes } = answer;
  const code = options.write ? await write(root, files, options, io) : print(files, io);
  if (code === EXIT.clean) for (const note of notes) io.stderr.write(`note: ${visible(note)}\n`);
  return code;
}

async function read(path: string): Promise<string | undefined> {
  const found = await readText(path);
  if (found.ok) {
    // What is not read as it is cannot be written back as it was.
    if (!found.file.isUtf8 || found.file.hasBom)
      throw new UsageError(`${visible(path)} is not UTF-8 without a byte order mark`);
    return found.file.text;
  }
  return undefined;
}

function print(files: readonly GeneratedFile[], io: Io): number {
  for (const { path, before, after } of files) {
    const state = before === undefined ? "a new file" : changes(before, after);
    io.stdout.write(`# ${visible(path)} (${state})\n${visibleLines(after)}\n`);
  }
  io.stderr.write("Nothing was written: --write does.\n");
  return EXIT.clean;
}

async function write(
  root: string,
  files: readonly GeneratedFile[],
  options: GenerateOptions,
  io: Io,
): Promise<number> {
  const replaced = files.filter(
    ({ before, after }) => before !== undefined && !isKept(before, after),
  );
  if (replaced.length > 0 && !options.force)
    throw new UsageError(
      `${replaced.map(({ path }) => visible(path)).join(", ")} is there already, with another text: --force replaces it, without --write it is printed`,
    );
  for (const { path } of files)
    if (await leadsOut(root, resolve(root, path)))
      throw new UsageError(
        `${visible(path)} is not written: a link there leads out of ${visible(options.folder)}`,
      );
  for (const { path, before, after } of files) {
    const target = resolve(root, path);
    try {
      if (before === undefined) {
        await mkdir(dirname(target), { recursive: true });
        await writeFile(target, after, { flag: "wx" });
      } else {
        const failed = await replaceFiles([{ path: target, before, after }]);
        if (failed !== undefined) throw new Error(failed.message);
      }
    } catch (error) {
      const reason =
        error instanceof Error && !("code" in error) ? error.message : systemReason(error);
      throw new UsageError(
        `${visible(path)} cannot be written: ${reason ?? "it is there already"}`,
      );
    }
    const how = before === undefined ? "written" : isKept(before, after) ? "changed" : "replaced";
    io.stdout.write(`${how} ${visible(path)}\n`);
  }
  return EXIT.clean;
}

/** Nothing of the old text is lost: lines are added, and no more. */
function isKept(before: string, after: string): boolean {
  const lines = after.split("\n");
  let at = 0;
  for (const line of before.trimEnd().split("\n")) {
    at = lines.findIndex((one, i) => i >= at && one.trimEnd() === line.trimEnd()) + 1;
    if (at === 0) return false;
  }
  return true;
}
function changes(before: string, after: string): string {
  return isKept(before, after) ? "with lines added" : "is there already: it would be replaced";
}
