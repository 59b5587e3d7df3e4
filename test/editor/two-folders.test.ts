// A workspace of two folders with settings of their own and files of the same name, as a person sees it.

import * as assert from "node:assert/strict";
import { appendFileSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { repository, write } from "../harness/repository.ts";
import { openFile, openSession, runCommand, type Session, textOf } from "./session.ts";

const LOAD = "import yaml\n\n\ndef load(text):\n    return yaml.unsafe_load(text)\n";
/** Its fix is proved safe. */
const TOKEN = `import random
import string


def reset_token():
    return "".join(random.choice(string.ascii_letters) for _ in range(32))
`;
const KEY = "skeptic.newFindingsOnly";

describe("two folders", { timeout: 240_000 }, () => {
  let session: Session;
  let page: Page;
  let first: string;
  let second: string;

  before(async () => {
    session = await openSession({
      both: true,
      prepare: (folder) => {
        first = folder;
        second = join(dirname(folder), "second");
        write(first, { "twin.py": LOAD, "token.py": TOKEN });
        write(second, {
          "twin.py": LOAD,
          "token.py": TOKEN,
          ".vscode/settings.json": `{ "skeptic.fixOnSave": true, "${KEY}": true }\n`,
        });
        repository({}, first);
        appendFileSync(join(first, "twin.py"), "# changed\n");
      },
    });
    page = session.page;
    page.setDefaultTimeout(30_000);
    await session.show();
    await page
      .locator(".explorer-folders-view .monaco-list-row")
      .first()
      .waitFor({ timeout: 90_000 });
  });
  after(() => session?.close());
  afterEach((context) =>
    session.screenshot(`folders ${"name" in context ? context.name : ""}`.replace(/\W+/g, "-")),
  );

  const view = (): Locator => page.locator(".pane", { hasText: "Findings" }).first();
  const row = (text: RegExp): Locator => view().locator(".monaco-list-row", { hasText: text });
  const said = (text: RegExp): Promise<void> =>
    view().locator(".message", { hasText: text }).waitFor();

  test("a scan shows the findings of both files of one name", async () => {
    await openFile(page, "app.py");
    await page.locator('.activitybar [aria-label^="Skeptic"]').first().click();
    await runCommand(page, "Skeptic: Scan Workspace");
    await said(/Scan finished/);
    await row(/^twin\.py:5/)
      .nth(1)
      .waitFor();
    const places = await Promise.all((await row(/^twin\.py:5/).all()).map(textOf));
    assert.deepEqual(
      places.map((place) => place.split("  ").at(-1)),
      ["second", "workspace"],
      "one is told from the other",
    );
    await runCommand(page, "Skeptic: Group by File");
    const files = row(/^twin\.py(?!:)/);
    await files.nth(1).waitFor();
    const labels = await Promise.all((await files.all()).map(textOf));
    assert.deepEqual(labels.sort(), ["twin.pysecond  1", "twin.pyworkspace  1"]);
  });

  test("what has changed is told of the folder that is in a repository, and why not of the other", async () => {
    await runCommand(page, "Skeptic: Scan Changed Files");
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "not committed" }).click();
    await said(/in 1 file changed since HEAD\. Not compared: second: /);
    assert.equal(
      await page.locator(".notification-list-item", { hasText: "cannot tell" }).count(),
      0,
    );
  });

  test("each gets a baseline; what one hides can be shown again, by settings of a folder too", async () => {
    await runCommand(page, "Skeptic: Make These the Baseline");
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "All findings" }).click();
    await said(/in the baselines now/);
    await row(/^twin\.py/)
      .first()
      .waitFor({ state: "detached" });
    for (const folder of [first, second])
      assert.match(
        readFileSync(join(folder, ".skeptic", "baseline.json"), "utf8"),
        /"file":"twin\.py"/,
      );
    await runCommand(page, "Skeptic: Show Known Findings");
    await row(/^twin\.py/)
      .nth(1)
      .waitFor();
    const settings = join(second, ".vscode", "settings.json");
    assert.equal(JSON.parse(readFileSync(settings, "utf8"))[KEY], false);
    await runCommand(page, "Skeptic: Show New Findings Only");
    await row(/^twin\.py/)
      .first()
      .waitFor({ state: "detached" });
    assert.equal(JSON.parse(readFileSync(settings, "utf8"))[KEY], true);
  });

  test("a save fixes only where the folder says so", async () => {
    for (const folder of [first, second]) {
      await openFromBoth(page, folder === first ? "workspace" : "second");
      await page.locator(".monaco-editor .view-line").first().click();
      await page.keyboard.press("Control+End");
      await page.keyboard.type("# touched");
      await page.keyboard.press("Control+S");
      await page.locator(".tab.active.dirty").waitFor({ state: "detached" });
    }
    assert.match(readFileSync(join(first, "token.py"), "utf8"), /random\.choice[\s\S]*# touched/);
    assert.match(readFileSync(join(second, "token.py"), "utf8"), /secrets\.choice[\s\S]*# touched/);
  });
});

/** Opens the file "token.py" of one of the folders. */
async function openFromBoth(page: Page, folder: string): Promise<void> {
  await page.keyboard.press("Control+P");
  await page.locator(".quick-input-widget input").fill(`${folder}/token.py`);
  await page
    .locator(".quick-input-list .monaco-list-row", { hasText: /token\.py/ })
    .filter({ hasText: folder })
    .first()
    .click();
  await page.locator(`.tab.active[data-resource-name="token.py"]`).waitFor();
}
