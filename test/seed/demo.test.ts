// The demo workspace shows each of the seven failures in each language where it exists, and nothing else.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openEngine } from "../harness/engine.ts";
import { fixAll } from "../harness/fixes.ts";
import { readFolder } from "../harness/pages.ts";
import { automatic, check, load } from "../harness/project.ts";
import { plain, without } from "../harness/report.ts";

/** Rules by file, as often as they are found. */
const EXPECTED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "api/auth.py": {
    "jwt-algorithm-mismatch": 1,
    "jwt-claims-not-enforced": 1,
    "jwt-issued-without-expiry": 2,
    "jwt-none-algorithm": 1,
    "jwt-signature-not-verified": 1,
  },
  "api/db.py": { "sql-injection": 2, "sql-missing-f-prefix": 1 },
  "api/main.py": {
    "cors-wildcard-credentials": 1,
    "debug-mode-enabled": 1,
    "stack-trace-to-client": 1,
  },
  "api/preview.py": {
    "ssrf-incomplete-guard": 1,
    "ssrf-redirects-followed": 1,
    "ssrf-user-controlled-url": 1,
  },
  "api/requirements.txt": { "dep-unpinned-version": 4 },
  "api/telemetry.py": { "exfiltration-pattern": 1 },
  "api/tickets.py": { "error-detail-to-client": 1 },
  "api/uploads.py": {
    "path-traversal": 1,
    "toctou-file-check": 1,
    "upload-client-filename": 1,
    "upload-size-check-after-read": 1,
    "upload-trusts-content-type": 1,
  },
  "web/package.json": {
    "dep-install-script": 1,
    "dep-lockfile-missing": 1,
    // Six places, in one note.
    "dep-unpinned-version": 1,
  },
  "web/scripts/telemetry.js": { "exfiltration-pattern": 1 },
  "web/src/admin.ts": {
    "cors-wildcard-credentials": 1,
    "debug-mode-enabled": 1,
    "error-detail-to-client": 1,
  },
  "web/src/auth.ts": {
    "jwt-algorithm-mismatch": 1,
    "jwt-claims-not-enforced": 1,
    "jwt-issued-without-expiry": 1,
    "jwt-missing-algorithms": 1,
    "jwt-none-algorithm": 1,
    "jwt-signature-not-verified": 1,
  },
  "web/src/db.ts": { "sql-injection": 2 },
  "web/src/errors.ts": { "stack-trace-to-client": 1 },
  "web/src/preview.ts": {
    "ssrf-incomplete-guard": 1,
    "ssrf-redirects-followed": 1,
    "ssrf-user-controlled-url": 1,
  },
  "web/src/server.ts": { "cors-reflected-origin": 2 },
  "web/src/uploads.ts": {
    "path-traversal": 1,
    "toctou-file-check": 1,
    "upload-client-filename": 1,
    "upload-size-check-after-read": 1,
    "upload-trusts-content-type": 1,
  },
};

const texts = readFolder("demo");

test("the demo shows the seven failures and nothing else", async () => {
  const engine = await openEngine();
  load(engine, texts);
  const counts: Record<string, Record<string, number>> = {};
  for (const { file, rule } of check(engine, texts.keys()).findings) {
    const own = counts[file] ?? {};
    own[rule] = (own[rule] ?? 0) + 1;
    counts[file] = own;
  }
  const lost = without(listed(EXPECTED), listed(counts)).map((entry) => `expected ${entry}`);
  const extra = without(listed(counts), listed(EXPECTED)).map((entry) => `got ${entry}`);
  if (lost.length + extra.length > 0) throw plain([...lost, ...extra].sort(byFile).join("\n"));
});

test("the demo parses, before and after its fixes", async () => {
  const engine = await openEngine();
  load(engine, texts);
  assert.deepEqual(check(engine, texts.keys()).broken, []);
  const after = fixAll(engine, texts, {}, 200);
  if (typeof after === "string") assert.fail(after);
  load(engine, after);
  const { broken, findings } = check(engine, after.keys());
  assert.deepEqual(broken, []);
  for (const { file, rule, fingerprint } of findings) {
    const fixes = engine.fixes(file, fingerprint).filter(automatic);
    const grades = new Set(fixes.map(({ grade }) => grade));
    assert.ok(!grades.has("safe") && !grades.has("suggested"), `${file} [${rule}] is left`);
  }
});

function listed(counts: Readonly<Record<string, Readonly<Record<string, number>>>>): string[] {
  return Object.entries(counts)
    .flatMap(([file, rules]) =>
      Object.entries(rules).map(([rule, times]) => `${file} [${rule}] x ${times}`),
    )
    .sort();
}

function byFile(a: string, b: string): number {
  const file = (entry: string) => entry.slice(entry.indexOf(" "));
  return file(a) < file(b) ? -1 : 1;
}
