/** The host on Node: folders, .gitignore and bytes of the `file` scheme. Symbolic links are not followed. */
import type { Dirent } from "node:fs";
import { lstat, readdir, readFile, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import ignore, { type Ignore } from "ignore";
import type { FileId } from "../base/brand.ts";
import type { SkipReason } from "../engine/api.ts";
import { folderSkip, MAX_FILE_SIZE } from "../engine/classify.ts";
import { isInLeftOutFolder } from "./exclude.ts";
import { isUnder, schemeOf, uriOf } from "./file-id.ts";
import type { Accept, Found, Host, ReadResult } from "./host.ts";

/** The rules of one .gitignore and of those above it. */
interface IgnoreScope {
  readonly folder: FileId;
  readonly rules: Ignore;
  readonly above: IgnoreScope | undefined;
}

export function createNodeHost(): Host {
  const scopes = new Map<FileId, Promise<IgnoreScope | undefined>>();

  /** The scope that holds for entries of `folder`; `root` is the workspace folder. */
  const scopeOf = (folder: FileId, root: FileId): Promise<IgnoreScope | undefined> => {
    let scope = scopes.get(folder);
    if (scope === undefined) {
      scope = readScope(folder, root);
      scopes.set(folder, scope);
    }
    return scope;
  };
  const readScope = async (folder: FileId, root: FileId): Promise<IgnoreScope | undefined> => {
    const above = isUnder(folder, root)
      ? await scopeOf(parentOf(folder), root)
      : await scopeAboveRoot(folder);
    return ownScope(folder, above);
  };

  return {
    reads: (file) => schemeOf(file) === "file",
    walk: (root, from, accept) => walk(root, from, accept, scopeOf),
    async look(root, file, accept) {
      const relative = file.slice(root.length + 1);
      if (isInLeftOutFolder(relative) || !accept(relative)) return undefined;
      const status = await lstat(pathOf(file)).catch(() => undefined);
      if (status === undefined || status.isSymbolicLink()) return undefined;
      const kind = status.isDirectory() ? "folder" : status.isFile() ? "file" : undefined;
      if (kind === undefined || (kind === "folder" && folderSkip(nameOf(file)) !== undefined))
        return undefined;
      for (let at = file; isUnder(at, root); at = parentOf(at)) {
        if (isIgnored(await scopeOf(parentOf(at), root), at, at !== file || kind === "folder"))
          return undefined;
      }
      return kind;
    },
    read,
    forgetIgnoreFiles: () => scopes.clear(),
    later: (run) => {
      setImmediate(run);
    },
  };
}

async function* walk(
  root: FileId,
  from: FileId,
  accept: Accept,
  scopeOf: (folder: FileId, root: FileId) => Promise<IgnoreScope | undefined>,
): AsyncIterable<Found> {
  const folders: FileId[] = [from];
  for (let at = 0; at < folders.length; at++) {
    const folder = folders[at] as FileId;
    const entries: Dirent[] = await readdir(pathOf(folder), { withFileTypes: true }).catch(
      () => [],
    );
    // A Python environment of any name carries this file.
    if (folder !== root && entries.some((entry) => entry.name === "pyvenv.cfg")) {
      yield { files: [], skipped: ["vendored"] };
      continue;
    }
    const scope = await scopeOf(folder, root);
    const files: FileId[] = [];
    const skipped: SkipReason[] = [];
    for (const entry of entries) {
      const file = `${folder}/${entry.name}`;
      const isFolder = entry.isDirectory();
      if (!isFolder && !entry.isFile()) continue;
      const byName = isFolder ? folderSkip(entry.name) : undefined;
      if (byName !== undefined) skipped.push(byName);
      else if (!accept(file.slice(root.length + 1)) || isIgnored(scope, file, isFolder))
        skipped.push("excluded");
      else if (isFolder) folders.push(file);
      else files.push(file);
    }
    yield { files, skipped };
  }
}

function isIgnored(scope: IgnoreScope | undefined, file: FileId, isFolder: boolean): boolean {
  for (let at = scope; at !== undefined; at = at.above) {
    const relative = file.slice(at.folder.length + 1) + (isFolder ? "/" : "");
    if (!ignore.isPathValid(relative)) return false;
    const verdict = at.rules.test(relative);
    // The nearest file decides, as in git.
    if (verdict.ignored) return true;
    if (verdict.unignored) return false;
  }
  return false;
}

/** The .gitignore files between the repository's root and a workspace folder inside it. */
async function scopeAboveRoot(root: FileId): Promise<IgnoreScope | undefined> {
  const above: FileId[] = [];
  let repository = false;
  for (let folder = root; ; folder = parentOf(folder)) {
    repository = await exists(`${folder}/.git`);
    if (repository || folder === parentOf(folder)) {
      if (folder !== root) above.push(folder);
      break;
    }
    if (folder !== root) above.push(folder);
  }
  if (!repository) return undefined;
  let scope: IgnoreScope | undefined;
  for (const folder of above.reverse()) scope = await ownScope(folder, scope);
  return scope;
}

async function ownScope(
  folder: FileId,
  above: IgnoreScope | undefined,
): Promise<IgnoreScope | undefined> {
  const parts = await Promise.all([
    textOf(`${folder}/.gitignore`),
    textOf(`${folder}/.git/info/exclude`),
  ]);
  const lines = parts.filter((part) => part !== undefined).join("\n");
  if (lines.trim() === "") return above;
  return { folder, rules: ignore({ allowRelativePaths: true }).add(lines), above };
}

async function textOf(file: FileId): Promise<string | undefined> {
  return readFile(pathOf(file), "utf8").catch(() => undefined);
}

async function exists(file: FileId): Promise<boolean> {
  return stat(pathOf(file)).then(
    () => true,
    () => false,
  );
}

async function read(file: FileId): Promise<ReadResult> {
  try {
    const path = pathOf(file);
    const status = await stat(path);
    if (!status.isFile()) return { kind: "missing" };
    if (status.size > MAX_FILE_SIZE) return { kind: "skipped", reason: "too-large" };
    return { kind: "text", ...decodeUtf8(await readFile(path)), bytes: status.size };
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    return code === "ENOENT" || code === "ENOTDIR"
      ? { kind: "missing" }
      : { kind: "skipped", reason: "unreadable" };
  }
}

function decodeUtf8(bytes: Uint8Array): { text: string; editable: boolean } {
  // Both decoders take a leading BOM off.
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), editable: true };
  } catch {
    return { text: new TextDecoder("utf-8").decode(bytes), editable: false };
  }
}

function pathOf(file: FileId): string {
  return fileURLToPath(uriOf(file));
}

function parentOf(file: FileId): FileId {
  const slash = file.lastIndexOf("/");
  return slash <= "file://".length ? file : file.slice(0, slash);
}

function nameOf(file: FileId): string {
  return file.slice(file.lastIndexOf("/") + 1);
}
