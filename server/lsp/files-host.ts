/** Walks and reads workspaces through file systems: what .gitignore and names leave out, sizes, encodings. Symbolic links are not followed. */
import ignore, { type Ignore } from "ignore";
import type { FileId } from "../base/brand.ts";
import { triable } from "../base/ignore-lines.ts";
import { sizeLimit } from "../embedded/document.ts";
import type { SkipReason } from "../engine/api.ts";
import { folderSkip, MAX_FILE_SIZE } from "../engine/classify.ts";
import { isInLeftOutFolder } from "./exclude.ts";
import { isUnder } from "./file-id.ts";
import type { Entry, Files } from "./files.ts";
import type { Accept, Found, Host, ReadResult } from "./host.ts";
import { NONE_KEPT } from "./kept.ts";

/** The rules of one .gitignore and of those above it. */
interface IgnoreScope {
  readonly folder: FileId;
  readonly rules: Ignore;
  readonly above: IgnoreScope | undefined;
}

/** The file system that has a file; undefined for names that none has. */
export type FilesFor = (file: FileId) => Files | undefined;

export function createHost(filesFor: FilesFor, later: Host["later"]): Host {
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
    const files = filesFor(folder);
    if (files === undefined) return undefined;
    const above = isUnder(folder, root)
      ? await scopeOf(parentOf(folder), root)
      : await scopeAboveRoot(files, folder);
    return ownScope(files, folder, above);
  };

  return {
    reads: (file) => filesFor(file) !== undefined,
    walk: (root, from, accept, kept) => walk(filesFor(root), root, from, accept, scopeOf, kept),
    async look(root, file, accept, kept = NONE_KEPT) {
      const relative = file.slice(root.length + 1);
      if (isInLeftOutFolder(relative) || !accept(relative)) return undefined;
      const status = await filesFor(file)
        ?.stat(file)
        .catch(() => undefined);
      if (status === undefined || status.isLink || status.kind === "other") return undefined;
      const { kind } = status;
      if (kind === "folder" && folderSkip(nameOf(file)) !== undefined) return undefined;
      for (let at = file; isUnder(at, root); at = parentOf(at)) {
        const isFolder = at !== file || kind === "folder";
        if ((isFolder ? kept.folders : kept.files).has(at)) continue;
        if (isIgnored(await scopeOf(parentOf(at), root), at, isFolder)) return undefined;
      }
      return kind;
    },
    read: (file, maxBytes = MAX_FILE_SIZE) => read(filesFor(file), file, maxBytes),
    repository: (folder) => repositoryOf(filesFor(folder), folder),
    forgetIgnoreFiles: () => scopes.clear(),
    later,
  };
}

async function* walk(
  files: Files | undefined,
  root: FileId,
  from: FileId,
  accept: Accept,
  scopeOf: (folder: FileId, root: FileId) => Promise<IgnoreScope | undefined>,
  kept = NONE_KEPT,
): AsyncIterable<Found> {
  const folders: FileId[] = [from];
  for (let at = 0; at < folders.length; at++) {
    const folder = folders[at] as FileId;
    const entries: readonly Entry[] = (await files?.list(folder)) ?? [];
    // A Python environment of any name carries this file.
    if (folder !== root && entries.some((entry) => entry.name === "pyvenv.cfg")) {
      yield { files: [], skipped: ["vendored"], excluded: [] };
      continue;
    }
    const scope = await scopeOf(folder, root);
    const found: FileId[] = [];
    const skipped: SkipReason[] = [];
    const excluded: string[] = [];
    for (const entry of entries) {
      const file = `${folder}/${entry.name}`;
      const isFolder = entry.kind === "folder";
      if (entry.kind === "other") continue;
      const byName = isFolder ? folderSkip(entry.name) : undefined;
      if (byName !== undefined) skipped.push(byName);
      else if (
        !accept(file.slice(root.length + 1)) ||
        (isIgnored(scope, file, isFolder) && !(isFolder ? kept.folders : kept.files).has(file))
      ) {
        skipped.push("excluded");
        excluded.push(entry.name);
      } else if (isFolder) folders.push(file);
      else found.push(file);
    }
    yield { files: found, skipped, excluded };
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
async function scopeAboveRoot(files: Files, root: FileId): Promise<IgnoreScope | undefined> {
  const above: FileId[] = [];
  let repository = false;
  for (let folder = root; ; folder = parentOf(folder)) {
    repository = await exists(files, `${folder}/.git`);
    if (repository || folder === parentOf(folder)) {
      if (folder !== root) above.push(folder);
      break;
    }
    if (folder !== root) above.push(folder);
  }
  if (!repository) return undefined;
  let scope: IgnoreScope | undefined;
  for (const folder of above.reverse()) scope = await ownScope(files, folder, scope);
  return scope;
}

async function ownScope(
  files: Files,
  folder: FileId,
  above: IgnoreScope | undefined,
): Promise<IgnoreScope | undefined> {
  const parts = await Promise.all([
    textOf(files, `${folder}/.gitignore`),
    textOf(files, `${folder}/.git/info/exclude`),
  ]);
  const lines = parts.filter((part) => part !== undefined).join("\n");
  if (lines.trim() === "") return above;
  return { folder, rules: ignore({ allowRelativePaths: true }).add(triable(lines)), above };
}

async function repositoryOf(files: Files | undefined, from: FileId): Promise<FileId | undefined> {
  for (let folder = from; files !== undefined; folder = parentOf(folder)) {
    if (await exists(files, `${folder}/.git`)) return folder;
    if (folder === parentOf(folder)) break;
  }
  return undefined;
}

async function textOf(files: Files, file: FileId): Promise<string | undefined> {
  return files.bytes(file).then(
    (bytes) => decodeUtf8(bytes).text,
    () => undefined,
  );
}

async function exists(files: Files, file: FileId): Promise<boolean> {
  return files.stat(file).then(
    (status) => status !== undefined,
    () => false,
  );
}

async function read(files: Files | undefined, file: FileId, maxBytes: number): Promise<ReadResult> {
  try {
    const status = await files?.stat(file);
    if (files === undefined || status?.kind !== "file") return { kind: "missing" };
    if (status.size > Math.max(maxBytes, sizeLimit(file) ?? 0))
      return { kind: "skipped", reason: "too-large" };
    return { kind: "text", ...decodeUtf8(await files.bytes(file)), bytes: status.size };
  } catch {
    // It may have gone since it was asked about.
    const status = await files?.stat(file).catch(() => null);
    return status === undefined ? { kind: "missing" } : { kind: "skipped", reason: "unreadable" };
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

function parentOf(file: FileId): FileId {
  const slash = file.lastIndexOf("/");
  // Where the folder of a scheme and an authority ends.
  const top = file.indexOf("/", file.indexOf("://") + 3);
  return slash <= top ? file : file.slice(0, slash);
}

function nameOf(file: FileId): string {
  return file.slice(file.lastIndexOf("/") + 1);
}
