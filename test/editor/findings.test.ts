// What a person does with a finding in the workbench: the menu, a reason, an explanation, a setting.

import * as assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
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
  textOf,
  untilText,
} from "./session.ts";

/** After so long a key that did nothing is pressed again. */
const TIDY = "def clean(text):\n    return text[:80]\n";
const PAGE = `from flask import Flask, request
from tidy import clean

app = Flask(__name__)


@app.get("/")
def page():
    return "<b>" + clean(request.args["q"]) + "</b>"
`;
const SQUIGGLE = ".monaco-editor .squiggly-error";

describe("a finding in the workbench", { timeout: 240_000 }, () => {
  let session: Session;
  let page: Page;

  before(async () => {
    session = await openSession({
      settings: { "files.autoSave": "off", "skeptic.fixOnSave": true },
      prepare: (folder) => {
        writeFileSync(join(folder, "tidy.py"), TIDY);
        writeFileSync(join(folder, "page.py"), PAGE);
      },
    });
    page = session.page;
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    page.setDefaultTimeout(20_000);
    await session.show();
    const files = page.locator(".explorer-folders-view .monaco-list-row");
    await files.first().waitFor({ timeout: 90_000 });
    await openFile(page, "app.py");
    await page.locator(SQUIGGLE).first().waitFor({ timeout: 60_000 });
  });
  after(() => session?.close());
  afterEach((context) =>
    session.screenshot(
      `finding-${("name" in context ? context.name : "test").replace(/\W+/g, "-")}`,
    ),
  );

  test("the menu has the fix first, then ways to accept it, then explanations", async () => {
    await focusFinding(page);
    const menu = await openFixes(page);
    const titles = await Promise.all((await menu.all()).map(textOf));
    const order = [/parameter/i, /Ignore .* here/, /in this file/, /Turn off/, /Explain/, /prompt/];
    const places = order.map((title) => titles.findIndex((each) => title.test(each)));
    assert.deepEqual(
      [...places].sort((a, b) => a - b),
      places,
      titles.join("\n"),
    );
    assert.ok(!places.includes(-1), titles.join("\n"));
    await session.screenshot("finding-menu");
    await page.keyboard.press("Escape");
  });

  test("ignoring asks for a reason and an end, and is undone in one step", async () => {
    await choose(page, /Ignore sql-injection here/);
    const box = page.locator(".quick-input-widget");
    await box.getByText("Why is this safe?").waitFor();
    await page.keyboard.press("Enter");
    await box.getByText("A reason is needed").waitFor();
    await session.screenshot("finding-reason");
    await page.keyboard.type("a page for tests");
    await page.keyboard.press("Enter");
    const term = box.locator(".monaco-list-row", { hasText: "30 days" });
    await term.waitFor();
    await session.screenshot("finding-term");
    await term.click();
    const comment = page.locator(".view-line", { hasText: "skeptic: ignore" });
    await comment.waitFor();
    assert.match(
      await textOf(comment),
      /# skeptic: ignore\[sql-injection\] until \d{4}-\d\d-\d\d -- a page for tests$/,
    );
    await page.locator(SQUIGGLE).first().waitFor({ state: "detached" });
    await session.screenshot("finding-ignored");
    await page.keyboard.press("Control+Z");
    await comment.waitFor({ state: "detached" });
    await page.locator(SQUIGGLE).first().waitFor();
  });

  test("the review prompt is on the clipboard", async () => {
    await choose(page, /as review prompt/);
    await page.locator(".statusbar-item", { hasText: "Skeptic: copied" }).waitFor();
    await runCommand(page, "File: New Untitled Text File");
    await page.locator('.tab.active[data-resource-name^="Untitled"]').waitFor();
    await page.keyboard.press("Control+V");
    const severity = page.locator(".view-line", { hasText: "Severity:" }).first();
    await severity.waitFor();
    await untilText(severity, /^Severity: critical/);
  });

  test("the data flow is walked from the source to the sink", async () => {
    await openFile(page, "app.py");
    await choose(page, /Show data flow/);
    await said(page, "1 of 2: name is a request parameter");
    await session.screenshot("finding-flow-source");
    await page.keyboard.press("Alt+PageDown");
    await said(page, "2 of 2: reaches here");
    await session.screenshot("finding-flow-sink");
    await runCommand(page, "Skeptic: List Steps of Data Flow");
    const steps = page.locator(".quick-input-list .monaco-list-row");
    await steps.filter({ hasText: "2. reaches here" }).waitFor();
    assert.match(await textOf(steps.first()), /^1\. name is a request parameter/);
    await page.keyboard.press("ArrowUp");
    await said(page, "1 of 2: name is a request parameter");
    await session.screenshot("finding-flow-list");
    await page.keyboard.press("Escape");
    await said(page, "2 of 2: reaches here");
    await page.locator(".monaco-editor.focused").first().waitFor();
    await page.keyboard.press("Escape");
    await said(page, "2 of 2", false);
  });

  test("the hover has the fix and its proof, and shows the path once", async () => {
    await page.locator(SQUIGGLE).first().hover({ force: true });
    const hover = page.locator(".monaco-hover:visible", { hasText: "sql-injection" }).first();
    await hover.getByText("Show data flow (2 steps)").waitFor();
    const text = await textOf(hover);
    assert.match(text, /critical severity, high confidence, CWE-89/);
    assert.match(text, /Fix: Use query parameters \(sqlite3\) \(safe: proved by attacks/);
    assert.equal(text.split("name is a request parameter").length, 2, text);
    await session.screenshot("finding-hover");
    await hover.getByText("About sql-injection").click();
    await page.locator(".tab.active", { hasText: "Preview sql-injection.md" }).waitFor();
  });

  test("the explanation is a page of its own, to be read only", async () => {
    await openFile(page, "app.py");
    await choose(page, /Explain sql-injection/);
    await page.locator(".tab.active", { hasText: "Preview sql-injection.md" }).waitFor();
    const preview = page.frameLocator("iframe.webview").last().frameLocator("iframe");
    await preview.getByText("The attack.").waitFor();
  });

  test("the clipboard is checked in the file at the cursor, before it is pasted", async () => {
    await openFile(page, "app.py");
    await page.locator(".view-line", { hasText: "rows = connection" }).click();
    await page.keyboard.press("Control+C");
    await page.locator(".view-line", { hasText: "return" }).click();
    await runCommand(page, "Skeptic: Check Clipboard");
    const found = page.locator(".quick-input-list .monaco-list-row", { hasText: "SQL built" });
    await found.waitFor();
    await untilText(found, /sql-injection, line 1 of the text/);
    await session.screenshot("finding-clipboard");
    assert.equal(await page.locator(".notification-list-item").count(), 0);
    await found.click();
    await page.locator(".tab.active", { hasText: "Preview clipboard.md" }).waitFor();
  });

  test("a save applies the safe fix, where that is set", async () => {
    await openFile(page, "app.py");
    await page.locator(".monaco-editor .view-line").first().click();
    await page.keyboard.press("Control+S");
    await page.locator(SQUIGGLE).first().waitFor({ state: "detached" });
    await page.locator(".tab.active:not(.dirty)").waitFor();
    assert.match(readFileSync(join(session.folder, "app.py"), "utf8"), /name = \?", \(name,\)\)/);
    await page.keyboard.press("Control+Z");
    await page.locator(SQUIGGLE).first().waitFor();
  });

  test("a function makes it safe: the row is shown, written once it is applied, and the finding is gone", async () => {
    await openFile(page, "page.py");
    await page.locator(SQUIGGLE).first().waitFor();
    await choose(page, /A function makes it safe/);
    const row = page.locator(".quick-input-list .monaco-list-row", { hasText: "tidy.py:clean" });
    await row.waitFor();
    await untilText(row, /called in page\.py:9/);
    await session.screenshot("finding-makes-safe");
    await page.keyboard.press("Enter");
    await page.locator(".pane-body .monaco-list-row", { hasText: "own.yml" }).first().waitFor();
    await session.screenshot("finding-makes-safe-preview");
    await confirm(session);
    await page.locator(SQUIGGLE).first().waitFor({ state: "detached" });
    const file = join(session.folder, ".skeptic/rules/own.yml");
    await until(() => existsSync(file) && readFileSync(file, "utf8") !== "");
    assert.equal(
      readFileSync(file, "utf8"),
      'version: 1\nsanitizers:\n  - { language: python, function: "tidy.py:clean", clears: [html] }\n',
    );
    await runCommand(page, "Skeptic: Review AI Changes");
    await page.locator(".statusbar-item", { hasText: "no AI changes wait" }).waitFor();
  });

  test("the rule is turned off in the folder's settings", async () => {
    await openFile(page, "app.py");
    await choose(page, /Turn off sql-injection/);
    await page.locator(SQUIGGLE).first().waitFor({ state: "detached" });
    const settings = readFileSync(join(session.folder, ".vscode/settings.json"), "utf8");
    assert.equal(JSON.parse(settings)["skeptic.rules"]["sql-injection"], "off");
  });
});

async function choose(page: Page, title: RegExp): Promise<void> {
  await focusFinding(page);
  const menu = await openFixes(page);
  await menu.filter({ hasText: title }).first().click();
}

/** Waits until the editor shows, or no longer shows, a text behind a line that is not in the file. */
async function said(page: Page, text: string, isShown = true): Promise<void> {
  const contents = `[...document.querySelectorAll(".view-line span")].map(
    (span) => getComputedStyle(span, "::after").content)`;
  await page.waitForFunction(
    `${contents}.some((each) => each.includes(${JSON.stringify(text)})) === ${isShown}`,
  );
}

/** The editor writes files a moment after it shows their text. */
async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !isSo(); tries++)
    await new Promise((resolve) => setTimeout(resolve, 100));
}
