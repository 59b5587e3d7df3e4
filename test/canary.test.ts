// The real command line on a folder with a planted secret and hostile names: neither reaches an output as it is.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { repository } from "./harness/pages.ts";
import { folder, start, until } from "./protocol/client.ts";

const SECRET = "cAnArY-9f83b1c07d5e42a6-Zq";
const NAMES = [
  "line\nbreak.py",
  "esc\u001b[2J\u001b]0;title\u0007.py",
  "right\u202eto left.py",
  "<script>alert(1)<\u2215script>.py",
  "[link](https:\u2215\u2215evil.example).py",
  "`tick` $(id) 'quote' \"double\".py",
];

/** Findings with the secret on their line, beside it, and on their way. */
const PROGRAM = `import os
import sqlite3
from fastapi import FastAPI

DSN = "postgres://app:${SECRET}@db.example/shop"
API_KEY = os.environ.get("API_KEY", "${SECRET}")
app = FastAPI()
db = sqlite3.connect("shop.db")


@app.get("/users")
def users(name: str):
    password = "${SECRET}"
    return db.execute(f"SELECT * FROM users WHERE name = '{name}' AND token = '${SECRET}'").fetchall()


@app.get("/orders")
def orders(name: str, api_key: str = "${SECRET}"):
    rows = db.execute("SELECT * FROM orders WHERE name = '%s'" % name)  # api_key = "${SECRET}"
    return [API_KEY, DSN, *rows]


def issue(user, expires):
    import jwt
    from keys import K
    return jwt.encode({"sub": user, "exp": expires}, K, algorithm="HS256")
`;

/** Only what uses it says that it is a secret. */
const ELSEWHERE = `K = "${SECRET}"\n`;

const TYPED = `import express from "express";
const app = express();
const apiKey = "${SECRET}";
const keys = { "${SECRET}": (name: string) => db.query("SELECT * FROM t WHERE k = '" + name + "'") };
app.get("/u", async (req, res) => {
  const rows = await pool.query("SELECT 1 WHERE token = '${SECRET}' AND n = '" + req.query["${SECRET}"] + "'");
  res.json(await fetch(req.query.url + "?api_key=${SECRET}"));
});
`;

/** Without quotes, with a name that tells and with one that does not. */
const VARIABLES = `API_TOKEN=${SECRET}\nexport DB_PASSWORD=${SECRET}\nPLAIN=${SECRET}==\nURL = postgres://app:${SECRET}@db.shop.io/shop\n`;

const RUNS: readonly (readonly string[])[] = [
  ["scan"],
  ["scan", "--verbose"],
  ["scan", "--quiet"],
  ["scan", "--format", "json"],
  ["scan", "--format", "sarif"],
  ["scan", "--output", "report.txt"],
  ["scan", "--format", "sarif", "--output", "report.sarif"],
  ...NAMES.slice(0, 4).flatMap((name) => [
    ["debug", "ir", name],
    ["debug", "summary", name],
  ]),
  ...NAMES.slice(0, 4).flatMap((name) =>
    [14, 19, 26].map((line) => ["explain", `${name}:${line}`]),
  ),
  ["fix", "--check"],
  ["fix", "--check", "--grade", "suggested"],
  ["fix"],
  ["fix", "--grade", "suggested"],
];

