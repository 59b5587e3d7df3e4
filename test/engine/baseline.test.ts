// The baseline's file, and how findings stand to it.

import * as assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Finding, Level } from "../../server/engine/api.ts";
import {
  type Baseline,
  baselineOf,
  readBaseline,
  standings,
  writeBaseline,
} from "../../server/engine/baseline.ts";

const finding = (
  fingerprint: string,
  rule = "a-rule",
  gravity: Level = "warning",
  file = "api/db.py",
): Finding => ({ fingerprint, rule, file, gravity }) as Finding;
const never = { sinceOf: (): undefined => undefined, version: "0.1.0" };
const read = (text: string): Baseline => {
  const baseline = readBaseline(text);
  if ("problem" in baseline) assert.fail(baseline.problem);
  return baseline;
};
const made = (...found: readonly Finding[]): Baseline =>
  baselineOf(found, "0.1.0", (file) => `app/${file}`);

describe("the file", () => {
  test("has a line for each finding, sorted, and says the same again when it is read", () => {
    const text = writeBaseline(
      made(finding("f2"), finding("f1", "b-rule"), finding("f2", "a-rule", "error")),
    );
    assert.equal(
      text,
      `{
  "version": 1,
  "skeptic": "0.1.0",
  "findings": {
    "f1": {"rule":"b-rule","file":"app/api/db.py","level":"warning"},
    "f2": {"rule":"a-rule","file":"app/api/db.py","level":"error","count":2}
  }
}
`,
    );
    assert.equal(writeBaseline(read(text)), text);
    assert.equal(writeBaseline(read(writeBaseline(made()))), writeBaseline(made()));
  });

  test("says what is wrong with it", () => {
    const wrong = (text: string): string => {
      const answer = readBaseline(text);
      return "problem" in answer ? answer.problem : "nothing";
    };
    const head = `"version": 1, "skeptic": "0.1.0"`;
    assert.equal(wrong("<<<<<<< HEAD\n{}"), "is not valid JSON");
    assert.equal(wrong("[]"), "is not an object");
    assert.match(wrong(`{"version": 2}`), /version that is not known here/);
    assert.match(wrong(`{"version": 1, "findings": {}}`), /which version of Skeptic/);
    assert.match(wrong(`{${head}}`), /no findings/);
    for (const entry of [
      "null",
      "{}",
      `{"rule":"a","file":"b","count":0}`,
      `{"rule":1,"file":"b"}`,
      `{"rule":"a","file":"b","level":"grave"}`,
    ])
      assert.match(wrong(`{${head}, "findings": {"f1": ${entry}}}`), /not complete: f1/);
    assert.equal(wrong(`{${head}, "findings": {}, "more": 1}`), "nothing");
  });
});

describe("a finding", () => {
  test("is known as often as it was counted", () => {
    const baseline = made(finding("f1"), finding("f2"), finding("f2"));
    const now = [finding("f2"), finding("f3"), finding("f2"), finding("f2"), finding("f1")];
    assert.deepEqual(standings(now, baseline, never), ["known", "new", "known", "new", "known"]);
  });

  test("of a rule that is younger than the baseline stands apart, if it is not known", () => {
    const sinceOf = (rule: string): string | undefined =>
      ({ young: "0.2.0", same: "0.1.0", old: "0.0.9" })[rule];
    const update = { sinceOf, version: "0.2.0" };
    const baseline = made(finding("f1", "young"));
    const now = [
      finding("f1", "young"),
      finding("f2", "young"),
      finding("f3", "same"),
      finding("f4", "old"),
      finding("f5", "own-rule"),
    ];
    assert.deepEqual(standings(now, baseline, update), ["known", "new-rule", "new", "new", "new"]);
  });
});

describe("a finding that is worse than the baseline says", () => {
  const baseline = made(finding("f1", "a-rule", "information"), finding("f2", "a-rule", "error"));
  const now = [
    finding("f1", "a-rule", "warning"),
    finding("f2", "a-rule", "warning"),
    finding("f1", "a-rule", "information"),
  ];

  test("is told, one that is better is known", () => {
    assert.deepEqual(standings(now, baseline, never), ["worse", "known", "new"]);
  });

  test("after an update stands apart: that may have made it so", () => {
    const update = { ...never, version: "0.2.0" };
    assert.deepEqual(standings(now.slice(0, 2), baseline, update), ["new-rule", "known"]);
  });

  test("is known where the baseline is of a version that did not say how grave it is", () => {
    const old = `{"version":1,"skeptic":"0.1.0","findings":{"f1":{"rule":"a-rule","file":"a.py"}}}`;
    assert.deepEqual(standings(now.slice(0, 1), read(old), never), ["known"]);
  });
});

test("an entry that names another rule hides nothing", () => {
  const lying = read(
    `{"version":1,"skeptic":"0.1.0","findings":{"f1":{"rule":"b-rule","file":"app/api/db.py"}}}`,
  );
  assert.deepEqual(standings([finding("f1")], lying, never), ["new"]);
});
