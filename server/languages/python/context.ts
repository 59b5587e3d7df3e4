/** What every part of the lowering shares: the tree, the builder, spans in item coordinates, names and their slots. */
import type { Builder } from "../../ir/build.ts";
import type { BlockId, ClassMember, Hole, SlotId, Span, ValueId } from "../../ir/ir.ts";
import { end, type FlatTree, start, textOf } from "../../syntax/flat.ts";
import type { ItemSource } from "../items.ts";

export interface Context {
  readonly tree: FlatTree;
  readonly item: ItemSource;
  readonly b: Builder;
  /** Index of a nested function by the offset where its body begins. */
  readonly holeAt: ReadonlyMap<number, number>;
  readonly holes: Hole[];
  readonly at: (absolute: number) => number;
  scope: Scope;
  /** Innermost last. */
  readonly loops: Loop[];
  /** Names of the classes around, outermost first. */
  readonly classes: string[];
  /** Levels of nested syntax now being lowered. */
  depth: number;
  /** Above 0 while a `finally` body is lowered again: its statements are already listed. */
  repeats: number;
  /** `finally` bodies around, each of them lowered twice. */
  copies: number;
  /** Comprehension variables made so far. */
  shadows: number;
  readonly exported: Set<string>;
  /** True when the item has a syntax error of its own. */
  readonly broken: boolean;
}

export interface Loop {
  readonly breakTo: BlockId;
  readonly continueTo: BlockId;
}

/** Where names live. A class scope is seen by its own body only, so `up` skips the scopes of outer classes. */
export interface Scope {
  readonly kind: "item" | "class" | "comprehension";
  readonly slots: Map<string, SlotId>;
  /** Names declared `global` or `nonlocal`. */
  readonly outer: ReadonlySet<string>;
  readonly up: Scope | undefined;
  /** Of a class scope: what its body binds. */
  readonly members?: ClassMember[];
}

/** Deeper syntax than this becomes opaque instead of exhausting the stack. */
export const MAX_DEPTH = 400;

export function spanOf(c: Context, node: number): Span {
  return { start: c.at(start(c.tree, node)), end: c.at(end(c.tree, node)) };
}

export function spanBetween(c: Context, from: number, to: number): Span {
  return { start: c.at(from), end: c.at(to) };
}

export function constant(
  c: Context,
  value: string | number | boolean | null | undefined,
  span: Span,
): ValueId {
  return c.b.emit({ op: "const", value, span });
}

export function opaque(c: Context, what: string, uses: readonly ValueId[], span: Span): ValueId {
  return c.b.emit({ op: "opaque", uses, what, span });
}

/** The value of a name where it is read. */
export function loadName(c: Context, node: number): ValueId {
  return loadText(c, textOf(c.tree, node), spanOf(c, node));
}

export function loadText(c: Context, name: string, span: Span): ValueId {
  const slot = lookup(c.scope, name);
  return slot === undefined
    ? c.b.emit({ op: "free", name, span })
    : c.b.emit({ op: "load", slot, span });
}

/** The slot of a name, or undefined when it belongs to an outer function, the module or the builtins. */
export function lookup(scope: Scope, name: string): SlotId | undefined {
  for (let s: Scope | undefined = scope; s !== undefined; s = s.up) {
    if (s.outer.has(name)) return undefined;
    const slot = s.slots.get(name);
    if (slot !== undefined) return slot;
  }
  return undefined;
}

export interface Binding {
  readonly name: string;
  readonly value: ValueId;
  readonly span: Span;
  /** How a class body lists it; a plain field if absent. */
  readonly member?: ClassMember;
}

/** Binds a name in the nearest scope that is not a comprehension's. */
export function bind(c: Context, binding: Binding): void {
  let scope = c.scope;
  while (scope.kind === "comprehension" && scope.up !== undefined) scope = scope.up;
  bindIn(c, scope, binding);
}

/** Binds a loop variable, which in a comprehension is the comprehension's own. */
export function bindTarget(c: Context, binding: Binding): void {
  const own = c.scope.kind === "comprehension" ? c.scope.slots.get(binding.name) : undefined;
  if (own === undefined) {
    bind(c, binding);
    return;
  }
  c.b.emit({ op: "store", slot: own, value: binding.value, span: binding.span });
}

function bindIn(c: Context, scope: Scope, { name, value, span, member }: Binding): void {
  if (scope.outer.has(name)) {
    c.b.outerWrite(name);
    c.b.emit({ op: "storeFree", name, value, span });
    return;
  }
  let slot = scope.slots.get(name);
  if (slot === undefined) {
    slot = c.b.slot(scope.kind === "class" ? `${c.classes.join(".")}.${name}` : name);
    scope.slots.set(name, slot);
  }
  c.b.emit({ op: "store", slot, value, span });
  if (scope.members !== undefined && c.repeats === 0) {
    scope.members.push(member ?? { name, kind: "field", isStatic: false, value, span });
  } else if (scope.kind === "item" && c.item.node === 0 && !c.exported.has(name)) {
    c.exported.add(name);
    c.b.addExport({ kind: "local", exported: name, local: name });
  }
}

/** Same answers as `toItem`, in logarithmic time. */
export function offsets(item: ItemSource): (absolute: number) => number {
  const { holes } = item;
  if (holes.length === 0) return (absolute) => absolute - item.start;
  const shifts: number[] = [item.start];
  for (const hole of holes)
    shifts.push((shifts[shifts.length - 1] as number) + (hole.end - hole.start - 1));
  return (absolute) => {
    let low = 0;
    let high = holes.length;
    // The number of holes that begin at or before the offset.
    while (low < high) {
      const mid = (low + high) >> 1;
      if ((holes[mid] as Span).start <= absolute) low = mid + 1;
      else high = mid;
    }
    if (low === 0) return absolute - item.start;
    const hole = holes[low - 1] as Span;
    if (absolute < hole.end) return hole.start - (shifts[low - 1] as number);
    return absolute - (shifts[low] as number);
  };
}
