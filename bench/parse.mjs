// How long native tree-sitter takes to parse the files of a folder, the physical limit: `node bench/parse.mjs FOLDER`
// (called by `npm run bench`, which installs it). Prints one JSON object: milliseconds of processor time.

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join } from "node:path";

const load = createRequire(import.meta.url);
const ROUNDS = 3;

/** @type {Readonly<Record<string, () => unknown>>} */
const GRAMMARS = {
  python: () => load("tree-sitter-python"),
  typescript: () => load("tree-sitter-typescript").typescript,
  tsx: () => load("tree-sitter-typescript").tsx,
  javascript: () => load("tree-sitter-javascript"),
};
/** @type {Readonly<Record<string, string>>} */
const ENDINGS = {
  ".py": "python",
  ".pyi": "python",
  ".ts": "typescript",
  ".mts": "typescript",
  ".cts": "typescript",
  ".tsx": "tsx",
  ".js": "javascript",
  ".jsx": "javascript",
  ".mjs": "javascript",
  ".cjs": "javascript",
};

const texts = readdirSync(process.argv[2] ?? ".", { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && ENDINGS[extname(entry.name)] !== undefined)
  .map((entry) => ({
    grammar: ENDINGS[extname(entry.name)] ?? "",
    text: readFileSync(join(entry.parentPath ?? entry.path, entry.name), "utf8"),
  }));

const NativeParser = load("tree-sitter");
/** @type {Map<string, { parse(text: string, old: undefined, options: object): unknown }>} */
const parsers = new Map();
for (const [name, grammar] of Object.entries(GRAMMARS)) {
  if (!texts.some((one) => one.grammar === name)) continue;
  const parser = new NativeParser();
  parser.setLanguage(grammar());
  parsers.set(name, parser);
}

/** @type {number[]} */
const times = [];
for (let round = 0; round < ROUNDS; round++) {
  const start = process.cpuUsage();
  // The binding refuses texts longer than its buffer.
  for (const { grammar, text } of texts)
    parsers.get(grammar)?.parse(text, undefined, { bufferSize: text.length * 2 + 2 });
  const { user, system } = process.cpuUsage(start);
  times.push((user + system) / 1000);
}
console.log(JSON.stringify({ parseMs: Math.min(...times) }));
