/** The host on Node: files of the `file` scheme are read from the disk. */
import { lstat, readdir, readFile, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { FileId } from "../base/brand.ts";
import { runGit } from "../git/node-git.ts";
import { schemeOf, uriOf } from "./file-id.ts";
import type { Entry, Files } from "./files.ts";
import { createHost, type FilesFor } from "./files-host.ts";
import type { Host } from "./host.ts";

/** @param others file systems of other schemes. */
export function createNodeHost(others: FilesFor): Host {
  const host = createHost(
    (file) => (schemeOf(file) === "file" ? DISK : others(file)),
    (run) => {
      setImmediate(run);
    },
  );
  const path = (folder: FileId): string | undefined =>
    schemeOf(folder) === "file" ? pathOf(folder) : undefined;
  return { ...host, git: { run: runGit, path } };
}

const DISK: Files = {
  async list(folder) {
    const entries = await readdir(pathOf(folder), { withFileTypes: true }).catch(() => []);
    return entries.map((entry) => ({ name: entry.name, kind: kindOf(entry) }));
  },
  async stat(file) {
    try {
      const path = pathOf(file);
      const [own, target] = await Promise.all([lstat(path), stat(path)]);
      return { kind: kindOf(target), isLink: own.isSymbolicLink(), size: target.size };
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      if (code === "ENOENT" || code === "ENOTDIR") return undefined;
      throw error;
    }
  },
  bytes: (file) => readFile(pathOf(file)),
};

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }): Entry["kind"] {
  return entry.isDirectory() ? "folder" : entry.isFile() ? "file" : "other";
}

function pathOf(file: FileId): string {
  return fileURLToPath(uriOf(file));
}
