// "skeptic/scanChanged" with the built server, the real engine and a real repository.

import assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { ChangeBases, ScanChangedResult } from "../../server/lsp/protocol.ts";
import { commit, git, repository, room, write } from "../harness/repository.ts";
import { start, type TestClient, until } from "./client.ts";

const SERVER = join(process.cwd(), "dist", "server.js");
const OLD = `import yaml


def load(text):
    return yaml.unsafe_load(text)
`;
const STORE = `import sqlite3

db = sqlite3.connect("app.db")


def find(name):
    return db.execute("SELECT * FROM users WHERE name = '" + name + "'").fetchall()
`;
const WEB = `from flask import Flask, request
from store import find

app = Flask(__name__)


@app.get("/users")
def users():
    return find("root")
`;

let client: TestClient | undefined;
afterEach(async () => {
  await client?.stop();
});

async function open(folder: string, trusted = true): Promise<TestClient> {
  client = await start({
    server: [SERVER, "--stdio"],
    folders: [pathToFileURL(folder).href],
    initializationOptions: { trusted },
  });
  return client;
}
const scan = (base: string): Promise<ScanChangedResult> =>
  (client as TestClient).connection.sendRequest("skeptic/scanChanged", { base });
const bases = (): Promise<ChangeBases> =>
  (client as TestClient).connection.sendRequest("skeptic/changeBases");

describe("the scan of changed files", () => {
  test("reports what changed, and where changed lines pass data on", async () => {
    const folder = repository({ "old.py": OLD, "store.py": STORE, "web.py": WEB });
    git(folder, "checkout", "-q", "-b", "work");
    write(folder, { "a b.py": OLD });
    commit(folder, "mine");
    write(folder, { "web.py": WEB.replace(`"root"`, `request.args["name"]`) });
    const at = await open(folder);
    const { bases: offered, problem } = await bases();
    assert.equal(problem, undefined);
    const names = offered.map(({ base }) => base);
    assert.deepEqual(names.slice(0, 2), ["HEAD", "main..."]);
    assert.deepEqual(names.slice(2).sort(), ["main", "work"]);
    const { skipped: _, ...head } = await scan("HEAD");
    assert.deepEqual(head, { files: 1, findings: 1, cancelled: false, problems: [] });
    const file = (name: string): string => pathToFileURL(join(folder, name)).href;
    const rules = (name: string) => at.lastOf(file(name))?.diagnostics.map(({ code }) => code);
    await until("the finding at the sink", () => rules("store.py")?.length === 1);
    assert.deepEqual(rules("store.py"), ["sql-injection"]);
    const { skipped: __, ...branch } = await scan("main...");
    assert.deepEqual(branch, { files: 2, findings: 2, cancelled: false, problems: [] });
    await until("the new file", () => rules("a b.py")?.length === 1);
    assert.equal(rules("old.py"), undefined);
  });

  test("says what git cannot answer", async () => {
    const folder = room();
    write(folder, { "old.py": OLD });
    await open(folder);
    assert.match((await bases()).problem ?? "", /not in a git repository/);
    assert.deepEqual((await scan("HEAD")).problems, ["this folder is not in a git repository"]);
  });

  test("runs no git in a workspace that is not trusted, until it is", async () => {
    const folder = repository({ "old.py": OLD });
    write(folder, { "old.py": `${OLD}\n` });
    const at = await open(folder, false);
    assert.match((await bases()).problem ?? "", /trusted/);
    const { files, problems } = await scan("HEAD");
    assert.equal(files, 0);
    assert.match(problems[0] ?? "", /trusted/);
    await at.connection.sendNotification("skeptic/trusted");
    assert.equal((await scan("HEAD")).files, 1);
  });
});
