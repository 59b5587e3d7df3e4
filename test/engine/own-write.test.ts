// The row of a sanitizer in a file of a project's own rules: what is written, and that the rest stays.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readOwn } from "../../server/own/read.ts";
import { isWritable, type SanitizerRow, withSanitizer } from "../../server/own/write.ts";

const ROW: SanitizerRow = {
  language: "python",
  function: "a b/html.py:clean",
  argument: 0,
  clears: ["html"],
};
const CLEAN = { ...ROW, function: "app/html.py:clean" };
const LINE = '- { language: python, function: "app/html.py:clean", clears: [html] }';

for (const [what, before, after] of [
  ["no file", undefined, `version: 1\nsanitizers:\n  ${LINE}\n`],
  ["an empty file", "\n", `version: 1\nsanitizers:\n  ${LINE}\n`],
  [
    "rows in the middle",
    "sanitizers: # ours\n- language: python\n  function: a.py:f  # why\n\n  clears: all # so\n# end\n\nrules:   []\n",
    `sanitizers: # ours\n- language: python\n  function: a.py:f  # why\n\n  clears: all # so\n${LINE}\n# end\n\nrules:   []\n`,
  ],
  [
    "no line end at the end",
    "version: 1\nsanitizers:\n   - { language: python, function: a.py:f, clears: all }",
    `version: 1\nsanitizers:\n   - { language: python, function: a.py:f, clears: all }\n   ${LINE}`,
  ],
] as const)
  test(`a row is added: ${what}`, () => {
    assert.equal(withSanitizer(before, CLEAN), after);
  });

for (const before of [
  "# mine\nversion: 1\n",
  "# only\n",
  "version: 1\nsanitizers: [] # none\n",
  "version: 1\r\nsanitizers:\r\nrules: []\r\n",
  "sanitizers: [{ language: python, function: a.py:f, clears: all }]\n",
  '{ "version": 1 }\n',
])
  test(`a list is made: ${JSON.stringify(before)}`, () => {
    const after = withSanitizer(before, CLEAN) ?? "";
    const was = readOwn(before, "", false, () => false);
    const is = readOwn(after, "", false, () => false);
    assert.deepEqual(is.faults, []);
    assert.equal(is.silencing, was.silencing + 1);
    for (const comment of before.match(/# \w+/g) ?? []) assert.ok(after.includes(comment), after);
    assert.equal(/[^\r]\n/.test(after), !before.includes("\r"));
  });

test("what is no file of rules is left alone; what a row cannot say is told before", () => {
  for (const text of ["sanitizers: [", "- a\n", "words"])
    assert.equal(withSanitizer(text, CLEAN), undefined);
  assert.equal(isWritable(CLEAN), true);
  assert.equal(isWritable(ROW), false);
  assert.equal(isWritable({ ...CLEAN, clears: ["upload-path"] }), false);
});
