// Files that git keeps although an ignore file names them, with the built server and the built command line: one answer in both.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { JsonReport } from "../../server/cli/json-report.ts";
import { git, repository, write } from "../harness/repository.ts";
import { start, type TestClient, until } from "./client.ts";

const SERVER = join(process.cwd(), "dist", "server.js");
const PROGRAM = join(process.cwd(), "dist", "cli.js");
const LOAD = "import yaml\n\n\ndef load(text):\n    return yaml.unsafe_load(text)\n";
const FILES = { ".gitignore": "hidden.py\nbuilt/\n.env\n", "app.py": "x = 1\n" };
const IGNORED = {
  "hidden.py": LOAD,
  "built/kept.py": LOAD,
  "built/other.py": LOAD,
  ".env": "API_KEY=q8Zr2LmX9vTb4NcW7yHdK1sE\n",
};

let client: TestClient | undefined;
afterEach(async () => {
  await client?.stop();
});

async function open(folder: string, trusted: boolean): Promise<TestClient> {
  client = await start({
    server: [SERVER, "--stdio"],
    folders: [pathToFileURL(folder).href],
    initializationOptions: { trusted },
  });
  return client;
}
const uriIn = (folder: string, name: string): string => pathToFileURL(join(folder, name)).href;

/** What the command line finds, and what the editor shows after a scan; each with its rule. */
function found(folder: string): readonly string[] {
  const run = spawnSync(process.execPath, [PROGRAM, "scan", "--format", "json"], { cwd: folder });
  const { findings }: JsonReport = JSON.parse(String(run.stdout));
  return findings.map(({ file, rule }) => `${file} ${rule}`);
}
function shown(at: TestClient, folder: string): readonly string[] {
  return Object.keys(IGNORED)
    .sort()
    .flatMap((name) =>
      (at.lastOf(uriIn(folder, name))?.diagnostics ?? []).map(({ code }) => `${name} ${code}`),
    );
}

test("what was added by force is read, as soon as git keeps it", async () => {
  const folder = repository(FILES);
  write(folder, IGNORED);
  const at = await open(folder, true);
  assert.equal((await at.scan().result).findings, 0);
  assert.deepEqual(found(folder), []);
  git(folder, "add", "-f", "hidden.py", "built/kept.py", ".env");
  const expected = found(folder);
  assert.deepEqual(expected, [
    ".env env-file-committed",
    "built/kept.py yaml-unsafe-load",
    "hidden.py yaml-unsafe-load",
  ]);
  at.diskEvent(uriIn(folder, ".git/index"), 2);
  await until("the same in the editor", () => shown(at, folder).length === expected.length);
  assert.deepEqual(shown(at, folder), expected);
  assert.equal((await at.scan().result).findings, expected.length);
  git(folder, "rm", "-q", "--cached", "hidden.py");
  at.diskEvent(uriIn(folder, ".git/index"), 2);
  await until("it left", () => shown(at, folder).length === 2);
  assert.deepEqual(shown(at, folder), found(folder));
});

test("git is not asked in a workspace that is not trusted, until it is", async () => {
  const folder = repository(FILES);
  write(folder, IGNORED);
  git(folder, "add", "-f", "hidden.py");
  const at = await open(folder, false);
  assert.equal((await at.scan().result).findings, 0);
  await at.connection.sendNotification("skeptic/trusted");
  await until("it is read", () => shown(at, folder).length === 1);
  assert.deepEqual(shown(at, folder), found(folder));
});
