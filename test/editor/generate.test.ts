// Files that Skeptic writes for a project: chosen from the palette, seen before they are written, and saved.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import {
  openFile,
  openFixes,
  openSession,
  runCommand,
  type Session,
  untilText,
} from "./session.ts";

const OLD = "# Of the project.\nsave-exact=true\n";
const TESTS = `on: pull_request
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
        with:
          persist-credentials: false
      - run: npm ci && npm test
`;
const JOBS_LINE = 4;
const ROWS = ".quick-input-list .monaco-list-row";

describe("files that protect a project, in the workbench", { timeout: 240_000 }, () => {
  let session: Session;
  let page: Page;
  const path = (name: string) => join(session.folder, name);

  before(async () => {
    session = await openSession({
      settings: { "files.autoSave": "off", "skeptic.profile": "strict" },
      prepare: (folder) => {
        writeFileSync(join(folder, "package.json"), '{ "name": "web", "private": true }\n');
        writeFileSync(join(folder, ".npmrc"), OLD);
        mkdirSync(join(folder, ".github/workflows"), { recursive: true });
        writeFileSync(join(folder, ".github/workflows/test.yml"), TESTS);
      },
    });
    page = session.page;
    page.setDefaultTimeout(20_000);
    await session.show();
    await page
      .locator(".explorer-folders-view .monaco-list-row")
      .first()
      .waitFor({ timeout: 90_000 });
    await page.locator(".statusbar-item", { hasText: "Skeptic" }).first().waitFor();
  });
  after(() => session?.close());

  async function choose(what: string): Promise<void> {
    await runCommand(page, "Add Protection to This Project");
    const choice = page.locator(ROWS, { hasText: what }).first();
    await choice.waitFor();
    await session.screenshot(`generate-choices`);
    await choice.click();
  }
  async function apply(name: string): Promise<void> {
    const button = page.getByRole("button", { name: "Apply", exact: true });
    await button.waitFor();
    await page.locator(".pane-body .monaco-list-row").first().waitFor();
    for (const box of await page.getByRole("checkbox").all())
      if (!(await box.isChecked())) await box.click();
    await session.screenshot(name);
    await button.click();
  }
  async function untilWritten(name: string, pattern: RegExp): Promise<string> {
    for (let tries = 0; tries < 100; tries++) {
      const text = existsSync(path(name)) ? readFileSync(path(name), "utf8") : "";
      if (pattern.test(text)) return text;
      await page.waitForTimeout(100);
    }
    return assert.fail(`${name} is not written`);
  }

  test("a setting is added to a file that is there, after a preview", async () => {
    await choose("Cooldown");
    await apply("generate-cooldown");
    const text = await untilWritten(".npmrc", /min-release-age=7\n$/);
    assert.ok(text.startsWith(OLD));
    await untilText(page.locator(".tab.active"), /\.npmrc/);
    await session.screenshot("generate-cooldown-written");
  });

  test("a new file is shown before it is made, asked for at the finding that it is missing", async () => {
    await openFile(page, "test.yml");
    await page.locator(".monaco-editor .view-line").first().click();
    await page.keyboard.press("Control+Home");
    for (let line = 1; line < JOBS_LINE; line++) await page.keyboard.press("ArrowDown");
    const offer = page.locator(".action-widget .monaco-list-row.action", {
      hasText: "Add a workflow that scans each pull request",
    });
    // The finding comes a moment after the file is open.
    for (let tries = 0; tries < 20 && (await offer.count()) === 0; tries++) {
      await page.keyboard.press("Escape");
      await openFixes(page);
    }
    await session.screenshot("generate-from-finding");
    await offer.first().click();
    await page.getByRole("button", { name: "Apply", exact: true }).waitFor();
    assert.equal(existsSync(path(".github/workflows/security.yml")), false);
    await apply("generate-workflow");
    await untilWritten(".github/workflows/security.yml", /skeptic scan --format sarif/);
    await untilText(page.locator(".tab.active"), /security\.yml/);
    await session.screenshot("generate-workflow-written");
  });

  test("what is there already is said, and nothing is written", async () => {
    await choose("Cooldown");
    await untilText(
      page.locator(".notifications-toasts"),
      /nothing to write: \.npmrc sets min-release-age already/,
    );
    await session.screenshot("generate-nothing");
  });
});
