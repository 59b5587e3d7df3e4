/**
 * The scan of changed files: git says which they are, all of the workspace is followed, and the files that changed are
 * reported; so are those in which data arrives that a changed line passes on.
 */
import type { CancellationToken } from "vscode-languageserver";
import type { FileId } from "../base/brand.ts";
import type { Span } from "../base/text.ts";
import { type Changes, changesSince, isChanged } from "../git/changes.ts";
import { baseOf, branches, defaultBranch, rootOf } from "../git/repository.ts";
import { isProblem } from "../git/run.ts";
import { type Context, rangeOf, shortPath } from "./context.ts";
import type { Folder } from "./folders.ts";
import type { FileIndex } from "./index-files.ts";
import { visible } from "./plain.ts";
import type { ChangeBase, ChangeBases, ScanChangedResult, ScanProgress } from "./protocol.ts";
import type { Reports } from "./reports.ts";
import type { Sinks } from "./sinks.ts";

const SLICE_MS = 8;
const UNTRUSTED = "git is run only in workspaces that are trusted";
const NO_GIT = "git cannot be run here: the workspace is on no disk";

interface Parts {
  readonly reports: Reports;
  readonly sinks: Sinks;
  readonly index: FileIndex;
  readonly background: { touch(files: Iterable<FileId>): void };
}

/** What a person may compare with, of all folders that are in a repository. */
export async function changeBases(context: Context): Promise<ChangeBases> {
  if (!context.trust.given) return { bases: [], problem: UNTRUSTED };
  let problem = NO_GIT;
  const tops = new Set<string>();
  for (const { root } of foldersIn(context)) {
    const path = context.host.git?.path(root);
    if (context.host.git === undefined || path === undefined) continue;
    const top = await rootOf(context.host.git.run, path);
    if (isProblem(top)) problem = top.message;
    else tops.add(top);
  }
  const { git } = context.host;
  if (tops.size === 0 || git === undefined) return { bases: [], problem };
  const bases = new Map<string, ChangeBase>();
  const add = (base: string, label: string, description: string): void => {
    if (!bases.has(base)) bases.set(base, { base, label, description });
  };
  add("HEAD", "HEAD", "what is not committed yet");
  for (const top of tops) {
    const usual = await defaultBranch(git.run, top);
    if (usual !== undefined)
      add(`${usual}...`, `Merge base with ${usual}`, "all work on this branch");
  }
  for (const top of tops)
    for (const name of await branches(git.run, top)) add(name, name, "branch");
  return { bases: [...bases.values()] };
}

/** Those in which anything is reported. */
function foldersIn({ folders }: Context): readonly Folder[] {
  return folders.all().filter(({ settings }) => settings.enable);
}

export async function scanChanged(
  context: Context,
  parts: Parts,
  base: string,
  token: CancellationToken,
  progress: (progress: ScanProgress) => void,
): Promise<ScanChangedResult> {
  const { reports, sinks, index } = parts;
  const isCancelled = (): boolean => token.isCancellationRequested;
  const { changed, problems } = await changedFiles(context, base);
  await index.whenIdle(isCancelled, () => {
    const { done, total } = index.progress();
    if (total > 0) progress({ done: Math.min(done, total - 1), total, file: "" });
  });
  const known = new Set(index.files());
  const files = [...changed.keys()].filter((file) => known.has(file)).sort();
  const reached = new Set<FileId>();
  let until = Date.now() + SLICE_MS;
  for (const [at, file] of files.entries()) {
    if (Date.now() >= until) {
      await new Promise<void>((resolve) => context.host.later(resolve));
      until = Date.now() + SLICE_MS;
    }
    if (isCancelled()) break;
    reached.add(file);
    for (const sink of leadsTo(context, file, changed.get(file))) reached.add(sink);
    progress({ done: at + 1, total: files.length, file: visible(shortPath(context, file)) });
  }
  let findings = 0;
  for (const file of reached) {
    reports.coverage.files.add(file);
    findings += reports.current(file).own;
    sinks.touch(file);
  }
  parts.background.touch(reached);
  return { files: files.length, findings, skipped: {}, cancelled: isCancelled(), problems };
}

/** By file: whether lines of it, from 1, have changed. */
type Changed = ReadonlyMap<FileId, (first: number, last: number) => boolean>;

async function changedFiles(
  context: Context,
  base: string,
): Promise<{ readonly changed: Changed; readonly problems: readonly string[] }> {
  if (!context.trust.given) return { changed: new Map(), problems: [UNTRUSTED] };
  const changed = new Map<FileId, (first: number, last: number) => boolean>();
  const problems: string[] = [];
  const folders = foldersIn(context);
  for (const { root } of folders) {
    const path = context.host.git?.path(root);
    const changes =
      context.host.git === undefined || path === undefined
        ? { kind: "problem" as const, message: NO_GIT }
        : await changesSince(context.host.git.run, path, baseOf(base));
    if (isProblem(changes)) {
      const name = root.slice(root.lastIndexOf("/") + 1);
      problems.push(visible(folders.length > 1 ? `${name}: ${changes.message}` : changes.message));
      continue;
    }
    for (const name of changes.files) {
      if (!name.startsWith(changes.prefix)) continue;
      const file = `${root}/${name.slice(changes.prefix.length)}`;
      changed.set(file, linesOf(changes, name));
    }
  }
  return { changed, problems };
}

function linesOf(changes: Changes, path: string): (first: number, last: number) => boolean {
  return (first, last) => isChanged(changes, path, first, last);
}

/** Files with a finding whose data passes a changed line of this one. */
function leadsTo(
  context: Context,
  file: FileId,
  isChangedHere: ((first: number, last: number) => boolean) | undefined,
): readonly FileId[] {
  // Git knows the lines of its JSON, not those of its cells.
  const isCells = context.documents.get(file)?.notebook !== undefined;
  const isOnChange = (span: Span): boolean => {
    if (isCells) return true;
    const { start, end } = rangeOf(context, file, span);
    return isChangedHere?.(start.line + 1, end.line + 1) === true;
  };
  try {
    return context.engine
      .departures(file)
      .filter(
        ({ span, flow, sink }) =>
          !context.folders.silences(sink.file) &&
          (isOnChange(span) || flow.some((step) => step.file === file && isOnChange(step.span))),
      )
      .map(({ sink }) => sink.file);
  } catch (error) {
    context.log.crash("following data out of a changed file", error);
    return [];
  }
}
