/**
 * Abstract values: what a variable may hold, as far as security rules care. Immutable.
 * `refs` say what it is, `alts` which constants or strings it may be, `fields` what is inside, `taint` where it came from.
 */
import { gather, mix, textKey } from "../base/mix.ts";
import type { Literal, Span } from "../ir/ir.ts";
import { behind } from "./paths.ts";

/** Identifies an item: file + "#" + qualified name (+ "~n" among equals). */
export type ItemId = string;

/**
 * What a value may be, as strings so that sets are cheap:
 * "lib:PATH" a library access path; "fn:ITEM" a function; "class:ID" / "inst:ID" a class of the project and its instance;
 * "export:FILE NAME" an import not yet followed; "module:FILE" a module object; "result:ITEM" the result of a function; "settle:OP" a function whose argument is the result of that call.
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
 * path without "..", "folder" the folder that holds it, "relative" the way to it from a folder of the program.
 */
export type Derivation = "same" | "host" | "part" | "resolved" | "folder" | "relative";

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

/** Labels of values only the caller knows begin with one of these; "call:ID:FIELDS" is the result of a deferred call. */
const SYMBOLIC = /^(?:param|free|call):/;
export function isSymbolic(label: string): boolean {
  return SYMBOLIC.test(label);
}

/** The label of `self` / `this` in a method. */
export const SELF_LABEL = "param:-1:";
/** The label of `this` in a function inside a method. */
export const SELF_OUTSIDE = "free:this:";

