// Both services of the demo do what they did before `skeptic fix --grade suggested`, and the attacks on them fail.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

const PROGRAM = process.env.SKEPTIC_TEST_CLI ?? join(process.cwd(), "dist", "cli.js");
const STAND_INS = join(process.cwd(), "test", "seed", "fixtures");

interface Told {
  readonly use: Readonly<Record<string, unknown>>;
  /** What never worked, because of a fault that is found. */
  readonly mended: Readonly<Record<string, boolean>>;
  readonly attacks: Readonly<Record<string, boolean>>;
}

const folder = mkdtempSync(join(tmpdir(), "skeptic-demo-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const python = ["python3", "python"].find(
  (name) => spawnSync(name, ["-c", "import sqlite3"]).status === 0,
);

/** Runs a program on data of its own, and reads what it tells. */
function tell(name: string, command: string, argv: readonly string[]): Told {
  const data = join(folder, name.replaceAll(" ", "-"));
  mkdirSync(data);
  const run = spawnSync(
    command,
    argv.map((argument) => (argument === "DATA" ? data : argument)),
    {
      cwd: process.cwd(),
      env: {
        PATH: process.env.PATH,
        HOME: data,
        HELPDESK_DATA: data,
        PYTHONDONTWRITEBYTECODE: "1",
      },
      encoding: "utf8",
      timeout: 60_000,
    },
  );
  assert.equal(run.status, 0, `${name}: ${run.stderr}`);
  return JSON.parse(run.stdout) as Told;
}

function isSame(before: Told, now: Told): void {
  assert.deepEqual(now.use, before.use);
  for (const name of Object.keys(before.mended))
    assert.deepEqual([before.mended[name], now.mended[name]], [false, true], name);
  const names = Object.keys(before.attacks);
  assert.deepEqual(
    names.filter((name) => before.attacks[name] !== true),
    [],
    "attacks that fail before the fixes",
  );
  assert.deepEqual(
    names.filter((name) => now.attacks[name] !== false),
    [],
    "attacks that work after the fixes",
  );
}

test("the demo works as before its fixes", async (t) => {
  if (python === undefined) {
    assert.notEqual(process.env.CI, "true", "Python 3 is needed to run the demo");
    t.skip("Python 3 with sqlite3 is not installed");
    return;
  }
  const copy = join(folder, "demo");
  cpSync("demo", copy, { recursive: true });
  const fix = spawnSync(process.execPath, [PROGRAM, "fix", "--grade", "suggested"], {
    cwd: copy,
    env: { PATH: process.env.PATH },
    encoding: "utf8",
  });
  assert.equal(fix.stderr.replace(/^skeptic: (?:reading|analysing) .*\n/gm, ""), "");
  const remaining = fix.stdout.split("\n").filter((line) => line.startsWith("Remains "));
  assert.ok(remaining.length > 0, fix.stdout);
  assert.deepEqual(
    remaining.filter((line) => !/ {2}(?:placeholder|manual): /.test(line)),
    [],
  );

  await t.test("in Python", () => {
    const service = (name: string, root: string) =>
      tell(name, python, ["-I", join(STAND_INS, "helpdesk.py"), join(root, "api")]);
    isSame(service("api before", "demo"), service("api after", copy));
  });
  await t.test("in TypeScript", () => {
    const service = (name: string, root: string) =>
      tell(name, process.execPath, [
        join(STAND_INS, "helpdesk.cjs"),
        join(root, "web"),
        "DATA",
        python,
      ]);
    isSame(service("web before", join(process.cwd(), "demo")), service("web after", copy));
  });
});
