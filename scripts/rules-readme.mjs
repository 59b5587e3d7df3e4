// Writes the table of rules/README.md: what the rules say of themselves, and the languages and fix
// grades that the examples of their pages really get. Run `npm run build` first.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { root } from "./lib/ensure.mjs";

/** @typedef {{ rule: string, file: string, fixes: { applicability: string }[] }} Finding */

const NAMES = { json: "package.json", txt: "requirements.txt", toml: "pyproject.toml" };
const LANGUAGES = { ".py": "Python", ".ts": "TypeScript", ".tsx": "TypeScript" };
const GRADES = ["safe", "suggested", "placeholder", "manual"];

/** @type {{ id: string, title: string, severity: string }[]} */
const rules = skeptic(root, ["rules", "--format", "json"]);
const findings = await findingsOfExamples();
const rows = rules.map(({ id, title, severity }) => {
  const own = findings.filter(({ rule, file }) => rule === id && file.startsWith(`${id}/`));
  if (own.length === 0) throw new Error(`no example of ${id} is found`);
  const languages = new Set(own.map(({ file }) => languageOf(file)));
  const given = new Set(own.flatMap(({ fixes }) => fixes.map((fix) => fix.applicability)));
  const grades = GRADES.filter((grade) => given.has(grade));
  const cells = [`[${id}](${id}.md)`, title, severity, [...languages].sort().join(", ")];
  return `| ${cells.join(" | ")} | ${grades.join(", ") || "none"} |`;
});
const head = ["| Rule | What it finds | Severity | Found in | Fix |", "|---|---|---|---|---|"];

const path = join(root, "rules", "README.md");
const table = `<!-- table -->\n${[...head, ...rows].join("\n")}\n<!-- end of table -->`;
const readme = readFileSync(path, "utf8");
writeFileSync(
  path,
  readme.replace(/<!-- table -->.*<!-- end of table -->/s, () => table),
);

/**
 * Puts every example under "Vulnerable" and later into a folder of its own and scans them all.
 * @returns {Promise<Finding[]>}
 */
async function findingsOfExamples() {
  const folder = mkdtempSync(join(tmpdir(), "skeptic-rules-"));
  try {
    for (const { id } of rules) writeExamples(join(folder, id), id);
    const options = ["--format", "json", "--profile", "strict", "--fail-on", "never"];
    return skeptic(folder, ["scan", ...options]).findings;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @param {string} id
 */
function writeExamples(folder, id) {
  const page = readFileSync(join(root, "rules", `${id}.md`), "utf8");
  page.split(/^#+ .*$/m).forEach((section, at) => {
    const blocks = section.matchAll(/(?:^`(\S+)`:\n+)?^```(\w+)((?: \w+)*)\n(.*?)^```$/gms);
    for (const [whole, name, language = "", words, text = ""] of blocks) {
      if (/fixed|exploit/.test(words ?? "") || language === "expect") continue;
      const alone = name === undefined ? `${at}-${section.indexOf(whole)}` : `${at}`;
      const fallback = Object.entries(NAMES).find(([key]) => key === language)?.[1];
      const target = join(folder, alone, name ?? fallback ?? `app.${language}`);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
  });
}

/** @param {string} file */
function languageOf(file) {
  if (/\.(?:json|txt|toml)$/.test(file)) return `\`${file.split("/").at(-1)}\``;
  return (
    Object.entries(LANGUAGES).find(([ending]) => ending === extname(file))?.[1] ?? "JavaScript"
  );
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
  return JSON.parse(result.stdout);
}
