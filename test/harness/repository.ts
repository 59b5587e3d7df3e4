// Real git repositories in temporary folders.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";

const rooms: string[] = [];
after(() => {
  for (const room of rooms) rmSync(room, { recursive: true, force: true });
});

/** An empty folder, gone after the tests of the file. */
export function room(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "skeptic-git-")));
  rooms.push(folder);
  return folder;
}

export function git(folder: string, ...given: readonly string[]): string {
  const who = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
  return execFileSync("git", [...who, "-c", "protocol.file.allow=always", ...given], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}

export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

export function commit(folder: string, message: string): void {
  git(folder, "add", "-A");
  git(folder, "commit", "-q", "-m", message);
}

/** Makes `folder` (default: a new one) a repository with one commit on the branch main. */
export function repository(files: Readonly<Record<string, string>>, folder = room()): string {
  git(folder, "init", "-q", "-b", "main");
  write(folder, files);
  commit(folder, "first");
  return folder;
}
