// What the built server says of findings in code that an AI wrote, and what it asks a person to review.

import * as assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Hover } from "vscode-languageserver-protocol";
import type { AiChange, ChangeCause } from "../../server/lsp/origin-protocol.ts";
import type { FindingData } from "../../server/lsp/protocol.ts";
import type { HookRecord } from "../../server/origin/hook.ts";
import { ELSEWHERE } from "../../server/origin/spool.ts";
import { folder, start, type TestClient, type TestFolder, until } from "./client.ts";

const SERVER = join(process.cwd(), "dist", "server.js");
const hooks = realpathSync(mkdtempSync(join(tmpdir(), "skeptic-hooks-")));
process.env.SKEPTIC_HOOKS = hooks;
after(() => rmSync(hooks, { recursive: true, force: true }));

const HEAD = `import sqlite3
from flask import Flask, request

app = Flask(__name__)
db = sqlite3.connect("app.db")

`;
const handler = (name: string): string => `
@app.get("/${name}")
def ${name}():
    name = request.args["name"]
    return db.execute(f"SELECT * FROM ${name} WHERE name = '{name}'").fetchall()
`;
const IGNORED = `
@app.get("/quiet")
def quiet():
    name = request.args["name"]
    # skeptic: ignore[sql-injection] -- it is only the name
    return db.execute(f"SELECT * FROM quiet WHERE name = '{name}'").fetchall()
`;

