// Bad input: the engine answers, in time, with valid places, and says in `problems` what it could not analyse.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { lineStarts, positionAt } from "../server/base/text.ts";
import type { Engine, Report } from "../server/engine/api.ts";
import { classify } from "../server/engine/classify.ts";
import { freshEngine, openEngine } from "./harness/engine.ts";
import { load, settle } from "./harness/project.ts";

/** For one file, however bad; the machine may be busy. */
const SECONDS = 20;

const PYTHON = `"""Routes of the shop."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query

app = FastAPI()
db = sqlite3.connect("shop.db")


@dataclass
class Cart:
    items: list[str] = field(default_factory=list)
    owner: str = "nobody"

    def add(self, *names: str, **options: int) -> Cart:
        for name in names:
            if (count := options.get(name, 1)) > 0:
                self.items.extend([name] * count)
        return self

    @property
    def size(self) -> int:
        return len({item for item in self.items if item})


async def cart(owner: Annotated[str, Query()] = "x") -> Cart:
    return Cart(owner=owner)


@app.get("/items/{name}")
async def items(name: str, page: int = 1, cart: Cart = Depends(cart)):
    sql = f"SELECT * FROM items WHERE name = '{name}' LIMIT {page * 10:>3}"
    try:
        rows = db.execute(sql).fetchall()
    except (sqlite3.Error, ValueError) as error:
        raise HTTPException(500, "no") from error
    else:
        found = {row[0]: row for row in rows}
    finally:
        print(f"{name!r} asked {'twice' if page > 1 else 'once'}")
    match list(found.items()):
        case []:
            return {"cart": cart.size, "items": []}
        case [(key, (_, *rest))] if rest:
            return {"one": key, "rest": rest}
        case _:
            return [*found, lambda x, /, y=2, *, z: (x, y, z)][:-1]


def text(a, b):
    """Long text."""
    with open("a.txt") as one, open("b.txt") as two:
        global total
        total = 0x_ff + 1_000.5e-3 if a is not b else ~a ** -b
        return """%s of %s""" % (one.read(), two.read()), r"\\d+", rb"x", f'''{a
            + b}'''
`;

const TYPESCRIPT = `/** Routes of the shop. */
import express, { type Request, type Response } from "express";
import * as path from "node:path";
import { Pool } from "pg";

export type Id<T extends string = "item"> = \`\${T}-\${number}\`;
interface Row { readonly id: number; name?: string }
enum Level { Low = 1, High }

const app = express();
const pool = new Pool();
declare const VERSION: string;

abstract class Store<T extends Row> {
  #rows = new Map<number, T>();
  constructor(protected readonly name: string, private limit = 10) {}
  get size(): number { return this.#rows.size; }
  async *all(): AsyncGenerator<T> {
    for await (const row of this.#rows.values()) yield row;
  }
  static of<U extends Row>(rows: readonly U[]): Store<U> {
    return new (class extends Store<U> {})("anonymous", rows.length);
  }
}

function label(level: Level): string;
function label(level: Level | undefined): string {
  switch (level) {
    case Level.Low:
      return "low";
    default:
      return level?.toString() ?? "none";
  }
}

app.get("/items/:name", async (req: Request, res: Response) => {
  const { name, ...rest } = req.params;
  const page = Number(req.query["page"] ?? 1);
  try {
    const sql = \`SELECT * FROM items WHERE name = '\${name}' LIMIT \${page * 10}\`;
    const { rows } = await pool.query<Row>(sql);
    const [first, , third = first] = rows;
    res.json({ first, third, rest, level: label(Level.High)!, [name as string]: 1 });
  } catch (error: unknown) {
    if (error instanceof Error && /\\d+[/]/u.test(error.message)) throw error;
    res.status(500).end();
  } finally {
    label: for (let i = 0, n = 3; i < n; i++) { if (i % 2) continue label; else break; }
  }
});

export const join = <T,>(...parts: T[]) => path.join(...parts.map((part) => String(part)));
export default Store.of([{ id: 1 } satisfies Row]) as unknown as Store<Row>;
const later = async () => (await import("./later.js"))?.default?.[0]?.();
let total = 0xff_ff, big = 10n ** 2n, on = !(total >>> 2) || (void 0, typeof big === "bigint");
do { total -= 1; } while (total > 0 && on);
namespace Inner { export const x = <const>["a"]; }
if (on) later(); else if (total) total ||= 1; else { on ??= true }
export { later, type Row, Inner as "in ner" };
`;

