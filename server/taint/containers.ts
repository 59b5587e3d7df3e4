/**
 * Lists and records by their keys. A list whose keys are all known is `closed`, with the keys "0", "1", ...; behind a known
 * beginning, elements at later places are kept under `TAIL`. `ANY` holds what stands at a place nothing is known of.
 */

import { mapTaint, readField, spread, withField } from "./fields.ts";
import { join, joinTaint } from "./join.ts";
import {
  constants,
  KEYS,
  markBit,
  onlyConst,
  TAIL,
  type Taint,
  UNKNOWN,
  type Value,
  withTaint,
} from "./value.ts";

export const ANY = "*";
/** Longer lists are kept as one tail. */
const MAX_LIST = 60;
const PUT_IN = markBit("put-in");

/** The known beginning of a list: `known` elements, then the tail if there may be more. */
function listOf(
  value: Value,
): { readonly known: readonly Value[]; readonly tail: Value | undefined } | undefined {
  if (value.fields === undefined || value.taint.length > 0) return undefined;
  const tail = value.fields.get(TAIL);
  if (!value.closed && tail === undefined) return undefined;
  const known: Value[] = [];
  const length = value.fields.size - (tail === undefined ? 0 : 1);
  for (let i = 0; i < length; i++) {
    const field = value.fields.get(String(i));
    if (field === undefined) return undefined;
    known.push(field);
  }
  return { known, tail };
}

export function makeList(known: readonly Value[], tail: Value | undefined): Value {
  const fields = new Map<string, Value>();
  let rest = tail;
  known.forEach((value, i) => {
    if (i < MAX_LIST) fields.set(String(i), value);
    else rest = join(rest, value);
  });
  if (rest !== undefined) fields.set(TAIL, rest);
  return { refs: [], taint: [], fields, ...(rest === undefined ? { closed: true } : {}) };
}

/** With the look of `like`: what a changed list still is. */
function keeping(like: Value, list: Value): Value {
  if (like.refs.length === 0) return list;
  return { ...list, refs: like.refs, ...(like.guessed ? { guessed: true } : {}) };
}

/** One list behind the other. */
export function concatLists(a: Value, b: Value): Value | undefined {
  const first = listOf(a);
  const second = listOf(b);
  if (first === undefined || second === undefined) return undefined;
  if (first.tail === undefined) return makeList([...first.known, ...second.known], second.tail);
  return makeList(
    first.known,
    [...second.known, second.tail].reduce((all, v) => join(all, v), first.tail),
  );
}

export function append(list: Value, values: readonly Value[]): Value {
  const added = concatLists(list, makeList(values, undefined));
  return added === undefined
    ? values.reduce((all, v) => withField(all, ANY, v, false), list)
    : keeping(list, added);
}

export function insert(list: Value, at: number | undefined, values: readonly Value[]): Value {
  const parts = listOf(list);
  if (parts === undefined || at === undefined || at < 0 || at > parts.known.length) {
    const all = parts === undefined ? list : loosened(list, parts.known, parts.tail);
    return values.reduce((out, v) => withField(out, ANY, v, false), all);
  }
  const known = [...parts.known.slice(0, at), ...values, ...parts.known.slice(at)];
  return keeping(list, makeList(known, parts.tail));
}

/** All elements at unknown places. */
function loosened(list: Value, known: readonly Value[], tail: Value | undefined): Value {
  const element = [...known, tail].reduce<Value | undefined>((all, v) => join(all, v), undefined);
  const fields = new Map(element === undefined ? [] : [[ANY, element] as const]);
  return keeping(list, { refs: [], taint: [], fields });
}

/** The element at a constant place, and the list without it. */
export function take(list: Value, at: number): { readonly value: Value; readonly rest: Value } {
  const parts = listOf(list);
  if (parts === undefined || parts.tail !== undefined)
    return { value: readField(list, at === 0 ? "0" : ANY), rest: shifted(list, parts) };
  const place = at < 0 ? parts.known.length + at : at;
  const known = parts.known.filter((_, i) => i !== place);
  return { value: parts.known[place] ?? UNKNOWN, rest: keeping(list, makeList(known, undefined)) };
}

