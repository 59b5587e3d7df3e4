import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, lstatSync, readdirSync, statSync, symlinkSync } from "node:fs";
import { test } from "node:test";
import { sandbox } from "./harness.ts";

test("safe fixes are applied, the others are listed with their grade", async (t) => {
  const box = sandbox(t, { "a.py": "evil(1)\nrude(2)\nodd(3)\nlate(4)\n" });
  const { code, out } = await box.skeptic("fix");
  assert.equal(code, 0);
  assert.equal(box.read("a.py"), "good(1)\nrude(2)\nodd(3)\nlate(4)\n");
  assert.match(out, /Fixed a\.py {2}evil-call {2}Call good\( \[safe\]/);
  assert.match(out, /Remains a\.py:2:1 {2}rude-call {2}suggested: Call kind\(, with --grade/);
  assert.match(out, /Remains a\.py:3:1 {2}odd-call {2}placeholder: /);
  assert.match(out, /Remains a\.py:4:1 {2}late-call {2}manual: Call nothing \(nobody knows how\)/);
  assert.match(out, /Fixed 1 finding in 1 file; 3 findings remain\./);
  await box.skeptic("fix", "--grade", "suggested", "--rule", "evil-call");
  assert.match(box.read("a.py"), /rude/);
  await box.skeptic("fix", "--grade", "suggested");
  assert.equal(box.read("a.py"), "good(1)\nkind(2)\nodd(3)\nlate(4)\n");
  assert.deepEqual(readdirSync(box.folder), ["a.py"]);
});

test("BOM, line ends, mode and every other byte are kept", async (t) => {
  const box = sandbox(t, {
    "a.py": "\ufeff#!x\r\n\tevil()  \r\n\r\nend\rlisted()\u00e9\ud83d\ude00\r\n  ",
  });
  chmodSync(box.path("a.py"), 0o751);
  await box.skeptic("fix");
  assert.equal(
    box.bytes("a.py").toString(),
    "\ufeffimport plain\r\nimport other\r\n#!x\r\n\tgood()  \r\n\r\nend\rplain()\u00e9\ud83d\ude00\r\n  ",
  );
  assert.equal(statSync(box.path("a.py")).mode & 0o777, 0o751);
});

test("a fixed link stays a link", async (t) => {
  const box = sandbox(t, { "real/a.py": "evil()\n" });
  symlinkSync("real/a.py", box.path("link.py"));
  await box.skeptic("fix", "link.py");
  assert.ok(lstatSync(box.path("link.py")).isSymbolicLink());
  assert.equal(box.read("real/a.py"), "good()\n");
});

test("fixes that meet are applied in later passes", async (t) => {
  const box = sandbox(t, { "a.py": "listed(1)\nlisted(2)\nlisted(3)\n" });
  const { out } = await box.skeptic("fix");
  assert.equal(box.read("a.py"), "import plain\nimport other\nplain(1)\nplain(2)\nplain(3)\n");
  assert.match(out, /Fixed 3 findings in 1 file; 0 findings remain/);
});

test("files that must not be edited stay as they are", async (t) => {
  const conflict = `<<<<<<< ours\nevil()\n=======\nevil()\n>>>>>>> theirs\n`;
  const box = sandbox(t, { "conflict.py": conflict, "syntax.py": "evil()\nSYNTAX ERROR\n" });
  const latin = Buffer.from("evil('\xe9')\n", "latin1");
  box.write("latin.py", latin);
  const { code, out, err } = await box.skeptic("fix");
  assert.equal(code, 0);
  assert.equal(box.read("conflict.py"), conflict);
  assert.equal(box.read("syntax.py"), "evil()\nSYNTAX ERROR\n");
  assert.deepEqual(box.bytes("latin.py"), latin);
  assert.match(out, /conflict\.py:2:1 .*merge conflicts/);
  assert.match(out, /syntax\.py:1:1 .*syntax error/);
  assert.match(out, /latin\.py:1:1 .*not valid UTF-8/);
  assert.match(err, /latin\.py: is not valid UTF-8/);
});

test("a fix that breaks the syntax is taken back, and one that does not help is not repeated", async (t) => {
  const box = sandbox(t, { "a.py": "breaking()\n", "b.py": "stuck()\nevil()\n" });
  const { out } = await box.skeptic("fix");
  assert.equal(box.read("a.py"), "breaking()\n");
  assert.equal(box.read("b.py"), "stuck()\ngood()\n");
  assert.match(out, /a\.py:1:1 .*would have broken the syntax/);
  assert.match(out, /b\.py:1:1 .*still reported/);
});

test("a fix of two files changes both or none, and only files that were given", async (t) => {
  const box = sandbox(t, { "a.py": "import pair\npaired()\n", "pair.py": "x = 1\n" });
  const alone = await box.skeptic("fix", "a.py");
  assert.match(alone.out, /outside of the given paths/);
  assert.equal(box.read("a.py"), "import pair\npaired()\n");
  const both = await box.skeptic("fix");
  assert.match(both.out, /Fixed 1 finding in 2 files/);
  assert.equal(box.read("a.py"), "import pair\nsingle()\n");
  assert.equal(box.read("pair.py"), "x = 1\nsingle = 1\n");
});

test("a file that cannot be written leaves its pair untouched and exits with 2", async (t) => {
  if (process.getuid === undefined) return t.skip("permissions work differently");
  const box = sandbox(t, {
    "a.py": "import pair\npaired()\n",
    "pair.py": "x = 1\n",
    "other.py": "evil()\n",
  });
  chmodSync(box.path("pair.py"), 0o444);
  const isRoot = process.getuid() === 0;
  if (isRoot) for (const name of [".", "a.py", "other.py"]) chmodSync(box.path(name), 0o777);
  if (isRoot) process.seteuid?.(65_534);
  try {
    const { code, err, out } = await box.skeptic("fix");
    assert.equal(code, 2);
    assert.match(err, /pair\.py: cannot be written: permission denied/);
    assert.match(out, /Fixed 1 finding in 1 file/);
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
  assert.equal(box.read("a.py"), "import pair\npaired()\n");
  assert.equal(box.read("other.py"), "good()\n");
  assert.deepEqual(readdirSync(box.folder), ["a.py", "other.py", "pair.py"]);
});

test("--check writes nothing, and its patch applies", async (t) => {
  const files = {
    "a.py": "\ufeffevil(1)\r\nkeep\r\nlisted()\r\nno end",
    "deep/b b\u00e4.ts": "one\ntwo\nthree\nfour\nfive\nevil()\nrude()\n",
    "clean.py": "pass\n",
  };
  const box = sandbox(t, files);
  const { code, out, err } = await box.skeptic("fix", "--check", "--grade", "suggested");
  assert.equal(code, 1);
  for (const [name, text] of Object.entries(files)) assert.equal(box.read(name), text);
  assert.match(err, /Would fix a\.py/);
  box.write("all.patch", out);
  execFileSync("git", ["apply", "--whitespace=nowarn", "all.patch"], { cwd: box.folder });
  const changed = Object.keys(files).map((name) => box.read(name));
  for (const [name, text] of Object.entries(files)) box.write(name, text);
  assert.equal((await box.skeptic("fix", "--grade", "suggested")).code, 0);
  assert.deepEqual(
    Object.keys(files).map((name) => box.read(name)),
    changed,
  );
  const again = await box.skeptic("fix", "--check", "--grade", "suggested");
  assert.equal(again.code, 0);
  assert.equal(again.out, "");
});

test("nothing is written when there is nothing to fix", async (t) => {
  const box = sandbox(t, { "a.py": "pass\n" });
  const before = statSync(box.path("a.py")).ino;
  const { code, out } = await box.skeptic("fix");
  assert.equal(code, 0);
  assert.equal(out, "Fixed 0 findings in 0 files; 0 findings remain.\n");
  assert.equal(statSync(box.path("a.py")).ino, before);
});
