// The packaged extension in a real workbench, used as a person uses it: eyes, mouse and keys.

import * as assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import {
  confirm,
  focusFinding,
  openFile,
  openFixes,
  openSession,
  runCommand,
  type Session,
  SQUIGGLE,
  textOf,
  untilText,
} from "./session.ts";

describe("in the workbench", { timeout: 240_000 }, () => {
  let session: Session;
  let page: Page;

  before(async () => {
    session = await openSession();
    page = session.page;
    await showWorkbench(session);
  });
  after(() => session?.close());
  afterEach((context) =>
    session.screenshot(("name" in context ? context.name : "test").replace(/\W+/g, "-")),
  );

  test("an injection in Python gets a squiggle", async () => {
    await openFile(page, "app.py");
    await page.locator(SQUIGGLE).first().waitFor({ timeout: 60_000 });
  });

  test("the status item counts the findings", async () => {
    await page.locator(".statusbar-item", { hasText: /Skeptic: \d/ }).waitFor();
  });

  test("the hover says what is wrong and what to do", async () => {
    await page.locator(SQUIGGLE).first().hover({ force: true });
    const hover = page.locator(".monaco-hover:visible", { hasText: "sql-injection" }).first();
    await hover.waitFor();
    await untilText(hover, /SQL/);
    await session.screenshot("hover");
    await page.keyboard.press("Escape");
  });

  test("Problems lists it", async () => {
    await page.keyboard.press("Control+Shift+M");
    const row = page.locator(".markers-panel .monaco-list-row", { hasText: "sql-injection" });
    await row.first().waitFor();
    await untilText(row.first(), /SQL/);
  });

  test("its rule leads to the page that came with the extension", async () => {
    const row = page.locator(".markers-panel .monaco-list-row", { hasText: "sql-injection" });
    await row.first().locator("a", { hasText: "sql-injection" }).click();
    await page.locator(".tab.active", { hasText: "sql-injection.md" }).waitFor();
    const preview = page.frameLocator("iframe.webview").last().frameLocator("iframe");
    await preview.locator("h1", { hasText: "SQL" }).waitFor();
    await session.screenshot("rule-page");
  });

  test("an injection in TypeScript gets a squiggle", async () => {
    await openFile(page, "db.ts");
    await page.locator(SQUIGGLE).first().waitFor();
    await page.locator(".markers-panel .monaco-list-row", { hasText: "db.ts" }).first().waitFor();
  });

  test("Ctrl+. rewrites it, and the saved file is safe", async () => {
    await openFile(page, "app.py");
    await page.locator(SQUIGGLE).first().waitFor();
    await focusFinding(page);
    const fixes = await openFixes(page);
    await session.screenshot("quick-fix-menu");
    await fixes
      .filter({ hasText: /parameter/i })
      .first()
      .click();
    await confirm(session);
    await page.locator(SQUIGGLE).first().waitFor({ state: "detached" });
    await page.locator(".monaco-editor .view-line").first().click();
    await page.keyboard.press("Control+S");
    const saved = await savedText(
      join(session.folder, "app.py"),
      (text) => text !== "" && !text.includes("{name}"),
    );
    assert.match(saved, /WHERE name = \?", \(name,\)\)/);
  });

  test("Scan Workspace finds a file that is not open", async () => {
    const closed = page.locator(".markers-panel .monaco-list-row", { hasText: "reports.py" });
    assert.equal(await closed.count(), 0);
    await runCommand(page, "Skeptic: Scan Workspace");
    await closed.first().waitFor();
    await page.locator(".pane .message", { hasText: "Scan finished" }).waitFor();
  });

  test("Clear Workspace Results takes it away again", async () => {
    await runCommand(page, "Skeptic: Clear Workspace Results");
    const closed = page.locator(".markers-panel .monaco-list-row", { hasText: "reports.py" });
    await closed.first().waitFor({ state: "detached" });
  });

  test("a tainted call is underlined as it is typed, though the file of its sink is closed", async () => {
    await openFile(page, "routes.py");
    await page.locator(".monaco-editor .view-line").first().click();
    await page.keyboard.press("Control+End");
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Backspace");
    await page.keyboard.type("find_payments(payer)", { delay: 20 });
    await page.keyboard.press("Escape");
    await page.locator(SQUIGGLE).first().waitFor();
    const row = page.locator(".markers-panel .monaco-list-row", { hasText: "store.py:6" });
    await row.first().waitFor();
    assert.match(
      await textOf(row.first()),
      /^Data passed on here reaches store\.py:6\. Request data/,
    );
    assert.equal(await page.locator('.tab[data-resource-name="store.py"]').count(), 0);
    await page.locator(SQUIGGLE).first().hover({ force: true });
    const hover = page.locator(".monaco-hover:visible", { hasText: "sql-injection" }).first();
    await hover.waitFor();
    await untilText(hover, /store\.py\(6, \d+\): reaches here/);
  });

  test("its fix edits the closed file", async () => {
    await page.keyboard.press("Escape");
    await focusFinding(page);
    const fixes = await openFixes(page);
    const fix = fixes.filter({ hasText: /parameter.*, in store\.py/i });
    await fix.first().waitFor();
    await session.screenshot("quick-fix-in-a-closed-file");
    await fix.first().click();
    await confirm(session);
    await page.locator(SQUIGGLE).first().waitFor({ state: "detached" });
    await openFile(page, "store.py");
    await page.locator(".monaco-editor .view-line").first().click();
    await page.keyboard.press("Control+S");
    const saved = await savedText(
      join(session.folder, "store.py"),
      (text) => !text.includes("{payer}"),
    );
    assert.match(saved, /WHERE payer = \?", \(payer,\)\)/);
  });
});

test("in Restricted Mode it warns as well", { timeout: 240_000 }, async () => {
  const session = await openSession({ trusted: false });
  try {
    await showWorkbench(session);
    await session.page.locator(".statusbar-item", { hasText: "Restricted Mode" }).waitFor();
    await openFile(session.page, "app.py");
    await session.page.locator(SQUIGGLE).first().waitFor({ timeout: 60_000 });
  } finally {
    await session.screenshot("restricted-mode");
    await session.close();
  }
});

test("a server that keeps ending is reported, and can be restarted", {
  timeout: 240_000,
}, async () => {
  const session = await openSession();
  const { page } = session;
  const server = join(session.extension, "dist", "server.js");
  const working = readFileSync(server);
  try {
    writeFileSync(server, "setTimeout(() => process.exit(1), 100);");
    await showWorkbench(session);
    await openFile(page, "app.py");
    const item = page.locator(".statusbar-item", { hasText: "Skeptic: broken" });
    await item.waitFor({ timeout: 60_000 });
    await session.screenshot("broken");

    writeFileSync(server, working);
    await item.click();
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "Restart Server" }).click();
    await page.locator(SQUIGGLE).first().waitFor({ timeout: 60_000 });
  } finally {
    await session.screenshot("restarted");
    await session.close();
  }
});

async function showWorkbench(session: Session): Promise<void> {
  session.page.setDefaultTimeout(20_000);
  await session.show();
  const files = session.page.locator(".explorer-folders-view .monaco-list-row");
  await files.first().waitFor({ timeout: 90_000 });
}

async function savedText(path: string, wanted: (text: string) => boolean): Promise<string> {
  const end = Date.now() + 10_000;
  for (;;) {
    const text = readFileSync(path, "utf8");
    if (wanted(text) || Date.now() > end) return text;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
