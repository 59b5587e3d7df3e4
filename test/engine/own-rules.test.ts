// Rules and models of a project's own: what they find and silence, where they hold, what is said of faults.

import assert from "node:assert/strict";
import { test } from "node:test";
import { rules } from "../../rules/index.ts";
import type { Engine } from "../../server/engine/api.ts";
import { createEngine } from "../../server/engine/engine.ts";
import { readWasm } from "../harness/engine.ts";

const OWN = ".skeptic/rules/acme.yml";
const HTML = `def clean(text):
    return tidy(text)


class Table:
    def check(self, name):
        self.ask(name)

    def is_known(self, name):
        return self.ask(name)


def raw(text):
    return engine().go(text)
`;
const MAIN = `import sqlite3
from flask import Flask, request
import acme.db
import acme.http
import acme.queue
from app.html import Table, clean, raw

app = Flask(__name__)


@app.get("/page")
def page():
    return "<b>" + clean(request.args["q"]) + "</b>"


@app.get("/all")
def everything():
    name = request.args["t"]
    Table().check(name)
    return sqlite3.connect("a").execute("SELECT 1 WHERE '" + name + "' = ''").fetchall()


@app.get("/some")
def some():
    name = request.args["t"]
    if not Table().is_known(name):
        return []
    return sqlite3.connect("a").execute("SELECT 1 WHERE '" + name + "' = ''").fetchall()


@app.get("/raw")
def raw_rows():
    raw("SELECT " + request.args["q"])
    acme.db.run("SELECT " + request.args["q"], 1)
    return "ok"


def consume():
    sqlite3.connect("a").execute("DELETE FROM t WHERE a = '" + acme.queue.body() + "'")


def ask():
    acme.http.Client("h")
    acme.http.Client("h", tls=True)
    acme.http.Client("h", tls=False, **given())
`;

async function project(texts: Readonly<Record<string, string>>): Promise<Engine> {
  const engine = await createEngine({ wasm: readWasm(), rules });
  engine.setFiles(Object.keys(texts));
  for (const [file, text] of Object.entries(texts)) engine.set(file, text);
  return engine;
}
function found(engine: Engine, file = "app/main.py"): string[] {
  while (engine.step(Number.POSITIVE_INFINITY).pending > 0);
  const text = engine.text(file) as string;
  return engine
    .check(file)
    .findings.map(({ rule, span }) => `${rule} ${text.slice(0, span.start).split("\n").length}`);
}
const row = (kind: string, ...rows: string[]): string =>
  `version: 1\n${kind}:\n${rows.map((r) => `  - { language: python, ${r} }\n`).join("")}`;

const BARE = ["xss-server-html 13", "sql-injection 20", "sql-injection 28"];

test("a built-in rule has a version in which it came, one of the project has none", async () => {
  const engine = await project({ "app/main.py": MAIN, ".skeptic/rules/acme.yml": CLIENT });
  found(engine);
  assert.equal(engine.rule("sql-injection")?.since, "0.1.0");
  assert.ok(engine.rule("acme-old-client"));
  assert.equal(engine.rule("acme-old-client")?.since, undefined);
  engine.dispose();
});

test("without own rows the project has these findings", async () => {
  const engine = await project({ "app/main.py": MAIN, "app/html.py": HTML });
  assert.deepEqual(found(engine), BARE);
  engine.dispose();
});

