// The built server over stdio, with the real engine and rules.

import * as assert from "node:assert/strict";
import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, test } from "node:test";
import { type CodeAction, ErrorCodes, TextDocumentEdit } from "vscode-languageserver-protocol";
import { applyEdits, lineStarts, offsetAt } from "../../server/base/text.ts";
import {
  folder,
  type StartOptions,
  sleep,
  start,
  type TestClient,
  type TestFolder,
  until,
} from "./client.ts";

const SERVER = join(process.cwd(), "dist", "server.js");
const ALL = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };

const PYTHON = `import sqlite3
from flask import Flask, request

app = Flask(__name__)
db = sqlite3.connect("app.db")


@app.get("/users")
def users():
    name = request.args["name"]
    return db.execute(f"SELECT * FROM users WHERE name = '{name}'").fetchall()
`;

const EXPRESS = `import express from "express";
import { Pool } from "pg";

const app = express();
const pool = new Pool();

app.get("/users", async (req, res) => {
  const rows = await pool.query("SELECT * FROM users WHERE name = '" + req.query.name + "'");
  res.json(rows);
});
`;

const HELPER = `import sqlite3

db = sqlite3.connect("app.db")


def find(name):
    return db.execute("SELECT * FROM users WHERE name = '" + name + "'").fetchall()
`;

const CALLER = `from flask import Flask, request

from helper import find

app = Flask(__name__)


@app.get("/users")
def users():
    return find(request.args["name"])
`;

const CLEAN = `from flask import Flask, request

app = Flask(__name__)


def clean(text):
    return tidy(text)


@app.get("/hello")
def hello():
    return "<b>" + clean(request.args["name"]) + "</b>"
`;

