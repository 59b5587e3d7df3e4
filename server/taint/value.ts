/**
 * Abstract values: what a variable may hold, as far as security rules care. Immutable.
 * `refs` say what it is, `alts` which constants or strings it may be, `fields` what is inside, `taint` where it came from.
 */
import type { Literal, Span } from "../ir/ir.ts";

/** Identifies an item: file + "#" + qualified name (+ "~n" among equals). */
export type ItemId = string;

/**
 * What a value may be, as strings so that sets are cheap:
 * "lib:PATH" a library access path; "fn:ITEM" a function; "class:ID" / "inst:ID" a class of the project and its instance;
 * "export:FILE NAME" an import not yet followed; "module:FILE" a module object; "result:ITEM" the result of a function; "settle:OP" a function whose argument is the result of that call;
 * "more:" others that are not kept.
 */
export type Ref = string;

/** A string as text and holes. `text` undefined: a hole. */
export interface Part {
  readonly text?: string;
  /** Of a hole: the value in it, without its own alternatives. */
  readonly value?: Value;
  readonly item: ItemId;
  readonly span: Span;
}
export type Alt = { readonly const: Literal } | { readonly parts: readonly Part[] };

/** A point in the program on the way of the data, newest first. */
export interface Trail {
  readonly item: ItemId;
  readonly span: Span;
  readonly role: "source" | "step" | "call" | "return" | "sink";
  readonly text: string;
  readonly prev: Trail | undefined;
  readonly length: number;
  /** Says everything about the trail. */
  readonly key: number;
}

/**
 * How the tainted text relates to the source's: guards on a host name clear less than guards on the whole; "resolved" is the
 * path without "..", "folder" the folder that holds it, "relative" the way to it from a folder of the program; "part-resolved" is
 * a part that became a path without "..", of which a check says nothing about the whole; "pieces" are all that a text has between
 * its slashes: what holds for each of them holds for the text.
 */
export type Derivation =
  | "same"
  | "host"
  | "part"
  | "resolved"
  | "part-resolved"
  | "pieces"
  | "folder"
  | "relative";

export interface Taint {
  /** "source:ITEM|PATH|KIND|FIELDS", "param:INDEX:FIELDS", "free:NAME:FIELDS" or "call:ID:FIELDS". */
  readonly label: string;
  /** Kind of the source ("remote", ...); "" for symbolic labels. */
  readonly kind: string;
  /** Kinds of sink for which this is proved harmless, as bits of `Kinds`. */
  readonly cleared: number;
  /** Approximations on the way, as bits of `MARKS`. */
  readonly marks: number;
  readonly derive: Derivation;
  readonly trail: Trail;
}

export const MARKS = [
  "unknown-call",
  "guessed-name",
  "many-values",
  "stored",
  "whole-object",
  /** The whole was put into an object of the program's: an approximation if the whole has only fields that are declared. */
  "put-in",
  /** It is kept in some attribute of an object, whose name only callers know; any attribute that is read then may be this one. */
  "any-attribute",
  /** A function that refuses some paths was asked about it, but of what it lets through nothing is proved for certain. */
  "checked",
  /** Of what was tried, nothing is known to quote what is the server's own. */
  "unknown-error",
  /** The program has just written the file at this very path. */
  "written",
  /** Its quotation marks are doubled, as SQL wants it between two of them. */
  "quoted",
] as const;
export type Mark = (typeof MARKS)[number];
export function markBit(mark: Mark): number {
  return 1 << MARKS.indexOf(mark);
}
export const CHECKED = markBit("checked");
export const WRITTEN = markBit("written");
/** They say that there is less to fear: known of a value only if they are on each way to it. All others are there if they are on one. */
export const EASING = CHECKED | WRITTEN | markBit("quoted");
/** Known for certain, so of no weight for how sure a finding is: rules ask for them. */
export const FACTS = EASING & ~CHECKED;
/** The marks of what was joined. */
export function joinMarks(a: number, b: number): number {
  return ((a | b) & ~EASING) | (a & b & EASING);
}
export function marksIn(bits: number): Mark[] {
  return MARKS.filter((mark) => (bits & markBit(mark)) !== 0);
}

/** What being true (or false) proves: label -> kinds cleared. */
export type Proof = ReadonlyMap<string, number>;

export interface Value {
  readonly refs: readonly Ref[];
  readonly taint: readonly Taint[];
  /** Undefined: any value. */
  readonly alts?: readonly Alt[];
  /** Contents by key ("0", "1" for sequences); "*" for elements at unknown keys. */
  readonly fields?: ReadonlyMap<string, Value>;
  /** True when `fields` lists every key. */
  readonly closed?: boolean;
  /**
   * Values that come with the refs: of a function what it captured, by name, and arguments it was given before ("(0",
   * "(name"); of a result or an instance that was not looked into yet the arguments of the call.
   */
  readonly env?: ReadonlyMap<string, Value>;
  /** A value of this type cannot carry text that injects. */
  readonly scalar?: boolean;
  /** Certainly false, empty or nothing. */
  readonly falsy?: boolean;
  /** The refs were guessed from a name. */
  readonly guessed?: boolean;
  readonly whenTrue?: Proof;
  readonly whenFalse?: Proof;
  /** A place in a text, as of `indexOf`: what is proved if there is one, and if it is the very start. */
  readonly position?: { readonly found: Proof; readonly start: Proof; readonly absent: Proof };
  /** Cached structural key; a copy that is changed must not take it along. */
  key?: number;
}

