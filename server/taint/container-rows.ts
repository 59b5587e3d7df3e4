/** What the rows of a model say about lists and records: what a call writes into one, and which one it gives. */
import type { Op, ValueId } from "../ir/ir.ts";
import { argument, type Call } from "./arguments.ts";
import { instances } from "./class-members.ts";
import { combined, ofConstants } from "./constants.ts";
import {
  ANY,
  append,
  asList,
  concatLists,
  entriesOf,
  fromEnd,
  fromEntries,
  holds,
  insert,
  isRecord,
  keyOf,
  keysOf,
  knownList,
  makeList,
  merge,
  reordered,
  slice,
  take,
  valuesOf,
  without,
  withUnknownKey,
  zip,
} from "./containers.ts";
import { mapTaint, readField, spread, withField } from "./fields.ts";
import { join, joinTaint } from "./join.ts";
import { update } from "./members.ts";
import type { PassRow } from "./model.ts";
import type { Run } from "./run.ts";
import type { CallArg } from "./summary.ts";
import { concat } from "./text.ts";
import { constants, markBit, onlyConst, type Taint, UNKNOWN, type Value } from "./value.ts";

/** What going through a value gives, as a list: the keys of a record, or what a model says of the type. */
export function iterated(run: Run, value: Value): Value {
  for (const ref of value.refs)
    if (ref.startsWith("lib:")) {
      const row = run.facts.knowledge.passes(`${ref.slice(4)}.%iterate()`)[0];
      if (row?.gives === "entries") return entriesOf(value);
    }
  return isRecord(value) ? keysOf(value) : value;
}

/** A list that no other function can have added to: written out here, or in a variable that none sees. */
export function isOwnList(run: Run, id: ValueId): boolean {
  const op = run.item.ops[id];
  if (op?.op === "load") return run.item.holes.length === 0;
  return op?.op === "sequence" || op?.op === "record";
}

const ANY_ATTRIBUTE = markBit("any-attribute");
const guessed = (t: Taint): Taint => ({ ...t, marks: t.marks | ANY_ATTRIBUTE });

/** `old` after the call has written `from` into it. */
export function stored(call: Call, row: PassRow, old: Value, from: readonly CallArg[]): Value {
  const values = from.map((a) => a.value);
  switch (row.stores) {
    case "last":
      return from.reduce(
        (out, a) =>
          a.spread === "items" ? extended(call.run, out, a.value) : append(out, [a.value]),
        old,
      );
    case "first": {
      const lists = from.map((a) => (a.spread === "items" ? knownList(a.value) : [a.value]));
      const isKnown = lists.every((list) => list !== undefined);
      return isKnown ? insert(old, 0, lists.flat()) : insert(old, undefined, elementsOf(from));
    }
    case "at":
      return insert(old, numberAt(call, 0), values.slice(1));
    case "elements":
      return values.reduce((out, v) => extended(call.run, out, v), old);
    case "fields":
      return mergedArgs(call, old, typeof row.to === "number" ? row.to + 1 : 0);
    case "entry":
    case "attribute":
    case "default": {
      const key = argument(call, row.key ?? 0)?.value ?? UNKNOWN;
      const name = onlyConst(key);
      const value = values[0] ?? UNKNOWN;
      if (name === undefined)
        return withUnknownKey(
          old,
          key,
          row.stores === "attribute" ? mapTaint(value, guessed) : value,
        );
      return withField(old, String(name.value), value, row.stores !== "default");
    }
    case "nothing":
      return old.fields === undefined || old.taint.length > 0
        ? old
        : { refs: old.refs, taint: [], fields: new Map(), closed: true };
    default:
      return values.reduce((out, v) => withField(out, ANY, v, false), old);
  }
}

/** `list` with the elements of `more` behind it. */
function extended(run: Run, list: Value, more: Value): Value {
  const added = iterated(run, more);
  const both = concatLists(list, added);
  if (both !== undefined) return both;
  // Behind what is known of the list.
  const element = readField(added, ANY);
  return concatLists(list, makeList([], element)) ?? withField(list, ANY, element, false);
}

function elementsOf(args: readonly CallArg[]): Value[] {
  return args.map((a) => (a.spread === "items" ? readField(a.value, ANY) : a.value));
}

