// The import rules themselves: which edges between folders are refused.

import * as assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { cycles, importsOf, layeringProblems, problemsOf } from "../scripts/layering.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

function problems(path: string, text: string): string[] {
  return importsOf("/project", `/project/${path}`, text).flatMap(problemsOf);
}

describe("import rules", () => {
  test("hold in this project", () => {
    assert.deepEqual(layeringProblems(root), []);
  });

  const refused: Readonly<Record<string, readonly [string, string]>> = {
    "a layer importing a later one": [
      "server/ir/ir.ts",
      `import { solve } from "../taint/solve.ts";`,
    ],
    "even for a type": ["server/ir/ir.ts", `import type { Flow } from "../taint/flow.ts";`],
    "even when exported again": ["server/base/all.ts", `export * from "../engine/engine.ts";`],
    "even when imported later": ["server/rule/rule.ts", `await import("../engine/engine.ts");`],
    "one language importing the other": [
      "server/languages/python/lower.ts",
      `import { lower } from "../typescript/lower.ts";`,
    ],
    "a rule importing the engine": [
      "rules/sql-injection.ts",
      `import { scan } from "../server/engine/engine.ts";`,
    ],
    "the engine importing rules": [
      "server/engine/engine.ts",
      `import { rules } from "../../rules/index.ts";`,
    ],
    "the client importing code of the server": [
      "client/status.ts",
      `import { label } from "../server/lsp/protocol.ts";`,
    ],
    "Node below the rim": ["server/engine/engine.ts", `import { readFileSync } from "node:fs";`],
    "the parser outside syntax": [
      "server/ir/build.ts",
      `import { Parser } from "web-tree-sitter";`,
    ],
    "the protocol outside lsp": [
      "server/cli/main.ts",
      `import { TextDocument } from "vscode-languageserver-textdocument";`,
    ],
    "the editor outside the client": ["server/lsp/main.ts", `import * as vscode from "vscode";`],
    "the engine knowing who wrote what": [
      "server/engine/engine.ts",
      `import type { Mark } from "../origin/mark.ts";`,
    ],
    "the engine knowing the report": [
      "server/engine/engine.ts",
      `import type { Report } from "../report/report.ts";`,
    ],
    "the report knowing the protocol": [
      "server/report/make.ts",
      `import type { Context } from "../lsp/context.ts";`,
    ],
    "the report running git by itself": [
      "server/report/lines.ts",
      `import { runGit } from "../git/node-git.ts";`,
    ],
    "the record of origins knowing the engine": [
      "server/origin/track.ts",
      `import type { Finding } from "../engine/api.ts";`,
    ],
    "lsp and cli knowing each other": ["server/lsp/a.ts", `import { io } from "../cli/io.ts";`],
  };
  for (const [name, [path, text]] of Object.entries(refused)) {
    test(`refuse ${name}`, () => assert.equal(problems(path, text).length, 1));
  }

  const allowed: Readonly<Record<string, readonly [string, string]>> = {
    "a layer importing an earlier one": [
      "server/taint/solve.ts",
      `import { hash } from "../base/hash.ts";`,
    ],
    "the client importing a type of the server": [
      "client/status.ts",
      `import type { SkepticStatus } from "../server/lsp/protocol.ts";`,
    ],
    "Node at the rim": ["server/lsp/node-files.ts", `import { readFileSync } from "node:fs";`],
    "the entry importing rules": [
      "server/cli/main.ts",
      `import { rules } from "../../rules/index.ts";`,
    ],
  };
  for (const [name, [path, text]] of Object.entries(allowed)) {
    test(`allow ${name}`, () => assert.deepEqual(problems(path, text), []));
  }

  test("a cycle is named once, with its whole path", () => {
    const edge = (from: string, to: string) => ({ from, to, typeOnly: false, line: 1 });
    const a = "server/ir/a.ts";
    const b = "server/ir/b.ts";
    assert.deepEqual(cycles([edge(a, b), edge(b, a)]), [`import cycle: ${a} -> ${b} -> ${a}`]);
    assert.deepEqual(cycles([edge(a, b), { ...edge(b, a), typeOnly: true }]), []);
    const call = "server/languages/python/calls.ts";
    const expression = "server/languages/python/expressions.ts";
    assert.deepEqual(cycles([edge(call, expression), edge(expression, call)]), []);
  });
});