const JAVASCRIPT = `"use strict";
// Routes of the shop.
const express = require("express");
const { Pool } = require("pg");
const app = express(), pool = new Pool();

class Cart extends Map {
  static #count = 0;
  limit = 10;
  static { Cart.#count = 1; }
  constructor(owner = "nobody", ...items) {
    super(items);
    this.owner = owner;
  }
  get total() { return [...this.values()].reduce((a, b) => a + b, 0); }
  set total(value) { this.limit = value; }
  *[Symbol.iterator]() { yield* this.keys(); }
}

function Old(name) {
  if (!(this instanceof Old)) return new Old(name);
  this.name = name;
}
Old.prototype.hello = function () {
  return "hello " + this.name;
};

app.get("/items/:name", function handler(req, res, next) {
  var name = req.params.name, page = +req.query.page || 1;
  pool
    .query("SELECT * FROM items WHERE name = '" + name + "' LIMIT " + page * 10)
    .then(({ rows: [first, ...rest] }) => {
      res.json({ first, rest, [name]: rest.length ? "many" : \`one \${first?.id ?? "-"}\` });
    })
    .catch(next)
    .finally(() => console.log(\`asked \${name}\`));
});

app.post("/cart", async (req, res) => {
  const cart = new Cart(req.body.owner, ...Object.entries(req.body.items || {}));
  for (const key in req.body) if (Object.hasOwn(req.body, key)) delete req.body[key];
  label: while (true) {
    switch (cart.total) {
      case 0: break label;
      default: cart.clear();
    }
  }
  try { await pool.query({ text: "INSERT INTO carts VALUES ($1)", values: [cart.owner] }); }
  catch { return res.sendStatus(500) }
  return res.send(/[/\\]]+/gi.exec(req.body.q)?.[0]);
});

const later = async function* () { yield await import("./later.mjs"); };
let n = 0b11 + 0o17 + .5e3, big = 1_0n; n **= 2; n++; --n;
if (n > 1 && !big || (n, big)) { n &&= 1 } else n ??= 2
module.exports = { app, Cart, later, get n() { return n }, set n(v) { n = v }, async run() {} };
module.exports.default = (() => ({}))();
`;

const TSX = `import { useState } from "react";

type Props<T> = { items: readonly T[]; render?: (item: T) => JSX.Element };

export function List<T extends { id: number; name: string }>({ items, render }: Props<T>) {
  const [query, setQuery] = useState<string>("");
  const shown = items.filter((item) => item.name.includes(query));
  return (
    <>
      <input value={query} onChange={(event) => setQuery(event.target.value)} disabled {...{}} />
      {/* nothing found */}
      {shown.length === 0 && <p className="empty">Nothing &amp; nobody &lt;3</p>}
      <ul>
        {shown.map((item) => (
          <li key={item.id} dangerouslySetInnerHTML={{ __html: item.name }} />
        ))}
      </ul>
      {render ? shown.map(render) : <Menu.Item title='x'>{\`\${query}!\`}</Menu.Item>}
    </>
  );
}

const Menu = { Item: (props: { title: string; children: unknown }) => <b>{props.title}</b> };
`;

const LANGUAGES: Readonly<Record<string, string>> = {
  "app.py": PYTHON,
  "app.ts": TYPESCRIPT,
  "app.js": JAVASCRIPT,
  "app.tsx": TSX,
};

describe("half-typed", () => {
  for (const [name, text] of Object.entries(LANGUAGES))
    test(`${name}, at every key`, async () => {
      const engine = await openEngine();
      load(engine, new Map([[name, ""]]), { open: true });
      for (let at = 0; at < text.length; at++) {
        engine.edit(name, [{ start: at, end: at, newText: text[at] as string }]);
        answers(engine, name);
      }
      assert.deepEqual(engine.problems(), []);
      const typed = engine.check(name);
      assert.equal(typed.hasError, false);
      const fresh = await freshEngine();
      load(fresh, new Map([[name, text]]));
      settle(fresh);
      assert.deepEqual(typed, fresh.check(name));
      fresh.dispose();
      load(engine, new Map());
    });
});

