// Notes that became one: what it says, and where it leads.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openEngine } from "../harness/engine.ts";
import { check, lineOf, load } from "../harness/project.ts";

const program = (places: number) =>
  [
    "import os",
    "",
    "def prepare(folders):",
    ...Array.from({ length: places }, (_, i) => [
      `    if not os.path.exists(folders[${i}]):`,
      `        os.makedirs(folders[${i}])`,
    ]).flat(),
    "",
  ].join("\n");

test("the one note tells how many more there are, and where; it stays the same one when code moves", async () => {
  const engine = await openEngine();
  const one = (text: string) => {
    const texts = new Map([["a.py", text]]);
    load(engine, texts);
    const { findings } = check(engine, texts.keys());
    assert.equal(findings.length, 1);
    return { finding: findings[0], texts };
  };
  const { finding, texts } = one(program(30));
  assert.match(finding?.message.what ?? "", / There are 29 more such places in this file\.$/);
  const others = (finding?.flow ?? []).filter(({ text }) => text === "the same here");
  assert.equal(others.length, 20);
  assert.deepEqual(
    others.slice(0, 2).map(({ file, span }) => lineOf(texts, file, span.start)),
    [7, 9],
  );
  const fixes = engine.fixes("a.py", finding?.fingerprint ?? "");
  assert.deepEqual(
    fixes[0]?.edits[0]?.edits.map((edit) => lineOf(texts, "a.py", edit.start)),
    [5],
  );
  const moved = one(`import sys\n\n${program(31)}`);
  assert.equal(moved.finding?.fingerprint, finding?.fingerprint);
});
