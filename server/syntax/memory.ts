/**
 * Reads a syntax tree straight out of the parser's WebAssembly memory: a tenth of the time of parsing, where the public cursor
 * takes half of it. It knows the private layout of tree-sitter's structures, so `memoryReader` first proves on a small text
 * of the grammar that it sees what the cursor sees; if not, there is no reader and the cursor does the work.
 *
 * Layout as of web-tree-sitter 0.27.1 (lib/src/subtree.h, language.h; 32-bit words): a subtree is one word. Lowest bit 1: a
 * leaf kept in that word and the next. Else the address of its data; the children stand in front of it, two words each.
 */
import type { Tree } from "web-tree-sitter";
import { STRIDE } from "./flat.ts";

/** What Emscripten puts on the object that was given to `Parser.init`; replaced when the memory grows. */
export interface Memory {
  readonly HEAPU8?: Uint8Array;
  readonly HEAPU16?: Uint16Array;
  readonly HEAPU32?: Uint32Array;
}

/** Nodes in preorder in `nodes` (see flat.ts), valid until the next call. */
export interface Flattened {
  readonly nodes: Uint32Array;
  readonly count: number;
  readonly landmarks?: Landmarks;
}
/**
 * Where larger subtrees lie in memory, and which nodes they became, in preorder. An edited text's new tree shares all that
 * did not change with the old one: what lies where it lay is what it was. That holds as long as no tree between the two was
 * freed before this one was made: so only for the tree that was parsed with the help of the one these are of.
 */
export interface Landmarks {
  readonly nodes: Uint32Array;
  readonly addresses: readonly number[];
  readonly indexes: readonly number[];
}
/** Undefined: this tree is better read with the cursor. */
export type TreeReader = (tree: Tree, before?: Landmarks) => Flattened | undefined;

const ERROR_SYMBOL = 65535;
const ERROR_REPEAT_SYMBOL = 65534;

/** Byte offsets in a subtree's data. */
const PADDING = 4;
const SIZE = 16;
const CHILD_COUNT = 36;
const SYMBOL = 40;
const FLAGS = 44;
const MORE_FLAGS = 45;
const PRODUCTION = 66;
/** Bits of FLAGS, and of MORE_FLAGS. */
const VISIBLE = 1;
const EXTRA = 4;
const MISSING = 2;
/** Bits of a leaf kept in its word. */
const INLINE = 1;
const INLINE_VISIBLE = 2;
const INLINE_EXTRA = 8;
const INLINE_MISSING = 32;

/** Numbers kept for each subtree that is open. */
const FRAME = 8;
/** A subtree is at most this many nodes more than the ones before: room is made this far ahead. */
const ROOM = 1;
/** Bytes of text (two a unit) from which on a subtree is worth finding again. */
const LANDMARK = 512;

interface GrammarTables {
  /** Public symbol by symbol. */
  readonly publicSymbols: Uint16Array;
  /** By production and child: the name it goes by there, or 0. */
  readonly aliases: Uint16Array;
  /** By production and child: its field, or 0. */
  readonly fields: Uint8Array;
  /** Children of the longest production with aliases or fields. */
  readonly width: number;
}

