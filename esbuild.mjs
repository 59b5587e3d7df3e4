// Bundles the product into dist/ and the tests into .cache/test/. Run it with `npm run build`.

import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, transform } from "esbuild";
import { readerPage } from "./scripts/lib/reader-pages.mjs";

export const root = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

const SHEBANG = "#!/usr/bin/env node";

const ENTRIES = [
  { source: "client/node.ts", target: "dist/extension.js" },
  { source: "client/browser.ts", target: "dist/browser.js", browser: true },
  { source: "server/lsp/main.ts", target: "dist/server.js" },
  { source: "server/lsp/worker.ts", target: "dist/worker.js", browser: true },
  { source: "server/cli/main.ts", target: "dist/cli.js", executable: true },
  // Its library is as large as the rules and used once in a while.
  { source: "server/report/charts.ts", target: "dist/charts.js", minify: true },
];

/** The WebAssembly files that stand beside the bundles. */
const WASM = [
  "web-tree-sitter/web-tree-sitter.wasm",
  "tree-sitter-python/tree-sitter-python.wasm",
  "tree-sitter-typescript/tree-sitter-typescript.wasm",
  "tree-sitter-typescript/tree-sitter-tsx.wasm",
  "tree-sitter-javascript/tree-sitter-javascript.wasm",
];

/** Options shared by every bundle that runs in Node. @type {import("esbuild").BuildOptions} */
export const nodeOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  charset: "utf8",
  keepNames: false,
  logLevel: "warning",
  loader: { ".md": "text", ".txt": "text", ".py": "text" },
  // The ESM entry of web-tree-sitter builds into CommonJS but fails at start.
  alias: { "web-tree-sitter": "./node_modules/web-tree-sitter/web-tree-sitter.cjs" },
  // jsonc-parser's UMD entry loads its parts in a way no bundler can follow.
  mainFields: ["module", "main"],
};

/** What differs for a bundle that runs in a browser. @type {import("esbuild").BuildOptions} */
export const browserOptions = {
  platform: "browser",
  target: "es2022",
  mainFields: ["browser", "module", "main"],
  // web-tree-sitter asks for Node's modules only when it finds itself in Node.
  external: ["fs/promises", "module", "path", "url"],
  alias: { "web-tree-sitter": "./node_modules/web-tree-sitter/web-tree-sitter.js" },
  // Editors start a worker from a blob, whose place is no base for other addresses: libraries that try fail at start.
  define: { "self.location": "undefined", "import.meta.url": '"https://skeptic.invalid/"' },
};

/** Writes dist/: six bundles, the grammars and the rules' pages. */
export async function buildProduct() {
  rmSync(join(root, "dist", "rules"), { recursive: true, force: true });
  mkdirSync(join(root, "dist", "rules"), { recursive: true });
  for (const name of readdirSync(join(root, "rules")).filter((each) => each.endsWith(".md"))) {
    writeFileSync(join(root, "dist", "rules", name), readerText(join(root, "rules", name)));
  }
  await Promise.all(
    ENTRIES.filter(({ source }) => existsSync(join(root, source))).map(async (entry) => {
      const hasShebang = readFileSync(join(root, entry.source), "utf8").startsWith("#!");
      await build({
        ...nodeOptions,
        ...(entry.browser ? browserOptions : {}),
        entryPoints: [entry.source],
        outfile: entry.target,
        external: ["vscode", ...(entry.browser ? (browserOptions.external ?? []) : [])],
        plugins: [readerPages, chartsApart],
        minify: entry.minify === true,
        sourcemap: entry.minify !== true,
        sourcesContent: false,
        ...(entry.executable && !hasShebang ? { banner: { js: SHEBANG } } : {}),
      });
      if (entry.executable) chmodSync(join(root, entry.target), 0o755);
    }),
  );
  copyFileSync(join(root, "data", "names.bin"), join(root, "dist", "names.bin"));
  const schema = "own-rules.schema.json";
  copyFileSync(join(root, "server", "own", schema), join(root, "dist", schema));
  for (const file of WASM) {
    copyFileSync(require.resolve(file), join(root, "dist", file.slice(file.indexOf("/") + 1)));
  }
}

/** @param {string} path */
function readerText(path) {
  return readerPage(readFileSync(path, "utf8"), basename(path, ".md"));
}

/**
 * The rules' pages as people read them.
 * @type {import("esbuild").Plugin}
 */
const readerPages = {
  name: "reader-pages",
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]rules[\\/][\w-]+\.md$/ }, ({ path }) => ({
      contents: readerText(path),
      loader: "text",
    })),
};

/**
 * Who draws charts loads their bundle, which stands beside its own.
 * @type {import("esbuild").Plugin}
 */
const chartsApart = {
  name: "charts-apart",
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/report\/charts\.ts$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "./charts.js", external: true } : undefined,
    ),
};