describe("code that an AI wrote", { timeout: 60_000 }, () => {
  let box: TestFolder;
  let client: TestClient;
  let version = 1;
  afterEach(async () => {
    await client.stop();
    await box.dispose();
  });

  const begin = async (files: Record<string, string>): Promise<void> => {
    box = await folder(files);
    version = 1;
    client = await start({
      server: [SERVER],
      folders: [box.uri],
      pull: true,
      initializationOptions: { origin: { storage: box.file("storage") } },
    });
  };
  const insert = (uri: string, text: string, line: number, cause: ChangeCause): void => {
    version++;
    void client.connection.sendNotification("skeptic/changeCause", { uri, version, cause });
    const place = { line, character: 0 };
    client.edit(uri, text, { start: place, end: place });
  };
  const changes = (): Promise<AiChange[]> => client.connection.sendRequest("skeptic/aiChanges", {});
  const short = async (): Promise<unknown[]> =>
    (await changes()).map(({ uri, range, silences, findings }) => [
      `${uri.slice(uri.lastIndexOf("/") + 1)}:${range.start.line + 1}`,
      silences,
      findings.map(({ rule }) => rule),
    ]);
  const hook = (uri: string, text: string): void => {
    const record: HookRecord = {
      version: 1,
      time: new Date().toISOString(),
      tool: "claude-code",
      file: fileURLToPath(uri),
      edits: [{ text, inserted: [[0, text.length]] }],
    };
    appendFileSync(join(hooks, ELSEWHERE), `${JSON.stringify(record)}\n`);
  };

  test("is named beside its finding, in the data and in the hover", async () => {
    await begin({ "app.py": HEAD });
    const uri = box.file("app.py");
    client.open(uri, HEAD + handler("typed"));
    insert(uri, handler("users"), 6, "suggestion");
    const found = await until("both findings", async () => {
      const items = await client.pullItems(uri);
      return items.length === 2 && items;
    });
    const byLine = found.toSorted((a, b) => a.range.start.line - b.range.start.line);
    const origins = byLine.map(({ data }) => (data as FindingData).origin);
    assert.equal(origins[0]?.origin, "ai");
    assert.equal(origins[0]?.at, "sink");
    assert.equal(origins[0]?.confidence, "low");
    assert.equal(origins[0]?.evidence, "looks like an inserted suggestion");
    assert.equal(origins[1], undefined);
    const hovers = await Promise.all(
      byLine.map(({ range }) =>
        client.connection.sendRequest<Hover>("textDocument/hover", {
          textDocument: { uri },
          position: range.start,
        }),
      ),
    );
    const [written, typed] = hovers.map((hover) => JSON.stringify(hover.contents));
    assert.match(written ?? "", /In code probably inserted by an AI \d+ s ago/);
    assert.doesNotMatch(typed ?? "", /inserted/);
  });

  test("has its actions first", async () => {
    await begin({ "app.py": HEAD });
    const uri = box.file("app.py");
    client.open(uri, HEAD + handler("first") + handler("second"));
    insert(uri, "# one\n# two\n", 0, "typing");
    client.edit(uri, "", {
      start: { line: 12, character: 0 },
      end: { line: 17, character: 0 },
    });
    version++;
    insert(uri, handler("second"), 13, "suggestion");
    const items = await until("both findings", async () => {
      const found = await client.pullItems(uri);
      return found.length === 2 && found;
    });
    const all = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
    const actions = await client.actions(uri, items, all, ["quickfix"]);
    const data = actions[0]?.diagnostics?.[0]?.data as FindingData | undefined;
    assert.equal(data?.origin?.origin, "ai");
  });

  test("waits for a review: what silences first, then findings, then the rest", async () => {
    await begin({ "app.py": HEAD });
    const uri = box.file("app.py");
    client.open(uri, HEAD);
    const plain = "\ndef plain():\n    return 1\n\n\n# typed\n# typed\n\n";
    insert(uri, plain, 6, "suggestion");
    insert(uri, "# more\n# typed\n\n# lines\n", 6, "typing");
    insert(uri, handler("users"), 6, "suggestion");
    insert(uri, "# more\n# typed\n\n# lines\n", 6, "typing");
    insert(uri, IGNORED, 6, "suggestion");
    assert.deepEqual(await short(), [
      ["app.py:8", ["A comment hides sql-injection here"], []],
      ["app.py:18", [], ["sql-injection"]],
      ["app.py:27", [], []],
    ]);
    const [first] = await changes();
    assert.ok(first);
    await client.connection.sendRequest("skeptic/reviewed", { uri, range: first.range });
    assert.equal((await changes()).length, 2);
    insert(uri, handler("again"), 6, "suggestion");
    assert.equal((await changes()).length, 3);
  });

  test("that silences the check in files that are not open is not overlooked", async () => {
    const settings = '{\n  "skeptic.rules": {\n    "sql-injection": "off"\n  }\n}\n';
    const rules =
      'version: 1\nsanitizers:\n  - { language: python, function: "app.py:clean", clears: [sql] }\n';
    await begin({
      "app.py": HEAD + handler("users"),
      ".vscode/settings.json": settings,
      ".skeptic/rules/own.yml": rules,
    });
    hook(box.file(".vscode/settings.json"), '    "sql-injection": "off"');
    hook(box.file(".skeptic/rules/own.yml"), rules);
    hook(box.file("app.py"), handler("users"));
    hook(box.file("gone.py"), "x = 1\n");
    await until("the workspace is read", () =>
      client.statuses.some(({ state }) => state === "working"),
    );
    const found = await short();
    // Which of the two silences the agent wrote last is not what is asked here.
    assert.deepEqual(
      [...found.slice(0, 2).toSorted(), ...found.slice(2)],
      [
        ["own.yml:1", ["A sanitizer of the project, app.py:clean, makes findings go away"], []],
        ["settings.json:3", ["The settings turn sql-injection off"], []],
        ["app.py:8", [], ["sql-injection"]],
      ],
    );
    for (const { uri, range } of await changes())
      await client.connection.sendRequest("skeptic/reviewed", { uri, range });
    assert.deepEqual(await short(), []);
  });

  test("that changes the baseline is not overlooked", async () => {
    const baseline = '{\n  "version": 1,\n  "findings": [{ "fingerprint": "00" }]\n}\n';
    await begin({ ".skeptic/baseline.json": baseline });
    hook(box.file(".skeptic/baseline.json"), '"findings": [{ "fingerprint": "00" }]');
    assert.deepEqual(await short(), [["baseline.json:3", ["The baseline accepts findings"], []]]);
  });

  test("is followed in the settings while they are edited", async () => {
    await begin({ ".vscode/settings.json": "{\n}\n" });
    const uri = box.file(".vscode/settings.json");
    client.open(uri, "{\n}\n", "jsonc");
    insert(
      uri,
      '  "skeptic.enable": false,\n  "skeptic.minimumSeverity": "high"\n',
      1,
      "suggestion",
    );
    assert.deepEqual(await short(), [
      [
        "settings.json:2",
        ["The settings turn Skeptic off", "The settings show less (skeptic.minimumSeverity)"],
        [],
      ],
    ]);
  });
});
