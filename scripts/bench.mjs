// `npm run bench [-- FOLDER...]`: the parse-only limit on these folders (default: this project's
// installed packages and Python's own library), the whole analysis of the same folders, and typing in a large project.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  cleanNpmEnvironment,
  ensureDependencies,
  fail,
  npmCommand,
  root,
  startFolder,
} from "./lib/ensure.mjs";
import { onPath, run } from "./lib/run.mjs";

ensureDependencies();
const { buildBench, buildProduct } = await import("../esbuild.mjs");
await buildProduct();

const bench = join(root, "bench");
if (!existsSync(join(bench, "node_modules", "tree-sitter"))) {
  // Native tree-sitter contradicts the grammars' peer range and has to be compiled: hence a
  // package of its own, installed only for this.
  console.error("Installing native tree-sitter for comparison (compiles for a minute or two) ...");
  const flags = ["--legacy-peer-deps", "--ignore-scripts=false", "--no-package-lock"];
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  const command = npmCommand(["install", ...flags, ...quiet]);
  const installed = await run(command.file, command.args, {
    cwd: bench,
    env: cleanNpmEnvironment(),
    shell: command.shell,
  });
  if (installed !== 0) {
    fail("Native tree-sitter could not be installed; it needs a C++20 compiler, make and Python.");
  }
}

const given = process.argv.slice(2).map((folder) => resolve(startFolder, folder));
const folders = given.length > 0 ? given : defaultFolders();
const code = await run(process.execPath, [join(bench, "parse.mjs"), ...folders], { cwd: root });
if (code !== 0) process.exit(code);

// The whole analysis of the same bytes against parsing alone, then keys typed into a large file, each in a process of its own.
await buildBench();
for (const [name, ...args] of [["cold", ...folders], ["typing"]]) {
  const file = join(root, ".cache", "bench", `${name}.cjs`);
  const ended = await run(process.execPath, [file, ...args], { cwd: root });
  if (ended !== 0) process.exit(ended);
}

/** @returns {string[]} */
function defaultFolders() {
  const python = onPath("python3");
  const ask = ["-c", "import sysconfig; print(sysconfig.get_path('stdlib') + '/asyncio')"];
  const library = python && spawnSync(python, ask, { encoding: "utf8" }).stdout.trim();
  const packages = ["typescript-eslint", "vscode-languageclient", "smol-toml", "fast-check"]
    .map((name) => join(root, "node_modules", name))
    .filter((path) => existsSync(path));
  return library ? [...packages, library] : packages;
}
