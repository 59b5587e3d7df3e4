/**
 * `node .cache/fuzz/main.cjs [--seed S] [--minutes N] [--replay FILE] FOLDER...` (built and called by `npm run fuzz`): rounds of
 * random edits over the files of the folders. A round with a fault is made smaller and written to .cache/fuzz.
 * Tells its parent process of every act, so that one that does not end is seen.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Engine } from "../../server/engine/api.ts";
import { freshEngine } from "../harness/engine.ts";
import { type Folder, planRound, readSources } from "./plan.ts";
import { randomFrom } from "./random.ts";
import { type Fault, replay, type When } from "./replay.ts";
import type { Act, Round } from "./round.ts";
import { shrunk } from "./shrink.ts";

const OUT = join(import.meta.dirname, "..", "..", ".cache", "fuzz");
const SHRINK_MS = 120_000;
/** Engines are replaced after so many rounds, so that memory stays small. */
const ROUNDS_PER_ENGINE = 20;
/** A run with more faults than this has said enough. */
const MOST_FAULTS = 5;

void main();

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: "string" },
      minutes: { type: "string", default: "1" },
      replay: { type: "string" },
    },
  });
  mkdirSync(OUT, { recursive: true });
  if (values.replay !== undefined) return await again(values.replay);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  const faults = await fuzz(seed, Number(values.minutes) * 60_000, positionals);
  process.exitCode = faults > 0 ? 1 : 0;
}

async function fuzz(seed: number, milliseconds: number, paths: readonly string[]): Promise<number> {
  let [live, fresh] = [await freshEngine(), await freshEngine()];
  const folders = paths
    .map((path) => readSources(path, (file) => fresh.wants(file)))
    .filter(({ texts }) => texts.size > 0);
  console.log(`seed ${seed}; ${folders.map(shortly).join(", ")}`);
  if (folders.length === 0) throw new Error("no folder with code was given");
  const stop = performance.now() + milliseconds;
  const count = { rounds: 0, acts: 0, edits: 0, comparisons: 0, withFindings: 0, faults: 0 };
  let told = performance.now();
  while (performance.now() < stop && count.faults < MOST_FAULTS) {
    const random = randomFrom(seed + count.rounds * 7919);
    const round = planRound(folders, random, fresh);
    const name = `${seed}-${count.rounds}`;
    writeFileSync(join(OUT, "current.json"), JSON.stringify(round));
    const fault = replay(round, live, fresh, "always", {
      act: () => alive(name),
      compared(findings) {
        count.comparisons++;
        if (findings > 0) count.withFindings++;
      },
    });
    count.rounds++;
    count.acts += round.acts.length;
    count.edits += round.acts.filter(isEdit).length;
    if (fault !== undefined) {
      count.faults++;
      await report(name, round, fault);
    }
    if (count.rounds % ROUNDS_PER_ENGINE === 0 || fault !== undefined) {
      for (const engine of [live, fresh]) engine.dispose();
      [live, fresh] = [await freshEngine(), await freshEngine()];
    }
    if (performance.now() - told < 30_000) continue;
    told = performance.now();
    console.error(said(count));
  }
  console.log(`seed ${seed}: ${said(count)}`);
  return count.faults;
}

/** Prints a fault and writes the smallest round found that has it. */
async function report(name: string, round: Round, fault: Fault): Promise<void> {
  const path = join(OUT, `${name}.json`);
  writeFileSync(path, JSON.stringify(round));
  console.log(`\n${fault.what} in round ${name}, act ${fault.at}:\n${fault.text}`);
  const engines = { live: await freshEngine(), fresh: await freshEngine() };
  const check = (one: Round, when: When): Fault | undefined => {
    alive(name);
    try {
      return replay(one, engines.live, engines.fresh, when);
    } catch {
      return undefined;
    }
  };
  const short: Round = { ...round, acts: round.acts.slice(0, fault.at + 1) };
  const when: When = check(short, "last")?.what === fault.what ? "last" : "always";
  if (when === "always" && check(short, "always")?.what !== fault.what) {
    console.log(`it does not happen again by itself; the whole round is in ${path}`);
    return;
  }
  const small = shrunk(short, (one) => check(one, when)?.what === fault.what, SHRINK_MS);
  writeFileSync(path, JSON.stringify(small, null, 1));
  writeFileSync(path.replace(/json$/, "txt"), shown(small, check(small, when) ?? fault));
  console.log(`made smaller: ${path} and .txt; npm run fuzz -- --replay ${path}`);
  for (const engine of Object.values(engines)) engine.dispose();
}

/** A written round once more. */
async function again(path: string): Promise<void> {
  const round = JSON.parse(readFileSync(path, "utf8")) as Round;
  const engines: [Engine, Engine] = [await freshEngine(), await freshEngine()];
  const fault = replay(round, ...engines, "always");
  console.log(fault === undefined ? "no fault" : shown(round, fault));
  process.exitCode = fault === undefined ? 0 : 1;
}

function shown({ files, acts }: Round, fault: Fault): string {
  const parts = files.map(([file, text]) => `--- ${file}\n${text}`);
  for (const [i, act] of acts.entries())
    parts.push(
      act.do === "text"
        ? `=== ${i} text ${act.file}\n${act.text}`
        : `=== ${i} ${JSON.stringify(act)}`,
    );
  return [...parts, `${fault.what} after act ${fault.at}: ${fault.text}`, ""].join("\n");
}

function isEdit(act: Act): boolean {
  return act.do === "text" || act.do === "remove";
}

function said(count: Readonly<Record<string, number>>): string {
  return (
    `${count.rounds} rounds, ${count.acts} steps, ${count.edits} edits, ${count.comparisons} comparisons ` +
    `(${count.withFindings} with findings), ${count.faults} differences`
  );
}

function shortly({ name, texts }: Folder): string {
  return `${name} (${texts.size} files)`;
}

function alive(name: string): void {
  process.send?.(name);
}
