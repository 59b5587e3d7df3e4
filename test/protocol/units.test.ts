// Parts of the server that need no connection: names of files, texts, moved findings, edits in rounds, escaping.

import * as assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { applyEdits, lineStarts } from "../../server/base/text.ts";
import {
  applyChanges,
  openDocument,
  spliceLineStarts,
  wholeEdit,
} from "../../server/lsp/document.ts";
import { fileId, folderId, isEditedScheme, uriOf } from "../../server/lsp/file-id.ts";
import { safeEdits } from "../../server/lsp/fix-all.ts";
import { moveSpan } from "../../server/lsp/moved.ts";
import { createPieces } from "../../server/lsp/pieces.ts";
import { markdown, visible } from "../../server/lsp/plain.ts";
import { merged } from "../../server/lsp/workspace-edits.ts";
import { createFakeEngine } from "./fake-engine.ts";

const TEXT = fc.string({ unit: fc.constantFrom("a", "b", "\n", "\r", "\r\n", "🦊", " ") });

describe("names of files", () => {
  const same: Readonly<Record<string, readonly string[]>> = {
    "file:///a b/c.py": ["file:///a%20b/c.py", "file:///a b/c.py"],
    "file:///a/100%.py": ["file:///a/100%25.py", "file:///a/100%.py"],
    "file:///a/c#.py": ["file:///a/c%23.py", "file:///a/c#.py"],
    "file:///a/what?.py": ["file:///a/what%3F.py"],
    "file:///a/é日本.py": ["file:///a/%C3%A9%E6%97%A5%E6%9C%AC.py", "file:///a/é日本.py"],
    "file:///c:/x/y.ts": ["file:///c%3A/x/y.ts", "file:///C:/x/y.ts", "file:///C%3a/x/y.ts"],
    "file://server/share/a.py": ["file://server/share/a.py", "file://SERVER/share/a.py"],
    "vscode-remote://ssh-remote+host/a b.py": ["vscode-remote://ssh-remote%2Bhost/a%20b.py"],
    "untitled:Untitled-1": ["untitled:Untitled-1"],
    "file:///a/%E9.py": ["file:///a/%E9.py"],
  };
  for (const [id, uris] of Object.entries(same))
    test(id, () => {
      for (const uri of uris) assert.equal(fileId(uri), id);
    });

  test("on disk and from a client are equal, and come back", () => {
    const names = fc.string({ unit: fc.constantFrom(..."ab %#?[]()'!*&+;=@~é日🦊"), minLength: 1 });
    fc.assert(
      fc.property(names, (name) => {
        const path = `/folder/${name}`;
        const onDisk = fileId(pathToFileURL(path).href);
        assert.equal(onDisk, `file://${path}`);
        assert.equal(fileId(uriOf(onDisk)), onDisk);
      }),
    );
  });

  test("are spelled to a client as VS Code spells them", () => {
    assert.equal(uriOf("file:///c:/a b/(x)'s.py"), "file:///c%3A/a%20b/%28x%29%27s.py");
    assert.equal(uriOf("untitled:Untitled-1"), "untitled:Untitled-1");
    assert.equal(folderId("file:///a%20b/"), "file:///a b");
  });

  test("of snapshots are not edited", () => {
    for (const uri of [
      "file:///a.py",
      "untitled:a",
      "vscode-vfs://github/o/r/a.py",
      "sftp://h/a.py",
    ])
      assert.equal(isEditedScheme(uri), true, uri);
    for (const uri of [
      "git:/a.py?{}",
      "output:x",
      "vscode-scm:x",
      "revision:/a.py?abc",
      "vscode-notebook-cell:/a#x",
    ])
      assert.equal(isEditedScheme(uri), false, uri);
  });
});

