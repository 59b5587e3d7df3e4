/**
 * Everything an item's analysis reads outside its own IR goes through `Facts`; the solver records each read with its value.
 */
import type { Item, TypeRef } from "../ir/ir.ts";
import type { KeptObjects } from "./kept.ts";
import type { Knowledge } from "./knowledge.ts";
import type { ClassShape, Entry, Hit, Shape, Summary } from "./summary.ts";
import type { ItemId, Ref, Value } from "./value.ts";

export interface Injected {
  readonly by: Value;
  readonly taker: string;
}

export interface Facts {
  readonly knowledge: Knowledge;
  /** What an import in `item`'s file binds. */
  imported(item: ItemId, module: string, name: string | undefined, also: string | undefined): Value;
  /** A name that is not local to `item`: a variable of an enclosing function or of the module; undefined if nothing binds it. */
  free(
    item: ItemId,
    name: string,
  ): { readonly value: Value; readonly captured: boolean } | undefined;
  /** Follows "export:FILE NAME". */
  exported(ref: Ref): Value;
  /** The member of a module object "module:FILE". */
  entry(item: ItemId): Entry;
  /** The default of a parameter, where the language evaluates it at the definition. */
  defaultOf(item: ItemId, index: number): Value | undefined;
  /** What computes a parameter, by its default or annotation: references to functions and classes, and the path that says so. */
  injected(item: ItemId, index: number): Injected | undefined;
  classOf(classId: string): ClassShape | undefined;
  /** Joined stores to a field in all methods of the class. */
  fieldOf(classId: string, name: string): Value | undefined;
  /** Undefined while only shapes are made, or when the item is unknown. */
  summary(item: ItemId): Summary | undefined;
  /** Of a nested function's summary, the flows from what it captures: all that creating it means. */
  enclosed(item: ItemId): readonly Hit[];
  /** Names that a nested function, or one inside it, takes from around it. */
  captures(item: ItemId): readonly string[];
  child(item: ItemId, hole: number): ItemId | undefined;
  /** Names outside themselves that the functions inside `item` assign to. */
  writtenInside(item: ItemId): ReadonlySet<string>;
  /** Objects that functions inside the item keep in attributes of library objects. */
  kept(item: ItemId): KeptObjects;
  /** The item's IR, for parameter names of a callee. */
  ir(item: ItemId): Item | undefined;
  parentOf(item: ItemId): ItemId | undefined;
  shape(item: ItemId): Shape | undefined;
  /** Resolves a type as written in `item` to refs of instances. */
  typeRefs(
    item: ItemId,
    type: TypeRef,
  ): { readonly refs: readonly Ref[]; readonly scalar: boolean; readonly guessed: boolean };
}
