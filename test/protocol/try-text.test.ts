// A suggestion is checked in the file it is for, before it stands there: the built server, the real rules.

import * as assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, describe, test } from "node:test";
import type { TryTextResult } from "../../server/lsp/finding-protocol.ts";
import { folder, start, type TestClient, type TestFolder } from "./client.ts";

const SERVER = join(process.cwd(), "dist", "server.js");

const APP = `import sqlite3
from flask import Flask, request

from store import find

app = Flask(__name__)
db = sqlite3.connect("app.db")


@app.get("/old")
def old():
    return db.execute("SELECT 1 WHERE a = '" + request.args["a"] + "'").fetchall()


@app.get("/new")
def new():
    name = request.args["name"]

    return "done"
`;
const STORE = `import sqlite3

def find(name):
    return sqlite3.connect("a.db").execute("SELECT 1 WHERE a = '" + name + "'").fetchall()
`;
/** The empty line in `new`. */
const CURSOR = { line: 17, character: 0 };

describe("checking a text before it is pasted", () => {
  const clients: TestClient[] = [];
  const folders: TestFolder[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) assert.equal(await client.stop(), 0);
    for (const one of folders.splice(0)) await one.dispose();
  });
  const opened = async (files: Record<string, string>, name: string, languageId = "python") => {
    const at = await folder(files);
    folders.push(at);
    const client = await start({ server: [SERVER], folders: [at.uri], pull: true });
    clients.push(client);
    for (const [file, text] of Object.entries(files)) client.open(at.file(file), text, languageId);
    const uri = at.file(name);
    await client.pullItems(uri);
    const tried = async (
      text: string,
      from = CURSOR,
      to = from,
    ): Promise<TryTextResult & { readonly said: string[] }> => {
      const result = await client.connection.sendRequest<TryTextResult | null>("skeptic/tryText", {
        uri,
        range: { start: from, end: to },
        text,
      });
      assert.ok(result !== null);
      return { ...result, said: result.findings.map(({ rule, where }) => `${rule} ${where}`) };
    };
    return { client, uri, tried };
  };

  test("the imports and variables at the cursor count, what is there already does not", async () => {
    const { client, uri, tried } = await opened({ "app.py": APP, "store.py": STORE }, "app.py");
    const before = await client.pullItems(uri);
    const { said, isBroken, report, findings } = await tried(
      'rows = db.execute(\n    "SELECT 2 WHERE a = \'" + name + "\'"\n)\nprint(rows)',
    );
    assert.deepEqual([said, isBroken], [["sql-injection line 2 of the text"], false]);
    assert.deepEqual(
      findings[0]?.path.map(({ where }) => where),
      ["app.py:17", "line 2 of the text"],
    );
    assert.match(report, /^# SQL/);
    assert.deepEqual(await client.pullItems(uri), before, "it left no trace");
    // The same code as the line above, whose finding gets another number.
    const same = await tried(
      'return db.execute("SELECT 1 WHERE a = \'" + request.args["a"] + "\'").fetchall()',
      { line: 10, character: 4 },
    );
    assert.deepEqual(same.said, ["sql-injection line 1 of the text"]);
    // A line that was copied as a whole, with the cursor in, or at the end of, `return "done"`.
    const line = '    rows = db.execute("SELECT 2 WHERE a = \'" + name + "\'")\n';
    for (const character of [10, 17]) {
      const { said } = await tried(line, { line: 18, character });
      assert.deepEqual(said, ["sql-injection line 1 of the text"]);
    }
    assert.deepEqual((await tried("rows = db.execute('SELECT ?', (name,))")).said, []);
  });

  test("data that the text hands to another file is told, and what it brings about below", async () => {
    const { tried } = await opened({ "app.py": APP, "store.py": STORE }, "app.py");
    assert.deepEqual((await tried("return find(name)")).said, ["sql-injection line 1 of the text"]);
    const safe = APP.replace('name = request.args["name"]', "name = str(1)").replace(
      '    return "done"',
      '    return db.execute("SELECT 3 WHERE a = \'" + name + "\'").fetchall()',
    );
    const below = await opened({ "app.py": safe, "store.py": STORE }, "app.py");
    assert.deepEqual((await below.tried('name = request.args["name"]')).said, [
      "sql-injection app.py:19",
    ]);
  });

  test("a whole function, a Markdown block, and what does not parse", async () => {
    const { tried } = await opened({ "app.py": APP, "store.py": STORE }, "app.py");
    const route = `@app.get("/more")
def more():
    return db.execute("SELECT 4 WHERE a = '" + request.args["b"] + "'").fetchall()
`;
    const end = { line: 19, character: 0 };
    assert.deepEqual((await tried(`\n\n${route}`, end)).said, ["sql-injection line 5 of the text"]);
    assert.deepEqual((await tried(`\`\`\`python\n${route}\`\`\`\n`, end)).said, [
      "sql-injection line 3 of the text",
    ]);
    const broken = await tried("def (:\n  ]", end);
    assert.equal(broken.isBroken, true);
  });

  test("TypeScript, in place of a selection", async () => {
    const text = `import express from "express";
import { Pool } from "pg";

const app = express();
const pool = new Pool();

app.get("/users", async (req, res) => {
  res.json([]);
});
`;
    const { tried } = await opened({ "db.ts": text }, "db.ts", "typescript");
    const { said } = await tried(
      'res.json(await pool.query("SELECT * FROM t WHERE a = \'" + req.query.a + "\'"));',
      { line: 7, character: 2 },
      { line: 7, character: 15 },
    );
    assert.deepEqual(said, ["sql-injection line 1 of the text"]);
  });

  test("no secret is told, and a file that is not open is refused", async () => {
    const { client, uri, tried } = await opened({ "app.py": APP, "store.py": STORE }, "app.py");
    const secret = "k9Xw2ZrT7mQc4LbN8pVs3HdJ6yFgWa5u";
    const result = await tried(`api_key = "${secret}"`, { line: 6, character: 0 });
    assert.equal(result.findings.length, 1);
    assert.doesNotMatch(JSON.stringify(result), new RegExp(secret.slice(0, 10)));
    const other = await client.connection.sendRequest("skeptic/tryText", {
      uri: `${uri}x`,
      range: { start: CURSOR, end: CURSOR },
      text: "x",
    });
    assert.equal(other, null);
  });
});
