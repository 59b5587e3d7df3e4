/**
 * Text to flat tree with web-tree-sitter. Trees never leave this file: a `Source` owns at most one and deletes it.
 * Every cursor is deleted too: in web-tree-sitter 0.27 one that is left to the garbage collector corrupts memory.
 */
import { Language, Parser, type Tree, type TreeCursor, Edit as TreeEdit } from "web-tree-sitter";
import type { Edit } from "../base/text.ts";
import { type FlatTree, type Grammar, type GrammarName, STRIDE } from "./flat.ts";

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

export async function createSyntax(wasm: WasmFiles): Promise<Syntax> {
  await Parser.init({ wasmBinary: wasm.runtime });
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

  const parse = (name: GrammarName, text: string, old?: Tree): Tree => {
    parser.setLanguage(languages[name]);
    const tree = parser.parse(text, old);
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
        return flatten(tree, text, grammars[name]);
      } finally {
        drop(tree);
      }
    },
    open(name, initial) {
      let text = initial;
      let tree: Tree | undefined;
      let flat: FlatTree | undefined;
      return {
        edit(edits, newText) {
          flat = undefined;
          if (tree !== undefined) {
            // A tree with errors may reparse differently from a fresh parse (measured): start again from the text.
            if (tree.rootNode.hasError) {
              drop(tree);
              tree = undefined;
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
            }
          }
        },
        flat() {
          if (flat !== undefined) return flat;
          tree ??= parse(name, text);
          flat = flatten(tree, text, grammars[name]);
          return flat;
        },
        dispose() {
          if (tree !== undefined) drop(tree);
          tree = undefined;
          flat = undefined;
        },
      };
    },
    liveTrees: () => live,
  };
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

let scratch = new Uint32Array(STRIDE * 4096);

function flatten(tree: Tree, text: string, grammar: Grammar): FlatTree {
  const cursor = tree.walk();
  try {
    return walk(cursor, text, grammar);
  } finally {
    cursor.delete();
  }
}

function walk(cursor: TreeCursor, text: string, grammar: Grammar): FlatTree {
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
      if (up === undefined)
        return { grammar, text, nodes: scratch.slice(0, count * STRIDE), count };
      scratch[up * STRIDE + 4] = count;
      cursor.gotoParent();
    }
  }
}
