// Fixes of every grade in the workbench, by the keyboard alone: found, read, agreed to, saved.

import * as assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { openSession, type Session, textOf, untilText } from "./session.ts";

const FILES: Readonly<Record<string, string>> = {
  "config.py": `import yaml

def read(path):
    with open(path) as file:
        return yaml.load(file, Loader=yaml.Loader)
`,
  "download.ts": `import path from "node:path";
import express from "express";

const app = express();
const FILES = path.resolve("files");

app.get("/download", (req, res) => {
  res.sendFile(path.join(FILES, String(req.query.name)));
});
`,
  "lines.py": `import subprocess
from flask import Flask, request

app = Flask(__name__)

@app.get("/lines")
def lines():
    name = request.args["name"]
    return subprocess.run(f"wc -l '{name}'", shell=True, capture_output=True).stdout
`,
  "preview.ts": `import express from "express";

const app = express();

app.get("/preview", async (request, response) => {
  const answer = await fetch(String(request.query.url));
  response.send(await answer.text());
});
`,
  "client.py": `import requests

def fetched(url):
    return requests.get(url, timeout=5).text
`,
  "link.py": `import requests
from flask import Flask, request

app = Flask(__name__)

@app.get("/link")
def link():
    return requests.get(request.args["url"], timeout=5).text
`,
  "feed.py": `from flask import Flask, request
from client import fetched

app = Flask(__name__)

@app.get("/feed")
def feed():
    return {"text": fetched(request.args["url"])}
`,
};
/** Of any level. */
const SQUIGGLES = ".monaco-editor .squiggly-error, .monaco-editor .squiggly-warning";
const ROWS = ".action-widget .monaco-list-row.action";
/** After so long a key that did nothing is pressed again. */
const KEY_LOST_MS = 4000;

