// The built server over stdio: a finding whose data starts in another file than its sink is seen from both.

import * as assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  type ClientCapabilities,
  type CodeAction,
  type Diagnostic,
  TextDocumentEdit,
} from "vscode-languageserver-protocol";
import { applyEdits, lineStarts, offsetAt } from "../../server/base/text.ts";
import {
  folder,
  type StartOptions,
  start,
  type TestClient,
  type TestFolder,
  until,
} from "./client.ts";

const SERVER = join(process.cwd(), "dist", "server.js");

const STORE = `import sqlite3

db = sqlite3.connect("app.db")


def find(name):
    return db.execute("SELECT * FROM users WHERE name = '" + name + "'").fetchall()
`;
const app = (call: string): string => `from flask import Flask, request

from data.store import find

app = Flask(__name__)


@app.get("/users")
def users():
    return ${call}
`;
const TAINTED = 'find(request.args["name"])';
/** A publishing client that takes versioned edits when an action is chosen. */
const VERSIONED: ClientCapabilities = {
  workspace: {
    configuration: true,
    workspaceFolders: true,
    workspaceEdit: { documentChanges: true },
  },
  textDocument: {
    publishDiagnostics: { versionSupport: true, relatedInformation: true },
    codeAction: { dataSupport: true, resolveSupport: { properties: ["edit"] } },
  },
};
const FILES = { "data/store.py": STORE, "data/__init__.py": "", "app.py": app("[]") };

