// The record of origins: written, read again, and read for a text that changed meanwhile.

import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { createAuthors, follow, mark, originOf } from "../../server/origin/authors.ts";
import type { MarkedSpan } from "../../server/origin/mark.ts";
import { parseRecord, readFileRecord, writeFileRecord } from "../../server/origin/record.ts";
import { ago, originSentence } from "../../server/origin/words.ts";
import { AI, GUESS, HUMAN, letters, marked, PASTED } from "./marks.ts";

const TEXT = `import os


def one(path):
    return os.open(path)


def two(name):
    return os.system(name)
`;

function spanOf(piece: string, text = TEXT): { start: number; end: number } {
  const start = text.indexOf(piece);
  assert.ok(start >= 0);
  return { start, end: start + piece.length };
}

const MARKS: readonly MarkedSpan[] = [
  { ...spanOf("def one(path):\n    return os.open(path)"), mark: AI },
  { ...spanOf("return os.system(name)"), mark: { ...PASTED, reviewed: 5000 } },
];

describe("the record", () => {
  const json = JSON.stringify({
    version: 1,
    files: [writeFileRecord("file:///a/app.py", TEXT, MARKS)],
  });

  test("is as its schema says", () => {
    const ajv = new Ajv2020({ strict: true });
    addFormats(ajv);
    const schema = JSON.parse(readFileSync("docs/origin.schema.json", "utf8"));
    assert.ok(ajv.validate(schema, JSON.parse(json)), ajv.errorsText());
    const broken = json.replace('"ai"', '"robot"');
    assert.equal(ajv.validate(schema, JSON.parse(broken)), false);
  });

  test("gives the same marks for the same text", () => {
    const [file] = parseRecord(json)?.files ?? [];
    assert.ok(file);
    assert.deepEqual(readFileRecord(file, TEXT), MARKS);
  });

  test("finds them again after other lines came, went, or were indented", () => {
    const [file] = parseRecord(json)?.files ?? [];
    assert.ok(file);
    const now = TEXT.replace("import os", "import os\nimport sys\n\nX = 1")
      .replace("def one(path):\n    return", "def one(path):\n        return")
      .replace("def two(name):", "def three(name):");
    const marks = readFileRecord(file, now);
    const shown = letters(now.length, marks);
    const at = (piece: string): string => {
      const { start, end } = spanOf(piece, now);
      return shown.slice(start, end);
    };
    assert.match(at("def one(path):\n        return os.open(path)"), /^a+$/);
    assert.match(at("return os.system(name)"), /^p+$/);
    assert.match(at("import sys"), /^\.+$/);
    assert.equal(marks.at(-1)?.mark.reviewed, 5000);
  });

  test("that is broken, foreign or overlapping is read as far as it makes sense", () => {
    assert.equal(parseRecord("{"), undefined);
    assert.equal(parseRecord("[]"), undefined);
    assert.equal(parseRecord('{"version":2,"files":[]}'), undefined);
    const record = JSON.parse(json);
    record.files.push({ file: 7 }, null);
    record.files[0].ranges.push({ start: 1 }, { ...record.files[0].ranges[0] });
    const files = parseRecord(JSON.stringify(record))?.files ?? [];
    assert.equal(files.length, 1);
    assert.deepEqual(readFileRecord(files[0]!, TEXT), MARKS);
  });
});

describe("who wrote a span", () => {
  const text = "alpha beta\n    gamma";
  const authors = createAuthors(text.length, [
    { start: 0, end: 5, mark: AI },
    { start: 6, end: 10, mark: HUMAN },
    { start: 15, end: 20, mark: PASTED },
  ]);
  const cases: readonly (readonly [number, number, string])[] = [
    [0, 5, "ai"],
    [0, 6, "ai"],
    [0, 10, "mixed"],
    [6, 15, "human"],
    [6, 20, "mixed"],
    [11, 20, "pasted"],
    [10, 14, "unknown"],
  ];
  for (const [start, end, origin] of cases)
    test(`${JSON.stringify(text.slice(start, end))} is ${origin}`, () =>
      assert.equal(originOf(authors, text, { start, end }).origin, origin));

  test("a new mark stands where it was put, and nowhere else", () => {
    const own = createAuthors(6, [{ start: 0, end: 4, mark: HUMAN }]);
    mark(own, { start: 2, end: 6 }, (before) => (before === undefined ? GUESS : undefined));
    assert.equal(letters(6, own.track.all()), "hh..aa");
  });

  test("is said in words", () => {
    const say = (start: number, end: number): string | undefined =>
      originSentence(originOf(authors, text, { start, end }), 21_000);
    assert.equal(
      say(0, 5),
      "In code inserted by an AI 20 s ago (recorded by the agent's hook, claude-code)",
    );
    assert.match(say(0, 10) ?? "", /^In code partly inserted by an AI 20 s ago/);
    assert.equal(say(15, 20), "In code that was pasted 20 s ago");
    assert.equal(say(6, 10), undefined);
    const guessed = { origin: "ai", mark: marked("ai", "shape", 0, "low") } as const;
    assert.equal(
      originSentence(guessed, 3 * 60_000),
      "In code probably inserted by an AI 3 min ago (looks like an inserted suggestion)",
    );
    assert.deepEqual(
      [ago(-5), ago(7_200_000), ago(400_000_000)],
      ["0 s ago", "2 h ago", "5 days ago"],
    );
  });
});

describe("an edit by a tool", () => {
  test("a formatter that adds commas, quotes and lines leaves the origin", () => {
    const before = "f('a', 'b')\ng()\n";
    const after = 'f(\n    "a",\n    "b",\n)\ng()\n';
    const authors = createAuthors(before.length, [{ start: 0, end: 11, mark: AI }]);
    follow(authors, before, [{ start: 0, end: before.length, newText: after }], { kind: "moved" });
    assert.equal(
      letters(after.length, authors.track.all()),
      `${"a".repeat(after.indexOf("g") - 1)}.....`,
    );
  });

  test("an AI that rewrites a function owns the lines that it changed", () => {
    const before = "def f(x):\n    y = x\n    return y\n";
    const after = "def f(x):\n    y = clean(x)\n    return y\n";
    const authors = createAuthors(before.length, [{ start: 0, end: before.length, mark: HUMAN }]);
    const edit = { start: 0, end: before.length, newText: after };
    follow(authors, before, [edit], { kind: "written", mark: AI });
    const ai = authors.track.all().filter(({ mark: { origin } }) => origin === "ai");
    assert.deepEqual(
      ai.map(({ start, end }) => after.slice(start, end)),
      ["clean(x)"],
    );
  });
});
