// `npm run fuzz [-- --minutes N --seed S FOLDER...]`: random edits over real code of both languages; after each few, the
// findings must be those of a fresh engine. Default: the project's own sources, its demo and pinned packages, which are
// fetched once. `--replay FILE` does a written round again. Ends with 1 if there was a difference, a crash or a hang.

import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ensureDependencies, root, startFolder } from "./lib/ensure.mjs";
import { fetched } from "./lib/packages.mjs";

/** @type {readonly (readonly ["npm" | "pypi", string, string])[]} */
const PACKAGES = [
  ["pypi", "changedetection.io", "0.60.10"],
  ["pypi", "nicegui", "1.4.21"],
  ["npm", "@loopback/rest", "14.0.12"],
  ["npm", "@trpc/server", "11.1.2"],
  ["npm", "@node-red/runtime", "4.0.9"],
];
/** One act takes milliseconds; an analysis that is slow, seconds. */
const HANG_MS = 180_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: "string" },
    seed: { type: "string" },
    replay: { type: "string" },
  },
});

ensureDependencies();
const { buildFuzz } = await import("../esbuild.mjs");
const program = await buildFuzz();

const out = join(root, ".cache", "fuzz");
mkdirSync(out, { recursive: true });
const options = Object.entries(values).flatMap(([name, value]) => [
  `--${name}`,
  name === "replay" ? resolve(startFolder, value) : value,
]);
const folders = values.replay === undefined ? foldersToRead() : [];
const child = spawn(
  process.execPath,
  ["--enable-source-maps", program, ...options, "--", ...folders],
  { cwd: root, stdio: ["inherit", "inherit", "inherit", "ipc"] },
);

let round = "";
let timer = setTimeout(onHang, HANG_MS);
child.on("message", (/** @type {unknown} */ name) => {
  round = String(name);
  clearTimeout(timer);
  timer = setTimeout(onHang, HANG_MS);
});
child.on("close", (code, signal) => {
  clearTimeout(timer);
  if (signal !== null || (code ?? 0) > 1) keep("crash");
  process.exitCode = code ?? 1;
});

function onHang() {
  keep("hang");
  child.kill("SIGKILL");
}

/**
 * The round under way, to be done again.
 * @param {string} what
 */
function keep(what) {
  if (round === "") return;
  const path = join(out, `${what}-${round}.json`);
  copyFileSync(join(out, "current.json"), path);
  console.log(`${what} in round ${round}; npm run fuzz -- --replay ${path}`);
}

function foldersToRead() {
  if (positionals.length > 0) return positionals.map((path) => resolve(startFolder, path));
  const own = ["server", "rules", "client", "demo"].map((name) => join(root, name));
  const packages = PACKAGES.flatMap(([ecosystem, name, version]) => {
    try {
      return [fetched(ecosystem, name, version)];
    } catch (error) {
      console.log(`left out: ${error instanceof Error ? error.message : error}`);
      return [];
    }
  });
  return [...own, ...packages];
}
