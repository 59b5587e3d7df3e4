// Draws 30 findings of reports of `skeptic scan --format json`, errors and warnings first: node draw.mjs SEED REPORT...
import { readFileSync } from "node:fs";

const [seed, ...reports] = process.argv.slice(2);
let state = Number(seed);
console.log(`seed ${state}`);
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
/** @type {Readonly<Record<string, number>>} */
const rank = { error: 0, warning: 0, information: 1, hint: 1 };
const all = reports.flatMap((report) =>
  JSON.parse(readFileSync(report, "utf8")).findings.map((/** @type {any} */ finding) => ({
    ...finding,
    place: `${finding.file}:${finding.start.line}`,
  })),
);
all.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : a.rule < b.rule ? -1 : 1));
const drawn = all.map((finding) => ({ finding, number: random() }));
drawn.sort(
  (a, b) => (rank[a.finding.level] ?? 1) - (rank[b.finding.level] ?? 1) || a.number - b.number,
);
for (const { finding } of drawn.slice(0, 30))
  console.log(finding.rule, finding.level, finding.place);