export function memoryReader(memory: Memory): TreeReader {
  const grammars = new Map<number, GrammarTables>();
  let nodes = new Uint32Array(STRIDE * 8192);
  let frames = new Int32Array(FRAME * 1024);

  return (tree, before) => {
    const addresses: number[] = [];
    const indexes: number[] = [];
    const old = before === undefined ? undefined : places(before);
    const { HEAPU8: bytes, HEAPU16: halves, HEAPU32: words } = memory;
    const address = (tree as unknown as Readonly<Record<number, unknown>>)[0];
    if (bytes === undefined || halves === undefined || words === undefined) return undefined;
    if (typeof address !== "number" || address === 0) return undefined;
    const root = words[address >> 2] as number;
    if ((root & INLINE) !== 0) return undefined;
    const language = words[(address >> 2) + 2] as number;
    let tables = grammars.get(language);
    if (tables === undefined) {
      tables = readTables(language, bytes, halves, words);
      grammars.set(language, tables);
    }
    const { publicSymbols, aliases, fields, width } = tables;

    let position = words[(root + PADDING) >> 2] as number;
    nodes[0] = publicSymbols[halves[(root + SYMBOL) >> 1] as number] as number;
    nodes[1] = position >>> 1;
    nodes[2] = (position + (words[(root + SIZE) >> 2] as number)) >>> 1;
    nodes[3] = 0xffffffff;
    nodes[4] = 1;
    let count = 1;
    const rootChildren = words[(root + CHILD_COUNT) >> 2] as number;
    if (rootChildren === 0) return { nodes, count };

    let depth = 0;
    let stop = root >> 2;
    let at = stop - rootChildren * 2;
    let isFirst = true;
    let production = (halves[(root + PRODUCTION) >> 1] as number) * width;
    let child = 0;
    /** The node to close when these children end; -1 for a hidden subtree. */
    let owner = 0;
    let parent = 0;
    /** The field of a hidden subtree is that of its visible children. */
    let inherited = 0;
    for (;;) {
      if (at === stop) {
        if (owner >= 0) nodes[owner * STRIDE + 4] = count;
        if (depth === 0) return { nodes, count, landmarks: { nodes, addresses, indexes } };
        depth -= FRAME;
        at = frames[depth] as number;
        stop = frames[depth + 1] as number;
        position = frames[depth + 2] as number;
        production = frames[depth + 3] as number;
        child = frames[depth + 4] as number;
        owner = frames[depth + 5] as number;
        parent = frames[depth + 6] as number;
        inherited = frames[depth + 7] as number;
        isFirst = false;
        continue;
      }
      if ((count + ROOM) * STRIDE > nodes.length) nodes = grown(nodes);
      const word = words[at] as number;
      if ((word & INLINE) !== 0) {
        const more = words[at + 1] as number;
        if (!isFirst) position += (more >>> 16) & 255;
        const size = more >>> 24;
        let alias = 0;
        let field = 0;
        if ((word & INLINE_EXTRA) === 0) {
          if (child < width) {
            alias = aliases[production + child] as number;
            field = fields[production + child] as number;
          }
          child++;
        }
        if (alias !== 0 || (word & INLINE_VISIBLE) !== 0) {
          const base = count * STRIDE;
          count++;
          nodes[base] =
            (publicSymbols[alias !== 0 ? alias : (word >>> 8) & 255] as number) |
            ((field !== 0 ? field : inherited) << 16) |
            ((word & INLINE_MISSING) !== 0 ? 0x80000000 : 0);
          nodes[base + 1] = position >>> 1;
          nodes[base + 2] = (position + size) >>> 1;
          nodes[base + 3] = parent;
          nodes[base + 4] = count;
        }
        position += size;
        at += 2;
        isFirst = false;
        continue;
      }
      if (!isFirst) position += words[(word + PADDING) >> 2] as number;
      const flags = bytes[word + FLAGS] as number;
      let alias = 0;
      let field = 0;
      if ((flags & EXTRA) === 0) {
        if (child < width) {
          alias = aliases[production + child] as number;
          field = fields[production + child] as number;
        }
        child++;
      }
      if (field === 0) field = inherited;
      const children = words[(word + CHILD_COUNT) >> 2] as number;
      const isVisible = alias !== 0 || (flags & VISIBLE) !== 0;
      const size = words[(word + SIZE) >> 2] as number;
      at += 2;
      isFirst = false;
      let self = -1;
      if (isVisible) {
        self = count;
        if (size >= LANDMARK && children > 0) {
          const place = old?.get(word);
          if (place !== undefined && before !== undefined) {
            const from = before.indexes[place] as number;
            const stopAt = before.nodes[from * STRIDE + 4] as number;
            while ((count + stopAt - from) * STRIDE > nodes.length) nodes = grown(nodes);
            copySubtree(before.nodes, from, stopAt, nodes, count, (position >>> 1) as number);
            const top = count * STRIDE;
            nodes[top] =
              (publicSymbols[
                alias !== 0 ? alias : (halves[(word + SYMBOL) >> 1] as number)
              ] as number) |
              (field << 16) |
              (((bytes[word + MORE_FLAGS] as number) & MISSING) !== 0 ? 0x80000000 : 0);
            nodes[top + 3] = parent;
            for (let i = place; i < before.indexes.length; i++) {
              const index = before.indexes[i] as number;
              if (index >= stopAt) break;
              addresses.push(before.addresses[i] as number);
              indexes.push(index - from + count);
            }
            count += stopAt - from;
            position += size;
            continue;
          }
          addresses.push(word);
          indexes.push(count);
        }
        const base = count * STRIDE;
        count++;
        nodes[base] =
          (publicSymbols[
            alias !== 0 ? alias : (halves[(word + SYMBOL) >> 1] as number)
          ] as number) |
          (field << 16) |
          (((bytes[word + MORE_FLAGS] as number) & MISSING) !== 0 ? 0x80000000 : 0);
        nodes[base + 1] = position >>> 1;
        nodes[base + 2] = (position + size) >>> 1;
        nodes[base + 3] = parent;
        nodes[base + 4] = count;
      }
      if (children === 0) {
        position += size;
        continue;
      }
      if (depth + FRAME > frames.length) {
        const more = new Int32Array(frames.length * 2);
        more.set(frames);
        frames = more;
      }
      frames[depth] = at;
      frames[depth + 1] = stop;
      frames[depth + 2] = position + size;
      frames[depth + 3] = production;
      frames[depth + 4] = child;
      frames[depth + 5] = owner;
      frames[depth + 6] = parent;
      frames[depth + 7] = inherited;
      depth += FRAME;
      stop = word >> 2;
      at = stop - children * 2;
      isFirst = true;
      production = (halves[(word + PRODUCTION) >> 1] as number) * width;
      child = 0;
      owner = self;
      if (isVisible) {
        parent = self;
        inherited = 0;
      } else inherited = field;
    }
  };
}