describe("line endings and a byte order mark", () => {
  for (const [name, text] of Object.entries(LANGUAGES))
    test(name, async () => {
      const lines = async (changed: string) => {
        const starts = lineStarts(changed);
        return (await report(name, changed)).findings.map(
          ({ rule, span }) => `${rule} ${positionAt(starts, span.start).line}`,
        );
      };
      const expected = await lines(text);
      // The component alone is without a fault.
      assert.ok(expected.length > 0 || name === "app.tsx", "something is found");
      assert.deepEqual(await lines(text.replaceAll("\n", "\r\n")), expected);
      // Who gives the text takes the mark off; one that is left must not hide anything.
      assert.deepEqual(await lines(`\uFEFF${text}`), expected);
      assert.deepEqual(await lines(text.replaceAll("\n", "\r")), expected);
    });
});

describe("what is no program", () => {
  const junk: Readonly<Record<string, (text: string) => string>> = {
    "an empty file": () => "",
    "white space": () => " \t\r\n\f\v \u00a0\u2028 ",
    "only a comment": (text) => (text === PYTHON ? "# nothing" : "// nothing"),
    "a comment without an end": (text) => (text === PYTHON ? '"""open' : "/* open"),
    "lone surrogates": (text) => `${text}\nx = "\ud800 \udfff"\n\udc00 = \ud83d`,
    "surrogates everywhere": (text) => [...text].join("\ud83d"),
    NUL: (text) => `${text.slice(0, 900)}\0${text.slice(900)}\0\0`,
    "control characters and hidden marks": (text) => text.replaceAll(" ", "\u202e \u0007\u200b"),
    "merge conflict markers": conflicted,
    "binary bytes read as text": () => binary(20_000),
    "the text backwards": (text) => [...text].reverse().join(""),
    "the text of another language": (text) => (text === PYTHON ? JAVASCRIPT : PYTHON),
    "only brackets": () => "([{".repeat(300) + "}])".repeat(200),
    "only quotes": () => "\"'`".repeat(2000),
  };
  for (const [what, make] of Object.entries(junk))
    test(what, async () => {
      for (const [name, text] of Object.entries(LANGUAGES)) await report(name, make(text));
    });

  test("merge conflict markers get no edits", async () => {
    for (const [name, text] of Object.entries(LANGUAGES)) {
      const engine = await openEngine();
      const { findings } = await report(name, conflicted(text));
      for (const { fingerprint } of findings)
        for (const fix of engine.fixes(name, fingerprint)) assert.deepEqual(fix.edits, []);
    }
  });

  test("merge conflicts that still parse: a fix says why there is no edit", async () => {
    const text = `NOTES = """
<<<<<<< HEAD
=======
>>>>>>> other
"""
import sqlite3

def find(name):
    sqlite3.connect("a.db").execute(f"SELECT * FROM t WHERE name = '{name}'")
`;
    const engine = await openEngine();
    const { findings } = await report("app.py", text);
    const fixes = findings.flatMap(({ fingerprint }) => engine.fixes("app.py", fingerprint));
    for (const fix of fixes) assert.deepEqual([fix.grade, fix.edits], ["manual", []]);
    assert.ok(fixes.some((fix) => /merge conflicts/.test(fix.reason ?? "")));
  });
});

