/**
 * The flat tree: all nodes of a syntax tree in preorder in one typed array, five numbers a node, so that the rest of the
 * program never touches a parser object. Offsets are UTF-16 units. Node 0 is the root.
 */
export const STRIDE = 5;
export const NO_NODE = -1;

/** What a grammar calls its node kinds and fields. */
export interface Grammar {
  readonly name: GrammarName;
  readonly kinds: readonly string[];
  readonly named: readonly boolean[];
  readonly fields: readonly string[];
}
export type GrammarName = "python" | "typescript" | "tsx" | "javascript";

export interface FlatTree {
  readonly grammar: Grammar;
  readonly text: string;
  /** kind | field << 16 | missing << 31, start, end, parent, index after the subtree. */
  readonly nodes: Uint32Array;
  readonly count: number;
}

const ERROR_KIND = 65535;
const KIND = 0xffff;

/** The grammar's name of the node's kind; "ERROR" for text that does not parse. */
export function kind(tree: FlatTree, n: number): string {
  const id = (tree.nodes[n * STRIDE] as number) & KIND;
  return id === ERROR_KIND ? "ERROR" : (tree.grammar.kinds[id] ?? "ERROR");
}
/** The field name under which the node hangs on its parent, or "". */
export function field(tree: FlatTree, n: number): string {
  const id = ((tree.nodes[n * STRIDE] as number) >>> 16) & 0x7fff;
  return id === 0 ? "" : (tree.grammar.fields[id] ?? "");
}
export function isNamed(tree: FlatTree, n: number): boolean {
  const id = (tree.nodes[n * STRIDE] as number) & KIND;
  return id === ERROR_KIND || tree.grammar.named[id] === true;
}
export function isMissing(tree: FlatTree, n: number): boolean {
  return (tree.nodes[n * STRIDE] as number) >>> 31 === 1;
}
export function start(tree: FlatTree, n: number): number {
  return tree.nodes[n * STRIDE + 1] as number;
}
export function end(tree: FlatTree, n: number): number {
  return tree.nodes[n * STRIDE + 2] as number;
}
export function parent(tree: FlatTree, n: number): number {
  const p = tree.nodes[n * STRIDE + 3] as number;
  return p === 0xffffffff ? NO_NODE : p;
}
/** The index after the node's subtree. */
export function skip(tree: FlatTree, n: number): number {
  return tree.nodes[n * STRIDE + 4] as number;
}
export function textOf(tree: FlatTree, n: number): string {
  return tree.text.slice(start(tree, n), end(tree, n));
}
/** Every child, anonymous tokens and comments included. */
export function children(tree: FlatTree, n: number): number[] {
  const out: number[] = [];
  const stop = skip(tree, n);
  for (let c = n + 1; c < stop; c = skip(tree, c)) out.push(c);
  return out;
}
/** Named children without comments. */
export function namedChildren(tree: FlatTree, n: number): number[] {
  const out: number[] = [];
  const stop = skip(tree, n);
  for (let c = n + 1; c < stop; c = skip(tree, c))
    if (isNamed(tree, c) && kind(tree, c) !== "comment") out.push(c);
  return out;
}
/** The first child under that field, or NO_NODE. */
export function childByField(tree: FlatTree, n: number, name: string): number {
  const stop = skip(tree, n);
  for (let c = n + 1; c < stop; c = skip(tree, c)) if (field(tree, c) === name) return c;
  return NO_NODE;
}
export function childrenByField(tree: FlatTree, n: number, name: string): number[] {
  return children(tree, n).filter((c) => field(tree, c) === name);
}
/** The first child of that kind, or NO_NODE. */
export function childOfKind(tree: FlatTree, n: number, name: string): number {
  const stop = skip(tree, n);
  for (let c = n + 1; c < stop; c = skip(tree, c)) if (kind(tree, c) === name) return c;
  return NO_NODE;
}
/** True for text that does not parse, and for a token the parser made up. */
export function isBroken(tree: FlatTree, n: number): boolean {
  const word = tree.nodes[n * STRIDE] as number;
  return (word & KIND) === ERROR_KIND || word >>> 31 === 1;
}
/** True if the subtree holds an ERROR or a missing token. */
export function hasError(tree: FlatTree, n: number): boolean {
  const stop = skip(tree, n);
  for (let c = n; c < stop; c++) if (isBroken(tree, c)) return true;
  return false;
}
