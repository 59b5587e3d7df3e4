// Two folders with settings and repositories of their own, and files of the same names: pause, who wrote what, its review, the
// report.

import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { AiChange, ChangeCause, OriginMark } from "../../server/lsp/origin-protocol.ts";
import type { ReportResult } from "../../server/lsp/protocol.ts";
import type { HookRecord } from "../../server/origin/hook.ts";
import { ELSEWHERE } from "../../server/origin/spool.ts";
import type { Report } from "../../server/report/report.ts";
import { commit, repository, room, write } from "../harness/repository.ts";
import { start, type TestClient, until } from "./client.ts";

const SERVER = join(process.cwd(), "dist", "server.js");
const hooks = room();
process.env.SKEPTIC_HOOKS = hooks;
process.env.SKEPTIC_REPORTS = room();
const RULE = "yaml-unsafe-load";
const LOAD = `import yaml


def load(text):
    return yaml.unsafe_load(text)
`;
const MORE = `
def more(text):
    return yaml.unsafe_load(text)
`;
const CLAUDE = "Co-authored-by: Claude <noreply@anthropic.com>";

const uriIn = (folder: string, name = ""): string => pathToFileURL(join(folder, name)).href;
const app = (folder: string): string => uriIn(folder, "app.py");

describe("two folders", { timeout: 60_000 }, () => {
  let client: TestClient | undefined;
  const versions = new Map<string, number>();
  afterEach(async () => {
    await client?.stop();
    client = undefined;
    versions.clear();
  });
  const open = async (
    folders: readonly string[],
    settings: Readonly<Record<string, object>> = {},
    storage?: string,
  ): Promise<TestClient> => {
    client = await start({
      server: [SERVER, "--stdio"],
      folders: folders.map((folder) => uriIn(folder)),
      settings: { ...settings },
      initializationOptions: storage === undefined ? {} : { origin: { storage: uriIn(storage) } },
    });
    return client;
  };
  /** At the end of the file. */
  const insert = (at: TestClient, folder: string, text: string, cause: ChangeCause): void => {
    const uri = app(folder);
    const version = (versions.get(uri) ?? 1) + 1;
    versions.set(uri, version);
    void at.connection.sendNotification("skeptic/changeCause", { uri, version, cause });
    const place = { line: 99, character: 0 };
    at.edit(uri, text, { start: place, end: place });
  };
  const marks = async (at: TestClient, folder: string): Promise<string[]> => {
    const found: OriginMark[] = await at.connection.sendRequest("skeptic/originMarks", {
      uri: app(folder),
    });
    return found.map(({ origin, range }) => `${origin} ${range.start.line + 1}`);
  };
  const changes = async (at: TestClient): Promise<string[]> => {
    const found: AiChange[] = await at.connection.sendRequest("skeptic/aiChanges", {});
    return found
      .map(({ uri, range, findings }) =>
        [uri, range.start.line + 1, ...findings.map(({ rule }) => rule)].join(" "),
      )
      .sort();
  };

  test("rest while it is paused, and each then shows what its settings say", async () => {
    const [one, two] = [room(), room()];
    for (const folder of [one, two]) write(folder, { "app.py": LOAD });
    const at = await open([one, two], { [uriIn(two)]: { rules: { [RULE]: "hint" } } });
    for (const folder of [one, two]) at.open(app(folder), LOAD);
    const levels = (folder: string) =>
      at.lastOf(app(folder))?.diagnostics.map(({ severity }) => severity);
    await until("both", () => levels(one)?.length === 1 && levels(two)?.length === 1);
    await at.connection.sendNotification("skeptic/pause", { isPaused: true });
    await until("it says so", () => at.statuses.at(-1)?.state === "paused");
    for (const folder of [one, two]) insert(at, folder, MORE, "typing");
    at.changeSettings({ [uriIn(one)]: { rules: { [RULE]: "off" } } });
    // Answered after all of these were heard.
    const why = await at.connection.sendRequest("skeptic/why", {
      textDocument: { uri: app(two) },
      position: { line: 7, character: 16 },
    });
    assert.ok(why);
    assert.deepEqual([levels(one)?.length, levels(two)?.length], [1, 1], "as they were");
    await at.connection.sendNotification("skeptic/pause", { isPaused: false });
    await until("the first", () => levels(one)?.length === 0);
    await until("the second", () => levels(two)?.length === 2);
    const [first] = levels(two) ?? [];
    assert.notEqual(first, undefined);
  });

  test("have authors of their own, also after a restart, though the files have one name", async () => {
    const [one, two, storage] = [room(), room(), room()];
    for (const folder of [one, two]) write(folder, { "app.py": LOAD + MORE });
    let at = await open([one, two], {}, storage);
    for (const folder of [one, two]) at.open(app(folder), LOAD);
    insert(at, one, MORE, "suggestion");
    insert(at, two, MORE, "paste");
    assert.deepEqual(await marks(at, one), ["ai 6"]);
    assert.deepEqual(await marks(at, two), ["pasted 6"]);
    assert.deepEqual(await changes(at), [`${app(one)} 7 ${RULE}`]);
    await at.stop();
    at = await open([one, two], {}, storage);
    for (const folder of [one, two]) at.open(app(folder), LOAD + MORE);
    await until("what is kept is read", async () => (await marks(at, one)).length > 0);
    assert.deepEqual(await marks(at, one), ["ai 6"]);
    assert.deepEqual(await marks(at, two), ["pasted 6"]);
  });

  test("are reviewed one by one, each as its settings say, and not where it is off", async () => {
    const [one, two, off] = [room(), room(), room()];
    for (const folder of [one, two, off]) write(folder, { "app.py": LOAD + MORE });
    for (const folder of [one, two, off]) {
      const record: HookRecord = {
        version: 1,
        time: new Date().toISOString(),
        tool: "claude-code",
        file: join(folder, "app.py"),
        edits: [{ text: MORE, inserted: [[0, MORE.length]] }],
      };
      appendFileSync(join(hooks, ELSEWHERE), `${JSON.stringify(record)}\n`);
    }
    const at = await open([one, two, off], {
      [uriIn(two)]: { rules: { [RULE]: "off" } },
      [uriIn(off)]: { enable: false },
    });
    await until("the workspace is read", () =>
      at.statuses.some(({ state }) => state === "working"),
    );
    const all = [`${app(one)} 7 ${RULE}`, `${app(two)} 7`].sort();
    assert.deepEqual(await changes(at), all);
    // Of one that is open it is the same.
    at.open(app(two), LOAD + MORE);
    await until("its hook is read", async () => (await marks(at, two)).length > 0);
    assert.deepEqual(await changes(at), all);
    const [change] = await at.connection.sendRequest<AiChange[]>("skeptic/aiChanges", {});
    assert.ok(change?.uri === app(one), "what has a finding comes first");
    await at.connection.sendRequest("skeptic/reviewed", { uri: change.uri, range: change.range });
    assert.deepEqual(await changes(at), [`${app(two)} 7`]);
  });

  test("have reports of their own: commits, settings and text", async () => {
    const [one, two] = [repository({ "app.py": LOAD }), repository({ "app.py": LOAD })];
    write(two, { "app.py": LOAD + MORE });
    commit(two, `more\n\n${CLAUDE}`);
    write(one, { "b.py": "x = 1\n" });
    commit(one, "more");
    const at = await open([one, two], { [uriIn(one)]: { rules: { [RULE]: "off" } } });
    at.open(app(one), `${LOAD}x = 1\n`);
    const made = async (folder: string): Promise<void> => {
      const result: ReportResult = await at.connection.sendRequest("skeptic/report", {
        folder: uriIn(folder),
      });
      assert.equal(result.problem, undefined);
    };
    for (const folder of [one, two]) await made(folder);
    const report = async (folder: string): Promise<Report> =>
      JSON.parse(
        await at.connection.sendRequest<string>("skeptic/reportText", {
          folder: uriIn(folder),
          format: "json",
        }),
      ) as Report;
    const [first, second] = [await report(one), await report(two)];
    assert.deepEqual([first.counted.inCode, second.counted.inCode], [0, 2]);
    assert.deepEqual(first.counted.unknown, { notSaved: 4 });
    assert.deepEqual(first.counted.lines, { declaredAi: 0, undeclared: 1, unknown: 4 });
    assert.deepEqual(second.counted.lines, { declaredAi: 2, undeclared: 3, unknown: 0 });
    assert.deepEqual([first.trend.at(-1)?.findings, second.trend.at(-1)?.findings], [0, 2]);
  });
});