export const UNKNOWN: Value = { refs: [], taint: [] };
export const FALSE: Value = { refs: [], taint: [], scalar: true, falsy: true };
export const MAX_REFS = 16;
export const MORE: Ref = "more:";
export const MAX_ALTS = 6;
export const MAX_PARTS = 48;
export const MAX_TAINT = 12;
export const MAX_FIELDS = 64;
export const MAX_DEPTH = 3;

/** The field that holds the elements of a list behind those at known places. */
export const TAIL = "+";
/** The field that holds what the unknown keys of a record may be. */
export const KEYS = "%keys";

export function constant(value: Literal): Value {
  return { refs: [], taint: [], alts: [{ const: value }] };
}
export function ofRef(ref: Ref, guessed = false): Value {
  return guessed ? { refs: [ref], taint: [], guessed } : { refs: [ref], taint: [] };
}
export function ofTaint(taint: readonly Taint[]): Value {
  return { refs: [], taint };
}

/** It is certainly a text: no list, and no object with options. */
export function isText({ alts }: Value): boolean {
  return (
    alts !== undefined &&
    alts.length > 0 &&
    alts.every((alt) => "parts" in alt || typeof alt.const === "string")
  );
}

/** The only constant the value can be; undefined when there are several or it is not known. */
export function onlyConst(value: Value | undefined): { readonly value: Literal } | undefined {
  const alt = value?.alts?.length === 1 ? value.alts[0] : undefined;
  if (alt === undefined) return undefined;
  if ("const" in alt) return { value: alt.const };
  if (alt.parts.every((p) => p.text !== undefined))
    return { value: alt.parts.map((p) => p.text).join("") };
  return undefined;
}
/** All constants the value can be; undefined if it can be something else. */
export function constants(value: Value | undefined): readonly Literal[] | undefined {
  if (value?.alts === undefined || value.alts.length === 0) return undefined;
  const out: Literal[] = [];
  for (const alt of value.alts) {
    if ("const" in alt) out.push(alt.const);
    else if (alt.parts.every((p) => p.text !== undefined))
      out.push(alt.parts.map((p) => p.text).join(""));
    else return undefined;
  }
  return out;
}

/** The string alternatives of a value as parts; constants become one text part. */
export function partsOf(
  value: Value,
  item: ItemId,
  span: Span,
): readonly (readonly Part[])[] | undefined {
  return value.alts?.map((alt) =>
    "const" in alt
      ? [
          {
            text: alt.const === null || alt.const === undefined ? "" : String(alt.const),
            item,
            span,
          },
        ]
      : alt.parts,
  );
}

export function isEmpty(value: Value): boolean {
  return (
    value.refs.length === 0 &&
    value.taint.length === 0 &&
    value.alts === undefined &&
    value.fields === undefined
  );
}
/** False when the value certainly has the other truth; undefined when it may. */
export function canBe(value: Value, truth: boolean): boolean | undefined {
  if (value.falsy) return !truth;
  const all = constants(value);
  if (all !== undefined) return all.some((c) => Boolean(c) === truth);
  // A text with holes is not empty if some of it is known.
  return !truth && value.alts?.every(hasText) ? false : undefined;
}

function hasText(alt: Alt): boolean {
  return "const" in alt ? Boolean(alt.const) : alt.parts.some((p) => (p.text ?? "") !== "");
}

/** The same value with other taint. */
export function withTaint(value: Value, taint: readonly Taint[]): Value {
  return copyOf(value, taint, value.fields, value.env, value.alts, value.closed);
}
/**
 * A copy with other contents. Written out: copies are made all the time, and those of one shape are quick to make and to read.
 */
export function copyOf(
  value: Value,
  taint: readonly Taint[],
  fields: Value["fields"],
  env: Value["env"],
  alts: Value["alts"],
  closed: Value["closed"],
): Value {
  const { refs, scalar, falsy, guessed, whenTrue, whenFalse, position } = value;

  const copy: { [K in keyof Required<Value>]: Value[K] | undefined } = {
    refs,
    taint,
    alts,
    fields,
    closed,
    env,
    scalar,
    falsy,
    guessed,
    whenTrue,
    whenFalse,
    position,
    key: undefined,
  };
  return copy as Value;
}

/** Any constant, if it was one. */
export function withoutConstants(value: Value): Value {
  if (value.alts === undefined || value.alts.some((a) => "parts" in a)) return value;
  const { alts: _alts, key: _key, ...rest } = value;
  return rest;
}
