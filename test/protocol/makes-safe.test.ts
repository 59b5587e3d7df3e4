// "A function makes it safe": which functions are offered, the row that is written, and what it silences. The built server.

import * as assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { CreateFile, type Diagnostic, TextDocumentEdit } from "vscode-languageserver-protocol";
import type {
  FindingTarget,
  MakeSafeResult,
  SafeCandidatesResult,
} from "../../server/lsp/finding-protocol.ts";
import { folder, start, type TestClient, type TestFolder, until } from "./client.ts";
import { edited } from "./edited.ts";

const SERVER = join(process.cwd(), "dist", "server.js");
const ALL = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };
const TITLE = "Skeptic: A function makes it safe (xss-server-html)...";

const HTML = `def clean(text):
    return "".join(c for c in text if ok(c))


def trim(width, text):
    return text[:width]


class Tidy:
    def name(self, text):
        return text.strip()


def wrap(text):
    return "<b>" + trim(3, clean(text)) + "</b>"


def keep(text):
    log(text)
    return "x"
`;
const APP = `from flask import Flask, request
from app.html import Tidy, clean, keep, trim, wrap

app = Flask(__name__)


@app.get("/a")
def a():
    q = request.args["q"]
    keep(q)
    return wrap(q)


@app.get("/b")
def b():
    return "<b>" + request.args["q"] + "</b>"


@app.get("/c")
def c():
    q = request.args["q"] if request.args["x"] else clean(request.args["y"])
    return "<b>" + q + "</b>"


@app.get("/d")
def d():
    return "<b>" + Tidy().name(request.args["q"]) + "</b>"
`;
const JS = `import express from "express";
import { tidy } from "./tidy";

const app = express();
app.get("/", (req, res) => {
  res.send("<b>" + tidy(req.query.q) + "</b>");
});
`;
const TIDY = `export const tidy = (text) => [...text].filter(isFine).join("");\n`;

