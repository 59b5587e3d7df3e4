// What is packed for the editor: the bundles, the grammars, the pages of the rules, and nothing else.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { listFiles, PackageManager } from "@vscode/vsce";
import { repository } from "../harness/pages.ts";

test("the package of the extension holds what it runs, and nothing else", async () => {
  const files = await listFiles({ cwd: repository, packageManager: PackageManager.None });
  const pages = readdirSync(`${repository}/rules`).filter((name) => name.endsWith(".md"));
  const grammars = ["javascript", "python", "tsx", "typescript"];
  assert.deepEqual(
    [...files].sort(),
    [
      ...["CHANGELOG.md", "LICENSE", "README.md", "package.json"],
      ...[
        "dist/extension.js",
        "dist/server.js",
        "dist/browser.js",
        "dist/worker.js",
        "dist/charts.js",
        "dist/web-tree-sitter.wasm",
        "dist/names.bin",
      ],
      "dist/own-rules.schema.json",
      ...["baseline", "fix", "scan", "see"].flatMap((name) =>
        ["", ".de"].map((language) => `docs/walkthrough/${name}${language}.md`),
      ),
      ...["package.nls.json", "package.nls.de.json"],
      ...["l10n/bundle.l10n.json", "l10n/bundle.l10n.de.json"],
      ...grammars.map((name) => `dist/tree-sitter-${name}.wasm`),
      ...pages.map((name) => `dist/rules/${name}`),
    ].sort(),
  );
});
