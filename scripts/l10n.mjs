// `npm run l10n`: writes l10n/bundle.l10n.json, the texts of the client for translators, and says what each language lacks.
// `npm run l10n -- --check` writes nothing. Ends with 1 where something is missing, left over, or has other placeholders.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureDependencies, root } from "./lib/ensure.mjs";

ensureDependencies();
const { messagesIn } = await import("./lib/l10n.mjs");
const { differences } = await import("./lib/translations.mjs");

const isCheck = process.argv.includes("--check");
const folder = join(root, "l10n");
/** @param {string} path */
const read = (path) => JSON.parse(readFileSync(path, "utf8"));

const messages = await messagesIn(join(root, "client"));
const english = Object.fromEntries(messages.map((message) => [message, message]));
const bundle = join(folder, "bundle.l10n.json");
const text = `${JSON.stringify(english, undefined, 2)}\n`;
/** @type {string[]} */
const problems = [];
if (!isCheck) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(bundle, text);
} else if (!existsSync(bundle) || readFileSync(bundle, "utf8") !== text)
  problems.push("l10n/bundle.l10n.json is not what the client says: npm run l10n");

for (const name of readdirSync(folder).filter((one) => /^bundle\.l10n\..+\.json$/.test(one)))
  problems.push(...differences(`l10n/${name}`, english, read(join(folder, name))));
const manifest = read(join(root, "package.nls.json"));
for (const name of readdirSync(root).filter((one) => /^package\.nls\..+\.json$/.test(one)))
  problems.push(...differences(name, manifest, read(join(root, name))));
for (const problem of problems) console.log(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
