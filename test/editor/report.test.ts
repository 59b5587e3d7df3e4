// "Skeptic: Show Report" in a real workbench, on a repository that the test builds, and its export.

import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import type { FrameLocator, Page } from "playwright-core";
import { commit, repository, write } from "../harness/repository.ts";
import { openFile, openSession, runCommand, type Session, SQUIGGLE, untilText } from "./session.ts";

const LOAD = "import yaml\n\n\ndef load(text):\n    return yaml.unsafe_load(text)\n";
const ROUTE = `
from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return "hello"
`;
const CLAUDE = "Co-authored-by: Claude <noreply@anthropic.com>";

describe("the report", { timeout: 240_000 }, () => {
  let session: Session;
  let page: Page;
  let report: FrameLocator;

  before(async () => {
    session = await openSession({
      prepare: (folder) => {
        write(folder, { "mine.py": LOAD + "x = 1\n".repeat(300) });
        repository({}, folder);
        const silent = "# skeptic: ignore[sql-injection] -- fine\n";
        write(folder, { "its.py": LOAD + silent + ROUTE + "y = 1\n".repeat(300) });
        commit(folder, `<b>bold</b>\n\n${CLAUDE}`);
      },
    });
    page = session.page;
    page.setDefaultTimeout(30_000);
    await session.show();
    const files = page.locator(".explorer-folders-view .monaco-list-row");
    await files.first().waitFor({ timeout: 90_000 });
    await openFile(page, "app.py");
    await page.locator(SQUIGGLE).first().waitFor({ timeout: 60_000 });
    report = page.frameLocator("iframe.webview").frameLocator("#active-frame");
  });
  after(() => session?.close());
  afterEach((context) =>
    session.screenshot(`report ${"name" in context ? context.name : ""}`.replace(/\W+/g, "-")),
  );

  test("opens as a page with its charts and tables", async () => {
    await runCommand(page, "Skeptic: Show Report");
    await report.locator("h1").waitFor({ timeout: 120_000 });
    await untilText(report.locator("h1"), /^Security report: /);
    await untilText(report.locator("#silences + p"), /1 is in code that an AI is declared/);
    await untilText(report.locator("tr.marked"), /its\.py:6.*Declared AI/);
    assert.equal(await report.locator("svg").count(), 2);
    assert.ok((await report.locator("svg").first().boundingBox())?.height ?? 0 > 60);
  });

  test("runs no script, and is readable for all", async () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    assert.equal(await report.locator("main script").count(), 0);
    const html = await report.locator("html").evaluate((root) => root.outerHTML);
    const copy = await (await page.context().browser()?.newContext({ bypassCSP: true }))?.newPage();
    assert.ok(copy);
    for (const colorScheme of ["light", "dark"] as const) {
      await copy.emulateMedia({ colorScheme });
      await copy.setContent(html.replace(/<script[\s\S]*?<\/script>/g, ""));
      await copy.addScriptTag({ content: axe });
      const violations: string[] = await copy.evaluate(async () => {
        const { axe: run } = globalThis as unknown as {
          axe: { run(): Promise<{ violations: { id: string }[] }> };
        };
        return (await run.run()).violations.map(({ id }) => id);
      });
      assert.deepEqual(violations, [], colorScheme);
    }
    await copy.context().close();
  });

  test("is exported from the buttons above it", async () => {
    await page.locator('.editor-actions a[aria-label^="Export Report"]').first().click();
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "Markdown" }).click();
    const name = page.locator(".quick-input-widget input[type='text']").first();
    const target = join(session.folder, "skeptic-report.md");
    await name.waitFor();
    await name.fill(target);
    await page.locator(".quick-input-widget").getByRole("button", { name: "OK" }).click();
    await page.locator(".statusbar-item", { hasText: "the report is written" }).waitFor();
    const text = readFileSync(target, "utf8");
    assert.match(text, new RegExp(`^# Security report: ${basename(session.folder)}\n`));
    assert.match(text, /&lt;b&gt;bold/);
    assert.ok(!text.includes(session.folder));
  });
});