const CLIENT = `version: 1
rules:
  - id: acme-old-client
    language: python
    title: The client without TLS
    severity: medium
    message: { what: "No TLS.", why: "Anybody reads along.", fix: "Pass tls=True." }
    call:
      paths: [acme.http.Client]
      when: [{ argument: tls, isMissing: true }]
  - id: acme-weak-client
    language: python
    title: The client with TLS off
    severity: high
    message: { what: "TLS is off.", why: "Anybody reads along.", fix: "Pass tls=True." }
    call:
      paths: [acme.http.Client]
      when: [{ argument: tls, is: [false, null] }]
`;
const RAW = `version: 1
rules:
  - id: acme-raw
    language: python
    title: Raw rows from a request
    severity: high
    message: { what: "Raw rows.", why: "Anybody reads all.", fix: "Use rows()." }
    flow:
      kind: sql
      to: [{ function: "app/html.py:raw", arguments: [text] }]
`;
for (const [what, own, expected] of [
  [
    "a function of the project that is a sanitizer",
    row("sanitizers", 'function: "app/html.py:clean", clears: [html]'),
    BARE.slice(1),
  ],
  [
    "a sanitizer of another kind silences nothing",
    row("sanitizers", 'function: "app/html.py:clean", clears: [shell]'),
    BARE,
  ],
  [
    "a method that throws at what is harmful",
    row("guards", 'function: "app/html.py:Table.check", proves: return, clears: [sql]'),
    ["xss-server-html 13", "sql-injection 28"],
  ],
  [
    "a method that answers true for what is harmless",
    row("guards", 'function: "app/html.py:Table.is_known", proves: "true", clears: all'),
    ["xss-server-html 13", "sql-injection 20"],
  ],
  [
    "a method that answers false for what is harmless proves nothing where it answered true",
    row("guards", 'function: "app/html.py:Table.is_known", proves: "false", clears: all'),
    BARE,
  ],
  [
    "sinks of a library and of the project are reported by the rule of their kind",
    row(
      "sinks",
      'function: "app/html.py:raw", arguments: [0], kind: sql',
      "path: acme.db.run, arguments: [0], kind: sql",
    ),
    [...BARE, "sql-injection 33", "sql-injection 34"],
  ],
  [
    "a source",
    row("sources", 'path: acme.queue.body, kind: remote, text: "the body of a message"'),
    [...BARE, "sql-injection 39"],
  ],
  [
    "calls without an argument, and with a constant",
    CLIENT,
    [...BARE, "acme-old-client 43", "acme-weak-client 45"],
  ],
  [
    "an argument by its parameter's name, wherever it stands",
    row("sinks", 'function: "app/html.py:raw", arguments: [text], kind: sql'),
    [...BARE, "sql-injection 33"],
  ],
  ["a flow to a function of the project, by one rule only", RAW, [...BARE, "acme-raw 33"]],
] as const)
  test(`own rows: ${what}`, async () => {
    const engine = await project({ "app/main.py": MAIN, "app/html.py": HTML, [OWN]: own });
    assert.deepEqual(found(engine), expected);
    assert.deepEqual(engine.problems(), []);
    engine.dispose();
  });

test("a library's function in JavaScript, and an option that is a constant", async () => {
  const engine = await project({
    "src/main.ts": `import express from "express";
import { open } from "@acme/reports";
import { connect } from "@acme/db";
const app = express();
app.get("/r", (req, res) => {
  open({ name: String(req.query.name), as: "pdf" });
  open({ name: "year", as: String(req.query.as) });
  connect("db", { url: "http://db.example" });
  connect("db", { url: "https://db.example" });
  res.end();
});
`,
    [OWN]: `version: 1
rules:
  - id: acme-report
    language: javascript
    title: Report of a request
    severity: high
    cwe: [73]
    message: { what: "Any report.", why: "Anybody reads all.", fix: "Use find()." }
    flow: { kind: path, to: [{ path: "@acme/reports.open", arguments: ["0.name"] }] }
  - id: acme-plain-url
    language: javascript
    title: The database without TLS
    severity: low
    confidence: medium
    message: { what: "No TLS.", why: "Anybody reads along.", fix: "Use https." }
    call: { paths: ["@acme/db.connect"], when: [{ argument: "1.url", startsWith: "http:" }] }
`,
  });
  assert.deepEqual(found(engine, "src/main.ts"), ["acme-report 6", "acme-plain-url 8"]);
  const [report, plain] = engine.check("src/main.ts").findings;
  assert.equal(report?.message.why, "Anybody reads all.");
  assert.deepEqual([report?.cwe, report?.level, plain?.confidence], [[73], "error", "medium"]);
  engine.dispose();
});

test("a changed, broken or removed file counts at once, as in a fresh engine", async () => {
  const texts = { "app/main.py": MAIN, "app/html.py": HTML };
  const engine = await project(texts);
  assert.deepEqual(found(engine), BARE);
  engine.changed();
  engine.set(OWN, row("sanitizers", 'function: "app/html.py:clean", clears: all'));
  assert.deepEqual(found(engine), BARE.slice(1));
  assert.ok(engine.changed().includes("app/main.py"));
  engine.set(OWN, `${CLIENT}\nsinks: [`);
  assert.deepEqual(found(engine), BARE);
  engine.set(OWN, CLIENT);
  assert.deepEqual(found(engine), [...BARE, "acme-old-client 43", "acme-weak-client 45"]);
  engine.changed();
  engine.set(OWN, CLIENT.replace("No TLS.", "It has no TLS."));
  assert.equal(found(engine).length, 5);
  assert.ok(engine.changed().includes("app/main.py"), "other words are another finding");
  assert.match(engine.check("app/main.py").findings.at(-2)?.message.what ?? "", /It has no/);
  engine.remove(OWN);
  assert.deepEqual(found(engine), BARE);
  engine.dispose();
});

