// Runs the suite of test/desktop inside the workbench's extension host, one test per case.

import * as assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { format } from "node:util";
import { openSession, type Session } from "./session.ts";

interface CaseResult {
  readonly name: string;
  readonly milliseconds: number;
  readonly error?: string;
}

test("in the extension host", { timeout: 240_000 }, async (t) => {
  const suite = process.env.SKEPTIC_TEST_SUITE;
  assert.ok(suite, "run this with `npm run test:editor`");
  const session = await openSession({ testDriver: true, both: true });
  try {
    const results = await runSuite(session, suite);
    for (const { name, error } of results) {
      await t.test(name, () => assert.equal(error, undefined, error));
    }
    assert.ok(results.length > 0, "the suite ran");
  } finally {
    await session.close();
  }
});

/** The workbench runs the suite itself when its address asks for it, and tells when it is done. */
async function runSuite(session: Session, suite: string): Promise<readonly CaseResult[]> {
  const { page } = session;
  const log: string[] = [];
  await page.exposeFunction("codeAutomationLog", (_type: string, args: unknown[]) => {
    log.push(format(...args).trimEnd());
  });
  const ended = new Promise<void>((resolve) => {
    void page.exposeFunction("codeAutomationExit", () => resolve());
  });
  await session.show([
    ["extensionDevelopmentPath", session.remoteUri(session.extension)],
    ["extensionTestsPath", session.remoteUri(suite)],
    ["skipWelcome", "true"],
    ["skipReleaseNotes", "true"],
  ]);
  const late = new Promise<void>((resolve) => setTimeout(resolve, 200_000).unref());
  await Promise.race([ended, late]);
  await session.screenshot("extension-host");
  if (existsSync(session.results)) return JSON.parse(readFileSync(session.results, "utf8"));
  throw new Error(`the suite left no results\n${log.slice(-30).join("\n")}`);
}
