// What a client with commands of its own is offered for a finding, and what it asks then: the built server, the real rules.

import * as assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, describe, test } from "node:test";
import { type Diagnostic, TextDocumentEdit } from "vscode-languageserver-protocol";
import type {
  FindingCommand,
  IgnoreParams,
  IgnoreResult,
  SafeFixesResult,
  TextResult,
} from "../../server/lsp/finding-protocol.ts";
import { folder, type StartOptions, start, type TestClient, type TestFolder } from "./client.ts";
import { edited } from "./edited.ts";

const SERVER = join(process.cwd(), "dist", "server.js");
const ALL = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };
const COMMANDS: readonly FindingCommand[] = [
  "skeptic.ignore",
  "skeptic.makesSafe",
  "skeptic.protect",
  "skeptic.turnOff",
  "skeptic.showDataFlow",
  "skeptic.explain",
  "skeptic.copyReviewPrompt",
];

const SECRET = "secret-generic-assignment";

/** A safe fix for the first finding, one to be read for the second. */
const PYTHON = `#!/usr/bin/env python3
# Reads users.
import sqlite3
from flask import Flask, request

app = Flask(__name__)
api_key = "k9Xw2ZrT7mQc4LbN8pVs3HdJ6yFgWa5u"


def find(db: sqlite3.Connection, name: str):
    return db.execute(f"SELECT * FROM users WHERE name = '{name}'").fetchall()


@app.get("/users")
def users():
    name = request.args["name"]
    return sqlite3.connect("a.db").execute("SELECT * FROM users WHERE id = " + name).fetchall()
`;

const PAGE = `import { Pool } from "pg";

const pool = new Pool();

export default async function Page({ searchParams }: { searchParams: { a: string } }) {
  return (
    <div>
      {await pool.query("SELECT 1 WHERE a = '" + searchParams.a + "'")}
    </div>
  );
}
`;

const TEMPLATE = `import express from "express";
import { Pool } from "pg";

const app = express();
const pool = new Pool();

app.get("/users", async (req, res) => {
  const rows = await pool.query(\`
    SELECT *
    FROM users
    WHERE name = '\${req.query.name}'
  \`);
  res.json(rows);
});
`;

const WORKFLOW = `on: pull_request
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
        with:
          persist-credentials: false
      - run: npm ci && npm test
`;

