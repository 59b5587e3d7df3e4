// Baselines with the built server and the built command line: one file for both.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { JsonReport } from "../../server/cli/json-report.ts";
import type { MakeBaselineResult } from "../../server/lsp/protocol.ts";
import { repository, room, write } from "../harness/repository.ts";
import { start, type TestClient, until } from "./client.ts";

const SERVER = join(process.cwd(), "dist", "server.js");
const PROGRAM = join(process.cwd(), "dist", "cli.js");
const FILE = ".skeptic/baseline.json";
const LOAD = `import yaml


def load(text):
    return yaml.unsafe_load(text)
`;

/** What a call that nobody knows does to the data is assumed: information. */
const ASSUMED = `import sqlite3

import mystery
from fastapi import FastAPI

app = FastAPI()


@app.get("/find")
def find(name: str):
    name = mystery.wrap(name)
    return sqlite3.connect("a").execute("SELECT a FROM t WHERE n = '" + name + "'")
`;

let client: TestClient | undefined;
afterEach(async () => {
  await client?.stop();
});

async function open(folder: string, options: object = {}): Promise<TestClient> {
  client = await start({
    server: [SERVER, "--stdio"],
    folders: [pathToFileURL(folder).href],
    ...options,
  });
  return client;
}

const run = (folder: string, ...argv: string[]) =>
  spawnSync(process.execPath, [PROGRAM, ...argv], { cwd: folder, encoding: "utf8" });

function skeptic(folder: string, ...argv: string[]): string {
  return run(folder, ...argv).stdout;
}

const uriIn = (folder: string, name: string): string => pathToFileURL(join(folder, name)).href;

