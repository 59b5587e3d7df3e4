/** What is computed again when a project changes: signatures, imports, files that come and go, a branch that is switched. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rules } from "../../rules/index.ts";
import type { Engine } from "../../server/engine/api.ts";
import { createEngine } from "../../server/engine/engine.ts";
import { readWasm } from "../harness/engine.ts";
import { settle } from "../harness/project.ts";

interface Log {
  readonly lowered: string[];
  readonly summarised: string[];
}

interface Project {
  readonly engine: Engine;
  /** Works until nothing waits and asks for all findings; what was computed for it, each name once, and the findings. */
  settled(): Log & { readonly found: readonly string[] };
}

async function open(texts: ReadonlyMap<string, string>, opened: string): Promise<Project> {
  const log: Log = { lowered: [], summarised: [] };
  const engine = await createEngine({
    wasm: readWasm(),
    rules,
    log: {
      lowered: (id) => void log.lowered.push(id),
      summarised: (id) => void log.summarised.push(id),
    },
  });
  engine.setFiles(texts.keys());
  for (const [file, text] of texts) engine.set(file, text, { open: file === opened });
  const settled = () => {
    settle(engine);
    const found = [...texts.keys()].flatMap((file) =>
      engine.check(file).findings.map(({ rule }) => `${file} ${rule}`),
    );
    const out = {
      lowered: [...log.lowered].sort(),
      summarised: [...new Set(log.summarised)].sort(),
      found,
    };
    log.lowered.length = 0;
    log.summarised.length = 0;
    return out;
  };
  settled();
  return { engine, settled };
}

function replace(engine: Engine, file: string, from: string, to: string): void {
  const start = (engine.text(file) as string).indexOf(from);
  assert.notEqual(start, -1, `${from} is not in ${file}`);
  engine.edit(file, [{ start, end: start + from.length, newText: to }]);
}

const STORE = `import sqlite3

def find(name):
    conn = sqlite3.connect("app.db")
    return conn.execute("SELECT * FROM users WHERE name = '" + name + "'")

def other(name):
    return 1
`;
const APP = `from fastapi import FastAPI
from store import find

app = FastAPI()

@app.get("/a")
def a(name: str):
    return find(name)

@app.get("/b")
def b(name: str):
    return name
`;
const SMALL = new Map([
  ["store.py", STORE],
  ["app.py", APP],
  ["unrelated.py", "def f(x):\n    return x\n"],
]);

const VIEW = (name: string): string => `from flask import request
from store import find

def ${name}():
    return find(request.args["q"])

def size_${name}():
    return 1
`;

test("a signature that changes lowers the function and what stands around it, and reaches who calls it", async () => {
  const { engine, settled } = await open(SMALL, "store.py");
  replace(engine, "store.py", "def find(name)", "def find(kind, name='')");
  const log = settled();
  assert.deepEqual(log.lowered, ["store.py#", "store.py#find"]);
  assert.deepEqual(log.summarised, ["app.py#a", "store.py#", "store.py#find"]);
  assert.deepEqual(log.found, []);
  replace(engine, "store.py", "(kind, name='')", "(name, kind='')");
  assert.deepEqual(settled().found, ["store.py sql-injection"]);
  engine.dispose();
});

test("an import that changes reaches the functions that use the name", async () => {
  const { engine, settled } = await open(SMALL, "app.py");
  replace(engine, "app.py", "import find", "import other as find");
  const log = settled();
  assert.deepEqual(log.lowered, ["app.py#"]);
  assert.deepEqual(log.summarised, ["app.py#", "app.py#a"]);
  assert.deepEqual(log.found, ["store.py sql-dynamic-query"]);
  replace(engine, "app.py", "import other as find", "import find");
  settled();
  replace(engine, "app.py", "from store", "import os\nfrom store");
  const unused = settled();
  assert.deepEqual(unused.lowered, ["app.py#"]);
  assert.deepEqual(unused.summarised, ["app.py#"]);
  assert.deepEqual(unused.found, ["store.py sql-injection"]);
  engine.dispose();
});

