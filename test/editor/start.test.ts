// `npm start` on the demo: an address, a file with squiggles, and an end that leaves nothing behind.

import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { browserArguments, ensureBrowser } from "../../scripts/lib/browser.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("npm start shows the demo with squiggles", { timeout: 240_000 }, async () => {
  const child = spawn(process.execPath, ["scripts/start.mjs"], {
    cwd: root,
    env: { ...process.env, SKEPTIC_EDITOR: "workbench", DISPLAY: "", WAYLAND_DISPLAY: "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const executablePath = process.env.SKEPTIC_TEST_BROWSER ?? (await ensureBrowser());
  const browser = await chromium.launch({ executablePath, args: browserArguments });
  try {
    const address = await printedAddress(child.stdout);
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.goto(address);
    const squiggle = page.locator(".monaco-editor [class*='squiggly-']");
    await squiggle.first().waitFor({ timeout: 90_000 });
    const shots = join(root, ".cache", "screenshots");
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: join(shots, "npm-start.png") });
    await page.close();

    child.kill("SIGINT");
    const [code] = await exited;
    assert.equal(code, 0);
    await assert.rejects(fetch(address), "the workbench has ended");
  } finally {
    child.kill("SIGTERM");
    await exited;
    await browser.close();
  }
});

async function printedAddress(output: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of output) {
    text += chunk;
    const address = /^\s*(http:\S+)\s*$/m.exec(text)?.[1];
    if (address !== undefined) {
      output.resume();
      return address;
    }
  }
  throw new Error(`npm start ended without an address\n${text}`);
}
