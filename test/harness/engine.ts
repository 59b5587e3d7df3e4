/** The real engine with the real rules, for tests: its WebAssembly comes from the packages, not from dist/. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { rules } from "../../rules/index.ts";
import type { Engine } from "../../server/engine/api.ts";
import { createEngine } from "../../server/engine/engine.ts";
import type { WasmFiles } from "../../server/syntax/parser.ts";
import { repository } from "./pages.ts";
import { revealRules } from "./reveal.ts";

let wasm: WasmFiles | undefined;
let names: Uint8Array | undefined;
let shared: Promise<Engine> | undefined;

/** The one engine of this process. Who uses it starts with `emptied`. */
export function openEngine(): Promise<Engine> {
  shared ??= freshEngine();
  return shared;
}

let revealing: Promise<Engine> | undefined;

/** One with the library models but, instead of the rules, those that say what `reveal(x)` is given. */
export function openRevealEngine(): Promise<Engine> {
  wasm ??= readWasm();
  revealing ??= createEngine({ wasm, rules: revealRules });
  return revealing;
}

/** The day on which all pages are read: suppressions in them end before it, or after it. */
export const TODAY = "2026-06-15";

/** An engine nobody has used; about a tenth of a second each. */
export async function freshEngine(): Promise<Engine> {
  wasm ??= readWasm();
  names ??= readFileSync(join(repository, "data/names.bin"));
  const engine = await createEngine({ wasm, rules, names });
  engine.setToday(TODAY);
  return engine;
}

/** For engines made in another way. */
export function readWasm(): WasmFiles {
  const require = createRequire(import.meta.url);
  const read = (path: string) => readFileSync(require.resolve(path));
  return {
    runtime: read("web-tree-sitter/web-tree-sitter.wasm"),
    grammars: {
      python: read("tree-sitter-python/tree-sitter-python.wasm"),
      typescript: read("tree-sitter-typescript/tree-sitter-typescript.wasm"),
      tsx: read("tree-sitter-typescript/tree-sitter-tsx.wasm"),
      javascript: read("tree-sitter-javascript/tree-sitter-javascript.wasm"),
    },
  };
}
