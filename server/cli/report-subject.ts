/** A folder on the disk as the subject of a report. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { FileId } from "../base/brand.ts";
import type { Engine, Finding } from "../engine/api.ts";
import { runGit } from "../git/node-git.ts";
import { createAuthors } from "../origin/authors.ts";
import { applyHook } from "../origin/locate.ts";
import type { MarkedSpan } from "../origin/mark.ts";
import { createSpoolReader, ownSpoolFolder, spoolOfFolder } from "../origin/node-spool.ts";
import type { Subject } from "../report/subject.ts";
import { readText } from "./disk.ts";
import { fileId } from "./files.ts";
import { namer } from "./repository.ts";
import type { Workspace } from "./workspace.ts";

export type Given = Pick<Subject, "baseline" | "former" | "accepts" | "version">;

/** The workspace is settled, and its working directory is the folder. */
export async function subjectOf(workspace: Workspace, given: Given): Promise<Subject> {
  const { engine, cwd, requested } = workspace;
  const found = new Map<FileId, Finding[]>();
  for (const finding of workspace.findings())
    found.set(finding.file, [...(found.get(finding.file) ?? []), finding]);
  const marks = await hookMarks(engine, cwd, requested);
  return {
    ...given,
    engine,
    folder: basename(cwd) || cwd,
    files: requested,
    findings: (file) => found.get(file) ?? [],
    pathOf: (file) => file,
    nameOf: namer(cwd),
    problems: workspace.problems.map(({ file, message }) =>
      file === undefined ? `${message}.` : `${file} ${message}.`,
    ),
    isSaved: () => true,
    read: (path) => textAt(join(cwd, path)),
    pastEngine: async () => ({
      engine,
      files: [...workspace.files.keys()],
      dispose: () => undefined,
    }),
    marks: (file) => marks.get(file) ?? [],
    git: {
      run: runGit,
      folder: cwd,
      rootOf: async (path) => rootAbove(dirname(join(cwd, path))),
      readAbsolute: textAt,
    },
  };
}

function rootAbove(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (at === dirname(at)) return undefined;
  }
}

async function textAt(path: string): Promise<string | undefined> {
  const read = await readText(path);
  return read.ok ? read.file.text : undefined;
}

/** What hooks of agents recorded of text that is in the files now. */
async function hookMarks(
  engine: Engine,
  cwd: string,
  files: readonly FileId[],
): Promise<ReadonlyMap<FileId, readonly MarkedSpan[]>> {
  const out = new Map<FileId, readonly MarkedSpan[]>();
  const { path, name } = await spoolOfFolder(cwd);
  const records = await createSpoolReader(ownSpoolFolder()).read(name);
  const known = new Set(files);
  for (const file of new Set(records.map((one) => one.file))) {
    const id = fileId(path, file);
    const text = known.has(id) ? engine.text(id) : undefined;
    if (text === undefined) continue;
    const authors = createAuthors(text.length);
    for (const record of records) if (record.file === file) applyHook(authors, text, record);
    out.set(id, authors.track.all());
  }
  return out;
}
