// `npm run noise [-- --draw N --seed S --reports FOLDER PART-OF-A-NAME...]`: scans the pinned packages of
// test/noise/packages.json with the default profile and prints findings per 1,000 lines, by package, by rule and by level;
// then what the rule pages and, with --score FOLDER, a folder of labelled samples say of the same engine, so that silence is not
// bought with blindness. --draw draws N errors and warnings of the applications at random, to be read and judged. Packages are
// downloaded through npm and pip, without running their code, into .cache/published.

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { drawn } from "./lib/draw.mjs";
import { ensureDependencies, root, startFolder } from "./lib/ensure.mjs";
import { fetched } from "./lib/packages.mjs";

/** @typedef {{ ecosystem: "npm" | "pypi", name: string, version: string, kind: "application" | "library" }} Package */
/** @typedef {{ rule: string, level: string, severity: string, confidence: string, file: string, start: { line: number }, message: string }} Finding */
/** @typedef {{ findings: Finding[], stats: { files: number, bytes: number, lines: number, seconds: number } }} Report */
/** @typedef {{ pack: Package, report: Report }} Scan */

const LEVELS = ["error", "warning", "information", "hint"];
/** A package that takes longer is given up, and said so. */
const LONGEST_MS = 20 * 60_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    draw: { type: "string" },
    seed: { type: "string" },
    score: { type: "string" },
    reports: { type: "string" },
  },
});

ensureDependencies();
const { buildProduct } = await import("../esbuild.mjs");
await buildProduct();

const reports = resolve(startFolder, values.reports ?? join(root, ".cache", "noise"));
mkdirSync(reports, { recursive: true });
/** @type {Package[]} */
const list = JSON.parse(readFileSync(join(root, "test", "noise", "packages.json"), "utf8"));
const chosen = list.filter(
  ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
);
/** @type {Scan[]} */
const scans = [];
for (const pack of chosen) {
  const report = scan(pack);
  if (report === undefined) continue;
  scans.push({ pack, report });
  console.error(`${nameOf(pack)}: ${report.findings.length} findings, ${report.stats.seconds} s`);
}

for (const kind of /** @type {const} */ (["application", "library"])) {
  const own = scans.filter(({ pack }) => pack.kind === kind);
  if (own.length === 0) continue;
  console.log(`\n${kind === "application" ? "Applications" : "Libraries"}, default profile\n`);
  byPackage(own);
  console.log("");
  byRule(own);
}

if (positionals.length === 0 || values.score !== undefined) {
  const samples = values.score === undefined ? [] : [resolve(startFolder, values.score)];
  for (const what of [["--pages"], ...samples.map((folder) => [folder])]) {
    console.log("");
    const program = join(root, "scripts", "score.mjs");
    spawnSync(process.execPath, [program, ...what], { cwd: root, stdio: "inherit" });
  }
}

if (values.draw !== undefined) {
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  const pool = scans
    .filter(({ pack }) => pack.kind === "application")
    .flatMap(({ pack, report }) =>
      report.findings
        .filter(({ level }) => level === "error" || level === "warning")
        .map((finding) => ({ pack, finding })),
    );
  console.log(`\nDrawn from ${pool.length} errors and warnings of applications, seed ${seed}:\n`);
  for (const { pack, finding } of drawn(pool, Number(values.draw), seed))
    console.log(
      `${finding.rule} | ${finding.level} | ${nameOf(pack)} ${finding.file}:${finding.start.line} | ${finding.message}`,
    );
}

/** @param {Package} pack */
function nameOf({ name, version }) {
  return `${name}@${version}`;
}

/**
 * @param {Package} pack
 * @returns {Report | undefined}
 */
function scan(pack) {
  const folder = fetched(pack.ecosystem, pack.name, pack.version);
  const cli = join(root, "dist", "cli.js");
  const args = [cli, "scan", "--format", "json", "--fail-on", "never", "."];
  const { stdout, stderr, status, error } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 30,
    timeout: LONGEST_MS,
  });
  // 2: files that could not be analysed are named, and the others were.
  const isReport = status === 0 || (status === 2 && stdout.startsWith("{"));
  if (!isReport) {
    console.log(`${nameOf(pack)} was given up: ${error?.message ?? stderr}`);
    return undefined;
  }
  writeFileSync(join(reports, `${pack.name.replaceAll("/", "-")}-${pack.version}.json`), stdout);
  const report = JSON.parse(stdout);
  if (report.problems.length > 0)
    console.log(`${nameOf(pack)}: ${report.problems.length} files were not analysed`);
  return report;
}

/** @param {readonly Scan[]} own */
function byPackage(own) {
  console.log(
    "| Package | Files | Lines | Seconds | Errors | Warnings | Notes | Errors per 1,000 lines | Errors and warnings |",
  );
  console.log("|---|---|---|---|---|---|---|---|---|");
  /** @param {string} name @param {readonly Scan[]} some */
  const row = (name, some) => {
    const sum = (/** @type {(report: Report) => number} */ of) =>
      some.reduce((total, { report }) => total + of(report), 0);
    const at = (/** @type {readonly string[]} */ levels) =>
      sum(({ findings }) => findings.filter(({ level }) => levels.includes(level)).length);
    const lines = sum(({ stats }) => stats.lines);
    const [errors, warnings, notes] = [at(["error"]), at(["warning"]), at(["information", "hint"])];
    const cells = [
      name,
      sum(({ stats }) => stats.files),
      lines,
      Math.round(sum(({ stats }) => stats.seconds)),
      errors,
      warnings,
      notes,
      per(errors, lines),
      per(errors + warnings, lines),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  };
  for (const one of own) row(nameOf(one.pack), [one]);
  row("all", own);
}

/** @param {readonly Scan[]} own */
function byRule(own) {
  const all = own.flatMap(({ report }) => report.findings);
  const lines = own.reduce((total, { report }) => total + report.stats.lines, 0);
  console.log(`| Rule | ${LEVELS.join(" | ")} | per 1,000 lines |`);
  console.log(`|---|${"---|".repeat(LEVELS.length)}---|`);
  const rules = [...new Set(all.map(({ rule }) => rule))].sort();
  for (const rule of rules) {
    const some = all.filter((finding) => finding.rule === rule);
    const counts = LEVELS.map((level) => some.filter((f) => f.level === level).length);
    console.log(`| ${rule} | ${counts.join(" | ")} | ${per(some.length, lines)} |`);
  }
}

/**
 * @param {number} count
 * @param {number} lines
 */
function per(count, lines) {
  return lines === 0 ? "0" : ((1000 * count) / lines).toFixed(3);
}
