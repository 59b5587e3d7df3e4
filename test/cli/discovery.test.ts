import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { test } from "node:test";
import { git } from "../harness/repository.ts";
import { type Sandbox, sandbox } from "./harness.ts";

async function scan(box: Sandbox, ...argv: string[]) {
  const { code, out, err } = await box.skeptic("scan", "--format", "json", ...argv);
  assert.equal(err, "");
  const report = JSON.parse(out);
  return {
    code,
    files: report.findings.map((finding: { file: string }) => finding.file),
    skipped: report.stats.skipped,
    problems: report.problems,
    report,
  };
}

const BAD = "evil()\n";

test("dependencies, build output and minified files are left out and counted", async (t) => {
  const box = sandbox(t, {
    "src/a.py": BAD,
    "node_modules/x/index.js": BAD,
    "node_modules/x/readme.md": "",
    "vendor/y.py": BAD,
    ".venv/lib/z.py": BAD,
    "env/pyvenv.cfg": "",
    "env/lib/z.py": BAD,
    "venv/ours.py": BAD,
    "dist/out.js": BAD,
    "lib.min.js": BAD,
    ".git/hooks/x.py": BAD,
  });
  const { files, skipped } = await scan(box);
  assert.deepEqual(files, ["src/a.py", "venv/ours.py"]);
  assert.deepEqual(skipped, { excluded: 1, minified: 1, vendored: 4 });
});

test("a path named on the command line is scanned even if an exclude matches it", async (t) => {
  const box = sandbox(t, {
    ".gitignore": "node_modules/\nlocal.py\n",
    "local.py": BAD,
    "node_modules/x/index.js": BAD,
    "node_modules/x/node_modules/y/index.js": BAD,
    "lib.min.js": BAD,
    "made.py": `# @generated\n${BAD}`,
  });
  const { files, skipped } = await scan(box, "node_modules/x", "lib.min.js", "local.py", "made.py");
  assert.deepEqual(files, ["lib.min.js", "local.py", "made.py", "node_modules/x/index.js"]);
  assert.deepEqual(skipped, { vendored: 1 });
});

test(".gitignore files nest, and the nearest one decides", async (t) => {
  const box = sandbox(t, {
    ".gitignore": "*.gen.py\n/only-top.py\nlogs/\n",
    "a.gen.py": BAD,
    "only-top.py": BAD,
    "logs/x.py": BAD,
    "sub/only-top.py": BAD,
    "sub/.gitignore": "!keep.gen.py\nprivate/\n",
    "sub/keep.gen.py": BAD,
    "sub/other.gen.py": BAD,
    "sub/private/x.py": BAD,
    "sub/deep/.gitignore": "*\n!ok.py\n",
    "sub/deep/ok.py": BAD,
    "sub/deep/no.py": BAD,
  });
  const all = await scan(box);
  assert.deepEqual(all.files, ["sub/deep/ok.py", "sub/keep.gen.py", "sub/only-top.py"]);
  assert.deepEqual(all.skipped, { excluded: 6 });
  // Rules of the folders above hold for a named folder, too.
  mkdirSync(box.path(".git"));
  const sub = await box.skepticIn("sub", "scan", "--format", "json", ".");
  assert.deepEqual(
    JSON.parse(sub.out).findings.map((finding: { file: string }) => finding.file),
    ["deep/ok.py", "keep.gen.py", "only-top.py"],
  );
});

test("links are followed once and never out of the named paths", async (t) => {
  const box = sandbox(t, {
    "work/a/x.py": BAD,
    "work/build/y.py": BAD,
    "outside/z.py": BAD,
  });
  symlinkSync("..", box.path("work/a/loop"));
  symlinkSync("a", box.path("work/0-same"));
  symlinkSync("build", box.path("work/linked"));
  symlinkSync("../outside", box.path("work/away"));
  symlinkSync("nowhere.py", box.path("work/broken.py"));
  symlinkSync("self.py", box.path("work/self.py"));
  const { files, skipped } = await scan(box, "work");
  assert.deepEqual(files, ["work/a/x.py", "work/linked/y.py"]);
  assert.deepEqual(skipped, { excluded: 2, unreadable: 2 });
});

test("paths outside of the working directory", async (t) => {
  const box = sandbox(t, { "here/a.py": "", "there/lib/b.py": BAD });
  const { out } = await box.skepticIn("here", "scan", "--format", "json", "../there/./lib/../lib");
  assert.equal(JSON.parse(out).findings[0].file, "../there/lib/b.py");
});

