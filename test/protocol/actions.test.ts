// Code actions and hover over stdio with a fake engine.

import * as assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type CodeAction, TextDocumentEdit } from "vscode-languageserver-protocol";
import { applyEdits, lineStarts, offsetAt } from "../../server/base/text.ts";
import { folder, type TestClient, type TestFolder, until } from "./client.ts";
import { isFakeServer, runFakeServer, startFake } from "./fake-server.ts";

if (isFakeServer()) runFakeServer();
else defineTests();

const ALL = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };

function defineTests(): void {
  let at: TestFolder;
  let client: TestClient;
  const begin = async (): Promise<void> => {
    at ??= await folder({});
    client ??= await startFake(__filename, { folders: [at.uri], pull: true });
  };
  after(async () => {
    assert.equal(await client.stop(), 0);
    await at.dispose();
  });
  const offered = async (name: string, text: string, only?: string[]): Promise<CodeAction[]> => {
    await begin();
    const uri = at.file(name);
    client.open(uri, text);
    const items = await client.pullItems(uri);
    return client.actions(uri, items, ALL, only);
  };
  const resolve = (action: CodeAction | undefined): Promise<CodeAction> =>
    client.connection.sendRequest<CodeAction>("codeAction/resolve", action);

  test("a secret that a finding, a fix or a crash quotes is not told", async () => {
    const secret = "cAnArY-9f83b1c07d5e42a6-Zq";
    const text = `api_key = "${secret}"\n\nTELL("${secret}")\n`;
    const actions = await offered("secret.py", text);
    assert.deepEqual(
      actions.map(({ title }) => title.replaceAll("*", "")),
      [
        "Skeptic (review): Change it: It says a6-Zq.".replace("a6-Zq", "6-Zq"),
        "Skeptic (by hand): Think: It says 6-Zq.",
        "Skeptic: Ignore tell here (reason needed)",
      ],
    );
    const resolved = await resolve(actions[0]);
    assert.equal(applied(resolved.edit, text).split("\n")[2], "GOOD(");
    await client.connection.sendRequest("textDocument/hover", {
      textDocument: { uri: at.file("secret.py") },
      position: { line: 2, character: 2 },
    });
    client.open(at.file("crash.py"), `CRASH api_key = "${secret}"`);
    await client.pullItems(at.file("crash.py"));
    client.open(at.file("nameless.py"), `CRASH("${secret}")`);
    await client.pullItems(at.file("nameless.py"));
    await until("a fault", () => client.log.some((line) => /crashes the check/.test(line)));
    const output = client.output();
    const leak = output.indexOf(secret.slice(0, 12));
    assert.equal(leak, -1, output.slice(Math.max(0, leak - 200), leak + 60));
  });

  describe("code actions", () => {
    test("a safe fix is preferred, made when chosen, and bound to the version", async () => {
      const text = "x = 1\nBAD(1)\n";
      const [fix, ignore, ...rest] = await offered("safe.py", text);
      assert.deepEqual(rest, []);
      assert.equal(fix?.title, "Skeptic: Use GOOD");
      assert.equal(fix?.kind, "quickfix");
      assert.equal(fix?.isPreferred, true);
      assert.equal(fix?.edit, undefined);
      assert.equal(fix?.diagnostics?.length, 1);
      assert.equal(ignore?.isPreferred, undefined);
      const { edit } = await resolve(fix);
      assert.equal(edit?.changeAnnotations, undefined);
      assert.equal(applied(edit, text), "x = 1\nGOOD(1)\n");
      const [change] = edit?.documentChanges ?? [];
      assert.ok(TextDocumentEdit.is(change));
      assert.deepEqual(change.textDocument, { uri: at.file("safe.py"), version: 1 });
    });

    test("a suggested fix needs confirmation, a manual one says why there is none", async () => {
      const actions = await offered("more.py", "RISKY(1)\nHARD(1)\n");
      const [risky, hard] = actions;
      assert.equal(risky?.title, "Skeptic (review): Maybe GOOD");
      assert.equal(risky?.isPreferred, undefined);
      const { edit } = await resolve(risky);
      assert.deepEqual(
        Object.values(edit?.changeAnnotations ?? {}).map((one) => one.needsConfirmation),
        [true],
      );
      assert.equal(hard?.disabled?.reason, "It cannot be done by a machine.");
      assert.deepEqual(
        actions.slice(2).map(({ title }) => title),
        ["Skeptic: Ignore risky here (reason needed)", "Skeptic: Ignore hard here (reason needed)"],
      );
    });

    test("ignoring writes a comment above, with the same indentation, that waits for its reason", async () => {
      const text = "if x:\r\n\tBAD(1)\r\n";
      const actions = await offered("ignore.py", text);
      const { edit } = await resolve(actions.at(-1));
      assert.equal(applied(edit, text), "if x:\r\n\t# skeptic: ignore[bad] -- \r\n\tBAD(1)\r\n");
    });

    test("an edit since makes the action empty, with one line why", async () => {
      const [fix] = await offered("stale.py", "BAD(1)\n");
      client.edit(at.file("stale.py"), "\nBAD(1)\n");
      const resolved = await resolve(fix);
      assert.equal(resolved.edit, undefined);
      await until(
        "the reason",
        () => client.log.filter((line) => line.includes("No edit for")).length === 1,
      );
    });

    test("a text that lost bytes is not edited", async () => {
      const actions = await offered("latin.py", "BAD(1) # \ufffd\n");
      for (const action of actions) assert.equal((await resolve(action)).edit, undefined);
    });

    test("fixing all applies every safe fix, and answers only to its own name or a menu of source actions", async () => {
      const text = "BAD(1)BAD(2)\nRISKY(3)\n  BAD(4)\n";
      const [all, ...rest] = await offered("all.py", text, ["source.fixAll.skeptic"]);
      assert.deepEqual(rest, []);
      assert.equal(all?.kind, "source.fixAll.skeptic");
      assert.equal(
        applied((await resolve(all)).edit, text),
        "GOOD(1)GOOD(2)\nRISKY(3)\n  GOOD(4)\n",
      );
      const uri = at.file("all.py");
      assert.equal((await client.actions(uri, [], ALL, ["source"])).length, 1);
      assert.deepEqual(await client.actions(uri, [], ALL, ["source.fixAll"]), []);
      assert.deepEqual(await client.actions(uri, [], ALL, ["refactor"]), []);
      assert.ok(
        (await client.actions(uri, [], ALL)).every(({ kind }) => kind?.startsWith("quickfix")),
      );
      const ignoring = await client.actions(uri, [], ALL, ["quickfix.skeptic.ignore"]);
      assert.equal(ignoring.length, 4);
      assert.ok(ignoring.every(({ title }) => title.startsWith("Skeptic: Ignore ")));
      assert.equal((await client.pullItems(uri)).length, 4, "trying the fixes left no trace");
      assert.deepEqual(await offered("none.py", "RISKY(1)", ["source.fixAll.skeptic"]), []);
    });

    test("a client that cannot wait gets the edits at once", async () => {
      const plain = await startFake(__filename, { folders: [at.uri] });
      const uri = at.file("plain.py");
      plain.open(uri, "BAD(1)\nHARD(1)\n");
      await until("diagnostics", () => plain.lastOf(uri));
      const actions = await plain.actions(uri, [], ALL);
      assert.deepEqual(
        actions.map(({ title, disabled }) => [title, disabled]),
        [
          ["Skeptic: Use GOOD", undefined],
          ["Skeptic: Ignore bad here (reason needed)", undefined],
          ["Skeptic: Ignore hard here (reason needed)", undefined],
        ],
      );
      assert.equal(actions[0]?.edit?.changes?.[uri]?.[0]?.newText, "GOOD(");
      assert.equal(await plain.stop(), 0);
    });
  });

  describe("hover", () => {
    const hoverAt = (uri: string, line: number, character: number) =>
      client.connection.sendRequest<{ contents: { kind: string; value: string } } | null>(
        "textDocument/hover",
        {
          textDocument: { uri },
          position: { line, character },
        },
      );

    test("explains, escaped, with the path of the data", async () => {
      await begin();
      const [sink, source] = [at.file("hover *x*.py"), at.file("[a](b).py")];
      client.open(source, "SOURCE(q)");
      client.open(sink, "\nSINK(q)\n");
      await until("the flow", async () => (await client.pullItems(sink)).length === 1);
      const value = (await hoverAt(sink, 1, 2))?.contents.value ?? "";
      assert.match(value, /\*\*A sink call\*\* \(high severity, high confidence, CWE\\-89\)/);
      // The editor shows the diagnostic's own words in the same place.
      assert.doesNotMatch(value, /breaks/);
      assert.match(
        value,
        /1\\?\. \[\\\[a\\\]\\\(b\\\)\\\.py\\:1\]\(file:[^)]+#L1\) `SOURCE\(q\)` comes from outside/,
      );
      assert.match(value, /\[About sink\]\(https:\/\/example\.org\/rules\/sink\.md\)/);
      assert.equal(await hoverAt(sink, 0, 0), null);
    });
  });
}

function applied(edit: CodeAction["edit"], text: string): string {
  const [change] = edit?.documentChanges ?? [];
  assert.ok(TextDocumentEdit.is(change));
  const starts = lineStarts(text);
  const offset = ({ line, character }: { line: number; character: number }) =>
    offsetAt(text, starts, line, character);
  return applyEdits(
    text,
    change.edits.map((one) => {
      assert.ok("newText" in one);
      return { start: offset(one.range.start), end: offset(one.range.end), newText: one.newText };
    }),
  );
}
