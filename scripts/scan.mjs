// `npm run scan -- PATH...`: the command line's `scan`, built first when the sources are newer.

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ensureDependencies, root, startFolder } from "./lib/ensure.mjs";
import { run } from "./lib/run.mjs";

ensureDependencies();
const cli = join(root, "dist", "cli.js");
if (!isFresh(cli)) {
  const { buildProduct } = await import("../esbuild.mjs");
  await buildProduct();
}
// The command line reads paths from the folder the person is in.
process.exitCode = await run(process.execPath, [cli, "scan", ...process.argv.slice(2)], {
  cwd: startFolder,
});

/** @param {string} built */
function isFresh(built) {
  if (!existsSync(built)) return false;
  const sources = ["server", "rules", "esbuild.mjs", "package-lock.json"];
  return Math.max(...sources.map((name) => newest(join(root, name)))) < statSync(built).mtimeMs;
}

/**
 * The time of the newest file at or below a path.
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
