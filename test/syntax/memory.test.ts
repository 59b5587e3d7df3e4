// The reader of the parser's memory sees what the public cursor sees, on this project's own sources and on broken ones.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { Language, Parser, type Tree } from "web-tree-sitter";
import { type GrammarName, STRIDE } from "../../server/syntax/flat.ts";
import { type Memory, memoryReader, type TreeReader } from "../../server/syntax/memory.ts";
import { readWasm } from "../harness/engine.ts";
import { ENDINGS, sourcesBelow } from "../harness/sources.ts";

let read: TreeReader;
let parser: Parser;
const languages = new Map<GrammarName, Language>();

before(async () => {
  const wasm = readWasm();
  const memory: Memory & { wasmBinary: Uint8Array } = { wasmBinary: wasm.runtime };
  await Parser.init(memory);
  read = memoryReader(memory);
  parser = new Parser();
  for (const name of Object.values(ENDINGS))
    languages.set(name, await Language.load(wasm.grammars[name]));
});

describe("the memory reader", () => {
  test("sees what the cursor sees", () => {
    const sources = [
      ...sourcesBelow("server"),
      ...sourcesBelow("scripts"),
      ...sourcesBelow("demo"),
    ];
    assert.ok(sources.length > 100);
    for (const { path, text, grammar } of sources) same(path, grammar, text);
  });

  test("also in programs with errors, at every cut", () => {
    // Steps of a prime, so that cuts fall everywhere.
    for (const { path, text, grammar } of sourcesBelow("demo"))
      for (let cut = 1; cut < text.length; cut += 37) {
        same(`${path} up to ${cut}`, grammar, text.slice(0, cut));
        same(`${path} without ${cut}`, grammar, text.slice(0, cut) + text.slice(cut + 9));
      }
  });

  test("of programs that are deep, wide, empty or blank", () => {
    same("deep", "python", `${"(".repeat(20_000)}1${")".repeat(20_000)}`);
    same("deep and open", "typescript", `f(${"[{a:".repeat(3_000)}`);
    same("wide", "javascript", `x = [${"1, 'é🦊', ".repeat(50_000)}]`);
    for (const text of ["", " ", "\n", "# only a comment", "\ufeff", "\ud800"])
      same(JSON.stringify(text), "python", text);
  });

  test("says that it does not know a tree that is gone", () => {
    assert.equal(read({ 0: 0 } as unknown as Tree), undefined);
  });
});

function same(what: string, grammar: GrammarName, text: string): void {
  parser.setLanguage(languages.get(grammar) as Language);
  const tree = parser.parse(text) as Tree;
  const wanted = walked(tree);
  const got = read(tree);
  // A tree that is one leaf is left to the cursor.
  if (got !== undefined)
    assert.deepEqual(got.nodes.slice(0, got.count * STRIDE), new Uint32Array(wanted), what);
  else assert.ok(wanted.length === STRIDE, what);
  tree.delete();
}

function walked(tree: Tree): number[] {
  const cursor = tree.walk();
  const out: number[] = [];
  const open: number[] = [];
  for (let up = false; ; ) {
    if (!up) {
      const missing = cursor.nodeIsMissing ? 0x80000000 : 0;
      const first = (cursor.nodeTypeId | (cursor.currentFieldId << 16) | missing) >>> 0;
      const self = out.length / STRIDE;
      out.push(first, cursor.startIndex, cursor.endIndex, open.at(-1) ?? 0xffffffff, self + 1);
      if (cursor.gotoFirstChild()) {
        open.push(self);
        continue;
      }
    }
    if (cursor.gotoNextSibling()) {
      up = false;
      continue;
    }
    const closed = open.pop();
    if (closed === undefined) break;
    out[closed * STRIDE + 4] = out.length / STRIDE;
    cursor.gotoParent();
    up = true;
  }
  cursor.delete();
  return out;
}
