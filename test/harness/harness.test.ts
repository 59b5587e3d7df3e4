// The harness itself: what it reads from a page, and that it notices every kind of wrong answer.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Expectation, type Seen, takeMarks } from "../../server/cli/marks.ts";
import { readPage } from "../../server/cli/page.ts";
import { differences } from "./marks.ts";

const FENCE = "```";

describe("marks", () => {
  test("are taken off the program, whatever the comment", () => {
    const { text, expectations } = takeMarks(
      [
        "a()  # error: [one]",
        "b(); // warning: [two, three]",
        "<C /> {/* hint: [four] */}",
        "d()  # kept  # info: [five], missing: [six]",
        "# error: [seven]",
        "e()  # an error: no mark",
      ].join("\n"),
    );
    assert.deepEqual(text.split("\n"), [
      "a()",
      "b();",
      "<C />",
      "d()  # kept",
      "",
      "e()  # an error: no mark",
    ]);
    assert.deepEqual(
      expectations.map(({ line, rule }) => `${line} ${rule}`),
      ["1 one", "2 two", "2 three", "3 four", "4 five", "4 six", "5 seven"],
    );
  });

  const seen = (line: number, rule: string): Seen => ({
    file: "a",
    line,
    rule,
    level: "error",
    text: "",
  });
  const want = (line: number, rule: string, demand: Expectation["demand"]): Expectation => ({
    line,
    rule,
    demand,
  });
  const compare = (found: readonly Seen[], wanted: readonly Expectation[]) =>
    differences("a", found, wanted, new Set(["r", "s"]), { missing: 0, spurious: 0 }).length;
  const error = { kind: "found", level: "error" } as const;

  test("are compared with the findings", () => {
    assert.equal(compare([seen(1, "r")], [want(1, "r", error)]), 0);
    assert.equal(compare([seen(1, "r")], [want(1, "r", { kind: "found", level: undefined })]), 0);
    assert.equal(compare([seen(1, "r")], []), 1);
    assert.equal(compare([], [want(1, "r", error)]), 1);
    assert.equal(compare([seen(2, "r")], [want(1, "r", error)]), 2);
    assert.equal(compare([seen(1, "s")], [want(1, "r", error)]), 2);
    assert.equal(compare([seen(1, "r"), seen(1, "r")], [want(1, "r", error)]), 1);
    assert.equal(compare([seen(1, "r")], [want(1, "r", { kind: "found", level: "warning" })]), 1);
  });

  test("of wrong answers fail the day they are right", () => {
    assert.equal(compare([], [want(1, "r", { kind: "missing" })]), 0);
    assert.equal(compare([seen(1, "r")], [want(1, "r", { kind: "missing" })]), 1);
    assert.equal(compare([seen(1, "r")], [want(1, "r", { kind: "spurious" })]), 0);
    assert.equal(compare([], [want(1, "r", { kind: "spurious" })]), 1);
  });
});

describe("pages", () => {
  const page = (...lines: string[]) => readPage("p.md", lines.join("\n"));

  test("an unnamed block is a case, named ones are one together", () => {
    const { sections, problems } = page(
      "# P",
      "## Vulnerable",
      "### Both",
      `${FENCE}py`,
      "a",
      FENCE,
      "`b.py`:",
      "",
      `${FENCE}py`,
      "b  # error: [r]",
      FENCE,
      "`c/d.ts`:",
      `${FENCE}ts`,
      "d",
      FENCE,
      "`b.py` fixed:",
      `${FENCE}py`,
      "B",
      FENCE,
      "## Safe",
      `${FENCE}json`,
      "{}",
      FENCE,
      `${FENCE}expect`,
      "line 1: info: [r]",
      FENCE,
      `${FENCE}json fixed`,
      "[]",
      FENCE,
      `${FENCE}py exploit`,
      "x",
      FENCE,
      `${FENCE}sh`,
      "ls",
      FENCE,
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(
      sections.map(({ name, cases }) => [
        name,
        cases.map(({ files, fixed }) => [files.map((file) => file.name), [...fixed]]),
      ]),
      [
        [
          "Vulnerable / Both",
          [
            [["app.py"], []],
            [["b.py", "c/d.ts"], [["b.py", "B\n"]]],
          ],
        ],
        ["Safe", [[["package.json"], [["package.json", "[]\n"]]]]],
      ],
    );
    assert.equal(sections[0]?.cases[1]?.files[0]?.expectations.length, 1);
    assert.equal(sections[1]?.cases[0]?.files[0]?.expectations.length, 1);
  });

  test("with mistakes say so", () => {
    assert.equal(page(`${FENCE}py`, "a").problems.length, 1);
    assert.equal(page(`${FENCE}py fxied`, "a", FENCE).problems.length, 1);
    assert.equal(page(`${FENCE}expect`, "line 1: [r]", FENCE).problems.length, 1);
    assert.equal(
      page(`${FENCE}json`, "{}", FENCE, `${FENCE}expect`, "row 1", FENCE).problems.length,
      1,
    );
    assert.equal(page(`${FENCE}py fixed`, "a", FENCE).problems.length, 1);
  });
});