describe(`very large or deep, in ${SECONDS} s each`, () => {
  const million = 1024 * 1024;
  const deep = 10_000;
  const nest = (open: string, inside: string, close: string) =>
    open.repeat(deep) + inside + close.repeat(deep);
  const blocks = (line: string) =>
    Array.from({ length: deep }, (_, depth) => `${" ".repeat(depth)}${line}\n`).join("");

  const numbers = (size: number) => `x = [${"1, ".repeat(size / 3)}]`;
  const statements = (size: number) => "a(b);".repeat(size / 5);
  const sums = (size: number) => `x = ${"a + ".repeat(size / 4)}a`;

  test("5 MB in one line are left out by every front end", () => {
    assert.equal(classify("app.py", numbers(5 * million)), "too-large");
    assert.equal(classify("app.js", statements(5 * million)), "too-large");
    assert.equal(classify("app.ts", sums(5 * million)), "too-large");
  });

  const hard: Readonly<Record<string, () => readonly [string, string]>> = {
    "5 MB of string in one line of Python": () => ["app.py", `x = "${"a".repeat(5 * million)}"`],
    "half a MB of numbers in one line of Python": () => ["app.py", numbers(million / 2)],
    "half a MB of statements in one line of JavaScript": () => ["app.js", statements(million / 2)],
    "half a MB of sums in one line of TypeScript": () => ["app.ts", sums(million / 2)],
    "parentheses in Python": () => ["app.py", `x = ${nest("(", "1", ")")}\n`],
    "parentheses in TypeScript": () => ["app.ts", `x = ${nest("(", "1", ")")};\n`],
    "lists in Python": () => ["app.py", `x = ${nest("[", "", "]")}\n`],
    "arrays in JavaScript": () => ["app.js", `x = ${nest("[", "", "]")};\n`],
    "calls in JavaScript": () => ["app.js", `x = ${nest("f(", "a", ")")};\n`],
    "method chains in JavaScript": () => ["app.js", `x = a${".b(1)".repeat(deep)};\n`],
    "objects in TypeScript": () => ["app.ts", `x = ${nest("{ a: ", "1", " }")};\n`],
    "blocks in JavaScript": () => ["app.js", nest("{", "a();", "}")],
    "ifs in JavaScript": () => ["app.js", nest("if (a) {", "b();", "}")],
    "else-ifs in JavaScript": () => ["app.js", `${"if (a) b(); else ".repeat(deep)}c();\n`],
    "functions in TypeScript": () => ["app.ts", nest("function f() {", "g();", "}")],
    "arrows in TypeScript": () => ["app.ts", `x = ${"() => ".repeat(deep)}1;\n`],
    "elements in TSX": () => ["app.tsx", `x = ${nest("<a>", "b", "</a>")};\n`],
    "template holes in JavaScript": () => ["app.js", `x = ${nest("`${", "a", "}`")};\n`],
    "types in TypeScript": () => ["app.ts", `type X = ${nest("A<", "B", ">")};\n`],
    "conditions in Python": () => ["app.py", `x = ${"a if b else ".repeat(deep)}c\n`],
    "elifs in Python": () => ["app.py", `if a: b\n${"elif a: b\n".repeat(deep)}`],
    "sums in Python": () => ["app.py", `x = ${"a + ".repeat(deep)}a\n`],
    "ifs in Python, as deep as its grammar goes": () => [
      "app.py",
      blocks("if a:").slice(0, 2 * million),
    ],
    "functions in Python": () => ["app.py", blocks("def f():").slice(0, 2 * million)],
    "lambdas in Python": () => ["app.py", `x = ${"lambda: ".repeat(deep)}1\n`],
    "holes of one f-string": () => [
      "app.py",
      `def f(a):\n    return f"${list(deep, (i) => `k{a[${i}]}`)}"\n`,
    ],
    "holes of one template": () => [
      "app.js",
      `function f(a) { return \`${list(deep, (i) => `k$\{a.x${i}}`)}\`; }\n`,
    ],
    "sums of different parts": () => [
      "app.js",
      `x = ${list(deep, (i) => `a.x${i} + "k" + `)} 1;\n`,
    ],
    "20,000 branches on one variable": () => [
      "app.py",
      `def f(a):\n    x = 0\n${list(2 * deep, (i) => `    if a == ${i}:\n        x = ${i}\n`)}`,
    ],
    "a chain of 3,000 members": () => ["app.ts", `x = a${list(3000, (i) => `.m${i}`)};\n`],
    "a literal of 50,000 elements": () => [
      "app.js",
      `const x = [${list(5 * deep, (i) => `${i}, `)}];\nf(x[a]);\n`,
    ],
  };
  for (const [what, make] of Object.entries(hard))
    test(what, async (t) => {
      const [name, text] = make();
      const engine = await freshEngine();
      try {
        const started = performance.now();
        engine.set(name, text);
        settle(engine);
        answers(engine, name);
        for (const { message } of engine.problems()) {
          t.diagnostic(message);
          assert.doesNotMatch(message, /call stack/);
        }
        const seconds = (performance.now() - started) / 1000;
        assert.ok(seconds < SECONDS, `${seconds.toFixed(1)} s`);
        // The engine is still of use.
        engine.set("other.py", PYTHON);
        assert.ok(engine.check("other.py").findings.length > 0);
      } finally {
        engine.dispose();
      }
    });
});

