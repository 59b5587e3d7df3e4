/**
 * Cutting a file into items. An item is the module or a function-like node at any depth. A nested function's body is a
 * hole in its parent: one unit wide in the parent's coordinates, so that typing in the body changes nothing of the parent.
 * Invariant: an item's key holds everything its IR depends on.
 */
import { hash128 } from "../base/hash.ts";
import type { Span } from "../base/text.ts";
import {
  children,
  end,
  type FlatTree,
  isBroken,
  kind,
  parent,
  STRIDE,
  skip,
  start,
} from "../syntax/flat.ts";

export interface ItemSource {
  /** 0 for the module. */
  readonly node: number;
  /** Absolute offsets of the whole item (for a function: its signature and body, without decorators). */
  readonly start: number;
  readonly end: number;
  /** Bodies of the functions nested directly inside, absolute, in order. */
  readonly holes: readonly Span[];
  /** The items of those functions, parallel to `holes`. */
  readonly children: readonly number[];
  readonly parent: number;
  /** Cache key of the item's IR. */
  readonly key: string;
}

/** What counts as a function: returns the node of its body, or -1. Both node ids are of the same tree. */
export type FunctionBody = (tree: FlatTree, node: number) => number;

/** Keys of a file's items by what they are made of, from the last time: an edit leaves most items as they were. */
export interface KnownKeys {
  keys: ReadonlyMap<string, string>;
}

/** Items in preorder; the module is item 0. */
export function splitItems(tree: FlatTree, bodyOf: FunctionBody, known?: KnownKeys): ItemSource[] {
  const all: Open[] = [opened(tree, 0, -1)];
  const stack: number[] = [0];
  if (isBroken(tree, 0)) markBroken(tree, 0, all, stack);
  for (let n = 1; n < tree.count; n++) {
    while (n >= (all[stack[stack.length - 1] as number] as Open).stop) stack.pop();
    if (isBroken(tree, n)) markBroken(tree, n, all, stack);
    const body = bodyOf(tree, n);
    if (body < 0) continue;
    const up = stack[stack.length - 1] as number;
    const owner = all[up] as Open;
    const last = owner.holes[owner.holes.length - 1];
    const hole = { start: holeStart(tree, n, body), end: end(tree, body) };
    // A function inside another function's signature (a default value) is left to its owner: no overlapping holes.
    if (last !== undefined && hole.start < last.end) continue;
    const self = all.push(opened(tree, n, up)) - 1;
    owner.holes.push(hole);
    owner.bodies.push(body);
    owner.children.push(self);
    stack.push(self);
  }
  // A new table each time: the texts in it are slices, which keep the text they are taken from in memory.
  const keys = new Map<string, string>();
  const sources = all.map((open) => {
    const from = open.node === 0 ? 0 : start(tree, open.node);
    const to = open.node === 0 ? tree.text.length : end(tree, open.node);
    let key = "";
    let at = from;
    for (const hole of open.holes) {
      key += `${tree.text.slice(at, hole.start)}\u0000`;
      at = hole.end;
    }
    key += tree.text.slice(at, to);
    const context = open.node === 0 ? "" : parentKinds(tree, open.node);
    const recovered = open.isBroken ? structure(tree, open) : "";
    const content = `${tree.grammar.name}|${context}|${recovered}|${key}`;
    const hash = known?.keys.get(content) ?? hash128(content);
    if (known !== undefined) keys.set(content, hash);
    return {
      node: open.node,
      start: from,
      end: to,
      holes: open.holes,
      children: open.children,
      parent: open.parent,
      key: hash,
    };
  });
  if (known !== undefined) known.keys = keys;
  return sources;
}

/** Where the signature of a function ends: space and comments before its body are in the hole too. */
export function holeStart(tree: FlatTree, node: number, body: number): number {
  let out = start(tree, body);
  for (const child of children(tree, node)) {
    if (child === body) break;
    if (kind(tree, child) !== "comment") out = end(tree, child);
  }
  return Math.min(out, start(tree, body));
}

interface Open {
  readonly node: number;
  readonly stop: number;
  readonly holes: Span[];
  /** The nodes of the holes. */
  readonly bodies: number[];
  readonly children: number[];
  readonly parent: number;
  /** Something outside its holes does not parse. */
  isBroken: boolean;
}

function opened(tree: FlatTree, node: number, up: number): Open {
  const stop = node === 0 ? tree.count : skip(tree, node);
  return { node, stop, holes: [], bodies: [], children: [], parent: up, isBroken: false };
}

/** The innermost item around a broken node, and those around that in whose holes the node is not. */
function markBroken(tree: FlatTree, n: number, all: readonly Open[], stack: readonly number[]) {
  for (let i = stack.length - 1; i >= 0; i--) {
    const open = all[stack[i] as number] as Open;
    open.isBroken = true;
    const hole = all[open.parent]?.holes.at(-1);
    if (hole !== undefined && start(tree, n) >= hole.start && end(tree, n) <= hole.end) return;
  }
}

/** What the parser made of broken text depends on what is around it: the item's own nodes, in item coordinates. */
function structure(tree: FlatTree, open: Open): string {
  const own = new Map<number, number>();
  const parts: number[] = [];
  let shift = open.node === 0 ? 0 : start(tree, open.node);
  let next = 0;
  for (let n = open.node; n < open.stop; n++) {
    const hole = open.holes[next];
    const isBefore = hole !== undefined && start(tree, n) >= hole.start;
    if (isBefore && n < (open.bodies[next] as number) && kind(tree, n) === "comment") continue;
    if (hole !== undefined && n === open.bodies[next]) {
      shift += hole.end - hole.start - 1;
      next++;
      n = skip(tree, n) - 1;
      continue;
    }
    own.set(n, own.size);
    parts.push(tree.nodes[n * STRIDE] as number, own.get(parent(tree, n)) ?? -1);
    if (skip(tree, n) === n + 1) parts.push(start(tree, n) - shift, end(tree, n) - shift);
  }
  return parts.join(" ");
}

/** The parent's kind is part of the key: `{ x }` as a method body and as an object are different programs. */
function parentKinds(tree: FlatTree, n: number): string {
  const up = parent(tree, n);
  return up < 0 ? "" : (tree.grammar.kinds[(tree.nodes[up * 5] as number) & 0xffff] ?? "");
}

/** Absolute offset to item coordinates. Offsets inside a hole map to the hole's place. */
export function toItem(item: ItemSource, absolute: number): number {
  let shift = item.start;
  for (const hole of item.holes) {
    if (absolute < hole.start) break;
    if (absolute < hole.end) return hole.start - shift;
    shift += hole.end - hole.start - 1;
  }
  return absolute - shift;
}

/** Item coordinates back to an absolute offset. */
export function fromItem(item: ItemSource, offset: number): number {
  let shift = item.start;
  for (const hole of item.holes) {
    if (offset + shift <= hole.start) break;
    shift += hole.end - hole.start - 1;
  }
  return offset + shift;
}

/** A span in item coordinates as absolute offsets. */
export function absoluteSpan(item: ItemSource, span: Span): Span {
  return { start: fromItem(item, span.start), end: fromItem(item, span.end) };
}