function shifted(list: Value, parts: ReturnType<typeof listOf>): Value {
  return parts === undefined ? list : loosened(list, parts.known, parts.tail);
}

/** The value at a place counted from the end. */
export function fromEnd(list: Value, at: number): Value {
  const parts = listOf(list);
  if (parts === undefined) return readField(list, ANY);
  if (parts.tail === undefined) return parts.known[parts.known.length + at] ?? UNKNOWN;
  return [...parts.known.slice(at), parts.tail].reduce((all, v) => join(all, v), UNKNOWN);
}

/** `value[from:to]`; bounds that are not known leave a part of it, whichever. */
export function slice(value: Value, from: number | undefined, to: number | undefined): Value {
  const known = from !== undefined;
  const parts = listOf(value);
  if (known && parts !== undefined) {
    if (parts.tail === undefined) return makeList(parts.known.slice(from, to), undefined);
    if (from >= 0 && to === undefined) return makeList(parts.known.slice(from), parts.tail);
    if (from >= 0 && to !== undefined && to >= 0 && to <= parts.known.length)
      return makeList(parts.known.slice(from, to), undefined);
  }
  const texts = known ? constants(value) : undefined;
  if (texts?.every((t) => typeof t === "string"))
    return {
      refs: [],
      taint: value.taint,
      alts: texts.map((t) => ({ const: (t as string).slice(from, to) })),
    };
  // A part is another thing than the whole: a check of it says nothing about the whole.
  const whole = value.taint.length === 0 ? [] : readField(withoutFields(value), ":").taint;
  if (value.fields === undefined) return { refs: [], taint: whole };
  const element = readField(withTaint(value, []), ANY);
  return { refs: [], taint: whole, fields: new Map([[ANY, element]]) };
}

function withoutFields(value: Value): Value {
  return { refs: [], taint: value.taint };
}

/** Entries of `from` put into `into`, those of the same name replaced. */
export function merge(into: Value, from: Value): Value {
  let out = into;
  if (from.taint.length > 0 || from.fields?.has(ANY)) {
    // Whatever is in it may replace any field.
    const fields = new Map<string, Value>();
    for (const [key, field] of out.fields ?? []) fields.set(key, join(field, readField(from, key)));
    const { key: _key, closed: _closed, alts: _alts, ...rest } = out;
    out = { ...rest, fields, taint: [...rest.taint] };
    // Of an object whose fields are not all known, one that is read may not be among those that were put in.
    out = withTaint(out, joinTaint(out.taint, into.closed ? from.taint : from.taint.map(putIn)));
  }
  for (const [key, field] of from.fields ?? []) {
    const isSure = key !== ANY || into.closed === true;
    out = withField(out, key, isSure ? field : mapTaint(field, putIn), key !== ANY);
  }
  if (out.closed && !from.closed) {
    const { closed: _closed, key: _key, ...rest } = out;
    out = rest;
  }
  return out;
}
const putIn = (t: Taint): Taint => ({ ...t, marks: t.marks | PUT_IN });

function joined(a: Value, b: Value): Value["taint"] {
  return join({ refs: [], taint: a.taint }, { refs: [], taint: b.taint }).taint;
}

/** Without the entry of that key. */
export function without(record: Value, key: string): Value {
  if (record.fields?.has(key) !== true && record.taint.length === 0) return record;
  if (record.taint.length > 0) return withField(record, key, UNKNOWN, true);
  const fields = new Map(record.fields);
  fields.delete(key);
  const { key: _key, ...rest } = record;
  return { ...rest, fields };
}

/** The taint of keys that are not known is kept apart from the values. */
export function withUnknownKey(record: Value, key: Value, value: Value): Value {
  const out = withField(record, ANY, value, false);
  return spread(key).length === 0
    ? out
    : withField(out, KEYS, { refs: [], taint: spread(key) }, false);
}

/** A mapping by the look of its keys: lists have numbers only. */
export function isRecord(value: Value): boolean {
  if (value.fields === undefined || value.fields.size === 0) return false;
  if (value.fields.has(KEYS)) return true;
  return (
    value.closed === true &&
    ![...value.fields.keys()].every((k) => k === ANY || k === TAIL || /^\d+$/.test(k))
  );
}

