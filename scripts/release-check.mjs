// `npm run release:check -- v0.1.0`: before a release, what its rules must still say. The argument is the commit or tag of the
// release before. Ends with 1 where a rule stands in the way.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ensureDependencies, fail, root } from "./lib/ensure.mjs";

const [last] = process.argv.slice(2);
if (last === undefined || last.startsWith("-"))
  fail("usage: npm run release:check -- TAG-OF-THE-LAST-RELEASE");
ensureDependencies();
const { buildProduct } = await import("../esbuild.mjs");
const { releaseProblems, toLookAt } = await import("./lib/release.mjs");

/** @param {readonly string[]} args */
const git = (...args) => execFileSync("git", args, { cwd: root, encoding: "utf8" });
/** @param {string} text */
const lines = (text) => text.split("\n").filter((line) => line !== "");

const files = lines(git("ls-tree", "--name-only", last, "rules/"));
const before = {
  version: JSON.parse(git("show", `${last}:package.json`)).version,
  rules: new Set(files.filter((file) => file.endsWith(".ts")).map((file) => basename(file, ".ts"))),
};
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
await buildProduct();
const told = execFileSync(process.execPath, ["dist/cli.js", "rules", "--format", "json"], {
  cwd: root,
  encoding: "utf8",
});
const rules = JSON.parse(told).filter((/** @type {{ url: string }} */ { url }) => url !== "");
const changed = new Set(lines(git("diff", "--name-only", last, "--", "rules/")));

const look = toLookAt(rules, before, changed);
if (look.length > 0)
  console.log(
    `Changed since ${last}. One that reports more says since: "${version}":\n  ${look.join("\n  ")}`,
  );
const models = [...changed].filter((file) => file.startsWith("rules/models/"));
if (models.length > 0)
  console.log(
    `Models changed since ${last}. A rule that reports more by them says so, too:\n  ${models.join("\n  ")}`,
  );
const problems = releaseProblems(rules, version, before);
for (const problem of problems) console.log(problem);
console.log(problems.length === 0 ? "The rules are ready." : `${problems.length} in the way.`);
process.exitCode = problems.length === 0 ? 0 : 1;
