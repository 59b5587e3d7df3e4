// Builds data/names.bin, the index of package names, from lists given by path; it asks no registry. A list is text, or text packed with
// gzip, of a name and a number in two columns (for npm downloads a month, for PyPI the place among the most used, or nothing).
//
//   node scripts/names-index.mjs --date 2026-11-02 --pypi pypi.tsv.gz --npm npm.tsv.gz
//
// The list of PyPI must be complete. That of npm never is: only what is used often counts as known.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "./lib/ensure.mjs";

const HELD_OUT = 100_000;

const { values } = parseArgs({
  options: { date: { type: "string" }, pypi: { type: "string" }, npm: { type: "string" } },
});
const { date, pypi, npm } = values;
if (
  date === undefined ||
  !/^\d{4}-\d\d-\d\d$/.test(date) ||
  pypi === undefined ||
  npm === undefined
) {
  console.error("usage: node scripts/names-index.mjs --date YYYY-MM-DD --pypi FILE --npm FILE");
  process.exit(2);
}

const bundle = await build({
  stdin: {
    contents: 'export * from "./server/base/names.ts"; export * from "./server/base/name-list.ts";',
    resolveDir: root,
  },
  bundle: true,
  write: false,
  format: "esm",
});
const { readList, readNames, writeNames } = await import(
  `data:text/javascript,${encodeURIComponent(bundle.outputFiles[0]?.text ?? "")}`
);

const bytes = writeNames({
  pypi: readList(textOf(pypi), "pypi", { isComplete: true, date }),
  npm: readList(textOf(npm), "npm", { isComplete: false, date }),
});
writeFileSync(join(root, "data", "names.bin"), bytes);
console.log(`names.bin: ${(bytes.length / 1e6).toFixed(2)} MB`);

// How often a name that does not exist is taken for one that does: of names of npm that PyPI does not have.
const index = readNames(bytes);
const allPypi = namesIn(textOf(pypi));
const known = new Set(allPypi);
const others = namesIn(textOf(npm))
  .filter((name) => !known.has(name))
  .slice(0, HELD_OUT);
const wrong = others.filter((name) => index.pypi.has(name)).length;
const lost = allPypi.filter((name) => !index.pypi.has(name)).length;
console.log(
  `PyPI: ${allPypi.length} names, ${lost} lost; of ${others.length} others ${wrong} taken for one`,
);
const start = performance.now();
for (const name of others) index.pypi.has(name);
console.log(`${Math.round(others.length / (performance.now() - start))} look-ups a millisecond`);

/** @param {string} path */
function textOf(path) {
  const raw = readFileSync(path);
  return (raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw).toString("utf8");
}

/** @param {string} text */
function namesIn(text) {
  return text
    .split("\n")
    .slice(1)
    .filter((line) => line !== "")
    .map((line) => line.split("\t")[0] ?? "");
}
