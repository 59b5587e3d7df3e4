// Writes the table of rules/README.md: what the rules say of themselves, and the languages and fix
// grades that the examples of their pages really get, and which tests of test/exploits try those fixes. Run `npm run build` first; it takes a minute or two.
// With names of rules, only their rows are made again.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checklistTable } from "./lib/checklist.mjs";
import { root } from "./lib/ensure.mjs";
import { proofs } from "./lib/proofs.mjs";

/** @typedef {{ rule: string, file: string, fixes: { applicability: string }[] }} Finding */

const NAMES = {
  json: "package.json",
  txt: "requirements.txt",
  toml: "pyproject.toml",
  yml: ".github/workflows/ci.yml",
  sql: "supabase/migrations/0001_tables.sql",
  dockerfile: "Dockerfile",
  rules: "firestore.rules",
  md: "AGENTS.md",
};
const LANGUAGES = {
  Python: /\.pyw?$/,
  TypeScript: /\.[cm]?tsx?$/,
  JavaScript: /\.[cm]?jsx?$/,
  SQL: /\.sql$/,
  Firebase: /\.rules(?:\.json)?$/,
  Dockerfile: /(?:^|\/)(?:Docker|Container)file|\.[Dd]ockerfile$/,
};
const GRADES = ["safe", "suggested", "placeholder", "manual"];

/** A code block, with the name and word of the label before it. */
const BLOCK = /(?:^`(\S+)`(?: (\w+))?:\n+)?^```(\w+)((?: \w+)*)\n(.*?)^```$/gms;
/** What a page expects of a line. */
const MARK =
  /[ \t]*(?:#|\/\/|--|\{?\/\*)[ \t]*(?:error|warning|info|hint|found|missing|spurious): *\[.*$/gm;

/** @type {{ id: string, title: string, severity: string }[]} */
const rules = skeptic(root, ["rules", "--format", "json"]);
const path = join(root, "rules", "README.md");
const readme = readFileSync(path, "utf8");
const chosen = process.argv.slice(2);

const rows = rules.flatMap(({ id, title, severity }) => {
  const old = readme.split("\n").find((line) => line.startsWith(`| [${id}](`));
  const tried = proofsOf(id).join("; ");
  if (old !== undefined && chosen.length > 0 && !chosen.includes(id)) {
    const cells = old.split("|").slice(1, 6);
    return [`|${cells.join("|")}| ${tried} |`];
  }
  const own = findingsOfExamples(id).filter(({ rule }) => rule === id);
  if (own.length === 0) {
    console.error(`no example of ${id} is found`);
    return [`| ${id} | ${title} | ${severity} | | | |`];
  }
  const languages = new Set(own.map(({ file }) => languageOf(file)));
  const given = new Set(own.flatMap(({ fixes }) => fixes.map((fix) => fix.applicability)));
  const grades = GRADES.filter((grade) => given.has(grade));
  const cells = [`[${id}](${id}.md)`, title, severity, [...languages].sort().join(", ")];
  return [`| ${cells.join(" | ")} | ${grades.join(", ") || "none"} | ${tried} |`];
});
const head = [
  "| Rule | What it finds | Severity | Found in | Fix | Fixes tried by |",
  "|---|---|---|---|---|---|",
];

/** @type {import("./lib/checklist.mjs").Ask[]} */
const asks = JSON.parse(readFileSync(join(root, "rules", "checklist.json"), "utf8"));
const checklist = checklistTable(asks, new Set(rules.map(({ id }) => id)));
const table = `<!-- table -->\n${[...head, ...rows].join("\n")}\n<!-- end of table -->`;
writeFileSync(
  path,
  readme
    .replace(/<!-- table -->.*<!-- end of table -->/s, () => table)
    .replace(/<!-- checklist -->.*<!-- end of checklist -->/s, () => checklist),
);

/**
 * The tests that attack and use the rule's fixes, by grade.
 * @param {string} id
 */
function proofsOf(id) {
  const own = proofs().get(id) ?? [];
  return GRADES.flatMap((grade) => {
    const tests = own.filter((one) => one.grade === grade);
    const links = tests.map(({ test }) => `[${test}](../test/exploits/${test}.test.ts)`);
    return links.length === 0 ? [] : [`${grade}: ${links.join(", ")}`];
  });
}

/**
 * Scans every example of a page by itself.
 * @param {string} id
 * @returns {Finding[]}
 */
function findingsOfExamples(id) {
  const options = ["--format", "json", "--profile", "strict", "--fail-on", "never", "--rule", id];
  const folder = mkdtempSync(join(tmpdir(), "skeptic-rules-"));
  try {
    return writeExamples(folder, id).flatMap((one) => skeptic(one, ["scan", ...options]).findings);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Puts every example into a folder of its own.
 * @param {string} folder
 * @param {string} id
 */
function writeExamples(folder, id) {
  const path = join(root, "rules", `${id}.md`);
  const page = existsSync(path) ? readFileSync(path, "utf8") : "";
  /** @type {Set<string>} */
  const folders = new Set();
  page.split(/^#{2,} .*$/m).forEach((section, at) => {
    for (const [whole, name, label, language = "", words, text = ""] of section.matchAll(BLOCK)) {
      if (/fixed|exploit/.test(`${label} ${words}`) || language === "expect") continue;
      const own = join(folder, name === undefined ? `${at}-${section.indexOf(whole)}` : `${at}`);
      const fallback = Object.entries(NAMES).find(([key]) => key === language)?.[1];
      const target = join(own, name ?? fallback ?? `app.${language}`);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text.replace(MARK, ""));
      folders.add(own);
    }
  });
  return [...folders];
}

/** @param {string} file */
function languageOf(file) {
  const language = Object.entries(LANGUAGES).find(([, names]) => names.test(file))?.[0];
  return language ?? `\`${file.split("/").at(-1)}\``;
}

/**
 * @param {string} cwd
 * @param {string[]} args
 */
function skeptic(cwd, args) {
  const command = [join(root, "dist", "cli.js"), ...args];
  const result = spawnSync(process.execPath, command, {
    cwd,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return JSON.parse(result.stdout || '{ "findings": [] }');
}
