// The server over stdio with a fake engine: index, scan, folders and settings.

import * as assert from "node:assert/strict";
import { describe, test } from "node:test";
import { folder, until } from "./client.ts";
import { isFakeServer, launcher, runFakeServer } from "./fake-server.ts";

if (isFakeServer()) runFakeServer();
else defineTests();

function defineTests(): void {
  const { launch, indexed, folders } = launcher(__filename);

  describe("the workspace", () => {
    test("scan can be cancelled: what it has found stays, and the next one finds the rest", async () => {
      const files = Object.fromEntries(
        Array.from({ length: 300 }, (_, i) => [`f${i}.py`, `SLOW BAD(${i})`]),
      );
      const { client, at } = await launch(files);
      await indexed(client);
      const scan = client.scan();
      await until("some progress", () => client.progress.length > 1);
      scan.cancel();
      const result = await scan.result;
      assert.equal(result.cancelled, true);
      assert.ok(result.files < 300);
      const shown = () =>
        Object.keys(files).filter((name) => client.lastOf(at.file(name))?.diagnostics.length === 1);
      await until("what was found so far", () => shown().length === result.files);
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(shown().length, result.files);
      const all = await client.scan().result;
      assert.deepEqual(
        { ...all, skipped: {} },
        { files: 300, findings: 300, skipped: {}, cancelled: false },
      );
      await until("all", () => shown().length === 300);
    });

    test("is read while open files are answered, and what is found in it reaches them", async () => {
      // Enough for the status to be told more than once while they are read.
      const files = Object.fromEntries(
        Array.from({ length: 3000 }, (_, i) => [`f${i}.py`, `SLOW = ${i}`]),
      );
      const { client, at } = await launch({ ...files, "z/last.py": "SOURCE(q)" });
      const uri = at.file("open.py");
      client.open(uri, "BAD(1) SINK(q)");
      await until("the first answer", () => client.lastOf(uri)?.diagnostics.length === 1);
      assert.ok(!client.statuses.some(({ state }) => state === "working"), "the index goes on");
      await until(
        "the flow from a file read later",
        () => client.lastOf(uri)?.diagnostics.length === 2,
      );
      await indexed(client);
      const counts = client.statuses.filter(({ state }) => state === "indexing");
      assert.ok(counts.some(({ done = -1, total = 0 }) => 0 <= done && done <= total && total > 1));
    });

    test("a setting or an open file that is left out is in the status, until it is mended", async () => {
      const { client, at } = await launch({});
      const notice = (text: string | undefined) =>
        until(`the notice ${text}`, () => {
          const last = client.statuses.at(-1);
          return last?.state === "working" && last.notice === text ? last : undefined;
        });
      await notice(undefined);
      client.changeSettings({ "": { profile: "loud", rules: { nonsense: "off" } } });
      const wrong = await notice("2 settings ignored");
      assert.match(
        wrong.message ?? "",
        /skeptic\.profile must be one of .*\n.*unknown rule "nonsense"/,
      );
      client.changeSettings({ "": { rules: { bad: "loud" } } });
      assert.match((await notice("setting ignored")).message ?? "", /the level of "bad" must be/);
      client.changeSettings({ "": {} });
      await notice(undefined);
      const [binary, large] = [at.file("binary.py"), at.file("large.py")];
      client.open(binary, "x\0".repeat(1000));
      assert.equal(
        (await notice("open file skipped")).message,
        "binary.py is not analysed: it is no text",
      );
      client.open(large, `x = 1\n`.repeat(400_000));
      const two = await notice("2 open files skipped");
      assert.match(two.message ?? "", /large\.py is not analysed: it is larger than 2 MiB/);
      client.edit(binary, "x = 1\n");
      await notice("open file skipped");
      client.close(large);
      await notice(undefined);
    });

    test("above its budget is left out, and that is said", async () => {
      const files = Object.fromEntries(
        Array.from({ length: 12 }, (_, i) => [`f${i}.py`, "BAD(1)"]),
      );
      const { client } = await launch(files, { initializationOptions: { budget: { files: 5 } } });
      await until("the notice", () => client.statuses.at(-1)?.message?.includes("over the budget"));
      assert.equal(client.statuses.at(-1)?.notice, "7 files left out");
      const result = await client.scan().result;
      assert.ok(result.files < 12);
      assert.equal(result.skipped["too-many"], 12 - result.files);
    });

    test("has room for others once some of it is excluded, and for a file that was open", async () => {
      const files = Object.fromEntries(
        Array.from({ length: 12 }, (_, i) => [`f${i}.py`, "BAD(1)"]),
      );
      const { client, at } = await launch(files, {
        initializationOptions: { budget: { files: 5 } },
      });
      const leftOut = (notice: string | undefined) =>
        until(`the notice ${notice}`, () => {
          const last = client.statuses.at(-1);
          return last?.state === "working" && last.notice === notice;
        });
      await leftOut("7 files left out");
      client.changeSettings({ "": { exclude: ["f1*", "f2.py", "f3.py"] } });
      await leftOut("2 files left out");
      assert.equal((await client.scan().result).files, 5);
      const shown = (name: string) => client.lastOf(at.file(name))?.diagnostics.length;
      const names = Object.keys(files).filter((name) => /f[04-9]/.test(name));
      await until("all that was scanned", () => names.filter(shown).length === 5);
      const absent = names.find((name) => !shown(name));
      assert.ok(absent, "one is left out");
      client.open(at.file(absent), "BAD(1) BAD(2)");
      await until("its text in the editor", () => shown(absent) === 2);
      client.close(at.file(absent));
      await until("its text on disk", () => shown(absent) === 1);
      client.changeSettings({ "": { exclude: ["f1*", "f2.py", "f3.py", "f4.py", "f5.py"] } });
      await leftOut(undefined);
      assert.equal((await client.scan().result).findings, 5);
    });

    test("leaves out what nobody here wrote", async () => {
      const { client, at } = await launch({
        "a.py": "BAD(1)",
        "node_modules/x/a.js": "BAD(1)",
        "dist/a.js": "BAD(1)",
        "env/pyvenv.cfg": "",
        "env/a.py": "BAD(1)",
        ".gitignore": "secret*.py\n!secret_kept.py\n",
        "secret1.py": "BAD(1)",
        "sub/.gitignore": "*.js\n",
        "sub/a.js": "BAD(1)",
        "sub/secret_kept.py": "BAD(1)",
        "binary.py": "BAD(1)\0",
        "latin.py": Uint8Array.from([...Buffer.from("BAD(1) # "), 0xe9]),
      });
      const result = await client.scan().result;
      assert.equal(result.files, 3);
      assert.ok((result.skipped.vendored ?? 0) >= 2);
      assert.equal(result.skipped.binary, 1);
      for (const name of ["a.py", "sub/secret_kept.py", "latin.py"])
        await until(name, () => client.lastOf(at.file(name))?.diagnostics.length === 1);
    });

    test("of several folders has settings for each", async () => {
      const other = await folder({ "b.py": "BAD(1)" });
      folders.push(other);
      const { client, at } = await launch(
        { "a.py": "BAD(1)" },
        { settings: { [other.uri]: { rules: { bad: "off" } } } },
      );
      await client.connection.sendNotification("workspace/didChangeWorkspaceFolders", {
        event: { added: [{ uri: other.uri, name: "other" }], removed: [] },
      });
      client.open(other.file("b.py"), "BAD(1)");
      client.open(at.file("a.py"), "BAD(1)");
      await until(
        "the first folder",
        () => client.lastOf(at.file("a.py"))?.diagnostics.length === 1,
      );
      await until(
        "the second folder is silent",
        () => client.lastOf(other.file("b.py"))?.diagnostics.length === 0,
      );
      client.changeSettings({ [other.uri]: {} });
      await until(
        "and then not",
        () => client.lastOf(other.file("b.py"))?.diagnostics.length === 1,
      );
      client.close(other.file("b.py"));
      await client.scan().result;
      await until(
        "its closed file",
        () => client.lastOf(other.file("b.py"))?.version === undefined,
      );
      await client.connection.sendNotification("workspace/didChangeWorkspaceFolders", {
        event: { added: [], removed: [{ uri: other.uri, name: "other" }] },
      });
      await until(
        "the removed folder left",
        () => client.lastOf(other.file("b.py"))?.diagnostics.length === 0,
      );
    });

    test("is reported from the start when asked for", async () => {
      const { client, at } = await launch(
        { "a.py": "BAD(1)" },
        { settings: { "": { reportClosedFiles: true } } },
      );
      await until(
        "the closed file",
        () => client.lastOf(at.file("a.py"))?.diagnostics.length === 1,
      );
      await until("its count", () => client.statuses.at(-1)?.findings === 1);
      client.changeSettings({ "": { reportClosedFiles: false } });
      await until("nothing", () => client.lastOf(at.file("a.py"))?.diagnostics.length === 0);
    });

    test("file alone can be scanned", async () => {
      const { client, at } = await launch({ "a.py": "BAD(1)", "b.py": "BAD(1)" });
      await client.connection.sendRequest("skeptic/scanFile", { uri: at.file("a.py") });
      await until("its finding", () => client.lastOf(at.file("a.py"))?.diagnostics.length === 1);
      assert.equal(client.lastOf(at.file("b.py")), undefined);
    });

    test("settings that are wrong are said and replaced", async () => {
      const settings = { "": { profile: 7, exclude: "x", rules: { bad: "loud", nothing: "off" } } };
      const { client, at } = await launch({}, { settings });
      client.open(at.file("a.py"), "BAD(1)");
      await until("a finding", () => client.lastOf(at.file("a.py"))?.diagnostics.length === 1);
      for (const text of ["skeptic.profile", "skeptic.exclude", '"bad"', 'unknown rule "nothing"'])
        assert.equal(client.log.filter((line) => line.includes(text)).length, 1, text);
    });

    test("without an engine is said to be broken", async () => {
      const { client } = await launch({}, { broken: true });
      await until("the status", () => client.statuses.at(-1)?.state === "broken");
    });
  });
}
