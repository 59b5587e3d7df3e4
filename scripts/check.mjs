// `npm run check`: types, lint and format, import rules, and what runs in a browser without Node.
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
  "browser without Node": async () => none(await browserProblems()),
};

let failed = 0;
for (const [name, passes] of Object.entries(parts)) {
  const ok = await passes();
  if (!ok) failed++;
  console.log(`${ok ? "ok    " : "FAILED"} ${name}`);
}
console.log(`${Object.keys(parts).length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** What runs in a browser, bundled: anything of Node in it is a problem. */
async function browserProblems() {
  const { build } = await import("esbuild");
  const { browserOptions, nodeOptions } = await import("../esbuild.mjs");
  try {
    const result = await build({
      ...nodeOptions,
      ...browserOptions,
      entryPoints: ["server/lsp/worker.ts", "client/browser.ts"],
      external: ["vscode", ...(browserOptions.external ?? [])],
      outdir: "unwritten",
      write: false,
      metafile: true,
    });
    return Object.entries(result.metafile.inputs).flatMap(([file, { imports }]) =>
      imports
        .filter(({ external, path }) => external === true && path !== "vscode")
        .filter(() => !file.includes("node_modules"))
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
