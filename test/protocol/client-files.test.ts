// Workspaces that the server cannot read by itself: the client reads them for it.

import * as assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type TestClient, until } from "./client.ts";
import { isFakeServer, launcher, runFakeServer } from "./fake-server.ts";

if (isFakeServer()) runFakeServer();
else defineTests();

function defineTests(): void {
  const { launch } = launcher(__filename);
  const ROOT = "vfs://host/project";
  const shown = (client: TestClient, path: string): number | undefined =>
    client.lastOf(`${ROOT}/${path}`)?.diagnostics.length;

  describe("a virtual workspace", () => {
    test("is read through the client, .gitignore and encodings included", async () => {
      const files = {
        [`${ROOT}/.gitignore`]: "left/\n",
        [`${ROOT}/a/open.py`]: "SINK(q)",
        [`${ROOT}/b/closed.py`]: "SOURCE(q) BAD(1)",
        [`${ROOT}/left/out.py`]: "BAD(1)",
        [`${ROOT}/node_modules/x/index.js`]: "BAD(1)",
        [`${ROOT}/latin.py`]: new Uint8Array([0x42, 0x41, 0x44, 0x28, 0xe9, 0x29]),
        [`${ROOT}/locked.py`]: null,
      };
      const { client } = await launch({}, { folders: [ROOT], files });
      client.open(`${ROOT}/a/open.py`, "SINK(q)");
      await until("the flow from a file of the client's", () => shown(client, "a/open.py") === 1);
      const result = await client.scan().result;
      assert.equal(result.findings, 3);
      assert.equal(result.skipped.unreadable, 1);
      await until("the closed file", () => shown(client, "b/closed.py") === 1);
      await until("the file that is not UTF-8", () => shown(client, "latin.py") === 1);
      assert.equal(shown(client, "left/out.py"), undefined);
    });

    test("whose client does not read files has its open files only", async () => {
      const { client } = await launch({}, { folders: [ROOT] });
      client.open(`${ROOT}/open.py`, "BAD(1)");
      await until("the open file", () => shown(client, "open.py") === 1);
      const result = await client.scan().result;
      assert.equal(result.findings, 1);
    });
  });
}
