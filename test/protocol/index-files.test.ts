// The background index with a disk of this test: what is read first.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Context } from "../../server/lsp/context.ts";
import { createFolders } from "../../server/lsp/folders.ts";
import type { Host } from "../../server/lsp/host.ts";
import { createFileIndex, DEFAULT_BUDGET } from "../../server/lsp/index-files.ts";
import { createKept } from "../../server/lsp/kept.ts";
import { sleep } from "./client.ts";
import { createFakeEngine } from "./fake-engine.ts";

test("what the loaded files import is read before the rest of the workspace", async () => {
  const names = Array.from({ length: 60 }, (_, i) => `file:///w/${String(i).padStart(2, "0")}.py`);
  const needed = ["file:///w/57.py", "file:///w/58.py"];
  const read: string[] = [];
  const folders = createFolders();
  folders.add("file:///w");
  const engine = {
    ...createFakeEngine(),
    needs: () => needed.filter((file) => !read.includes(file)),
  };
  const host = {
    reads: () => true,
    async *walk() {
      yield { files: names, skipped: [], excluded: [] };
    },
    async read(file: string) {
      read.push(file);
      return { kind: "text", text: "x = 1\n", bytes: 6, editable: true };
    },
  };
  const log = { problems() {}, crash: assert.fail };
  const kept = createKept({ folders, host: host as unknown as Host, trust: { given: true } });
  const parts = { engine, host, folders, kept, documents: new Map(), log };
  const context = parts as unknown as Context;
  const index = createFileIndex(context, { wake() {}, gone() {} }, DEFAULT_BUDGET);
  index.rewalk();
  for (let i = 0; i < 200 && (read.length < names.length || !index.isIdle()); i++) {
    await sleep(1);
    index.work([]);
  }
  assert.deepEqual(read.slice(0, 2), needed);
  assert.deepEqual([...read].sort(), names);
  index.dispose();
});
