// The index of package names: no name is lost, few others are taken for one, and nothing else is read as one.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readNames, writeNames } from "../../server/base/names.ts";
import { similar } from "../../server/rule/names.ts";
import { repository } from "../harness/pages.ts";

const shipped = readFileSync(join(repository, "data/names.bin"));

test("no name is lost, and about one in a thousand others is taken for one", () => {
  const names = Array.from({ length: 20_000 }, (_, i) => `name-${i}-é`);
  const bytes = writeNames({
    pypi: { isComplete: true, date: "2026-11-02", names, top: ["name-7-é", "name-1-é"] },
  });
  const list = readNames(bytes)?.pypi;
  assert.ok(list?.isComplete && list.date === "2026-11-02");
  assert.ok(names.every((name) => list.has(name)));
  assert.equal(list.rank("name-1-é"), 1);
  assert.equal(list.rank("name-2-é"), undefined);
  const wrong = names.filter((_, i) => list.has(`other-${i}`)).length;
  assert.ok(wrong < 80, `${wrong} of 20000`);
});

test("what is no index is not read", () => {
  assert.equal(readNames(new Uint8Array(0)), undefined);
  assert.equal(readNames(new TextEncoder().encode("<html>\n")), undefined);
});

test("the index that is shipped knows the well known and is a few megabytes", () => {
  const index = readNames(shipped);
  assert.ok(shipped.length < 3_000_000);
  assert.ok(index?.pypi?.isComplete === true && index.npm?.isComplete === false);
  for (const name of ["requests", "pyyaml", "scikit-learn"]) assert.ok(index.pypi.has(name), name);
  for (const name of ["react", "@types/node"]) assert.ok(index.npm.has(name), name);
  assert.equal(similar("reqeusts", index.pypi, 3000)?.name, "requests");
  assert.equal(similar("pytest-home", index.pypi, 3000), undefined);
});
