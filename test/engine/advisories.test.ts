import assert from "node:assert/strict";
import { test } from "node:test";
import { type Advisory, holesOf } from "../../server/rule/advisories.ts";

test("of a file of advisories, what is not of the schema is left out, and the rest is read", () => {
  const text = `[
    null, 7, "x", { "id": 3 },
    { "id": "A", "affected": "all", "database_specific": { "severity": ["HIGH"] } },
    { "id": "B", "aliases": [null, "CVE-2024-1"], "summary": {}, "database_specific": 1, "affected": [null,
      { "package": { "ecosystem": "npm", "name": ["a"] } },
      { "package": { "ecosystem": "npm", "name": "a" }, "ranges": [null, { "type": "SEMVER", "events": [null, 1, { "introduced": 0 }, { "fixed": "2.0.0" }] }] }] }
  ]`;
  const list: readonly Advisory[] = JSON.parse(text);
  assert.deepEqual(
    [...holesOf(list)],
    [
      [
        "npm a",
        [
          {
            id: "B",
            names: ["CVE-2024-1", "B"],
            level: "HIGH",
            summary: undefined,
            ranges: [[{ fixed: "2.0.0" }]],
          },
        ],
      ],
    ],
  );
});
