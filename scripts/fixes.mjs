// `npm run fixes -- [--rule ID] [--strict] [--offered] [--judged FILE] [--out FILE] [--packages | FOLDER...]`: applies every fix that is offered for every finding below the folders, one at a
// time and in memory, and says which broke a promise: the result parses (by Skeptic's parser, TypeScript's and Python's own), the
// finding is gone, nothing new is found, and the same fix again changes nothing. Nothing is written. Ends with 1 if one did.
// --packages takes the pinned projects of test/noise/packages.json, --strict all rules; --out FILE gets what is offered for each finding.
// --offered applies none: it only counts how many findings have an edit; --judged FILE counts apart those that a table of judgements calls true.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ensureDependencies, root, startFolder } from "./lib/ensure.mjs";
import { fetched } from "./lib/packages.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rule: { type: "string" },
    strict: { type: "boolean" },
    out: { type: "string" },
    packages: { type: "boolean" },
    offered: { type: "boolean" },
    judged: { type: "string" },
  },
});
if (positionals.length === 0 && values.packages !== true) {
  console.error(
    "usage: npm run fixes -- [--rule ID] [--strict] [--offered] [--judged FILE] [--out FILE] [--packages | FOLDER...]",
  );
  process.exit(2);
}
ensureDependencies();
const { buildFixes } = await import("../esbuild.mjs");
const program = await buildFixes();
const options = [
  ...(values.rule === undefined ? [] : ["--rule", values.rule]),
  ...(values.strict === true ? ["--strict"] : []),
  ...(values.offered === true ? ["--offered"] : []),
  ...(values.judged === undefined ? [] : ["--judged", resolve(startFolder, values.judged)]),
  ...(values.out === undefined ? [] : ["--out", resolve(startFolder, values.out)]),
];
/** @type {{ ecosystem: "npm" | "pypi", name: string, version: string }[]} */
const packages =
  values.packages === true
    ? JSON.parse(readFileSync(join(root, "test", "noise", "packages.json"), "utf8"))
    : [];
const folders = [
  ...packages.map(({ ecosystem, name, version }) => fetched(ecosystem, name, version)),
  ...positionals.map((path) => resolve(startFolder, path)),
];
const { status } = spawnSync(
  process.execPath,
  ["--enable-source-maps", program, ...options, "--", ...folders],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