test("a planted secret and hostile names reach no output", (t) => {
  if (process.platform === "win32") return t.skip("such names cannot exist");
  const folder = mkdtempSync(join(tmpdir(), "skeptic-canary-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of NAMES) writeFileSync(join(folder, name), PROGRAM);
  writeFileSync(join(folder, "keys.py"), ELSEWHERE);
  writeFileSync(join(folder, ".env"), VARIABLES);
  mkdirSync(join(folder, "dir\u001b[31m"));
  writeFileSync(join(folder, "dir\u001b[31m", "app.py"), `${PROGRAM}# \u001b[31m \u202e \u0007\n`);

  for (const run of RUNS) {
    const output = run[run.indexOf("--output") + 1] as string;
    const place = run.includes("--output") ? join(folder, output) : undefined;
    const { stdout, stderr, status, error } = spawnSync(
      process.execPath,
      [join(repository, "dist", "cli.js"), ...run],
      {
        cwd: folder,
        encoding: "utf8",
        maxBuffer: 1 << 28,
        timeout: 60_000,
        env: { ...process.env, FORCE_COLOR: "0", NODE_OPTIONS: "" },
      },
    );
    const what = run.join(" ");
    assert.equal(error, undefined, what);
    assert.ok(status === 0 || status === 1, `${what} ended with ${status}: ${stderr}`);
    const all = stdout + stderr + (place === undefined ? "" : readFileSync(place, "utf8"));
    if (place !== undefined) rmSync(place);
    assert.match(
      all,
      /sql-injection|jwt-weak-secret|SELECT|\d+ finding/,
      `${what} found nothing:\n${all}`,
    );
    // A patch in a pipe is exact: what it applies to has such characters.
    const raw = run.includes("--check") ? null : /[\p{Cc}\p{Cf}](?<![\n\t])/u.exec(all);
    assert.ok(
      raw === null,
      `${what} writes ${printable(raw?.[0] ?? "")} in ${printable(around(all, raw?.index))}`,
    );
    const leak = all.indexOf(SECRET.slice(0, 12));
    assert.equal(leak, -1, `${what} tells the secret: ${around(all, leak)}`);
  }
});

test("the name of a secret is told where its value does not stand", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "skeptic-canary-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const lines = [
    "FROM node:22",
    "ARG NPM_TOKEN",
    `ENV API_KEY=${SECRET}`,
    "COPY .env /app/",
    "RUN npm ci",
  ];
  writeFileSync(join(folder, "Dockerfile"), `${lines.join("\n")}\n`);
  const { stdout } = spawnSync(
    process.execPath,
    [join(repository, "dist", "cli.js"), "scan", "--fail-on", "never", "."],
    { cwd: folder, encoding: "utf8", timeout: 60_000, env: { ...process.env, FORCE_COLOR: "0" } },
  );
  assert.match(stdout, /ARG NPM_TOKEN\n/);
  assert.match(stdout, /NPM_TOKEN comes into the build as an argument/);
  assert.match(stdout, /ENV API_KEY=\*+/);
  assert.equal(stdout.indexOf(SECRET.slice(0, 12)), -1);
});

test("the language server tells neither, whatever it is asked", async (t) => {
  if (process.platform === "win32") return t.skip("such names cannot exist");
  const at = await folder(Object.fromEntries(NAMES.map((name) => [name, PROGRAM])));
  await at.write("typed.ts", TYPED);
  t.after(() => at.dispose());
  for (const pull of [true, false]) {
    const client = await start({
      server: [join(repository, "dist", "server.js")],
      folders: [at.uri],
      pull,
      settings: { "": { profile: "strict", rules: { [SECRET]: "off" } } },
    });
    const shown: unknown[] = [];
    let found = 0;
    for (const [name, text] of [...NAMES.map((one) => [one, PROGRAM]), ["typed.ts", TYPED]]) {
      const uri = at.file(name as string);
      client.open(uri, text as string, name === "typed.ts" ? "typescript" : "python");
      const items = pull
        ? await client.pullItems(uri)
        : await until("findings", () => client.lastOf(uri)?.diagnostics);
      found += items.length;
      shown.push(items);
      for (const { range } of items) {
        const hover = { textDocument: { uri }, position: range.start };
        shown.push(await client.connection.sendRequest("textDocument/hover", hover));
        shown.push(await client.actions(uri, items, range));
      }
      // Half-typed: what is shown now is held.
      client.edit(uri, `def broken(:\n${text}`);
      if (pull) shown.push(await client.pullItems(uri));
      client.close(uri);
    }
    assert.ok(found >= NAMES.length, `${found} findings`);
    await client.scan().result;
    // What it would write when it fails on this code.
    await client.connection
      .sendRequest("textDocument/hover", { textDocument: { uri: SECRET }, position: null })
      .catch((error: unknown) => shown.push(String(error)));
    shown.push(client.published, client.statuses, client.progress, client.log);
    assert.equal(await client.stop(), 0);
    // An edit for the editor's own text holds that text.
    const output = client.output().replace(/"newText":"(?:\\.|[^"\\])*"/g, "");
    const leak = output.indexOf(SECRET.slice(0, 12));
    assert.equal(leak, -1, `it tells the secret: ${around(output, leak)}`);
    assert.ok(output.length > 10_000, "it was heard");
    for (const text of textsIn(shown)) {
      const raw = /[\p{Cc}\p{Cf}](?<!\n)/u.exec(text);
      assert.ok(raw === null, `it writes ${printable(raw?.[0] ?? "")} in ${printable(text)}`);
    }
  }
});

/** Every text a person may see in an answer: not the data that only comes back to the server. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null)
    for (const [key, one] of Object.entries(value)) if (key !== "data") yield* textsIn(one);
}

function around(text: string, at = 0): string {
  return text.slice(Math.max(0, at - 60), at + 60);
}

function printable(text: string): string {
  return JSON.stringify(text).replace(/[^ -~]/gu, (one) => `U+${one.codePointAt(0)?.toString(16)}`);
}
