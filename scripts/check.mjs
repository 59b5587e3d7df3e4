// `npm run check`: types, lint and format, import rules, and an engine that needs no Node.
// `npm run format` (--fix) writes what Biome can correct by itself.

import { join } from "node:path";
import { ensureDependencies, root } from "./lib/ensure.mjs";
import { run } from "./lib/run.mjs";

ensureDependencies();
const bin = (/** @type {readonly string[]} */ path) => join(root, "node_modules", ...path);
const biome = bin(["@biomejs", "biome", "bin", "biome"]);
const node = (/** @type {readonly string[]} */ args) => run(process.execPath, args, { cwd: root });

if (process.argv.includes("--fix")) {
  process.exit(await node([biome, "check", "--write", "."]));
}

/** @type {Record<string, () => Promise<boolean>>} */
const parts = {
  types: async () => (await node([bin(["typescript", "bin", "tsc"]), "-p", "."])) === 0,
  "lint and format": async () => (await node([biome, "check", "--error-on-warnings", "."])) === 0,
  "import rules": async () => {
    const { layeringProblems } = await import("./layering.mjs");
    return none(layeringProblems(root));
  },
  "engine without Node": async () => none(await browserProblems()),
};

let failed = 0;
for (const [name, passes] of Object.entries(parts)) {
  const ok = await passes();
  if (!ok) failed++;
  console.log(`${ok ? "ok    " : "FAILED"} ${name}`);
}
console.log(`${Object.keys(parts).length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** The engine bundled for a browser: anything of Node in it is a problem. */
async function browserProblems() {
  const { build } = await import("esbuild");
  const { nodeOptions } = await import("../esbuild.mjs");
  try {
    const result = await build({
      ...nodeOptions,
      entryPoints: ["server/engine/engine.ts"],
      platform: "browser",
      format: "esm",
      // web-tree-sitter asks for Node's modules only when it finds itself in Node.
      external: ["fs/promises", "module", "path", "url"],
      alias: { "web-tree-sitter": "./node_modules/web-tree-sitter/web-tree-sitter.js" },
      write: false,
      metafile: true,
    });
    return Object.entries(result.metafile.inputs).flatMap(([file, { imports }]) =>
      imports
        .filter(({ external }) => external === true && !file.includes("node_modules"))
        .map(({ path }) => `${file} imports ${path}`),
    );
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** @param {readonly string[]} problems */
function none(problems) {
  for (const problem of problems) console.log(problem);
  return problems.length === 0;
}
