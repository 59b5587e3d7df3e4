// A notebook in the real workbench: a squiggle in one cell from a source in another, its fix by keyboard, its finding while it
// is closed, what a save fixes, and what an agent wrote in it.

import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { openFile, openSession, runCommand, type Session, SQUIGGLE } from "./session.ts";

const WARNING = ".monaco-editor [class*='squiggly-']";

const CELLS = [
  ["markdown", "# Which hosts answer?"],
  ["code", "%matplotlib inline\nimport os\nfrom flask import Flask, request"],
  ["code", 'app = Flask(__name__)\n\ndef host():\n    return request.args["host"]'],
  ["code", "!ping -c 1 localhost"],
  ["code", '@app.get("/ping")\ndef ping():\n    os.system("ping " + host())\n    return "done"'],
] as const;

/** Its fix is proved safe. */
const TOKEN = `def reset_token():
    return "".join(random.choice(string.ascii_letters) for _ in range(32))`;
const TOKENS = [
  ["code", "import random\nimport string"],
  ["code", TOKEN],
] as const;

const notebook = (cells: readonly (readonly ["code" | "markdown", string])[]): string =>
  `${JSON.stringify(
    {
      cells: cells.map(([kind, text]) => ({
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

const NOTEBOOK = notebook(CELLS);

describe("a notebook", { timeout: 240_000 }, () => {
  let session: Session;
  let page: Page;
  const file = (): string => join(session.folder, "hosts", "ping.ipynb");

  before(async () => {
    session = await openSession({
      settings: { "skeptic.fixOnSave": true, "skeptic.origin.marks": true },
      prepare: (folder) => {
        mkdirSync(join(folder, "hosts"));
        writeFileSync(join(folder, "hosts", "token.ipynb"), notebook(TOKENS));
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

  test("a save fixes what is safe, in the cells that it needs", async () => {
    await openFile(page, "hosts/token.ipynb");
    await cell("reset_token").locator(WARNING).first().waitFor({ timeout: 60_000 });
    await cell("reset_token").locator(".view-line", { hasText: "return" }).click();
    await page.keyboard.press("End");
    await page.keyboard.type("  # touched");
    await page.keyboard.press("Control+S");
    await cell("reset_token").locator(".view-line", { hasText: "secrets.choice" }).waitFor();
    await cell("import").locator(".view-line", { hasText: "import secrets" }).waitFor();
    await page.locator(".tab.active.dirty").waitFor({ state: "detached" });
    const saved = readFileSync(join(session.folder, "hosts", "token.ipynb"), "utf8");
    assert.match(saved, /import secrets/);
    assert.match(
      saved,
      /secrets\.choice\(string\.ascii_letters\) for _ in range\(32\)\) {2}# touched/,
    );
  });

  test("what an agent wrote in a cell gets a line beside it, and is reviewed there", async () => {
    callHook(session, "token.ipynb", "import random\nimport secrets\nimport string");
    const line = page.locator(".notebookOverlay .view-overlays .cdr[class*='ced-']");
    await line.first().waitFor();
    await session.screenshot("notebook-marks");
    await review("AI change 1 of 1: token.ipynb, cell 1, lines 1 to 3");
    await line.first().waitFor({ state: "detached" });
  });

  test("what it wrote in a notebook that is closed is shown in its cell", async () => {
    await runCommand(page, "View: Close All Editors");
    callHook(session, "ping.ipynb", CELLS[4][1]);
    await review("AI change 1 of 1: ping.ipynb, cell 5, lines 1 to 4");
    await cell("os.system").locator(SQUIGGLE).first().waitFor();
  });

  const review = async (title: string): Promise<void> => {
    await runCommand(page, "Skeptic: Review AI Changes");
    const widget = page.locator(".quick-input-widget:visible");
    await widget.locator(".quick-input-title", { hasText: title }).waitFor();
    await session.screenshot("notebook-review");
    await widget.locator(".monaco-list-row", { hasText: "Reviewed, go on" }).click();
    await page.locator(".statusbar-item", { hasText: "the AI change is reviewed" }).waitFor();
  };
});

/** As an agent does it that has written a cell anew. */
function callHook({ folder, hooks }: Session, name: string, source: string): void {
  const event = {
    hook_event_name: "PostToolUse",
    tool_name: "NotebookEdit",
    tool_input: {
      notebook_path: join(folder, "hosts", name),
      new_source: source,
      edit_mode: "replace",
    },
  };
  const program = join(process.cwd(), "dist", "cli.js");
  const { status, stderr } = spawnSync(process.execPath, [program, "hook"], {
    input: JSON.stringify(event),
    encoding: "utf8",
    env: { ...process.env, SKEPTIC_HOOKS: hooks },
  });
  assert.equal(status, 0, stderr);
}
