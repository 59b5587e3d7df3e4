// `skeptic scan --changed`, with the built program on real repositories.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { renameSync } from "node:fs";
import { join, sep } from "node:path";
import { describe, test } from "node:test";
import type { JsonReport } from "../../server/cli/json-report.ts";
import { commit, git, repository, room, write } from "../harness/repository.ts";

const PROGRAM = process.env.SKEPTIC_TEST_CLI ?? join(process.cwd(), "dist", "cli.js");

function skeptic(folder: string, ...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...argv], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH },
  });
  return { code: status, out: stdout, err: stderr };
}

function found(folder: string, ...argv: string[]): string[] {
  const { out, err } = skeptic(folder, "scan", "--format", "json", ...argv);
  assert.equal(err, "");
  const { findings } = JSON.parse(out) as JsonReport;
  return findings.map(({ file, start, rule }) => `${file}:${start.line} ${rule}`);
}

const STORE = `import sqlite3

db = sqlite3.connect("app.db")


def find(name):
    return db.execute("SELECT * FROM users WHERE name = '" + name + "'").fetchall()
`;
const SAFE = `from flask import Flask, request
from store import find

app = Flask(__name__)


@app.get("/users")
def users():
    return find("root")
`;
const OLD = `import yaml


def load(text):
    return yaml.unsafe_load(text)
`;
const FILES = { "store.py": STORE, "web.py": SAFE, "old name.py": OLD };

describe("scan --changed", () => {
  test("a name with a backslash, where that is no separator", { skip: sep === "\\" }, () => {
    const folder = repository({ "a\\b.py": "x = 1\n" });
    write(folder, { "a\\b.py": OLD });
    assert.equal(found(folder, "--changed").length, 1);
  });

  test("a line that passes data on makes a finding in a file that did not change", () => {
    const folder = repository(FILES);
    assert.deepEqual(found(folder, "--changed"), []);
    write(folder, { "web.py": SAFE.replace(`"root"`, `request.args["name"]`) });
    assert.deepEqual(found(folder, "--changed"), ["store.py:7 sql-injection"]);
    assert.equal(skeptic(folder, "scan", "--changed").code, 1);
    assert.deepEqual(found(folder, "--changed-lines"), ["store.py:7 sql-injection"]);
    commit(folder, "second");
    assert.deepEqual(found(folder, "--changed"), []);
    assert.deepEqual(found(folder, "--changed", "HEAD~1"), ["store.py:7 sql-injection"]);
    const { code, out } = skeptic(folder, "scan", "--changed");
    assert.equal(code, 0);
    assert.match(out, /Not shown: 2 findings, 2 where nothing changed since HEAD/);
  });

  test("a changed file has all its findings, its changed lines only theirs", () => {
    const folder = repository(FILES);
    write(folder, {
      "old name.py": `${OLD}\n\ndef other(text):\n    return yaml.unsafe_load(text)\n`,
    });
    assert.deepEqual(found(folder, "--changed"), [
      "old name.py:5 yaml-unsafe-load",
      "old name.py:9 yaml-unsafe-load",
    ]);
    assert.deepEqual(found(folder, "--changed-lines"), ["old name.py:9 yaml-unsafe-load"]);
  });

  test("new and renamed files, from a folder inside, with a path that could be a commit", () => {
    const folder = repository({ ...FILES, "api/keep.py": OLD });
    write(folder, { "api/ümläut file.py": OLD });
    renameSync(join(folder, "old name.py"), join(folder, "new name.py"));
    const inside = ["api/ümläut file.py:5 yaml-unsafe-load"];
    assert.deepEqual(found(folder, "--changed"), [...inside, "new name.py:5 yaml-unsafe-load"]);
    assert.deepEqual(found(folder, "--changed", "api"), inside);
    assert.deepEqual(found(folder, "--changed", "HEAD", "api"), inside);
    assert.deepEqual(found(join(folder, "api"), "--changed"), [
      "ümläut file.py:5 yaml-unsafe-load",
    ]);
  });

  test("the merge base with a branch leaves out what others did", () => {
    const folder = repository(FILES);
    git(folder, "checkout", "-q", "-b", "work");
    write(folder, { "mine.py": OLD });
    commit(folder, "mine");
    git(folder, "checkout", "-q", "main");
    write(folder, { "old name.py": `${OLD}\n# theirs\n` });
    commit(folder, "theirs");
    git(folder, "checkout", "-q", "work");
    assert.deepEqual(found(folder, "--changed", "main..."), ["mine.py:5 yaml-unsafe-load"]);
    assert.equal(found(folder, "--changed", "main").length, 2);
  });

  test("what git cannot answer is said, and nothing is scanned", () => {
    const plain = room();
    write(plain, FILES);
    const outside = skeptic(plain, "scan", "--changed");
    assert.equal(outside.code, 2);
    assert.equal(outside.out, "");
    assert.equal(outside.err, "skeptic: --changed: this folder is not in a git repository\n");
    const unknown = skeptic(repository(FILES), "scan", "--changed", "nowhere");
    assert.equal(unknown.code, 2);
    assert.match(unknown.err, /git knows no commit by the name nowhere/);
    const folder = room();
    git(folder, "init", "-q");
    write(folder, { "a.py": OLD });
    assert.deepEqual(found(folder, "--changed"), ["a.py:5 yaml-unsafe-load"]);
  });
});
