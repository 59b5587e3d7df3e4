// `npm run bench:large -- [FILES]`: a workspace of 50,000 generated files in the server of the editor and on the command line: time,
// memory, and how long a key waits for its answer meanwhile.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureDependencies, root } from "./lib/ensure.mjs";

ensureDependencies();
const { buildBench, buildProduct } = await import("../esbuild.mjs");
await buildProduct();
await buildBench();
const program = join(root, ".cache", "bench", "large.cjs");
const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exitCode = status ?? 1;
