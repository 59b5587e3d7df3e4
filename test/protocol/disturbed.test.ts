// Scans and edits while everything around them changes, with the built server and the real engine.

import assert from "node:assert/strict";
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Diagnostic } from "vscode-languageserver-protocol";
import type { ScanChangedResult } from "../../server/lsp/protocol.ts";
import { repository, room, write } from "../harness/repository.ts";
import { start, type TestClient, until } from "./client.ts";

const SERVER = join(process.cwd(), "dist", "server.js");
const FILES = 120;

/** A handler that asks a helper of the file before it: data is followed through all files. */
const part = (i: number): string => `import sqlite3
from flask import Flask, request
${i === 0 ? "" : `from part${i - 1} import wrap${i - 1}\n`}
app = Flask(__name__)


def wrap${i}(value):
    return ${i === 0 ? "value" : `wrap${i - 1}(value)`}


@app.get("/find${i}")
def find${i}():
    rows = []
    for name in request.args.getlist("name"):
        text = "SELECT * FROM t WHERE a = '" + wrap${i}(name) + "'"
        rows.append(sqlite3.connect("a.db").execute(text).fetchall())
    return {"rows": rows}
`;

let client: TestClient | undefined;
afterEach(async () => {
  await client?.stop();
});

function workspace(files = FILES): string {
  const folder = room();
  const named = Array.from({ length: files }, (_, i) => [`part${i}.py`, part(i)] as const);
  write(folder, Object.fromEntries(named));
  return folder;
}

async function open(folder: string, options: object = {}): Promise<TestClient> {
  client = await start({
    server: [SERVER, "--stdio"],
    folders: [pathToFileURL(folder).href],
    ...options,
  });
  return client;
}

const uriIn = (folder: string, name: string): string => pathToFileURL(join(folder, name)).href;

const linesOf = (diagnostics: readonly Diagnostic[] = []): readonly string[] =>
  diagnostics.map(({ code, range }) => `${code} ${range.start.line}`).sort();

describe("a scan", () => {
  // `npm run bench:large` measures how much less the second one takes.
  test("of a workspace that has not changed finds the same again", async () => {
    const at = await open(workspace());
    const first = await at.scan().result;
    assert.deepEqual([first.files, first.findings], [FILES, FILES]);
    const second = await at.scan().result;
    assert.deepEqual([second.files, second.findings], [FILES, FILES]);
  });

  test("finds everything after one that was cancelled", async () => {
    const folder = workspace();
    const at = await open(folder);
    const begun = at.scan();
    await until(
      "half of it",
      () => at.progress.some(({ done, total }) => done > total / 2),
      60_000,
    );
    begun.cancel();
    assert.equal((await begun.result).cancelled, true);
    const rest = await at.scan().result;
    assert.deepEqual([rest.files, rest.findings], [FILES, FILES]);
  });

  test("goes by settings that change while it is under way", async () => {
    const folder = workspace();
    const at = await open(folder);
    const begun = at.scan();
    await until("a beginning", () => at.progress.length > 0);
    at.changeSettings({ "": { rules: { "sql-injection": "off" }, exclude: ["part1?.py"] } });
    const { cancelled } = await begun.result;
    assert.equal(cancelled, false);
    await until("the new settings", async () => {
      const { files, findings } = await at.scan().result;
      return files === FILES - 10 && findings === 0;
    });
    at.changeSettings({ "": {} });
    await until("the old ones", async () => (await at.scan().result).findings === FILES);
  });

  test("follows a file that gets another name, and forgets one that goes", async () => {
    const folder = workspace();
    const at = await open(folder);
    const begun = at.scan();
    await until("a beginning", () => at.progress.length > 0);
    renameSync(join(folder, "part3.py"), join(folder, "renamed.py"));
    at.diskEvent(uriIn(folder, "part3.py"), 3);
    at.diskEvent(uriIn(folder, "renamed.py"), 1);
    rmSync(join(folder, "part4.py"));
    at.diskEvent(uriIn(folder, "part4.py"), 3);
    await begun.result;
    const of = (name: string): number | undefined =>
      at.lastOf(uriIn(folder, name))?.diagnostics.length;
    await until("the new name", () => of("renamed.py") === 1);
    await until("the old one", () => (of("part3.py") ?? 0) === 0 && (of("part4.py") ?? 0) === 0);
    assert.equal((await at.scan().result).findings, FILES - 1);
  });

  test("does not need git: with a broken repository only what has changed cannot be told", async () => {
    const folder = repository({ "part0.py": part(0) });
    writeFileSync(join(folder, ".git", "HEAD"), "\0\0\0");
    rmSync(join(folder, ".git", "objects"), { recursive: true, force: true });
    const at = await open(folder);
    assert.equal((await at.scan().result).findings, 1);
    const { problems, cancelled }: ScanChangedResult = await at.connection.sendRequest(
      "skeptic/scanChanged",
      { base: "HEAD" },
    );
    assert.deepEqual([problems.length, cancelled], [1, false]);
  });

  test("writes nothing into the workspace", async () => {
    const folder = workspace(2);
    const at = await open(folder);
    await at.scan().result;
    await at.connection.sendRequest("skeptic/makeBaseline", { except: [] });
    assert.equal(existsSync(join(folder, ".skeptic")), false);
  });
});

