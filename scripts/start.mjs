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

const wanted = process.env.SKEPTIC_EDITOR;
const code = wanted === "workbench" ? undefined : onPath("code");
const whyNot = code === undefined ? "`code` is not on the PATH." : whyCodeCannot();
if (wanted === "code" && whyNot !== undefined) fail(whyNot);

ensureDependencies();
const { buildProduct } = await import("../esbuild.mjs");
await buildProduct();

if (code !== undefined && whyNot === undefined) await openInCode(code);
else {
  if (code !== undefined) console.log(whyNot);
  await openInWorkbench();
}

/** The `code` of a terminal in a remote window passes folders on, but not where an extension is. */
function whyCodeCannot() {
  const { VSCODE_IPC_HOOK_CLI: pipe, VSCODE_CLIENT_COMMAND: command } = process.env;
  if (!pipe || command) return undefined;
  return "`code` in a terminal of a remote VS Code window cannot load an extension from a folder.";
}

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
      entriesOf(path)
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

/** @param {string} path */
function entriesOf(path) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return []; // nobody may look into it
  }
}
