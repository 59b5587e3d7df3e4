// How fast a parser alone can be on the same files: native tree-sitter, the physical limit, against
// the WebAssembly build the product uses. `npm run bench [-- FOLDER...]` installs and runs it.
//
// Prints one line per language: megabytes of UTF-8 source per second, parsing only, median of five
// rounds after one to warm up, in one thread, the two taking turns.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join } from "node:path";

const load = createRequire(import.meta.url);
const ROUNDS = 5;
const LARGEST_FILE = 1_000_000;

const LANGUAGES = [
  {
    name: "Python",
    endings: [".py"],
    native: () => load("tree-sitter-python"),
    wasm: "tree-sitter-python.wasm",
  },
  {
    name: "TypeScript",
    endings: [".ts", ".mts", ".cts"],
    native: () => load("tree-sitter-typescript").typescript,
    wasm: "tree-sitter-typescript.wasm",
  },
  {
    name: "JavaScript",
    endings: [".js", ".mjs", ".cjs"],
    native: () => load("tree-sitter-javascript"),
    wasm: "tree-sitter-javascript.wasm",
  },
];

const folders = process.argv.slice(2);
const dist = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "..", "dist");

const NativeParser = load("tree-sitter");
const web = load("../node_modules/web-tree-sitter/web-tree-sitter.cjs");
await web.Parser.init();

for (const language of LANGUAGES) {
  const texts = folders.flatMap((folder) => sourcesBelow(folder, language.endings));
  if (texts.length === 0) continue;
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);

  const native = new NativeParser();
  native.setLanguage(language.native());
  const parser = new web.Parser();
  parser.setLanguage(await web.Language.load(readFileSync(join(dist, language.wasm))));

  const parseNative = () => {
    // The binding refuses texts longer than its buffer.
    for (const text of texts) native.parse(text, undefined, { bufferSize: text.length * 2 + 2 });
  };
  const parseWasm = () => {
    for (const text of texts) parser.parse(text)?.delete();
  };
  /** @type {number[]} */
  const nativeTimes = [];
  /** @type {number[]} */
  const wasmTimes = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const [first, second] = [milliseconds(parseNative), milliseconds(parseWasm)];
    if (round === 0) continue;
    nativeTimes.push(first);
    wasmTimes.push(second);
  }
  parser.delete();

  const limit = bytes / 1000 / median(nativeTimes);
  const ours = bytes / 1000 / median(wasmTimes);
  const size = `${texts.length} files, ${(bytes / 1e6).toFixed(1)} MB`;
  console.log(
    `${language.name.padEnd(11)} native ${limit.toFixed(1)} MB/s, WebAssembly ${ours.toFixed(1)} MB/s (${(ours / limit).toFixed(2)} x), ${size}`,
  );
}

/** @param {() => void} work */
function milliseconds(work) {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/**
 * @param {string} folder
 * @param {readonly string[]} endings
 * @returns {string[]}
 */
function sourcesBelow(folder, endings) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.includes(extname(entry.name)))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => statSync(path).size <= LARGEST_FILE)
    .map((path) => readFileSync(path, "utf8"));
}
