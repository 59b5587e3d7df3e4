// The tree of an edited text, of which only what changed is read again, is the tree of the same text read as a whole.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FlatTree } from "../../server/syntax/flat.ts";
import { createSyntax } from "../../server/syntax/parser.ts";
import { readWasm } from "../harness/engine.ts";
import { sourcesBelow } from "../harness/sources.ts";

test("what an edit left where it was is not read again, and is the same", async () => {
  const syntax = await createSyntax(readWasm());
  const sources = [...sourcesBelow("demo"), ...sourcesBelow("server/taint").slice(0, 12)];
  const random = randomFrom(20261125);
  const pieces = [
    "x",
    " ",
    "\n",
    "\r",
    "\r\n",
    "(a)",
    "x = 1;\n",
    "# c\n",
    "é🦊",
    "'",
    "def f(a):\n    return a\n",
  ];
  for (const { path, text: initial, grammar } of sources) {
    let text = initial;
    const source = syntax.open(grammar, text);
    source.flat();
    for (let i = 0; i < 40; i++) {
      const start = random(text.length);
      const end = random(3) === 0 ? Math.min(text.length, start + random(30)) : start;
      const newText = pieces[random(pieces.length)] as string;
      const next = text.slice(0, start) + newText + text.slice(end);
      source.edit([{ start, end, newText }], next);
      // Sometimes several edits come before anybody looks; every other edit is taken back, or nothing would parse any more.
      if (random(4) > 0) sameNodes(source.flat(), syntax.parse(grammar, next), `${path} ${i}`);
      if (i % 2 === 0) {
        const back = { start, end: start + newText.length, newText: text.slice(start, end) };
        source.edit([back], text);
        if (random(4) > 0) sameNodes(source.flat(), syntax.parse(grammar, text), `${path} ${i}`);
      } else text = next;
    }
    source.dispose();
  }
  assert.equal(syntax.liveTrees(), 0);
});

function sameNodes(got: FlatTree, wanted: FlatTree, what: string): void {
  if (Buffer.compare(Buffer.from(got.nodes.buffer), Buffer.from(wanted.nodes.buffer)) !== 0)
    assert.deepEqual(got.nodes, wanted.nodes, what);
}

function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
