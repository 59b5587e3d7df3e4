// Two folders with settings, repositories and baselines of their own, and files of the same names.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { SafeFixesResult } from "../../server/lsp/finding-protocol.ts";
import type {
  ChangeBases,
  FindingData,
  MakeBaselineResult,
  ScanChangedResult,
  WhyResult,
} from "../../server/lsp/protocol.ts";
import { commit, git, repository, room, write } from "../harness/repository.ts";
import { start, type TestClient, until } from "./client.ts";

const SERVER = join(process.cwd(), "dist", "server.js");
const FILE = ".skeptic/baseline.json";
const LOAD = `import yaml


def load(text):
    return yaml.unsafe_load(text)
`;

let client: TestClient | undefined;
afterEach(async () => {
  await client?.stop();
});

const uriIn = (folder: string, name = ""): string => pathToFileURL(join(folder, name)).href;

async function open(
  folders: readonly string[],
  settings: Readonly<Record<string, object>> = {},
): Promise<TestClient> {
  client = await start({
    server: [SERVER, "--stdio"],
    folders: folders.map((folder) => uriIn(folder)),
    settings: { ...settings },
  });
  return client;
}

async function make(at: TestClient, ...except: string[]): Promise<MakeBaselineResult> {
  const made: MakeBaselineResult = await at.connection.sendRequest("skeptic/makeBaseline", {
    except,
  });
  for (const { uri, text } of made.files) {
    const path = fileURLToPath(uri);
    write(join(path, "..", ".."), { [FILE]: text });
    at.diskEvent(uri, 1);
  }
  return made;
}

const accepted = (folder: string): readonly string[] =>
  [...readFileSync(join(folder, FILE), "utf8").matchAll(/"file":"(.*?)"/g)]
    .map(([, file]) => file as string)
    .sort();