test("they hold for the folder that has them, and all below it", async () => {
  const engine = await project({
    "one/app/main.py": MAIN,
    "one/app/html.py": HTML,
    "two/app/main.py": MAIN,
    "two/app/html.py": HTML,
    ".skeptic/rules/all.json": JSON.stringify({
      version: 1,
      sources: [{ language: "python", path: "acme.queue.body", kind: "remote", text: "a message" }],
    }),
    "one/.skeptic/rules/one.yaml": CLIENT,
  });
  engine.setRoots(["one", "two"]);
  assert.deepEqual(found(engine, "two/app/main.py"), [...BARE, "sql-injection 39"]);
  assert.deepEqual(found(engine, "one/app/main.py"), [
    ...BARE,
    "sql-injection 39",
    "acme-old-client 43",
    "acme-weak-client 45",
  ]);
  assert.deepEqual(engine.own(), [
    { file: ".skeptic/rules/all.json", rules: 0, models: 2, silencing: 0 },
    { file: "one/.skeptic/rules/one.yaml", rules: 2, models: 0, silencing: 0 },
  ]);
  engine.dispose();
});

test("in a folder that is not trusted they add findings and take none away", async () => {
  const engine = await project({
    "app/main.py": MAIN,
    "app/html.py": HTML,
    [OWN]: `${CLIENT}
sanitizers: [{ language: python, function: "app/html.py:clean", clears: all }]
`,
  });
  engine.restrict(true);
  assert.deepEqual(found(engine), [...BARE, "acme-old-client 43", "acme-weak-client 45"]);
  engine.restrict(false);
  assert.deepEqual(found(engine), [...BARE.slice(1), "acme-old-client 43", "acme-weak-client 45"]);
  assert.equal(engine.own()[0]?.silencing, 1);
  engine.dispose();
});

test("faults are told with their lines, and what is right beside them holds", async () => {
  const engine = await project({
    "app/main.py": MAIN,
    "app/html.py": HTML,
    [OWN]: `version: 1
sinks:
  - { language: ruby, path: acme.db.run, arguments: [0], kind: sql }
  - { language: python, path: acme.db.run, arguments: [0], kind: sql }
  - { language: python, arguments: [0], kind: sql }
rules:
  - id: sql-injection
    language: python
    title: Taken
    severity: low
    message: { what: "What.", why: "Why it is.", fix: "Fix." }
    call: { paths: [acme.http.Client] }
  - id: acme-x
    language: python
    colour: red
`,
  });
  assert.deepEqual(found(engine), [...BARE, "sql-injection 34"]);
  const told = engine.problems().map(({ message }) => message);
  assert.deepEqual(
    told.map((text) => text.slice(0, text.indexOf(":", text.indexOf(":") + 1))),
    ["line 3: sinks 1 language", "line 5: sinks 3", "line 15: rules 2 colour", "line 7: rules"],
  );
  assert.match(told[0] as string, /must be one of "python", "javascript"$/);
  assert.match(told[2] as string, /no known key$/);
  assert.match(told[3] as string, /there is a rule "sql-injection" already$/);
  engine.dispose();
});

test("files beyond the hundredth are left out, and that is said", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 102 }, (_, i) => [
      `.skeptic/rules/r${String(i).padStart(3, "0")}.yml`,
      "version: 1\n",
    ]),
  );
  const engine = await project({ "app/main.py": MAIN, "app/html.py": HTML, ...files });
  found(engine);
  assert.equal(engine.own().length, 100);
  assert.deepEqual(
    engine.problems().map(({ file, message }) => [file, message]),
    [
      [
        ".skeptic/rules/r100.yml",
        "only the first 100 files of rules and models are read: this one is left out, and 1 more",
      ],
    ],
  );
  engine.dispose();
});

for (const [name, text] of [
  ["empty", ""],
  ["a list", "- 1\n- 2\n"],
  ["no YAML", "a: [\n"],
  ["a bomb of aliases", `a: &a [x, x]\n${bomb(12)}`],
  ["too large", `# ${"x".repeat(300_000)}\n`],
  ["deep", `${"[".repeat(20_000)}`],
  ["null bytes", "version: 1\0\n"],
] as const)
  test(`a file that is ${name} is no harm`, async () => {
    const engine = await project({ "app/main.py": MAIN, "app/html.py": HTML, [OWN]: text });
    assert.deepEqual(found(engine), BARE);
    const told = engine.problems();
    if (text !== "") assert.ok(told.length > 0 && told.every(({ file }) => file === OWN));
    engine.dispose();
  });

function bomb(levels: number): string {
  let out = "";
  for (let i = 0; i < levels; i++) {
    const before = String.fromCharCode(97 + i);
    const name = String.fromCharCode(98 + i);
    out += `${name}: &${name} [${Array(9).fill(`*${before}`).join(", ")}]\n`;
  }
  return out;
}