describe("fixes by the keyboard", { timeout: 300_000 }, () => {
  let session: Session;
  let page: Page;

  before(async () => {
    session = await openSession({
      settings: { "files.autoSave": "off", "editor.autoClosingBrackets": "never" },
      prepare: (folder) => {
        for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
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
      `keyboard-${("name" in context ? context.name : "test").replace(/\W+/g, "-")}`,
    ),
  );

  test("suggested, Python: shown first", async () => {
    await open("config.py");
    await apply(/safe.*loader|SafeLoader/i);
    await agree();
    assert.match(await saved("config.py", /safe/i), /yaml\.safe_load\(file\)|SafeLoader/);
  });

  test("safe, TypeScript: the options of a call", async () => {
    await open("download.ts");
    await apply(/keep it inside the folder/i);
    assert.match(
      await saved("download.ts", /root/),
      /res\.sendFile\(String\(req\.query\.name\), \{ root: FILES \}\);/,
    );
  });

  test("safe, Python: with an import", async () => {
    await open("lines.py");
    await apply(/Quote the values/);
    const text = await saved("lines.py", /quote/);
    assert.match(text, /^from shlex import quote$/m);
    assert.match(text, /f"wc -l \{quote\(name\)\}"/);
  });

  test("placeholder, TypeScript: refuses all until it is filled in", async () => {
    await open("preview.ts");
    await apply(/Allow only listed hosts/);
    const text = await saved("preview.ts", /allowedHosts/);
    assert.match(text, /const allowedHosts = new Set\(\); \/\/ fill in/);
    assert.match(text, /if \(!allowedHosts\.has\(/);
    // The cursor stands where the value belongs.
    await page.keyboard.type('["shop.example"]');
    assert.match(
      await saved("preview.ts", /shop\.example"\]\)/),
      /const allowedHosts = new Set\(\["shop\.example"\]\); \/\/ fill in/,
    );
  });

  test("suggested, Python: with a new file, which one undo takes back", async () => {
    await open("link.py");
    await apply(/Connect to public hosts only, with a new file public_requests\.py/);
    await agree("keyboard-preview-new-file");
    assert.match(
      await saved("link.py", /public_requests/),
      /^import public_requests$[\s\S]*return public_requests\.get\(/m,
    );
    assert.match(await saved("public_requests.py", /def get/), /^MAX_REDIRECTS = 5$/m);
    await page.keyboard.press("Control+Z");
    assert.match(await saved("link.py", /return requests/), /return requests\.get\(/);
    await untilGone("public_requests.py");
  });

  test("placeholder, Python: in two files at once", async () => {
    await open("feed.py");
    await apply(/Allow only listed hosts in feed\.py/);
    await agree();
    assert.match(await saved("feed.py", /allowed_hosts/), /if urlparse\(.*\)\.hostname not in/);
    await open("client.py", false);
    assert.match(
      await saved("client.py", /allow_redirects/),
      /requests\.get\(url, timeout=5, allow_redirects=False\)/,
    );
  });

  async function open(name: string, waits = true): Promise<void> {
    await page.keyboard.press("Control+P");
    await page.locator(".quick-input-widget input").fill(name);
    const row = page.locator(".quick-input-list .monaco-list-row.focused", { hasText: name });
    await row.waitFor();
    await page.keyboard.press("Enter");
    await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    if (waits) await page.locator(SQUIGGLES).first().waitFor({ timeout: 60_000 });
  }

  /** To the next finding, through the menu to the fix of this title, and Enter. */
  async function apply(title: RegExp): Promise<void> {
    const rows = page.locator(ROWS);
    const widget = page.locator(".monaco-editor .marker-widget");
    await press("Alt+F8", () => widget.isVisible());
    await press("Escape", async () => !(await widget.isVisible()));
    await press("Control+.", async () => (await rows.count()) > 0);
    const focused = page.locator(`${ROWS}.focused`);
    for (let at = 0; at < 12; at++) {
      await focused.waitFor();
      if (title.test(await textOf(focused))) break;
      await page.keyboard.press("ArrowDown");
    }
    assert.match(await textOf(focused), title);
    await session.screenshot(`keyboard-menu-${title.source.replace(/\W+/g, "-")}`);
    await page.keyboard.press("Enter");
    await rows.first().waitFor({ state: "detached" });
  }

  /** What is not proved safe is shown first: all of it is ticked, and applied. */
  async function agree(picture = "keyboard-preview"): Promise<void> {
    const boxes = page.locator(".part.panel .monaco-list-row").getByRole("checkbox");
    await boxes.first().waitFor();
    await session.screenshot(picture);
    const list = page.locator(".part.panel .monaco-list:focus-within");
    await page.keyboard.press("F1");
    await page.locator(".quick-input-widget input").fill(">Focus on Refactor Preview");
    const command = page.locator(".quick-input-list .monaco-list-row.focused");
    await untilText(command, /Focus on Refactor Preview/);
    await page.keyboard.press("Enter");
    await list.waitFor();
    const all = page.locator(".part.panel .monaco-list-row[aria-level='1']");
    const focused = page.locator(".part.panel .monaco-list-row.focused");
    // The box of a file is that of all its changes.
    for (let at = 0; at < 12; at++) {
      await page.keyboard.press(at === 0 ? "Home" : "ArrowDown");
      await focused.waitFor();
      const isOfFile = (await focused.getAttribute("aria-level")) === "1";
      if (isOfFile && !(await focused.getByRole("checkbox").isChecked()))
        await page.keyboard.press("Space");
      const boxesOfFiles = await all.getByRole("checkbox").all();
      const states = await Promise.all(boxesOfFiles.map((box) => box.isChecked()));
      const ticked = states.every((state) => state);
      if (ticked) break;
    }
    await session.screenshot("keyboard-preview-ticked");
    await page.keyboard.press("Control+Enter");
    await boxes.first().waitFor({ state: "detached" });
  }

  /** A key before the editor listens again is lost. */
  async function press(key: string, worked: () => Promise<boolean>): Promise<void> {
    for (let keys = 0; keys < 5; keys++) {
      await page.keyboard.press(key);
      const end = Date.now() + KEY_LOST_MS;
      while (Date.now() < end) {
        if (await worked()) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    assert.fail(`${key} does nothing`);
  }

  async function untilGone(name: string): Promise<void> {
    const end = Date.now() + 20_000;
    while (existsSync(join(session.folder, name)) && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(existsSync(join(session.folder, name)), false);
  }

  async function saved(name: string, wanted: RegExp): Promise<string> {
    const end = Date.now() + 20_000;
    for (;;) {
      await page.keyboard.press("Control+S");
      const text = readFileSync(join(session.folder, name), "utf8");
      if (wanted.test(text) || Date.now() > end) return text;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
});
