// `npm run bench`: one table of time and memory on pinned packages, beside the physical limit (parsing alone) and the tools a
// user would pick instead, all on the same files in the same run. What is missing is installed into .cache on demand.
// `npm run bench -- FOLDER...` takes other folders.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import {
  cleanNpmEnvironment,
  ensureDependencies,
  npmCommand,
  root,
  startFolder,
} from "./lib/ensure.mjs";
import { fetched } from "./lib/packages.mjs";
import { PEERS } from "./lib/peers.mjs";
import { timed } from "./lib/processor-time.mjs";
import { run } from "./lib/run.mjs";

/** @type {readonly (readonly ["npm" | "pypi", string, string])[]} */
const PACKAGES = [
  ["pypi", "changedetection.io", "0.60.10"],
  ["npm", "@loopback/rest", "14.0.12"],
  ["npm", "@trpc/server", "11.1.2"],
  ["npm", "@node-red/runtime", "4.0.9"],
];
const LANGUAGES = /** @type {const} */ (["python", "javascript"]);
const NAMES = { python: "Python", javascript: "TypeScript, JavaScript" };

/** @typedef {[what: string, python: string, javascript: string, goal: string]} Row */

ensureDependencies();
const { buildBench, buildProduct } = await import("../esbuild.mjs");
await buildProduct();
await buildBench();
const native = await installNative();
const given = process.argv.slice(2).map((folder) => resolve(startFolder, folder));
const folders = given.length > 0 ? given : PACKAGES.map((each) => fetched(...each));
const corpus = join(root, ".cache", "bench", "corpus");
const sizes = measure("corpus", corpus, ...folders);
const used = LANGUAGES.filter((language) => sizes[language].files > 0);

/** @type {Row[]} */
const rows = [];
row("Source", (language) => {
  const { files, bytes } = sizes[language];
  return `${files} files, ${(bytes / 1e6).toFixed(1)} MB`;
});
const cold = Object.fromEntries(used.map((language) => [language, measure("cold", of(language))]));
row("Parsing alone, native tree-sitter", (language) => {
  if (native !== undefined) return "not installed";
  const { parseMs } = json(process.execPath, [join(root, "bench", "parse.mjs"), of(language)]);
  return `${seconds(parseMs / 1000)} (${times(parseMs / cold[language].parseMs)} WebAssembly)`;
});
row("Parsing alone, WebAssembly", (language) => seconds(cold[language].parseMs / 1000));
row(
  "Cold scan of the same bytes",
  (language) => {
    const { scanMs, parseMs } = cold[language];
    return `${seconds(scanMs / 1000)} (${times(scanMs / parseMs)} parsing)`;
  },
  "1.6 x",
);
row("Live memory per MB scanned", (language) => memory("scanned", language), "12 MB");
row("Live memory per MB open", (language) => memory("open", language), "40 MB");
row("Start to first finding, by the clock, p50 / slowest", (language) => {
  const { p50, slowest } = measure("start", of(language));
  return `${Math.round(p50)} / ${Math.round(slowest)} ms`;
});
typing();
origins();
programs();

console.log(`\nNode ${process.versions.node}, ${cpus().length} cores; times are processor time\n`);
console.log(`| | ${LANGUAGES.map((language) => NAMES[language]).join(" | ")} | Goal |`);
console.log("|---|---|---|---|");
for (const cells of rows) console.log(`| ${cells.join(" | ")} |`);

/**
 * @param {string} what
 * @param {(language: "python" | "javascript") => string} cell
 * @param {string} [goal]
 */
function row(what, cell, goal = "") {
  console.error(what);
  const cells = LANGUAGES.map((language) => (used.includes(language) ? cell(language) : ""));
  rows.push([what, cells[0] ?? "", cells[1] ?? "", goal]);
}

/**
 * @param {"scanned" | "open"} mode
 * @param {string} language
 */
function memory(mode, language) {
  const program = join(root, ".cache", "bench", "memory.cjs");
  const { perByte } = json(process.execPath, ["--expose-gc", program, mode, of(language)]);
  return `${perByte.toFixed(0)} MB`;
}

