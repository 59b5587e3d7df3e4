// `npm run names [-- FOLDER...]`: what is said about names of packages in real projects, to be read and judged, and what share of
// made-up and look-alike names (test/names/made-up.json) is found. A folder is a package, node_modules or site-packages; without
// one, the packages of test/noise/packages.json are fetched. Also the size, the day, the errors and the speed of the index.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ensureDependencies, root, startFolder } from "./lib/ensure.mjs";
import { fetched } from "./lib/packages.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { strict: { type: "boolean" } },
});
ensureDependencies();
const { buildNames } = await import("../esbuild.mjs");
const program = await buildNames();
/** @type {{ ecosystem: "npm" | "pypi", name: string, version: string }[]} */
const list = JSON.parse(readFileSync(join(root, "test", "noise", "packages.json"), "utf8"));
const folders =
  positionals.length > 0
    ? positionals.map((path) => resolve(startFolder, path))
    : list.map(({ ecosystem, name, version }) => fetched(ecosystem, name, version));
const options = values.strict === true ? ["--strict"] : [];
const { status } = spawnSync(
  process.execPath,
  ["--max-old-space-size=4096", "--enable-source-maps", program, ...options, "--", ...folders],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
