// A suppression with a last day: what a new day changes, and what says so.

import assert from "node:assert/strict";
import { test } from "node:test";
import { dayOf, isDay } from "../../server/base/day.ts";
import { freshEngine } from "../harness/engine.ts";

const FILE = "app.py";
const PROGRAM = `import sqlite3
from flask import request

def find():
    # skeptic: ignore[sql-injection] until 2027-03-01 -- the reports move in February
    return sqlite3.connect("a.db").execute("SELECT 1 WHERE a = '" + request.args["a"] + "'")
`;

test("findings come back on the day after, without an edit", async () => {
  const engine = await freshEngine();
  try {
    engine.set(FILE, PROGRAM, { open: true });
    engine.set("other.py", "x = 1\n");
    const rules = (): string[] => engine.check(FILE).findings.map(({ rule }) => rule);
    engine.setToday("2027-03-01");
    assert.deepEqual(rules(), []);
    assert.equal(engine.hidden(FILE).suppression, 1);
    engine.changed();

    engine.setToday("2027-03-02");
    assert.deepEqual(engine.changed(), [FILE]);
    assert.deepEqual(rules(), ["sql-injection", "suppression-expired"]);
    assert.equal(engine.hidden(FILE).suppression, 0);
    const [, note] = engine.check(FILE).findings;
    assert.equal(note?.isUnneeded, true);
    assert.match(note?.message.what ?? "", /ended on 2027-03-01/);
  } finally {
    engine.dispose();
  }
});

test("a reason without a letter or a digit is none", async () => {
  const engine = await freshEngine();
  const text = (reason: string): string =>
    PROGRAM.replace("until 2027-03-01 -- the reports move in February", `-- ${reason}`);
  const rules = (reason: string): string[] => {
    engine.set(FILE, text(reason), { open: true });
    return engine.check(FILE).findings.map(({ rule }) => rule);
  };
  try {
    for (const reason of ["-", ".", "\u200b", "\u3164", "\u2800", "#"])
      assert.deepEqual(rules(reason).sort(), ["sql-injection", "suppression-incomplete"], reason);
    for (const reason of ["a test", "試験", "#12"]) assert.deepEqual(rules(reason), [], reason);
  } finally {
    engine.dispose();
  }
});

test("a comment that names a rule too many is not faded as a whole", async () => {
  const engine = await freshEngine();
  try {
    const faded = (rules: string): (boolean | undefined)[] => {
      engine.set(FILE, PROGRAM.replace("ignore[sql-injection]", `ignore[${rules}]`));
      return engine.check(FILE).findings.map(({ isUnneeded }) => isUnneeded);
    };
    assert.deepEqual(faded("sql-injection, yaml-unsafe-load"), [undefined]);
    assert.deepEqual(faded("yaml-unsafe-load"), [undefined, true]);
  } finally {
    engine.dispose();
  }
});

test("days of the calendar", () => {
  assert.equal(dayOf(new Date("2027-02-28T23:59:59Z")), "2027-02-28");
  for (const day of ["2027-02-28", "2028-02-29", "0001-01-01"]) assert.ok(isDay(day), day);
  for (const text of ["2027-02-29", "2027-13-01", "2027-3-1", "soon", "", "2027-03-01T00:00"])
    assert.ok(!isDay(text), text);
});