describe("a function makes it safe", () => {
  const clients: TestClient[] = [];
  const folders: TestFolder[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) assert.equal(await client.stop(), 0);
    for (const one of folders.splice(0)) await one.dispose();
  });

  const opened = async (
    files: Readonly<Record<string, string>>,
    name: string,
    options: Readonly<Record<string, unknown>> = {},
  ) => {
    const at = await folder(files);
    folders.push(at);
    const client = await start({
      server: [SERVER],
      folders: [at.uri],
      pull: true,
      initializationOptions: { commands: ["skeptic.ignore", "skeptic.makesSafe"], ...options },
    });
    clients.push(client);
    const uri = at.file(name);
    client.open(uri, files[name] ?? "", name.endsWith(".py") ? "python" : "javascript");
    // Before the other file is read its functions are unknown.
    await until("all is read", () => client.statuses.at(-1)?.state === "working");
    const found = async (line: string): Promise<Diagnostic | undefined> => {
      const wanted =
        (files[name] ?? "").slice(0, files[name]?.indexOf(line)).split("\n").length - 1;
      return (await client.pullItems(uri)).find(({ range }) => range.start.line === wanted);
    };
    const target = async (line: string): Promise<FindingTarget> => {
      const one = await until(`a finding in ${line}`, () => found(line));
      const { fingerprint } = one.data as { fingerprint: string };
      return { uri, rule: String(one.code), fingerprint };
    };
    const candidates = async (line: string): Promise<readonly string[]> => {
      const asked = await target(line);
      const result = await client.connection.sendRequest<SafeCandidatesResult>(
        "skeptic/safeCandidates",
        asked,
      );
      return result.candidates.map((one) => `${one.function} ${one.where}`);
    };
    const offered = async (line: string): Promise<boolean> => {
      const one = await until(`a finding in ${line}`, () => found(line));
      const actions = await client.actions(uri, [one], one.range);
      return actions.some(({ title }) => title === TITLE);
    };
    const chosen = async (line: string, name: string): Promise<MakeSafeResult> =>
      client.connection.sendRequest<MakeSafeResult>("skeptic/makeSafe", {
        ...(await target(line)),
        function: name,
      });
    return { at, client, uri, found, candidates, offered, chosen };
  };
  const FILES = { "app/html.py": HTML, "app/main.py": APP, "app/__init__.py": "" };
  const WRAPPED = "return wrap(q)";

  test("the functions that all the data goes through and comes out of, in the order of the path", async () => {
    const { candidates, offered, client, uri } = await opened(FILES, "app/main.py");
    assert.deepEqual(await candidates(WRAPPED), [
      "app/html.py:wrap app/main.py:11",
      "app/html.py:clean app/html.py:15",
      "app/html.py:trim app/html.py:15",
    ]);
    assert.deepEqual(await candidates('return "<b>" + request'), []);
    assert.deepEqual(await candidates('return "<b>" + q '), [], "one path goes around it");
    assert.deepEqual(await candidates('return "<b>" + Tidy'), [
      "app/html.py:Tidy.name app/main.py:27",
    ]);
    assert.equal(await offered(WRAPPED), true);
    assert.equal(await offered('return "<b>" + request'), false);
    const titles = (await client.actions(uri, [], ALL)).map(({ title }) => title);
    const last = titles.findLastIndex((title) => title.includes("in this file..."));
    assert.equal(titles[last + 1], TITLE);
  });

  for (const [name, row] of [
    ["app/html.py:clean", '{ language: python, function: "app/html.py:clean", clears: [html] }'],
    [
      "app/html.py:trim",
      '{ language: python, function: "app/html.py:trim", argument: 1, clears: [html] }',
    ],
  ] as const)
    test(`a new file for ${name}, and the finding is gone`, async () => {
      const { at, client, found, chosen } = await opened(FILES, "app/main.py");
      const result = await chosen(WRAPPED, name);
      assert.ok("edit" in result, JSON.stringify(result));
      const [create, fill] = result.edit.documentChanges ?? [];
      assert.ok(CreateFile.is(create) && TextDocumentEdit.is(fill));
      assert.equal(create.uri, at.file(".skeptic/rules/own.yml"));
      assert.deepEqual(
        Object.values(result.edit.changeAnnotations ?? {}).map((one) => one.needsConfirmation),
        [true],
      );
      const text = edited("", fill);
      assert.equal(text, `version: 1\nsanitizers:\n  - ${row}\n`);
      await at.write(".skeptic/rules/own.yml", text);
      client.diskEvent(at.file(".skeptic/rules/own.yml"), 1);
      await until("the finding is gone", async () => (await found(WRAPPED)) === undefined);
      assert.ok((await found('return "<b>" + request')) !== undefined, "others stay");
    });

  test("a method of a class is named with it", async () => {
    const { at, client, found, chosen } = await opened(FILES, "app/main.py");
    const result = await chosen('return "<b>" + Tidy', "app/html.py:Tidy.name");
    assert.ok("edit" in result);
    const fill = (result.edit.documentChanges ?? [])[1];
    assert.ok(TextDocumentEdit.is(fill));
    await at.write(".skeptic/rules/own.yml", edited("", fill));
    client.diskEvent(at.file(".skeptic/rules/own.yml"), 1);
    await until("it is gone", async () => (await found('return "<b>" + Tidy')) === undefined);
  });

  test("JavaScript, a file of one's own with comments and CRLF: one line more, all else as it was", async () => {
    const own = `# Ours\r\nversion: 1   # the format\r\n\r\nsanitizers:\r\n    # mail\r\n    - { language: python,   function: 'a.py:b', clears: [html] } # why\r\n\r\nrules: []\r\n`;
    const files = { "src/app.js": JS, "src/tidy.js": TIDY, ".skeptic/rules/acme.yml": own };
    const { at, client, found, candidates, chosen } = await opened(files, "src/app.js");
    const line = "  res.send";
    await until("the candidates", async () => (await candidates(line)).length > 0);
    assert.deepEqual(await candidates(line), ["src/tidy.js:tidy src/app.js:6"]);
    const result = await chosen(line, "src/tidy.js:tidy");
    assert.ok("edit" in result, JSON.stringify(result));
    assert.equal(result.uri, at.file(".skeptic/rules/acme.yml"));
    const [change] = result.edit.documentChanges ?? [];
    assert.ok(TextDocumentEdit.is(change));
    const text = edited(own, change);
    const row = '    - { language: javascript, function: "src/tidy.js:tidy", clears: [html] }\r\n';
    assert.equal(text, own.replace("# why\r\n", `# why\r\n${row}`));
    await at.write(".skeptic/rules/acme.yml", text);
    client.diskEvent(at.file(".skeptic/rules/acme.yml"), 2);
    await until("the finding is gone", async () => (await found(line)) === undefined);
  });

  test("not trusted, a function that is not on the path, a file that is no YAML: no row", async () => {
    const stranger = await opened(FILES, "app/main.py", { trusted: false });
    assert.deepEqual(await stranger.candidates(WRAPPED), []);
    assert.equal(await stranger.offered(WRAPPED), false);
    assert.ok("refused" in (await stranger.chosen(WRAPPED, "app/html.py:clean")));
    const broken = { ...FILES, ".skeptic/rules/own.yml": "version: 1\nsanitizers: [\n" };
    const { at, chosen } = await opened(broken, "app/main.py");
    assert.ok("refused" in (await chosen(WRAPPED, "app/html.py:keep")));
    const result = await chosen(WRAPPED, "app/html.py:clean");
    assert.deepEqual(result, { refused: ".skeptic/rules/own.yml is no valid YAML" });
    assert.equal(
      await readFile(fileURLToPath(at.file(".skeptic/rules/own.yml")), "utf8"),
      broken[".skeptic/rules/own.yml"],
    );
  });
});
