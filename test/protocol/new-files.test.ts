// The built server over stdio: a fix that brings a file along, for clients that make files and for others.

import * as assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  type ClientCapabilities,
  type CodeAction,
  CreateFile,
  TextDocumentEdit,
} from "vscode-languageserver-protocol";
import { folder, start, type TestClient, type TestFolder, until } from "./client.ts";

const SERVER = join(process.cwd(), "dist", "server.js");
const VIEW = `import requests
from flask import Flask, request

app = Flask(__name__)


@app.get("/preview")
def preview():
    return requests.get(request.args["url"], timeout=5).text
`;

const capabilities = (
  workspaceEdit: NonNullable<ClientCapabilities["workspace"]>["workspaceEdit"],
): ClientCapabilities => ({
  workspace: {
    configuration: true,
    workspaceFolders: true,
    ...(workspaceEdit ? { workspaceEdit } : {}),
  },
  textDocument: {
    publishDiagnostics: { versionSupport: true },
    codeAction: {
      dataSupport: true,
      disabledSupport: true,
      resolveSupport: { properties: ["edit"] },
    },
  },
});

const clients: TestClient[] = [];
const folders: TestFolder[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) assert.equal(await client.stop(), 0);
  for (const one of folders.splice(0)) await one.dispose();
});

async function offered(workspaceEdit: Parameters<typeof capabilities>[0]) {
  const at = await folder({ "app.py": VIEW });
  folders.push(at);
  const client = await start({
    server: [SERVER],
    folders: [at.uri],
    capabilities: capabilities(workspaceEdit),
  });
  clients.push(client);
  const uri = at.file("app.py");
  client.open(uri, VIEW);
  const [found] = await until("the finding", () => {
    const items = client.lastOf(uri)?.diagnostics ?? [];
    return items.length > 0 ? items : undefined;
  });
  assert.ok(found !== undefined);
  const actions = await client.actions(uri, [found], found.range);
  const resolve = (action: CodeAction | undefined) =>
    client.connection.sendRequest<CodeAction>("codeAction/resolve", action);
  return { at, client, actions, resolve };
}

test("the file is made before its text is put in, and all of it is to be confirmed", async () => {
  const { at, actions, resolve } = await offered({
    documentChanges: true,
    resourceOperations: ["create", "rename", "delete"],
    changeAnnotationSupport: {},
  });
  assert.equal(
    actions[0]?.title,
    "Skeptic (review): Connect to public hosts only, with a new file public_requests.py",
  );
  const { edit } = await resolve(actions[0]);
  const [make, fill, change, ...rest] = edit?.documentChanges ?? [];
  assert.deepEqual(rest, []);
  const uri = at.file("public_requests.py");
  assert.ok(CreateFile.is(make));
  assert.equal(make.uri, uri);
  assert.deepEqual(make.options, { overwrite: false, ignoreIfExists: false });
  assert.ok(TextDocumentEdit.is(fill) && TextDocumentEdit.is(change));
  assert.equal(fill.textDocument.uri, uri);
  assert.equal(change.textDocument.uri, at.file("app.py"));
  const notes = [make, ...fill.edits, ...change.edits].map((one) =>
    "annotationId" in one ? one.annotationId : undefined,
  );
  assert.deepEqual([...new Set(notes)], ["skeptic"]);
  assert.equal(edit?.changeAnnotations?.skeptic?.needsConfirmation, true);
});

test("a file that has come since is not written over", async () => {
  const { at, client, actions, resolve } = await offered({
    documentChanges: true,
    resourceOperations: ["create"],
  });
  await writeFile(fileURLToPath(at.file("public_requests.py")), "mine = 1\n");
  assert.equal((await resolve(actions[0])).edit, undefined);
  await until("the reason", () => client.log.some((line) => line.includes("No edit for")));
});

for (const workspaceEdit of [{ documentChanges: true }, undefined])
  test(`a client that makes no files is told so (${JSON.stringify(workspaceEdit)})`, async () => {
    const { actions } = await offered(workspaceEdit);
    assert.match(actions[0]?.disabled?.reason ?? "", /new file/);
    assert.equal(actions[1]?.title, "Skeptic (fill in): Allow only listed hosts");
  });

test("where places can be filled in, the cursor goes there and nothing is to be confirmed", async () => {
  const { actions, resolve } = await offered({
    documentChanges: true,
    changeAnnotationSupport: {},
    snippetEditSupport: true,
  });
  const chosen = actions.find(({ title }) => /Allow only listed hosts$/.test(title));
  const { edit } = await resolve(chosen);
  assert.equal(edit?.changeAnnotations, undefined);
  const [change, ...rest] = edit?.documentChanges ?? [];
  assert.deepEqual(rest, []);
  assert.ok(TextDocumentEdit.is(change));
  const [snippet, ...more] = change.edits.filter((one) => "snippet" in one);
  assert.deepEqual(more, []);
  assert.ok(snippet !== undefined && "snippet" in snippet);
  assert.equal(
    snippet.snippet.value,
    [
      `    allowed_hosts: set[str] = \${1:set()}  # fill in: the exact host names this code may call`,
      '    if urlparse(request.args["url"]).hostname not in allowed_hosts:',
      "        abort(400)",
      "",
    ].join("\n"),
  );
  assert.ok(change.edits.some((one) => "newText" in one && /urlparse/.test(one.newText)));
});
