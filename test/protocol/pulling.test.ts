// The server over stdio with a fake engine: a client that asks for diagnostics.

import * as assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SETTLED_MS, SLACK_MS, sleep, until } from "./client.ts";
import { isFakeServer, launcher, runFakeServer } from "./fake-server.ts";

if (isFakeServer()) runFakeServer();
else defineTests();

function defineTests(): void {
  const { launch, indexed } = launcher(__filename);

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
      let error: { code: number; data: unknown } | undefined;
      // On a busy machine the edit may come after the answer was given.
      for (let attempt = 0; error === undefined && attempt < 20; attempt++) {
        const overtaken = client.pull(uri).then(
          () => undefined,
          (refusal: { code: number; data: unknown }) => refusal,
        );
        client.edit(uri, `BAD(1)${"\n".repeat(attempt)}`);
        error = await overtaken;
      }
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
      await until("a refresh", () => client.refreshes() > before);
      assert.equal((await client.pullItems(uri)).length, 2);
    });

    test("is told at once when they settle, although it was told something else just before", async () => {
      const { client, at } = await launch({}, { pull: true });
      const [half, sink, source] = ["a.py", "sink.py", "source.py"].map((name) =>
        at.file(name),
      ) as [string, string, string];
      const waits: number[] = [];
      for (let round = 0; round < 4; round++) {
        client.open(half, "BAD(1)\n");
        client.open(sink, "SINK(x)\n");
        client.open(source, "\n");
        for (const uri of [half, sink, source]) await client.pullItems(uri);
        await indexed(client);
        await sleep(250);
        client.edit(half, "%% BAD(2)\nBAD(1)\n");
        const edited = Date.now();
        assert.equal((await client.pullItems(half)).length, 1);
        // Looked at when typing has paused: the refresh for the other file comes just before this one settles.
        await sleep(60);
        client.edit(source, "SOURCE(x)\n");
        await client.pullItems(source);
        await sleep(600);
        const told = client.refreshedAt.find((time) => time >= edited + 240);
        waits.push((told ?? Number.POSITIVE_INFINITY) - edited);
        for (const uri of [half, sink, source]) client.close(uri);
      }
      // The quickest: what else this machine does is not the server's doing.
      assert.ok(Math.min(...waits) <= SETTLED_MS + SLACK_MS, waits.join(", "));
    });

    test("is told when settings change an open document's answer, each time", async () => {
      const { client, at } = await launch({ "a.py": "BAD(1)\n" }, { pull: true });
      const uri = at.file("a.py");
      client.open(uri, "BAD(1)\n");
      assert.equal((await client.pullItems(uri)).length, 1);
      await indexed(client);
      for (const [level, found] of [
        ["off", 0],
        ["error", 1],
        ["off", 0],
      ] as const) {
        const before = client.refreshes();
        client.changeSettings({ "": { rules: { bad: level } } });
        await until(`a refresh for ${level}`, () => client.refreshes() > before);
        assert.equal((await client.pullItems(uri)).length, found);
      }
    });

    test("is told again of an answer it was told of before but did not get", async () => {
      const { client, at } = await launch({}, { pull: true });
      const uri = at.file("a.py");
      client.open(uri, "BAD(1)\n");
      assert.equal((await client.pullItems(uri)).length, 1);
      await indexed(client);
      const set = async (level: string): Promise<void> => {
        const before = client.refreshes();
        client.changeSettings({ "": { rules: { bad: level } } });
        await until(`a refresh for ${level}`, () => client.refreshes() > before);
      };
      await set("off");
      // It was slow to ask: by then the answer is the old one again.
      client.changeSettings({ "": { rules: {} } });
      await sleep(100);
      assert.equal((await client.pullItems(uri)).length, 1);
      await set("off");
      assert.equal((await client.pullItems(uri)).length, 0);
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
}
