// What a release must say of its rules.

import assert from "node:assert/strict";
import { test } from "node:test";
import { releaseProblems, toLookAt } from "../scripts/lib/release.mjs";

const before = { version: "0.1.0", rules: new Set(["old", "more"]) };

test("a new rule says in which version it came, and no rule one that is not yet there", () => {
  const rules = [
    { id: "old", since: "0.1.0" },
    { id: "more", since: "0.2.0" },
    { id: "new", since: "0.2.0" },
    { id: "silent", since: "0.1.0" },
    { id: "later", since: "0.3.0" },
    { id: "wrong", since: "soon" },
  ];
  assert.deepEqual(releaseProblems(rules, "0.2.0", before), [
    'silent: is new and needs since: "0.2.0"',
    'later: since: "0.3.0" is later than 0.2.0: no baseline would know the rule',
    'wrong: since: "soon" is not a version',
  ]);
});

test("a rule that was changed is named, unless it says that it reports more", () => {
  const rules = [
    { id: "old", since: "0.1.0" },
    { id: "more", since: "0.2.0" },
    { id: "new", since: "0.2.0" },
  ];
  const changed = new Set(["rules/old.ts", "rules/more.ts", "rules/new.ts", "rules/old.md"]);
  assert.deepEqual(toLookAt(rules, before, changed), ["old"]);
  assert.deepEqual(toLookAt(rules, before, new Set(["rules/old.md"])), []);
});
