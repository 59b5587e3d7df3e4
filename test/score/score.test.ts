// What npm run score says of labelled samples.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openEngine } from "../harness/engine.ts";
import { added, countsTable, rate } from "./rates.ts";
import { judgeSamples, readSamples } from "./samples.ts";

function folder(t: { after(run: () => void): void }, files: Record<string, string>): string {
  const path = mkdtempSync(join(tmpdir(), "skeptic-score-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

const HOLE = "from flask import request\nimport sqlite3\ndb = sqlite3.connect('a.db')\n";
const QUERY = "def view():\n    return db.execute('SELECT ' + request.args['q'])\n";
const SAFE = "def view():\n    return db.execute('SELECT ?', (request.args['q'],))\n";

test("found, missed, false alarms and silence are counted by category", async (t) => {
  const labels = [
    { id: "hole", files: ["hole.py"], category: "SQL", cwe: [89], vulnerable: true, lines: [5] },
    { id: "line", files: ["hole.py"], category: "SQL", cwe: [89], vulnerable: true, lines: [4] },
    { id: "other", files: ["hole.py"], category: "Files", cwe: [22], vulnerable: true },
    { id: "safe", files: ["safe.py"], category: "SQL", cwe: [89], vulnerable: false },
    { id: "alarm", files: ["hole.py"], category: "SQL", cwe: [89], vulnerable: false },
  ];
  const path = folder(t, {
    "hole.py": HOLE + QUERY,
    "safe.py": HOLE + SAFE,
    "labels.json": JSON.stringify(labels),
  });
  const { rows, wrong } = judgeSamples(await openEngine(), path, readSamples(path), false);
  assert.deepEqual(Object.fromEntries(rows), {
    SQL: { found: 1, notes: 0, missed: 1, alarms: 1, silent: 1 },
    Files: { found: 0, notes: 0, missed: 1, alarms: 0, silent: 0 },
  });
  assert.deepEqual(wrong, [
    "line: missed, but sql-injection (error)",
    "other: missed, but sql-injection (error)",
    "alarm: false alarm, sql-injection (error)",
  ]);
  assert.match(
    countsTable("Category", rows, true),
    /\| all \| 1 \| 0 \| 2 \| 1 \| 1 \| 33 % \(6-79\) \| 50 % \(9-91\) \|$/,
  );
});

test("samples of several files are one program", async (t) => {
  const labels = [
    { id: "two", files: ["db.py", "view.py"], category: "SQL", cwe: [89], vulnerable: true },
  ];
  const path = folder(t, {
    "db.py": "import sqlite3\ndef find(q):\n    sqlite3.connect('a').execute('SELECT ' + q)\n",
    "view.py":
      "from flask import request\nfrom db import find\ndef view():\n    find(request.args['q'])\n",
    "labels.json": JSON.stringify(labels),
  });
  const { rows } = judgeSamples(await openEngine(), path, readSamples(path), false);
  assert.equal(rows.get("SQL")?.found, 1);
});

test("a folder that cannot be read says why", (t) => {
  const said = (files: Record<string, string>, pattern: RegExp) =>
    assert.throws(() => readSamples(folder(t, files)), pattern);
  const one = (fields: object) => ({
    "a.py": "",
    "labels.json": JSON.stringify([
      { id: "a", files: ["a.py"], category: "X", cwe: [89], vulnerable: true, ...fields },
    ]),
  });
  said({}, /there is no labels\.json in /);
  said({ "labels.json": "[" }, /labels\.json is no JSON: /);
  said({ "labels.json": "{}" }, /must hold a list of samples/);
  said(one({ files: [] }), /sample 1: "files" must be a list of at least one name/);
  said(one({ files: ["b.py"] }), /sample 1: there is no file b\.py/);
  said(one({ files: ["../a.py"] }), /sample 1: \.\.\/a\.py is outside of the folder/);
  said(one({ cwe: ["89"] }), /sample 1: "cwe" must be a list of numbers/);
  said(one({ vulnerable: "yes" }), /sample 1: "vulnerable" must be true or false/);
});

test("the range of a rate is wide where there are few samples", () => {
  assert.equal(rate(0, 0), "-");
  assert.equal(rate(8, 10), "80 % (49-94)");
  assert.equal(rate(0, 10), "0 % (0-28)");
  assert.equal(rate(80, 100), "80 % (71-87)");
  assert.deepEqual(added([{ found: 1, notes: 1, missed: 2, alarms: 3, silent: 4 }]), {
    found: 1,
    notes: 1,
    missed: 2,
    alarms: 3,
    silent: 4,
  });
});
