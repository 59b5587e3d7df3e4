// Cells of notebooks with the built server: what is fixed when they are saved, and who wrote them.

import * as assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Range } from "vscode-languageserver-protocol";
import type { SafeFixesResult } from "../../server/lsp/finding-protocol.ts";
import type { AiChange, ChangeCause, OriginMark } from "../../server/lsp/origin-protocol.ts";
import type { FindingData } from "../../server/lsp/protocol.ts";
import type { HookRecord } from "../../server/origin/hook.ts";
import { ELSEWHERE } from "../../server/origin/spool.ts";
import { commit, repository, room, write } from "../harness/repository.ts";
import { start, type TestClient, until } from "./client.ts";
import { notebookOn } from "./notebook-client.ts";

const SERVER = join(process.cwd(), "dist", "server.js");
const hooks = room();
process.env.SKEPTIC_HOOKS = hooks;

/** Its fix is proved safe, and needs an import. */
const TOKEN = `def reset_token():
    return "".join(random.choice(string.ascii_letters) for _ in range(32))
`;
const FIXED = TOKEN.replace("random.choice", "secrets.choice");
const LOAD = "def load(text):\n    return yaml.unsafe_load(text)\n";
const CLAUDE = "Co-authored-by: Claude <noreply@anthropic.com>";

const json = (cells: readonly string[]): string =>
  `${JSON.stringify(
    {
      cells: cells.map((text) => ({
        cell_type: "code",
        execution_count: null,
        metadata: {},
        outputs: [],
        source: text.split(/(?<=\n)/),
      })),
      metadata: { language_info: { name: "python" } },
      nbformat: 4,
      nbformat_minor: 5,
    },
    undefined,
    1,
  )}\n`;

