// Notebooks over the wire, with the built server: cells are documents, their data flows from one to the next.

import * as assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, describe, test } from "node:test";
import type { CodeAction, Diagnostic, Range } from "vscode-languageserver-protocol";
import {
  folder,
  type StartOptions,
  start,
  type TestClient,
  type TestFolder,
  until,
} from "./client.ts";
import { notebookOn } from "./notebook-client.ts";

const SERVER = join(process.cwd(), "dist", "server.js");

const IMPORTS = "%pip install flask\nimport os\nfrom flask import Flask, request";
const SOURCE = "app = Flask(__name__)\n\ndef host():\n    return request.args['host']";
const SINK = "@app.get('/ping')\ndef ping():\n    # é 🦀\n    os.system('ping ' + host())";

const codes = (found: readonly Diagnostic[]) => found.map(({ code }) => code);

describe("notebooks", { timeout: 60_000 }, () => {
  let client: TestClient | undefined;
  let at: TestFolder | undefined;
  afterEach(async () => {
    await client?.stop();
    await at?.dispose();
    client = undefined;
    at = undefined;
  });
  const launch = async (
    options: Partial<StartOptions> = {},
    files: Record<string, string> = {},
  ): Promise<{ client: TestClient; at: TestFolder }> => {
    at = await folder(files);
    client = await start({ server: [SERVER], folders: [at.uri], pull: true, ...options });
    return { client, at };
  };

  test("data of one cell reaches the next, and the finding stands on its exact range", async () => {
    const { client, at } = await launch();
    const book = notebookOn(client, at.file("a.ipynb"), [
      ["markdown", "# import os; os.system(input())"],
      IMPORTS,
      SOURCE,
      ["python", "%%bash\nrm -rf $1"],
      SINK,
    ]);
    const uris = book.cells.map(({ uri }) => uri);
    const [found, ...more] = await client.pullItems(uris[4] as string);
    assert.deepEqual(more, []);
    assert.equal(found?.code, "command-injection-shell");
    assert.deepEqual(found?.range, {
      start: { line: 3, character: 14 },
      end: { line: 3, character: 30 },
    });
    assert.equal(found?.relatedInformation?.[0]?.location.uri, uris[2], "its source");
    assert.equal(found?.relatedInformation?.[0]?.location.range.start.line, 3);
    for (const uri of uris.slice(0, 4)) assert.deepEqual(await client.pullItems(uri), []);
    const position = { line: 3, character: 20 };
    const asked = { textDocument: { uri: uris[4] }, position };
    const hover = await client.connection.sendRequest<{
      range: Range;
      contents: { value: string };
    }>("textDocument/hover", asked);
    assert.deepEqual(hover.range, found?.range);
    assert.match(hover.contents.value, /a\\\.ipynb, cell 3, line 4/);
    const inBash = { textDocument: { uri: uris[3] }, position };
    assert.equal(await client.connection.sendRequest("textDocument/hover", inBash), null);
  });

  test("edits, new cells, moves and removals change the answer of other cells", async () => {
    const { client, at } = await launch({ settings: { "": { profile: "strict" } } });
    const [imports, source, sink] = [
      "import requests",
      "code = requests.get(URL).text",
      "eval(code)",
    ];
    const book = notebookOn(client, at.file("a.ipynb"), [imports, source, sink] as string[]);
    const count = async (): Promise<number> => {
      const { uri } = book.cells.find(({ text }) => text === sink) ?? { uri: "" };
      return codes(await client.pullItems(uri)).filter((one) => one === "code-eval-dynamic").length;
    };
    assert.equal(await count(), 1);
    const asked = client.refreshes();
    // Only the edited cell is asked for again by the client itself.
    const call = { start: { line: 0, character: 7 }, end: { line: 0, character: 29 } };
    book.edit(1, "'1 + 1'", call);
    await client.pullItems(book.cells[1]?.uri ?? "");
    await until("a refresh for the cell below", () => client.refreshes() > asked);
    assert.equal(await count(), 0);
    book.edit(1, source as string);
    assert.equal(await count(), 1);
    book.insert(2, "code = '1 + 1'");
    assert.equal(await count(), 0, "what was stored last counts");
    book.move(2, 1);
    assert.deepEqual(
      book.cells.map(({ text }) => text),
      [imports, "code = '1 + 1'", source, sink],
    );
    assert.equal(await count(), 1, "moved in front of the other one");
    book.remove(2);
    assert.equal(await count(), 0);
    book.remove(1);
    book.insert(1, ["markdown", source as string]);
    assert.equal(await count(), 0, "as Markdown");
    book.remove(1);
    book.insert(1, source as string);
    assert.equal(await count(), 1, "as code again");
    book.insert(1, "%%bash\nrm -rf (");
    book.insert(1, "x = (");
    assert.equal(await count(), 1, "a cell that does not parse is its own affair");
  });

  test("a fix edits the cells it belongs to, all in one", async () => {
    const { client, at } = await launch();
    const imports = "%pip install flask\nimport os\nfrom flask import Flask, request";
    const book = notebookOn(client, at.file("a.ipynb"), [imports, "%%time\nn = 1", SOURCE, SINK]);
    const uri = book.cells[3]?.uri as string;
    const found = await client.pullItems(uri);
    const offered = await client.actions(uri, found, found[0]?.range as Range);
    const fix = offered.find(({ title }) => title.startsWith("Skeptic (review)"));
    const resolved = await client.connection.sendRequest<CodeAction>("codeAction/resolve", fix);
    assert.deepEqual(book.after(resolved.edit), [
      "%pip install flask\nimport os\nfrom shlex import quote\nfrom flask import Flask, request",
      "%%time\nn = 1",
      SOURCE,
      SINK.replace("host())", "quote(host()))"),
    ]);
    const ignore = offered.find(({ title }) => title.includes("Ignore"));
    const ignored = await client.connection.sendRequest<CodeAction>("codeAction/resolve", ignore);
    const commented = book.after(ignored.edit)[3] ?? "";
    assert.match(commented, /^ {4}# skeptic: ignore\[command-injection-shell\] -- $/m);
    book.edit(3, commented.replace("-- ", "-- only on my machine"));
    assert.deepEqual(await client.pullItems(uri), []);
  });

  test("an import that belongs behind the last line of a cell does not begin the next one", async () => {
    const { client, at } = await launch();
    const imports = "from flask import Flask, request\n\nimport re\nimport os";
    const book = notebookOn(client, at.file("a.ipynb"), [
      "import os",
      "%%time\nn = 1",
      SOURCE,
      SINK,
    ]);
    book.edit(0, imports.split("\n\n")[1] as string);
    book.edit(2, `${imports.split("\n\n")[0]}\n${SOURCE}`);
    const uri = book.cells[3]?.uri as string;
    const found = await client.pullItems(uri);
    const offered = await client.actions(uri, found, found[0]?.range as Range);
    const fix = offered.find(({ title }) => title.startsWith("Skeptic (review)"));
    const resolved = await client.connection.sendRequest<CodeAction>("codeAction/resolve", fix);
    const [first, second] = book.after(resolved.edit);
    assert.equal(first, "import re\nimport os\nfrom shlex import quote");
    assert.equal(second, "%%time\nn = 1");
  });

  test("cells of TypeScript notebooks are read in their language", async () => {
    const { client, at } = await launch();
    const book = notebookOn(client, at.file("a.ipynb"), [
      [
        "typescript",
        'import express from "express";\nimport { exec } from "node:child_process";\nconst app = express()',
      ],
      ["typescript", "let host: string = await Promise.resolve('a')"],
      ["typescript", "(app).get('/x', (req, res) => {\n  exec('ping ' + req.query.host);\n})"],
    ]);
    const found = await client.pullItems(book.cells[2]?.uri as string);
    assert.deepEqual(codes(found), ["command-injection-shell"]);
    assert.equal(found[0]?.range.start.line, 1);
  });

  test("a client that is told gets each cell's findings, and their end", async () => {
    const { client, at } = await launch({ pull: false });
    const book = notebookOn(client, at.file("a.ipynb"), [IMPORTS, SOURCE, SINK]);
    const [, source, sink] = book.cells.map(({ uri }) => uri) as [string, string, string];
    await until("the finding", () => client.lastOf(sink)?.diagnostics.length === 1);
    assert.deepEqual(client.lastOf(source)?.diagnostics, []);
    assert.equal(client.lastOf(at.file("a.ipynb"))?.diagnostics.length ?? 0, 0);
    book.remove(2);
    await until("its cell is gone", () => client.lastOf(sink)?.diagnostics.length === 0);
    book.insert(2, SINK);
    const again = book.cells[2]?.uri as string;
    await until("a new cell", () => client.lastOf(again)?.diagnostics.length === 1);
    book.close();
    await until("all is closed", () => client.lastOf(again)?.diagnostics.length === 0);
  });

  test("a scan finds notebooks that are not open, at a place in their file, and says the cell", async () => {
    const source = (text: string) => ({
      cell_type: "code",
      metadata: {},
      source: text.split(/(?<=\n)/),
      outputs: [{ output_type: "display_data", data: { "image/png": "iVBOR".repeat(700_000) } }],
    });
    const json = JSON.stringify(
      {
        cells: [{ cell_type: "markdown", source: "# a" }, ...[IMPORTS, SOURCE, SINK].map(source)],
        metadata: {},
        nbformat: 4,
        nbformat_minor: 5,
      },
      undefined,
      1,
    );
    const { client, at } = await launch({}, { "a.ipynb": json, "b.ipynb": "{", "c.ipynb": "{}" });
    const uri = at.file("a.ipynb");
    const held = client.hold();
    const result = await client.scan().result;
    assert.equal(result.findings, 1);
    assert.equal(result.skipped.unreadable, 2);
    const [found] = await until("its report", () => held.reports.get(uri));
    const line = json.split("\n").findIndex((one) => one.includes("os.system"));
    assert.equal(found?.range.start.line, line);
    assert.equal(
      json.split("\n")[line]?.slice(found?.range.start.character, found?.range.end.character),
      "'ping ' + host()",
    );
    assert.match(String(found?.message), /^Cell 4, line 4: /);
    // Open, it is told of its cells; closed, of its file again.
    const book = notebookOn(client, uri, [["markdown", "# a"], IMPORTS, SOURCE, SINK]);
    await until("nothing is said of the file", () => held.reports.get(uri)?.length === 0);
    assert.equal((await client.pullItems(book.cells[3]?.uri as string)).length, 1);
    const sink = book.cells[3]?.uri as string;
    book.close();
    await until("nothing is said of its cells", () => held.reports.get(sink)?.length === 0);
    await until("it is said again", () => held.reports.get(uri)?.length === 1);
    await at.write("a.ipynb", json.replace("request.args", "{"));
    client.diskEvent(uri, 2);
    await until("the file changed", () => held.reports.get(uri)?.length === 0);
  });

  test("what no client should say is survived", async () => {
    const { client, at } = await launch();
    const uri = at.file("a.ipynb");
    const say = (method: string, params: unknown) =>
      client.connection.sendNotification(`notebookDocument/${method}`, params as object);
    await say("didChange", { notebookDocument: { uri, version: 1 }, change: {} });
    await say("didOpen", { notebookDocument: { uri } });
    await say("didClose", { notebookDocument: { uri }, cellTextDocuments: [] });
    client.open(uri, "{}", "json");
    client.edit(uri, "import os; os.system(input())");
    assert.deepEqual(await client.pullItems(uri), []);
    client.close(uri);
    const book = notebookOn(client, uri, []);
    book.insert(0, IMPORTS);
    book.insert(1, SINK);
    book.insert(1, SOURCE);
    book.insert(0, "\ufeffx = 1");
    const sink = book.cells[3]?.uri as string;
    assert.equal((await client.pullItems(sink)).length, 1);
    for (const text of [
      SINK.replace(")", ""),
      SINK.replaceAll("\n", "\r\n"),
      "'''",
      "%%",
      "!",
      "?",
      "\\",
      SINK,
    ])
      book.edit(3, text);
    assert.equal((await client.pullItems(sink)).length, 1);
    assert.deepEqual(await client.pullItems("vscode-notebook-cell:/nowhere.ipynb#W1"), []);
  });
});
