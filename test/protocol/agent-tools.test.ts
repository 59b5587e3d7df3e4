// What an agent in the editor asks the built server: findings, an explanation, a fix, as texts.

import * as assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { AgentToolResult } from "../../server/lsp/agent-protocol.ts";
import { repository } from "../harness/pages.ts";
import { folder, start, type TestClient, type TestFolder } from "./client.ts";

const STORE = `import sqlite3

def find(name):
    db = sqlite3.connect("a.db")
    return db.execute(f"SELECT * FROM t WHERE name = '{name}'").fetchall()
`;
const WEB = `from flask import Flask, request
from lib.store import find

app = Flask(__name__)

@app.get("/find")
def search():
    return {"rows": find(request.args["q"])}
`;
const KEY = "q8Zt4nVw" + "X2rLk9PdYc7HsM3bQe6J";
const SETTINGS = `import requests

API_KEY = "${KEY}"

def send(body):
    return requests.post("https://api.example.org/v1", json=body, headers={"X-Key": API_KEY}, verify=False, timeout=5)
`;

describe("an agent", () => {
  let at: TestFolder;
  let client: TestClient;
  const ask = async (tool: string, input: unknown): Promise<string> =>
    (await client.connection.sendRequest<AgentToolResult>("skeptic/tool", { tool, input })).text;

  before(async () => {
    at = await folder({ "lib/store.py": STORE, "web.py": WEB, "conf/settings.py": SETTINGS });
    client = await start({
      server: [join(repository, "dist", "server.js")],
      folders: [at.uri],
    });
  });
  after(async () => {
    await client.stop();
    await at.dispose();
  });

  test("is told of the findings of all files, the worst first, with the path through files", async () => {
    const text = await ask("scan", {});
    assert.match(text, /^\d findings \(\d error/);
    assert.match(text, /error sql-injection at lib\/store\.py:5, id [0-9a-f]{16}/);
    assert.match(text, /Path: web\.py:8 .* -> .*lib\/store\.py:5/);
    assert.match(text, /Fix: Use query parameters \(sqlite3\) \((?:safe|suggested)\)/);
  });

  test("may ask about a folder or a file, by any of its names", async () => {
    for (const path of [
      "lib",
      "./lib/",
      "lib/store.py",
      at.file("lib/store.py"),
      `${at.path}/lib`,
    ]) {
      const text = await ask("scan", { path });
      assert.match(text, /^1 finding \(1 error\) in 1 file\./, path);
    }
    assert.equal(await ask("scan", { path: "web.py" }), "Skeptic finds nothing in 1 file.");
    assert.match(await ask("scan", { path: "nowhere" }), /reads no file at "nowhere"/);
  });

  test("sees no secret, and of the code no more than the lines of the findings", async () => {
    const scan = await ask("scan", { path: "conf" });
    const ids = [...scan.matchAll(/id ([0-9a-f]{16})/g)].map((match) => match[1]);
    assert.ok(ids.length >= 2, scan);
    const texts = [scan];
    for (const id of ids) texts.push(await ask("explain", { id }), await ask("fix", { id }));
    for (const text of texts) {
      assert.ok(!text.includes(KEY), text);
      assert.ok(!text.includes("import requests\n\nAPI_KEY"), text);
    }
  });

  test("has a finding explained, with the code of each step", async () => {
    const text = await ask("explain", { path: "lib/store.py", line: 5 });
    assert.match(text, /1\. web\.py:8 return \{"rows": find\(request\.args\["q"\]\)\} -- /);
    assert.match(text, /What to do: /);
    assert.match(text, /About the rule: /);
  });

  test("gets a fix as a diff, and nothing is written", async () => {
    const text = await ask("fix", { path: "lib/store.py", line: 5 });
    assert.match(text, /^- {4}return db\.execute\(f"SELECT/m);
    assert.match(
      text,
      /^\+ {4}return db\.execute\("SELECT \* FROM t WHERE name = \?", \(name,\)\)/m,
    );
    assert.match(text, /Nothing was written\./);
    assert.match(await ask("scan", { path: "lib" }), /^1 finding/);
  });

  test("is told what was wrong with its question", async () => {
    assert.match(await ask("explain", { id: "0000000000000000" }), /There is no such finding/);
    assert.match(await ask("fix", { path: "lib", line: "5" }), /findings at lib\/store\.py:5/);
    assert.match(await ask("scan", "what?"), /finding/);
    assert.match(await ask("delete", {}), /There is no tool "delete"/);
  });

  test("sees the text of the editor, not the one on disk", async () => {
    const uri = at.file("web.py");
    client.open(uri, WEB.replace("find(request", "eval(request"));
    assert.match(await ask("scan", { path: "web.py" }), /code-eval-user-input at web\.py:8/);
    client.close(uri);
  });
});
