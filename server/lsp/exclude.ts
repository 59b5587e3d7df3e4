/** Which paths of a workspace folder are left out, besides what .gitignore says. Pure: the host asks for each path. */
import picomatch from "picomatch";
import { folderSkip } from "../engine/classify.ts";

/** True when a folder in the path holds the code of others: never reported, not even when such a file is open. */
export function isVendored(relative: string): boolean {
  return foldersOf(relative).some((name) => folderSkip(name) === "vendored");
}

/** True when a folder in the path is left out by its name. */
export function isInLeftOutFolder(relative: string): boolean {
  return foldersOf(relative).some((name) => folderSkip(name) !== undefined);
}

function foldersOf(relative: string): string[] {
  return relative.split("/").slice(0, -1);
}

/** True for paths (relative to their folder, "/" separated) that a user's globs exclude. */
export type Excluded = (relative: string) => boolean;

/** As on the command line: a glob without a slash matches names at any depth, one that matches a folder all below it. */
export function compileGlobs(
  globs: readonly string[],
  problem: (message: string) => void,
): Excluded {
  const matchers: ((path: string) => boolean)[] = [];
  for (const glob of globs) {
    const pattern = glob
      .trim()
      .replace(/^\.?\//, "")
      .replace(/\/+$/, "");
    if (pattern === "") continue;
    try {
      matchers.push(picomatch(pattern, { dot: true, basename: !pattern.includes("/") }));
    } catch (error) {
      problem(
        `skeptic.exclude: ${JSON.stringify(glob)} is no glob pattern (${error instanceof Error ? error.message : "?"})`,
      );
    }
  }
  if (matchers.length === 0) return () => false;
  return (relative) => {
    for (let at = relative.indexOf("/"); at !== -1; at = relative.indexOf("/", at + 1)) {
      const above = relative.slice(0, at);
      if (matchers.some((matches) => matches(above))) return true;
    }
    return matchers.some((matches) => matches(relative));
  };
}
