/** Ways to one sink, and what the files they start in show of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { applyEdits, lineStarts, positionAt } from "../../server/base/text.ts";
import { DEFAULT_SETTINGS, type Departure, type Engine } from "../../server/engine/api.ts";
import { openEngine } from "../harness/engine.ts";
import { load, settle } from "../harness/project.ts";

const STORE = `import sqlite3

def find(name):
    conn = sqlite3.connect("app.db")
    return conn.execute("SELECT * FROM users WHERE name = '" + name + "'")
`;
const app = (handlers: string): string => `from flask import Flask, request
from store import find

app = Flask(__name__)
${handlers}`;
const handler = (name: string, value = `request.args["${name}"]`): string => `
@app.get("/${name}")
def ${name}():
    return find(${value})
`;

async function open(files: Readonly<Record<string, string>>): Promise<Engine> {
  const engine = await openEngine();
  load(engine, new Map(Object.entries(files)), { open: true });
  settle(engine);
  return engine;
}

/** "2: find(x) [rule] level, store.py:5": line, code, and where the sink is. */
function seen(engine: Engine, file: string): string[] {
  const line = (name: string, offset: number): number =>
    positionAt(lineStarts(engine.text(name) ?? ""), offset).line + 1;
  return engine.departures(file).map((one: Departure) => {
    const code = engine.text(file)?.slice(one.span.start, one.span.end);
    const { file: to, span } = one.sink;
    return `${line(file, one.span.start)}: ${code} [${one.rule}] ${one.level}, ${to}:${line(to, span.start)}`;
  });
}

function replace(engine: Engine, file: string, from: string, to: string): void {
  const start = (engine.text(file) as string).indexOf(from);
  assert.notEqual(start, -1, `${from} is not in ${file}`);
  engine.edit(file, [{ start, end: start + from.length, newText: to }]);
  settle(engine);
}

test("the file in which the data starts shows the call that hands it over", async () => {
  const engine = await open({ "store.py": STORE, "app.py": app(handler("one")) });
  assert.deepEqual(seen(engine, "app.py"), [
    '8: find(request.args["one"]) [sql-injection] error, store.py:5',
  ]);
  const [departure] = engine.departures("app.py");
  const [finding] = engine.check("store.py").findings;
  assert.equal(departure?.fingerprint, finding?.fingerprint);
  assert.deepEqual(departure?.flow, finding?.flow);
  assert.deepEqual(departure?.message, finding?.message);
  assert.deepEqual(engine.check("app.py").findings, []);
  assert.deepEqual(engine.departures("store.py"), []);
});

test("a call whose data is a constant, a number or checked shows nothing", async () => {
  const checked = `
NAMES = ("a", "b")

@app.get("/checked")
def checked():
    name = request.args["name"]
    if name not in NAMES:
        return ""
    return find(name)
`;
  const quiet = [handler("one", '"constant"'), handler("two", 'int(request.args["n"])'), checked];
  const engine = await open({ "store.py": STORE, "app.py": app(quiet.join("\n")) });
  assert.deepEqual(seen(engine, "app.py"), []);
});

test("through a function of the same file it is the call that leaves", async () => {
  const inner = `
def look(name):
    return find(name)
`;
  const text = app(inner + handler("one").replace("find(", "look("));
  const engine = await open({ "store.py": STORE, "app.py": text });
  assert.deepEqual(seen(engine, "app.py"), ["7: find(name) [sql-injection] error, store.py:5"]);
});

test("a file in between shows nothing; data that was returned is shown where it is handed on", async () => {
  const engine = await open({
    "store.py": STORE,
    "between.py": "from store import find\n\ndef look(name):\n    return find(name)\n",
    "given.py": 'from flask import request\n\ndef name():\n    return request.args["name"]\n',
    "app.py": `from flask import Flask
from between import look
from given import name

app = Flask(__name__)

@app.get("/one")
def one():
    return look(name())
`,
  });
  assert.deepEqual(seen(engine, "app.py"), ["9: look(name()) [sql-injection] error, store.py:5"]);
  assert.deepEqual(seen(engine, "between.py"), []);
  assert.deepEqual(seen(engine, "given.py"), []);
});

test("TypeScript: awaited, from a handler, over a barrel", async () => {
  const engine = await open({
    "store.ts": `import { Pool } from "pg";
const pool = new Pool();
export async function find(name: string) {
  return pool.query("SELECT * FROM users WHERE name = '" + name + "'");
}
`,
    "index.ts": 'export * from "./store.js";\n',
    "app.ts": `import express from "express";
import { find } from "./index.js";
const app = express();
app.get("/one", async (req, res) => {
  const name = String(req.query.name);
  res.json(await find(name));
});
app.get("/two", async (req, res) => {
  res.json(await find("constant"));
});
`,
  });
  assert.deepEqual(seen(engine, "app.ts"), ["6: find(name) [sql-injection] error, store.ts:4"]);
});

test("five paths from different sources, the others counted, every call shown", async () => {
  const names = ["g", "f", "e", "d", "c", "b", "a"];
  const longer = `
@app.get("/long")
def long():
    return find(request.args["long"].strip())
`;
  const files = {
    "store.py": STORE,
    "app.py": app(names.map((name) => handler(name)).join("")),
    "other.py": app(longer),
  };
  const engine = await open(files);
  const [finding, ...rest] = engine.check("store.py").findings;
  assert.equal(rest.length, 0);
  assert.equal(finding?.paths.length, 5);
  assert.equal(finding?.morePaths, 3);
  assert.deepEqual(finding?.paths[0], finding?.flow);
  const sources = finding?.paths.map(([source]) => `${source?.file}:${source?.span.start}`) ?? [];
  assert.equal(new Set(sources).size, 5);
  const lengths = finding?.paths.map((path) => path.length) ?? [];
  assert.deepEqual(lengths, [...lengths].sort());
  assert.equal(seen(engine, "app.py").length, 7);
  assert.equal(seen(engine, "other.py").length, 1);

  load(engine, new Map(Object.entries(files).reverse()));
  settle(engine);
  assert.deepEqual(engine.check("store.py").findings, [finding]);
});

