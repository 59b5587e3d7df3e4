/** What every part of the lowering shares: the tree, the builder, the names in scope and the places jumps lead to. */
import type { Builder } from "../../ir/build.ts";
import type { BlockId, Op, SlotId, Span, ValueId } from "../../ir/ir.ts";
import { end, type FlatTree, start, textOf } from "../../syntax/flat.ts";
import type { ItemSource } from "../items.ts";

export interface Context {
  readonly tree: FlatTree;
  readonly item: ItemSource;
  readonly b: Builder;
  /** Absolute offset to item coordinates. */
  readonly at: (absolute: number) => number;
  /** Nested function node to the index of its hole. */
  readonly holeOf: ReadonlyMap<number, number>;
  /** The holes as the item will show them; completed where the closure is made. */
  readonly holes: readonly MutableHole[];
  readonly scopes: Scopes;
  /** Nesting of expressions and statements at this moment. */
  depth: number;
  /** Where `break`, `continue` and `return` lead, innermost last. */
  readonly exits: Exit[];
  /** True once `require` is known to be what `createRequire` gives, although it is a local name. */
  requires: boolean;
  /** The parameters' slots, in order. */
  readonly parameterSlots: SlotId[];
  /** Label right before the statement being lowered. */
  label: string | undefined;
  /** Function declarations whose closures were made at the start of their block. */
  readonly hoisted: Set<number>;
  /** Names exported so far by the namespace being lowered; undefined outside namespaces. */
  namespaceExports: string[] | undefined;
  /** How often a `finally` body was lowered again; the budget keeps nested ones from exploding. */
  finallyCopies: number;
  /** Greater than 0 while a body is lowered again: its statements are known already. */
  repeated: number;
}

export interface MutableHole {
  name: string;
  className: string;
  renamed?: Record<string, SlotId>;
}

export type Exit =
  | {
      readonly kind: "loop" | "switch" | "block";
      readonly label: string | undefined;
      readonly onBreak: BlockId;
      readonly onContinue: BlockId | undefined;
      readonly handler: BlockId | undefined;
    }
  | {
      readonly kind: "finally";
      readonly body: number;
      /** The handler in force outside the `try`. */
      readonly handler: BlockId | undefined;
      /** Where a `return` inside goes, with its value in `slot`; `from` is the first such statement. */
      readonly returns: {
        readonly block: BlockId;
        readonly slot: SlotId;
        from: number | undefined;
      };
    };

export interface Scope {
  readonly parent: Scope | undefined;
  readonly names: Map<string, SlotId>;
}

export interface Scopes {
  readonly root: Scope;
  current: Scope;
  /** How many slots a name has. */
  readonly uses: Map<string, number>;
  /** Names whose slot has a suffix, somewhere in the item. */
  readonly suffixed: Set<string>;
  /** The slot a name got first, the one without a suffix. */
  readonly first: Map<string, SlotId>;
}

/** Expressions and statements nested deeper than this become one opaque operation. */
export const DEEPEST = 400;

export function span(c: Context, n: number): Span {
  return { start: c.at(start(c.tree, n)), end: c.at(end(c.tree, n)) };
}

/** The span from the start of one node to the end of another. */
export function spanOver(c: Context, first: number, last: number): Span {
  return { start: c.at(start(c.tree, first)), end: c.at(end(c.tree, last)) };
}

export function emptySpanAfter(c: Context, n: number): Span {
  const at = c.at(end(c.tree, n));
  return { start: at, end: at };
}

export function nodeText(c: Context, n: number): string {
  return textOf(c.tree, n);
}

/** Takes over `op`, a fresh object, and gives it the span of `n`. */
export function emitAt(c: Context, n: number, op: WithoutSpan<Op>): ValueId {
  const complete = op as WithoutSpan<Op> & { span: Span };
  complete.span = span(c, n);
  return c.b.emit(complete as Op);
}

export function constant(
  c: Context,
  n: number,
  value: string | number | boolean | null | undefined,
): ValueId {
  return emitAt(c, n, { op: "const", value });
}

export function opaque(c: Context, n: number, what: string, uses: readonly ValueId[]): ValueId {
  return emitAt(c, n, { op: "opaque", what, uses });
}

type WithoutSpan<T> = T extends unknown ? Omit<T, "span"> : never;

/** Declares a name in the innermost scope (or `scope`); a second declaration there is the same variable. */
export function declare(c: Context, name: string, scope: Scope = c.scopes.current): SlotId {
  const known = scope.names.get(name);
  if (known !== undefined) return known;
  const used = (c.scopes.uses.get(name) ?? 0) + 1;
  c.scopes.uses.set(name, used);
  if (used > 1) c.scopes.suffixed.add(name);
  const slot = c.b.slot(used === 1 ? name : `${name}#${used}`);
  if (used === 1) c.scopes.first.set(name, slot);
  scope.names.set(name, slot);
  return slot;
}

export function lookup(c: Context, name: string): SlotId | undefined {
  for (let s: Scope | undefined = c.scopes.current; s !== undefined; s = s.parent) {
    const slot = s.names.get(name);
    if (slot !== undefined) return slot;
  }
  return undefined;
}

export function inScope<T>(c: Context, run: () => T): T {
  const outer = c.scopes.current;
  c.scopes.current = { parent: outer, names: new Map() };
  try {
    return run();
  } finally {
    c.scopes.current = outer;
  }
}

export function readName(c: Context, n: number, name: string): ValueId {
  const slot = lookup(c, name);
  return slot === undefined
    ? emitAt(c, n, { op: "free", name })
    : emitAt(c, n, { op: "load", slot });
}

export function writeName(c: Context, n: number, name: string, value: ValueId): void {
  const slot = lookup(c, name);
  if (slot !== undefined) {
    emitAt(c, n, { op: "store", slot, value });
    return;
  }
  emitAt(c, n, { op: "storeFree", name, value });
  c.b.outerWrite(name);
}
