// Writes the table of rules/README.md: what the rules say of themselves, and the languages and fix
// grades that the examples of their pages really get, and which tests of test/exploits try those fixes. Run `npm run build` first.
// With names of rules, only their rows are made again.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { buildExamples } from "../esbuild.mjs";
import { checklistTable } from "./lib/checklist.mjs";
import { root } from "./lib/ensure.mjs";
import { proofs } from "./lib/proofs.mjs";

/** @typedef {{ rule: string, file: string, grades: readonly string[] }} Finding */

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
// One engine for all: a process for each of a thousand examples takes longer to start than to find.
/** @type {(texts: ReadonlyMap<string, string>) => readonly Finding[]} */
const found = await createRequire(import.meta.url)(await buildExamples()).examples();

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
  const given = new Set(own.flatMap((one) => one.grades));
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
 * Checks every example of a page by itself.
 * @param {string} id
 * @returns {Finding[]}
 */
function findingsOfExamples(id) {
  return examplesOf(id).flatMap((texts) => [...found(texts)]);
}

/**
 * The programs of a page: blocks with names under one heading are one.
 * @param {string} id
 * @returns {Map<string, string>[]}
 */
function examplesOf(id) {
  const path = join(root, "rules", `${id}.md`);
  const page = existsSync(path) ? readFileSync(path, "utf8") : "";
  /** @type {Map<string, Map<string, string>>} */
  const programs = new Map();
  page.split(/^#{2,} .*$/m).forEach((section, at) => {
    for (const [whole, name, label, language = "", words, text = ""] of section.matchAll(BLOCK)) {
      if (/fixed|exploit/.test(`${label} ${words}`) || language === "expect") continue;
      const key = name === undefined ? `${at}-${section.indexOf(whole)}` : `${at}`;
      const fallback = Object.entries(NAMES).find(([one]) => one === language)?.[1];
      const texts = programs.get(key) ?? new Map();
      texts.set(name ?? fallback ?? `app.${language}`, text.replace(MARK, ""));
      programs.set(key, texts);
    }
  });
  return [...programs.values()];
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
