// Writes the table of rules/README.md from the rules and their pages. Run `npm run build` first.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./lib/ensure.mjs";

const LANGUAGES = [
  ["Python", /^```py\b/m],
  ["TypeScript", /^```tsx?\b/m],
  ["JavaScript", /^```(?:jsx?|tsx?)\b/m],
  ["package.json", /^```json\b|^`package\.json`:/m],
  ["requirements.txt", /^```txt\b|^`requirements[^`]*\.txt`:/m],
  ["pyproject.toml", /^```toml\b/m],
];
const GRADES = ["safe", "suggested", "placeholder", "manual"];

const command = [join(root, "dist", "cli.js"), "rules", "--format", "json"];
/** @type {{ id: string, title: string, severity: string, category: string }[]} */
const rules = JSON.parse(spawnSync(process.execPath, command, { encoding: "utf8" }).stdout);
const rows = rules.map(({ id, title, severity }) => {
  const page = readFileSync(join(root, "rules", `${id}.md`), "utf8");
  const vulnerable = /^## Vulnerable$(.*?)^## Safe$/ms.exec(page)?.[1] ?? "";
  const safety = /^## Fix safety$(.*?)^## /ms.exec(page)?.[1] ?? "";
  const languages = LANGUAGES.filter(([, blocks]) =>
    /** @type {RegExp} */ (blocks).test(vulnerable),
  );
  const grades = GRADES.filter((grade) => safety.includes(`**${grade}**`));
  const cells = [`[${id}](${id}.md)`, title, severity, languages.map(([name]) => name).join(", ")];
  return `| ${cells.join(" | ")} | ${grades.join(", ") || "manual"} |`;
});
const table = [
  "| Rule | What it finds | Severity | Languages | Fix |",
  "|---|---|---|---|---|",
  ...rows,
];

const path = join(root, "rules", "README.md");
const readme = readFileSync(path, "utf8");
const [start, end] = ["<!-- table -->\n", "<!-- end of table -->"];
const [before, rest] = readme.split(start);
if (rest === undefined) throw new Error(`${path} has no "${start.trim()}"`);
writeFileSync(path, `${before}${start}${table.join("\n")}\n${rest.slice(rest.indexOf(end))}`);
