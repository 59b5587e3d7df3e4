// Names and versions of packages, with the keyboard alone: an import that was made up, and a range in package.json.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import {
  confirm,
  focusFinding,
  openFile,
  openFixes,
  openSession,
  type Session,
  untilText,
} from "./session.ts";

const WARNING = ".monaco-editor .squiggly-warning";
const HINT = ".monaco-editor .squiggly-hint";
const MANIFEST = `{
  "name": "counter",
  "private": true,
  "dependencies": {
    "express": "^5.1.0"
  }
}
`;
const LOCK = {
  name: "counter",
  lockfileVersion: 3,
  packages: {
    "": { name: "counter", dependencies: { express: "^5.1.0" } },
    "node_modules/express": {
      version: "5.1.0",
      resolved: "https://registry.npmjs.org/express/-/express-5.1.0.tgz",
      integrity:
        "sha512-DT9ck5YIRU+8GYzzU5kT3eHGA5iL+1Zd0EutOmTE9Dtk+Tvuzd23VBU+ec7HPNSTxXYO55gPV/hq4pSBJDjFpA==",
    },
  },
};

describe("packages in the workbench", { timeout: 240_000 }, () => {
  let session: Session;
  let page: Page;

  before(async () => {
    session = await openSession({
      settings: { "files.autoSave": "off" },
      prepare: (folder) => {
        writeFileSync(join(folder, "package.json"), MANIFEST);
        writeFileSync(join(folder, "package-lock.json"), JSON.stringify(LOCK));
        writeFileSync(join(folder, "fetch_news.py"), "\n");
      },
    });
    page = session.page;
    page.setDefaultTimeout(20_000);
    await session.show();
    const files = page.locator(".explorer-folders-view .monaco-list-row");
    await files.first().waitFor({ timeout: 90_000 });
  });
  after(() => session?.close());
  afterEach((context) =>
    session.screenshot(
      `packages-${("name" in context ? context.name : "test").replace(/\W+/g, "-")}`,
    ),
  );

  test("an import that was made up is underlined while it is typed, and its fix writes what was meant", async () => {
    await openFile(page, "fetch_news.py");
    await page.locator(".monaco-editor .view-line").first().click();
    await page.keyboard.type("import reqeusts ");
    await page.locator(WARNING).first().waitFor({ timeout: 60_000 });
    await session.screenshot("packages-typed");
    await focusFinding(page);
    const fix = (await openFixes(page)).filter({ hasText: /Import requests/ });
    await fix.first().waitFor();
    await session.screenshot("packages-menu");
    await page.keyboard.press("Enter");
    await confirm(session, WARNING);
    await page.locator(WARNING).first().waitFor({ state: "detached" });
    await untilText(page.locator(".monaco-editor .view-line").first(), /^import requests\s*$/);
  });

  test("a range in package.json becomes the version of the lock file", async () => {
    await openFile(page, "package.json");
    await page.locator(HINT).first().waitFor({ timeout: 60_000 });
    const line = page.locator(".monaco-editor .view-line", { hasText: "express" });
    await line.click();
    await page.keyboard.press("Home");
    const fix = (await openFixes(page)).filter({ hasText: /Pin express to 5\.1\.0/ });
    await fix.first().waitFor();
    await page.keyboard.press("Enter");
    await confirm(session, HINT);
    await page.locator(HINT).first().waitFor({ state: "detached" });
    await untilText(line, /^\s*"express": "5\.1\.0"$/);
  });
});
