// A workbench with the packaged extension and a browser showing it, on a copy of the workspace.

import * as assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { browserArguments, ensureBrowser } from "../../scripts/lib/browser.mjs";
import { copyTestFolders } from "../../scripts/lib/test-folders.mjs";
import {
  addressOf,
  ensureWorkbench,
  type RunningWorkbench,
  remoteUri,
  startWorkbench,
} from "../../scripts/lib/workbench.mjs";

/** What Skeptic underlines. */
export const SQUIGGLE = ".monaco-editor .squiggly-error";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Session {
  readonly page: Page;
  readonly server: RunningWorkbench;
  /** The copy of the workspace folder, which is open, alone or as the first of two. */
  readonly folder: string;
  /** The folder the packaged extension was unpacked into. */
  readonly extension: string;
  /** Where a suite inside the extension host writes its results. */
  readonly results: string;
  /** Where hooks of agents leave what they wrote. */
  readonly hooks: string;
  readonly show: (payload?: readonly (readonly [string, string])[]) => Promise<void>;
  readonly remoteUri: (path: string) => string;
  readonly screenshot: (name: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface SessionOptions {
  readonly testDriver?: boolean;
  readonly trusted?: boolean;
  /** Of the editor, where it is not English: as an installed language pack would set it. */
  readonly language?: string;
  /** Opens a workspace of two folders. */
  readonly both?: boolean;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Called with the workspace folder before it is opened. */
  readonly prepare?: (folder: string) => void;
}

/** Needs SKEPTIC_TEST_VSIX, which `npm test` sets. The page is blank until `show`. */
export async function openSession(options: SessionOptions = {}): Promise<Session> {
  const vsix = process.env.SKEPTIC_TEST_VSIX;
  if (vsix === undefined) throw new Error("run this with `npm run test:editor`");
  const executablePath = process.env.SKEPTIC_TEST_BROWSER ?? (await ensureBrowser());

  const temporary = realpathSync(mkdtempSync(join(tmpdir(), "skeptic-editor-")));
  const { folder, workspace } = copyTestFolders(temporary);
  options.prepare?.(folder);
  const settings = {
    "git.enabled": false,
    "editor.minimap.enabled": false,
    // The packages of the workspace are not installed, and that is not what is tested here.
    "typescript.validate.enable": false,
    // An untrusted folder opens in Restricted Mode without asking.
    "security.workspace.trust.startupPrompt": "never",
    ...options.settings,
  };
  const results = join(temporary, "results.json");
  const hooks = join(temporary, "hooks");
  const server = await startWorkbench(await ensureWorkbench(), {
    ...options,
    vsix,
    settings,
    env: { SKEPTIC_RESULTS: results, SKEPTIC_HOOKS: hooks },
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void server.stop().finally(() => process.exit(1)));
  }
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({ executablePath, args: browserArguments });
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    if (options.language !== undefined)
      await page.addInitScript((language) => {
        const own = { get: () => language, set: () => undefined };
        Object.defineProperty(globalThis, "_VSCODE_NLS_LANGUAGE", own);
      }, options.language);
    const opened = options.both ? workspace : folder;
    return {
      page,
      server,
      folder,
      extension: installedExtension(server),
      results,
      hooks,
      show: async (payload) => {
        await page.goto(addressOf(server, opened, payload));
      },
      remoteUri: (path) => remoteUri(server, path),
      screenshot: async (name) => {
        const shots = join(root, ".cache", "screenshots");
        mkdirSync(shots, { recursive: true });
        await page.screenshot({ path: join(shots, `${name}.png`) });
      },
      close: async () => {
        await browser?.close();
        await server.stop();
        rmSync(temporary, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await browser?.close();
    await server.stop();
    throw error;
  }
}

function installedExtension(server: RunningWorkbench): string {
  const extensions = join(server.folder, "extensions");
  const name = readdirSync(extensions).find((each) => each.startsWith("skeptic.skeptic-"));
  if (name === undefined) throw new Error("the extension is not installed");
  return join(extensions, name);
}

/** After so long a click that did nothing is made again. */
const CLICK_LOST_MS = 4000;

/** Opens a file of the workspace by its path, as a person would with Ctrl+P. */
export async function openFile(page: Page, name: string): Promise<void> {
  await page.keyboard.press("Control+P");
  await page.locator(".quick-input-widget input").fill(name);
  const row = page.locator(".quick-input-list .monaco-list-row", {
    hasText: name.split("/").at(-1)!,
  });
  const tab = page.locator(`.tab.active[data-resource-name="${name.split("/").at(-1)}"]`);
  // The list is made anew when the search comes to its end: a click just then is lost.
  for (let clicks = 0; clicks < 4; clicks++) {
    await row.first().click();
    const isOpen = await tab.waitFor({ timeout: CLICK_LOST_MS }).then(
      () => true,
      () => false,
    );
    if (isOpen || !(await row.first().isVisible())) break;
  }
  await tab.waitFor();
}

/** Runs a command of the palette by its whole title. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await page.keyboard.press("F1");
  await page.locator(".quick-input-widget input").fill(`>${title}`);
  await page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().click();
}

/** The text of an element as a person reads it: Monaco writes no-break spaces. */
export async function textOf(locator: Locator): Promise<string> {
  return ((await locator.textContent()) ?? "").replaceAll("\u00a0", " ");
}

/** How long what is shown may take to follow what was done. */
const FOLLOWS_MS = 30_000;

/** Waits until an element reads like that: what is on the screen often follows one moment after something else did. */
export async function untilText(locator: Locator, pattern: RegExp): Promise<void> {
  await until(
    () => textOf(locator),
    (text) => pattern.test(text),
    String(pattern),
  );
}

/** Waits until there are so many of an element. */
export async function untilCount(locator: Locator, wanted: number): Promise<void> {
  await until(
    () => locator.count(),
    (count) => count === wanted,
    `${wanted} elements`,
  );
}

async function until<T>(
  read: () => Promise<T>,
  holds: (seen: T) => boolean,
  wanted: string,
): Promise<void> {
  const last = Date.now() + FOLLOWS_MS;
  for (;;) {
    const seen = await read();
    if (holds(seen)) return;
    if (Date.now() > last) assert.fail(`wanted ${wanted}, found ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A fix that is not proved safe shows what it changes first: agree to all of it. */
export async function confirm({ page, screenshot }: Session, underline = SQUIGGLE): Promise<void> {
  const squiggle = page.locator(underline).first();
  const preview = page.locator(".bulk-edit-panel, .refactor-preview, [id*='refactorPreview']");
  await Promise.race([
    squiggle.waitFor({ state: "detached" }),
    preview.getByRole("checkbox").first().waitFor(),
  ]).catch(() => undefined);
  if ((await squiggle.count()) === 0) return;
  await page.locator(".pane-body .monaco-list-row").first().waitFor();
  await screenshot("fix-preview");
  const edits = page.locator(".pane-body .monaco-list-row[aria-level='2']");
  assert.ok((await edits.count()) <= 1, "a fix is agreed to as a whole");
  for (const box of await page.getByRole("checkbox").all()) {
    if (!(await box.isChecked())) await box.click();
  }
  await page.getByRole("button", { name: "Apply", exact: true }).click();
}

/** After so long a key that did nothing is pressed again. */
const KEY_LOST_MS = 4000;

/** Moves the cursor of the open editor to its first finding. */
export async function focusFinding(page: Page): Promise<void> {
  await page.locator(".monaco-editor .view-line").first().click();
  await page.keyboard.press("Control+Home");
  await runCommand(page, "Go to Next Problem (Error, Warning, Info)");
  const widget = page.locator(".monaco-editor .marker-widget");
  await widget.waitFor();
  // The widget hears keys a moment after it is there.
  for (let keys = 0; keys < 4 && (await widget.count()) > 0; keys++) {
    await page.keyboard.press("Escape");
    await widget.waitFor({ state: "detached", timeout: KEY_LOST_MS }).catch(() => undefined);
  }
  await widget.waitFor({ state: "detached" });
}

/** Opens the quick-fix menu at the cursor: its rows. */
export async function openFixes(page: Page): Promise<Locator> {
  const rows = page.locator(".action-widget .monaco-list-row.action");
  // The editor has the keyboard again a moment after another widget is gone: a key before that is lost.
  for (let keys = 0; keys < 4 && (await rows.count()) === 0; keys++) {
    await page.keyboard.press("Control+.");
    await rows
      .first()
      .waitFor({ timeout: KEY_LOST_MS })
      .catch(() => undefined);
  }
  await rows.first().waitFor();
  return rows;
}