describe("texts", () => {
  test("line starts after an edit are those of the new text", () => {
    fc.assert(
      fc.property(TEXT, TEXT, fc.nat(), fc.nat(), (text, newText, a, b) => {
        const [start, end] = [a % (text.length + 1), b % (text.length + 1)].sort(
          (x, y) => x - y,
        ) as [number, number];
        const edit = { start, end, newText };
        const after = applyEdits(text, [edit]);
        assert.deepEqual(
          [...spliceLineStarts(lineStarts(text), after, edit)],
          [...lineStarts(after)],
        );
      }),
      { numRuns: 500 },
    );
  });

  test("a whole new text becomes one small edit", () => {
    fc.assert(
      fc.property(TEXT, TEXT, (before, after) => {
        assert.equal(applyEdits(before, [wholeEdit(before, after)]), after);
      }),
    );
  });

  test("a character past the end of a line means before its break", () => {
    const document = openDocument("file:///a.py", "file:///a.py", "python", 1, "ab\r\ncd");
    applyChanges(document, [
      { range: { start: { line: 0, character: 9 }, end: { line: 0, character: 9 } }, text: "!" },
    ]);
    assert.equal(document.text, "ab!\r\ncd");
  });

  test("edits in rounds are edits of the first text", () => {
    const step = fc.tuple(fc.nat(), fc.nat(), TEXT);
    fc.assert(
      fc.property(TEXT, fc.array(step, { maxLength: 6 }), (original, steps) => {
        const pieces = createPieces(original);
        let text = original;
        for (const [a, b, newText] of steps) {
          const [start, end] = [a % (text.length + 1), b % (text.length + 1)].sort(
            (x, y) => x - y,
          ) as [number, number];
          pieces.apply([{ start, end, newText }]);
          text = applyEdits(text, [{ start, end, newText }]);
        }
        assert.equal(pieces.text(), text);
        assert.equal(applyEdits(original, pieces.edits()), text);
      }),
    );
  });

  test("a fix of several edits that asks for confirmation is one edit, the text in between as it was", () => {
    const text = "import os\r\n\r\nx = 1\r\nrun(\ud83d\ude00)\r\n";
    const edits = [
      { start: text.indexOf("run"), end: text.indexOf("run") + 3, newText: "safe.run" },
      { start: 11, end: 11, newText: "import safe\r\n" },
    ];
    const one = merged(text, edits);
    assert.deepEqual(one, [
      { start: 11, end: text.indexOf("run") + 3, newText: "import safe\r\n\r\nx = 1\r\nsafe.run" },
    ]);
    assert.equal(applyEdits(text, one), applyEdits(text, edits));
    assert.equal(merged(text, edits.slice(0, 1)).length, 1);
    assert.deepEqual(merged(text, []), []);
  });

  test("a span moves with its text", () => {
    const span = { start: 10, end: 20 };
    assert.deepEqual(moveSpan(span, { start: 0, end: 2, newText: "xxx" }), { start: 11, end: 21 });
    assert.deepEqual(moveSpan(span, { start: 10, end: 10, newText: "xx" }), { start: 12, end: 22 });
    assert.deepEqual(moveSpan(span, { start: 20, end: 20, newText: "xx" }), span);
    assert.deepEqual(moveSpan(span, { start: 12, end: 14, newText: "" }), { start: 10, end: 18 });
    assert.deepEqual(moveSpan(span, { start: 5, end: 12, newText: "y" }), { start: 6, end: 14 });
    assert.deepEqual(moveSpan(span, { start: 18, end: 30, newText: "y" }), { start: 10, end: 18 });
    assert.equal(moveSpan(span, { start: 9, end: 21, newText: "y" }), undefined);
  });

  test("text of a workspace is made harmless", () => {
    assert.equal(visible("a\u001b[31m\u202eb\nc"), "a\ufffd[31m\ufffdb c");
    assert.equal(
      markdown("[x](command:y) <img src=x> `a`"),
      "\\[x\\]\\(command\\:y\\) &lt;img src\\=x\\> \\`a\\`",
    );
  });
});

test("fixing all stops when its time is over, and says so", () => {
  const engine = createFakeEngine();
  const file = fileId("file:///a.py");
  engine.set(file, "BAD(1)\nBAD(2)\n");
  assert.deepEqual(safeEdits(engine, file, { budget: 0 }), { edits: [], isLate: true });
  assert.equal(engine.text(file), "BAD(1)\nBAD(2)\n");
  const { edits, isLate } = safeEdits(engine, file);
  assert.equal(isLate, false);
  assert.equal(applyEdits("BAD(1)\nBAD(2)\n", edits), "GOOD(1)\nGOOD(2)\n");
});