/** Any one key. */
export function keyOf(value: Value): Value {
  const keys = value.fields?.get(KEYS);
  if (keys !== undefined) return { refs: [], taint: joined(keys, value) };
  if (value.fields === undefined || value.taint.length > 0)
    return { refs: [], taint: readField(withoutFields(value), KEYS).taint };
  const names = [...value.fields.keys()].filter((k) => k !== ANY && k !== TAIL && k !== KEYS);
  return value.closed && names.length > 0 && names.length <= 6
    ? { refs: [], taint: [], alts: names.sort().map((k) => ({ const: k })) }
    : UNKNOWN;
}

function each(element: Value): Value {
  return { refs: [], taint: [], fields: new Map([[ANY, element]]) };
}
export function keysOf(value: Value): Value {
  return each(keyOf(value));
}
export function valuesOf(value: Value): Value {
  return each(readField(value, ANY));
}
export function pair(first: Value, second: Value): Value {
  return makeList([first, second], undefined);
}
/** Pairs of a key and a value; which belongs to which is not kept. */
export function entriesOf(value: Value): Value {
  return each(pair(keyOf(value), readField(value, ANY)));
}

/** A record of pairs. */
export function fromEntries(value: Value): Value {
  const list = listOf(value);
  if (list === undefined || list.tail !== undefined) {
    const entry = readField(value, ANY);
    const whole = { refs: [], taint: [], fields: new Map<string, Value>() };
    return withUnknownKey(whole, readField(entry, "0"), readField(entry, "1"));
  }
  let out: Value = { refs: [], taint: [], fields: new Map(), closed: true };
  for (const entry of list.known) {
    const key = onlyConst(readField(entry, "0"));
    const field = readField(entry, "1");
    out =
      key === undefined
        ? withUnknownKey(out, readField(entry, "0"), field)
        : withField(out, String(key.value), field, true);
  }
  return out;
}

/** A new list of the same elements. */
export function asList(value: Value): Value {
  const parts = listOf(value);
  if (parts !== undefined) return makeList(parts.known, parts.tail);
  if (value.fields === undefined) return { refs: [], taint: value.taint };
  return { refs: [], taint: value.taint, fields: value.fields };
}

/** Element by element. */
export function zip(lists: readonly Value[]): Value {
  const all = lists.map(listOf);
  const shortest = Math.min(...all.map((l) => l?.known.length ?? 0));
  if (lists.length > 0 && all.every((l) => l !== undefined && l.tail === undefined)) {
    const rows = Array.from({ length: shortest }, (_, i) =>
      makeList(
        all.map((l) => l?.known[i] ?? UNKNOWN),
        undefined,
      ),
    );
    return makeList(rows, undefined);
  }
  return each(
    makeList(
      lists.map((l) => readField(l, ANY)),
      undefined,
    ),
  );
}

/** The same elements in another order. */
export function reordered(value: Value): Value {
  const parts = listOf(value);
  return parts === undefined ? value : loosened(value, parts.known, parts.tail);
}

/** Whether constants are among the elements of a list, or the keys of a record, of which all are known. */
export function holds(list: Value, wanted: Value, keys: boolean): readonly boolean[] | undefined {
  const all = constants(wanted);
  if (all === undefined || !list.closed || list.taint.length > 0) return undefined;
  const elements = isRecord(list) || keys ? undefined : knownList(list)?.map(constants);
  if (elements === undefined)
    return isRecord(list)
      ? [...new Set(all.map((w) => list.fields?.has(String(w)) === true))]
      : undefined;
  // An element that may be one of several decides nothing.
  if (!elements.every((e) => e?.length === 1)) return undefined;
  const found = new Set(elements.flatMap((e) => e ?? []));
  return [...new Set(all.map((w) => found.has(w)))];
}

/** The elements of a list, if all are known. */
export function knownList(value: Value): readonly Value[] | undefined {
  const list = listOf(value);
  return list === undefined || list.tail !== undefined ? undefined : list.known;
}
