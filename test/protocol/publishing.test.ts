// The server over stdio with a fake engine: a client to which diagnostics are published.

import * as assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SETTLED_MS, SLACK_MS, sleep, until } from "./client.ts";
import { isFakeServer, launcher, runFakeServer } from "./fake-server.ts";

if (isFakeServer()) runFakeServer();
else defineTests();

function defineTests(): void {
  const { launch, indexed } = launcher(__filename);

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

    test("of untitled code leave when they are closed", async () => {
      const { client } = await launch({});
      const uri = "untitled:Untitled-1";
      client.open(uri, "BAD(1)");
      await until("a finding", () => client.lastOf(uri)?.diagnostics.length === 1);
      client.close(uri);
      await until("none", () => client.lastOf(uri)?.diagnostics.length === 0);
    });

    test("that were discarded have the text on disk again", async () => {
      const { client, at } = await launch({ "a.py": "GOOD(1)" });
      const uri = at.file("a.py");
      await indexed(client);
      client.open(uri, "GOOD(1)");
      client.edit(uri, "BAD(1)");
      await until("a finding", () => client.lastOf(uri)?.diagnostics.length === 1);
      client.close(uri);
      await sleep(50);
      assert.equal((await client.scan().result).findings, 0);
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
      const waits: number[] = [];
      for (let round = 0; round < 3; round++) {
        const uri = at.file(`${round}.py`);
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
        waits.push(Date.now() - edited);
        assert.equal(settled.version, 2);
      }
      // The quickest: what else this machine does is not the server's doing.
      assert.ok(Math.min(...waits) <= SETTLED_MS + SLACK_MS, waits.join(", "));
    });
  });
}
