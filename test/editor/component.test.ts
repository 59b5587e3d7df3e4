// Components of Vue and Svelte in a workbench that has no extension for their languages: plain text to it, code to Skeptic.

import { mkdirSync, writeFileSync } from "node:fs";
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

const SCRIPT = `import { exec } from "node:child_process";

export function show(name: string): void {
  const wanted = new URLSearchParams(location.search).get("q");
  document.querySelector("#a")!.innerHTML = wanted ?? name;
}
`;
const FILES = {
  "a.vue": `<template>\n  <p id="a">{{ title }}</p>\n</template>\n\n<script lang="ts">\n${SCRIPT}</script>\n`,
  "b.svelte": `<script lang="ts">\n${SCRIPT}</script>\n\n<p id="a"></p>\n`,
};
const UNDERLINED = ".monaco-editor .squiggly-error, .monaco-editor .squiggly-warning";

describe("a component without an extension for its language", { timeout: 240_000 }, () => {
  let session: Session;
  let page: Page;

  before(async () => {
    session = await openSession({
      prepare: (folder) => {
        mkdirSync(join(folder, "web"));
        for (const [name, text] of Object.entries(FILES))
          writeFileSync(join(folder, "web", name), text);
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
    session.screenshot(`component ${"name" in context ? context.name : ""}`.replace(/\W+/g, "-")),
  );

  for (const name of Object.keys(FILES))
    test(`${name}: a squiggle in its script, and a fix`, async () => {
      await openFile(page, `web/${name}`);
      await page.locator(UNDERLINED).first().waitFor({ timeout: 60_000 });
      await page.locator(".statusbar-item", { hasText: "Plain Text" }).waitFor();
      await focusFinding(page);
      const menu = await openFixes(page);
      await menu.filter({ hasText: "Show it as text" }).first().click();
      await confirm(session, UNDERLINED);
      await untilText(page.locator(".view-line", { hasText: "querySelector" }), /textContent/);
      await page.locator(UNDERLINED).first().waitFor({ state: "detached" });
    });
});
