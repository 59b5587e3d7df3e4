// `npm run score [-- [--strict] FOLDER...]`: what the engine finds and misses of labelled samples, by category, with the false alarms
// beside it and the range in which each rate is with 95 % certainty. Without a folder, and with --pages: the project's own
// rule pages, as they are and in other clothes. A folder has a `labels.json`; test/score/samples.ts says what is in it.

import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ensureDependencies, startFolder } from "./lib/ensure.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pages: { type: "boolean" }, strict: { type: "boolean" } },
});
ensureDependencies();
const { buildScore } = await import("../esbuild.mjs");
const program = await buildScore();
const folders = positionals.map((path) => resolve(startFolder, path));
const options = [
  ...(values.pages === true || folders.length === 0 ? ["--pages"] : []),
  ...(values.strict === true ? ["--strict"] : []),
];
const { status } = spawnSync(
  process.execPath,
  ["--enable-source-maps", program, ...options, "--", ...folders],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
