/**
 * A cold scan of folders against parsing the same bytes and doing nothing else, in one process, by turns:
 * `node .cache/bench/cold.cjs FOLDER...` (built and called by `npm run bench`). Prints one JSON object.
 */
import { readFileSync } from "node:fs";
import { Language, Parser } from "web-tree-sitter";
import { rules } from "../rules/index.ts";
import { discover } from "../server/cli/files.ts";
import { classify } from "../server/engine/classify.ts";
import { createEngine } from "../server/engine/engine.ts";
import { grammarFor } from "../server/languages/language.ts";
import type { GrammarName } from "../server/syntax/flat.ts";
import { readWasm } from "../test/harness/engine.ts";

const ROUNDS = Number(process.env.ROUNDS ?? 3);

void main();

async function main(): Promise<void> {
  const wasm = readWasm();
  for (const folder of process.argv.slice(2)) {
    const files = sourcesBelow(folder);
    const bytes = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    const parses: number[] = [];
    const scans: number[] = [];
    let found = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const engine = await createEngine({ wasm, rules });
      // After the engine: the first to start the parser is the one who sees its memory.
      const parseOnly = await parser(wasm.grammars);
      parses.push(
        timed(() => {
          for (const [file, text] of files) parseOnly(grammarFor(file, undefined), text);
        }),
      );
      engine.setFiles(files.keys());
      engine.setRoots([""]);
      scans.push(
        timed(() => {
          for (const [file, text] of files) engine.set(file, text);
          while (engine.step(1e9).pending > 0);
          found = 0;
          for (const file of files.keys()) found += engine.check(file).findings.length;
        }),
      );
      engine.dispose();
    }
    const parse = Math.min(...parses);
    const scan = Math.min(...scans);
    console.log(
      JSON.stringify({
        folder,
        files: files.size,
        bytes,
        parseMs: Math.round(parse),
        scanMs: Math.round(scan),
        ratio: Number((scan / parse).toFixed(2)),
        findings: found,
      }),
    );
  }
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

async function parser(
  grammars: Readonly<Record<GrammarName, Uint8Array>>,
): Promise<(grammar: GrammarName | undefined, text: string) => void> {
  await Parser.init({ wasmBinary: readWasm().runtime });
  const one = new Parser();
  const languages = new Map<GrammarName, Language>();
  for (const name of Object.keys(grammars) as GrammarName[])
    languages.set(name, await Language.load(grammars[name]));
  return (grammar, text) => {
    if (grammar === undefined) return;
    one.setLanguage(languages.get(grammar) as Language);
    one.parse(text)?.delete();
  };
}

/** What the command line would scan. */
function sourcesBelow(folder: string): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  const wants = (file: string) => grammarFor(file, undefined) !== undefined;
  for (const { file, path } of discover(folder, ["."], { exclude: [], wants }).requested) {
    const text = readFileSync(path, "utf8").replace(/^\ufeff/, "");
    if (classify(file, text) === undefined) out.set(file, text);
  }
  return out;
}