describe("a sink in another file", () => {
  const clients: TestClient[] = [];
  const folders: TestFolder[] = [];
  const launch = async (files: Record<string, string>, options: Partial<StartOptions> = {}) => {
    const at = await folder(files);
    folders.push(at);
    const client = await start({ server: [SERVER], folders: [at.uri], ...options });
    clients.push(client);
    return { client, store: at.file("data/store.py"), caller: at.file("app.py"), at };
  };
  afterEach(async () => {
    for (const client of clients.splice(0)) {
      assert.equal(await client.stop(), 0, "the server ends when asked");
      assert.deepEqual(
        client.log.filter((line) => /crash|Error|failed|fault/i.test(line)),
        [],
      );
    }
    for (const one of folders.splice(0)) await one.dispose();
  });
  const shown = (client: TestClient, uri: string) => client.lastOf(uri)?.diagnostics ?? [];
  const type = (client: TestClient, uri: string, text: string): void => client.edit(uri, text);

  test("closed: typing the call shows it there, and its fix edits the closed file", async () => {
    const { client, at, store, caller } = await launch(FILES, { capabilities: VERSIONED });
    client.open(caller, FILES["app.py"]);
    await until("the index", () => client.statuses.at(-1)?.state === "working");
    assert.deepEqual(shown(client, caller), []);

    type(client, caller, app(TAINTED));
    const [diagnostic] = await until("the finding", () => {
      const items = shown(client, caller);
      return items.length > 0 ? items : undefined;
    });
    assert.equal(diagnostic?.code, "sql-injection");
    assert.equal(diagnostic?.severity, 1);
    assert.match(textOf(diagnostic), /^Data passed on here reaches data\/store\.py:7\. \w/);
    assert.deepEqual(diagnostic?.range, {
      start: { line: 9, character: 11 },
      end: { line: 9, character: 11 + TAINTED.length },
    });
    const path = diagnostic?.relatedInformation?.map(({ location }) => location) ?? [];
    assert.deepEqual(
      path.map(({ uri, range }) => [uri, range.start.line]),
      [
        [caller, 9],
        [caller, 9],
        [store, 5],
        [store, 6],
      ],
    );
    assert.equal(client.lastOf(store), undefined, "a closed file has no report");
    await until("the status", () => client.statuses.at(-1)?.findings === 1);

    const actions = await client.actions(caller, [diagnostic as Diagnostic], diagnostic!.range);
    const titles = actions.map(({ title }) => title);
    assert.match(titles[0] ?? "", /^Skeptic.*: .*, in data\/store\.py$/);
    assert.ok(titles.includes("Skeptic: Ignore sql-injection in data/store.py (reason needed)"));
    assert.deepEqual(actions[0]?.diagnostics, [diagnostic]);

    const ignore = actions.find(({ title }) => title.includes("Ignore"));
    assert.match(await applied(client, ignore), /\n {4}# skeptic: ignore\[sql-injection\] -- \n/);
    const after = await applied(client, actions[0]);
    assert.match(after, /WHERE name = \?", \(name,\)\)/);
    await at.write("data/store.py", after);
    client.diskEvent(store, 2);
    await until("the finding is gone", () => shown(client, caller).length === 0);
    await until("the status", () => client.statuses.at(-1)?.findings === 0);
  });

  test("open: both files show it, it is counted once, and an edit of the sink reaches the source", async () => {
    const { client, store, caller } = await launch({ ...FILES, "app.py": app(TAINTED) });
    client.open(caller, app(TAINTED));
    client.open(store, STORE);
    const finger = (uri: string) =>
      (shown(client, uri)[0]?.data as { fingerprint?: string } | undefined)?.fingerprint;
    await until("both", () => finger(caller) !== undefined && finger(store) !== undefined);
    await until("the same finding", () => finger(caller) === finger(store));
    await until("the status", () => client.statuses.at(-1)?.findings === 1);
    assert.equal((await client.scan().result).findings, 1);

    type(client, store, `\n${STORE}`);
    await until("the new line", () => /store\.py:8\./.test(textOf(shown(client, caller)[0])));
    type(client, store, STORE.replace(`'" + name + "'"`, `?", (name,)`));
    await until("nothing", () => shown(client, caller).length === 0);
    type(client, store, STORE);
    await until("again", () => shown(client, caller).length === 1);
    client.close(caller);
    await until("a closed source shows nothing", () => shown(client, caller).length === 0);
    assert.equal(shown(client, store).length, 1);
  });

  test("closed, and deleted, back, excluded or changed unseen: nothing stale is shown or edited", async () => {
    const { client, at, store, caller } = await launch(
      { ...FILES, "app.py": app(TAINTED) },
      { capabilities: VERSIONED },
    );
    client.open(caller, app(TAINTED));
    const has = (count: number) => () => shown(client, caller).length === count;
    await until("the finding", has(1));
    await at.remove("data/store.py");
    client.diskEvent(store, 3);
    await until("nothing without the sink", has(0));
    await at.write("data/store.py", STORE);
    client.diskEvent(store, 1);
    await until("the finding again", has(1));
    client.changeSettings({ "": { exclude: ["data/**"] } });
    await until("nothing from an excluded file", has(0));
    client.changeSettings({ "": {} });
    await until("the finding once more", has(1));

    const [item] = shown(client, caller);
    const [fix] = await client.actions(caller, [item as Diagnostic], item!.range);
    await at.write("data/store.py", `# changed\n${STORE}`);
    const stale = await client.connection.sendRequest<CodeAction>("codeAction/resolve", fix);
    assert.equal(stale.edit, undefined);
    await until("why", () =>
      client.log.some((line) => /^No edit for .*not as it was analysed\.$/.test(line)),
    );
    client.diskEvent(store, 2);
    await until("its new line", () => /store\.py:8\./.test(textOf(shown(client, caller)[0])));
    const late = await client.connection.sendRequest<CodeAction>("codeAction/resolve", fix);
    assert.equal(late.edit, undefined);
  });

  test("a check before the call is offered beside the sink's fixes, in the file that is open", async () => {
    const client_py =
      "import requests\n\ndef load(address):\n    return requests.get(address, timeout=3).text\n";
    const text = app("load(request.args['url'])").replace(
      "data.store import find",
      "client import load",
    );
    const { client, caller } = await launch(
      { "client.py": client_py, "app.py": text },
      { capabilities: VERSIONED },
    );
    client.open(caller, text);
    const [item] = await until("the finding", () => {
      const items = shown(client, caller);
      return items.length > 0 ? items : undefined;
    });
    const actions = await client.actions(caller, [item as Diagnostic], item!.range);
    assert.deepEqual(
      actions.map(({ title }) => title),
      [
        "Skeptic (fill in): Allow only listed hosts, in client.py",
        "Skeptic (fill in): Allow only listed hosts in app.py",
        "Skeptic: Ignore ssrf-user-controlled-url in client.py (reason needed)",
      ],
    );
    const resolved = await client.connection.sendRequest<CodeAction>(
      "codeAction/resolve",
      actions[1],
    );
    const [change] = resolved.edit?.documentChanges ?? [];
    assert.ok(TextDocumentEdit.is(change));
    assert.deepEqual(change.textDocument, { uri: caller, version: 1 });
  });

  test("a client that asks is told to ask again, and hovers", async () => {
    const { client, store, caller } = await launch(
      { ...FILES, "app.py": app(TAINTED) },
      { pull: true },
    );
    client.open(store, STORE);
    client.open(caller, app(TAINTED));
    await until("the index", () => client.statuses.at(-1)?.state === "working");
    const items = await until("the finding", async () => {
      const found = await client.pullItems(caller);
      return found.length === 1 ? found : undefined;
    });
    const hover = await client.connection.sendRequest<{ contents: { value: string } }>(
      "textDocument/hover",
      { textDocument: { uri: caller }, position: items[0]?.range.start },
    );
    assert.match(
      hover.contents.value,
      /4\. \[data\/store\\\.py\\:7\]\(file:[^)]+#L7\) `return db\.execute/,
    );

    const before = client.refreshes();
    type(client, store, STORE.replace(`'" + name + "'"`, `?", (name,)`));
    await client.pullItems(store);
    await until("a refresh", () => client.refreshes() > before);
    assert.deepEqual(await client.pullItems(caller), []);
  });

  test("while the source's file does not parse, what it shows moves along and nothing new comes", async () => {
    const { client, caller } = await launch({ ...FILES, "app.py": app(TAINTED) }, { pull: true });
    client.open(caller, app(TAINTED));
    await until("the finding", async () => (await client.pullItems(caller)).length === 1);
    const top = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    client.edit(caller, "x = (\n", top);
    assert.equal((await client.pullItems(caller))[0]?.range.start.line, 10);
  });
});

function textOf(diagnostic: Diagnostic | undefined): string {
  return String(diagnostic?.message ?? "");
}

/** The text of the only file an action edits, after it. */
async function applied(client: TestClient, action: CodeAction | undefined): Promise<string> {
  const resolved = await client.connection.sendRequest<CodeAction>("codeAction/resolve", action);
  const [change, ...others] = resolved.edit?.documentChanges ?? [];
  assert.ok(TextDocumentEdit.is(change), `an edit for ${action?.title}`);
  assert.deepEqual(others, []);
  assert.equal(change.textDocument.version, null, "the file is not open");
  const text = await readFile(fileURLToPath(change.textDocument.uri), "utf8");
  const starts = lineStarts(text);
  const offset = ({ line, character }: { line: number; character: number }) =>
    offsetAt(text, starts, line, character);
  return applyEdits(
    text,
    change.edits.map((one) => {
      assert.ok("newText" in one);
      return { start: offset(one.range.start), end: offset(one.range.end), newText: one.newText };
    }),
  );
}