describe("notebooks", { timeout: 60_000 }, () => {
  let client: TestClient | undefined;
  afterEach(async () => {
    await client?.stop();
    client = undefined;
  });
  const launch = async (at: string, storage = room()): Promise<TestClient> => {
    client = await start({
      server: [SERVER],
      folders: [pathToFileURL(at).href],
      pull: true,
      initializationOptions: { origin: { storage: pathToFileURL(storage).href } },
    });
    return client;
  };
  const uriIn = (at: string): string => pathToFileURL(join(at, "a.ipynb")).href;
  const say = (
    at: TestClient,
    { uri, version }: { readonly uri: string; readonly version: number },
    cause: ChangeCause,
  ): void =>
    void at.connection.sendNotification("skeptic/changeCause", {
      uri,
      version: version + 1,
      cause,
    });
  const marks = async (at: TestClient, uri: string): Promise<string[]> => {
    const found: OriginMark[] = await at.connection.sendRequest("skeptic/originMarks", { uri });
    // White space at an end goes with what stands around it: a line that a mark only reaches the start of is none of it.
    return found.map(({ origin, range: { start, end } }) => {
      const last = end.character === 0 ? end.line - 1 : end.line;
      return `${origin} ${start.line}:${start.character}-${last}`;
    });
  };
  const changes = (at: TestClient): Promise<AiChange[]> =>
    at.connection.sendRequest("skeptic/aiChanges", {});
  const place = (line: number, character = 0): Range => ({
    start: { line, character },
    end: { line, character },
  });
  const hook = (folder: string, text: string): void => {
    const record: HookRecord = {
      version: 1,
      time: new Date().toISOString(),
      tool: "claude-code",
      file: join(folder, "a.ipynb"),
      edits: [{ text, inserted: [[0, text.length]] }],
    };
    appendFileSync(join(hooks, ELSEWHERE), `${JSON.stringify(record)}\n`);
  };

  test("safe fixes are made in all cells that they need, each in its own text", async () => {
    const at = await launch(room());
    const book = notebookOn(at, uriIn(room()), [
      "%matplotlib inline\nimport random\nimport string",
      ["markdown", "# tokens"],
      `\n${TOKEN}`,
      "%%bash\nls",
    ]);
    const result: SafeFixesResult = await at.connection.sendRequest("skeptic/safeFixes", {
      uri: book.cells[2]?.uri,
    });
    assert.deepEqual([result.version, result.edits, result.isLate], [1, [], false]);
    const documentChanges = (result.cells ?? []).map(({ uri, version, edits }) => ({
      textDocument: { uri, version },
      edits: [...edits],
    }));
    const [imports, , token, bash] = book.after({ documentChanges });
    assert.equal(token, `\n${FIXED}`);
    assert.match(imports ?? "", /^%matplotlib inline\n[\s\S]*import secrets/);
    assert.equal(bash, "%%bash\nls");
  });

  test("a fix that would reach over the end of a cell does not keep the others from being made", async () => {
    const at = await launch(room());
    const book = notebookOn(at, uriIn(room()), [
      "import random, string\nimport requests",
      TOKEN,
      'requests.get("https://example.org", verify=False)',
    ]);
    const result: SafeFixesResult = await at.connection.sendRequest("skeptic/safeFixes", {
      uri: book.cells[0]?.uri,
    });
    const touched = (result.cells ?? []).map(({ uri }) =>
      book.cells.findIndex((cell) => cell.uri === uri),
    );
    assert.ok(touched.includes(1), `cells ${touched}`);
  });

  test("who wrote a cell is followed through edits of it, of others, and moves", async () => {
    const at = await launch(room());
    const book = notebookOn(at, uriIn(room()), ["import yaml", "x = 1\n", "y = 2"]);
    const [imports, code, last] = book.cells;
    assert.ok(imports && code && last);
    say(at, code, "suggestion");
    book.edit(1, LOAD, place(1));
    say(at, last, "paste");
    book.edit(2, "z = 3\n", place(0));
    const written = ["ai 1:0-2"];
    assert.deepEqual(await marks(at, code.uri), written);
    assert.deepEqual(await marks(at, last.uri), ["pasted 0:0-0"]);
    assert.deepEqual(await marks(at, imports.uri), []);
    say(at, imports, "typing");
    book.edit(0, "import os\n", place(0));
    assert.deepEqual(await marks(at, code.uri), written, "a cell above has grown");
    book.move(1, 0);
    assert.deepEqual(await marks(at, code.uri), written, "the cell stands first now");
    book.insert(0, ["markdown", "# first"]);
    book.move(1, 2);
    assert.deepEqual(await marks(at, code.uri), written);
    say(at, code, "typing");
    book.edit(2, "# ", place(1));
    assert.deepEqual(await marks(at, code.uri), ["ai 1:2-2"]);
    book.edit(2, "", { start: { line: 1, character: 0 }, end: { line: 1, character: 2 } });
    const [finding] = await at.pullItems(code.uri);
    assert.equal((finding?.data as FindingData | undefined)?.origin?.origin, "ai");
  });

  test("a change that was a reload after all has no author", async () => {
    const at = await launch(room());
    const book = notebookOn(at, uriIn(room()), ["import yaml", "x = 1\n"]);
    const code = book.cells[1];
    assert.ok(code);
    say(at, code, "suggestion");
    book.edit(1, LOAD, place(1));
    assert.equal((await marks(at, code.uri)).length, 1);
    const { uri, version } = code;
    await at.connection.sendNotification("skeptic/notWritten", { uri, version });
    assert.deepEqual(await marks(at, uri), []);
  });

  test("what an AI inserted waits for a review by cell, and what is kept survives a restart", async () => {
    const [folder, storage] = [room(), room()];
    const cells = ["import yaml", `x = 1\n${LOAD}`, "def second():\n    return 2\n"];
    write(folder, { "a.ipynb": json(cells) });
    let at = await launch(folder, storage);
    let book = notebookOn(at, uriIn(folder), ["import yaml", "x = 1\n", "#"]);
    say(at, book.cells[1]!, "suggestion");
    book.edit(1, LOAD, place(1));
    say(at, book.cells[2]!, "suggestion");
    book.edit(2, cells[2]!);
    const told = await changes(at);
    assert.deepEqual(
      told.map(({ uri, range, number, findings }) => [
        book.cells.findIndex((cell) => cell.uri === uri),
        range.start.line,
        number,
        findings.map((one) => [one.uri === uri, one.number, one.range.start.line]),
      ]),
      [
        [1, 1, 2, [[true, 2, 2]]],
        [2, 0, 3, []],
      ],
    );
    await at.connection.sendRequest("skeptic/reviewed", {
      uri: told[1]?.uri,
      range: told[1]?.range,
    });
    assert.equal((await changes(at)).length, 1);
    book.close();
    await until("its file is read", async () => (await changes(at))[0]?.cell === 2);
    await at.stop();
    at = await launch(folder, storage);
    await until("the workspace is read", () =>
      at.statuses.some(({ state }) => state === "working"),
    );
    const [kept, ...more] = await changes(at);
    assert.deepEqual(more, []);
    assert.deepEqual([kept?.uri, kept?.cell, kept?.range.start.line], [uriIn(folder), 2, 1]);
    book = notebookOn(at, uriIn(folder), cells);
    const [, code] = book.cells;
    assert.deepEqual(await marks(at, code!.uri), ["ai 1:0-2"]);
    await at.connection.sendRequest("skeptic/reviewed", { uri: code?.uri, range: kept?.range });
    assert.deepEqual(await changes(at), []);
  });

  test("a hook tells of a cell that it wrote, in a notebook that is open and in one that is not", async () => {
    const folder = room();
    write(folder, { "a.ipynb": json(["import yaml", LOAD]) });
    hook(folder, LOAD);
    const at = await launch(folder);
    await until("the workspace is read", () =>
      at.statuses.some(({ state }) => state === "working"),
    );
    const [closed] = await changes(at);
    assert.deepEqual([closed?.cell, closed?.range.start.line], [2, 0]);
    const book = notebookOn(at, uriIn(folder), ["import yaml", LOAD]);
    await until("its marks", async () => (await marks(at, book.cells[1]!.uri)).length === 1);
    // The agent's cell comes as a whole, before or after what the hook says.
    book.insert(2, "def third():\n    return yaml.unsafe_load(3)");
    hook(folder, "def third():\n    return yaml.unsafe_load(3)");
    const third = book.cells[2]!.uri;
    await until("the new cell", async () => (await marks(at, third)).length === 1);
    assert.deepEqual(await marks(at, third), ["ai 0:0-1"]);
  });

  test("commits tell of lines of cells", async () => {
    const folder = repository({ "a.ipynb": json(["import yaml\n", "x = 1\ny = 2\n"]) });
    write(folder, { "a.ipynb": json(["import yaml\n", `x = 1\n${LOAD}y = 2\n`]) });
    commit(folder, `more\n\n${CLAUDE}`);
    const at = await launch(folder);
    const book = notebookOn(at, uriIn(folder), ["import yaml\n", `x = 1\n${LOAD}y = 2\n`]);
    const code = book.cells[1]!.uri;
    await until("its marks", async () => (await marks(at, code)).length > 0);
    assert.deepEqual(await marks(at, code), ["ai 1:0-2"]);
    assert.deepEqual(await marks(at, book.cells[0]!.uri), []);
  });
});
