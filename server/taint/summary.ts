/** What the interpreter finds out about one item, as plain data. Spans are in the coordinates of the item they name. */
import { mix, textKey } from "../base/mix.ts";
import type { Span, ValueId } from "../ir/ir.ts";
import type { SinkKind } from "./kinds.ts";
import type { RefusalRow, SinkRow } from "./model.ts";
import {
  type Derivation,
  type ItemId,
  type Proof,
  type Ref,
  type Trail,
  UNKNOWN,
  type Value,
} from "./value.ts";

export interface Site {
  readonly item: ItemId;
  /** The call or store operation. */
  readonly op: ValueId;
  readonly span: Span;
}

/** Data with `label` reaches a sink. */
export interface Hit {
  readonly sink: SinkKind;
  readonly row: SinkRow;
  readonly site: Site;
  /** The operation whose value is the dangerous argument, in `site.item`. */
  readonly arg: ValueId;
  readonly argSpan: Span;
  /** The argument, as far as known here (holes of callers filled in). */
  readonly value: Value;
  readonly label: string;
  readonly kind: string;
  readonly cleared: number;
  readonly marks: number;
  readonly derive: Derivation;
  readonly trail: Trail;
  /** The sink's API was guessed from a name. */
  readonly guessed: boolean;
}

export interface CallArg {
  readonly value: Value;
  readonly op: ValueId;
  readonly span: Span;
  readonly name?: string;
  readonly spread?: "items" | "entries";
  /** Of a call that waited for its caller: where the argument stands in the function that makes the call. */
  readonly there?: { readonly op: ValueId; readonly span: Span };
}

/** A call (or decorated definition) that some rule looks at. */
export interface Observation {
  /** The paths under which it is watched: "fastapi.FastAPI", "*.read", or "PATH.passed" for a class given as an argument. */
  readonly paths: readonly string[];
  readonly site: Site;
  readonly argsSpan: Span;
  readonly args: readonly CallArg[];
  readonly receiver?: Value;
  readonly guessed: boolean;
  readonly sinks: readonly SinkRow[];
}

/** A call of something only the caller knows: a function that was passed, a method of an object that was passed. */
export interface Deferred {
  /** Names the result: "call:ID:". */
  readonly id: string;
  /** The label of what is called: "param:0:", "param:-1:store.load", "free:work:", "call:3:". */
  readonly callee: string;
  readonly args: readonly CallArg[];
  readonly site: Site;
  readonly isNew: boolean;
}

export interface Summary {
  readonly returns: Value;
  readonly hits: readonly Hit[];
  readonly observations: readonly Observation[];
  /** Proved about parameters ("param:0:") when the result is true, false, or when the call comes back at all. */
  readonly whenTrue: Proof;
  readonly whenFalse: Proof;
  readonly always: Proof;
  /** Parameters ("param:0:") that it compares by means of paths on some way and may refuse, of which nothing is proved for certain. */
  readonly checks: readonly string[];
  /** Fields set on `self` / `this`. */
  readonly self: Value;
  /** What was written into the objects that were passed, by position of the parameter: only `fields` says something. */
  readonly params: ReadonlyMap<number, Value>;
  /** What was written to variables outside: the new value, or fields of the old one. */
  readonly free: ReadonlyMap<string, Value>;
  /** What is stored in variables that outlive the call, by the label of the place. */
  readonly stored: ReadonlyMap<string, Value>;
  readonly deferred: readonly Deferred[];
  /** An exception may leave it whose text tells more than what was wrong with the input; "unknown": what, is not known. */
  readonly raises: boolean | "asked" | "unknown";
  /** Functions of the project that are called (or whose closures run) here. */
  readonly calls: readonly ItemId[];
  /** What it does, and what it calls: bits of deeds. */
  readonly deeds: number;
  /** Stores into properties and variables that rules look at (settings modules, headers). */
  readonly stores: readonly StoreView[];
  /** The item is too large: nothing is known of it. */
  readonly givenUp?: true;
  /** Those that it calls in a circle do not look into it, nor does anybody else: it would cost too much. */
  readonly apart?: true;
  /** Equal: the same to callers, who do not see what is observed inside. */
  outside: number;
  /** Equal: the same in everything. */
  key: number;
}

export interface StoreView {
  readonly target: string;
  readonly site: Site;
  readonly value: Value;
  readonly valueOp: ValueId;
  readonly sinks: readonly SinkRow[];
}

