/**
 * Text to flat tree with web-tree-sitter. Trees never leave this file: a `Source` owns at most one and deletes it.
 * Every cursor is deleted too: in web-tree-sitter 0.27 one that is left to the garbage collector corrupts memory.
 */
import { Language, Parser, type Tree, type TreeCursor, Edit as TreeEdit } from "web-tree-sitter";
import type { Edit } from "../base/text.ts";
import { type FlatTree, type Grammar, type GrammarName, STRIDE } from "./flat.ts";
import {
  type Flattened,
  type Landmarks,
  type Memory,
  memoryReader,
  type TreeReader,
} from "./memory.ts";

/** The bytes of `web-tree-sitter.wasm` and of each grammar. */
export interface WasmFiles {
  readonly runtime: Uint8Array;
  readonly grammars: Readonly<Record<GrammarName, Uint8Array>>;
}

export interface Syntax {
  readonly grammars: Readonly<Record<GrammarName, Grammar>>;
  /** Parses once and keeps nothing. */
  parse(grammar: GrammarName, text: string): FlatTree;
  /** A text that will be edited: keeps its tree until `dispose`. */
  open(grammar: GrammarName, text: string): Source;
  /** Trees now alive, for tests. */
  liveTrees(): number;
}

export interface Source {
  /** Applies edits one after another (each in offsets of the text before it) and parses what changed. */
  edit(edits: readonly Edit[], newText: string): void;
  flat(): FlatTree;
  dispose(): void;
}

/** The parser's module, one in a process: what is given to the first `init` stays. */
let module: (Memory & { readonly wasmBinary: Uint8Array }) | undefined;

export async function createSyntax(wasm: WasmFiles): Promise<Syntax> {
  module ??= { wasmBinary: wasm.runtime };
  await Parser.init(module);
  const names: readonly GrammarName[] = ["python", "typescript", "tsx", "javascript"];
  const parser = new Parser();
  const languages = {} as Record<GrammarName, Language>;
  const grammars = {} as Record<GrammarName, Grammar>;
  for (const name of names) {
    const language = await Language.load(wasm.grammars[name]);
    languages[name] = language;
    grammars[name] = describe(name, language);
  }
  let live = 0;
  const trusted = new Map<GrammarName, TreeReader | undefined>();
  const direct = memoryReader(module);
  /** The reader of memory, if it sees in this grammar what the cursor sees. */
  const readerOf = (name: GrammarName): TreeReader | undefined => {
    if (trusted.has(name)) return trusted.get(name);
    const tree = parse(name, PROBES[name]);
    const reader = agrees(tree, direct) ? direct : undefined;
    drop(tree);
    trusted.set(name, reader);
    return reader;
  };
  const read = (
    name: GrammarName,
    tree: Tree,
    text: string,
    before?: Landmarks,
  ): { readonly flat: FlatTree; readonly landmarks: Landmarks | undefined } => {
    const got: Flattened = readerOf(name)?.(tree, before) ?? withCursor(tree);
    const { count, landmarks } = got;
    const nodes = got.nodes.slice(0, count * STRIDE);
    const flat = { grammar: grammars[name], text, nodes, count };
    return { flat, landmarks: landmarks === undefined ? undefined : { ...landmarks, nodes } };
  };

  const parse = (name: GrammarName, text: string, old?: Tree): Tree => {
    parser.setLanguage(languages[name]);
    const tree = parser.parse(forGrammar(name, text), old);
    if (tree === null) throw new Error("the parser returned no tree");
    live++;
    return tree;
  };
  const drop = (tree: Tree): void => {
    tree.delete();
    live--;
  };

  return {
    grammars,
    parse(name, text) {
      const tree = parse(name, text);
      try {
        return read(name, tree, text).flat;
      } finally {
        drop(tree);
      }
    },
    open(name, initial) {
      let text = initial;
      let tree: Tree | undefined;
      let flat: FlatTree | undefined;
      /** Of the tree that `tree` was parsed with the help of; or of `tree`, if `flat` is. */
      let landmarks: Landmarks | undefined;
      return {
        edit(edits, newText) {
          // Of a tree that was not read, the memory may be in use again by the one after the next.
          if (flat === undefined) landmarks = undefined;
          flat = undefined;
          if (tree !== undefined) {
            // A tree with errors may reparse differently from a fresh parse (measured): start again from the text.
            // And where the grammar is given another text, more of that may be different than was edited.
            if (
              tree.rootNode.hasError ||
              forGrammar(name, text) !== text ||
              forGrammar(name, newText) !== newText
            ) {
              drop(tree);
              tree = undefined;
              landmarks = undefined;
            } else {
              let before = text;
              for (const e of edits) {
                tree.edit(treeEdit(before, e));
                before = before.slice(0, e.start) + e.newText + before.slice(e.end);
              }
            }
          }
          text = newText;
          if (tree !== undefined) {
            const next = parse(name, text, tree);
            drop(tree);
            tree = next;
            if (tree.rootNode.hasError) {
              drop(tree);
              tree = parse(name, text);
              landmarks = undefined;
            }
          }
        },
        flat() {
          if (flat !== undefined) return flat;
          tree ??= parse(name, text);
          ({ flat, landmarks } = read(name, tree, text, landmarks));
          return flat;
        },
        dispose() {
          if (tree !== undefined) drop(tree);
          tree = undefined;
          flat = undefined;
          landmarks = undefined;
        },
      };
    },
    liveTrees: () => live,
  };
}

