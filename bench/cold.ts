/**
 * A cold scan against parsing the same bytes and doing nothing else, in one process, by turns:
 * `node .cache/bench/cold.cjs FOLDER` (built and called by `npm run bench`). Prints one JSON object.
 */
import { Language, Parser } from "web-tree-sitter";
import { rules } from "../rules/index.ts";
import { createEngine } from "../server/engine/engine.ts";
import { grammarFor } from "../server/languages/language.ts";
import type { GrammarName } from "../server/syntax/flat.ts";
import { readWasm } from "../test/harness/engine.ts";
import { analyse, bytesOf, processorTime, sourcesBelow } from "./sources.ts";

const ROUNDS = Number(process.env.ROUNDS ?? 2);

void main();

async function main(): Promise<void> {
  const wasm = readWasm();
  const files = sourcesBelow(process.argv[2] as string);
  const parses: number[] = [];
  const scans: number[] = [];
  let findings = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const engine = await createEngine({ wasm, rules });
    // After the engine: the first to start the parser is the one who sees its memory.
    const parseOnly = await parser(wasm.grammars);
    const parse = (): void => {
      for (const [file, text] of files) parseOnly(grammarFor(file, undefined), text);
    };
    parses.push(processorTime(parse), processorTime(parse));
    scans.push(
      processorTime(() => {
        findings = analyse(engine, files);
      }),
    );
    engine.dispose();
  }
  const bytes = bytesOf(files.values());
  const [parseMs, scanMs] = [Math.min(...parses), Math.min(...scans)];
  console.log(JSON.stringify({ files: files.size, bytes, parseMs, scanMs, findings }));
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
