/**
 * Where hooks leave their records for the editor: in a folder of the user's, a file for each repository. Pure: who asks brings
 * the environment and the disk.
 */
import { cacheFolder, type Machine } from "../base/cache-folder.ts";
import { hash128 } from "../base/hash.ts";

/** For files that are in no repository. */
export const ELSEWHERE = "elsewhere.jsonl";

/** Records older than this are thrown away, in milliseconds. */
export const KEPT_MS = 7 * 24 * 3600 * 1000;

/** The folder: `$XDG_CACHE_HOME/skeptic/hooks`, or the like of it on other systems. */
export function spoolFolder(machine: Machine): string {
  const own = machine.env.SKEPTIC_HOOKS;
  return own !== undefined && own !== "" ? own : cacheFolder(machine, "hooks");
}

/** The file in it for a repository, by the real path of the folder that holds `.git`. */
export function spoolName(repository: string | undefined): string {
  return repository === undefined ? ELSEWHERE : `${hash128(repository)}.jsonl`;
}

/** True for a name that `spoolName` gives. The folder may be one that holds other files, too. */
export function isSpoolName(name: string): boolean {
  return name === ELSEWHERE || /^[0-9a-f]{32}\.jsonl$/.test(name);
}
