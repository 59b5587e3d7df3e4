// Edit histories, recorded in a real workbench between its editor and the server, played again: typed, pasted, written by an
// agent with a hook and without.

import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { applyEdits, lineStarts, offsetAt } from "../../server/base/text.ts";
import { createNodeOriginStore } from "../../server/lsp/node-origin.ts";
import { parseRecord, readFileRecord } from "../../server/origin/record.ts";
import { folder, start, type TestClient, type TestFolder, until } from "./client.ts";

const SERVER = join(process.cwd(), "dist", "server.js");
const PROGRAM = join(process.cwd(), "dist", "cli.js");
const hooks = realpathSync(mkdtempSync(join(tmpdir(), "skeptic-hooks-")));
process.env.SKEPTIC_HOOKS = hooks;
after(() => rmSync(hooks, { recursive: true, force: true }));

interface Place {
  readonly line: number;
  readonly character: number;
}

interface Change {
  readonly range: { readonly start: Place; readonly end: Place };
  readonly text: string;
}

interface History {
  readonly file: string;
  readonly languageId: string;
  readonly text: string;
  readonly events: readonly {
    readonly method?: string;
    readonly params?: { readonly contentChanges?: readonly Change[] };
    /** What the agent's hook was given at this point. */
    readonly hook?: { readonly tool_input: Record<string, string> };
  }[];
}

describe("a recorded history", { timeout: 60_000 }, () => {
  let box: TestFolder;
  let client: TestClient | undefined;
  afterEach(async () => {
    await client?.stop();
    client = undefined;
    await box.dispose();
  });

  /** Each line of the final text with the origins on it: "ai def f():". Lines of nobody known are left out. */
  const play = async (name: string): Promise<string[]> => {
    const path = join("test", "origin", "histories", `${name}.json`);
    const history: History = JSON.parse(readFileSync(path, "utf8"));
    box = await folder({ [history.file]: history.text });
    const uri = box.file(history.file);
    const own = await start({
      server: [SERVER],
      folders: [box.uri],
      pull: true,
      initializationOptions: { origin: { storage: box.file("storage") } },
    });
    client = own;
    own.open(uri, history.text, history.languageId);
    const isMarked = async (): Promise<boolean> =>
      (await own.connection.sendRequest<unknown[]>("skeptic/originMarks", { uri })).length > 0;
    let text = history.text;
    let isWaiting = false;
    for (const { method, params, hook } of history.events) {
      if (hook !== undefined) {
        callHook(hook, fileURLToPath(uri));
        isWaiting = true;
      }
      if (method === undefined) continue;
      const sent = JSON.parse(JSON.stringify(params).replaceAll('"FILE"', JSON.stringify(uri)));
      await own.connection.sendNotification(method, sent);
      for (const change of params?.contentChanges ?? []) text = changed(text, change);
      // In the recording seconds went by between the reload and the next key.
      if (!isWaiting || params?.contentChanges === undefined) continue;
      await until("what the hook told of", isMarked);
      isWaiting = false;
    }
    await own.stop();
    const json = await createNodeOriginStore().read(box.file("storage"));
    const [record] = parseRecord(json ?? "")?.files ?? [];
    assert.ok(record, "it is kept");
    const marks = readFileRecord(record, text);
    const starts = lineStarts(text);
    return text.split("\n").flatMap((line, i) => {
      const from = starts[i] as number;
      const found = marks.filter(
        ({ start: a, end: b }) =>
          a < from + line.length &&
          b > from &&
          text.slice(Math.max(a, from), Math.min(b, from + line.length)).trim() !== "",
      );
      const origins = [
        ...new Set(found.map(({ mark }) => `${mark.origin} (${mark.evidence[0].kind})`)),
      ];
      return origins.length === 0 ? [] : [`${origins.join(" + ")}: ${line.trim()}`];
    });
  };

  test("that was typed, with a completion, undo and redo, is a person's", async () => {
    assert.deepEqual(await play("typed"), [
      'human (typing): @router.get("/one")',
      "human (typing): def one(name: str):",
      "human (typing): rows = find_invoices(name)",
      "human (typing): return rows[0]",
    ]);
  });

  test("that was pasted is pasted, and what was copied there keeps its origin", async () => {
    assert.deepEqual(await play("pasted"), [
      "pasted (paste): def total(orders):",
      'pasted (paste): return sum(order["price"] for order in orders)',
      "pasted (paste): def first(orders):",
      "pasted (paste): return orders[0]",
      "human (typing): last = 1",
    ]);
  });

  test("of an agent that wrote the file, with its hook, is the agent's but for what was typed", async () => {
    assert.deepEqual(await play("agent-hook"), [
      'ai (agent-hook): connection = sqlite3.connect("payments.db", timeout=5)',
      "ai (agent-hook) + human (typing): def remove(payer: str):  # checked",
      'ai (agent-hook): connection = sqlite3.connect("payments.db")',
      `ai (agent-hook): connection.execute(f"DELETE FROM payments WHERE payer = '{payer}'")`,
    ]);
  });

  test("of an agent that edited through the editor is probably an AI's, also after undo and redo", async () => {
    assert.deepEqual(await play("agent-bulk"), [
      'ai (shape): @app.get("/names")',
      "ai (shape): def names(prefix: str):",
      'ai (shape): connection = sqlite3.connect("users.db")',
      `ai (shape): rows = connection.execute(f"SELECT name FROM users WHERE name LIKE '{prefix}%'").fetchall()`,
      "ai (shape): return rows",
    ]);
  });
});

function changed(text: string, { range, text: newText }: Change): string {
  const starts = lineStarts(text);
  const at = ({ line, character }: Place): number => offsetAt(text, starts, line, character);
  return applyEdits(text, [{ start: at(range.start), end: at(range.end), newText }]);
}

function callHook(event: NonNullable<History["events"][number]["hook"]>, file: string): void {
  const input = { ...event, tool_input: { ...event.tool_input, file_path: file } };
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM, "hook"], {
    input: JSON.stringify(input),
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
}
