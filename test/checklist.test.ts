// The table of what is asked of AI-written code names what there is.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { rules } from "../rules/index.ts";
import { checklistTable } from "../scripts/lib/checklist.mjs";
import { repository } from "./harness/pages.ts";

const read = (path: string) => readFileSync(join(repository, path), "utf8");

test("rules/README.md has the rows of rules/checklist.json, with the rules that exist", () => {
  const known = new Set(rules.rules.map(({ id }) => id));
  const table = checklistTable(JSON.parse(read("rules/checklist.json")), known);
  assert.ok(
    read("rules/README.md").includes(table),
    "run: npm run build && node scripts/rules-readme.mjs",
  );
});

test("each row is answered, or says what stands against it", () => {
  const table = checklistTable(
    [{ group: "G", ask: "A", rules: ["one", "two"], also: "B", outOfReach: "C" }],
    new Set(["two"]),
  );
  assert.ok(table.includes("| G | A | [two](two.md). B | one | C |"), table);
  for (const { ask, rules: ids = [], also = "", outOfReach = "" } of JSON.parse(
    read("rules/checklist.json"),
  ))
    assert.notEqual(`${ids.join()}${also}${outOfReach}`, "", ask);
});