describe("the built server", () => {
  const clients: TestClient[] = [];
  const folders: TestFolder[] = [];
  const launch = async (files: Record<string, string>, options: Partial<StartOptions> = {}) => {
    const at = await folder(files);
    folders.push(at);
    const client = await start({ server: [SERVER], folders: [at.uri], ...options });
    clients.push(client);
    return { client, at };
  };
  afterEach(async () => {
    for (const client of clients.splice(0)) {
      assert.equal(await client.stop(), 0, "the server ends when asked");
      const faults = client.log.filter((line) => /crash|Error|failed|fault/i.test(line));
      assert.deepEqual(faults, []);
    }
    for (const one of folders.splice(0)) await one.dispose();
  });
  const codes = (client: TestClient, uri: string) =>
    client.lastOf(uri)?.diagnostics.map(({ code }) => code);

  test("takes rules of the project in as they are written, and sanitizers once it is trusted", async () => {
    const own = ".skeptic/rules/acme.yml";
    const sanitizer = `version: 1
sanitizers:
  - { language: python, function: "app.py:clean", clears: [html] }
`;
    const { client, at } = await launch(
      { "app.py": CLEAN, [own]: sanitizer },
      { initializationOptions: { trusted: false } },
    );
    const app = at.file("app.py");
    client.open(app, CLEAN);
    const shows = (what: string, expected: readonly string[]) =>
      until(what, () => JSON.stringify(codes(client, app)) === JSON.stringify(expected));
    await shows("the finding, in a folder that is not trusted", ["xss-server-html"]);
    await client.connection.sendNotification("skeptic/trusted", {});
    await shows("nothing once it is trusted", []);
    const rule = `version: 1
rules:
  - id: acme-no-flask
    language: python
    title: A second Flask application
    severity: medium
    message: { what: "One more.", why: "Nobody looks after it.", fix: "Add a blueprint." }
    call: { paths: [flask.Flask] }
`;
    client.diskEvent(await at.write(own, rule), 2);
    await shows("what the rule says, without the sanitizer", ["acme-no-flask", "xss-server-html"]);
    const links = client
      .lastOf(app)
      ?.diagnostics.map(({ codeDescription }) => codeDescription?.href);
    assert.deepEqual(
      links?.map((link) => link?.split("/").at(-1)),
      [undefined, "xss-server-html.md"],
    );
    await at.remove(own);
    client.diskEvent(at.file(own), 3);
    await shows("what it was without own rules", ["xss-server-html"]);
  });

  test("publishes both languages' SQL injections with their path", async () => {
    const { client, at } = await launch({ "app.py": PYTHON, "app.ts": EXPRESS });
    const [python, typescript] = [at.file("app.py"), at.file("app.ts")];
    client.open(python, PYTHON);
    client.open(typescript, EXPRESS, "typescript");
    for (const [uri, line] of [
      [python, 10],
      [typescript, 7],
    ] as const) {
      await until(uri, () => codes(client, uri)?.includes("sql-injection"));
      const found = client.lastOf(uri)?.diagnostics.find(({ code }) => code === "sql-injection");
      assert.equal(found?.range.start.line, line);
      assert.equal(found?.severity, 1);
      assert.ok((found?.relatedInformation?.length ?? 0) >= 2);
      // The page stands beside the server: it opens without a network and says what this version does.
      const page = readFileSync(new URL(found?.codeDescription?.href ?? ""), "utf8");
      assert.match(page, /^# .*sql/i);
    }
  });

  test("typing it away and back, the answer follows", async () => {
    const { client, at } = await launch({}, { pull: true });
    const uri = at.file("app.py");
    client.open(uri, PYTHON);
    const count = async () =>
      (await client.pullItems(uri)).filter(({ code }) => code === "sql-injection").length;
    assert.equal(await count(), 1);
    const line = PYTHON.split("\n").findIndex((text) => text.includes("request.args"));
    const range = { start: { line, character: 11 }, end: { line, character: 31 } };
    client.edit(uri, '"constant"', range);
    assert.equal(await count(), 0);
    client.edit(uri, 'request.args["name"]', {
      start: { line, character: 11 },
      end: { line, character: 21 },
    });
    assert.equal(await count(), 1);
    // Half-typed: the finding stays, moved.
    client.edit(uri, "x = (\n", {
      start: { line: 0, character: 0 },
      end: { line: 0, character: 0 },
    });
    assert.equal((await client.pullItems(uri))[0]?.range.start.line, 11);
    client.edit(uri, "", { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } });
    assert.equal((await client.pullItems(uri))[0]?.range.start.line, 10);
  });

  test("a half-typed function holds its own findings only", async () => {
    const { client, at } = await launch({}, { pull: true });
    const uri = at.file("app.py");
    const query = (name: string, what: string) => `

@app.get("/${name}")
def ${name}():
    return db.execute("SELECT ${name} " + ${what})
`;
    const remote = 'request.args["name"]';
    const head = PYTHON.slice(0, PYTHON.indexOf("\n\n\n@app") + 1);
    const text = head + query("one", remote) + query("two", remote) + query("three", '"constant"');
    const lines = async () =>
      (await client.pullItems(uri)).map(({ range }) => range.start.line).sort((a, b) => a - b);
    const at_ = (line: number, start: number, end: number) => ({
      start: { line, character: start },
      end: { line, character: end },
    });
    const rows = text.split("\n");
    const [one, two, three] = ["one", "two", "three"].map((name) =>
      rows.findIndex((row) => row.includes(`SELECT ${name}`)),
    ) as [number, number, number];
    const inside = (row: number): number => (rows[row] ?? "").indexOf(" + ") + 3;
    const end = (row: number): number => (rows[row] ?? "").length - 1;
    for (const half of ["    x =\n", "    x = foo(\n", "    if x\n"]) {
      client.open(uri, text);
      assert.deepEqual(await lines(), [one, two]);
      // The second function is half-typed, and stays so.
      client.edit(uri, half, at_(two, 0, 0));
      assert.deepEqual(await lines(), [one, two + 1], `${half}: its finding moves along`);
      client.edit(uri, remote, at_(three + 1, inside(three), end(three)));
      const now = await lines();
      if (half.includes("(")) assert.deepEqual(now, [one, two + 1], "the third one cannot be told");
      else assert.deepEqual(now, [one, two + 1, three + 1], `${half}: the third one is fresh`);
      client.edit(uri, '"constant"', at_(one, inside(one), end(one)));
      assert.equal((await lines()).includes(one), false, `${half}: the first one is fresh`);
      client.edit(uri, '"a" + request.args["b"]', at_(two + 1, inside(two), end(two)));
      assert.ok((await lines()).length <= now.length - 1, "no new one in the half-typed one");
      client.close(uri);
    }
  });

  test("a closed caller's source reaches the open sink, and an open caller a closed sink after a scan", async () => {
    const { client, at } = await launch({ "helper.py": HELPER, "caller.py": CALLER });
    const [helper, caller] = [at.file("helper.py"), at.file("caller.py")];
    client.open(helper, HELPER);
    const severe = () =>
      client.lastOf(helper)?.diagnostics.find(({ severity }) => severity === 1)?.relatedInformation;
    const path = await until("the flow from the caller", severe);
    assert.equal(path[0]?.location.uri, caller);
    client.close(helper);
    client.open(caller, CALLER);
    const result = await client.scan().result;
    assert.equal(result.findings, 1);
    await until(
      "the closed sink",
      () => severe() !== undefined && client.lastOf(helper)?.version === undefined,
    );
    client.edit(caller, CALLER.replace('request.args["name"]', '"constant"'));
    await until("the flow is gone", () => severe() === undefined);
  });

  test("held workspace requests get the findings of closed files after a scan", async () => {
    const { client, at } = await launch({ "app.py": PYTHON, "app.ts": EXPRESS }, { pull: true });
    const held = client.hold();
    await until("the index", () => client.statuses.at(-1)?.state === "working");
    await sleep(50);
    assert.deepEqual(held.received, []);
    await client.scan().result;
    await until("both", () => held.reports.size === 2);
    await at.remove("app.py");
    client.diskEvent(at.file("app.py"), 3);
    await until("the deleted file left", () => held.reports.get(at.file("app.py"))?.length === 0);
  });

  test("a fix is offered, applied, and then nothing is left", async () => {
    const { client, at } = await launch({}, { pull: true });
    for (const [name, text, language] of [
      ["app.py", PYTHON, "python"],
      ["app.ts", EXPRESS, "typescript"],
    ] as const) {
      const uri = at.file(name);
      client.open(uri, text, language);
      const items = (await client.pullItems(uri)).filter(({ code }) => code === "sql-injection");
      const actions = await client.actions(uri, items, items[0]?.range ?? ALL);
      const fix = actions.find(({ disabled, title }) => !disabled && !title.includes("Ignore"));
      assert.ok(fix, `a fix for ${name}: ${actions.map(({ title }) => title).join("; ")}`);
      const resolved = await client.connection.sendRequest<CodeAction>("codeAction/resolve", fix);
      const [change] = resolved.edit?.documentChanges ?? [];
      assert.ok(TextDocumentEdit.is(change));
      if (resolved.edit?.changeAnnotations !== undefined)
        assert.equal(change.edits.length, 1, "it is confirmed as a whole");
      client.edit(uri, applied(resolved, text));
      const left = (await client.pullItems(uri)).filter(({ code }) => code === "sql-injection");
      assert.deepEqual(left, [], name);
    }
  });

  test("an ignore comment waits for its reason, then works", async () => {
    const { client, at } = await launch({}, { pull: true });
    const uri = at.file("app.py");
    client.open(uri, PYTHON);
    const items = await client.pullItems(uri);
    const actions = await client.actions(uri, items, ALL);
    const ignore = actions.find(({ title }) => title.includes("Ignore sql-injection"));
    const resolved = await client.connection.sendRequest<CodeAction>("codeAction/resolve", ignore);
    const text = applied(resolved, PYTHON);
    assert.match(text, /\n {4}# skeptic: ignore\[sql-injection\] -- \n {4}return/);
    client.edit(uri, text);
    const has = async () =>
      (await client.pullItems(uri)).some(({ code }) => code === "sql-injection");
    assert.equal(await has(), true);
    client.edit(uri, text.replace("-- ", "-- the name is checked by the proxy"));
    assert.equal(await has(), false);
  });

  test("suppressions that suppress nothing are faded, those that may yet do are not", async () => {
    const { client, at } = await launch({}, { pull: true });
    const uri = at.file("app.py");
    const faded = async (comment: string): Promise<unknown[]> => {
      client.open(uri, PYTHON.replace(/(?= {4}return)/, `    # skeptic: ${comment}\n`));
      const items = await client.pullItems(uri);
      client.close(uri);
      return items.map(({ code, tags }) => [code, tags]).sort();
    };
    assert.deepEqual(await faded("ignore[sql-injection] until 2020-02-29 -- later"), [
      ["sql-injection", undefined],
      ["suppression-expired", [1]],
    ]);
    assert.deepEqual(await faded("ignore[yaml-unsafe-load] -- plain data"), [
      ["sql-injection", undefined],
      ["suppression-unused", [1]],
    ]);
    assert.deepEqual(await faded("ignore[sql-injection]"), [
      ["sql-injection", undefined],
      ["suppression-incomplete", undefined],
    ]);
    assert.deepEqual(await faded("ignore[sql-injection] until 9999-12-31 -- later"), []);
  });

  test("a rule that is turned off while it runs is silent, for both kinds of client", async () => {
    const off = { "": { rules: { "sql-injection": "off" } } };
    const on = { "": { rules: {} } };
    const asking = await launch({ "app.py": PYTHON }, { pull: true });
    const uri = asking.at.file("app.py");
    asking.client.open(uri, PYTHON);
    assert.equal((await asking.client.pullItems(uri)).length, 1);
    await until("the index", () => asking.client.statuses.at(-1)?.state === "working");
    for (const [settings, found] of [
      [off, 0],
      [on, 1],
    ] as const) {
      const before = asking.client.refreshes();
      asking.client.changeSettings(settings);
      await until("a refresh", () => asking.client.refreshes() > before);
      assert.equal((await asking.client.pullItems(uri)).length, found);
    }
    const told = await launch({ "app.py": PYTHON });
    const other = told.at.file("app.py");
    told.client.open(other, PYTHON);
    await until("a finding", () => codes(told.client, other)?.length === 1);
    told.client.changeSettings(off);
    await until("no finding", () => codes(told.client, other)?.length === 0);
    told.client.changeSettings(on);
    await until("a finding again", () => codes(told.client, other)?.length === 1);
  });

  test("hover shows the explanation", async () => {
    const { client, at } = await launch({}, { pull: true });
    const uri = at.file("app.py");
    client.open(uri, PYTHON);
    const [item] = await client.pullItems(uri);
    const answer = await client.connection.sendRequest<{ contents: { value: string } }>(
      "textDocument/hover",
      { textDocument: { uri }, position: item?.range.start },
    );
    assert.match(answer.contents.value, /sql\\-injection\]\(file:/);
    assert.match(answer.contents.value, /app\\\.py\\:10/);
  });

  test("also speaks over Node's IPC", async () => {
    const child = fork(SERVER, ["--node-ipc"], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    const answer = new Promise<{ id: number; result: { serverInfo: { name: string } } }>(
      (resolve) => {
        child.on("message", (message: { id?: number }) => {
          if (message.id === 1) resolve(message as Awaited<typeof answer>);
        });
      },
    );
    const params = { processId: null, rootUri: null, capabilities: {} };
    child.send({ jsonrpc: "2.0", id: 1, method: "initialize", params });
    assert.equal((await answer).result.serverInfo.name, "Skeptic");
    const ended = new Promise((resolve) => child.on("exit", resolve));
    child.send({ jsonrpc: "2.0", id: 2, method: "shutdown" });
    child.send({ jsonrpc: "2.0", method: "exit" });
    assert.equal(await ended, 0);
  });

  test("a request without its parameters is refused, and leaves no fault in the log", async () => {
    const { client, at } = await launch({});
    const uri = at.file("app.py");
    client.open(uri, PYTHON);
    const textDocument = { uri };
    const requests: readonly (readonly [string, unknown])[] = [
      ["textDocument/codeAction", {}],
      ["textDocument/codeAction", { textDocument }],
      ["textDocument/codeAction", { textDocument, range: ALL }],
      ["textDocument/codeAction", { textDocument, range: "all", context: { diagnostics: [] } }],
      ["textDocument/hover", {}],
      ["textDocument/hover", { textDocument, position: null }],
      ["codeAction/resolve", {}],
      ["skeptic/scanFile", {}],
    ];
    for (const [method, params] of requests)
      await assert.rejects(
        client.connection.sendRequest(method, params),
        { code: ErrorCodes.InvalidParams },
        `${method} ${JSON.stringify(params)}`,
      );
    await until("the findings", () => codes(client, uri)?.includes("sql-injection"), 15_000);
  });

  test("bad input neither crashes nor hangs it", async () => {
    const { client, at } = await launch({ "package.json": "{ not json", "tsconfig.json": "{,}" });
    const texts: Record<string, string> = {
      "empty.py": "",
      "nul.py": "x = 1\0\n",
      "half.py": "def f(:\n  if (((\n\ud800",
      "deep.ts": "(".repeat(10_000),
      "nested.py": `x = ${"[".repeat(5000)}${"]".repeat(5000)}\n`,
      "line.js": `x = "${"a".repeat(5_000_000)}";`,
      "mixed.py": "\ufeffx = 1\r\ny = 2\rz = 3\n",
    };
    for (const [name, text] of Object.entries(texts))
      client.open(at.file(name), text, name.endsWith("py") ? "python" : "typescript");
    client.edit(at.file("half.py"), "def", ALL);
    const uri = at.file("app.py");
    client.open(uri, PYTHON);
    await until("the good file", () => codes(client, uri)?.includes("sql-injection"), 15_000);
  });
});

function applied(action: CodeAction, text: string): string {
  const [change] = action.edit?.documentChanges ?? [];
  assert.ok(TextDocumentEdit.is(change), `an edit for ${action.title}`);
  const starts = lineStarts(text);
  const offset = ({ line, character }: { line: number; character: number }) =>
    offsetAt(text, starts, line, character);
  return applyEdits(
    text,
    change.edits.map((one) => {
      assert.ok("newText" in one);
      return { start: offset(one.range.start), end: offset(one.range.end), newText: one.newText };
    }),
  );
}