export const MARKS = ["unknown-call", "guessed-name", "many-values"] as const;
export type Mark = (typeof MARKS)[number];
export function markBit(mark: Mark): number {
  return 1 << MARKS.indexOf(mark);
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
const MAX_REFS = 8;
const MAX_ALTS = 6;
const MAX_PARTS = 48;
const MAX_TAINT = 12;
const MAX_FIELDS = 64;
const MAX_DEPTH = 3;

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

/** A number that says everything about the value but the trails: equal keys are equal values to the analysis. */
export function keyOf(value: Value): number {
  if (value.key !== undefined) return value.key;
  let out = 1;
  for (const ref of value.refs) out = mix(out, textKey(ref));
  for (const t of value.taint)
    out = mix(mix(mix(out, textKey(t.label)), t.cleared + 2), t.marks * 8 + DERIVED[t.derive]);
  if (value.alts !== undefined) {
    out = mix(out, 3);
    for (const alt of value.alts) out = mix(out, altKey(alt));
  }
  if (value.fields !== undefined) out = mix(mix(out, fieldsKey(value.fields, keyOf)), 5);
  if (value.env !== undefined) out = mix(mix(out, fieldsKey(value.env, keyOf)), 37);
  const flags =
    (value.closed ? 1 : 0) +
    (value.scalar ? 2 : 0) +
    (value.guessed ? 4 : 0) +
    (value.falsy ? 8 : 0);
  out = mix(out, flags + 7);
  if (value.whenTrue?.size) out = mix(mix(out, 11), proofKey(value.whenTrue));
  if (value.whenFalse?.size) out = mix(mix(out, 13), proofKey(value.whenFalse));
  if (value.position !== undefined)
    out = mix(
      mix(mix(out, proofKey(value.position.found)), mix(proofKey(value.position.start), 17)),
      proofKey(value.position.absent),
    );
  value.key = out;
  return out;
}
const DERIVED: Readonly<Record<Derivation, number>> = {
  same: 0,
  host: 1,
  part: 2,
  resolved: 3,
  folder: 4,
  relative: 5,
};

const deep = new WeakMap<Value, number>();
/** Like `keyOf`, with the trails: two values of equal deep keys can stand for each other in results that are kept. */
export function deepKey(value: Value): number {
  if (
    value.taint.length === 0 &&
    value.fields === undefined &&
    value.alts === undefined &&
    value.env === undefined
  )
    return keyOf(value);
  let out = deep.get(value);
  if (out !== undefined) return out;
  out = keyOf(value);
  for (const t of value.taint) out = mix(out, t.trail.key);
  if (value.fields !== undefined) out = mix(out, fieldsKey(value.fields, deepKey));
  if (value.env !== undefined) out = mix(out, fieldsKey(value.env, deepKey));
  for (const alt of value.alts ?? [])
    if ("parts" in alt)
      for (const p of alt.parts) {
        out = mix(mix(out, p.span.start), p.span.end);
        if (p.value !== undefined) out = mix(out, deepKey(p.value));
      }
  deep.set(value, out);
  return out;
}
function fieldsKey(fields: ReadonlyMap<string, Value>, keyOfField: (v: Value) => number): number {
  let out = fields.size;
  for (const [name, value] of fields) out = gather(out, mix(textKey(name), keyOfField(value)));
  return out;
}
function altKey(alt: Alt): number {
  if ("const" in alt) return mix(17, literalKey(alt.const));
  let out = 19;
  for (const p of alt.parts)
    out =
      p.text !== undefined
        ? mix(out, textKey(p.text))
        : mix(
            mix(mix(out, p.value === undefined ? 23 : keyOf(p.value)), textKey(p.item)),
            p.span.start,
          );
  return out;
}
function literalKey(value: Literal): number {
  return typeof value === "string"
    ? mix(29, textKey(value))
    : mix(31, textKey(`${typeof value}${value}`));
}
export function proofKey(proof: Proof): number {
  let out = proof.size;
  for (const [label, mask] of proof) out = gather(out, mix(textKey(label), mask));
  return out;
}

/** The least value that covers both. */
export function join(a: Value | undefined, b: Value | undefined, depth = 0): Value {
  if (a === undefined) return b ?? UNKNOWN;
  if (b === undefined || a === b || keyOf(a) === keyOf(b)) return a;
  if (a === UNKNOWN && b.alts === undefined && isPlain(b)) return b;
  if (b === UNKNOWN && a.alts === undefined && isPlain(a)) return a;
  const refs =
    a.refs.length === 0
      ? b.refs
      : b.refs.length === 0
        ? a.refs
        : [...new Set([...a.refs, ...b.refs])].sort().slice(0, MAX_REFS);
  const out: { -readonly [K in keyof Value]: Value[K] } = {
    refs,
    taint: joinTaint(a.taint, b.taint),
  };
  const alts = joinAlts(a.alts, b.alts);
  if (alts !== undefined) out.alts = alts;
  if ((a.fields !== undefined || b.fields !== undefined) && depth < MAX_DEPTH) {
    const lists = joinLists(a, b, depth);
    const fields = lists ?? joinFields(a, b, depth);
    if (fields.size <= MAX_FIELDS) {
      out.fields = fields;
      if (a.closed && b.closed && !fields.has(TAIL)) out.closed = true;
    }
  }
  if (a.env !== undefined || b.env !== undefined) {
    const env = joinEnv(a.env, b.env, depth);
    if (env !== undefined) out.env = env;
  }
  if (a.scalar && b.scalar) out.scalar = true;
  if (a.falsy && b.falsy) out.falsy = true;
  if (a.guessed || b.guessed) out.guessed = true;
  const whenTrue = meetProofs(a, b, "whenTrue", true);
  if (whenTrue?.size) out.whenTrue = whenTrue;
  const whenFalse = meetProofs(a, b, "whenFalse", false);
  if (whenFalse?.size) out.whenFalse = whenFalse;
  if (a.position !== undefined && b.position !== undefined)
    out.position = {
      found: meet(a.position.found, b.position.found),
      start: meet(a.position.start, b.position.start),
      absent: meet(a.position.absent, b.position.absent),
    };
  return out;
}

/** Joined with nothing known, it stays what it is. */
function isPlain(value: Value): boolean {
  return (
    value.closed === undefined &&
    value.scalar === undefined &&
    value.whenTrue === undefined &&
    value.whenFalse === undefined
  );
}

function joinFields(a: Value, b: Value, depth: number): Map<string, Value> {
  const fields = new Map<string, Value>();
  for (const [k, v] of a.fields ?? []) fields.set(k, joinField(v, b, k, depth));
  for (const [k, v] of b.fields ?? []) if (!fields.has(k)) fields.set(k, joinField(v, a, k, depth));
  return fields;
}
/** A field of one side, and what the other side has there: a part of its whole, if it is not known apart. */
function joinField(field: Value, other: Value, key: string, depth: number): Value {
  const known = other.fields?.get(key);
  if (known !== undefined) return join(field, known, depth + 1);
  return other.taint.length > 0 && key !== "*" && key !== KEYS
    ? join(field, readField(other, key), depth + 1)
    : field;
}

/** Lists of different lengths are known as far as the shorter one. */
function joinLists(a: Value, b: Value, depth: number): Map<string, Value> | undefined {
  const x = listLength(a);
  const y = listLength(b);
  if (x === undefined || y === undefined) return undefined;
  if (x === y && !a.fields?.has(TAIL) && !b.fields?.has(TAIL)) return undefined;
  const fields = new Map<string, Value>();
  let tail: Value | undefined;
  for (const [k, v] of [...(a.fields ?? []), ...(b.fields ?? [])]) {
    if (k === TAIL || Number(k) >= Math.min(x, y)) tail = join(tail, v, depth + 1);
    else fields.set(k, join(fields.get(k), v, depth + 1));
  }
  if (tail !== undefined) fields.set(TAIL, tail);
  return fields;
}
/** How long the known beginning of a list is; undefined for what is no list. */
function listLength(value: Value): number | undefined {
  if (value.fields === undefined || value.taint.length > 0) return undefined;
  if (!value.closed && !value.fields.has(TAIL)) return undefined;
  const n = value.fields.size - (value.fields.has(TAIL) ? 1 : 0);
  for (let i = 0; i < n; i++) if (!value.fields.has(String(i))) return undefined;
  return n;
}

function joinEnv(a: Value["env"], b: Value["env"], depth: number): Value["env"] {
  if (a === undefined || b === undefined) return a ?? b;
  if (depth >= MAX_DEPTH) return undefined;
  const out = new Map(a);
  for (const [k, v] of b) out.set(k, join(out.get(k), v, depth + 1));
  return new Map([...out].sort(([x], [y]) => (x < y ? -1 : 1)));
}

/** A value that can never be `truth` proves nothing wrong: the other side's proof stands. */
function meetProofs(
  a: Value,
  b: Value,
  side: "whenTrue" | "whenFalse",
  truth: boolean,
): Proof | undefined {
  if (canBe(a, truth) === false) return b[side];
  if (canBe(b, truth) === false) return a[side];
  const pa = a[side];
  const pb = b[side];
  if (pa === undefined || pb === undefined) return undefined;
  return meet(pa, pb);
}
/** Proved by both. */
export function meet(a: Proof, b: Proof): Proof {
  const out = new Map<string, number>();
  for (const [label, mask] of a) {
    const both = mask & (b.get(label) ?? 0);
    if (both !== 0) out.set(label, both);
  }
  return out;
}
/** Proved by either. */
export function both(a: Proof | undefined, b: Proof | undefined): Proof {
  if (a === undefined || a.size === 0) return b ?? new Map();
  if (b === undefined || b.size === 0) return a;
  const out = new Map(a);
  for (const [label, mask] of b) out.set(label, (out.get(label) ?? 0) | mask);
  return out;
}
/** False when the value certainly has the other truth; undefined when it may. */
export function canBe(value: Value, truth: boolean): boolean | undefined {
  if (value.falsy) return !truth;
  const all = constants(value);
  if (all === undefined) return undefined;
  return all.some((c) => Boolean(c) === truth);
}

export function joinTaint(a: readonly Taint[], b: readonly Taint[]): readonly Taint[] {
  if (a.length === 0) return b;
  if (b.length === 0 || a === b) return a;
  const out = new Map<string, Taint>();
  for (const t of a) out.set(`${t.label};${t.derive}`, t);
  for (const t of b) {
    const key = `${t.label};${t.derive}`;
    const old = out.get(key);
    if (old === undefined) out.set(key, t);
    else if (
      old.cleared !== t.cleared ||
      old.marks !== t.marks ||
      t.trail.length < old.trail.length
    ) {
      out.set(key, {
        ...old,
        cleared: old.cleared & t.cleared,
        marks: old.marks | t.marks,
        trail: t.trail.length < old.trail.length ? t.trail : old.trail,
      });
    }
  }
  const all = [...out.values()].sort((x, y) =>
    x.label < y.label ? -1 : x.label > y.label ? 1 : x.derive < y.derive ? -1 : 1,
  );
  return all.length <= MAX_TAINT
    ? all
    : all.slice(0, MAX_TAINT).map((t) => ({ ...t, marks: t.marks | markBit("many-values") }));
}

function joinAlts(
  a: readonly Alt[] | undefined,
  b: readonly Alt[] | undefined,
): readonly Alt[] | undefined {
  if (a === undefined || b === undefined) return undefined;
  const out = [...a];
  const keys = new Set(a.map(altKey));
  for (const alt of b) if (!keys.has(altKey(alt))) out.push(alt);
  if (out.length <= MAX_ALTS) return out;
  return out.some((x) => "parts" in x) ? undefined : out.length <= MAX_ALTS * 4 ? out : undefined;
}
/** Text put together from pieces, each a value with its place. */
export function concat(
  pieces: readonly { readonly value: Value; readonly span: Span }[],
  item: ItemId,
  /** A later piece that is an absolute path takes the place of those before it. */
  absoluteWins = false,
): Value {
  let taint: readonly Taint[] = [];
  // Undefined once there are more parts than are kept: pieces only add to them.
  let alts: (readonly Part[])[] | undefined = [[]];
  let started = false;
  for (const { value, span } of pieces) {
    if (!value.scalar) {
      const own = spread(value);
      taint = joinTaint(taint, started ? own.map((t) => standBehind(t, absoluteWins)) : own);
    }
    started ||= !isRoot(value);
    if (alts === undefined) continue;
    const options = partsOf(value, item, span);
    const known =
      options !== undefined && options.length > 0 && options.length * alts.length <= MAX_ALTS;
    const tails: readonly (readonly Part[])[] = known
      ? options
      : [[{ value: withoutText(value), item, span }]];
    alts = alts.flatMap((head) => tails.map((tail) => compact([...head, ...tail])));
    if (alts.some((p) => p.length > MAX_PARTS)) alts = undefined;
  }
  if (alts === undefined) return { refs: [], taint };
  return { refs: [], taint, alts: alts.map((parts) => ({ parts })) };
}
function standBehind(t: Taint, absoluteWins: boolean): Taint {
  const cleared = behind(t.cleared, t.derive, absoluteWins);
  return cleared === t.cleared ? t : { ...t, cleared };
}
/** Nothing, or the root of all folders. */
function isRoot(value: Value): boolean {
  const text = onlyConst(value)?.value;
  return typeof text === "string" && /^[/\\]*$/.test(text);
}
function compact(parts: readonly Part[]): readonly Part[] {
  return parts.filter((p) => p.text !== "");
}
function withoutText(value: Value): Value {
  if (value.alts === undefined && value.fields === undefined) return value;
  const { alts: _alts, fields: _fields, key: _key, ...rest } = value;
  return { ...rest, taint: spread(value) };
}

/** The value's own taint and that of everything inside it. */
export function spread(value: Value, depth = 0): readonly Taint[] {
  let taint = value.taint;
  if (value.fields !== undefined && depth < MAX_DEPTH)
    for (const v of value.fields.values()) taint = joinTaint(taint, spread(v, depth + 1));
  return taint;
}

/** What is read from a value at `key` ("*" = an unknown one). */
export function readField(value: Value, key: string): Value {
  const inner = value.fields;
  let found: Value | undefined;
  if (inner !== undefined) {
    if (key === "*") {
      for (const [k, v] of inner) if (k !== KEYS) found = join(found, v);
    } else {
      const own = inner.get(key);
      found = inner.get("*");
      // A field that is known apart is all there is at its key, whatever the whole is.
      if (own !== undefined) return found === undefined ? own : join(own, found);
      const tail = inner.get(TAIL);
      if (tail !== undefined && /^\d+$/.test(key)) found = join(found, tail);
    }
  }
  // What is inside a tainted whole is tainted.
  if (value.taint.length > 0) {
    const taint = value.taint.map((t) => ({ ...t, label: extend(t.label, key) }));
    found = found === undefined ? ofTaint(taint) : withTaint(found, joinTaint(found.taint, taint));
  }
  return found ?? UNKNOWN;
}
/** Where the path begins; -1 in a label without one. */
function pathStart(label: string): number {
  if (label.startsWith("param:")) return label.indexOf(":", 6);
  if (label.startsWith("free:") || label.startsWith("call:")) return label.indexOf(":", 5);
  return label.startsWith("source:") ? label.lastIndexOf("|") : -1;
}

/** "param:0:query" + "id" = "param:0:query.id", to depth 3; "source:...|" likewise. Labels without a path stay as they are. */
function extend(label: string, key: string): string {
  const cut = pathStart(label);
  if (cut < 0) return label;
  const path = label.slice(cut + 1);
  const steps = path === "" ? 0 : path.split(".").length;
  if (steps >= MAX_DEPTH) return label;
  return `${label}${path === "" ? "" : "."}${stepName(key)}`;
}

/** The path of a symbolic label: "param:0:a.b" -> ["a", "b"]. */
export function stepsOf(label: string): readonly string[] {
  const path = label.slice(pathStart(label) + 1);
  return path === "" ? [] : path.split(".");
}
/** A key as it stands in the path of a label. */
export function stepName(key: string): string {
  return key.replaceAll(/[.|]/g, "_");
}

/** The label of what holds it, one step up; undefined at the top. */
export function parentLabel(label: string): string | undefined {
  const cut = pathStart(label);
  if (cut < 0 || cut === label.length - 1) return undefined;
  const dot = label.lastIndexOf(".");
  return dot > cut ? label.slice(0, dot) : label.slice(0, cut + 1);
}

/** Labels name where data enters by its access path, so that a check of `req.query.id` holds for the next `req.query.id`. */
export function sourceLabel(item: ItemId, path: string, kind: string): string {
  return `source:${item}|${path}|${kind}|`;
}

/** The same value with other taint. */
export function withTaint(value: Value, taint: readonly Taint[]): Value {
  const { key: _key, ...rest } = value;
  return { ...rest, taint };
}

export function withField(value: Value, key: string, field: Value, strong: boolean): Value {
  const fields = new Map(value.fields ?? []);
  if (strong && key !== "*") fields.set(key, field);
  else {
    const old = fields.get(key);
    fields.set(key, join(old === undefined && key !== "*" ? inside(value, key) : old, field));
  }
  if (fields.size > MAX_FIELDS) return withTaint(value, joinTaint(value.taint, spread(field)));
  const { key: _key, alts: _alts, ...rest } = value;
  return { ...rest, fields };
}

/** Any constant, if it was one. */
export function withoutConstants(value: Value): Value {
  if (value.alts === undefined || value.alts.some((a) => "parts" in a)) return value;
  const { alts: _alts, key: _key, ...rest } = value;
  return rest;
}

/** What a tainted whole has at a key that is not known apart. */
function inside(value: Value, key: string): Value | undefined {
  return value.taint.length > 0 && key !== TAIL && key !== KEYS ? readField(value, key) : undefined;
}

const taintedInside = new WeakMap<Value, boolean>();
/** True if there is taint in the value or anything inside it. */
export function isTainted(value: Value): boolean {
  if (value.taint.length > 0) return true;
  if (value.fields === undefined && value.alts === undefined && value.env === undefined)
    return false;
  const known = taintedInside.get(value);
  if (known !== undefined) return known;
  let out = false;
  if (value.fields !== undefined)
    for (const v of value.fields.values()) if (isTainted(v)) out = true;
  if (!out && value.env !== undefined)
    for (const v of value.env.values()) if (isTainted(v)) out = true;
  if (!out && value.alts !== undefined)
    for (const a of value.alts)
      if ("parts" in a)
        for (const p of a.parts) if (p.value !== undefined && isTainted(p.value)) out = true;
  taintedInside.set(value, out);
  return out;
}

export function mapTaint(value: Value, f: (t: Taint) => Taint | undefined, depth = 0): Value {
  if (!isTainted(value)) return value;
  let changed = false;
  const taint: Taint[] = [];
  for (const t of value.taint) {
    const next = f(t);
    if (next !== t) changed = true;
    if (next !== undefined) taint.push(next);
  }
  let fields: Map<string, Value> | undefined;
  if (value.fields !== undefined && depth < MAX_DEPTH) {
    fields = new Map();
    for (const [k, v] of value.fields) {
      const next = mapTaint(v, f, depth + 1);
      if (next !== v) changed = true;
      fields.set(k, next);
    }
  }
  let env: Map<string, Value> | undefined;
  if (value.env !== undefined && depth < MAX_DEPTH) {
    env = new Map();
    for (const [k, v] of value.env) {
      const next = mapTaint(v, f, depth + 1);
      if (next !== v) changed = true;
      env.set(k, next);
    }
  }
  let alts: Alt[] | undefined;
  if (value.alts?.some((a) => "parts" in a))
    alts = value.alts.map((a) => {
      if ("const" in a) return a;
      let same = true;
      const parts = a.parts.map((p) => {
        if (p.value === undefined) return p;
        const next = mapTaint(p.value, f, depth + 1);
        if (next === p.value) return p;
        same = false;
        return { ...p, value: next };
      });
      if (same) return a;
      changed = true;
      return { parts };
    });
  if (!changed) return value;
  const { key: _key, fields: _fields, ...rest } = value;
  return {
    ...rest,
    taint,
    ...(fields === undefined ? {} : { fields }),
    ...(env === undefined ? {} : { env }),
    ...(alts === undefined ? {} : { alts }),
  };
}