describe("a baseline", () => {
  test("that the command line wrote is the editor's, in a folder of a repository too", async () => {
    const root = repository({ "api/a.py": LOAD, "web/b.py": LOAD });
    const folder = join(root, "api");
    skeptic(root, "baseline");
    const at = await open(folder);
    const uri = uriIn(folder, "a.py");
    at.open(uri, LOAD);
    const lines = () => at.lastOf(uri)?.diagnostics.map(({ range }) => range.start.line);
    await until("an answer", () => lines() !== undefined);
    assert.deepEqual(lines(), []);
    await until("the count", () => at.statuses.at(-1)?.known === 1);
    at.edit(uri, `${LOAD}\n\ndef other(text):\n    return yaml.unsafe_load(text)\n`);
    await until("the new one", () => lines()?.length === 1);
    assert.deepEqual(lines(), [8]);
    assert.equal((await at.scan().result).findings, 1);
    writeFileSync(join(root, FILE), "{");
    at.diskEvent(pathToFileURL(join(root, FILE)).href, 2);
    await until("all", () => lines()?.length === 2);
    await until("why", () =>
      /baseline\.json is not valid JSON/.test(at.statuses.at(-1)?.message ?? ""),
    );
  });

  test("that the editor made is the command line's; what is open may stay", async () => {
    const folder = repository({ "a.py": LOAD, "b.py": LOAD, "c d.py": LOAD });
    const at = await open(folder);
    at.open(uriIn(folder, "a.py"), LOAD);
    const make = (...except: string[]): Promise<MakeBaselineResult> =>
      at.connection.sendRequest("skeptic/makeBaseline", { except });
    const { files, problem } = await make(uriIn(folder, "a.py"));
    assert.equal(problem, undefined);
    const [only] = files;
    assert.deepEqual([files.length, only?.uri, only?.findings], [1, uriIn(folder, FILE), 2]);
    write(folder, { [FILE]: only?.text ?? "" });
    const scan = JSON.parse(skeptic(folder, "scan", "--format", "json"));
    assert.deepEqual(
      scan.findings.map(({ file }: { file: string }) => file),
      ["a.py"],
    );
    assert.equal(scan.stats.hidden.baseline, 2);
    skeptic(folder, "baseline");
    assert.equal(readFileSync(join(folder, FILE), "utf8"), (await make()).files[0]?.text);
  });

  test("that was written a moment ago counts in a scan, also before the client tells of the file", async () => {
    const folder = repository({ "a.py": LOAD, "b.py": LOAD });
    const at = await open(folder);
    assert.equal((await at.scan().result).findings, 2);
    const made: MakeBaselineResult = await at.connection.sendRequest("skeptic/makeBaseline", {
      except: [uriIn(folder, "a.py")],
    });
    write(folder, { [FILE]: made.files[0]?.text ?? "" });
    assert.equal((await at.scan().result).findings, 1);
  });

  test("that is older than the rules fails no scan, and the editor tells their findings apart", async () => {
    const folder = room();
    write(folder, { "a.py": LOAD });
    skeptic(folder, "baseline");
    const text = readFileSync(join(folder, FILE), "utf8");
    writeFileSync(join(folder, FILE), text.replace(/"skeptic": "[^"]+"/, `"skeptic": "0.0.9"`));
    write(folder, { "b.py": LOAD });
    const scan = (): unknown => {
      const { status, stdout } = run(folder, "scan", "--format", "json");
      const { findings } = JSON.parse(stdout) as JsonReport;
      return [status, ...findings.map(({ file, newInVersion }) => [file, newInVersion])];
    };
    assert.deepEqual(scan(), [0, ["b.py", true]]);
    const at = await open(folder, { pull: true });
    const uri = uriIn(folder, "b.py");
    at.open(uri, LOAD);
    const before = await at.pull(uri);
    assert.ok(before.kind === "full");
    assert.deepEqual(
      before.items.map(({ data }) => data.isOfNewRule),
      [true],
    );
    writeFileSync(join(folder, FILE), text);
    at.diskEvent(pathToFileURL(join(folder, FILE)).href, 2);
    assert.deepEqual(scan(), [1, ["b.py", undefined]]);
    let after = before as Awaited<ReturnType<typeof at.pull>>;
    const deadline = Date.now() + 10_000;
    do after = await at.pull(uri, before.resultId);
    while (after.kind === "unchanged" && Date.now() < deadline);
    assert.ok(after.kind === "full", "it is told that it is no longer of a new rule");
    assert.deepEqual(
      after.items.map(({ data }) => data.isOfNewRule),
      [undefined],
    );
  });

  test("may be larger than a file of code, here as on the command line", async () => {
    const folder = room();
    write(folder, { "a.py": LOAD });
    skeptic(folder, "baseline");
    const entries = Array.from(
      { length: 30_000 },
      (_, i) => `"x${i}": {"rule":"evil-call","file":"some/where/in/a/project/file${i}.py"},\n`,
    );
    const text = readFileSync(join(folder, FILE), "utf8");
    write(folder, { [FILE]: text.replace(`"findings": {`, `"findings": {${entries.join("")}`) });
    const at = await open(folder);
    const uri = uriIn(folder, "a.py");
    at.open(uri, LOAD);
    await until("the count", () => at.statuses.at(-1)?.known === 1);
    assert.deepEqual(at.lastOf(uri)?.diagnostics, []);
    assert.doesNotMatch(at.statuses.at(-1)?.message ?? "", /baseline/);
    assert.equal(run(folder, "scan").status, 0);
  });

  test("does not hide what a change has made worse", async () => {
    const folder = room();
    write(folder, { "a.py": ASSUMED });
    skeptic(folder, "baseline");
    const at = await open(folder);
    const uri = uriIn(folder, "a.py");
    at.open(uri, ASSUMED);
    await until("an answer", () => at.lastOf(uri) !== undefined);
    assert.deepEqual(at.lastOf(uri)?.diagnostics, []);
    const certain = ASSUMED.replace("mystery.wrap(name)", "name");
    at.edit(uri, certain);
    await until("the error", () => at.lastOf(uri)?.diagnostics.length === 1);
    assert.equal(at.lastOf(uri)?.diagnostics[0]?.severity, 1);
    write(folder, { "a.py": certain });
    const { status, stdout } = run(folder, "scan", "--format", "json");
    const { findings } = JSON.parse(stdout) as JsonReport;
    assert.deepEqual(
      [status, ...findings.map(({ level, levelInBaseline }) => [level, levelInBaseline])],
      [1, ["error", "information"]],
    );
  });

  test("hides nothing in a workspace that is not trusted, nor where the setting says so", async () => {
    const folder = room();
    write(folder, { "a.py": LOAD });
    skeptic(folder, "baseline");
    const at = await open(folder, { initializationOptions: { trusted: false } });
    const uri = uriIn(folder, "a.py");
    at.open(uri, LOAD);
    const count = () => at.lastOf(uri)?.diagnostics.length;
    await until("the finding", () => count() === 1);
    await at.connection.sendNotification("skeptic/trusted");
    await until("nothing", () => count() === 0);
    at.changeSettings({ "": { newFindingsOnly: false } });
    await until("all again", () => count() === 1);
  });
});
