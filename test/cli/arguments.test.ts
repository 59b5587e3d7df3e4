import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { sandbox } from "./harness.ts";

test("exit codes follow the level and --fail-on", async (t) => {
  const box = sandbox(t, {
    "error.py": "evil()\n",
    "warning.py": "rude()\n",
    "information.py": "odd()\n",
    "hint.py": "late()\n",
    "clean.py": "pass\n",
  });
  const code = async (...argv: string[]) => (await box.skeptic("scan", ...argv)).code;
  assert.equal(await code("error.py"), 1);
  assert.equal(await code("warning.py"), 0);
  assert.equal(await code("warning.py", "--fail-on", "warning"), 1);
  assert.equal(await code("information.py", "--fail-on", "warning"), 0);
  assert.equal(await code("information.py", "--fail-on", "info"), 1);
  assert.equal(await code("information.py", "--fail-on", "information"), 1);
  assert.equal(await code("hint.py", "--fail-on", "info"), 0);
  assert.equal(await code("error.py", "--fail-on", "never"), 0);
  assert.equal(await code("clean.py", "--fail-on", "info"), 0);
  assert.equal(await code("."), 1);
  assert.equal(await code(), 1);
});

test("what cannot run exits with 2 and says why", async (t) => {
  const box = sandbox(t, { "a.py": "evil()\n", "notes.txt": "", "folder/b.py": "" });
  const cases: readonly [readonly string[], RegExp][] = [
    [[], /Usage: skeptic/],
    [["scan", "missing.py"], /missing\.py: no such file or folder/],
    [["scan", "a.py/b.py"], /a part of the path is not a folder/],
    [["scan", "--format", "xml"], /Allowed choices are text, json, sarif/],
    [["scan", "--fail-on", "nothing"], /Allowed choices/],
    [["scan", "--rule", "evil"], /there is no rule evil; near it: evil-call/],
    [["scan", "--nonsense"], /unknown option '--nonsense'/],
    [["nonsense"], /unknown command 'nonsense'/],
    [["scan", "--output", "folder"], /cannot write folder: is a folder/],
    [["scan", "--output", "none/report.json"], /cannot write none\/report\.json: no such file/],
    [["scan", "notes.txt"], /notes\.txt: not a kind of file/],
    [["explain", "nothing"], /there is no rule nothing/],
    [["scan", "a\0b"], /cannot be used|ERR_INVALID_ARG_VALUE/],
  ];
  for (const [argv, message] of cases) {
    const { code, out, err } = await box.skeptic(...argv);
    assert.equal(code, 2, argv.join(" "));
    assert.match(err, message);
    assert.equal(out, "");
  }
});

test("an empty folder is no mistake", async (t) => {
  const box = sandbox(t, { "notes.txt": "" });
  const { code, out } = await box.skeptic("scan");
  assert.equal(code, 0);
  assert.match(out, /No findings in 0 files/);
});

test("--version, --help, rules and explain", async (t) => {
  const box = sandbox(t);
  assert.deepEqual(await box.skeptic("--version"), { code: 0, out: "1.2.3\n", err: "" });
  const help = await box.skeptic("scan", "--help");
  assert.equal(help.code, 0);
  assert.match(help.out, /Examples:/);
  assert.match((await box.skeptic("--help")).out, /skeptic fix --check/);
  const rules = await box.skeptic("rules");
  assert.match(rules.out, /injection\n {2}breaking-call +high +Word breaking-call/);
  const listed = JSON.parse((await box.skeptic("rules", "--format", "json")).out);
  assert.equal(listed.length, 10);
  const page = await box.skeptic("explain", "evil-call");
  assert.match(page.out, /^# Word evil-call\n\nThe word is bad/);
});

test("--rule and --exclude narrow the scan, and may be repeated", async (t) => {
  const box = sandbox(t, {
    "a.py": "evil()\nrude()\nodd()\n",
    "legacy/deep/b.py": "evil()\n",
    "c.spec.ts": "evil()\n",
  });
  const found = async (...argv: string[]) =>
    JSON.parse((await box.skeptic("scan", "--format", "json", ...argv)).out).findings.map(
      (f: { file: string; rule: string }) => `${f.file} ${f.rule}`,
    );
  assert.deepEqual(await found("--rule", "rude-call", "--rule", "odd-call"), [
    "a.py rude-call",
    "a.py odd-call",
  ]);
  assert.deepEqual(await found("--rule", "rude-call", "odd-call"), [
    "a.py rude-call",
    "a.py odd-call",
  ]);
  assert.deepEqual(await found("--rule", "rude-call,odd-call", "a.py"), [
    "a.py rude-call",
    "a.py odd-call",
  ]);
  const rule = ["--rule", "evil-call"];
  assert.equal((await found(...rule)).length, 3);
  assert.deepEqual(await found(...rule, "-e", "legacy/**", "-e", "*.spec.ts"), ["a.py evil-call"]);
  assert.deepEqual(await found(...rule, "-e", "legacy", "."), [
    "a.py evil-call",
    "c.spec.ts evil-call",
  ]);
  assert.deepEqual(await found(...rule, "-e", "legacy", "legacy/deep/b.py", "a.py"), [
    "a.py evil-call",
  ]);
});

test("--output writes a whole file, without colours", async (t) => {
  const box = sandbox(t, { "a.py": "evil()\n" });
  const { code, out, err } = await box.onTerminal("scan", "--output", "report.txt");
  assert.equal(code, 1);
  assert.equal(out, "");
  assert.match(err, /1 finding in 1 file, written to report\.txt/);
  assert.match(box.read("report.txt"), /evil-call/);
  assert.doesNotMatch(box.read("report.txt"), /\p{Cc}(?<!\n)/u);
  assert.equal((await box.skeptic("scan", "--quiet", "-o", "/dev/null")).err, "");
  assert.ok(existsSync("/dev/null"));
});

test("colours follow the terminal, NO_COLOR and --no-color", async (t) => {
  const box = sandbox(t, { "a.py": "evil()\n" });
  assert.match((await box.onTerminal("scan")).out, /\p{Cc}\[31m/u);
  assert.doesNotMatch((await box.onTerminal("scan", "--no-color")).out, /\p{Cc}(?<!\n)/u);
  assert.doesNotMatch((await box.skeptic("scan")).out, /\p{Cc}(?<!\n)/u);
});

test("--quiet and --verbose", async (t) => {
  const box = sandbox(t, { "a.py": "evil()\n", "x.min.js": "evil()" });
  const quiet = await box.skeptic("scan", "--quiet");
  assert.match(quiet.out, /evil-call/);
  assert.doesNotMatch(quiet.out, /1 finding/);
  const verbose = await box.skeptic("scan", "--verbose");
  assert.match(verbose.out, /files\/s, .* MB\/s/);
  assert.match(verbose.out, /minified: x\.min\.js/);
});
