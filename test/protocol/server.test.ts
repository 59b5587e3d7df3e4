// The server over stdio with a fake engine: who gets which diagnostics, and when.

import * as assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import type { StartOptions, TestClient, TestFolder } from "./client.ts";
import { folder, sleep, until } from "./client.ts";
import { isFakeServer, runFakeServer, startFake } from "./fake-server.ts";

if (isFakeServer()) runFakeServer();
else defineTests();

function defineTests(): void {
  const clients: TestClient[] = [];
  const folders: TestFolder[] = [];
  const launch = async (
    files: Record<string, string | Uint8Array>,
    options: Partial<StartOptions> & { broken?: boolean } = {},
  ): Promise<{ client: TestClient; at: TestFolder }> => {
    const at = await folder(files);
    folders.push(at);
    const client = await startFake(__filename, { folders: [at.uri], ...options });
    clients.push(client);
    return { client, at };
  };
  const indexed = (client: TestClient) =>
    until("the index is complete", () => client.statuses.at(-1)?.state === "working");
  afterEach(async () => {
    for (const client of clients.splice(0))
      assert.equal(await client.stop(), 0, "the server ends when asked");
    for (const one of folders.splice(0)) await one.dispose();
  });

  describe("a publishing client", () => {
    test("gets versioned diagnostics and is not offered to ask", async () => {
      const { client, at } = await launch({});
      assert.equal(client.initialized.capabilities.diagnosticProvider, undefined);
      const uri = at.file("a.py");
      client.open(uri, "x = BAD(1)\n");
      const first = await until("the first report", () => client.lastOf(uri));
      assert.equal(first.version, 1);
      const [diagnostic] = first.diagnostics;
      assert.equal(diagnostic?.code, "bad");
      assert.equal(diagnostic?.source, "Skeptic");
      assert.equal(diagnostic?.severity, 1);
      assert.equal(diagnostic?.message, "This is bad. It *breaks* <b>. Write `GOOD`.");
      assert.deepEqual(diagnostic?.codeDescription, { href: "https://example.org/rules/bad.md" });
      assert.deepEqual(diagnostic?.range, {
        start: { line: 0, character: 4 },
        end: { line: 0, character: 8 },
      });
      assert.equal(diagnostic?.data.version, 1);
      client.edit(uri, "\n\n", {
        start: { line: 0, character: 0 },
        end: { line: 0, character: 0 },
      });
      const second = await until("the second report", () => {
        const last = client.lastOf(uri);
        return last?.version === 2 ? last : undefined;
      });
      assert.equal(second.diagnostics[0]?.range.start.line, 2);
      await assert.rejects(client.pull(uri));
    });

    test("sees findings of a closed file after a scan only, and none after clearing", async () => {
      const { client, at } = await launch({ "closed.py": "BAD(1)", "open.py": "BAD(2)" });
      client.open(at.file("open.py"), "BAD(2)");
      await until(
        "the open file",
        () => client.lastOf(at.file("open.py"))?.diagnostics.length === 1,
      );
      await indexed(client);
      assert.equal(client.lastOf(at.file("closed.py")), undefined);
      const result = await client.scan().result;
      assert.deepEqual(
        { ...result, skipped: {} },
        { files: 2, findings: 2, skipped: {}, cancelled: false },
      );
      await until(
        "the closed file",
        () => client.lastOf(at.file("closed.py"))?.diagnostics.length === 1,
      );
      assert.equal(client.lastOf(at.file("closed.py"))?.version, undefined);
      assert.ok(client.progress.length > 0);
      await client.connection.sendRequest("skeptic/clearResults");
      await until(
        "nothing in the closed file",
        () => client.lastOf(at.file("closed.py"))?.diagnostics.length === 0,
      );
      assert.equal(client.lastOf(at.file("open.py"))?.diagnostics.length, 1);
    });

    test("closing a file takes its findings away before a scan and keeps them after", async () => {
      const { client, at } = await launch({ "a.py": "BAD(1)" });
      const uri = at.file("a.py");
      client.open(uri, "BAD(1)");
      await until("a finding", () => client.lastOf(uri)?.diagnostics.length === 1);
      client.close(uri);
      await until("no finding", () => client.lastOf(uri)?.diagnostics.length === 0);
      await indexed(client);
      await client.scan().result;
      await until("the finding again", () => client.lastOf(uri)?.diagnostics.length === 1);
      client.open(uri, "BAD(1)");
      await until("a versioned report", () => client.lastOf(uri)?.version === 1);
      client.close(uri);
      await until("a report without a version", () => client.lastOf(uri)?.version === undefined);
      assert.equal(client.lastOf(uri)?.diagnostics.length, 1);
    });

    test("sees the flow from a closed caller into the open file, and back", async () => {
      const { client, at } = await launch({
        "caller.py": "SOURCE(query)",
        "lib.py": "SINK(other)",
      });
      const sink = at.file("sink.py");
      client.open(sink, "\nSINK(query)");
      await until("the flow", () => client.lastOf(sink)?.diagnostics.length === 1);
      const steps = client.lastOf(sink)?.diagnostics[0]?.relatedInformation ?? [];
      assert.deepEqual(
        steps.map(({ location, message }) => [location.uri, message]),
        [
          [at.file("caller.py"), "comes from outside"],
          [sink, "arrives here"],
        ],
      );
      await client.scan().result;
      const caller = at.file("new.py");
      client.open(caller, "SOURCE(other)");
      await until(
        "the sink in the closed file",
        () => client.lastOf(at.file("lib.py"))?.diagnostics.length === 1,
      );
      client.edit(caller, "nothing");
      await until(
        "the sink is fine again",
        () => client.lastOf(at.file("lib.py"))?.diagnostics.length === 0,
      );
    });

    test("files that are deleted, renamed or excluded leave", async () => {
      const { client, at } = await launch({
        "gone.py": "BAD(1)",
        "old/name.py": "BAD(1)",
        "legacy/a.py": "BAD(1)",
        "kept.py": "BAD(1)",
      });
      await client.scan().result;
      const count = (name: string) => client.lastOf(at.file(name))?.diagnostics.length;
      await until("all four", () =>
        ["gone.py", "old/name.py", "legacy/a.py", "kept.py"].every((n) => count(n) === 1),
      );
      await at.remove("gone.py");
      client.diskEvent(at.file("gone.py"), 3);
      await until("the deleted file left", () => count("gone.py") === 0);
      await at.remove("old");
      client.diskEvent(at.file("old"), 3);
      client.diskEvent(await at.write("new/name.py", "BAD(1)"), 1);
      await until(
        "the old name left, the new came",
        () => count("old/name.py") === 0 && count("new/name.py") === 1,
      );
      client.changeSettings({ "": { exclude: ["legacy/**"] } });
      await until("the excluded file left", () => count("legacy/a.py") === 0);
      assert.equal(count("kept.py"), 1);
      await at.write("kept.py", "GOOD(1)");
      client.diskEvent(at.file("kept.py"), 2);
      await until("a change on disk is seen", () => count("kept.py") === 0);
      await at.write(".gitignore", "new/\n");
      client.diskEvent(at.file(".gitignore"), 1);
      await until("an ignored file left", () => count("new/name.py") === 0);
    });

    test("an open file is silent while it is excluded or deleted", async () => {
      const { client, at } = await launch({ "a.py": "BAD(1)" });
      const uri = at.file("a.py");
      const count = () => client.lastOf(uri)?.diagnostics.length;
      client.open(uri, "BAD(1)");
      await until("a finding", () => count() === 1);
      client.changeSettings({ "": { exclude: ["*.py"] } });
      await until("it left", () => count() === 0);
      client.edit(uri, "BAD(1); BAD(2)");
      client.changeSettings({ "": {} });
      await until("both came", () => count() === 2);
      await at.remove("a.py");
      client.diskEvent(uri, 3);
      await until("the deleted file left", () => count() === 0);
      client.edit(uri, "BAD(1)");
      await until("an edit brings it back", () => count() === 1);
      client.changeSettings({ "": { enable: false } });
      await until("off", () => count() === 0 && client.statuses.at(-1)?.state === "off");
      client.changeSettings({ "": { rules: { bad: "off" } } });
      await until("on again", () => client.statuses.at(-1)?.state === "working");
      assert.equal(count(), 0);
    });
  });

  describe("documents", () => {
    test("of snapshots and logs are silent, untitled and virtual ones are not", async () => {
      const { client } = await launch({});
      const silent = [
        "git:/r/a.py?%7B%7D",
        "output:log",
        "vscode-scm:git/scm0/input",
        "gitlens://x/a.py",
        "chat-editing-text-model:/a.py",
      ];
      for (const uri of silent) client.open(uri, "BAD(1)");
      const heard = [
        "untitled:Untitled-1",
        "vscode-remote://ssh-remote%2Bhost/r/a.py",
        "vscode-vfs://github/o/r/a.py",
      ];
      for (const uri of heard) client.open(uri, "BAD(1)");
      for (const uri of heard) await until(uri, () => client.lastOf(uri)?.diagnostics.length === 1);
      for (const uri of silent) assert.equal(client.lastOf(uri), undefined, uri);
    });

    test("with a BOM, CRLF, emoji and several edits in one message keep their positions", async () => {
      const { client, at } = await launch({});
      const uri = at.file("a.py");
      client.open(uri, "\ufeffx = '🦊'\r\nBAD(1)\r\n");
      const first = await until("a report", () => client.lastOf(uri));
      assert.deepEqual(first.diagnostics[0]?.range.start, { line: 1, character: 0 });
      await client.connection.sendNotification("textDocument/didChange", {
        textDocument: { uri, version: 2 },
        contentChanges: [
          {
            range: { start: { line: 0, character: 9 }, end: { line: 0, character: 99 } },
            text: "# 🦊",
          },
          {
            range: { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } },
            text: "BAD(2)\r\n",
          },
        ],
      });
      const second = await until("the second report", () =>
        client.lastOf(uri)?.version === 2 ? client.lastOf(uri) : undefined,
      );
      assert.deepEqual(
        second.diagnostics.map(({ range }) => [range.start.line, range.start.character]),
        [
          [1, 0],
          [2, 0],
        ],
      );
    });

    test("one that crashes the check costs one log entry", async () => {
      const { client, at } = await launch({ "bad.py": "BAD(1)" });
      client.open(at.file("crash.py"), "CRASH BAD(1)");
      client.edit(at.file("crash.py"), "CRASH BAD(2)");
      client.open(at.file("fine.py"), "BAD(1)");
      await until(
        "the other file",
        () => client.lastOf(at.file("fine.py"))?.diagnostics.length === 1,
      );
      const result = await client.scan().result;
      assert.equal(result.cancelled, false);
      assert.equal(client.log.filter((line) => line.includes("crashes the check")).length, 1);
    });

    test("that do not parse keep their findings, moved, and settle", async () => {
      const { client, at } = await launch({});
      const uri = at.file("a.py");
      client.open(uri, "BAD(1)\n");
      await until("a finding", () => client.lastOf(uri)?.diagnostics.length === 1);
      client.edit(uri, "%% BAD(2)\n", {
        start: { line: 0, character: 0 },
        end: { line: 0, character: 0 },
      });
      const edited = Date.now();
      const held = await until("the held report", () =>
        client.lastOf(uri)?.version === 2 ? client.lastOf(uri) : undefined,
      );
      assert.deepEqual(
        held.diagnostics.map(({ range }) => range.start.line),
        [1],
      );
      const settled = await until("the settled report", () =>
        client.lastOf(uri)?.diagnostics.length === 2 ? client.lastOf(uri) : undefined,
      );
      assert.ok(Date.now() - edited < 600);
      assert.equal(settled.version, 2);
    });
  });

  describe("a client that asks", () => {
    test("is published nothing", async () => {
      const { client, at } = await launch({ "closed.py": "BAD(1)" }, { pull: true });
      assert.deepEqual(client.initialized.capabilities.diagnosticProvider, {
        identifier: "skeptic",
        interFileDependencies: true,
        workspaceDiagnostics: true,
      });
      const uri = at.file("a.py");
      client.open(uri, "BAD(1)");
      const report = await client.pull(uri);
      assert.equal(report.kind, "full");
      assert.match(report.resultId ?? "", /^1:/);
      assert.equal((await client.pull(uri, report.resultId)).kind, "unchanged");
      client.edit(uri, "BAD(1) ");
      const next = await client.pull(uri, report.resultId);
      assert.equal(next.kind, "full");
      assert.match(next.resultId ?? "", /^2:/);
      await client.scan().result;
      await sleep(100);
      assert.deepEqual(client.published, []);
    });

    test("is told to ask again when another file changes the answer, once", async () => {
      const { client, at } = await launch({}, { pull: true });
      const [sink, source] = [at.file("sink.py"), at.file("source.py")];
      client.open(sink, "SINK(x)");
      client.open(source, "nothing");
      assert.equal((await client.pullItems(sink)).length, 0);
      assert.equal((await client.pullItems(source)).length, 0);
      await indexed(client);
      await sleep(300);
      const before = client.refreshes();
      client.edit(source, "SOURCE(x)");
      await client.pull(source);
      await until("a refresh", () => client.refreshes() > before);
      assert.equal((await client.pullItems(sink)).length, 1);
      await client.pull(source);
      await sleep(900);
      assert.equal(client.refreshes(), before + 1);
    });

    test("is refused an answer that an edit overtook", async () => {
      const { client, at } = await launch({}, { pull: true });
      const uri = at.file("a.py");
      client.open(uri, "BAD(1)");
      await client.pull(uri);
      const overtaken = client.pull(uri).then(
        () => undefined,
        (error: { code: number; data: unknown }) => error,
      );
      client.edit(uri, "BAD(1)\n");
      const error = await overtaken;
      assert.equal(error?.code, -32802);
      assert.deepEqual(error?.data, { retriggerRequest: true });
    });

    test("keeps the last findings of a half-typed text and is told when they settle", async () => {
      const { client, at } = await launch({}, { pull: true });
      const uri = at.file("a.py");
      client.open(uri, "BAD(1)\n");
      assert.equal((await client.pullItems(uri)).length, 1);
      await indexed(client);
      const before = client.refreshes();
      client.edit(uri, "%% BAD(2)\n", {
        start: { line: 0, character: 0 },
        end: { line: 0, character: 0 },
      });
      const held = await client.pullItems(uri);
      assert.deepEqual(
        held.map(({ range }) => range.start.line),
        [1],
      );
      await until("a refresh", () => client.refreshes() > before, 1000);
      assert.equal((await client.pullItems(uri)).length, 2);
    });

    test("that cannot be told waits for the settled answer", async () => {
      const { client, at } = await launch(
        {},
        { capabilities: { textDocument: { diagnostic: {} } } },
      );
      const uri = at.file("a.py");
      client.open(uri, "BAD(1)\n");
      assert.equal((await client.pullItems(uri)).length, 1);
      client.edit(uri, "%% BAD(1) BAD(2)\n");
      assert.equal((await client.pullItems(uri)).length, 2);
    });

    test("hears about closed files in the held request once a scan was asked for", async () => {
      const { client, at } = await launch(
        { "closed.py": "BAD(1)", "clean.py": "GOOD(1)" },
        { pull: true },
      );
      const held = client.hold();
      const uri = at.file("open.py");
      await at.write("open.py", "BAD(1)");
      client.diskEvent(uri, 1);
      client.open(uri, "BAD(1)");
      await client.pull(uri);
      await indexed(client);
      await sleep(100);
      assert.deepEqual(held.received, []);
      // Closing it before a scan: the client's last answer is taken back.
      client.close(uri);
      await until("an empty report", () => held.reports.get(uri)?.length === 0);
      assert.deepEqual((await client.pullItems(uri)).length, 0);
      await client.scan().result;
      await until(
        "both files",
        () =>
          held.reports.get(at.file("closed.py"))?.length === 1 &&
          held.reports.get(uri)?.length === 1,
      );
      assert.equal(held.reports.has(at.file("clean.py")), false);
      // Opening and closing it after a scan: it is reported again, since the client forgot.
      client.open(uri, "BAD(1)");
      await client.pull(uri);
      const reports = held.received.filter((one) => one === uri).length;
      client.close(uri);
      await until(
        "the report again",
        () => held.received.filter((one) => one === uri).length > reports,
      );
      assert.equal(held.reports.get(uri)?.length, 1);
      await at.remove("closed.py");
      client.diskEvent(at.file("closed.py"), 3);
      await until(
        "the deleted file left",
        () => held.reports.get(at.file("closed.py"))?.length === 0,
      );
      await client.connection.sendRequest("skeptic/clearResults");
      await until("everything left", () => held.reports.get(uri)?.length === 0);
      held.cancel();
      assert.equal(((await held.ended) as { code: number }).code, -32800);
    });

    test("asking for the workspace later gets what it does not have", async () => {
      const { client, at } = await launch({ "a.py": "BAD(1)", "b.py": "BAD(2)" }, { pull: true });
      const first = client.hold();
      await client.scan().result;
      await until("both", () => first.reports.size === 2);
      first.cancel();
      await first.ended;
      const second = client.hold([], false);
      const result = (await second.ended) as { items: { uri: string; resultId: string }[] };
      assert.deepEqual(result.items.map(({ uri }) => uri).sort(), [
        at.file("a.py"),
        at.file("b.py"),
      ]);
      const known = result.items.map(({ uri, resultId }) => ({ uri, value: resultId }));
      const third = client.hold([...known, { uri: at.file("gone.py"), value: "-:x" }]);
      await until(
        "the file that is gone",
        () => third.reports.get(at.file("gone.py"))?.length === 0,
      );
      assert.equal(third.received.length, 1);
    });

    test("a held request ends when the server stops", async () => {
      const { client } = await launch({}, { pull: true });
      const held = client.hold();
      await indexed(client);
      assert.equal(await client.stop(), 0);
      assert.deepEqual(await held.ended, { items: [] });
    });
  });

  describe("the workspace", () => {
    test("scan can be cancelled", async () => {
      const files = Object.fromEntries(
        Array.from({ length: 300 }, (_, i) => [`f${i}.py`, `SLOW BAD(${i})`]),
      );
      const { client } = await launch(files);
      await indexed(client);
      const scan = client.scan();
      await until("some progress", () => client.progress.length > 1);
      scan.cancel();
      const result = await scan.result;
      assert.equal(result.cancelled, true);
      assert.ok(result.files < 300);
    });

    test("above its budget is left out, and that is said", async () => {
      const files = Object.fromEntries(
        Array.from({ length: 12 }, (_, i) => [`f${i}.py`, "BAD(1)"]),
      );
      const { client } = await launch(files, { initializationOptions: { budget: { files: 5 } } });
      await until("the notice", () => client.statuses.at(-1)?.message?.includes("over the budget"));
      const result = await client.scan().result;
      assert.ok(result.files < 12);
      assert.equal(result.skipped["too-many"], 12 - result.files);
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
