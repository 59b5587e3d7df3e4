// `npm test [unit|editor]`: builds, then runs every test. The last line says how it went.
// A part that cannot run is reported as skipped with its reason; with CI=true that is a failure.

import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, sep } from "node:path";
import { ensureDependencies, fail, root } from "./lib/ensure.mjs";
import { run } from "./lib/run.mjs";

const PARTS = ["unit", "editor"];
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !PARTS.includes(name));
if (unknown.length > 0) fail(`Unknown part ${unknown.join(", ")}; there are: ${PARTS.join(", ")}.`);
const parts = chosen.length > 0 ? chosen : PARTS;
const strict = process.env.CI === "true";

const total = { passed: 0, failed: 0, skipped: 0 };

ensureDependencies();
const { buildDesktopSuite, buildProduct, buildTests } = await import("../esbuild.mjs");
const bundles = await buildAll();
const isEditorTest = (/** @type {string} */ path) => path.includes(`${sep}test${sep}editor${sep}`);

if (parts.includes("unit")) {
  await runTests(
    "unit",
    bundles.filter((path) => !isEditorTest(path)),
  );
}
if (parts.includes("editor")) await runEditorTests(bundles.filter(isEditorTest));

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** The test bundles; sources that do not build end the run as one failure. */
async function buildAll() {
  try {
    await buildProduct();
    return await buildTests();
  } catch (error) {
    console.log(error instanceof Error ? error.message : String(error));
    console.log("\n0 passed, 1 failed");
    process.exit(1);
  }
}

/**
 * Prepares what the editor tests need; a missing browser or workbench skips them.
 * @param {readonly string[]} files
 */
async function runEditorTests(files) {
  const { ensureBrowser } = await import("./lib/browser.mjs");
  const { ensureWorkbench } = await import("./lib/workbench.mjs");
  const { packVsix } = await import("./lib/vsix.mjs");
  /** @type {Record<string, string>} */
  const env = {};
  try {
    env.SKEPTIC_TEST_BROWSER = await ensureBrowser();
    await ensureWorkbench();
  } catch (error) {
    skip("editor tests", error instanceof Error ? error.message : String(error));
    return;
  }
  env.SKEPTIC_TEST_VSIX = await packVsix(join(root, ".cache"));
  env.SKEPTIC_TEST_SUITE = await buildDesktopSuite();
  rmSync(join(root, ".cache", "screenshots"), { recursive: true, force: true });
  await runTests("editor", files, env);
}

/**
 * Runs test files one process each, shows the results and adds them to the total.
 * @param {string} name
 * @param {readonly string[]} files
 * @param {Record<string, string>} [env]
 */
async function runTests(name, files, env = {}) {
  if (files.length === 0) {
    skip(`${name} tests`, "there are none");
    return;
  }
  console.log(`\n${name} tests`);
  const report = join(root, ".cache", `${name}.tap`);
  mkdirSync(join(root, ".cache"), { recursive: true });
  rmSync(report, { force: true });
  const args = ["--test", "--test-reporter=spec", "--test-reporter-destination=stdout"];
  args.push("--test-reporter=tap", `--test-reporter-destination=${report}`);
  if (name === "editor") args.push("--test-concurrency=1");
  const code = await run(process.execPath, [...args, ...files], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: "--enable-source-maps", ...env },
  });
  addReport(name, readFileSync(report, "utf8"), code);
}

/**
 * @param {string} name
 * @param {string} tap
 * @param {number} code
 */
function addReport(name, tap, code) {
  const count = (/** @type {string} */ word) =>
    Number(new RegExp(`^# ${word} (\\d+)$`, "m").exec(tap)?.[1] ?? 0);
  const skippedTests = count("skipped") + count("todo");
  const failedTests = count("fail") + count("cancelled");
  total.passed += count("pass");
  total.failed += failedTests + (strict ? skippedTests : 0);
  total.skipped += skippedTests;
  if (strict && skippedTests > 0)
    console.log(`${skippedTests} ${name} tests were skipped (CI=true)`);
  if (failedTests === 0 && code !== 0) {
    console.log(`the ${name} tests ended with code ${code}`);
    total.failed++;
  }
}

/**
 * @param {string} what
 * @param {string} reason
 */
function skip(what, reason) {
  console.log(`\nskipped: ${what}: ${reason}`);
  total.skipped++;
  if (strict) total.failed++;
}