test("unreadable files are counted and named", async (t) => {
  if (process.platform === "win32") return t.skip("permissions work differently");
  const box = sandbox(t, { "a.py": BAD, "b.py": BAD, "locked/c.py": BAD });
  chmodSync(box.path("b.py"), 0);
  chmodSync(box.path("locked"), 0);
  await withoutPrivileges(box, async () => {
    const { files, skipped, problems } = await scan(box);
    assert.deepEqual(files, ["a.py"]);
    assert.deepEqual(skipped, { unreadable: 2 });
    assert.deepEqual(problems, [
      { file: "locked", message: "cannot be read: permission denied" },
      { file: "b.py", message: "cannot be read: permission denied" },
    ]);
    assert.equal((await box.skeptic("scan", "b.py")).code, 2);
  });
  chmodSync(box.path("locked"), 0o700);
});

/** Permissions do not bind root: for the time of `work` we are somebody else. */
async function withoutPrivileges(box: Sandbox, work: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return work();
  chmodSync(box.folder, 0o755);
  process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

test("a folder called x.py is no file", async (t) => {
  const box = sandbox(t, { "x.py/y.py": BAD });
  assert.deepEqual((await scan(box)).files, ["x.py/y.py"]);
});

test("binary, too large, minified and generated files", async (t) => {
  const statement = "if(a){b(c);d=e};";
  const box = sandbox(t, {
    "ok.py": BAD,
    "binary.py": `\0\u0001${BAD}`,
    "huge.js": statement.repeat(320_000),
    "packed.js": statement.repeat(2000),
    "made.py": `#!/usr/bin/env python\n# Code generated by tool. DO NOT EDIT.\n${BAD}`,
    "words.py": `${BAD}TEXT = "@generated DO NOT EDIT"\n`,
    "data.py": `BLOB = "${"QUJD".repeat(6000)}"\n${BAD}`,
  });
  const { code, files, skipped, problems } = await scan(box);
  assert.equal(code, 1);
  assert.deepEqual(files, ["data.py", "ok.py", "words.py"]);
  assert.deepEqual(skipped, { binary: 1, generated: 1, minified: 1, "too-large": 1 });
  assert.deepEqual(problems, [
    { file: "huge.js", message: "is larger than 2 MB and was not analysed" },
  ]);
  const named = await box.skeptic("scan", "huge.js");
  assert.equal(named.code, 2);
  assert.match(named.err, /huge\.js: is larger than 2 MB/);
});

test("a NUL after the first 8 KB does not make a file binary", async (t) => {
  const box = sandbox(t, { "a.py": `${BAD}${"#\n".repeat(5000)}"\0"\n` });
  assert.deepEqual((await scan(box)).files, ["a.py"]);
});

test("imported files carry flows but are not reported", async (t) => {
  const box = sandbox(t, {
    "app/main.py": "import source\nevil()\n",
    "app/source.py": "evil()\nimport further\n",
    "app/further.py": "rude()\n",
  });
  const { files, report } = await scan(box, "app/main.py");
  assert.deepEqual(files, ["app/main.py"]);
  assert.equal(report.stats.files, 1);
  assert.deepEqual(
    report.findings[0].flow.map((step: { file: string; role: string }) => [step.file, step.role]),
    [
      ["app/source.py", "source"],
      ["app/main.py", "sink"],
    ],
  );
});

test("a crash in one file is one problem and tells nothing of the file", async (t) => {
  const box = sandbox(t, { "a.py": BAD, "crash.py": "CRASH canary-4711\n" });
  const { files, problems, report } = await scan(box);
  assert.deepEqual(files, ["a.py"]);
  assert.deepEqual(problems, [{ file: "crash.py", message: "the analysis failed: TypeError" }]);
  assert.doesNotMatch(JSON.stringify(report), /canary/);
});

test("what git keeps is read though an ignore file names it, in ignored folders too", async (t) => {
  const box = sandbox(t, {
    ".gitignore": "hidden.py\nbuilt/\n*.log.py\n",
    "hidden.py": BAD,
    "mine/hidden.py": BAD,
    "built/deep/kept.py": BAD,
    "built/deep/other.py": BAD,
    "built/else/other.py": BAD,
    "node_modules/x.py": BAD,
    "a.log.py": BAD,
    "b.py": BAD,
  });
  git(box.folder, "init", "-q");
  git(box.folder, "add", "-f", "hidden.py", "built/deep/kept.py", "node_modules/x.py", "b.py");
  const expected = ["b.py", "built/deep/kept.py", "hidden.py"];
  const { files, skipped } = await scan(box);
  assert.deepEqual(files, expected);
  assert.deepEqual(skipped, { excluded: 4, vendored: 1 });
  assert.deepEqual((await scan(box, "mine")).files, []);
  assert.deepEqual((await scan(box, ".", "--exclude", "built")).files, ["b.py", "hidden.py"]);
});