/** What an item sees of its surroundings before it runs. */
export interface Entry {
  /** One per parameter, without symbolic labels. */
  readonly params: readonly (EntryParam | undefined)[];
  /** The class whose method this is. */
  readonly classId?: string;
  /** True when the first parameter is the instance (Python methods). */
  readonly selfParam: boolean;
  /** True for methods that are called on an instance, false for functions inside them. */
  readonly isMethod: boolean;
  /** True for methods whose first parameter is the class. */
  readonly isClassMethod: boolean;
  /** Known to be called by a framework. */
  readonly isEntryPoint: boolean;
  /** Rows for those who are taken so: by the name of their file, by a directive. */
  readonly taken: readonly SinkRow[];
  /** How whoever takes it is told no. */
  readonly refusals: readonly RefusalRow[];
  /** What the result is a sink of, when the framework sends it on. */
  readonly results: readonly SinkRow[];
  /** Who takes the function was guessed from a name. */
  readonly takenGuessed: boolean;
}
/** Of a module, and of what is not asked for yet. */
export const NO_ENTRY: Entry = {
  taken: [],
  params: [],
  refusals: [],
  results: [],
  selfParam: false,
  isMethod: false,
  isClassMethod: false,
  isEntryPoint: false,
  takenGuessed: false,
};
export interface EntryParam {
  readonly refs: readonly Ref[];
  readonly sources: readonly { readonly kind: string; readonly text: string }[];
  readonly scalar: boolean;
  readonly guessed: boolean;
}

/** Phase one: what nested items need to know of an item, found without looking at any other function. */
export interface Shape {
  /** Final value of each variable: all stores joined. */
  readonly variables: ReadonlyMap<string, Value>;
  readonly closures: ReadonlyMap<number, ClosureShape>;
  readonly classes: ReadonlyMap<string, ClassShape>;
  /** Fields set on `self`/`this` anywhere in the item. */
  readonly self: Value;
  /** Objects that it keeps in attributes of library objects, by path. */
  readonly kept?: ReadonlyMap<string, Value>;
  readonly givenUp?: true;
  key: number;
}
export interface ClosureShape {
  /** Library paths of calls that take the closure: "express().get.arg(1)". */
  readonly takers: readonly string[];
  readonly takenGuessed: boolean;
  /** Texts that were given to the takers together with it: "/users/<int:id>". */
  readonly texts: readonly string[];
  readonly defaults: readonly (Value | undefined)[];
  readonly classId?: string;
  readonly isStatic: boolean;
  readonly ofClass: boolean;
}
export interface ClassShape {
  readonly name: string;
  readonly bases: readonly Value[];
  readonly members: ReadonlyMap<string, Value>;
  /** Functions behind properties. */
  readonly getters: ReadonlyMap<string, Value>;
  readonly setters: ReadonlyMap<string, Value>;
  readonly annotations: ReadonlyMap<string, import("../ir/ir.ts").TypeRef>;
  /** Holes of its methods, in the item that defines the class. */
  readonly methods: readonly number[];
  readonly item: ItemId;
}

export const NOTHING: Summary = {
  returns: UNKNOWN,
  hits: [],
  observations: [],
  whenTrue: new Map(),
  whenFalse: new Map(),
  always: new Map(),
  checks: [],
  self: UNKNOWN,
  params: new Map(),
  free: new Map(),
  stored: new Map(),
  deferred: [],
  raises: false,
  calls: [],
  deeds: 0,
  stores: [],
  outside: -1,
  key: -1,
};

export function trail(
  role: Trail["role"],
  item: ItemId,
  span: Span,
  text: string,
  prev?: Trail,
): Trail {
  const place = mix(mix(textKey(item), span.start), span.end);
  const key = mix(mix(mix(prev?.key ?? 1, textKey(role)), place), textKey(text));
  return { role, item, span, text, prev, length: (prev?.length ?? 0) + 1, key };
}
/** Steps of a way; of a longer one, the steps in the middle are left out. */
const MAX_STEPS = 40;

/** The callee's way put behind the caller's; its earlier steps are made only when somebody walks them. */
export function rebase(callee: Trail, base: Trail): Trail {
  const role = callee.role === "source" ? "step" : callee.role;
  const { item, span, text } = callee;
  const key = mix(base.key, callee.key);
  if (callee.length + base.length > MAX_STEPS) {
    const prev = base.length < MAX_STEPS ? base : firstStep(base);
    return { role, item, span, text, prev, length: prev.length + 1, key };
  }
  return new Behind(role, callee, base, key);
}

/** Written as a class: so many are made that functions of their own would be most of what they cost. */
class Behind implements Trail {
  readonly role: Trail["role"];
  readonly item: ItemId;
  readonly span: Span;
  readonly text: string;
  readonly length: number;
  readonly key: number;
  private readonly callee: Trail;
  private readonly base: Trail;
  private made: Trail | undefined;

  constructor(role: Trail["role"], callee: Trail, base: Trail, key: number) {
    this.role = role;
    this.item = callee.item;
    this.span = callee.span;
    this.text = callee.text;
    this.length = callee.length + base.length;
    this.key = key;
    this.callee = callee;
    this.base = base;
    this.made = undefined;
  }
  get prev(): Trail {
    const { prev } = this.callee;
    this.made ??= prev === undefined ? this.base : rebase(prev, this.base);
    return this.made;
  }
}

function firstStep(trail: Trail): Trail {
  let at = trail;
  while (at.prev !== undefined) at = at.prev;
  return at;
}
