import assert from "node:assert/strict";
import { test } from "node:test";
import { sandbox } from "./harness.ts";

const FILES = {
  "app.py": "import source\n\ndef run(x):\n    return evil(x)\n",
  "source.py": "data = request.args  # busy\n",
  "other.py": "rude()\n",
};

test("a finding is explained by its place, its fingerprint, and any line of its path", async (t) => {
  const box = sandbox(t, FILES);
  const { code, out, err } = await box.skeptic("explain", "app.py:4");
  assert.equal(err, "");
  assert.equal(code, 0);
  const [, fingerprint = ""] = /Fingerprint (\w+)\./.exec(out) ?? [];
  assert.equal(
    out.replace(fingerprint, "F"),
    `error  Word evil-call
  app.py:4:12  evil-call - CWE-89 - A05:2025 Injection
    3 | def run(x):
  > 4 |     return evil(x)
      |            ^^^^^

What is wrong
  evi is called.
  It does harm.

Why it is reported
  error: critical severity with high confidence.
  High: every step from the source to the sink is known.

Path, 1 of 2, and 2 more
  1. source.py:1:1  from outside
     > 1 | data = request.args  # busy
         | ^^^^^^^^^^^^^^^^^^^^^^^^^^^
  2. app.py:4:12  it is called
       3 | def run(x):
     > 4 |     return evil(x)
         |            ^^^^^

Path 2 of 2
  1. app.py:4:12  it is called
     return evil(x)
  2. source.py:1:1  from outside
     data = request.args  # busy

What to do
  Call something else.

  [safe] Call good(
    --- a/app.py
    +++ b/app.py
    @@ -1,4 +1,4 @@
     import source

     def run(x):
    -    return evil(x)
    +    return good(x)

Fingerprint F. About the rule: skeptic explain evil-call
`,
  );
  for (const what of [fingerprint, fingerprint.slice(0, 8), "app.py:4:20", "source.py:1"])
    assert.equal((await box.skeptic("explain", what)).out, out, what);
  assert.equal((await box.skepticIn(".", "explain", box.path("app.py:4"))).out, out);
  assert.equal((await box.skeptic("explain", fingerprint, "app.py", "source.py")).out, out);
});

test("in a repository a fingerprint does not depend on where the scan is started", async (t) => {
  const box = sandbox(t, { "repo/api/app.py": "evil(1)\n", "repo/web/app.py": "evil(1)\n" });
  const prints = async (folder: string, ...paths: string[]) => {
    const { out } = await box.skepticIn(folder, "scan", "--format", "json", ...paths);
    const { findings } = JSON.parse(out) as { findings: { fingerprint: string }[] };
    return findings.map(({ fingerprint }) => fingerprint);
  };
  assert.notDeepEqual(await prints("repo/api"), await prints("repo", "api"));
  box.write("repo/.git/HEAD", "ref: refs/heads/main\n");
  const [api, web] = await prints("repo");
  assert.ok(api !== undefined && web !== undefined && api !== web);
  assert.deepEqual(await prints("repo/api"), [api]);
  assert.deepEqual(await prints("repo/api", "../web"), [web]);
  assert.deepEqual(await prints("", "repo"), [api, web]);
});

test("what cannot be explained is said, with what could be", async (t) => {
  const box = sandbox(t, FILES);
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["app.py:1"], /there is no finding at app\.py:1; the file has findings on line 4\n/],
    [["source.py:9"], /there is no finding at source\.py:9; the file has none\n/],
    [["missing.py:9"], /missing\.py: no such file or folder/],
    [["0123456789abcdef"], /there is no finding 0123456789abcdef in these files/],
    [
      ["01234"],
      /01234 is too short for a fingerprint: give at least 6 of its digits, or FILE:LINE/,
    ],
    [["app.py"], /there is no rule app\.py.*FILE:LINE/],
  ];
  for (const [argv, message] of cases) {
    const { code, out, err } = await box.skeptic("explain", ...argv);
    assert.equal(code, 2, argv.join(" "));
    assert.match(err, message);
    assert.equal(out, "");
  }
});
