// Fixes that bring a file along, by the built program: made once, named, in the patch, and all or nothing.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Sandbox, sandbox } from "./harness.ts";

const PROGRAM = process.env.SKEPTIC_TEST_CLI ?? join(process.cwd(), "dist", "cli.js");
const VIEW = `import requests
from flask import Flask, request

app = Flask(__name__)


@app.get("/preview")
def preview():
    return requests.get(request.args["url"], timeout=5).text
`;
const FILES = { "shop/__init__.py": "", "shop/one.py": VIEW, "shop/two.py": VIEW };
const MADE = "shop/public_requests.py";
const FIXED = VIEW.replace("import requests\n", "import requests\n")
  .replace(
    "from flask import Flask, request\n",
    "from flask import Flask, request\nfrom shop import public_requests\n",
  )
  .replace("requests.get", "public_requests.get");

function skeptic(box: Sandbox, ...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...argv], {
    cwd: box.folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH },
    maxBuffer: 1 << 28,
  });
  return { code: status, out: stdout, err: stderr };
}

test("two findings, one new file, which is named; then nothing is left to do", (t) => {
  const box = sandbox(t, FILES);
  const { code, out, err } = skeptic(box, "fix", "--grade", "suggested");
  assert.equal(code, 0, err);
  assert.match(out, /^Made shop\/public_requests\.py$/m);
  assert.match(out, /Fixed 2 findings in 2 files; 0 findings remain\./);
  assert.match(out, /one\.py .* Connect to public hosts only, with a new file public_requests\.py/);
  assert.match(out, /two\.py .* Connect to public hosts only, with public_requests\.py/);
  assert.equal(box.read("shop/one.py"), FIXED);
  assert.equal(box.read("shop/two.py"), FIXED);
  assert.match(box.read(MADE), /^def request\(method, url, \*\*given\):$/m);
  const again = skeptic(box, "fix", "--check", "--grade", "suggested");
  assert.equal(again.code, 0);
  assert.equal(again.out, "");
});

test("--check writes nothing, and git applies its patch to the same end", (t) => {
  const box = sandbox(t, FILES);
  const { code, out, err } = skeptic(box, "fix", "--check", "--grade", "suggested");
  assert.equal(code, 1);
  assert.match(err, /^Would make shop\/public_requests\.py$/m);
  assert.equal(existsSync(box.path(MADE)), false);
  assert.equal(box.read("shop/one.py"), VIEW);
  writeFileSync(box.path("fix.patch"), out);
  const git = spawnSync("git", ["apply", "fix.patch"], { cwd: box.folder, encoding: "utf8" });
  assert.equal(git.status, 0, git.stderr);
  const patched = box.read(MADE);
  const other = sandbox(t, FILES);
  skeptic(other, "fix", "--grade", "suggested");
  assert.equal(patched, other.read(MADE));
  assert.equal(box.read("shop/one.py"), FIXED);
});

test("a new file that git would leave out is said to be one", (t) => {
  const box = sandbox(t, { ...FILES, ".gitignore": "public_*\n" });
  for (const [argv, verb] of [
    [["--check"], "Would make"],
    [[], "Made"],
  ] as const) {
    const { out, err } = skeptic(box, "fix", "--grade", "suggested", ...argv);
    const line = `${verb} shop/public_requests.py (.gitignore names it: add it with git add -f)`;
    assert.ok((out + err).split("\n").includes(line), out + err);
  }
});

test("a link to nowhere that has the new file's name is left alone, and said to be there", (t) => {
  const box = sandbox(t, FILES);
  symlinkSync(box.path("nowhere"), box.path(MADE));
  const { code, err } = skeptic(box, "fix", "--grade", "suggested");
  assert.equal(code, 2);
  assert.match(
    err,
    /shop\/public_requests\.py: cannot be written: something of that name is there, such as a link that leads nowhere/,
  );
  assert.equal(existsSync(box.path("nowhere")), false);
  assert.equal(box.read("shop/one.py"), VIEW);
});

test("without --grade nothing is made", (t) => {
  const box = sandbox(t, FILES);
  skeptic(box, "fix");
  assert.equal(existsSync(box.path(MADE)), false);
  assert.equal(box.read("shop/one.py"), VIEW);
});

test("one file of a project, where the other has the client already: it is looked for and imported", (t) => {
  const box = sandbox(t, FILES);
  skeptic(box, "fix", "--grade", "suggested", "shop/one.py");
  assert.equal(box.read("shop/two.py"), VIEW);
  const { out } = skeptic(box, "fix", "--grade", "suggested", "shop/two.py");
  assert.match(out, /Fixed 1 finding in 1 file/);
  assert.equal(box.read("shop/two.py"), FIXED);
  assert.equal(existsSync(box.path("shop/public_requests_2.py")), false);
});

test("the reports have the file beside the edits", (t) => {
  const box = sandbox(t, FILES);
  const report = JSON.parse(skeptic(box, "scan", "--format", "json").out);
  const [fix] = report.findings[0].fixes;
  assert.deepEqual(
    fix.creates.map(({ file }: { file: string }) => file),
    [MADE],
  );
  const log = JSON.parse(skeptic(box, "scan", "--format", "sarif").out);
  const [first] = log.runs[0].results[0].fixes;
  assert.deepEqual(
    first.artifactChanges.map(
      ({ artifactLocation }: { artifactLocation: { uri: string } }) => artifactLocation.uri,
    ),
    ["shop/one.py", MADE],
  );
  const shown = skeptic(box, "explain", report.findings[0].fingerprint).out;
  assert.match(shown, /--- \/dev\/null/);
  assert.match(shown, /\+\+\+ b\/shop\/public_requests\.py/);
});
