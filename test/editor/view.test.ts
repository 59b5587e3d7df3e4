// The view of findings, and the scans that fill it, as a person uses them.

import * as assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { repository } from "../harness/repository.ts";
import {
  openFile,
  openFixes,
  openSession,
  runCommand,
  type Session,
  untilCount,
  untilText,
} from "./session.ts";

describe("the findings view", { timeout: 240_000 }, () => {
  let session: Session;
  let page: Page;

  before(async () => {
    session = await openSession({
      prepare: (folder) => {
        repository({}, folder);
        appendFileSync(join(folder, "admin", "reports.py"), "\n# changed\n");
      },
    });
    page = session.page;
    page.setDefaultTimeout(20_000);
    await session.show();
    await page
      .locator(".explorer-folders-view .monaco-list-row")
      .first()
      .waitFor({ timeout: 90_000 });
  });
  after(() => session?.close());
  afterEach((context) =>
    session.screenshot(`view ${"name" in context ? context.name : ""}`.replace(/\W+/g, "-")),
  );

  const view = (): Locator => page.locator(".pane", { hasText: "Findings" }).first();
  const row = (text: string | RegExp): Locator =>
    view().locator(".monaco-list-row", { hasText: text }).first();

  test("the walkthrough leads to a finding", async () => {
    await runCommand(page, "Welcome: Open Walkthrough...");
    await page
      .locator(".quick-input-list .monaco-list-row", { hasText: "Skeptic in a minute" })
      .click();
    const open = page.getByRole("button", { name: "Open the Sample" }).first();
    await open.waitFor();
    await session.screenshot("view-walkthrough");
    await open.click();
    await page.locator(".monaco-editor .squiggly-error").first().waitFor({ timeout: 60_000 });
    await session.screenshot("view-sample");
    const menu = await openFixes(page);
    await menu
      .filter({ hasText: /parameter/i })
      .first()
      .waitFor();
    await page.keyboard.press("Escape");
    await runCommand(page, "View: Revert and Close Editor");
    await runCommand(page, "View: Close All Editors");
  });

  test("is empty at first, and says what to do", async () => {
    await openFile(page, "safe.py");
    await page.locator('.activitybar [aria-label^="Skeptic"]').first().click();
    await view().locator(".welcome-view-content", { hasText: "Scan Workspace" }).waitFor();
  });

  test("shows the findings of open files, the worst first", async () => {
    await openFile(page, "app.py");
    await row("SQL").waitFor({ timeout: 60_000 });
    await untilText(view().locator(".monaco-list-row").first(), /^Critical\s*\d+$/);
  });

  test("Scan Changed Files asks since when, and shows only those", async () => {
    await runCommand(page, "Skeptic: Scan Changed Files");
    const base = page.locator(".quick-input-list .monaco-list-row", { hasText: "not committed" });
    await base.waitFor();
    await session.screenshot("view-changed-since");
    await base.click();
    await row("reports.py").waitFor();
    await view().locator(".message", { hasText: "1 file changed since HEAD" }).waitFor();
    await untilCount(view().locator(".monaco-list-row", { hasText: "store.py" }), 0);
  });

  test("Why No Finding Here? says why, and leads there", async () => {
    await openFile(page, "safe.py");
    await page.locator(".view-line", { hasText: "connection.execute" }).first().click();
    await page.keyboard.press("Home");
    await runCommand(page, "Skeptic: Why No Finding Here?");
    const answer = page.locator(".quick-input-list .monaco-list-row", { hasText: "sql-injection" });
    await answer.first().waitFor();
    await untilText(answer.first(), /What it asks about is a constant here/);
    await session.screenshot("view-why");
    await page.keyboard.press("Escape");
    await openFile(page, "app.py");
  });

  test("fills while the workspace is scanned", async () => {
    await runCommand(page, "Skeptic: Scan Workspace");
    await row("store.py").waitFor();
    await view()
      .locator(".message", { hasText: /Scan finished: .* in \d+ files[.;]/ })
      .waitFor();
    assert.equal(await page.locator(".notification-list-item", { hasText: "finding" }).count(), 0);
  });

  test("is grouped by file, and filtered", async () => {
    await runCommand(page, "Skeptic: Group by File");
    await row(/^reports\.py/).waitFor();
    await runCommand(page, "Skeptic: Filter Findings");
    await page.locator(".quick-input-widget input").fill("app.py");
    await row(/^reports\.py/).waitFor({ state: "detached" });
    await page.keyboard.press("Enter");
    await view().locator(".message", { hasText: "Filter: app.py" }).waitFor();
    await runCommand(page, "Skeptic: Clear Filter");
    await row(/^reports\.py/).waitFor();
  });

  test("opens a finding at its place", async () => {
    await row(/^Line \d+/).click();
    await page.locator(".monaco-editor .squiggly-error").first().waitFor();
  });

  test("has the actions of a finding", async () => {
    await row(/^Line \d+/).click({ button: "right" });
    await page.locator(".context-view .monaco-menu", { hasText: "Show Fixes" }).waitFor();
    await session.screenshot("view-menu");
    for (const title of ["Show Data Flow", "Explain"])
      await page.locator(".context-view .action-item", { hasText: title }).first().waitFor();
    const entry = page.locator(".context-view .action-item", { hasText: "Show Fixes" });
    const fixes = page.locator(".action-widget .monaco-list-row").first();
    // A menu that has just opened takes no click.
    for (let clicks = 0; clicks < 4 && (await entry.isVisible()); clicks++) {
      await entry.click();
      await fixes.waitFor({ timeout: 4000 }).catch(() => undefined);
    }
    await fixes.waitFor();
  });

  test("Explain shows the finding as a page", async () => {
    await page.keyboard.press("Escape");
    await row(/^Line \d+/).click({ button: "right" });
    const entry = page.locator(".context-view .action-item", { hasText: "Explain" }).first();
    const preview = page.locator(".tab.active", { hasText: /^Preview / });
    await entry.waitFor();
    // A menu that has just opened takes no click.
    for (let clicks = 0; clicks < 4 && (await entry.isVisible()); clicks++) {
      await entry.click();
      await preview.waitFor({ timeout: 4000 }).catch(() => undefined);
    }
    await preview.waitFor();
  });
});
