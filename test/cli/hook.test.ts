// The built `skeptic hook`, called as agents call it.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseHookLine } from "../../server/origin/hook.ts";
import { ELSEWHERE, spoolFolder, spoolName } from "../../server/origin/spool.ts";
import { type Sandbox, sandbox } from "./harness.ts";

const PROGRAM = process.env.SKEPTIC_TEST_CLI ?? join(process.cwd(), "dist", "cli.js");

function hook(box: Sandbox, input: string, cache = join(box.folder, "cache"), ...more: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, "hook", ...more], {
    cwd: box.folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH, SKEPTIC_HOOKS: cache },
    input,
  });
  return { code: status, out: stdout, err: stderr };
}

function edit(file: string, text: string): string {
  return JSON.stringify({
    hook_event_name: "PostToolUse",
    tool_name: "Edit",
    tool_input: { file_path: file, old_string: "", new_string: text },
  });
}

test("an edit is noted under its repository, and nothing is said", (t) => {
  const box = sandbox(t, { "repo/src/a.py": "x = 1\n" });
  mkdirSync(join(box.folder, "repo", ".git"));
  const cache = join(box.folder, "cache");
  assert.deepEqual(hook(box, edit("repo/src/a.py", "x = 1")), { code: 0, out: "", err: "" });
  const path = join(cache, spoolName(join(box.folder, "repo")));
  const record = parseHookLine(readFileSync(path, "utf8"));
  assert.equal(record?.file, join(box.folder, "repo", "src", "a.py"));
  assert.deepEqual(record?.edits, [{ text: "x = 1", inserted: [[0, 5]] }]);
  assert.equal(existsSync(join(box.folder, "repo", ".skeptic")), false);
});

const OLD = spoolName("/gone");

test("a file in no repository has a place too, and old records go", (t) => {
  const box = sandbox(t, {
    "a.py": "x = 1\n",
    [`cache/${OLD}`]: "{}\n",
    "cache/keep.txt": "",
    "cache/mine.jsonl": "{}\n",
  });
  const cache = join(box.folder, "cache");
  const old = new Date(Date.now() - 9 * 24 * 3600 * 1000);
  for (const name of [OLD, "keep.txt", "mine.jsonl"]) utimesSync(join(cache, name), old, old);
  assert.equal(hook(box, edit("a.py", "x = 1")).code, 0);
  assert.deepEqual(readdirSync(cache).sort(), [ELSEWHERE, "keep.txt", "mine.jsonl"].sort());
});

test("what is no edit is no fault", (t) => {
  const box = sandbox(t, {});
  const event = {
    hook_event_name: "PostToolUse",
    tool_name: "Bash",
    tool_input: { command: "ls" },
  };
  assert.deepEqual(hook(box, JSON.stringify(event)), { code: 0, out: "", err: "" });
  assert.equal(existsSync(join(box.folder, "cache")), false);
});

test("malformed input is named, with a code that stops no agent", (t) => {
  const box = sandbox(t, { file: "" });
  for (const [input, reason] of [
    ["", /it is empty/],
    ["{", /it is not JSON/],
    ["{}", /it names no event/],
  ] as const) {
    const { code, out, err } = hook(box, input);
    assert.equal(code, 1);
    assert.equal(out, "");
    assert.match(err, reason);
  }
  writeFileSync(join(box.folder, "file"), "");
  const blocked = hook(box, edit("a.py", "x"), join(box.folder, "file"));
  assert.equal(blocked.code, 1);
  assert.match(blocked.err, /cannot be written/);
});

test("a wrong command line stops no agent either", (t) => {
  const box = sandbox(t, { "a.py": "" });
  for (const more of ["--quiet", "a.py"]) {
    const { code, err } = hook(box, edit("a.py", "x"), undefined, more);
    assert.equal(code, 1, more);
    assert.notEqual(err, "");
  }
});

test("a byte order mark, and very many edits of a file", { timeout: 30_000 }, (t) => {
  const box = sandbox(t, { "a.py": "" });
  assert.equal(hook(box, `\ufeff${edit("a.py", "x")}`).code, 0);
  const edits = Array.from({ length: 100_000 }, (_, i) => ({ old_string: "", new_string: `${i}` }));
  const event = { hook_event_name: "PostToolUse", tool_input: { file_path: "a.py", edits } };
  assert.equal(hook(box, JSON.stringify(event)).code, 0);
  const lines = readFileSync(join(box.folder, "cache", ELSEWHERE), "utf8")
    .trim()
    .split("\n");
  assert.deepEqual(
    lines.map((line) => parseHookLine(line)?.edits.length),
    [1, 100_000],
  );
});

test("a path that no system has is not looked for", { timeout: 30_000 }, (t) => {
  const box = sandbox(t, {});
  assert.deepEqual(hook(box, edit("/a".repeat(100_000), "x")), { code: 0, out: "", err: "" });
  assert.equal(existsSync(join(box.folder, "cache")), false);
});

test("hooks that run at once lose nothing", { timeout: 60_000 }, async (t) => {
  const box = sandbox(t, { "a.py": "" });
  const cache = join(box.folder, "cache");
  const texts = Array.from({ length: 6 }, (_, i) => `${i}`.repeat(50_000));
  await Promise.all(
    texts.map(
      (text) =>
        new Promise((resolve) => {
          const child = spawn(process.execPath, [PROGRAM, "hook"], {
            cwd: box.folder,
            env: { PATH: process.env.PATH, SKEPTIC_HOOKS: cache },
            stdio: ["pipe", "ignore", "ignore"],
          });
          child.on("exit", resolve);
          child.stdin.end(edit("a.py", text));
        }),
    ),
  );
  const lines = readFileSync(join(cache, ELSEWHERE), "utf8").trim().split("\n");
  const seen = lines.map((line) => parseHookLine(line)?.edits[0]?.text);
  assert.deepEqual(seen.sort(), texts.sort());
});

test("the folder is the user's own, as each system has it", () => {
  const at = (platform: string, env: Record<string, string>): string =>
    spoolFolder({ platform, home: "/home/me", env });
  assert.equal(at("linux", {}), "/home/me/.cache/skeptic/hooks");
  assert.equal(at("linux", { XDG_CACHE_HOME: "/c" }), "/c/skeptic/hooks");
  assert.equal(at("darwin", {}), "/home/me/Library/Caches/skeptic/hooks");
  assert.equal(at("win32", { LOCALAPPDATA: "C:\\L" }), "C:\\L\\skeptic\\hooks");
  assert.equal(at("linux", { SKEPTIC_HOOKS: "/own" }), "/own");
});

test("a pipe that stays open is not waited for", async (t) => {
  const box = sandbox(t, { "a.py": "x = 1\n" });
  const cache = join(box.folder, "cache");
  for (const [input, code, said] of [
    [edit("a.py", "x = 1"), 0, ""],
    ["", 1, "skeptic hook: this is not what an agent's hook says on stdin"],
  ] as const) {
    const child = spawn(process.execPath, [PROGRAM, "hook"], {
      cwd: box.folder,
      env: { PATH: process.env.PATH, SKEPTIC_HOOKS: cache },
    });
    t.after(() => child.kill("SIGKILL"));
    let err = "";
    child.stderr.on("data", (data: Buffer) => {
      err += data.toString();
    });
    // Written, and not ended.
    child.stdin.write(input);
    const ended = await new Promise<number | null>((resolve) => child.once("close", resolve));
    assert.equal(ended, code);
    assert.ok(err.startsWith(said), err);
  }
  assert.equal(readdirSync(cache).length, 1);
});
