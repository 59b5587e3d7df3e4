/** The commit that a lock file has found for a branch or a tag, where it still speaks of the same one. */
import type { LockedPackage, LockFile } from "./locked.ts";
import { LOCK_NAMES, lockFile } from "./lockfile.ts";
import { NPM_LOCKS, normalised, PYTHON_LOCKS } from "./manifest.ts";
import type { ManifestFile } from "./rule.ts";
import type { Source } from "./sources.ts";

/**
 * 40 hexadecimal digits; undefined where no lock file beside the manifest or above it knows one, where two differ, and where
 * the lock file was made for another repository or another branch. `written` is the range in package.json.
 */
export function lockedCommit(
  file: ManifestFile,
  ecosystem: LockFile["ecosystem"],
  name: string,
  source: Source,
  written?: string,
): string | undefined {
  if (source.kind !== "git" || source.open) return undefined;
  const plain = ecosystem === "npm" ? name : normalised(name);
  const commits = new Set<string>();
  for (const lockName of ecosystem === "npm" ? NPM_LOCKS : PYTHON_LOCKS) {
    const at = LOCK_NAMES.test(lockName) ? file.above(lockName) : undefined;
    const text = at === undefined ? undefined : file.textAbove(lockName);
    const lock = text === undefined ? undefined : lockFile(lockName, text);
    if (at === undefined || lock === undefined) continue;
    const range = rangeFor(lock, folderFrom(at, file.file), plain);
    if (written !== undefined && range !== undefined && !isSame(range, written)) continue;
    for (const one of lock.packages)
      if (one.name === plain && one.commit !== undefined && fits(one, plain, source, written))
        commits.add(one.commit);
  }
  return commits.size === 1 ? [...commits][0] : undefined;
}

function fits(
  { asked, reference, urls }: LockedPackage,
  name: string,
  source: Source,
  written: string | undefined,
): boolean {
  if (written !== undefined && asked?.includes(`${name}@${written}`) === false) return false;
  // Poetry writes what was asked for as its reference, a version range as none.
  if (reference !== undefined && reference !== source.ref) return false;
  const wanted = repositoryOf(source.address);
  const found = urls.map(({ text }) => repositoryOf(text)).filter((one) => one !== undefined);
  return wanted === undefined || found.length === 0 || found.includes(wanted);
}
/** Yarn writes the scheme of a short name out, npm leaves it. */
function isSame(range: string, written: string): boolean {
  if (range === written) return true;
  const hash = (text: string): string => (text.includes("#") ? text.slice(text.indexOf("#")) : "");
  const of = repositoryOf(range);
  return of !== undefined && of === repositoryOf(written) && hash(range) === hash(written);
}
function rangeFor({ manifests }: LockFile, folder: string, name: string): string | undefined {
  return manifests?.find((one) => one.folder === folder)?.asks.get(name);
}
/** The folder of a file, from that of a lock file in it or above it. */
export function folderFrom(lock: string, file: string): string {
  const base = lock.slice(0, lock.lastIndexOf("/") + 1);
  const folder = file.slice(0, file.lastIndexOf("/") + 1);
  // Above the folder that is scanned its name is not known.
  return folder.startsWith(base) ? folder.slice(base.length).replace(/\/$/, "") : "?";
}

/** Host and path of a repository, in whatever form its address is written: "github.com/owner/name". */
export function repositoryOf(address: string): string | undefined {
  const plain = address.replace(/^git\+/i, "").replace(/[#?].*$/s, "");
  const short = /^(?:(github|gitlab|bitbucket):)?([\w.-]+\/[\w.-]+)$/i.exec(plain);
  if (short !== null) {
    const host = (short[1] ?? "github").toLowerCase();
    return cleaned(host === "bitbucket" ? "bitbucket.org" : `${host}.com`, short[2] as string);
  }
  const [, host = "", path = ""] =
    /^[a-z+]+:\/\/(?:[^/@]*@)?([^/:]+)(?::\d*)?[/:](.+)$/i.exec(plain) ??
    /^(?:[\w.-]+@)([\w.-]+):(.+)$/.exec(plain) ??
    [];
  if (host === "") return undefined;
  const tarball = /^([^/]+\/[^/]+)\/(?:legacy\.)?tar\.gz\//.exec(path)?.[1];
  return host.toLowerCase() === "codeload.github.com" && tarball !== undefined
    ? cleaned("github.com", tarball)
    : cleaned(host, path);
}
function cleaned(host: string, path: string): string {
  return `${host}/${path.replace(/\/+$/, "").replace(/\.git$/, "")}`.toLowerCase();
}
