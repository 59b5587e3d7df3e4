// The web build where there is nothing but a browser: no remote host, the extension in a web worker, the workspace in a
// file system of another extension, as on vscode.dev.

import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Locator, Page } from "playwright-core";
import {
  confirm,
  focusFinding,
  openFixes,
  openSession,
  runCommand,
  SQUIGGLE,
  untilText,
} from "./session.ts";

const FILE_SYSTEM = fileURLToPath(new URL("fixtures/browser-files", import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

test("in a browser alone: a squiggle, its path through files, a fix, a scan, a notebook", {
  timeout: 240_000,
}, async () => {
  const session = await openSession();
  const { page, server } = session;
  const logged: string[] = [];
  page.on("console", (message) => logged.push(message.text()));
  try {
    await serveFolder(page, `${server.url}/web/skeptic`, session.extension);
    await serveFolder(page, `${server.url}/web/files`, FILE_SYSTEM);
    await withoutRemote(page, server.url, ["/web/skeptic", "/web/files"]);
    const payload = [["openFile", "browserfs:///app/store.py"]];
    const query = new URLSearchParams({
      folder: "browserfs:///app",
      payload: JSON.stringify(payload),
    });
    await page.goto(`${server.url}/?${query}`);

    await page
      .locator(SQUIGGLE)
      .first()
      .waitFor({ timeout: 90_000 })
      .catch((error: unknown) => {
        throw new Error(`${String(error)}\n${logged.join("\n")}`);
      });
    await page.locator(SQUIGGLE).first().hover({ force: true });
    const hover = page.locator(".monaco-hover:visible", { hasText: "sql-injection" }).first();
    await hover.waitFor();
    // The path begins in a file that is not open.
    await untilText(hover, /web\.py\(\d+/);
    await page.keyboard.press("Escape");

    await focusFinding(page);
    const menu = await openFixes(page);
    await menu.filter({ hasText: "query parameters" }).first().click();
    await confirm(session);
    await page.locator(SQUIGGLE).first().waitFor({ state: "detached" });
    const code = page.locator(".view-line", { hasText: "execute" });
    await untilText(code, /WHERE name = \?", \(name,\)\)/);

    await runCommand(page, "Skeptic: Scan Workspace");
    // In a file and a notebook that are not open.
    await page.locator(".statusbar-item", { hasText: /Skeptic: (0 of )?2$/ }).waitFor();
    await session.screenshot("browser-scan");

    await page.locator(".pane .monaco-list-row", { hasText: "hosts.ipynb, cell 3" }).click();
    // The editor asks whether the notebook is to be opened in the browser's session.
    await page.getByRole("button", { name: "Open Notebook" }).click();
    const cell = (text: string): Locator =>
      page.locator(".notebookOverlay .cell-list-container .monaco-list-row", { hasText: text });
    const underlined = cell("os.system").locator(SQUIGGLE);
    await underlined.first().waitFor({ timeout: 60_000 });
    assert.equal(await page.locator(`.notebookOverlay ${SQUIGGLE}`).count(), 1);
    await cell("os.system").locator(".view-line", { hasText: "os.system" }).click();
    for (const key of ["End", "ArrowLeft", "ArrowLeft"]) await page.keyboard.press(key);
    const fixes = await openFixes(page);
    await fixes.filter({ hasText: "shell" }).first().click();
    await cell("os.system").locator(".view-line", { hasText: "quote(host())" }).waitFor();
    await cell("import os").locator(".view-line", { hasText: "shlex" }).waitFor();
    await underlined.first().waitFor({ state: "detached" });
  } finally {
    await session.screenshot("browser-end");
    await session.close();
  }
});

/** Answers requests below an address with the files of a folder. */
async function serveFolder(page: Page, address: string, folder: string): Promise<void> {
  await page.context().route(`${address}/**`, async (route) => {
    const path = new URL(route.request().url()).pathname.slice(new URL(address).pathname.length);
    try {
      const body = readFileSync(join(folder, decodeURIComponent(path)));
      await route.fulfill({
        body,
        contentType: TYPES[extname(path)] ?? "application/octet-stream",
      });
    } catch {
      await route.fulfill({ status: 404 });
    }
  });
}

/** The page that the server gives knows no server any more, and has these extensions. */
async function withoutRemote(
  page: Page,
  url: string,
  extensions: readonly string[],
): Promise<void> {
  const { protocol, host } = new URL(url);
  const scheme = protocol.slice(0, -1);
  const components = extensions.map((path) => ({ scheme, authority: host, path }));
  await page.route(
    (address) => address.host === host && address.pathname === "/",
    async (route) => {
      const answer = await route.fetch();
      const html = await answer.text();
      const body = html.replace(
        /(web-configuration" data-settings=")([^"]+)/,
        (_, head: string, text: string) => {
          const options = JSON.parse(text.replaceAll("&quot;", '"')) as Record<string, object>;
          const developmentOptions = { ...options.developmentOptions, extensions: components };
          const changed = JSON.stringify({ ...options, developmentOptions });
          return head + changed.replaceAll('"', "&quot;");
        },
      );
      assert.notEqual(body, html, "the page has a configuration");
      await route.fulfill({ response: answer, body });
    },
  );
  await page.route("**/workbench/workbench.js", async (route) => {
    const answer = await route.fetch();
    const code = await answer.text();
    const body = code.replace("remoteAuthority:location.host", "remoteAuthority:undefined");
    assert.notEqual(body, code, "the workbench names its server");
    await route.fulfill({ response: answer, body });
  });
}
