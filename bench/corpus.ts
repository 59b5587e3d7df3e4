/**
 * The sources that all are measured on: `node .cache/bench/corpus.cjs OUT FOLDER...` copies what the command line would scan
 * below the folders to OUT/python and OUT/javascript, so that every tool reads the same bytes. Prints one JSON object.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { discover } from "../server/cli/files.ts";
import { classify } from "../server/engine/classify.ts";
import { grammarFor } from "../server/languages/language.ts";

const [out, ...folders] = process.argv.slice(2) as [string, ...string[]];
const sizes = { python: { files: 0, bytes: 0 }, javascript: { files: 0, bytes: 0 } };

rmSync(out, { recursive: true, force: true });
for (const name of Object.keys(sizes)) {
  mkdirSync(join(out, name), { recursive: true });
  // Semgrep has a list of its own of what to leave out.
  writeFileSync(join(out, name, ".semgrepignore"), "");
}
for (const folder of folders) {
  const wants = (file: string) => grammarFor(file, undefined) !== undefined;
  for (const { file, path } of discover(folder, ["."], { exclude: [], wants }).requested) {
    const text = readFileSync(path, "utf8").replace(/^\ufeff/, "");
    if (classify(file, text) !== undefined) continue;
    const name = grammarFor(file, undefined) === "python" ? "python" : "javascript";
    const target = join(out, name, basename(folder), file);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(path, target);
    sizes[name].files++;
    sizes[name].bytes += Buffer.byteLength(text);
  }
}
console.log(JSON.stringify(sizes));
