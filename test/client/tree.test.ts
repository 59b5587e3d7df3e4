// The findings as a tree, without an editor.

import * as assert from "node:assert/strict";
import { describe, test } from "node:test";
import { copyText, type Grouping, type ShownFinding, treeOf } from "../../client/tree.ts";

let made = 0;
function finding(path: string, line: number, over: Partial<ShownFinding> = {}): ShownFinding {
  made++;
  return {
    uri: `file:///w/${path}`,
    file: `file:///w/${path}`,
    path,
    start: { line, character: 4 },
    end: { line, character: 9 },
    rule: "sql-injection",
    title: "SQL injection",
    severity: "critical",
    message: "Request data becomes part of the SQL text.",
    fingerprint: `f${made}`,
    isPassedOn: false,
    home: `file:///w/${path}`,
    isOfNewRule: false,
    ...over,
  };
}

const weak = { rule: "crypto-weak-hash", title: "Weak hash", severity: "medium" } as const;
const some = [
  finding("api/db.py", 9),
  finding("web/users.ts", 2, weak),
  finding("api/db.py", 3, weak),
  finding("api/a.py", 1),
];
const outline = (all: readonly ShownFinding[], by: Grouping, filter = "") =>
  treeOf(all, by, filter).groups.map(
    (group) =>
      `${group.label} ${group.description}: ${group.leaves.map(({ label, description }) => `${label} (${description})`).join(", ")}`,
  );

describe("groups", () => {
  test("the cells of a notebook are one file, in their order", () => {
    const cell = (number: number, line: number): ShownFinding =>
      finding("n/a.ipynb", line, {
        uri: `vscode-notebook-cell:/w/n/a.ipynb#W${number}`,
        cell: { number, line: line + 1 },
      });
    const { groups } = treeOf([cell(3, 0), cell(1, 7)], "file", "");
    assert.deepEqual(
      groups.map(({ label, uri, leaves }) => [label, uri, leaves.map((leaf) => leaf.label)]),
      [["a.ipynb", "file:///w/n/a.ipynb", ["Cell 1, line 8", "Cell 3, line 1"]]],
    );
    const [group] = treeOf([cell(3, 0)], "severity", "").groups;
    assert.equal(group?.leaves[0]?.label, "a.ipynb, cell 3, line 1");
    assert.match(copyText(cell(3, 0)), /^n\/a\.ipynb, cell 3, line 1: critical: /);
  });

  test("by severity, the worst first", () => {
    assert.deepEqual(outline(some, "severity"), [
      "Critical 2: a.py:2 (SQL injection), db.py:10 (SQL injection)",
      "Medium 2: db.py:4 (Weak hash), users.ts:3 (Weak hash)",
    ]);
  });

  test("by rule", () => {
    assert.deepEqual(outline(some, "rule"), [
      "SQL injection 2: a.py:2 (api), db.py:10 (api)",
      "Weak hash 2: db.py:4 (api), users.ts:3 (web)",
    ]);
  });

  test("by who wrote the code, that of an AI first however bad the others are", () => {
    const all = [
      finding("a.py", 1),
      finding("b.py", 2, { origin: "human" }),
      finding("c.py", 3, { ...weak, origin: "ai" }),
      finding("d.py", 4, { ...weak, origin: "pasted" }),
    ];
    assert.deepEqual(outline(all, "origin"), [
      "Inserted by an AI 1: c.py:4 (Weak hash)",
      "Pasted 1: d.py:5 (Weak hash)",
      "Typed 1: b.py:3 (SQL injection)",
      "Nobody knows who wrote it 1: a.py:2 (SQL injection)",
    ]);
  });

  test("by file, those with the worst findings first; files of one name stay apart", () => {
    const all = [...some, finding("web/a.py", 0, weak)];
    assert.deepEqual(outline(all, "file"), [
      "a.py api  1: Line 2 (SQL injection)",
      "db.py api  2: Line 4 (Weak hash), Line 10 (SQL injection)",
      "a.py web  1: Line 1 (Weak hash)",
      "users.ts web  1: Line 3 (Weak hash)",
    ]);
    assert.deepEqual(new Set(treeOf(all, "file", "").groups.map(({ id }) => id)).size, 4);
  });

  test("what an update has brought comes last, in a group of its own", () => {
    const all = [finding("x.py", 1, { isOfNewRule: true }), finding("y.py", 2, weak)];
    assert.deepEqual(outline(all, "file"), [
      "y.py 1: Line 3 (Weak hash)",
      "New in this version 1: x.py:2 (SQL injection)",
    ]);
  });

  test("nothing", () => {
    assert.deepEqual(treeOf([], "rule", ""), { groups: [], shown: 0, filtered: 0 });
  });
});

test("a finding that is shown at both ends of its path is counted once, at its sink", () => {
  const sink = finding("db.py", 1);
  const { fingerprint, home } = sink;
  const passed = finding("routes.py", 5, { fingerprint, home, isPassedOn: true });
  for (const all of [
    [sink, passed],
    [passed, sink],
  ]) {
    const tree = treeOf(all, "file", "");
    assert.equal(tree.shown, 1);
    assert.deepEqual(
      tree.groups.map(({ label }) => label),
      ["db.py"],
    );
  }
  assert.deepEqual(
    treeOf([passed], "file", "").groups.map(({ label }) => label),
    ["routes.py"],
  );
});

test("findings of files with one name in two folders are two, though their fingerprints are one", () => {
  const first = finding("one/app.py", 1);
  const second = finding("two/app.py", 1, { fingerprint: first.fingerprint });
  const passed = finding("two/web.py", 5, {
    fingerprint: first.fingerprint,
    home: second.home,
    isPassedOn: true,
  });
  const tree = treeOf([first, second, passed], "file", "");
  assert.equal(tree.shown, 2);
  assert.deepEqual(outline([first, second, finding("two/b.py", 1)], "severity"), [
    "Critical 3: app.py:2 (SQL injection  one), app.py:2 (SQL injection  two), b.py:2 (SQL injection)",
  ]);
  assert.deepEqual(
    tree.groups.map(({ label, description }) => `${label} ${description}`),
    ["app.py one  1", "app.py two  1"],
  );
});

test("the filter takes words in any order and case, and takes words out", () => {
  const shown = (filter: string): string[] => {
    const tree = treeOf(some, "file", filter);
    assert.equal(tree.shown + tree.filtered, some.length);
    return tree.groups.map(({ label }) => label);
  };
  assert.deepEqual(shown("DB.py hash"), ["db.py"]);
  assert.deepEqual(shown("-medium"), ["a.py", "db.py"]);
  assert.deepEqual(shown("weak -api/"), ["users.ts"]);
  assert.deepEqual(shown("nothing like this"), []);
  assert.deepEqual(shown(" - "), ["a.py", "db.py", "users.ts"]);
});

test("what is copied says where, what and by which rule", () => {
  assert.equal(
    copyText(finding("api/db.py", 9)),
    "api/db.py:10:5: critical: Request data becomes part of the SQL text. [sql-injection]",
  );
});
