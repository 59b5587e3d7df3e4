// `npm run fixes -- [--rule ID] FOLDER...`: applies every fix that is offered for every finding below the folders, one at a
// time and in memory, and says which broke a promise: the result parses (by Skeptic's parser, TypeScript's and Python's own), the
// finding is gone, nothing new is found, and the same fix again changes nothing. Nothing is written. Ends with 1 if one did.

import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ensureDependencies, startFolder } from "./lib/ensure.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rule: { type: "string" } },
});
if (positionals.length === 0) {
  console.error("usage: npm run fixes -- [--rule ID] FOLDER...");
  process.exit(2);
}
ensureDependencies();
const { buildFixes } = await import("../esbuild.mjs");
const program = await buildFixes();
const options = values.rule === undefined ? [] : ["--rule", values.rule];
const folders = positionals.map((path) => resolve(startFolder, path));
const { status } = spawnSync(
  process.execPath,
  ["--enable-source-maps", program, ...options, "--", ...folders],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
