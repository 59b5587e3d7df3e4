/** How fingerprints call files: from the root of their repository, so that a scan may be started in any folder of it. */
import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { FileId } from "../base/brand.ts";
import { runGit } from "../git/node-git.ts";
import { keptAnyway } from "../git/tracked.ts";
import { fileId, filePath } from "./files.ts";

/** Absolute paths of files below the paths, or of those files, that git keeps although its ignore files name them. */
export async function keptBelow(
  cwd: string,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const folders = paths.map((path) => resolve(cwd, path)).filter(isFolder);
  const each = folders.filter(isInRepository).map(async (folder) => {
    const files = await keptAnyway(runGit, folder);
    return files.map((file) => resolve(folder, file));
  });
  return new Set((await Promise.all(each)).flat());
}

/** Paths that cannot be looked at are told by who reads them. */
function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false;
  }
}

function isInRepository(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return true;
    if (dirname(at) === at) return false;
  }
}

/** From the nearest folder above the file that holds `.git`; where there is none, from the working directory. */
export function namer(cwd: string): (file: FileId) => string {
  const roots = new Map<string, string | undefined>();
  const rootOf = (folder: string): string | undefined => {
    if (roots.has(folder)) return roots.get(folder);
    const above = dirname(folder);
    const root = existsSync(join(folder, ".git"))
      ? folder
      : above === folder
        ? undefined
        : rootOf(above);
    roots.set(folder, root);
    return root;
  };
  return (file) => {
    const path = filePath(cwd, file);
    return fileId(rootOf(dirname(path)) ?? cwd, path);
  };
}