/**
 * A bundled test still finds files beside its source: import.meta stands for the source's place.
 * @type {import("esbuild").Plugin}
 */
const sourcePlaces = {
  name: "source-places",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.m?[jt]s$/ }, async ({ path }) => {
      if (path.includes("node_modules")) return undefined;
      const text = readFileSync(path, "utf8");
      if (!text.includes("import.meta.")) return undefined;
      // As syntax: the same words inside a string stay.
      const { code } = await transform(text, {
        loader: path.endsWith("ts") ? "ts" : "js",
        target: "node20",
        charset: "utf8",
        sourcemap: "inline",
        sourcefile: path,
        define: {
          "import.meta.url": JSON.stringify(pathToFileURL(path).href),
          "import.meta.dirname": JSON.stringify(dirname(path)),
          "import.meta.filename": JSON.stringify(path),
        },
      });
      return { contents: code, loader: "js" };
    }),
};

/** Bundles every test/**\/*.test.ts into .cache/test and answers the paths of the bundles. */
export async function buildTests() {
  const out = join(root, ".cache", "test");
  const sources = filesBelow(join(root, "test"), (name) => name.endsWith(".test.ts"));
  await build({
    ...nodeOptions,
    entryPoints: sources,
    outdir: out,
    outbase: join(root, "test"),
    outExtension: { ".js": ".cjs" },
    external: ["vscode", "@vscode/vsce", "esbuild", "playwright-core", "typescript"],
    plugins: [sourcePlaces],
    sourcemap: "inline",
    sourcesContent: false,
  });
  return sources.map((source) =>
    join(out, relative(join(root, "test"), source).replace(/\.ts$/, ".cjs")),
  );
}

/** Bundles bench/*.ts into .cache/bench. */
export async function buildBench() {
  await build({
    ...nodeOptions,
    entryPoints: filesBelow(join(root, "bench"), (name) => name.endsWith(".ts")),
    outdir: join(root, ".cache", "bench"),
    outExtension: { ".js": ".cjs" },
    plugins: [sourcePlaces],
    sourcemap: "inline",
    sourcesContent: false,
  });
}

/** Bundles the random edits over real code into .cache/fuzz/main.cjs. */
export async function buildFuzz() {
  const outfile = join(root, ".cache", "fuzz", "main.cjs");
  await build({
    ...nodeOptions,
    entryPoints: ["test/fuzz/main.ts"],
    outfile,
    plugins: [sourcePlaces],
    sourcemap: "inline",
    sourcesContent: false,
  });
  return outfile;
}

/** Bundles the trial of all fixes over real code into .cache/fixes/main.cjs. */
export async function buildFixes() {
  return await buildForFixes("main");
}

/** Bundles what is found in the examples of pages, and the fixes for it, into .cache/fixes/examples.cjs. */
export async function buildExamples() {
  return await buildForFixes("examples");
}

/** @param {string} name */
async function buildForFixes(name) {
  const outfile = join(root, ".cache", "fixes", `${name}.cjs`);
  await build({
    ...nodeOptions,
    entryPoints: [`test/fixes/${name}.ts`],
    outfile,
    plugins: [sourcePlaces],
    external: ["typescript"],
    sourcemap: "inline",
    sourcesContent: false,
  });
  return outfile;
}

/** Bundles the scoring of labelled samples into .cache/score/main.cjs. */
export async function buildScore() {
  const outfile = join(root, ".cache", "score", "main.cjs");
  await build({
    ...nodeOptions,
    entryPoints: ["test/score/main.ts"],
    outfile,
    plugins: [sourcePlaces],
    sourcemap: "inline",
    sourcesContent: false,
  });
  return outfile;
}

/** Bundles what looks at names of packages in real projects into .cache/names/main.cjs. */
export async function buildNames() {
  const outfile = join(root, ".cache", "names", "main.cjs");
  await build({
    ...nodeOptions,
    entryPoints: ["test/names/main.ts"],
    outfile,
    plugins: [sourcePlaces],
    sourcemap: "inline",
    sourcesContent: false,
  });
  return outfile;
}

/** Bundles the suite that runs inside an extension host into .cache/desktop/index.cjs. */
export async function buildDesktopSuite() {
  const outfile = join(root, ".cache", "desktop", "index.cjs");
  await build({
    ...nodeOptions,
    entryPoints: ["test/desktop/index.ts"],
    outfile,
    external: ["vscode"],
    sourcemap: "inline",
    sourcesContent: false,
  });
  return outfile;
}

/**
 * @param {string} folder
 * @param {(name: string) => boolean} wanted
 * @returns {string[]}
 */
function filesBelow(folder, wanted) {
  /** @type {string[]} */
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== "node_modules")
      found.push(...filesBelow(path, wanted));
    else if (entry.isFile() && wanted(entry.name)) found.push(path);
  }
  return found.sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildProduct();
