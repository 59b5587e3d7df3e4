import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { innerRules, isIgnored } from "../../server/cli/gitignore.ts";

const folder = mkdtempSync(join(tmpdir(), "skeptic-ignore-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("a pattern that nobody could wait for, and one that is no pattern, leave the others as they are", () => {
  const deep = Array.from({ length: 60 }, () => "a").join("/");
  mkdirSync(join(folder, deep), { recursive: true });
  writeFileSync(
    join(folder, ".gitignore"),
    ["- ".repeat(20_000), `${"**/a/".repeat(9)}b`, "out/", "**/made/**/*.py", ""].join("\n"),
  );
  const rules = innerRules([], folder);
  assert.equal(isIgnored(rules, join(folder, deep, "b", "c.py"), "file"), false);
  assert.equal(isIgnored(rules, join(folder, "out"), "folder"), true);
  assert.equal(isIgnored(rules, join(folder, "x", "made", "y", "c.py"), "file"), true);
});
