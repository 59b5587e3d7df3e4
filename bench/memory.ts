/**
 * Live memory of an engine that holds a folder: `node --expose-gc .cache/bench/memory.cjs scanned|open FOLDER`. Heap, buffers and
 * WebAssembly after garbage collection, above those of an engine that has seen one small file. Prints one JSON object.
 */
import { rules } from "../rules/index.ts";
import { createEngine } from "../server/engine/engine.ts";
import { readWasm } from "../test/harness/engine.ts";
import { analyse, bytesOf, sourcesBelow } from "./sources.ts";

/** Nobody has more than this open at once. */
const MOST_OPEN = 1_000_000;

void main();

async function main(): Promise<void> {
  const [, , mode, folder] = process.argv as [string, string, string, string];
  const open = mode === "open";
  const engine = await createEngine({ wasm: readWasm(), rules });
  for (const file of ["a.py", "a.ts", "a.tsx", "a.js"]) {
    engine.set(file, "x = 1\n", { open });
    engine.check(file);
    engine.remove(file);
  }
  const before = live();
  let room = open ? MOST_OPEN : Number.POSITIVE_INFINITY;
  const files = new Map(
    [...sourcesBelow(folder)].filter(([, text]) => {
      room -= text.length;
      return room >= 0;
    }),
  );
  analyse(engine, files, open);
  const bytes = bytesOf(files.values());
  console.log(JSON.stringify({ mode, bytes, perByte: (live() - before) / bytes }));
  // Keeps the engine alive until here.
  engine.dispose();
}

function live(): number {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
