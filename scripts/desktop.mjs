// `npm run test:desktop`: the extension-host suite in a desktop VS Code, which is downloaded
// unless SKEPTIC_CODE names one (the path of its executable).

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureDependencies, fail, root } from "./lib/ensure.mjs";
import { copyTestFolders } from "./lib/test-folders.mjs";

ensureDependencies();
const { buildDesktopSuite, buildProduct } = await import("../esbuild.mjs");
const { downloadAndUnzipVSCode, runTests } = await import("@vscode/test-electron");
const vscodeExecutablePath = process.env.SKEPTIC_CODE || (await download());
await buildProduct();
const suite = await buildDesktopSuite();

const temporary = mkdtempSync(join(tmpdir(), "skeptic-desktop-"));
const results = join(temporary, "results.json");
const { workspace } = copyTestFolders(temporary);
try {
  await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: root,
    extensionTestsPath: suite,
    extensionTestsEnv: { SKEPTIC_RESULTS: results },
    launchArgs: [workspace, "--disable-extensions", "--disable-workspace-trust"],
  }).catch((error) => {
    console.error(`The suite did not pass in ${vscodeExecutablePath}: ${error}`);
    process.exitCode = 1;
  });
  report();
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

/** The stable VS Code, kept in .vscode-test. */
async function download() {
  const cachePath = join(root, ".vscode-test");
  try {
    return await downloadAndUnzipVSCode({ version: "stable", cachePath });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail(
      `VS Code could not be downloaded: ${reason}\n` +
        "Set SKEPTIC_CODE to the executable of an installed VS Code, or run the same suite in the\n" +
        "browser's workbench with `npm run test:editor`.",
    );
  }
}

function report() {
  /** @type {{ name: string, milliseconds: number, error?: string }[]} */
  const cases = existsSync(results) ? JSON.parse(readFileSync(results, "utf8")) : [];
  for (const { name, milliseconds, error } of cases) {
    console.log(`${error === undefined ? "ok    " : "FAILED"} ${name} (${milliseconds} ms)`);
    if (error !== undefined) console.log(`       ${error}`);
  }
  const failed = cases.filter(({ error }) => error !== undefined).length;
  console.log(`\n${cases.length - failed} passed, ${failed} failed`);
  // An exit code of 0 alone does not prove that a test ran.
  if (cases.length === 0 || failed > 0) process.exitCode = 1;
}
