/**
 * Where hooks leave their records for the editor: in a folder of the user's, a file for each repository. Pure: who asks brings
 * the environment and the disk.
 */
import { hash128 } from "../base/hash.ts";

/** For files that are in no repository. */
export const ELSEWHERE = "elsewhere.jsonl";

/** Records older than this are thrown away, in milliseconds. */
export const KEPT_MS = 7 * 24 * 3600 * 1000;

export interface Machine {
  readonly platform: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The folder: `$XDG_CACHE_HOME/skeptic/hooks`, or the like of it on other systems. */
export function spoolFolder({ platform, home, env }: Machine): string {
  const own = env.SKEPTIC_HOOKS;
  if (own !== undefined && own !== "") return own;
  if (platform === "win32")
    return `${env.LOCALAPPDATA ?? `${home}\\AppData\\Local`}\\skeptic\\hooks`;
  if (platform === "darwin") return `${home}/Library/Caches/skeptic/hooks`;
  const cache = env.XDG_CACHE_HOME;
  return `${cache === undefined || cache === "" ? `${home}/.cache` : cache}/skeptic/hooks`;
}

/** The file in it for a repository, by the real path of the folder that holds `.git`. */
export function spoolName(repository: string | undefined): string {
  return repository === undefined ? ELSEWHERE : `${hash128(repository)}.jsonl`;
}

/** True for a name that `spoolName` gives. The folder may be one that holds other files, too. */
export function isSpoolName(name: string): boolean {
  return name === ELSEWHERE || /^[0-9a-f]{32}\.jsonl$/.test(name);
}
