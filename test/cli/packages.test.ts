// The built `skeptic packages`: lists of names from files, kept for later scans.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { readNames } from "../../server/base/names.ts";
import { type Sandbox, sandbox } from "./harness.ts";

const PROGRAM = process.env.SKEPTIC_TEST_CLI ?? join(process.cwd(), "dist", "cli.js");
const LIST = "name\tdownloads\nexpress\t9000000\nlodash\t8000000\nfew-use-it\t12\n";

function skeptic(box: Sandbox, ...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...argv], {
    cwd: box.folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH, SKEPTIC_NAMES: join(box.folder, "kept", "names.bin") },
  });
  return { code: status, out: stdout, err: stderr };
}
function kept(box: Sandbox) {
  return readNames(readFileSync(join(box.folder, "kept", "names.bin")));
}

test("lists are taken from files, one registry at a time, packed or not", (t) => {
  const box = sandbox(t, { "npm.tsv": LIST });
  box.write("lists/names.gz", gzipSync("# all of them\nrequests\nFlask_Login\nnot a name!\n"));
  const first = skeptic(box, "packages", "update", "npm.tsv", "--date", "2026-10-01");
  assert.equal(first.code, 0, first.err);
  assert.match(first.out, /^npm: 2 names of 2026-10-01, those that are used\n/);
  const second = skeptic(
    box,
    ...["packages", "update", "pypi=lists/names.gz", "--complete", "pypi", "--date", "2026-10-02"],
  );
  assert.match(second.out, /^PyPI: 3 names of 2026-10-02, all that there were\n/);
  const index = kept(box);
  assert.equal(index?.npm?.rank("lodash"), 1);
  assert.equal(index?.npm?.has("few-use-it"), false);
  assert.equal(index?.npm?.isComplete, false);
  assert.equal(index?.pypi?.has("flask-login"), true);
  assert.equal(index?.pypi?.isComplete, true);
  assert.match(skeptic(box, "packages").out, /^npm: 2 names of 2026-10-01.*; yours\nPyPI: 3 names/);
});

test("scans go by them, until they are forgotten", (t) => {
  const box = sandbox(t, {
    "npm.tsv": LIST,
    "requirements.txt": "requests==2.32.3\nonly-in-the-list-of-this-test==1.0.0\n",
    "pypi.txt": "name\trank\nrequests\t1\nonly-in-the-list-of-this-test\t\n",
  });
  const missing = /only-in-the-list-of-this-test is not among the PyPI names/;
  assert.match(skeptic(box, "scan").out, missing);
  skeptic(box, "packages", "update", "pypi.txt", "--complete", "pypi");
  assert.doesNotMatch(skeptic(box, "scan").out, missing);
  assert.equal(skeptic(box, "packages", "forget").code, 0);
  assert.equal(existsSync(join(box.folder, "kept", "names.bin")), false);
  assert.match(skeptic(box, "scan").out, missing);
});

test("what is no list is refused, and what was kept stays", (t) => {
  const box = sandbox(t, {
    "npm.tsv": LIST,
    "npm-page.html": "<html>\n<body>\n</body>\n",
    "x.tsv": LIST,
  });
  skeptic(box, "packages", "update", "npm.tsv");
  const before = readFileSync(join(box.folder, "kept", "names.bin"));
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [["npm-page.html"], /this is no list of names/],
    [["x.tsv"], /a list of which registry\? Write npm=FILE or pypi=FILE/],
    [["npm.tsv", "npm=x.tsv"], /two lists of npm: give one/],
    [["npm=gone.tsv"], /there is no such file/],
    [["npm.tsv", "--date", "2026-02-30"], /--date takes a day/],
    [["npm.tsv", "--date", "2999-01-01"], /--date takes a day/],
    [["npm.tsv", "--complete", "cargo"], /--complete takes npm or pypi/],
  ];
  for (const [argv, message] of refused) {
    const { code, err } = skeptic(box, "packages", "update", ...argv);
    assert.equal(code, 2, argv.join(" "));
    assert.match(err, message);
  }
  assert.deepEqual(readFileSync(join(box.folder, "kept", "names.bin")), before);
});

test("a kept file that is broken is as none", (t) => {
  const box = sandbox(t, { "requirements.txt": "reqeusts==2.32.3\n" });
  for (const broken of ["", "skeptic-names-1\n[{", "skeptic-names-1\n[]\nrest", "<html>"]) {
    box.write("kept/names.bin", broken);
    const { code, out, err } = skeptic(box, "scan");
    assert.equal(err, "", broken);
    assert.match(out, /requests/, broken);
    assert.equal(code, 0);
  }
});