describe("a client with commands", () => {
  const clients: TestClient[] = [];
  const folders: TestFolder[] = [];
  const launch = async (options: Partial<StartOptions> = {}) => {
    const at = await folder({});
    folders.push(at);
    const client = await start({
      server: [SERVER],
      folders: [at.uri],
      pull: true,
      initializationOptions: { commands: COMMANDS },
      ...options,
    });
    clients.push(client);
    return { client, at };
  };
  const opened = async (name: string, text: string, languageId = "python") => {
    const { client, at } = await launch();
    const uri = at.file(name);
    client.open(uri, text, languageId);
    return { client, uri, items: await client.pullItems(uri) };
  };
  afterEach(async () => {
    for (const client of clients.splice(0)) assert.equal(await client.stop(), 0);
    for (const one of folders.splice(0)) await one.dispose();
  });

  test("the menu: safe fixes, other fixes, ignore, turn off, data flow, explain, prompt", async () => {
    const { client, uri, items } = await opened("app.py", PYTHON);
    const titles = async (rule: string): Promise<string[]> =>
      (await client.actions(uri, items, byRule(items, rule).range)).map(({ title }) => title);
    assert.deepEqual(await titles("sql-injection"), [
      "Skeptic (review): Use query parameters (sqlite3)",
      "Skeptic: Ignore sql-injection here with a reason...",
      "Skeptic: Ignore sql-injection in this file...",
      "Skeptic: Turn off sql-injection in this workspace",
      "Skeptic: Show data flow of sql-injection",
      "Skeptic: Explain sql-injection",
      "Skeptic: Copy sql-injection as review prompt",
    ]);
    assert.deepEqual(await titles(SECRET), [
      "Skeptic (review): Read it from the environment",
      `Skeptic: Ignore ${SECRET} here with a reason...`,
      `Skeptic: Ignore ${SECRET} in this file...`,
      `Skeptic: Turn off ${SECRET} in this workspace`,
      `Skeptic: Explain ${SECRET}`,
      `Skeptic: Copy ${SECRET} as review prompt`,
    ]);
    const all = await client.actions(uri, items, ALL);
    assert.deepEqual(
      all.slice(0, 4).map(({ title, isPreferred }) => [title, isPreferred]),
      [
        ["Skeptic: Use query parameters (sqlite3)", true],
        ["Skeptic (review): Read it from the environment", undefined],
        ["Skeptic (review): Use query parameters (sqlite3)", undefined],
        [`Skeptic: Ignore ${SECRET} here with a reason...`, undefined],
      ],
    );
    const [command] = all.flatMap((action) => action.command ?? []);
    assert.equal(command?.command, "skeptic.ignore");
    assert.deepEqual(command?.arguments, [
      { uri, ...targetOf(byRule(items, SECRET)), scope: "lines" },
    ]);
  });

  test("where a file of its own protects the project, the finding offers it", async () => {
    const { client, at } = await launch({ settings: { "": { profile: "strict" } } });
    const uri = at.file(".github/workflows/test.yml");
    client.open(uri, WORKFLOW, "yaml");
    const items = await client.pullItems(uri);
    const found = byRule(items, "ci-security-scan-missing");
    const [action] = (await client.actions(uri, items, found.range)).filter(
      ({ command }) => command?.command === "skeptic.protect",
    );
    assert.equal(action?.title, "Skeptic: Add a workflow that scans each pull request...");
    assert.deepEqual(action?.command?.arguments, [{ uri, ...targetOf(found), what: "workflow" }]);
    const settings = at.file(".npmrc");
    client.open(settings, "min-release-age=0\n", "ini");
    const others = await client.actions(settings, await client.pullItems(settings), ALL);
    // There the line itself is to be changed.
    assert.ok(others.some(({ title }) => title.includes("Wait a week")));
    assert.ok(others.every(({ command }) => command?.command !== "skeptic.protect"));
  });

  test("a note about a suppression is only to be mended", async () => {
    const { client, uri, items } = await opened(
      "app.py",
      "# skeptic: ignore[sql-injection] -- old\nx = 1\n",
    );
    const titles = (await client.actions(uri, items, ALL)).map(({ title }) => title);
    assert.deepEqual(titles, ["Skeptic (review): Remove the suppression"]);
  });

  const ignored = async (
    client: TestClient,
    uri: string,
    text: string,
    found: Diagnostic,
    how: Pick<IgnoreParams, "scope" | "reason" | "until">,
  ): Promise<string> => {
    const result = await client.connection.sendRequest<IgnoreResult>("skeptic/ignore", {
      uri,
      ...targetOf(found),
      ...how,
    });
    assert.ok("edit" in result, JSON.stringify(result));
    const [change] = result.edit.documentChanges ?? [];
    assert.ok(TextDocumentEdit.is(change));
    assert.equal(change.textDocument.version, 1);
    return edited(text, change);
  };
  const silent = async (client: TestClient, uri: string, text: string): Promise<string[]> => {
    client.edit(uri, text);
    return (await client.pullItems(uri)).map(({ code }) => String(code));
  };

  test("ignoring here writes reason and day, and works", async () => {
    const { client, uri, items } = await opened("app.py", PYTHON);
    const text = await ignored(client, uri, PYTHON, byRule(items, "sql-injection"), {
      scope: "lines",
      reason: "ids are\n numbers ",
      until: "9999-12-31",
    });
    assert.match(
      text,
      /\n {4}# skeptic: ignore\[sql-injection\] until 9999-12-31 -- ids are numbers\n {4}return sqlite3/,
    );
    assert.deepEqual(await silent(client, uri, text), [SECRET, "sql-dynamic-query"]);
  });

  test("ignoring in the file writes below what must stay first", async () => {
    const { client, uri, items } = await opened("app.py", PYTHON);
    const text = await ignored(client, uri, PYTHON, byRule(items, "sql-injection"), {
      scope: "file",
      reason: "a script",
    });
    assert.match(
      text,
      /^#!.*\n# Reads users\.\n# skeptic: ignore-file\[sql-injection\] -- a script\nimport/,
    );
    assert.deepEqual(await silent(client, uri, text), [SECRET, "sql-dynamic-query"]);
  });

  for (const [name, text, wanted] of [
    [
      "page.tsx",
      PAGE,
      /\n {6}\{\/\* skeptic: ignore\[[\w-]+\] -- tried \* \/ it \*\/\}\n {6}\{await/,
    ],
    [
      "db.ts",
      TEMPLATE,
      /\n {2}\/\/ skeptic: ignore\[sql-injection\] -- tried \*\/ it\n {2}const rows/,
    ],
  ] as const)
    test(`where a comment above is none, another place is found: ${name}`, async () => {
      const language = name.endsWith("x") ? "typescriptreact" : "typescript";
      const { client, uri, items } = await opened(name, text, language);
      const [found] = items;
      assert.ok(found !== undefined);
      const after = await ignored(client, uri, text, found, {
        scope: "lines",
        reason: "tried */ it",
      });
      assert.match(after, wanted);
      assert.deepEqual(await silent(client, uri, after), []);
    });

  test("line ends and a byte order mark stay as they are", async () => {
    const text = `\ufeff${PYTHON.replaceAll("\n", "\r\n")}`;
    const { client, uri, items } = await opened("app.py", text);
    for (const scope of ["lines", "file"] as const) {
      const after = await ignored(client, uri, text, byRule(items, "sql-injection"), {
        scope,
        reason: "ids",
      });
      assert.ok(after.startsWith("\ufeff#!"), scope);
      assert.doesNotMatch(after, /[^\r]\n/, scope);
      assert.match(after, /\n *# skeptic: ignore(-file)?\[sql-injection\] -- ids\r\n/, scope);
    }
  });

  test("no reason, no day, no finding: refused", async () => {
    const { client, uri, items } = await opened("app.py", PYTHON);
    const found = targetOf(byRule(items, "sql-injection"));
    const asked = (more: object): Promise<IgnoreResult> =>
      client.connection.sendRequest("skeptic/ignore", { uri, ...found, scope: "lines", ...more });
    assert.deepEqual(await asked({ reason: "  " }), { refused: "it needs a reason" });
    assert.deepEqual(await asked({ reason: "x", until: "2027-02-30" }), {
      refused: "there is no day 2027-02-30",
    });
    assert.deepEqual(await asked({ reason: "x", fingerprint: "0" }), {
      refused: "the finding is gone",
    });
  });

  test("the review prompt has the four fields, the path, and no secret", async () => {
    const { client, uri, items } = await opened("app.py", PYTHON);
    const prompt = async (rule: string): Promise<string> => {
      const target = { uri, ...targetOf(byRule(items, rule)) };
      const result = await client.connection.sendRequest<TextResult>(
        "skeptic/reviewPrompt",
        target,
      );
      return result.text;
    };
    const text = await prompt("sql-injection");
    for (const field of [
      /^Severity: critical \(high confidence\)$/m,
      /^Location: app\.py:17 `return sqlite3\.connect\("a\.db"\)\.execute\(.*`$/m,
      /^ {2}1\. app\.py:16 `name = request\.args\["name"\]` \(/m,
      /^Exploit scenario: Request data becomes part of the SQL/m,
      /^Recommended fix: .+\n {2}- Use query parameters \(sqlite3\) \(suggested: /m,
    ])
      assert.match(text, field);
    assert.doesNotMatch(await prompt(SECRET), /k9Xw2ZrT/);
  });

  test("an explanation has the facts, then the page; without the finding only the page", async () => {
    const { client, uri, items } = await opened("app.py", PYTHON);
    const explained = async (fingerprint: string, rule: string): Promise<string> =>
      (
        await client.connection.sendRequest<TextResult>("skeptic/explain", {
          uri,
          fingerprint,
          rule,
        })
      ).text;
    const { fingerprint } = targetOf(byRule(items, "sql-injection"));
    const text = await explained(fingerprint, "sql-injection");
    assert.match(text, /\*\*The attack\.\*\*/);
    assert.match(text, /1\. app\\\.py\\:16 `name = request/);
    assert.match(text, /## Fixes\n\n- Use query parameters/);
    const page = await explained("gone", "sql-injection");
    assert.ok(text.endsWith(page), "the page comes last");
    assert.match(page, /^# SQL/);
    const secret = targetOf(byRule(items, SECRET));
    assert.doesNotMatch(await explained(secret.fingerprint, secret.rule), /k9Xw2ZrT/);
  });

  test("safe fixes are made on save; all fix-alls of every tool only where that is set", async () => {
    const { client, uri } = await opened("app.py", PYTHON);
    const result = await client.connection.sendRequest<SafeFixesResult>("skeptic/safeFixes", {
      uri,
    });
    assert.equal(result.version, 1);
    assert.equal(result.isLate, false);
    const mended = edited(PYTHON, { textDocument: { uri, version: 1 }, edits: [...result.edits] });
    assert.match(mended, /WHERE name = \?", \(name,\)\)/);
    assert.match(mended, /WHERE id = " \+ name\)/, "not the one that is only suggested");

    const asked = async (kind: string): Promise<number> =>
      (await client.actions(uri, [], ALL, [kind])).length;
    assert.deepEqual([await asked("source.fixAll"), await asked("source.fixAll.skeptic")], [0, 1]);
    client.changeSettings({ "": { fixOnSave: true } });
    await client.pullItems(uri);
    assert.deepEqual([await asked("source.fixAll"), await asked("source.fixAll.skeptic")], [1, 1]);
  });
});

function byRule(items: readonly Diagnostic[], rule: string): Diagnostic {
  const found = items.find(({ code }) => code === rule);
  assert.ok(found !== undefined, `${rule} is reported`);
  return found;
}

function targetOf({ code, data }: Diagnostic): { rule: string; fingerprint: string } {
  return { rule: String(code), fingerprint: (data as { fingerprint: string }).fingerprint };
}