test("a function that is too large is given up, says so once, and costs nothing else", async () => {
  const count = 20_000;
  const monster = `def monster(a):\n${list(count, (i) => `    if a == ${i}:\n        x${i} = a\n`)}    return a\n`;
  const text = `${PYTHON}\n\n${monster}\n\n@app.get("/monster")\ndef through(q: str):\n    db.execute("SELECT " + monster(q))\n    db.execute("SELECT " + q)\n`;
  const engine = await freshEngine();
  try {
    const lines = (source: string) => {
      const { findings } = engine.check("app.py");
      const starts = lineStarts(source);
      return findings.map(({ rule, span, marks }) =>
        [source.split("\n")[positionAt(starts, span.start).line]?.trim(), rule, ...marks].join(" "),
      );
    };
    engine.set("app.py", text, { open: true });
    settle(engine);
    const found = lines(text);
    assert.deepEqual(
      engine.problems().map(({ message, crash }) => ({ message, crash })),
      [{ message: "monster is too large to analyse", crash: undefined }],
    );
    assert.ok(found.includes('db.execute("SELECT " + q) sql-injection'), found.join("\n"));
    assert.ok(
      found.includes('db.execute("SELECT " + monster(q)) sql-injection unknown-call'),
      found.join("\n"),
    );
    assert.ok(found.length > 2, "the other functions are still analysed");
    // An edit elsewhere gives up the same item, and tells nobody again.
    engine.edit("app.py", [{ start: 0, end: 0, newText: "x = 1\n" }]);
    settle(engine);
    assert.deepEqual(lines(`x = 1\n${text}`), found);
    assert.deepEqual(engine.problems(), []);
    // Without it all is as if it had never been there.
    const at = text.indexOf(monster) + 6;
    const small = `def monster(a):\n    return "1"\n`;
    engine.edit("app.py", [{ start: at, end: at + monster.length, newText: small }]);
    settle(engine);
    const after = lines(engine.text("app.py") as string);
    assert.ok(!after.some((line) => line.includes("monster")), after.join("\n"));
  } finally {
    engine.dispose();
  }
});

function list(count: number, one: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => one(index)).join("");
}

/** The report of one file; a throw, a problem or a place outside the text fails. */
async function report(name: string, text: string): Promise<Report> {
  const engine = await openEngine();
  load(engine, new Map([[name, text]]));
  settle(engine);
  const answer = answers(engine, name);
  assert.deepEqual(engine.problems(), []);
  return answer;
}

function answers(engine: Engine, name: string): Report {
  const answer = engine.check(name);
  const length = engine.text(name)?.length ?? -1;
  for (const finding of answer.findings) {
    for (const { span } of [finding, ...finding.flow.filter(({ file }) => file === name)])
      assert.ok(0 <= span.start && span.start <= span.end && span.end <= length);
    engine.fixes(name, finding.fingerprint);
  }
  return answer;
}

function conflicted(text: string): string {
  const lines = text.split("\n");
  const at = lines.findIndex((line) => /SELECT|filter/.test(line));
  const line = lines[at] as string;
  return lines.with(at, `<<<<<<< HEAD\n${line}\n=======\n${line} \n>>>>>>> other`).join("\n");
}

/** Bytes of every value in no order, as Latin-1. */
function binary(length: number): string {
  let state = 1;
  let out = "";
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    out += String.fromCharCode((state >> 16) & 0xff);
  }
  return out;
}