describe("two folders", () => {
  test("have baselines of their own, though their files have the same names and findings", async () => {
    const [one, two] = [room(), room()];
    for (const folder of [one, two]) write(folder, { "app.py": LOAD });
    const at = await open([one, two]);
    assert.equal((await at.scan().result).findings, 2);
    for (const folder of [one, two]) at.open(uriIn(folder, "app.py"), LOAD);
    const lines = (folder: string) => at.lastOf(uriIn(folder, "app.py"))?.diagnostics.length;
    await until("both", () => lines(one) === 1 && lines(two) === 1);
    const prints = [one, two].map(
      (folder) =>
        (at.lastOf(uriIn(folder, "app.py"))?.diagnostics[0]?.data as FindingData | undefined)
          ?.fingerprint,
    );
    assert.equal(prints[0], prints[1], "the names are those in the folder");
    await make(at, uriIn(two, "app.py"));
    await until("one is known", () => lines(one) === 0 && at.statuses.at(-1)?.known === 1);
    assert.equal(lines(two), 1);
    assert.equal(at.statuses.at(-1)?.findings, 1);
    assert.deepEqual([accepted(one), accepted(two)], [["app.py"], []]);
  });

  test("show what is known as the setting of each says, and why", async () => {
    const [one, two] = [room(), room()];
    for (const folder of [one, two]) write(folder, { "app.py": LOAD });
    const at = await open([one, two], { [uriIn(two)]: { newFindingsOnly: false } });
    for (const folder of [one, two]) at.open(uriIn(folder, "app.py"), LOAD);
    await make(at);
    const lines = (folder: string) => at.lastOf(uriIn(folder, "app.py"))?.diagnostics.length;
    await until("one hides it", () => lines(one) === 0);
    assert.equal(lines(two), 1);
    const why = async (folder: string): Promise<string | undefined> => {
      const { reasons }: WhyResult = await at.connection.sendRequest("skeptic/why", {
        textDocument: { uri: uriIn(folder, "app.py") },
        position: { line: 4, character: 16 },
      });
      return reasons[0]?.text;
    };
    assert.match((await why(one)) ?? "", /in the baseline, so it is not shown/);
    assert.doesNotMatch((await why(two)) ?? "", /baseline/);
    // What is accepted stays so where it is shown too.
    await make(at, uriIn(one, "app.py"), uriIn(two, "app.py"));
    assert.deepEqual([accepted(one), accepted(two)], [["app.py"], ["app.py"]]);
  });

  test("of one repository share its baseline, and keep what it accepts elsewhere", async () => {
    const root = repository({
      "api/app.py": LOAD,
      "web/app.py": LOAD,
      "web/old/b.py": LOAD,
      "docs/c.py": LOAD,
      "off/d.py": LOAD,
      [FILE]: `{"version":1,"skeptic":"0.1.0","findings":{}}`,
    });
    const folder = (name: string): string => join(root, name);
    let at = await open([root]);
    await at.scan().result;
    await make(at);
    const all = ["api/app.py", "docs/c.py", "off/d.py", "web/app.py", "web/old/b.py"];
    assert.deepEqual(accepted(root), all);
    await at.stop();
    git(root, "rm", "-q", "web/app.py");
    at = await open([folder("api"), folder("web"), folder("off")], {
      [uriIn(folder("web"))]: { exclude: ["old"] },
      [uriIn(folder("off"))]: { enable: false },
    });
    write(root, { "api/new.py": LOAD });
    at.diskEvent(uriIn(root, "api/new.py"), 1);
    await at.scan().result;
    const { files } = await make(at);
    assert.equal(files.length, 1);
    assert.deepEqual(accepted(root), [
      "api/app.py",
      "api/new.py",
      "docs/c.py",
      "off/d.py",
      "web/old/b.py",
    ]);
  });

  test("are compared with what each of their repositories has, and one may have none", async () => {
    const [one, two, bare] = [repository({ "a.py": LOAD }), room(), room()];
    git(two, "init", "-q", "-b", "master");
    write(two, { "a.py": LOAD });
    commit(two, "first");
    write(bare, { "a.py": LOAD });
    for (const folder of [one, two]) write(folder, { "b.py": LOAD });
    const at = await open([one, two, bare]);
    const { bases }: ChangeBases = await at.connection.sendRequest("skeptic/changeBases");
    assert.deepEqual(bases.map(({ base }) => base).sort(), [
      "HEAD",
      "main",
      "main...",
      "master",
      "master...",
    ]);
    const scan = (base: string): Promise<ScanChangedResult> =>
      at.connection.sendRequest("skeptic/scanChanged", { base });
    const head = await scan("HEAD");
    assert.deepEqual([head.files, head.findings], [2, 2]);
    assert.equal(head.problems.length, 1);
    const master = await scan("master");
    assert.deepEqual([master.files, master.problems.length], [1, 2]);
    at.changeSettings({ [uriIn(bare)]: { enable: false } });
    await until("it is off", async () => (await scan("HEAD")).problems.length === 0);
  });

  test("have rules, levels and safe fixes by their own settings", async () => {
    const TLS = `import requests\n\n\ndef get():\n    return requests.get("https://example.org", verify=False)\n`;
    const [one, two] = [room(), room()];
    for (const folder of [one, two]) write(folder, { "app.py": TLS });
    const rule = "http-tls-verification-disabled";
    const at = await open([one, two], {
      [uriIn(one)]: { rules: { [rule]: "off" } },
      [uriIn(two)]: { rules: { [rule]: "hint" } },
    });
    for (const folder of [one, two]) at.open(uriIn(folder, "app.py"), TLS);
    await until("an answer", () => at.lastOf(uriIn(two, "app.py"))?.diagnostics.length === 1);
    assert.equal(at.lastOf(uriIn(two, "app.py"))?.diagnostics[0]?.severity, 4);
    assert.deepEqual(at.lastOf(uriIn(one, "app.py"))?.diagnostics, []);
    const edits = async (folder: string): Promise<number> => {
      const fixes: SafeFixesResult = await at.connection.sendRequest("skeptic/safeFixes", {
        uri: uriIn(folder, "app.py"),
      });
      return fixes.edits.length;
    };
    assert.equal(await edits(one), 0);
  });
});