test("one source by two ways is one path, the other counted; both calls are shown", async () => {
  const engine = await open({
    "store.py": STORE,
    "given.py": 'from flask import request\n\ndef name():\n    return request.args["name"]\n',
    "app.py": `from given import name
${app(handler("one", "name()") + handler("two", "name()"))}`,
  });
  const [finding] = engine.check("store.py").findings;
  assert.equal(finding?.paths.length, 1);
  assert.equal(finding?.morePaths, 1);
  assert.deepEqual(seen(engine, "app.py"), [
    "9: find(name()) [sql-injection] error, store.py:5",
    "13: find(name()) [sql-injection] error, store.py:5",
  ]);
});

test("an object and its field, read at one place, are one source", async () => {
  const engine = await open({
    "app.ts": `import express from "express";
import { Pool } from "pg";
const app = express();
const pool = new Pool();
app.get("/one", async (req, res) => {
  const name = req.query.name;
  res.json(await pool.query(\`SELECT * FROM users WHERE name = '\${name}'\`));
});
`,
  });
  const [finding] = engine.check("app.ts").findings;
  assert.equal(finding?.paths.length, 1);
  assert.equal(finding?.morePaths, 0);
});

test("both ends have a fix: the sink's, and a check before the call that hands the data over", async () => {
  const client =
    "import requests\n\ndef load(address, timeout=3):\n    return requests.get(address, timeout=timeout).text\n";
  const preview = (call: string): string => `from fastapi import FastAPI
from client import load

app = FastAPI()

@app.get("/preview")
def preview(url: str):
    return ${call}
`;
  const titles = (file: string, from?: Departure): string[] =>
    engine
      .fixes(file, engine.check(file).findings[0]?.fingerprint ?? "", from)
      .map(({ title, edits }) => `${title}: ${edits.map((one) => one.file).join(" ")}`);
  const engine = await open({ "client.py": client, "main.py": preview("load(url, 3)") });
  const [departure] = engine.departures("main.py");
  const all = [
    "Connect to public hosts only, with a new file public_requests.py: client.py",
    "Allow only listed hosts: client.py",
    "Allow only listed hosts in main.py: main.py client.py",
  ];
  assert.deepEqual(titles("client.py"), all);
  assert.deepEqual(titles("client.py", departure), all);
  const fix = engine.fixes("client.py", departure?.fingerprint ?? "", departure).at(-1);
  const after = applyEdits(engine.text("main.py") ?? "", fix?.edits[0]?.edits ?? []);
  assert.match(
    after,
    /\n {4}if urlparse\(url\)\.hostname not in allowed_hosts:\n {8}raise .*\n {4}return load\(url, 3\)\n/,
  );
  engine.set("main.py", after, { open: true });
  const sink = applyEdits(client, fix?.edits[1]?.edits ?? []);
  assert.match(sink, /allow_redirects=False/);
  engine.set("client.py", sink, { open: true });
  settle(engine);
  assert.deepEqual(engine.departures("main.py"), []);
  assert.deepEqual(engine.check("main.py").findings, []);
  assert.deepEqual(engine.check("client.py").findings, []);
  engine.set("client.py", client, { open: true });

  // Which argument arrives is not plain, so none is offered; and with two callers, one check would not do for the sink.
  engine.set("main.py", preview("load(url, time)"), { open: true });
  settle(engine);
  assert.deepEqual(titles("client.py"), all.slice(0, 2));
  engine.set("main.py", preview("load(url) + load(url)"), { open: true });
  engine.set("other.py", preview("load(url)").replace("preview", "other"));
  settle(engine);
  assert.deepEqual(titles("client.py"), all.slice(0, 2));
  assert.deepEqual(titles("client.py", engine.departures("main.py")[0]), all);
});

test("what was mended, accepted, moved or switched off at the sink changes what the source's file shows", async () => {
  const engine = await open({ "store.py": STORE, "app.py": app(handler("one")) });
  const change = (from: string, to: string): string[] => {
    engine.changed();
    replace(engine, "store.py", from, to);
    assert.ok(engine.changed().includes("app.py"), "the file is named as changed");
    return seen(engine, "app.py");
  };
  const at = (line: number): string[] => [
    `8: find(request.args["one"]) [sql-injection] error, store.py:${line}`,
  ];
  assert.deepEqual(change("import sqlite3", "\nimport sqlite3"), at(6));
  assert.deepEqual(
    change("    return", "    # skeptic: ignore[sql-injection] -- known\n    return"),
    [],
  );
  assert.deepEqual(change("    # skeptic: ignore[sql-injection] -- known\n", ""), at(6));
  assert.deepEqual(change(`"SELECT * FROM users WHERE name = '" + name + "'"`, `"SELECT 1"`), []);
  assert.deepEqual(change(`"SELECT 1"`, `"SELECT " + name`), at(6));
  engine.changed();
  engine.configure({ ...DEFAULT_SETTINGS, rules: { "sql-injection": "off" } });
  assert.ok(engine.changed().includes("app.py"));
  assert.deepEqual(seen(engine, "app.py"), []);
  engine.configure(DEFAULT_SETTINGS);
  engine.remove("store.py");
  assert.deepEqual(seen(engine, "app.py"), []);
});
