// `npm run published [-- PART-OF-AN-ID...]`: fetches the packages of test/published/list.json, scans the version with the
// vulnerability and the one with the fix, and prints which were found and which are silent afterwards. Downloads
// packages through npm and pip, without running their code, into .cache/published.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ensureDependencies, root } from "./lib/ensure.mjs";
import { fetched } from "./lib/packages.mjs";

/** @typedef {{ file: string, function: string, lines: [number, number], alsoIn?: string[], alsoAt?: [number, number], handlerAt?: { file: string, lines: [number, number] } }} Place */
/** @typedef {{ id: string, advisory: string, ecosystem: "npm" | "pypi", package: string, vulnerable: string, fixed: string, kind: string, rules: string[], crossesFiles: boolean, source: Place, sink: Place, after: Place }} Entry */
/** @typedef {{ file: string, start: { line: number } }} Step */
/** @typedef {{ rule: string, category: string, level: string, file: string, start: { line: number }, flow: Step[], paths?: Step[][] }} Finding */

ensureDependencies();
const { buildProduct } = await import("../esbuild.mjs");
await buildProduct();

const parts = process.argv.slice(2);
/** @type {Entry[]} */
const list = JSON.parse(readFileSync(join(root, "test", "published", "list.json"), "utf8"));
const chosen = list.filter(({ id }) => parts.length === 0 || parts.some((p) => id.includes(p)));

/** @type {Map<string, Finding[]>} */
const scans = new Map();
const rows = chosen.map((entry) => {
  const before = judgeBefore(entry, scan(entry, entry.vulnerable));
  const after = judgeAfter(entry, scan(entry, entry.fixed));
  console.error(`${entry.id}: ${before}; ${after}`);
  return { entry, before, after };
});

console.log("\n| Entry | Advisory | Package | Kind | Crosses files | Before the fix | After it |");
console.log("|---|---|---|---|---|---|---|");
for (const { entry, before, after } of rows) {
  const versions = `${entry.package} ${entry.vulnerable} → ${entry.fixed}`;
  const crosses = entry.crossesFiles ? "yes" : "no";
  const cells = [entry.id, entry.advisory, versions, entry.kind, crosses, before, after];
  console.log(`| ${cells.join(" | ")} |`);
}
const found = rows.filter((row) => row.before.startsWith("found"));
const right = found.filter((row) => row.after.startsWith("silent"));
console.log(
  `\n${found.length} of ${rows.length} found; ${right.length} of ${rows.length} found before the fix and silent after it`,
);

/**
 * Found is a finding of the right rule, at the sink, with a path that begins at the source, or where the handler takes
 * the request that it hands on to the source.
 * @param {Entry} entry
 * @param {Finding[]} findings
 */
function judgeBefore(entry, findings) {
  const atSink = findings.filter((f) => entry.rules.includes(f.rule) && isAt(entry.sink, f));
  const right = atSink.find((f) =>
    (f.paths ?? [f.flow]).some(([first]) => first !== undefined && isAt(entry.source, first)),
  );
  if (right !== undefined) return `found (${right.level})`;
  if (atSink.length > 0) return "missed: other source";
  const other = findings.find((f) => isAt(entry.sink, f));
  return other === undefined ? "missed" : `missed: only ${other.rule}`;
}

/**
 * @param {Entry} entry
 * @param {Finding[]} findings
 */
function judgeAfter(entry, findings) {
  const here = findings.filter((f) => isAt(entry.after, f));
  const same = here.find((f) => entry.rules.includes(f.rule));
  if (same !== undefined) return `reported (${same.level})`;
  const family = new Set(list.filter((e) => e.kind === entry.kind).flatMap((e) => e.rules));
  const near = here.find((f) =>
    [...family].some((rule) => rule.split("-")[0] === f.rule.split("-")[0]),
  );
  return near === undefined ? "silent" : `silent, but ${near.rule} (${near.level})`;
}

/**
 * @param {Place} place
 * @param {Step} step
 */
function isAt(place, { file, start }) {
  if (place.alsoIn?.includes(file)) return true;
  const { handlerAt } = place;
  if (handlerAt?.file === file) {
    const [from, to] = handlerAt.lines;
    if (start.line >= from && start.line <= to) return true;
  }
  if (file !== place.file) return false;
  return [place.lines, ...(place.alsoAt === undefined ? [] : [place.alsoAt])].some(
    ([from, to]) => start.line >= from && start.line <= to,
  );
}

/**
 * @param {Entry} entry
 * @param {string} version
 * @returns {Finding[]}
 */
function scan(entry, version) {
  const folder = fetched(entry.ecosystem, entry.package, version);
  const known = scans.get(folder);
  if (known !== undefined) return known;
  const cli = join(root, "dist", "cli.js");
  // The scripts of a Python package's pages are other people's bundles, and none of the entries is about them.
  const other = entry.ecosystem === "pypi" ? ["--exclude", "**/*.{js,mjs,cjs,ts}"] : [];
  const options = ["scan", "--format", "json", "--fail-on", "never", ...other, "."];
  const { stdout, stderr, status } = spawnSync(process.execPath, [cli, ...options], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`the scan of ${folder} ended with ${status}: ${stderr}`);
  const { findings } = JSON.parse(stdout);
  scans.set(folder, findings);
  return findings;
}
