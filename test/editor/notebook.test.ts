// A notebook in the real workbench: a squiggle in one cell from a source in another, its fix by keyboard, and its finding
// while it is closed.

import * as assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { openFile, openSession, runCommand, type Session, SQUIGGLE } from "./session.ts";

const CELLS = [
  ["markdown", "# Which hosts answer?"],
  ["code", "%matplotlib inline\nimport os\nfrom flask import Flask, request"],
  ["code", 'app = Flask(__name__)\n\ndef host():\n    return request.args["host"]'],
  ["code", "!ping -c 1 localhost"],
  ["code", '@app.get("/ping")\ndef ping():\n    os.system("ping " + host())\n    return "done"'],
] as const;

const NOTEBOOK = `${JSON.stringify(
  {
    cells: CELLS.map(([kind, text]) => ({
      cell_type: kind,
      metadata: {},
      source: text.split(/(?<=\n)/),
      ...(kind === "code" ? { execution_count: null, outputs: [] } : {}),
    })),
    metadata: { language_info: { name: "python" } },
    nbformat: 4,
    nbformat_minor: 5,
  },
  undefined,
  1,
)}\n`;

describe("a notebook", { timeout: 240_000 }, () => {
  let session: Session;
  let page: Page;
  const file = (): string => join(session.folder, "hosts", "ping.ipynb");

  before(async () => {
    session = await openSession({
      prepare: (folder) => {
        mkdirSync(join(folder, "hosts"));
        writeFileSync(join(folder, "hosts", "ping.ipynb"), NOTEBOOK);
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
    session.screenshot(`notebook ${"name" in context ? context.name : ""}`.replace(/\W+/g, "-")),
  );

  const cell = (text: string): Locator =>
    page.locator(".notebookOverlay .cell-list-container .monaco-list-row", { hasText: text });

  test("the sink is underlined in its cell, and no other cell is", async () => {
    await openFile(page, "hosts/ping.ipynb");
    await cell("os.system").locator(SQUIGGLE).first().waitFor({ timeout: 60_000 });
    assert.equal(await page.locator(`.notebookOverlay ${SQUIGGLE}`).count(), 1);
  });

  test("the keyboard leads to a fix that edits two cells", async () => {
    await cell("os.system").locator(".view-line", { hasText: "os.system" }).click();
    await page.keyboard.press("F8");
    await page.locator(".marker-widget", { hasText: "command" }).first().waitFor();
    await session.screenshot("notebook-marker");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+.");
    const fix = page.locator(".action-widget .monaco-list-row.action", { hasText: "shell" });
    await fix.first().waitFor();
    await session.screenshot("notebook-menu");
    await page.keyboard.press("Enter");
    await cell("os.system").locator(".view-line", { hasText: "quote(host())" }).waitFor();
    await cell("%matplotlib").locator(".view-line", { hasText: "shlex" }).waitFor();
    await cell("os.system").locator(SQUIGGLE).waitFor({ state: "detached" });
    await session.screenshot("notebook-fixed");
    await page.keyboard.press("Control+Z");
    await cell("os.system").locator(SQUIGGLE).first().waitFor();
  });

  test("closed, its finding leads to the cell", async () => {
    await runCommand(page, "View: Close All Editors");
    assert.equal(readFileSync(file(), "utf8"), NOTEBOOK);
    await runCommand(page, "Skeptic: Scan Workspace");
    const row = page.locator(".pane .monaco-list-row", { hasText: "ping.ipynb, cell 5, line 3" });
    await row.first().waitFor({ timeout: 60_000 });
    await session.screenshot("notebook-scanned");
    await row.first().click();
    await cell("os.system").locator(SQUIGGLE).first().waitFor();
  });
});
