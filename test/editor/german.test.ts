// The extension in an editor whose language is German: no words of its own are English.

import * as assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { openFile, openSession, type Session, textOf } from "./session.ts";

let session: Session;
let page: Page;

before(async () => {
  session = await openSession({ language: "de" });
  page = session.page;
  page.setDefaultTimeout(30_000);
  await session.show();
  await page
    .locator(".explorer-folders-view .monaco-list-row")
    .first()
    .waitFor({ timeout: 90_000 });
});
after(() => session?.close());

test("commands, view, status item and lists speak German; findings stay English", async () => {
  await openFile(page, "app.py");
  await page
    .locator(".statusbar-item", { hasText: /^\s*Skeptic: 1\s*$/ })
    .waitFor({ timeout: 60_000 });
  await page.locator('.activitybar [aria-label^="Skeptic"]').first().click();
  const view: Locator = page.locator(".pane", { hasText: "Befunde" }).first();
  await view.locator(".monaco-list-row", { hasText: /^Kritisch/ }).waitFor();
  assert.match(
    await textOf(view.locator(".monaco-list-row", { hasText: /^app\.py/ }).first()),
    /SQL built from request data/,
  );
  await session.screenshot("german-view");
  await page.keyboard.press("F1");
  await page.locator(".quick-input-widget input").fill(">Skeptic: Arbeitsbereich prüfen");
  await page
    .locator(".quick-input-list .monaco-list-row", { hasText: "Arbeitsbereich prüfen" })
    .first()
    .waitFor();
  await session.screenshot("german-palette");
  await page.keyboard.press("Enter");
  await view
    .locator(".message", { hasText: /Prüfung beendet: \d+ Befunde in \d+ Dateien/ })
    .waitFor();
  await page.locator('.statusbar-item[id="skeptic.skeptic.skeptic"]').click();
  await page
    .locator(".quick-input-list .monaco-list-row", { hasText: "Server neu starten" })
    .waitFor();
  await session.screenshot("german-menu");
});
