// What a change of a document is taken for.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ChangeFacts, causeOf } from "../../client/change-cause.ts";

const BLOCK = "def f(x):\n    return x\n";

function facts(text: string, removed = "", more: Partial<ChangeFacts> = {}) {
  return causeOf({
    changes: [{ text, removed }],
    reason: undefined,
    source: undefined,
    paste: undefined,
    hearsPastes: true,
    ...more,
  });
}

describe("is typing:", () => {
  const typed: readonly (readonly [string, string, string?])[] = [
    ["a key", "a"],
    ["a key over a selection", "a", "selected text"],
    ["a deletion", "", BLOCK],
    ["Enter with indentation", "\n    "],
    ["a bracket that closes by itself", "()"],
    ["a completion of a word", "readFileSync", "readF"],
    ["an umlaut", "ü"],
  ];
  for (const [name, text, removed] of typed)
    test(name, () => assert.equal(facts(text, removed), "typing"));
  test("a key at several cursors", () => {
    const changes = [
      { text: "x", removed: "" },
      { text: "x", removed: "" },
    ];
    assert.equal(facts("", "", { changes }), "typing");
  });
  test("a key that came too fast to know what it replaced", () =>
    assert.equal(facts("", "", { changes: [{ text: "a", removed: undefined }] }), "typing"));
});

describe("is a suggestion:", () => {
  test("several lines where there were none", () => assert.equal(facts(BLOCK), "suggestion"));
  test("several lines that go on from what stands in the line", () =>
    assert.equal(facts("def f(x):\n    return g(x)", "def f("), "suggestion"));
  test("with CR LF", () => assert.equal(facts("a = 1\r\nb = 2"), "suggestion"));
});

describe("is nothing that can be told:", () => {
  const tools: readonly (readonly [string, string, string?, Partial<ChangeFacts>?])[] = [
    ["one line at once", "const value = compute(1);"],
    ["an empty line", "\n\n\n", "x"],
    ["a snippet for a word", "for (const a of b) {\n  c();\n}", "for"],
    ["lines for other lines", BLOCK, "a = 1\nb = 2\n"],
    ["lines, where pastes are not heard of", BLOCK, "", { hearsPastes: false }],
  ];
  for (const [name, text, removed, more] of tools)
    test(name, () => assert.equal(facts(text, removed, more), "tool"));
  test("lines over what is not known", () =>
    assert.equal(facts("", "", { changes: [{ text: BLOCK, removed: undefined }] }), "tool"));
  test("several changes at once, as of a formatter", () => {
    const changes = [
      { text: BLOCK, removed: "" },
      { text: BLOCK, removed: "" },
    ];
    assert.equal(facts("", "", { changes }), "tool");
  });
});

describe("is a paste:", () => {
  const paste = { text: BLOCK, isOwn: false };
  test("the text of the clipboard", () => assert.equal(facts(BLOCK, "", { paste }), "paste"));
  test("also when the editor indents it", () =>
    assert.equal(facts(BLOCK.replaceAll("\n", "\n  "), "", { paste }), "paste"));
  test("also over a selection", () => assert.equal(facts(BLOCK, "old", { paste }), "paste"));
  test("a line for each cursor", () => {
    const changes = [
      { text: "    return x", removed: "" },
      { text: "def f(x):", removed: "" },
    ];
    assert.equal(facts("", "", { changes, paste }), "paste");
  });
  test("a copy, when it was copied here", () =>
    assert.equal(facts(BLOCK, "", { paste: { text: BLOCK, isOwn: true } }), "copy"));
  test("not what came by itself right after it", () =>
    assert.equal(facts("a = 1\nb = 2\n", "", { paste }), "suggestion"));
});

describe("is what the editor says:", () => {
  test("undo and redo", () => {
    assert.equal(facts(BLOCK, "", { reason: "undo" }), "undo");
    assert.equal(facts("", BLOCK, { reason: "redo" }), "undo");
  });
  test("an AI", () => {
    for (const source of ["inlineCompletionAccept", "Chat.applyEdits", "inlineChat.applyEdits"])
      assert.equal(facts("x", "", { source }), "ai");
  });
  test("a reload", () => assert.equal(facts(BLOCK, "", { source: "reloadFromDisk" }), "tool"));
  test("nothing, for a change of nothing", () =>
    assert.equal(facts("", "", { changes: [] }), undefined));
});
