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

/** Downloads a month from which on a name of npm is nobody's slip. */
const USED = 5000;
const NPM_TOP = 20_000;
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
  entryPoints: [join(root, "server/base/names.ts")],
  bundle: true,
  write: false,
  format: "esm",
});
const { readNames, writeNames } = await import(
  `data:text/javascript,${encodeURIComponent(bundle.outputFiles[0]?.text ?? "")}`
);

const allPypi = rows(pypi);
const allNpm = rows(npm);
const ranked = allPypi.filter(([, rank]) => rank > 0).sort(([, a], [, b]) => a - b);
const used = allNpm.filter(([, downloads]) => downloads >= USED).sort(([, a], [, b]) => b - a);
const bytes = writeNames({
  pypi: { isComplete: true, date, names: allPypi.map(first), top: ranked.map(first) },
  npm: { isComplete: false, date, names: used.map(first), top: used.slice(0, NPM_TOP).map(first) },
});
writeFileSync(join(root, "data", "names.bin"), bytes);
console.log(`names.bin: ${(bytes.length / 1e6).toFixed(2)} MB`);

// How often a name that does not exist is taken for one that does: of names of npm that PyPI does not have.
const index = readNames(bytes);
const known = new Set(allPypi.map(first));
const others = allNpm
  .map(first)
  .filter((name) => !known.has(name))
  .slice(0, HELD_OUT);
const wrong = others.filter((name) => index.pypi.has(name)).length;
const lost = allPypi.filter(([name]) => !index.pypi.has(name)).length;
console.log(
  `PyPI: ${allPypi.length} names, ${lost} lost; of ${others.length} others ${wrong} taken for one`,
);
const start = performance.now();
for (const name of others) index.pypi.has(name);
console.log(`${Math.round(others.length / (performance.now() - start))} look-ups a millisecond`);

/**
 * @param {string} path
 * @returns {[string, number][]}
 */
function rows(path) {
  const raw = readFileSync(path);
  const text = (raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw).toString("utf8");
  return text
    .split("\n")
    .slice(1)
    .filter((line) => line !== "")
    .map((line) => {
      const [name = "", number = ""] = line.split("\t");
      return [name, Number(number)];
    });
}

/** @param {[string, number]} row */
function first([name]) {
  return name;
}