/** The grammar of Python does not know that a carriage return alone ends a line, as Python does. Offsets stay. */
function forGrammar(name: GrammarName, text: string): string {
  return name === "python" && text.includes("\r") ? text.replaceAll(/\r(?!\n)/g, "\n") : text;
}

function describe(name: GrammarName, language: Language): Grammar {
  const kinds: string[] = [];
  const named: boolean[] = [];
  for (let id = 0; id < language.nodeTypeCount; id++) {
    kinds.push(language.nodeTypeForId(id) ?? "");
    named.push(language.nodeTypeIsNamed(id));
  }
  const fields: string[] = [""];
  for (let id = 1; id <= language.fieldCount; id++) fields.push(language.fieldNameForId(id) ?? "");
  return { name, kinds, named, fields };
}

/** Rows and columns are not used by anything here (tree-sitter's rows ignore a bare CR), so rough ones are enough. */
function treeEdit(text: string, e: Edit): TreeEdit {
  const startPosition = point(text, e.start);
  return new TreeEdit({
    startIndex: e.start,
    oldEndIndex: e.end,
    newEndIndex: e.start + e.newText.length,
    startPosition,
    oldEndPosition: advance(startPosition, text, e.start, e.end),
    newEndPosition: advance(startPosition, e.newText, 0, e.newText.length),
  });
}

interface Point {
  row: number;
  column: number;
}
function point(text: string, offset: number): Point {
  return advance({ row: 0, column: 0 }, text, 0, offset);
}
function advance(from: Point, text: string, begin: number, stop: number): Point {
  let row = from.row;
  let lineStart = -1;
  for (let i = text.indexOf("\n", begin); i !== -1 && i < stop; i = text.indexOf("\n", i + 1)) {
    row++;
    lineStart = i + 1;
  }
  return { row, column: lineStart === -1 ? from.column + (stop - begin) : stop - lineStart };
}

/** Small programs with aliases, fields, hidden nodes, comments, wide characters, an error and something missing. */
const PYTHON_PROBE = `# é 🦊
@d(x=1)
def f(a, *b: int, c=[1, 2], **k) -> str:
    """t"""
    return f"{a!r:>3} {k['é']}" if not b else print(*b, end="")
class C(B):
    x: int = 1; y = lambda z: z
async def g():
    async with a as b, c: await b[1:2]
match f:
    case {"k": [1, *_]}: pass
x = (1 +
`;
const SCRIPT_PROBE = `// é 🦊
import a, { b as c } from "m";
export class C extends B { #x = 1; static async *m(a, { b = 2, ...r }) { yield* this.#x?.[a]; } }
const t = \`é\${a ?? (b => b)}\`, { d, ...e } = { a, [b]: 1, get g() { return /r/g; } };
for (const x of y) if (x) { label: break; } else throw new E(...x);
f(1, "🦊", (
`;
const PROBES: Readonly<Record<GrammarName, string>> = {
  python: PYTHON_PROBE,
  javascript: SCRIPT_PROBE,
  typescript: `interface I<T> { a?: T[]; (x: number): void }\n${SCRIPT_PROBE}`,
  tsx: `type A = { readonly [K in B]: C };\nconst j = <p a="1" {...b}>é {c}</p>;\n${SCRIPT_PROBE}`,
};

function agrees(tree: Tree, reader: TreeReader): boolean {
  try {
    const got = reader(tree);
    if (got === undefined) return false;
    const nodes = got.nodes.slice(0, got.count * STRIDE);
    const wanted = withCursor(tree);
    if (wanted.count !== got.count) return false;
    return nodes.every((value, at) => value === wanted.nodes[at]);
  } catch {
    return false;
  }
}

let scratch = new Uint32Array(STRIDE * 4096);

function withCursor(tree: Tree): Flattened {
  const cursor = tree.walk();
  try {
    return walk(cursor);
  } finally {
    cursor.delete();
  }
}

function walk(cursor: TreeCursor): Flattened {
  const open: number[] = [];
  let count = 0;
  for (;;) {
    if ((count + 1) * STRIDE > scratch.length) {
      const bigger = new Uint32Array(scratch.length * 2);
      bigger.set(scratch);
      scratch = bigger;
    }
    const at = count * STRIDE;
    scratch[at] =
      (cursor.nodeTypeId |
        (cursor.currentFieldId << 16) |
        (cursor.nodeIsMissing ? 0x80000000 : 0)) >>>
      0;
    scratch[at + 1] = cursor.startIndex;
    scratch[at + 2] = cursor.endIndex;
    scratch[at + 3] = open.length === 0 ? 0xffffffff : (open[open.length - 1] as number);
    const self = count++;
    if (cursor.gotoFirstChild()) {
      open.push(self);
      continue;
    }
    scratch[at + 4] = count;
    for (;;) {
      if (cursor.gotoNextSibling()) break;
      const up = open.pop();
      if (up === undefined) return { nodes: scratch, count };
      scratch[up * STRIDE + 4] = count;
      cursor.gotoParent();
    }
  }
}
