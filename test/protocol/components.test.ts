// Components of Vue and Svelte over the wire, with the built server.

import * as assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, describe, test } from "node:test";
import type { CodeAction, Range } from "vscode-languageserver-protocol";
import { applyEdits, lineStarts, offsetAt } from "../../server/base/text.ts";
import { folder, start, type TestClient, type TestFolder, until } from "./client.ts";

const SERVER = join(process.cwd(), "dist", "server.js");

const VUE = `<template>
  <div ref="box">{{ title }}</div>
</template>

<script lang="ts">
export const from = (): string => location.hash.slice(1);
</script>

<script setup lang="ts">
  import { onMounted } from "vue";

  const title: string = "Hello";
  onMounted(() => {
    document.body.innerHTML = decodeURIComponent(from());
  });
</script>
`;

const SVELTE = `<script>
	export let name = "";
	const show = () => {
		document.body.innerHTML = "<b>" + location.hash + name + "</b>";
	};
</script>

<button on:click={() => show()}>Show</button>
`;

describe("components", { timeout: 60_000 }, () => {
  let client: TestClient | undefined;
  let at: TestFolder | undefined;
  afterEach(async () => {
    await client?.stop();
    await at?.dispose();
    client = undefined;
    at = undefined;
  });
  const launch = async (files: Record<string, string> = {}) => {
    at = await folder(files);
    client = await start({ server: [SERVER], folders: [at.uri], pull: true });
    return { client, at };
  };
  const lineOf = (text: string, part: string): number =>
    text.split("\n").findIndex((line) => line.includes(part));
  const resolved = async (client: TestClient, action: CodeAction | undefined, text: string) => {
    const { edit } = await client.connection.sendRequest<CodeAction>("codeAction/resolve", action);
    const [change] = edit?.documentChanges ?? [];
    assert.ok(change !== undefined && "textDocument" in change);
    const starts = lineStarts(text);
    const offset = ({ line, character }: Range["start"]) => offsetAt(text, starts, line, character);
    return applyEdits(
      text,
      change.edits.map((one) => {
        assert.ok("newText" in one);
        return { start: offset(one.range.start), end: offset(one.range.end), newText: one.newText };
      }),
    );
  };

  test("data flows from one script of a Vue component to the other, and stays where it stands", async () => {
    const { client, at } = await launch();
    const uri = at.file("a.vue");
    client.open(uri, VUE, "vue");
    const found = await client.pullItems(uri);
    assert.deepEqual(
      found.map(({ code }) => code),
      ["xss-dom-sink"],
    );
    assert.equal(found[0]?.range.start.line, lineOf(VUE, "innerHTML"));
    assert.equal(
      found[0]?.relatedInformation?.[0]?.location.range.start.line,
      lineOf(VUE, "location"),
    );
    const action = async (title: string) =>
      (await client.actions(uri, found, found[0]?.range as Range)).find((one) =>
        one.title.includes(title),
      );
    const after = await resolved(client, await action("Show it as text"), VUE);
    assert.equal(after, VUE.replace("innerHTML", "textContent"));
    client.edit(uri, after);
    assert.deepEqual(await client.pullItems(uri), []);
    client.edit(uri, VUE);
    assert.equal((await client.pullItems(uri)).length, 1);
    const ignored = await resolved(client, await action("Ignore"), VUE);
    assert.match(ignored, /^ {4}\/\/ skeptic: ignore\[xss-dom-sink\] -- $/m);
    client.edit(uri, ignored.replace("-- ", "-- only a title"));
    assert.deepEqual(await client.pullItems(uri), []);
  });

  test("edits of the markup and of the tags are followed", async () => {
    const { client, at } = await launch();
    const uri = at.file("a.svelte");
    client.open(uri, SVELTE, "svelte");
    const count = async () => (await client.pullItems(uri)).length;
    const top = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    assert.equal(await count(), 1);
    client.edit(uri, "<p>\n<b>{name}", top);
    assert.equal((await client.pullItems(uri))[0]?.range.start.line, 4);
    client.edit(uri, "", { start: top.start, end: { line: 1, character: 9 } });
    assert.equal(await count(), 1);
    client.edit(uri, SVELTE.replace("<script>", '<script lang="ts">'));
    assert.equal(await count(), 1);
    client.edit(uri, SVELTE.replace("<script>", '<script type="text/plain">'));
    assert.equal(await count(), 0);
    client.edit(uri, SVELTE.replace("</script>", ""));
    assert.equal(await count(), 0);
    client.edit(uri, `\ufeff${SVELTE.replaceAll("\n", "\r\n")}`);
    assert.deepEqual((await client.pullItems(uri))[0]?.range.start, { line: 3, character: 28 });
    client.close(uri);
  });

  test("a scan finds components that are not open, and a module that imports one", async () => {
    const main = 'import { from } from "./a.vue";\ndocument.body.innerHTML = from();\n';
    const { client, at } = await launch({ "a.vue": VUE, "main.ts": main, "b.svelte": SVELTE });
    const held = client.hold();
    const result = await client.scan().result;
    assert.equal(result.findings, 3);
    const [vue] = await until("its report", () => held.reports.get(at.file("a.vue")));
    assert.equal(vue?.range.start.line, lineOf(VUE, "innerHTML"));
    const [flow] = await until("the module's", () => held.reports.get(at.file("main.ts")));
    const source = flow?.relatedInformation?.[0]?.location;
    assert.equal(source?.uri, at.file("a.vue"));
    assert.equal(source?.range.start.line, lineOf(VUE, "location"));
  });
});
