// A workspace above the budget: what the status item says, and a scan that is cancelled and begun again.

import * as assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { openFile, openSession, runCommand, type Session, textOf, untilCount } from "./session.ts";

const FOLDERS = 201;
const FILES = 100;
const INJECTION = `import sqlite3
from flask import request


def find():
    sqlite3.connect("a.db").execute("SELECT '" + request.args["q"] + "'")
`;

describe("in a large workspace", { timeout: 240_000 }, () => {
  let session: Session;
  let page: Page;
  let item: Locator;

  before(async () => {
    session = await openSession({ prepare: fill });
    page = session.page;
    page.setDefaultTimeout(20_000);
    item = page.locator('.statusbar-item[id="skeptic.skeptic.skeptic"]');
    await session.show();
  });
  after(() => session?.close());
  afterEach((context) =>
    session.screenshot(("name" in context ? context.name : "test").replace(/\W+/g, "-")),
  );

  const says = (text: RegExp, timeout = 20_000) =>
    page.locator(".statusbar-item", { hasText: text }).first().waitFor({ timeout });
  const notification = (text: RegExp) => page.locator(".notification-list-item", { hasText: text });
  const change = (values: object): void => {
    mkdirSync(join(session.folder, ".vscode"), { recursive: true });
    writeFileSync(join(session.folder, ".vscode", "settings.json"), JSON.stringify(values));
  };
  const told = (text: RegExp): Locator => page.locator(".pane .message", { hasText: text });
  const said = async (): Promise<string> => {
    await page.mouse.move(600, 300);
    await item.hover();
    const shown = page.locator(".monaco-hover:visible").first();
    await shown.waitFor();
    return textOf(shown);
  };

  test("the status item counts the files that are read", async () => {
    await says(/Skeptic: indexing \d+\/20,?\d+/, 90_000);
    await session.screenshot("indexing");
  });

  test("a scan shows how far it is, and ends when it is cancelled", async () => {
    await page.keyboard.press("Control+Shift+M");
    await runCommand(page, "Skeptic: Scan Workspace");
    const progress = notification(/Skeptic: scanning the workspace: \d+ %, \S+/);
    await progress.first().hover();
    await session.screenshot("scan-progress");
    await notification(/scanning the workspace/)
      .getByRole("button", { name: "Cancel" })
      .click();
    await told(/Scan cancelled/).waitFor();
    await untilCount(notification(/scanning the workspace/), 0);
    await runCommand(page, "Notifications: Clear All Notifications");
  });

  test("above the budget the rest is left out, and it says so", async () => {
    await says(/Skeptic: [\d,]+ files left out/, 120_000);
    const hover = await said();
    await session.screenshot("over-the-budget");
    assert.match(hover, /no findings in Problems/);
    assert.match(hover, /over the budget of 20,000 files or 200 MB\. Exclude folders/);
  });

  test("the next scan finds what the cancelled one did not, and says what it left out", async () => {
    await runCommand(page, "Skeptic: Scan Workspace");
    const end = told(/Scan finished/);
    await end.waitFor({ timeout: 60_000 });
    await session.screenshot("scan-finished");
    const text = await textOf(end);
    const counts = /: 20\d findings in (2000[01]) files; skipped: .*?(\d+) over the budget/.exec(
      text,
    );
    // A manifest counts on one side or the other, as it is seen before the budget is spent or after; no file is lost.
    assert.equal(Number(counts?.[1]) + Number(counts?.[2]), 20_108, text);
    assert.match(text, /1 larger than 2 MiB/);
    await says(/Skeptic: 20\d, \d+ files left out/);
    await runCommand(page, "Skeptic: Clear Workspace Results");
    await says(/Skeptic: \d+ files left out/);
    await runCommand(page, "Notifications: Clear All Notifications");
  });

  test("settings that are ignored are named, one a line", async () => {
    change({
      "skeptic.exclude": ["part*"],
      "skeptic.profile": "loud",
      "skeptic.rules": { none: "off" },
    });
    await says(/Skeptic: 2 settings ignored/);
    const hover = await said();
    await session.screenshot("ignored-settings");
    assert.match(hover, /skeptic\.profile must be one of default, strict; default is used/);
    assert.match(hover, /unknown rule "none"/);
    change({ "skeptic.exclude": ["part*"] });
    await says(/^\s*Skeptic\s*$/);
  });

  test("an open file that is skipped is named", async () => {
    await openFile(page, "large.py");
    await says(/Skeptic: open file skipped/);
    const hover = await said();
    await session.screenshot("skipped-file");
    assert.match(hover, /large\.py is not analysed: it is larger than 2 MiB/);
    await runCommand(page, "View: Close All Editors");
    await says(/^\s*Skeptic\s*$/);
  });

  test("turned off, it says so", async () => {
    change({ "skeptic.enable": false });
    await says(/Skeptic: off/);
    assert.match(await said(), /Skeptic is off \(setting skeptic\.enable\)/);
    await session.screenshot("off");
    await runCommand(page, "Skeptic: Scan Workspace");
    await notification(/Skeptic is off here/).waitFor();
  });
});

function fill(folder: string): void {
  for (let i = 0; i < FOLDERS; i++) {
    const part = join(folder, `part${i}`);
    mkdirSync(part);
    for (let j = 0; j < FILES; j++)
      writeFileSync(join(part, `m${j}.py`), j === 0 ? INJECTION : `LIMIT = ${j}\n`);
  }
  writeFileSync(join(folder, "large.py"), "x = 1\n".repeat(400_000));
}
