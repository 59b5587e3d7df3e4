// What is kept of reports, and which one the next report is compared with.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type FormerReport, formerReport, keepReport } from "../../server/report/record.ts";

const DAY = 86_400_000;
const MONDAY = Date.parse("2027-03-01T09:00:00Z");

function made(time: number, ...names: string[]): FormerReport {
  return {
    time,
    entries: new Map(names.map((name) => [name, { rule: "r", file: "a.py", count: 1 }])),
  };
}

function names(text: string, now: number): unknown {
  const former = formerReport(text, now);
  return former && [[...former.report.entries.keys()].join(), former.isOfEarlierDay];
}

test("several reports of a day are compared with the last one of an earlier day", () => {
  const first = keepReport(undefined, made(MONDAY, "a", "b"));
  assert.deepEqual(names(first, MONDAY + 1000), ["a,b", false]);
  assert.deepEqual(names(first, MONDAY + DAY), ["a,b", true]);
  const second = keepReport(first, made(MONDAY + DAY, "a"));
  assert.deepEqual(names(second, MONDAY + DAY + 1000), ["a,b", true]);
  const third = keepReport(second, made(MONDAY + DAY + 2000));
  assert.deepEqual(names(third, MONDAY + DAY + 3000), ["a,b", true]);
  assert.deepEqual(names(third, MONDAY + 2 * DAY), ["", true]);
});

test("what cannot be read counts for nothing", () => {
  for (const text of [
    undefined,
    "",
    "[]",
    '{"version":2}',
    '{"version":1,"last":{"time":"x","findings":{}}}',
  ])
    assert.equal(formerReport(text, MONDAY), undefined);
  assert.deepEqual(names(keepReport("broken", made(MONDAY, "a")), MONDAY + DAY), ["a", true]);
});
