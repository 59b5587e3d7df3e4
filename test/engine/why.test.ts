// Why a place has no finding: the answers, with the line that makes it so.

import * as assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DEFAULT_SETTINGS, type Engine } from "../../server/engine/api.ts";
import { openEngine } from "../harness/engine.ts";
import { check, lineOf, load } from "../harness/project.ts";

const PYTHON = `import html
import sqlite3

from flask import Flask, abort, request

app = Flask(__name__)
db = sqlite3.connect("app.db")
TABLES = ("users", "orders")


@app.get("/constant")
def constant():
    return db.execute("SELECT * FROM users").fetchall()


@app.get("/escaped")
def escaped():
    name = html.escape(request.args["name"])
    return "<b>" + name + "</b>"


@app.get("/checked")
def checked():
    table = request.args["table"]
    if table not in TABLES:
        abort(400)
    return db.execute("SELECT * FROM " + table).fetchall()


@app.get("/number")
def number():
    limit = int(request.args["limit"])
    return db.execute("SELECT * FROM users LIMIT " + str(limit)).fetchall()


@app.get("/accepted")
def accepted():
    # skeptic: ignore[sql-dynamic-identifier] -- only administrators come here
    return db.execute("SELECT * FROM " + request.args["t"]).fetchall()


def nobody(name):
    return db.execute("SELECT * FROM users WHERE name = '" + name + "'").fetchall()


def helper(name):
    return db.execute("SELECT * FROM " + name).fetchall()


@app.get("/known")
def known():
    return helper("users")


@app.get("/bad")
def bad():
    return db.execute("SELECT * FROM " + request.args["t"]).fetchall()


@app.get("/params")
def params():
    return db.execute("SELECT * FROM users WHERE name = ?", (request.args["t"],)).fetchall()
`;

const EXPRESS = `import express from "express";
import { exec } from "node:child_process";
import { place } from "./place";

const app = express();

app.get("/number", (req, res) => {
  const depth = Number(req.query.depth);
  exec("tree -L " + depth);
  res.end();
});

app.get("/place", (req, res) => {
  exec("ls " + place(req.query.name));
  res.end();
});
`;

const PLACE = `const PLACES = new Set(["north", "south"]);

export function place(name: unknown): string {
  if (typeof name !== "string" || !PLACES.has(name)) throw new Error("no such place");
  return name;
}
`;

async function opened(files: Readonly<Record<string, string>>) {
  const texts = new Map(Object.entries(files));
  const engine = await openEngine();
  load(engine, texts);
  check(engine, texts.keys());
  const why = (file: string, code: string): string[] => {
    const text = texts.get(file) ?? "";
    const at = text.indexOf(code);
    assert.ok(at >= 0, code);
    return engine.why(file, at).map(({ kind, rule = "-", place }) => {
      const line =
        place === undefined ? "" : ` ${place.file}:${lineOf(texts, place.file, place.span.start)}`;
      return `${kind} ${rule}${line}`;
    });
  };
  return { engine, texts, why };
}

describe("why there is no finding, in Python", () => {
  const start = () => opened({ "app.py": PYTHON });
  const cases: Readonly<Record<string, readonly [code: string, ...answers: string[]]>> = {
    "a constant": ['db.execute("SELECT * FROM users").', "constant sql-injection"],
    "a sanitizer": ['"<b>" + name', "safe xss-server-html app.py:18"],
    "a check": ['db.execute("SELECT * FROM " + table)', "safe sql-dynamic-identifier app.py:25"],
    "a number": ['"SELECT * FROM users LIMIT "', "safe sql-injection app.py:32"],
    "a parameter that is bound": ["name = ?", "constant sql-injection"],
    "a function whose callers are harmless": [
      'db.execute("SELECT * FROM " + name)',
      "no-data sql-injection",
    ],
    "a call that a rule accepts": [
      "Flask(__name__)",
      "watched csrf-missing",
      "watched static-root-exposure",
    ],
    "nothing that a rule looks at": ["TABLES =", "no-rule -"],
    "one that is suppressed": [
      'request.args["t"]).fetchall()',
      "suppressed sql-dynamic-identifier app.py:39",
    ],
  };
  for (const [name, [code, ...answers]] of Object.entries(cases))
    test(name, async () => {
      const { why } = await start();
      assert.deepEqual(why("app.py", code), answers);
    });

  test("a finding is told, and where", async () => {
    const { why } = await start();
    assert.deepEqual(why("app.py", '@app.get("/bad")'), ["no-rule -"]);
    const [answer] = why("app.py", "name = '");
    assert.equal(answer, "finding sql-dynamic-query app.py:43");
  });

  test("what the settings leave out is told", async () => {
    const { engine, why } = await opened({ "app.py": PYTHON });
    engine.configure({ ...DEFAULT_SETTINGS, rules: { "sql-dynamic-query": "off" } });
    assert.deepEqual(why("app.py", "name = '"), ["settings sql-dynamic-query app.py:43"]);
  });
});

describe("why there is no finding, in TypeScript", () => {
  const start = () => opened({ "app.ts": EXPRESS, "place.ts": PLACE });

  test("a number", async () => {
    const { why } = await start();
    assert.deepEqual(why("app.ts", 'exec("tree'), ["safe command-injection-shell app.ts:8"]);
  });

  test("a function that lets only some through", async () => {
    const { why } = await start();
    assert.deepEqual(why("app.ts", 'exec("ls'), ["safe command-injection-shell app.ts:14"]);
  });
});

test("what cannot be analysed says so, and no offset is too much", async () => {
  const { engine } = await opened({
    "half.py": "def f(:\n  x = \n",
    "a.py": "x = 1\n",
    "empty.py": "",
  });
  const kinds = (engine: Engine, file: string, offset: number): string[] =>
    engine.why(file, offset).map(({ kind }) => kind);
  assert.deepEqual(kinds(engine, "half.py", 4), ["unparsed"]);
  assert.deepEqual(kinds(engine, "none.py", 0), ["not-read"]);
  for (const offset of [0, 3, 6, 1000])
    assert.deepEqual(kinds(engine, "a.py", offset), ["no-rule"]);
  assert.deepEqual(kinds(engine, "empty.py", 0), ["no-rule"]);
});

test("a secret on the line is not told", async () => {
  const key = "sk_live_51HgTqW2eZvKYlo2C8nXyzQwErTyUiOpAs";
  const { engine } = await opened({
    "a.py": `name = "x"; other = "${key}"\nvalue = print("${key}")\n`,
  });
  for (const offset of [0, 12, 60, 70])
    assert.ok(!JSON.stringify(engine.why("a.py", offset)).includes(key.slice(0, 20)));
});