/** The list or record that the call gives; undefined if the row is of no use for these arguments. */
export function given(call: Call, row: PassRow, from: readonly CallArg[]): Value | undefined {
  const first = from[0]?.value ?? UNKNOWN;
  switch (row.gives) {
    case "keys":
      return keysOf(first);
    case "values":
      return valuesOf(first);
    case "entries":
      return entriesOf(first);
    case "from-entries":
      return first.fields === undefined ? undefined : fromEntries(iterated(call.run, first));
    case "fields": {
      const { key: _key, ...rest } = first;
      return first.fields === undefined ? undefined : { ...rest, refs: [] };
    }
    case "record":
      return mergedArgs(call, { refs: [], taint: [], fields: new Map(), closed: true }, 0);
    case "merged":
      return mergedArgs(call, first, 1);
    case "list":
      return asList(iterated(call.run, first));
    case "arguments":
      return makeList(
        from.map((a) => a.value),
        undefined,
      );
    case "reordered":
      return reordered(iterated(call.run, first));
    case "element":
      return readField(iterated(call.run, first), ANY);
    case "zip":
      return zip(from.map((a) => iterated(call.run, a.value)));
    case "joined-lists":
      return joinedLists(call.receiver ?? UNKNOWN, call.args);
    case "last":
    case "first":
    case "taken":
      return taken(call, row, first);
    case "at":
      return elementAt(first, numberAt(call, 0));
    case "slice":
      return sliced(call, first);
    case "joined": {
      const list = from[1]?.value;
      if (list === undefined || !isRecord(list)) return joinedText(call, from[0], from[1]);
      return { refs: [], taint: joinTaint(spread(first), keyOf(list).taint) };
    }
    case "joined-by":
      return joinedText(call, from[1], from[0]);
    case "contained": {
      const wanted = argument(call, 0)?.value;
      const holder = call.receiverOp;
      if (wanted === undefined || holder === undefined || !isOwnList(call.run, holder))
        return undefined;
      const found = holds(first, wanted, false);
      return found === undefined ? undefined : ofConstants(found);
    }
    case "repeated": {
      const times = argument(call, 0)?.value;
      if (times === undefined) return undefined;
      const all = combined(first, times, (a, b) =>
        typeof a === "string" && typeof b === "number" && b >= 0 && b * a.length < 2000
          ? { value: a.repeat(b) }
          : undefined,
      );
      return all === undefined ? undefined : ofConstants(all);
    }
    case "instance":
    case "instances": {
      const refs = instances(first, call.run);
      if (refs.length === 0) return undefined;
      const one: Value = { refs, taint: [] };
      return row.gives === "instance"
        ? one
        : { refs: [], taint: [], fields: new Map([[ANY, one]]) };
    }
    case "filled": {
      const refs = instances(first, call.run);
      const data = from[1]?.value;
      return refs.length === 0 || data === undefined ? undefined : { refs, taint: spread(data) };
    }
    default:
      return undefined;
  }
}

function numberAt(call: Call, position: number): number | undefined {
  const value = onlyConst(argument(call, position)?.value)?.value;
  return typeof value === "number" ? value : undefined;
}

/** `dict(a, b=1, **c)`, `Object.assign(a, b)`: each argument over those before it. */
function mergedArgs(call: Call, into: Value, from: number): Value {
  let out = into;
  call.args.forEach((a, i) => {
    if (i < from) return;
    if (a.name !== undefined) out = withField(out, a.name, a.value, true);
    else if (a.spread === "items") out = merge(out, readField(a.value, ANY));
    else {
      const pairs = !isRecord(a.value) && a.value.taint.length === 0 && knownList(a.value);
      out = merge(out, pairs ? fromEntries(a.value) : a.value);
    }
  });
  return out;
}

function joinedLists(list: Value, more: readonly CallArg[]): Value | undefined {
  let out = list;
  for (const a of more) {
    const other = a.value.fields !== undefined ? a.value : makeList([a.value], undefined);
    const both = concatLists(out, other);
    if (both === undefined) return undefined;
    out = both;
  }
  return out.fields === undefined ? undefined : out;
}

/** `list.pop()`, `list.pop(0)`, `record.pop("key")`, `list.shift()`: what is taken is gone. */
function taken(call: Call, row: PassRow, holder: Value): Value | undefined {
  if (holder.fields === undefined) return undefined;
  const key = row.gives === "taken" ? onlyConst(argument(call, 0)?.value) : undefined;
  const given = row.gives === "taken" && argument(call, 0) !== undefined;
  const change = (next: (old: Value) => Value): void => {
    if (call.receiverOp !== undefined) update(call.run, call.receiverOp, call.state, next);
  };
  if (typeof key?.value === "string") {
    const name = key.value;
    const fallback = argument(call, 1)?.value;
    const value = readField(holder, name);
    change((old) => without(old, name));
    return fallback === undefined ? value : join(value, fallback);
  }
  if (given && typeof key?.value !== "number") return readField(holder, ANY);
  const place = typeof key?.value === "number" ? key.value : row.gives === "first" ? 0 : -1;
  const { value, rest } = take(holder, place);
  change(() => rest);
  return value;
}

function elementAt(list: Value, at: number | undefined): Value | undefined {
  const texts = at === undefined ? undefined : constants(list);
  if (at !== undefined && texts?.every((t) => typeof t === "string"))
    return ofConstants(texts.map((t) => (t as string).at(at) ?? ""));
  if (list.fields === undefined) return undefined;
  if (at === undefined) return readField(list, ANY);
  return at < 0 ? fromEnd(list, at) : readField(list, String(at));
}

function sliced(call: Call, value: Value): Value | undefined {
  if (value.fields === undefined && value.alts === undefined) return undefined;
  const from = call.args.length === 0 ? 0 : numberAt(call, 0);
  const to = numberAt(call, 1);
  return slice(value, call.args.length > 1 && to === undefined ? undefined : from, to);
}

/** The text of a list whose elements are all known by place. */
function joinedText(
  call: Call,
  separator: CallArg | undefined,
  list: CallArg | undefined,
): Value | undefined {
  const elements = list === undefined ? undefined : knownList(list.value);
  if (elements === undefined || elements.length === 0 || elements.length > 20) return undefined;
  const { item } = { item: call.run.item };
  const place = (a: CallArg | undefined): Op["span"] =>
    (a === undefined ? undefined : item.ops[a.op])?.span ?? call.op.span;
  const pieces = elements.flatMap((value, i) => {
    const piece = { value: asPiece(value), span: place(list) };
    const between = separator?.value ?? { refs: [], taint: [], alts: [{ const: "," }] };
    return i === 0 ? [piece] : [{ value: between, span: place(separator) }, piece];
  });
  return concat(pieces, call.run.id);
}
/** Inside a text, lists and records are written out. */
function asPiece(value: Value): Value {
  if (value.fields === undefined) return value;
  const { alts: _alts, key: _key, ...rest } = value;
  return rest;
}
