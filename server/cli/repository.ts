/** How fingerprints call files: from the root of their repository, so that a scan may be started in any folder of it. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { FileId } from "../base/brand.ts";
import { fileId, filePath } from "./files.ts";

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
