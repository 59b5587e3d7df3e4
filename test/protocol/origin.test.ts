// Who wrote what, in the built server: what the client says, what hooks leave, and the record.

import * as assert from "node:assert/strict";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { ChangeCause, OriginMark } from "../../server/lsp/origin-protocol.ts";
import type { HookRecord } from "../../server/origin/hook.ts";
import { parseRecord } from "../../server/origin/record.ts";
import { ELSEWHERE } from "../../server/origin/spool.ts";
import { folder, start, type TestClient, type TestFolder, until } from "./client.ts";

const SERVER = join(process.cwd(), "dist", "server.js");
const hooks = realpathSync(mkdtempSync(join(tmpdir(), "skeptic-hooks-")));
process.env.SKEPTIC_HOOKS = hooks;
after(() => rmSync(hooks, { recursive: true, force: true }));

const TEXT = "import os\n\n\ndef first():\n    return 1\n";
const BLOCK = "def second(name):\n    os.system(name)\n    return name\n";

describe("the origin of text", { timeout: 60_000 }, () => {
  let box: TestFolder;
  let client: TestClient;
  const clients: TestClient[] = [];
  afterEach(async () => {
    for (const one of clients.splice(0)) await one.stop();
    await box.dispose();
  });

  const open = async (): Promise<string> => {
    client = await start({
      server: [SERVER],
      folders: [box.uri],
      pull: true,
      initializationOptions: { origin: { storage: box.file("storage") } },
    });
    clients.push(client);
    return box.file("app.py");
  };
  const marks = (uri: string): Promise<OriginMark[]> =>
    client.connection.sendRequest("skeptic/originMarks", { uri });
  const lines = async (uri: string): Promise<string[]> =>
    (await marks(uri)).map(
      ({ origin, range }) => `${origin} ${range.start.line + 1}-${range.end.line + 1}`,
    );
  let version = 1;
  const change = (uri: string, text: string, line: number, cause?: ChangeCause): void => {
    version++;
    if (cause !== undefined)
      void client.connection.sendNotification("skeptic/changeCause", { uri, version, cause });
    const place = { line, character: 0 };
    client.edit(uri, text, { start: place, end: place });
  };
  const begin = async (): Promise<string> => {
    box = await folder({ "app.py": TEXT });
    const uri = await open();
    version = 1;
    client.open(uri, TEXT);
    return uri;
  };
  const hook = (uri: string, text: string, time = Date.now()): void => {
    const record: HookRecord = {
      version: 1,
      time: new Date(time).toISOString(),
      tool: "claude-code",
      file: fileURLToPath(uri),
      edits: [{ text, inserted: [[0, text.length]] }],
    };
    mkdirSync(hooks, { recursive: true });
    appendFileSync(join(hooks, ELSEWHERE), `${JSON.stringify(record)}\n`);
  };

  test("is what the client says of the change", async () => {
    const uri = await begin();
    change(uri, BLOCK, 5, "suggestion");
    assert.deepEqual(await lines(uri), ["ai 6-9"]);
    const [mark] = await marks(uri);
    assert.match(mark?.sentence ?? "", /probably inserted by an AI 0 s ago \(looks like/);
    change(uri, "pasted = 1\n", 0, "paste");
    assert.deepEqual(await lines(uri), ["pasted 1-2", "ai 7-10"]);
  });

  test("is nobody's where the client says nothing", async () => {
    const uri = await begin();
    change(uri, BLOCK, 5);
    assert.deepEqual(await lines(uri), []);
  });

  test("is nobody's after all where the change was a reload", async () => {
    const uri = await begin();
    change(uri, BLOCK, 5, "suggestion");
    change(uri, "pasted = 1\n", 0, "paste");
    await client.connection.sendNotification("skeptic/notWritten", { uri, version: 2 });
    assert.deepEqual(await lines(uri), ["pasted 1-2"]);
    await client.connection.sendNotification("skeptic/notWritten", { uri, version: 99 });
    assert.deepEqual(await lines(uri), ["pasted 1-2"]);
  });

  test("of a cause for another version is not taken for this one", async () => {
    const uri = await begin();
    const told = { uri, version: 7, cause: "suggestion" };
    await client.connection.sendNotification("skeptic/changeCause", told);
    change(uri, BLOCK, 5);
    assert.deepEqual(await lines(uri), []);
  });

  test("comes back with undo", async () => {
    const uri = await begin();
    change(uri, BLOCK, 5, "suggestion");
    version++;
    client.edit(uri, TEXT);
    assert.deepEqual(await lines(uri), []);
    change(uri, BLOCK, 5, "undo");
    assert.deepEqual(await lines(uri), ["ai 6-9"]);
  });

  test("goes along with what is copied", async () => {
    const uri = await begin();
    change(uri, BLOCK, 5, "suggestion");
    const range = { start: { line: 5, character: 0 }, end: { line: 8, character: 0 } };
    await client.connection.sendNotification("skeptic/copied", { uri, ranges: [range] });
    change(uri, BLOCK, 0, "copy");
    assert.deepEqual(await lines(uri), ["ai 1-4", "ai 9-12"]);
  });

  test("of a hook is certain, whether the editor or the hook comes first", async () => {
    const uri = await begin();
    change(uri, BLOCK, 5, "suggestion");
    hook(uri, BLOCK);
    const certain = (one: OriginMark): boolean => /recorded by the agent's hook/.test(one.sentence);
    await until("the hook after the edit", async () => (await marks(uri)).some(certain));
    hook(uri, "third = 3\n", Date.now() + 1);
    await until("the record is read", async () => {
      change(uri, "x", 0, "typing");
      const file = join(box.path, "storage", "origin.json");
      return readRecord(file)?.files[0]?.hooksRead !== undefined;
    });
    assert.equal((await marks(uri)).length, 1);
    change(uri, "third = 3\n", 0, "tool");
    await until("the edit after the hook", async () => (await lines(uri)).includes("ai 1-2"));
  });

  test("is kept in the storage, and found again by the next server", async () => {
    const uri = await begin();
    change(uri, BLOCK, 5, "suggestion");
    assert.deepEqual(await lines(uri), ["ai 6-9"]);
    await clients.pop()?.stop();
    const record = readRecord(join(box.path, "storage", "origin.json"));
    assert.deepEqual(
      record?.files.map(({ file, ranges }) => [file, ranges.map(({ origin }) => origin)]),
      [[uri, ["ai"]]],
    );
    await open();
    client.open(uri, `import sys\n${TEXT}${BLOCK}`);
    await until("the record", async () => (await lines(uri)).includes("ai 7-9"));
  });

  test("of a hook that ran while the file was not open is there when it is opened", async () => {
    box = await folder({ "app.py": TEXT + BLOCK });
    const uri = await open();
    hook(uri, BLOCK, Date.now() - 60_000);
    client.open(uri, TEXT + BLOCK);
    await until("the hook", async () => (await lines(uri)).includes("ai 6-9"));
  });

  test("follows the file to its new name", async () => {
    const uri = await begin();
    change(uri, BLOCK, 5, "suggestion");
    const next = box.file("renamed.py");
    client.close(uri);
    client.open(next, TEXT + BLOCK);
    await client.connection.sendNotification("workspace/didRenameFiles", {
      files: [{ oldUri: uri, newUri: next }],
    });
    await until("the marks", async () => (await lines(next)).includes("ai 6-9"));
  });

  test("survives a broken record and a storage that cannot be written", async () => {
    box = await folder({ "app.py": TEXT, "storage/origin.json": "{", file: "" });
    let uri = await open();
    client.open(uri, TEXT);
    assert.deepEqual(await lines(uri), []);
    client = await start({
      server: [SERVER],
      folders: [box.uri],
      pull: true,
      initializationOptions: { origin: { storage: `${box.file("file")}/below` } },
    });
    clients.push(client);
    version = 1;
    uri = box.file("app.py");
    client.open(uri, TEXT);
    change(uri, BLOCK, 5, "suggestion");
    assert.deepEqual(await lines(uri), ["ai 6-9"]);
    await until("the log", () => client.log.some((line) => /cannot be kept/.test(line)));
  });
});

function readRecord(path: string) {
  try {
    return parseRecord(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