test("a file that comes is computed, what was there before is not; one that goes costs nothing", async () => {
  const { engine, settled } = await open(SMALL, "store.py");
  engine.remove("app.py");
  const gone = settled();
  assert.deepEqual([gone.lowered, gone.summarised], [[], []]);
  assert.deepEqual(gone.found, ["store.py sql-dynamic-query"]);
  engine.set("view.py", VIEW("view"));
  const log = settled();
  const all = ["view.py#", "view.py#size_view", "view.py#view"];
  assert.deepEqual([log.lowered, log.summarised], [all, all]);
  assert.deepEqual(log.found, ["store.py sql-injection"]);
  engine.dispose();
});

test("a change on disk, outside of the editor, lowers the function that is different", async () => {
  const { engine, settled } = await open(SMALL, "store.py");
  engine.set("app.py", APP.replace("return name\n", "return find(name)\n"));
  const log = settled();
  assert.deepEqual([log.lowered, log.summarised], [["app.py#b"], ["app.py#b"]]);
  engine.set("app.py", APP);
  const back = settled();
  assert.deepEqual([back.lowered, back.summarised], [[], []]);
  engine.dispose();
});

test("typing in one of 200 handlers in one function of 5,000 lines lowers that handler", async () => {
  const lines = Array.from({ length: 20 }, (_, i) => `    const v${i} = "n" + ${i};\n`).join("");
  const handler = (i: number): string => `  app.get("/r${i}", (req, res) => {
${lines}    fs.readFile(String(req.query.name), "utf8", (error, text) => {
      res.type("text").send(text);
    });
  });
`;
  const text = `import express from "express";
import fs from "node:fs";
export function createApp() {
  const app = express();
${Array.from({ length: 200 }, (_, i) => handler(i)).join("")}  return app;
}
`;
  assert.ok(text.split("\n").length > 5000);
  const { engine, settled } = await open(new Map([["app.ts", text]]), "app.ts");
  const start = text.indexOf('"n" + 7', text.indexOf('"/r120"')) + '"n" + '.length;
  engine.edit("app.ts", [{ start, end: start, newText: "4" }]);
  const log = settled();
  const handlerId = 'app.ts#createApp/app.get("/r120")';
  assert.deepEqual(log.lowered, [handlerId]);
  // Around it only what it stands in, for which the place of its sink has moved.
  assert.deepEqual(log.summarised, ["app.ts#createApp", handlerId]);
  assert.equal(log.found.length, 200);
  engine.dispose();
});

test("switching a branch computes what it changes, and switching back nothing", async () => {
  const names = Array.from({ length: 300 }, (_, i) => `view${i}`);
  const main = new Map([["store.py", STORE]]);
  for (const name of names) main.set(`${name}.py`, VIEW(name));
  const { engine, settled } = await open(main, "store.py");
  const changed = names.slice(0, 150);
  const gone = names.slice(150, 200);
  const added = names.slice(0, 50).map((name) => `new_${name}`);
  const expected = [
    ...changed.map((name) => `${name}.py#size_${name}`),
    ...added.flatMap((name) => ["", name, `size_${name}`].map((item) => `${name}.py#${item}`)),
  ].sort();
  for (const name of changed)
    engine.set(`${name}.py`, VIEW(name).replace("return 1", "return 1 + 1"));
  for (const name of gone) engine.remove(`${name}.py`);
  for (const name of added) engine.set(`${name}.py`, VIEW(name));
  const log = settled();
  assert.deepEqual(log.lowered, expected);
  assert.deepEqual(log.summarised, expected);
  assert.deepEqual(log.found, ["store.py sql-injection"]);

  for (const name of added) engine.remove(`${name}.py`);
  for (const name of [...changed, ...gone]) engine.set(`${name}.py`, VIEW(name));
  const back = settled();
  assert.deepEqual([back.lowered, back.summarised], [[], []]);
  assert.deepEqual(back.found, ["store.py sql-injection"]);
  engine.dispose();
});
