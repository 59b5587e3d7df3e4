// What git says has changed, on real repositories made here.

import * as assert from "node:assert/strict";
import { chmodSync, existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { blameOf, notesOf, trailersOf } from "../../server/git/blame.ts";
import { type Changes, changesSince, isChanged } from "../../server/git/changes.ts";
import { runGit, runProgram } from "../../server/git/node-git.ts";
import { baseOf, defaultBranch, HEAD } from "../../server/git/repository.ts";
import { type GitProblem, isProblem } from "../../server/git/run.ts";
import { git, repository, room, write } from "../harness/repository.ts";

function told(answer: Changes | GitProblem): Changes {
  if (isProblem(answer)) assert.fail(answer.message);
  return answer;
}

const names = (answer: Changes | GitProblem): string[] => [...told(answer).files].sort();

describe("changed files", () => {
  test("edited, staged, untracked and renamed ones; neither deleted nor ignored ones", async () => {
    const folder = repository({
      "edited.py": "a = 1\nb = 2\nc = 3\n",
      "staged.py": "a = 1\n",
      "gone.py": "a = 1\n",
      "old name.py": "one = 1\ntwo = 2\nthree = 3\n",
      "same.py": "a = 1\n",
      ".gitignore": "build/\n",
    });
    write(folder, {
      "edited.py": "a = 1\nb = 3\nc = 3\nd = 4\n",
      "staged.py": "a = 2\n",
      "new/file.py": "x = 1\n",
      "build/out.py": "x = 1\n",
    });
    git(folder, "add", "staged.py");
    rmSync(join(folder, "gone.py"));
    renameSync(join(folder, "old name.py"), join(folder, "new name.py"));
    git(folder, "add", "-A", "old name.py", "new name.py");
    const changes = await changesSince(runGit, join(folder, "new"), HEAD);
    assert.deepEqual(names(changes), ["edited.py", "new name.py", "new/file.py", "staged.py"]);
    assert.equal(told(changes).root, folder);
    assert.equal(told(changes).prefix, "new/");
    const is = (path: string, line: number): boolean => isChanged(told(changes), path, line, line);
    assert.deepEqual(
      [1, 2, 3, 4].filter((line) => is("edited.py", line)),
      [2, 4],
    );
    assert.ok(is("new/file.py", 1));
    assert.ok(!is("new name.py", 1));
    assert.ok(!is("same.py", 1));
  });

  test("names of every kind", async () => {
    const odd = [
      "a b.py",
      "ümläut/日本.py",
      'qu"ote.py',
      "tab\t.py",
      "new\nline.py",
      "-option.py",
      ":(top).py",
      "b/+++ b",
    ];
    const folder = repository(Object.fromEntries(odd.map((name) => [name, "a = 1\n"])));
    write(folder, Object.fromEntries(odd.map((name) => [name, "a = 1\nb = 2\n"])));
    const changes = await changesSince(runGit, folder, HEAD);
    assert.deepEqual(names(changes), [...odd].sort());
    for (const name of odd) {
      assert.ok(isChanged(told(changes), name, 2, 2), name);
      assert.ok(!isChanged(told(changes), name, 1, 1), name);
    }
  });

  test("lines that look like a patch are text", async () => {
    const folder = repository({ "a.md": "x\n" });
    write(folder, { "a.md": "x\n++ b/other.py\n@@ -1 +90 @@\nlast" });
    const changes = told(await changesSince(runGit, folder, HEAD));
    assert.deepEqual([...changes.lines], [["a.md", [[2, 4]]]]);
  });

  test("lines of a file that attributes call binary, and hunks that a setting joins", async () => {
    const ten = Array.from({ length: 10 }, (_, at) => `x${at}`);
    const text = (...changed: number[]): string =>
      ten.map((line, at) => `${line}${changed.includes(at) ? " = 1" : ""}\n`).join("");
    const files = { "a.py": text(), "b.py": text(), "mode.py": text(), "moved.py": text() };
    const folder = repository({ ...files, "c.bin": text(), ".gitattributes": "*.bin -diff\n" });
    git(folder, "config", "diff.interHunkContext", "20");
    write(folder, { "a.py": text(0, 8), "b.py": text(4), "c.bin": text(4), "new.bin": "x\n" });
    chmodSync(join(folder, "mode.py"), 0o755);
    git(folder, "add", "new.bin");
    git(folder, "mv", "moved.py", "there.py");
    const changes = told(await changesSince(runGit, folder, HEAD));
    assert.deepEqual(changes.lines.get("a.py"), [
      [1, 1],
      [9, 9],
    ]);
    assert.deepEqual(changes.lines.get("b.py"), [[5, 5]]);
    for (const name of ["c.bin", "new.bin"]) assert.ok(isChanged(changes, name, 5, 5), name);
    assert.ok(!isChanged(changes, "there.py", 1, 10));
  });

  test("a branch, and where the work left it", async () => {
    const folder = repository({ "a.py": "a\n", "b.py": "b\n" });
    git(folder, "checkout", "-q", "-b", "work");
    write(folder, { "a.py": "mine\n" });
    git(folder, "commit", "-q", "-am", "mine");
    git(folder, "checkout", "-q", "main");
    write(folder, { "b.py": "theirs\n" });
    git(folder, "commit", "-q", "-am", "theirs");
    git(folder, "checkout", "-q", "work");
    assert.deepEqual(names(await changesSince(runGit, folder, HEAD)), []);
    assert.deepEqual(names(await changesSince(runGit, folder, baseOf("main"))), ["a.py", "b.py"]);
    assert.deepEqual(names(await changesSince(runGit, folder, baseOf("main..."))), ["a.py"]);
    assert.equal(await defaultBranch(runGit, folder), "main");
  });

  test("without a commit everything has changed", async () => {
    const folder = room();
    git(folder, "init", "-q", "-b", "main");
    write(folder, { "staged.py": "a\n", "untracked.py": "b\n" });
    git(folder, "add", "staged.py");
    assert.deepEqual(names(await changesSince(runGit, folder, HEAD)), [
      "staged.py",
      "untracked.py",
    ]);
  });

  test("a submodule's files are its own", async () => {
    const inner = repository({ "in.py": "a\n", "same.py": "a\n" });
    const folder = repository({ "out.py": "a\n" });
    git(folder, "submodule", "--quiet", "add", inner, "lib/inner");
    const added = names(await changesSince(runGit, folder, HEAD));
    assert.deepEqual(added, [".gitmodules", "lib/inner/in.py", "lib/inner/same.py"]);
    git(folder, "commit", "-q", "-am", "with a submodule");
    assert.deepEqual(names(await changesSince(runGit, folder, HEAD)), []);
    write(folder, { "lib/inner/in.py": "b\n", "lib/inner/new.py": "c\n" });
    assert.deepEqual(names(await changesSince(runGit, folder, HEAD)), [
      "lib/inner/in.py",
      "lib/inner/new.py",
    ]);
    git(join(folder, "lib/inner"), "commit", "-q", "-am", "inside");
    const since = await changesSince(runGit, folder, HEAD);
    assert.deepEqual(names(since), ["lib/inner/in.py", "lib/inner/new.py"]);
    assert.ok(isChanged(told(since), "lib/inner/in.py", 1, 1));
  });

  test("no program that a repository names is run", async () => {
    const folder = repository({ "a.py": "a\n", ".gitattributes": "*.py diff=mine\n" });
    const mark = join(folder, "ran");
    for (const key of [
      "diff.external",
      "diff.mine.command",
      "diff.mine.textconv",
      "core.fsmonitor",
      "core.pager",
    ])
      git(folder, "config", key, `sh -c 'touch "${mark}"' --`);
    write(folder, { "a.py": "b\n" });
    assert.deepEqual(names(await changesSince(runGit, folder, HEAD)), ["a.py"]);
    assert.ok(!existsSync(mark));
  });

  test("no filter of the repository's own is run, whatever it is called", async () => {
    const folder = repository({
      "a.py": "a\n",
      "b.py": "b\n",
      ".gitattributes": "a.py filter=one\nb.py filter=a=b\n",
    });
    const mark = join(folder, "ran");
    const run = `sh -c 'touch "${mark}"; cat'`;
    git(folder, "config", "filter.one.clean", run);
    git(folder, "config", "filter.one.required", "true");
    git(folder, "config", "filter.a=b.process", run);
    write(folder, { "a.py": "aa\n", "b.py": "bb\n" });
    assert.deepEqual(names(await changesSince(runGit, folder, HEAD)), ["a.py", "b.py"]);
    await blameOf(runGit, folder, "a.py");
    assert.ok(!existsSync(mark));
  });

  test("nor when git is asked of whom lines are", async () => {
    const folder = repository({ "a.py": "a\n", ".gitattributes": "*.py diff=mine\n" });
    const mark = join(folder, "ran");
    const lines = git(folder, "cat-file", "commit", "HEAD").split("\n");
    const blank = lines.indexOf("");
    lines.splice(
      blank,
      0,
      "gpgsig -----BEGIN PGP SIGNATURE-----",
      " ",
      " x",
      " -----END PGP SIGNATURE-----",
    );
    write(folder, { signed: lines.join("\n") });
    const signed = git(folder, "hash-object", "-t", "commit", "-w", "signed").trim();
    git(folder, "reset", "-q", "--hard", signed);
    git(folder, "config", "log.showSignature", "true");
    write(folder, { "run.sh": `#!/bin/sh\ntouch "${mark}"\ncat "$1"\n` });
    chmodSync(join(folder, "run.sh"), 0o755);
    for (const key of ["diff.mine.textconv", "gpg.program"])
      git(folder, "config", key, join(folder, "run.sh"));
    const blame = await blameOf(runGit, folder, "a.py");
    assert.ok(!isProblem(blame));
    assert.deepEqual([...blame.commits.keys()], [signed]);
    await trailersOf(runGit, folder, [signed]);
    await notesOf(runGit, folder, "refs/notes/ai", [signed]);
    assert.ok(!existsSync(mark));
  });
});

describe("what cannot be answered is said", () => {
  const said = (answer: unknown): string => (isProblem(answer) ? answer.message : "an answer");

  test("no repository", async () => {
    assert.match(said(await changesSince(runGit, room(), HEAD)), /not in a git repository/);
  });

  test("a folder that is not there", async () => {
    assert.ok(isProblem(await changesSince(runGit, join(room(), "none"), HEAD)));
  });

  test("no such commit, and no option in its place", async () => {
    const folder = repository({ "a.py": "a\n" });
    assert.match(
      said(await changesSince(runGit, folder, baseOf("nowhere"))),
      /no commit by the name nowhere/,
    );
    assert.match(
      said(await changesSince(runGit, folder, baseOf("--help"))),
      /no commit by the name --help/,
    );
    assert.match(
      said(await changesSince(runGit, folder, baseOf("nowhere..."))),
      /no branch by the name/,
    );
  });

  test("a shallow clone that lacks the common commit", async () => {
    const origin = repository({ "a.py": "a\n" });
    git(origin, "checkout", "-q", "-b", "work");
    for (const text of ["b\n", "c\n"]) {
      write(origin, { "a.py": text });
      git(origin, "commit", "-q", "-am", text);
    }
    git(origin, "checkout", "-q", "main");
    write(origin, { "b.py": "b\n" });
    git(origin, "add", "-A");
    git(origin, "commit", "-q", "-m", "other");
    const folder = join(room(), "clone");
    git(
      origin,
      "clone",
      "-q",
      "--depth=1",
      "--no-single-branch",
      "--branch=work",
      `file://${origin}`,
      folder,
    );
    const answer = said(await changesSince(runGit, folder, baseOf("origin/main...")));
    assert.match(answer, /shallow.*git fetch --unshallow/);
  });

  test("git is not installed, or does not answer", async () => {
    const absent = await changesSince(
      (at, given) => runProgram("no-such-git", at, given),
      room(),
      HEAD,
    );
    assert.match(said(absent), /git was not found/);
    const room2 = room();
    writeFileSync(join(room2, "slow"), "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
    const slow = await changesSince(
      (at, given) => runProgram(join(room2, "slow"), at, given, 200),
      room2,
      HEAD,
    );
    assert.match(said(slow), /took too long/);
  });

  test("a broken repository", async () => {
    const folder = repository({ "a.py": "a\n" });
    writeFileSync(join(folder, ".git", "HEAD"), "nonsense");
    assert.ok(isProblem(await changesSince(runGit, folder, HEAD)));
  });
});
