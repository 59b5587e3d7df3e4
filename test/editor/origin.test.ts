// An agent writes into an open file: what a person then sees of it, in a real workbench.

import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { openFile, openSession, runCommand, type Session, textOf, untilCount } from "./session.ts";

const ADDED = `

def remove(payer: str):
    connection = sqlite3.connect("payments.db")
    connection.execute(f"DELETE FROM payments WHERE payer = '{payer}'")
    # skeptic: ignore[sql-dynamic-query] -- only the name
    connection.execute(f"DELETE FROM names WHERE payer = '{payer}'")
`;
const SQUIGGLE = ".monaco-editor [class*='squiggly-']";

describe("what an agent wrote", { timeout: 240_000 }, () => {
  let session: Session;
  let page: Page;

  before(async () => {
    session = await openSession({ settings: { "skeptic.origin.marks": true } });
    page = session.page;
    page.setDefaultTimeout(20_000);
    await session.show();
    const files = page.locator(".explorer-folders-view .monaco-list-row");
    await files.first().waitFor({ timeout: 90_000 });
    await openFile(page, "store.py");
    await page.locator(SQUIGGLE).first().waitFor({ timeout: 60_000 });
  });
  after(() => session?.close());

  test("gets a line beside it, as the hook records it", async () => {
    const path = join(session.folder, "store.py");
    const before = readFileSync(path, "utf8");
    writeFileSync(path, before + ADDED);
    callHook(session, path, before, before + ADDED);
    const line = page.locator(".monaco-editor .view-overlays .cdr[class*='ced-']");
    await line.first().waitFor();
    await session.screenshot("origin-marks");
    await untilCount(line, 5);
  });

  test("is named in the hover of its finding", async () => {
    const finding = page.locator(SQUIGGLE).nth(1);
    await finding.hover({ force: true });
    const hover = page.locator(".monaco-hover:visible", { hasText: "inserted by an AI" }).first();
    await hover.waitFor();
    assert.match(
      await textOf(hover),
      /In code inserted by an AI \d+ s ago \(recorded by the agent's hook, claude-code\)/,
    );
    await session.screenshot("origin-hover");
    await page.keyboard.press("Escape");
  });

  test("is walked through, and is then reviewed", async () => {
    await runCommand(page, "Skeptic: Review AI Changes");
    const widget = page.locator(".quick-input-widget:visible");
    await widget.locator(".quick-input-title", { hasText: "AI change 1 of 1: store.py" }).waitFor();
    const rows = widget.locator(".monaco-list-row");
    await rows.filter({ hasText: "A comment hides sql-dynamic-query here" }).waitFor();
    await session.screenshot("origin-review");
    await rows.filter({ hasText: "Reviewed, go on" }).click();
    await page.locator(".statusbar-item", { hasText: "the AI change is reviewed" }).waitFor();
    const line = page.locator(".monaco-editor .view-overlays .cdr[class*='ced-']");
    await line.first().waitFor({ state: "detached" });
    await runCommand(page, "Skeptic: Review AI Changes");
    await page.locator(".statusbar-item", { hasText: "no AI changes wait" }).waitFor();
    await session.screenshot("origin-reviewed");
  });
});

/** As the agent does it: the program that was built, with the event on its stdin. */
function callHook({ hooks }: Session, file: string, before: string, after: string): void {
  const event = {
    hook_event_name: "PostToolUse",
    tool_name: "Edit",
    tool_input: { file_path: file, old_string: before, new_string: after },
  };
  const program = join(process.cwd(), "dist", "cli.js");
  const { status, stderr } = spawnSync(process.execPath, [program, "hook"], {
    input: JSON.stringify(event),
    encoding: "utf8",
    env: { ...process.env, SKEPTIC_HOOKS: hooks },
  });
  assert.equal(status, 0, stderr);
}
