// The first day with an old repository: what is open is shown, and one action makes the rest the baseline.

import * as assert from "node:assert/strict";
import { execFileSync, type SpawnSyncReturns, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import type { JsonFinding } from "../../server/cli/json-report.ts";
import { repository, write } from "../harness/repository.ts";
import {
  openFile,
  openSession,
  runCommand,
  type Session,
  textOf,
  untilCount,
  untilText,
} from "./session.ts";

const OLD = 500;
const LOAD = "import yaml\n\n\ndef load(text):\n    return yaml.unsafe_load(text)\n";

describe("a repository with 500 old findings", { timeout: 240_000 }, () => {
  let session: Session;
  let page: Page;

  before(async () => {
    session = await openSession({
      prepare: (folder) => {
        const files = Array.from({ length: OLD }, (_, i) => [`old/load${i}.py`, LOAD] as const);
        write(folder, Object.fromEntries(files));
        repository({}, folder);
      },
    });
    page = session.page;
    page.setDefaultTimeout(30_000);
    await session.show();
    const files = page.locator(".explorer-folders-view .monaco-list-row");
    await files.first().waitFor({ timeout: 90_000 });
  });
  after(() => session?.close());
  afterEach((context) =>
    session.screenshot(`baseline ${"name" in context ? context.name : ""}`.replace(/\W+/g, "-")),
  );

  const view = (): Locator => page.locator(".pane", { hasText: "Findings" }).first();
  const rows = (): Locator => view().locator(".monaco-list-row");
  const item = (text: RegExp): Locator =>
    page.locator(".statusbar-item", { hasText: text }).first();

  test("shows those of the open file only", async () => {
    await openFile(page, "app.py");
    await page.locator('.activitybar [aria-label^="Skeptic"]').first().click();
    await rows().nth(1).waitFor({ timeout: 60_000 });
    await item(/^\s*Skeptic: 1\s*$/).waitFor({ timeout: 60_000 });
    await untilCount(rows(), 2);
  });

  test("one action makes the rest the baseline", async () => {
    await runCommand(page, "Skeptic: Make These the Baseline");
    const rest = page.locator(".quick-input-list .monaco-list-row", { hasText: "not open" });
    await rest.waitFor();
    await session.screenshot("baseline-choice");
    await rest.click();
    await view()
      .locator(".message", { hasText: /50\d findings are in the baseline now/ })
      .waitFor();
    const text = readFileSync(join(session.folder, ".skeptic", "baseline.json"), "utf8");
    assert.equal(text.match(/"old\/load/g)?.length, OLD);
    assert.doesNotMatch(text, /"app\.py"/);
  });

  test("a scan then reports what is new, and says what is known", async () => {
    await runCommand(page, "Skeptic: Scan Workspace");
    await view().locator(".message", { hasText: "Scan finished: 1 finding in" }).waitFor();
    await view()
      .locator(".message", { hasText: /Not shown: 50\d in the baseline/ })
      .waitFor();
    await untilCount(rows(), 2);
    await item(/^\s*Skeptic: 1\s*$/).waitFor();
    const cli = join(process.cwd(), "dist", "cli.js");
    const { findings } = JSON.parse(
      execFileSync(process.execPath, [cli, "scan", "--format", "json", "--fail-on", "never"], {
        cwd: session.folder,
        encoding: "utf8",
      }),
    );
    assert.deepEqual(
      findings.map(({ file }: { file: string }) => file),
      ["app.py"],
    );
  });

  test("Pause keeps what is shown and looks at nothing, until Resume", async () => {
    await runCommand(page, "Skeptic: Pause");
    await item(/Skeptic: paused/).waitFor();
    await page.locator(".monaco-editor .view-line").first().click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type("import yaml; yaml.unsafe_load(find_user)", { delay: 5 });
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+S");
    await page.locator(".monaco-editor .squiggly-error").first().waitFor();
    await item(/Skeptic: paused/).waitFor();
    await runCommand(page, "Skeptic: Resume");
    await item(/^\s*Skeptic: 2\s*$/).waitFor();
  });

  test("a server that ends is started again, and goes on with the scan's results", async () => {
    await runCommand(page, "Skeptic: Show Known Findings");
    await item(/Skeptic: 2 of 50\d/).waitFor();
    for (const pid of processesOf(join(session.extension, "dist", "server.js")))
      process.kill(pid, "SIGKILL");
    await item(/Skeptic: (restarting|indexing|[01]\b)/).waitFor();
    await item(/Skeptic: 2 of 50\d/).waitFor({ timeout: 60_000 });
    await page.mouse.move(600, 300);
    await item(/Skeptic: 2 of 50\d/).hover();
    const hover = page.locator(".monaco-hover:visible", { hasText: "Last answer" }).first();
    await hover.waitFor();
    assert.match(await textOf(hover), /was started again at/);
    await session.screenshot("baseline-restarted");
    await runCommand(page, "Skeptic: Show New Findings Only");
    await item(/^\s*Skeptic: 2\s*$/).waitFor();
  });

  test("what is known can be shown, and hidden again", async () => {
    await runCommand(page, "Skeptic: Show Known Findings");
    await item(/Skeptic: 2 of 50\d/).waitFor();
    await runCommand(page, "Skeptic: Show New Findings Only");
    await item(/^\s*Skeptic: 2\s*$/).waitFor();
    await untilText(rows().nth(1), /^app\.py:11/);
  });

  test("a scan whose server ends begins anew with the next one", async () => {
    await runCommand(page, "Skeptic: Clear Workspace Results");
    const finished = view().locator(".message", { hasText: "Scan finished" });
    await finished.waitFor({ state: "detached" });
    const server = join(session.extension, "dist", "server.js");
    // One that stands still has not answered when it ends.
    for (const pid of processesOf(server)) process.kill(pid, "SIGSTOP");
    await runCommand(page, "Skeptic: Scan Workspace");
    await page
      .locator(".notification-list-item", { hasText: "scanning the workspace" })
      .first()
      .waitFor();
    for (const pid of processesOf(server)) process.kill(pid, "SIGKILL");
    await finished.waitFor({ timeout: 60_000 });
    assert.match(await textOf(finished), /Scan finished: 2 findings in 50\d files/);
    assert.equal(await page.locator(".notification-list-item .codicon-error").count(), 0);
  });

  test("after an update, what the new rules find stands apart and fails no scan", async () => {
    const file = join(session.folder, ".skeptic", "baseline.json");
    const text = readFileSync(file, "utf8");
    assert.equal(scanned(session.folder).status, 1);
    // As the version before the rules would have written it.
    writeFileSync(file, text.replace(/"skeptic": "[^"]+"/, `"skeptic": "0.0.9"`));
    const apart = view().locator(".monaco-list-row", { hasText: "New in this version" });
    await apart.waitFor();
    assert.deepEqual(
      (await rows().allTextContents()).map((row) => row.replace(/\d.*/, "")),
      ["New in this version", "app.py:", "app.py:"],
    );
    await apart.hover();
    await page
      .locator(".monaco-hover:visible", { hasText: "do not fail a scan until the baseline" })
      .first()
      .waitFor();
    await session.screenshot("baseline-new-in-version");
    const { status, stdout } = scanned(session.folder);
    assert.equal(status, 0);
    assert.deepEqual(
      JSON.parse(stdout).findings.map(({ newInVersion }: JsonFinding) => newInVersion),
      [true, true],
    );
    await runCommand(page, "Skeptic: Make These the Baseline");
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "All findings" }).click();
    await item(/^\s*Skeptic\s*$/).waitFor();
    assert.equal(scanned(session.folder).status, 0);
  });

  test("where nothing can be written, it says so", async () => {
    rmSync(join(session.folder, ".skeptic"), { recursive: true });
    writeFileSync(join(session.folder, ".skeptic"), "a file, and no folder");
    await runCommand(page, "Skeptic: Make These the Baseline");
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "All findings" }).click();
    await page
      .locator(".notification-list-item", {
        hasText: "Skeptic: .skeptic/baseline.json cannot be written.",
      })
      .waitFor();
  });
});

function scanned(folder: string): SpawnSyncReturns<string> {
  const cli = join(process.cwd(), "dist", "cli.js");
  const options = { cwd: folder, encoding: "utf8" } as const;
  return spawnSync(process.execPath, [cli, "scan", "--format", "json"], options);
}

/** Processes with this file among their arguments. */
function processesOf(file: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(join("/proc", name, "cmdline"), "utf8")
          .split("\0")
          .includes(file);
      } catch {
        return false;
      }
    })
    .map(Number);
}
