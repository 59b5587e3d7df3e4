/** Files that git keeps although its ignore files name them: they are read like all others. git is asked only in workspaces that are trusted. */
import type { FileId } from "../base/brand.ts";
import { keptAnyway } from "../git/tracked.ts";
import type { Context } from "./context.ts";

export interface Kept {
  readonly files: ReadonlySet<FileId>;
  /** All folders above them. */
  readonly folders: ReadonlySet<FileId>;
}

export interface KeptFiles {
  /** Of a workspace folder, as git last said. */
  of(root: FileId): Promise<Kept>;
  all(): Promise<readonly FileId[]>;
  /** Asks anew; true when something differs. */
  refresh(): Promise<boolean>;
}

export const NONE_KEPT: Kept = { files: new Set(), folders: new Set() };

export function createKept({
  folders,
  host,
  trust,
}: Pick<Context, "folders" | "host" | "trust">): KeptFiles {
  const known = new Map<FileId, Promise<Kept>>();

  const look = async (root: FileId): Promise<Kept> => {
    const path = host.git?.path(root);
    if (host.git === undefined || path === undefined) return NONE_KEPT;
    if ((await host.repository(root)) === undefined) return NONE_KEPT;
    const files = new Set(
      (await keptAnyway(host.git.run, path)).map((file): FileId => `${root}/${file}`),
    );
    return { files, folders: foldersAbove(files, root) };
  };
  const of = (root: FileId): Promise<Kept> => {
    if (!trust.given) return Promise.resolve(NONE_KEPT);
    let kept = known.get(root);
    if (kept === undefined) {
      kept = look(root);
      known.set(root, kept);
    }
    return kept;
  };
  const all = async (): Promise<readonly FileId[]> => {
    const each = await Promise.all(folders.all().map(({ root }) => of(root)));
    return each.flatMap(({ files }) => [...files]);
  };

  return {
    of,
    all,
    async refresh() {
      const before = (await all()).join("\0");
      known.clear();
      return (await all()).join("\0") !== before;
    },
  };
}

function foldersAbove(files: Iterable<FileId>, root: FileId): ReadonlySet<FileId> {
  const out = new Set<FileId>();
  for (const file of files) {
    let at = file.slice(0, file.lastIndexOf("/"));
    for (; at.length > root.length && !out.has(at); at = at.slice(0, at.lastIndexOf("/")))
      out.add(at);
  }
  return out;
}
