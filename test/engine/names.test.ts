// The index of package names: no name is lost, few others are taken for one, and nothing else is read as one.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { rules } from "../../rules/index.ts";
import { readList } from "../../server/base/name-list.ts";
import { joinNames, namesOn, readNames, writeNames } from "../../server/base/names.ts";
import { createEngine } from "../../server/engine/engine.ts";
import { similar } from "../../server/rule/names.ts";
import { readWasm } from "../harness/engine.ts";
import { repository } from "../harness/pages.ts";
import { check, load } from "../harness/project.ts";

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
  const whole = writeNames({
    npm: { isComplete: false, date: "2026-11-02", names: ["a"], top: ["a"] },
  });
  assert.equal(readNames(whole)?.npm?.has("a"), true);
  assert.equal(readNames(whole.subarray(0, whole.length - 1)), undefined);
});

test("a newer file takes the place of the older one, list by list", () => {
  const list = (date: string, name: string) => ({
    ...{ isComplete: true, date, names: [name], top: [name] },
  });
  const older = writeNames({ npm: list("2026-01-01", "old"), pypi: list("2026-01-02", "kept") });
  const index = readNames(joinNames(older, writeNames({ npm: list("2026-05-01", "new") })));
  assert.equal(index?.npm?.date, "2026-05-01");
  assert.equal(index?.npm?.rank("old"), undefined);
  assert.equal(index?.npm?.rank("new"), 0);
  assert.equal(index?.pypi?.has("kept"), true);
  assert.equal(readNames(joinNames(new Uint8Array(0), older))?.npm?.has("old"), true);
});

test("a list is read with its numbers, whatever they mean", () => {
  const day = { isComplete: false, date: "2026-11-02" };
  const npm = readList("name,downloads\r\nb,70000\r\n@a/c,90000\r\nfew,3\r\n", "npm", day);
  assert.deepEqual([npm.names, npm.top, npm.left], [["b", "@a/c"], ["@a/c", "b"], 0]);
  const pypi = readList("name\trank\nB_x\t2\nA\t1\nc\t\n", "pypi", { ...day, isComplete: true });
  assert.deepEqual(
    [pypi.names, pypi.top],
    [
      ["b-x", "a", "c"],
      ["a", "b-x"],
    ],
  );
  const plain = readList("# a comment\nflask\n\nno name\n!\n", "pypi", day);
  assert.deepEqual([plain.names, plain.top, plain.left], [["flask", "no"], [], 1]);
});

test("after 90 days what a list says is a note", async () => {
  const names = readFileSync(join(repository, "data/names.bin"));
  const engine = await createEngine({ wasm: readWasm(), rules, names });
  const levels = (day: string) => {
    engine.setToday(day);
    load(
      engine,
      new Map([["requirements.txt", "fastapi-secure-upload-guard==1.0\nreqeusts==2.32.3\n"]]),
    );
    return check(engine, ["requirements.txt"]).findings.map(({ level }) => level);
  };
  assert.ok(levels("2027-01-31").every((level) => level === "warning"));
  assert.ok(levels("2027-01-31").length >= 2);
  assert.ok(levels("2027-02-01").every((level) => level === "information"));
  engine.dispose();
  const index = readNames(names) ?? {};
  assert.equal(namesOn(index, undefined).pypi?.isOld, undefined);
  const old = namesOn(index, "2028-01-01").pypi;
  assert.ok(old?.isOld === true && old.has("requests") && old.top[0] === index.pypi?.top[0]);
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
