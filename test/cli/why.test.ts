// `skeptic why`, with the built program.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { sandbox } from "./harness.ts";

const PROGRAM = process.env.SKEPTIC_TEST_CLI ?? join(process.cwd(), "dist", "cli.js");
const APP = `from flask import Flask, abort, request
from store import find

app = Flask(__name__)
TABLES = ("users", "orders")


@app.get("/rows")
def rows():
    table = request.args["table"]
    if table not in TABLES:
        abort(400)
    return find(table)
`;
const STORE = `import sqlite3

db = sqlite3.connect("app.db")


def find(table):
    return db.execute("SELECT * FROM " + table).fetchall()
`;

test("says what makes a value safe, in which file and on which line", (t) => {
  const box = sandbox(t, { "app.py": APP, "store.py": STORE, "notes.txt": "x" });
  const skeptic = (...argv: string[]) => {
    const run = spawnSync(process.execPath, [PROGRAM, ...argv], {
      cwd: box.folder,
      encoding: "utf8",
      env: { PATH: process.env.PATH },
    });
    return { code: run.status, out: run.stdout.replace(/\s+/g, " "), err: run.stderr };
  };
  const { code, out } = skeptic("why", "store.py:7");
  assert.equal(code, 0);
  assert.match(
    out,
    /^- sql-\S+ looks at this place\. What arrives \(request data\) was checked before: table not in TABLES \(app\.py, line 11\)\. $/,
  );
  assert.match(skeptic("why", "app.py:5:1").out, /^- No rule looks at what stands here \(TABLES/);
  assert.match(skeptic("why", "app.py:1:999").out, /^- No rule .* \(from flask import/);
  assert.equal(skeptic("why", "store.py:70").code, 2);
  assert.match(skeptic("why", "store.py").err, /FILE:LINE/);
  assert.equal(skeptic("why", "none.py:1").code, 2);
  box.write(".gitignore", "old.py\n");
  box.write("old.py", STORE);
  assert.match(skeptic("why", "old.py:7").out, /^- A scan leaves this file out unless .* - sql-/);
  assert.doesNotMatch(skeptic("why", "store.py:7").out, /leaves this file out/);
  box.write("app.py", APP.replace("if table not in TABLES:", "if table is None:"));
  assert.match(skeptic("why", "store.py:7").out, /reports this/);
  skeptic("baseline");
  assert.match(skeptic("why", "store.py:7").out, /It is in the baseline, so scans do not list it/);
});
