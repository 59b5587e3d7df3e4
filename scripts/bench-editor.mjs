// `npm run bench:editor`: how long a key takes until its character is on the screen, in a real workbench, with the extension and
// without it, by the same script in the same run: what counts is the difference. Rounds alternate, so that both meet the machine
// at its quick and its slow times.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureDependencies, root } from "./lib/ensure.mjs";

ensureDependencies();
const { chromium } = await import("playwright-core");
const { browserArguments, ensureBrowser } = await import("./lib/browser.mjs");
const { packVsix } = await import("./lib/vsix.mjs");
const { addressOf, ensureWorkbench, startWorkbench } = await import("./lib/workbench.mjs");
const { buildProduct } = await import("../esbuild.mjs");

const ROUNDS = 3;
const HANDLERS = 150;
/** A person who types fast. In milliseconds. */
const BETWEEN_KEYS = 90;
const TYPED =
  "    total = sum(row.price for row in rows if row.name == name)\n    label = f'{name}: {total}'\n";

await buildProduct();
const vsix = await packVsix(join(root, ".cache"));
const workbench = await ensureWorkbench();
const executablePath = await ensureBrowser();
const folder = mkdtempSync(join(tmpdir(), "skeptic-bench-"));
/** @type {Record<"with" | "without", number[]>} */
const times = { with: [], without: [] };
try {
  mkdirSync(join(folder, "api"));
  for (let file = 0; file < 40; file++)
    writeFileSync(join(folder, "api", `part${file}.py`), handlers(20, `part${file}`));
  writeFileSync(join(folder, "app.py"), handlers(HANDLERS, "app"));
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of /** @type {const} */ (["without", "with"]))
      times[side].push(...(await typed(side === "with" ? vsix : undefined)));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(
  `\n| Key to screen, ${times.with.length} keys each | without | with Skeptic | difference |`,
);
console.log("|---|---|---|---|");
for (const [name, share] of /** @type {const} */ ([
  ["p50", 0.5],
  ["p90", 0.9],
  ["p99", 0.99],
])) {
  const [without, with_] = [quantile(times.without, share), quantile(times.with, share)];
  console.log(`| ${name} | ${ms(without)} | ${ms(with_)} | ${ms(with_ - without)} |`);
}

/**
 * Types into the middle of app.py and measures each key.
 * @param {string | undefined} extension a packaged one
 * @returns {Promise<number[]>} milliseconds from the key event to the frame after the line's change
 */
async function typed(extension) {
  const server = await startWorkbench(workbench, {
    ...(extension === undefined ? {} : { vsix: extension }),
    settings: {
      "git.enabled": false,
      "editor.quickSuggestions": false,
      "editor.minimap.enabled": false,
    },
  });
  const browser = await chromium.launch({ executablePath, args: browserArguments });
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const payload = /** @type {[string, string][]} */ ([
      ["openFile", `vscode-remote://127.0.0.1:${server.port}${encodeURI(join(folder, "app.py"))}`],
    ]);
    await page.goto(addressOf(server, folder, payload));
    await page.locator(".view-line").first().waitFor({ timeout: 120_000 });
    // What counts is the calm after the start: the workspace is read, the findings are there.
    if (extension !== undefined)
      await page.locator(".squiggly-error").first().waitFor({ timeout: 120_000 });
    await page.waitForTimeout(8000);
    await page.locator(".view-line").first().click();
    await page.keyboard.press("Control+G");
    await page.locator(".quick-input-widget input").fill(":14");
    await page.keyboard.press("Enter");
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.evaluate(watchKeys);
    for (const character of TYPED) {
      await page.keyboard.type(character);
      await page.waitForTimeout(BETWEEN_KEYS);
    }
    return await page.evaluate("globalThis.skepticTimes");
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** Runs in the page: notes the time from each key to the first frame after a change of the text. */
function watchKeys() {
  /** @type {any} */
  const scope = globalThis;
  /** @type {number[]} */
  const noted = [];
  scope.skepticTimes = noted;
  let pressed = 0;
  scope.addEventListener("keydown", () => (pressed = scope.performance.now()), true);
  new scope.MutationObserver(() => {
    if (pressed === 0) return;
    const since = pressed;
    pressed = 0;
    scope.requestAnimationFrame(() => noted.push(scope.performance.now() - since));
  }).observe(scope.document.querySelector(".view-lines"), {
    subtree: true,
    childList: true,
    characterData: true,
  });
}

/**
 * A module of request handlers; one in ten has a hole.
 * @param {number} count
 * @param {string} name
 */
function handlers(count, name) {
  const lines = [
    "import sqlite3",
    "from flask import Flask, request",
    "",
    `app = Flask("${name}")`,
    "",
  ];
  for (let i = 0; i < count; i++) {
    const query =
      i % 10 === 0
        ? `f"SELECT * FROM t WHERE name = '{name}'"`
        : `"SELECT * FROM t WHERE name = ?", (name,)`;
    lines.push(
      ...["", `@app.get("/${name}/${i}")`, `def handler${i}():`, '    name = request.args["name"]'],
      ...[
        '    db = sqlite3.connect("a.db")',
        `    rows = db.execute(${query}).fetchall()`,
        "    return str(rows)",
        "",
      ],
    );
  }
  return lines.join("\n");
}

/**
 * @param {readonly number[]} values
 * @param {number} share
 */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** @param {number} value */
function ms(value) {
  return `${value.toFixed(1)} ms`;
}
