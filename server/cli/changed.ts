/** `--changed`: of all findings those that a change made, or that stand in a file that has changed. */
import { existsSync, realpathSync, statSync } from "node:fs";
import { dirname, resolve, sep } from "node:path";
import type { FileId } from "../base/brand.ts";
import type { Span } from "../base/text.ts";
import type { Finding } from "../engine/api.ts";
import { type Changes, changesSince, isChanged } from "../git/changes.ts";
import { runGit } from "../git/node-git.ts";
import { type Base, baseOf, HEAD, nameOf, rootOf, treeOf } from "../git/repository.ts";
import { isProblem } from "../git/run.ts";
import { visible } from "./escape.ts";
import { filePath } from "./files.ts";
import { UsageError } from "./io.ts";
import type { Workspace } from "./workspace.ts";

export interface ChangeOptions {
  /** True for HEAD. */
  readonly changed?: string | true;
  /** Only what stands on changed lines, or whose data passes one. */
  readonly changedLines: boolean;
}

export interface ChangedScan {
  /** What is compared with, for people. */
  readonly since: string;
  readonly files: number;
  /** Among the findings of a workspace those that the change is about. */
  among(workspace: Workspace, findings: readonly Finding[]): readonly Finding[];
}

/**
 * Asks git before anything is read: what it cannot answer is a UsageError. A name that no commit has, but a path, is one of
 * the paths: `--changed src` reads like that.
 */
export async function changedScan(
  cwd: string,
  given: readonly string[],
  options: ChangeOptions,
): Promise<{ readonly paths: readonly string[]; readonly scan: ChangedScan | undefined }> {
  if (options.changed === undefined && !options.changedLines)
    return { paths: given, scan: undefined };
  const { base, path } = await baseAmong(cwd, options.changed);
  const paths =
    path === undefined ? given : given.length === 1 && given[0] === "." ? [path] : [...given, path];
  const repositories = new Map<string, Changes>();
  for (const folder of new Set(paths.map((one) => folderOf(resolve(cwd, one))))) {
    if (folder === undefined) continue;
    const changes = await changesSince(runGit, folder, base);
    if (isProblem(changes)) throw new UsageError(`--changed: ${visible(changes.message)}`);
    repositories.set(changes.root, changes);
  }
  return { paths, scan: scanOf([...repositories.values()], base, options.changedLines) };
}

async function baseAmong(
  cwd: string,
  changed: string | true | undefined,
): Promise<{ readonly base: Base; readonly path?: string }> {
  if (changed === undefined || changed === true) return { base: HEAD };
  const base = baseOf(changed);
  if (!existsSync(resolve(cwd, changed))) return { base };
  const root = await rootOf(runGit, cwd);
  const isCommit = !isProblem(root) && !isProblem(await treeOf(runGit, root, base));
  return isCommit ? { base } : { base: HEAD, path: changed };
}

/** The folder that git is asked in; undefined for a path that is not there, which the scan itself says. */
function folderOf(path: string): string | undefined {
  try {
    return statSync(path).isDirectory() ? path : dirname(path);
  } catch {
    return undefined;
  }
}

function scanOf(all: readonly Changes[], base: Base, onlyLines: boolean): ChangedScan {
  return {
    since: nameOf(base),
    files: all.reduce((sum, { files }) => sum + files.size, 0),
    among(workspace, findings) {
      const places = new Map<
        FileId,
        { readonly changes: Changes; readonly path: string } | undefined
      >();
      const placeOf = (file: FileId) => {
        if (!places.has(file)) places.set(file, find(all, filePath(workspace.cwd, file)));
        return places.get(file);
      };
      const onChange = (file: FileId, span: Span): boolean => {
        const place = placeOf(file);
        if (place === undefined) return false;
        const line = (offset: number): number => workspace.position(file, offset).line;
        return isChanged(place.changes, place.path, line(span.start), line(span.end));
      };
      return findings.filter(
        ({ file, span, paths }) =>
          (onlyLines ? onChange(file, span) : placeOf(file) !== undefined) ||
          paths.some((path) => path.some((step) => onChange(step.file, step.span))),
      );
    },
  };
}

/** The repository that says a file has changed, and its path there. */
function find(
  all: readonly Changes[],
  file: string,
): { readonly changes: Changes; readonly path: string } | undefined {
  let real = file;
  try {
    real = realpathSync.native(file);
  } catch {
    // It was read a moment ago; its name will do.
  }
  for (const changes of all) {
    const root = `${withSlashes(resolve(changes.root))}/`;
    const path = withSlashes(real);
    if (!path.startsWith(root)) continue;
    const below = path.slice(root.length);
    if (changes.files.has(below)) return { changes, path: below };
  }
  return undefined;
}

/** Elsewhere a backslash is part of a name. */
function withSlashes(path: string): string {
  return sep === "\\" ? path.replaceAll(sep, "/") : path;
}
