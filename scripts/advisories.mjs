// `node scripts/advisories.mjs FILE...`: takes entries in the OSV format (https://ossf.github.io/osv-schema/) over into
// rules/advisories.json: number, names, severity and ranges, for npm and PyPI. Nothing is asked of a network, and no sentence is
// copied: `summary` is written by hand, as what an attacker does, and entries without one are named.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./lib/ensure.mjs";

/**
 * @typedef {{ introduced?: string, fixed?: string, last_affected?: string }} Event
 * @typedef {{ type: string, events: Event[] }} Range
 * @typedef {{ package: { ecosystem: string, name: string }, ranges?: Range[] }} Affected
 * @typedef {{ id: string, aliases?: string[], summary?: string, affected?: Affected[], database_specific?: { severity?: string } }} Entry
 */

const path = join(root, "rules", "advisories.json");
/** @type {Entry[]} */
const old = JSON.parse(readFileSync(path, "utf8"));
const all = new Map(old.map((entry) => [entry.id, entry]));
for (const file of process.argv.slice(2)) {
  /** @type {Entry} */
  const entry = JSON.parse(readFileSync(file, "utf8"));
  const affected = (entry.affected ?? [])
    .filter((one) => ["npm", "PyPI"].includes(one.package.ecosystem))
    .map((one) => ({
      package: { ecosystem: one.package.ecosystem, name: one.package.name },
      ranges: (one.ranges ?? []).map(({ type, events }) => ({ type, events })),
    }));
  all.set(entry.id, {
    id: entry.id,
    aliases: (entry.aliases ?? []).filter((name) => name.startsWith("CVE-")),
    summary: all.get(entry.id)?.summary ?? "",
    affected,
    database_specific: { severity: entry.database_specific?.severity ?? "HIGH" },
  });
}
const sorted = [...all.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
writeFileSync(path, `${JSON.stringify(sorted, undefined, 2)}\n`);
for (const { id, summary } of sorted) if (!summary) console.log(`${id}: write its summary`);