describe("200 edits a second", () => {
  test("end in what a fresh look finds, and questions are answered meanwhile", async () => {
    const folder = workspace(20);
    const at = await open(folder, { pull: true });
    const uri = uriIn(folder, "part7.py");
    let text = part(7);
    at.open(uri, text);
    await until("the first answer", async () => (await at.pullItems(uri)).length === 1);
    const more = part(7).replaceAll("find7", "more").replaceAll("wrap7", "other");
    let answered = 0;
    const asked: Promise<void>[] = [];
    const ask = async (): Promise<void> => {
      await at.connection.sendRequest("textDocument/hover", {
        textDocument: { uri },
        position: { line: 0, character: 0 },
      });
      answered++;
    };
    const added = [...more].slice(0, 400);
    for (const [i, char] of added.entries()) {
      const line = text.split("\n").length - 1;
      const character = text.length - text.lastIndexOf("\n") - 1;
      text += char;
      at.edit(uri, char, { start: { line, character }, end: { line, character } });
      if (i % 40 === 0) asked.push(ask());
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.ok(answered >= asked.length / 2, `${answered} of ${asked.length} before the end`);
    await Promise.all(asked);
    const rest = more.slice(400);
    const line = text.split("\n").length - 1;
    const character = text.length - text.lastIndexOf("\n") - 1;
    text += rest;
    at.edit(uri, rest, { start: { line, character }, end: { line, character } });
    const fresh = await freshly(folder, uri, text);
    await until("the same", async () => {
      const now = linesOf(await at.pullItems(uri));
      return now.join() === fresh.join();
    });
    assert.equal(fresh.length, 2);
  });

  test("a fix that is taken back brings its finding back, as it was", async () => {
    const folder = workspace(3);
    const at = await open(folder);
    const uri = uriIn(folder, "part2.py");
    const text = part(2);
    at.open(uri, text);
    await until("the finding", () => at.lastOf(uri)?.diagnostics.length === 1);
    const before = at.lastOf(uri)?.diagnostics ?? [];
    const fixed = text.replace(/text = .*\n/, 'text = "SELECT 1"\n');
    for (let round = 0; round < 3; round++) {
      at.edit(uri, fixed);
      await until("no finding", () => at.lastOf(uri)?.diagnostics.length === 0);
      at.edit(uri, text);
      await until("the finding again", () => at.lastOf(uri)?.diagnostics.length === 1);
    }
    const after = at.lastOf(uri)?.diagnostics ?? [];
    assert.deepEqual(linesOf(after), linesOf(before));
    assert.equal(after[0]?.data.fingerprint, before[0]?.data.fingerprint);
  });
});

/** What another server finds in the text at once. */
async function freshly(folder: string, uri: string, text: string): Promise<readonly string[]> {
  const other = await start({
    server: [SERVER, "--stdio"],
    folders: [pathToFileURL(folder).href],
    pull: true,
  });
  other.open(uri, text);
  await other.scan().result;
  const found = linesOf(await other.pullItems(uri));
  await other.stop();
  return found;
}
