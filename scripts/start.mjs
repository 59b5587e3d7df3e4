// `npm start [-- FOLDER]`: builds, then opens a folder in a real editor with the extension loaded.
//
// The editor is VS Code when `code` is on the PATH, else a workbench in the browser.
// SKEPTIC_EDITOR=workbench or =code chooses one.

import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { ensureDependencies, fail, root, startFolder } from "./lib/ensure.mjs";
import { onPath, run } from "./lib/run.mjs";

const given = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
const demo = join(root, "demo");
const folder = given === undefined ? demo : resolve(startFolder, given);
if (!existsSync(folder) || !statSync(folder).isDirectory()) fail(`There is no folder ${folder}.`);

ensureDependencies();
const { buildProduct } = await import("../esbuild.mjs");
await buildProduct();

const code = process.env.SKEPTIC_EDITOR === "workbench" ? undefined : onPath("code");
if (code !== undefined) await openInCode(code);
else if (process.env.SKEPTIC_EDITOR === "code") fail("`code` is not on the PATH.");
else await openInWorkbench();

/** @param {string} program */
async function openInCode(program) {
  const first = startFile(folder);
  const args = ["--new-window", `--extensionDevelopmentPath=${root}`, folder];
  if (first !== undefined) args.push(first);
  const shell = process.platform === "win32";
  const quoted = shell ? args.map((argument) => `"${argument}"`) : args;
  console.log(`Opening ${folder} in VS Code`);
  process.exitCode = await run(shell ? `"${program}"` : program, quoted, { shell });
}

async function openInWorkbench() {
  const { packVsix } = await import("./lib/vsix.mjs");
  const { addressOf, ensureWorkbench, remoteUri, startWorkbench } = await import(
    "./lib/workbench.mjs"
  );
  const workbench = await ensureWorkbench().catch((/** @type {Error} */ error) =>
    fail(`No editor: ${error.message}\nUse \`npm run scan -- ${folder}\` meanwhile.`),
  );
  const vsix = await packVsix(join(root, ".cache"));
  const ended = new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, resolve);
  });
  // A folder of your own opens as VS Code would open it: it asks whether you trust it.
  const server = await startWorkbench(workbench, { vsix, trusted: folder === demo });

  /** @type {[string, string][]} */
  const payload = [];
  const first = startFile(folder);
  if (first !== undefined) payload.push(["openFile", remoteUri(server, first)]);
  const address = addressOf(server, folder, payload);

  console.log(`\nSkeptic runs in this editor (only this machine can reach it):\n\n  ${address}\n`);
  console.log("Ctrl+C ends it.");
  await openBrowser(address);

  await ended;
  await server.stop();
  process.exit(0);
}

/** @param {string} address */
async function openBrowser(address) {
  const opener =
    process.platform === "darwin"
      ? "open"
      : process.env.DISPLAY || process.env.WAYLAND_DISPLAY
        ? onPath("xdg-open")
        : undefined;
  if (opener === undefined) return;
  await run(opener, [address], { stdio: "ignore" }).catch(() => undefined);
}

/** @param {string} top */
function startFile(top) {
  const telling = join(demo, "api", "db.py");
  return top === demo && existsSync(telling) ? telling : firstFile(top);
}

/**
 * The source file to show first: the nearest to the top, Python before TypeScript.
 * @param {string} top
 * @returns {string | undefined}
 */
function firstFile(top) {
  /** @type {string[]} */
  let level = [top];
  for (let depth = 0; depth < 3; depth++) {
    const entries = level.flatMap((path) =>
      readdirSync(path, { withFileTypes: true })
        .filter(({ name }) => !name.startsWith(".") && name !== "node_modules")
        .map((entry) => ({ entry, path: join(path, entry.name) }))
        .sort((a, b) => a.path.localeCompare(b.path)),
    );
    for (const ending of [".py", ".ts", ".js"]) {
      const found = entries.find(({ entry, path }) => entry.isFile() && path.endsWith(ending));
      if (found !== undefined) return found.path;
    }
    level = entries.filter(({ entry }) => entry.isDirectory()).map(({ path }) => path);
  }
  return undefined;
}
