/** `node main.cjs [--strict] --pages | FOLDER...`: prints the tables; see scripts/score.mjs. */
import { parseArgs } from "node:util";
import { freshEngine } from "../harness/engine.ts";
import { readPages } from "../harness/pages.ts";
import { scorePages } from "./own-pages.ts";
import { countsTable } from "./rates.ts";
import { judgeSamples, readSamples } from "./samples.ts";

void main();

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { pages: { type: "boolean" }, strict: { type: "boolean" } },
  });
  const engine = await freshEngine();
  if (values.pages === true) {
    const { byCategory, byVariant, undressed, lost } = scorePages(engine, readPages());
    console.log("The rule pages: marked lines, and programs in which nothing is marked\n");
    console.log(countsTable("Category", byCategory, true));
    console.log("\nThe same in other clothes\n");
    console.log(countsTable("Clothes", byVariant, false));
    for (const [name, count] of undressed)
      console.log(`\n${count} programs cannot be dressed so, or nothing arrives in them: ${name}`);
    if (lost.length > 0) console.log(`\nLost in other clothes\n\n${lost.join("\n")}`);
  }
  for (const folder of positionals) {
    try {
      const samples = readSamples(folder);
      const { rows, wrong } = judgeSamples(engine, folder, samples, values.strict === true);
      console.log(`${samples.length} labelled samples\n`);
      console.log(countsTable("Category", rows, true));
      console.log(`\n${wrong.join("\n")}`);
    } catch (error) {
      console.error(`skeptic score: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 2;
    }
  }
  engine.dispose();
}