/** By address: the place in the lists. */
function places({ addresses }: Landmarks): Map<number, number> {
  const out = new Map<number, number>();
  for (let i = 0; i < addresses.length; i++) out.set(addresses[i] as number, i);
  return out;
}

/** Nodes of one subtree, to stand at another place of the list and of the text. */
function copySubtree(
  from: Uint32Array,
  first: number,
  stop: number,
  to: Uint32Array,
  at: number,
  offset: number,
): void {
  const moved = offset - (from[first * STRIDE + 1] as number);
  const shifted = at - first;
  let target = at * STRIDE;
  for (let source = first * STRIDE; source < stop * STRIDE; source += STRIDE) {
    to[target] = from[source] as number;
    to[target + 1] = (from[source + 1] as number) + moved;
    to[target + 2] = (from[source + 2] as number) + moved;
    to[target + 3] = (from[source + 3] as number) + shifted;
    to[target + 4] = (from[source + 4] as number) + shifted;
    target += STRIDE;
  }
}

function grown(nodes: Uint32Array): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(nodes.length * 2);
  more.set(nodes);
  return more;
}

/** What the grammar says of aliases and fields, by production. */
function readTables(
  language: number,
  bytes: Uint8Array,
  halves: Uint16Array,
  words: Uint32Array,
): GrammarTables {
  const at = language >> 2;
  const word = (index: number): number => words[at + index] as number;
  const half = (address: number, index: number): number => halves[(address >> 1) + index] as number;
  const symbols = word(1) + word(2);
  const productions = word(7);
  const hasFields = word(8) > 0;
  const width = halves[(language + 36) >> 1] as number;
  const [slices, entries, publicMap, sequences] = [word(16), word(17), word(19), word(21)];

  const publicSymbols = new Uint16Array(65536);
  for (let i = 0; i < symbols; i++) publicSymbols[i] = half(publicMap, i);
  publicSymbols[ERROR_SYMBOL] = ERROR_SYMBOL;
  publicSymbols[ERROR_REPEAT_SYMBOL] = ERROR_REPEAT_SYMBOL;
  const aliases = new Uint16Array(productions * width);
  for (let i = width; i < aliases.length; i++) aliases[i] = half(sequences, i);
  const fields = new Uint8Array(productions * width);
  if (!hasFields) return { publicSymbols, aliases, fields, width };
  for (let production = 0; production < productions; production++) {
    const first = half(slices, production * 2);
    const length = half(slices, production * 2 + 1);
    for (let i = first; i < first + length; i++) {
      const entry = entries + i * 4;
      const place = production * width + (bytes[entry + 2] as number);
      const isInherited = bytes[entry + 3] !== 0;
      if (!isInherited && fields[place] === 0) fields[place] = halves[entry >> 1] as number;
    }
  }
  return { publicSymbols, aliases, fields, width };
}