/** Keys typed into a file of 5,000 lines with 500 callers. */
function typing() {
  console.error("Typing");
  const out = spawnSync(process.execPath, [join(root, ".cache", "bench", "typing.cjs")], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  /** @type {{ project: string, edits: string, p50: number, p99: number, settleMs: number, slice99: number, slowestSlice: number }[]} */
  const results = out.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  /** @type {Readonly<Record<string, string>>} */
  const goals = { "breaking the syntax": "p99 150 ms" };
  for (const edits of new Set(results.map((one) => one.edits))) {
    const cell = (/** @type {string} */ project) => {
      const one = results.find((each) => each.project === project && each.edits === edits);
      if (one === undefined) return "";
      const settled = `settled ${one.settleMs} ms later`;
      return `${one.p50} / ${one.p99} ms, ${settled}, slices p99 ${one.slice99}, slowest ${one.slowestSlice} ms`;
    };
    const goal = goals[edits] ?? "5 / 16 ms, slices 8 ms";
    rows.push([`Key to findings, ${edits}, p50 / p99`, cell("Python"), cell("TypeScript"), goal]);
  }
}

/** Following who wrote what, beside what a key costs anyway. */
function origins() {
  console.error("Origins");
  const out = spawnSync(process.execPath, [join(root, ".cache", "bench", "origin.cjs")], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  for (const line of out.stdout.trim().split("\n")) {
    /** @type {{ edits: string, p50: number, p99: number }} */
    const { edits, p50, p99 } = JSON.parse(line);
    rows.push([`Following the origin, ${edits}, p50 / p99`, `${p50} / ${p99} µs`, "", ""]);
  }
}

/** Whole programs, from start to exit. */
function programs() {
  /** @type {Map<string, number>} */
  const ours = new Map();
  row("`skeptic scan`, whole program", (language) => {
    const scan = ["scan", "--format", "json", "--fail-on", "never", "."];
    const time = timed(process.execPath, [join(root, "dist", "cli.js"), ...scan], of(language));
    ours.set(language, time.cpu ?? time.wall);
    return said(time);
  });
  for (const peer of PEERS) {
    if (!used.includes(peer.language)) continue;
    const failure = peer.install();
    row(
      peer.name,
      (language) => {
        if (language !== peer.language) return "";
        if (failure !== undefined) return `not installed: ${failure}`;
        const { file, args } = peer.command();
        const time = timed(file, args, of(language));
        // They answer 1 when they found something.
        if (time.code > 1) return `ended with ${time.code}`;
        const ratio = (time.cpu ?? time.wall) / (ours.get(language) ?? 1);
        return `${said(time)}: ${times(ratio)} the time of Skeptic`;
      },
      /Bandit|ESLint/.test(peer.name) ? "8 x" : "",
    );
  }
}

/** @param {import("./lib/processor-time.mjs").Time} time */
function said({ cpu, wall }) {
  return cpu === undefined ? `${seconds(wall)} (by the clock)` : seconds(cpu);
}

/** @param {number} value */
function seconds(value) {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} s`;
}

/** @param {number} value */
function times(value) {
  return `${value < 10 ? value.toFixed(value < 1 ? 2 : 1) : value.toFixed(0)} x`;
}

/** @param {string} language */
function of(language) {
  return join(corpus, language);
}

/**
 * What a program of bench/ prints.
 * @param {string} name
 * @param {readonly string[]} args
 */
function measure(name, ...args) {
  return json(process.execPath, [join(root, ".cache", "bench", `${name}.cjs`), ...args]);
}

/**
 * @param {string} file
 * @param {readonly string[]} args
 */
function json(file, args) {
  const { stdout, status } = spawnSync(file, [...args], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}`);
  return JSON.parse(stdout);
}

/**
 * Native tree-sitter contradicts the grammars' peer range and has to be compiled: hence a package of its own, installed only
 * for this. Answers why it cannot be had.
 * @returns {Promise<string | undefined>}
 */
async function installNative() {
  const bench = join(root, "bench");
  if (existsSync(join(bench, "node_modules", "tree-sitter"))) return undefined;
  console.error("Installing native tree-sitter for comparison (compiles for a minute or two) ...");
  const flags = ["--legacy-peer-deps", "--ignore-scripts=false", "--no-package-lock"];
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  const command = npmCommand(["install", ...flags, ...quiet]);
  const installed = await run(command.file, command.args, {
    cwd: bench,
    env: cleanNpmEnvironment(),
    shell: command.shell,
  });
  if (installed === 0) return undefined;
  console.error("Native tree-sitter needs a C++20 compiler, make and Python; it is left out.");
  return "not installed";
}
