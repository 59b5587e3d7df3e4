// What the review of AI changes says.

import assert from "node:assert/strict";
import { test } from "node:test";
import { changeTitle, findingLabel, summaryOf } from "../../client/review-text.ts";
import type { AiChange } from "../../server/lsp/origin-protocol.ts";

function change(start: number, end: number, character: number): AiChange {
  return {
    uri: "file:///project/my%20app.py",
    range: { start: { line: start, character: 0 }, end: { line: end, character } },
    sentence: "",
    silences: [],
    findings: [],
  };
}

test("names the file and the lines", () => {
  assert.equal(changeTitle(change(8, 12, 4), 0, 3), "AI change 1 of 3: my app.py, lines 9 to 13");
  assert.equal(changeTitle(change(8, 9, 0), 2, 3), "AI change 3 of 3: my app.py, line 9");
  assert.equal(changeTitle(change(8, 8, 0), 0, 1), "AI change 1 of 1: my app.py, line 9");
});

test("names the line of a finding", () => {
  const { range } = change(4, 4, 9);
  const finding = { title: "SQL injection", rule: "sql-injection", severity: "critical", range };
  assert.equal(findingLabel(finding as AiChange["findings"][number]), "SQL injection, line 5");
});

test("says what is left", () => {
  assert.equal(summaryOf(1, 1), "Skeptic: the AI change is reviewed.");
  assert.equal(summaryOf(3, 3), "Skeptic: all 3 AI changes are reviewed.");
  assert.equal(summaryOf(1, 3), "Skeptic: 1 of 3 AI changes reviewed, 2 left.");
});
