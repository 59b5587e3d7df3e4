/** What a check proves about the labels of what it looks at, and whether a model's guard holds for the arguments at hand. */
import type { ValueId } from "../ir/ir.ts";
import { argument, type Call } from "./arguments.ts";
import { askedLabel, isAsked, isAskedLabel } from "./checks.ts";
import { isTainted, mapTaint, spread } from "./fields.ts";
import { both } from "./join.ts";
import { ALL_KINDS, clearedBy, kindBit } from "./kinds.ts";
import type { Knowledge } from "./knowledge.ts";
import { isSymbolic, PLACE } from "./labels.ts";
import { groupOf, wayTo } from "./made-from.ts";
import { keyOfTable } from "./membership.ts";
import type { GuardRow } from "./model.ts";
import { narrowed, proved, settle } from "./paths.ts";
import { CONSTANT_TESTS, type ConstantTest, clearedByPattern } from "./patterns.ts";
import { resolve } from "./references.ts";
import type { Run } from "./run.ts";
import type { State } from "./state.ts";
import { type Alt, constants, type Proof, UNKNOWN, type Value, WRITTEN } from "./value.ts";
import { keyOf } from "./value-keys.ts";

/** What a check of `value` proves about its labels: `mask` for the whole value, less for what was made of it; always that a check exists. */
export function prove(value: Value, mask: number): Proof {
  const out = new Map<string, number>();
  const weak = kindBit("weak-guard");
  for (const t of spread(value)) {
    const symbolic = t.label.startsWith("param:") || t.label.startsWith("free:");
    const bits = proved(mask, t.derive, t.cleared, symbolic);
    out.set(t.label, (out.get(t.label) ?? 0) | bits | weak);
    if (isAsked(mask, bits, t.derive)) out.set(askedLabel(t.label), 1);
  }
  return out;
}

/**
 * What a check compares with must be the program's own. Configuration is, and so is a parameter of the checking function
 * (the list, the folder), and a table that the program fills: who puts a request's data there is not looked for.
 */
export function isForeign(value: Value): boolean {
  return spread(value).some(
    (t) => t.label.startsWith("source:") && t.kind !== "environment" && t.kind !== PLACE,
  );
}

/**
 * What a check of the value of operation `op` proves. A variable that holds only a part of the data is narrowed itself: its
 * label speaks of the whole. So is the variable from which the checked value was made.
 */
export function proveAt(run: Run, value: Value, op: ValueId | undefined, mask: number): Proof {
  const proof = prove(value, mask);
  if (mask === 0 || op === undefined || value.taint.every((t) => t.derive === "same")) return proof;
  const more = new Map(proof);
  const narrow = (load: ValueId, held: Value, bits: number): void => {
    const at = run.item.ops[load];
    if (at?.op === "load" && bits !== 0 && held.taint.some((t) => t.derive !== "same"))
      more.set(`${SLOT}${at.slot}#${keyOf(held)}`, bits);
  };
  narrow(op, value, mask);
  const from = wayTo(run, op);
  if (from !== undefined)
    narrow(from.op, run.values[from.op] ?? UNKNOWN, proved(mask, from.derive, ALL_KINDS, false));
  // A group that is the program's own text leaves of the whole what the rest of the pattern lets through.
  const whole = (mask & ALL_KINDS) === ALL_KINDS ? groupOf(run, op) : undefined;
  return whole === undefined || whole.mask === 0
    ? more
    : both(more, proveAt(run, run.values[whole.op] ?? UNKNOWN, whole.op, whole.mask));
}
const SLOT = "slot:";
/** The same of a variable with the path of a file that was written. */
const WRITTEN_SLOT = `${SLOT}written:`;
function writtenAt(run: Run, value: Value, op: ValueId): Proof | undefined {
  const load = run.item.ops[op];
  return load?.op === "load" && isTainted(value)
    ? new Map([[`${WRITTEN_SLOT}${load.slot}#${keyOf(value)}`, 1]])
    : undefined;
}

/** The state in which the proof holds. */
export function assume(state: State, proof: Proof | undefined): State {
  if (proof === undefined || proof.size === 0) return state;
  const labels = new Map(state.cleared);
  let slots: State["slots"] | undefined;
  for (const [label, mask] of proof) {
    if (!label.startsWith(SLOT)) {
      labels.set(label, (labels.get(label) ?? 0) | mask);
      continue;
    }
    const cut = label.indexOf("#");
    const isWritten = label.startsWith(WRITTEN_SLOT);
    const slot = Number(label.slice(isWritten ? WRITTEN_SLOT.length : SLOT.length, cut));
    const value = (slots ?? state.slots)[slot];
    if (value === undefined || String(keyOf(value)) !== label.slice(cut + 1)) continue;
    slots ??= [...state.slots];
    slots[slot] = mapTaint(value, (t) =>
      isWritten
        ? { ...t, marks: t.marks | WRITTEN }
        : { ...t, cleared: settle(t.cleared | narrowed(mask, t), t.derive) },
    );
  }
  return { ...state, cleared: labels, ...(slots === undefined ? {} : { slots }) };
}

/** What a call proves by its answer, and by coming back at all. */
export interface Answer {
  readonly whenTrue: Proof | undefined;
  readonly whenFalse: Proof | undefined;
  readonly always: Proof | undefined;
  readonly position: Value["position"];
}
export function answerOf(call: Call, rows: readonly GuardRow[]): Answer {
  let whenTrue: Proof | undefined;
  let whenFalse: Proof | undefined;
  let always: Proof | undefined;
  let position: Partial<NonNullable<Value["position"]>> | undefined;
  for (const row of rows) {
    const proof = guard(call, row);
    if (proof === undefined) continue;
    if (row.proves === "return") always = both(always, proof);
    else if (row.proves === "found" || row.proves === "absent" || row.proves === "start")
      position = { ...position, [row.proves]: both(position?.[row.proves], proof) };
    else if (row.proves === "true") {
      whenTrue = both(whenTrue, proof);
      whenFalse = both(whenFalse, weakened(proof));
    } else {
      whenFalse = both(whenFalse, proof);
      whenTrue = both(whenTrue, weakened(proof));
    }
  }
  return {
    whenTrue,
    whenFalse,
    always,
    position: position === undefined ? undefined : { ...NOWHERE, ...position },
  };
}

const NOWHERE = { found: new Map(), start: new Map(), absent: new Map() };

/** Knowing that a check exists, not what it says. */
export function weakened(proof: Proof): Proof {
  return new Map(
    [...proof].flatMap(([l]): [string, number][] =>
      l.startsWith(SLOT) || isAskedLabel(l) ? [] : [[l, kindBit("weak-guard")]],
    ),
  );
}

function guard(call: Call, row: GuardRow): Proof | undefined {
  const subject = argument(call, row.subject);
  if (subject === undefined) return undefined;
  if (row.holds) return subject.value.whenTrue;
  if (row.writes) return writtenAt(call.run, subject.value, subject.op);
  const cut = asCut(row, subject.value);
  if (cut === "no") return undefined;
  const other = row.needs === undefined ? undefined : argument(call, row.needs.arg)?.value;
  // That what was taken out of a table is in it says nothing.
  const isTaken =
    row.needs?.is === "untainted" && other !== undefined && isOf(subject.value, other);
  const mask = isTaken
    ? 0
    : row.needs?.is === "own-keys"
      ? keyOfTable(call, row)
      : provedBy(call.run, row, other && isMadeIn(subject.value, other, row) ? own(other) : other);
  const op = row.subject === "recv" ? call.receiverOp : subject.op;
  if (mask === undefined) return undefined;
  if (cut === "caller") return ofPieces(subject.value, mask);
  const proof = proveAt(call.run, subject.value, op, mask);
  return other !== undefined && (mask & ABOUT_FOLDER) === mask ? besides(proof, other) : proof;
}

const ABOUT_FOLDER = kindBit("in-folder") | kindBit("beside-folder");

/**
 * The path was made of this folder, and the check says no more than that it lies in it: whoever chooses the folder, what is put
 * behind it does not leave it. What the folder is made of stays open (`besides`).
 */
function isMadeIn(path: Value, folder: Value, { clears }: GuardRow): boolean {
  return (clearedBy(clears) & ~ABOUT_FOLDER) === 0 && isMadeOf(path, folder);
}
export function isMadeOf(path: Value, folder: Value): boolean {
  const labels = new Set(path.taint.map((t) => t.label));
  return folder.taint.length > 0 && folder.taint.every((t) => labels.has(t.label));
}
/** As if it were the program's own. */
function own({ fields: _, ...value }: Value): Value {
  return { ...value, taint: [] };
}

/**
 * A path that lies in a folder says nothing about the folder: what that was made of may still lead anywhere. Nor of a
 * variable as a whole, where the folder is in it.
 */
export function besides(proof: Proof, folder: Value): Proof {
  const labels = new Set(spread(folder).map((t) => t.label));
  if (labels.size === 0) return proof;
  const rest = [...proof].filter(
    ([label]) => !labels.has(label) && !label.startsWith(SLOT) && !isAskedOf(label, labels),
  );
  return new Map(rest);
}
function isAskedOf(label: string, labels: ReadonlySet<string>): boolean {
  return isAskedLabel(label) && [...labels].some((one) => label === askedLabel(one));
}

/** Nothing but something inside the table: one of its names or elements. */
function isOf(value: Value, table: Value): boolean {
  const labels = table.taint.map((t) => t.label).filter(isSymbolic);
  const isInside = (one: string): boolean =>
    labels.some((label) => one !== label && one.startsWith(label));
  return value.taint.length > 0 && value.taint.every((t) => isInside(t.label));
}

/** The kinds for which the subject is harmless if its comparison with `other` is as the row says; undefined: none is seen. */
export function provedBy(run: Run, row: GuardRow, other: Value | undefined): number | undefined {
  const mask = clearedBy(row.clears);
  const is = row.needs?.is;
  if (is === undefined) return mask;
  if (other === undefined || isForeign(other)) return undefined;
  switch (is) {
    case "untainted":
    case "own-keys":
      return mask;
    case "scalar-type":
      return isScalarType(run, other) ? mask : 0;
    case "holding":
      return row.needs?.values?.every((v) => listed(other).includes(v)) ? mask : undefined;
    case "type":
      return isAmong(run, other, row.needs?.values ?? []) ? mask : 0;
    case "own-type":
      return isEachType(run, other, (ref) => ref.startsWith("class:")) ? mask : 0;
    case "search":
    case "match":
    case "whole":
      return constants(other)?.reduce<number>(
        (all, c) => all & (typeof c === "string" ? clearedByPattern(is, c) : 0),
        mask,
      );
    default: {
      const fits = meets(is, other, row.needs?.values);
      return fits === undefined ? undefined : fits ? mask : 0;
    }
  }
}

/** Undefined: not enough is known of the value. */
function meets(
  is: ConstantTest | "constant" | "among",
  other: Value,
  values: readonly string[] | undefined,
): boolean | undefined {
  // Only the ends of the text count.
  if (is === "domain" && other.alts?.some((alt) => "parts" in alt))
    return other.alts.every(beginsWithDot) ? true : undefined;
  if (is === "folder" && other.alts?.some((alt) => "parts" in alt))
    return other.alts.every(endsWithSeparator);
  const all = constants(other) ?? constantElements(other);
  if (all === undefined) return undefined;
  if (is === "constant") return true;
  const test = is === "among" ? (text: string) => values?.includes(text) : CONSTANT_TESTS[is];
  return all.every((c) => typeof c === "string" && test(c));
}

/** A class, or several in a tuple. */
function isEachType(run: Run, type: Value, test: (ref: string) => boolean): boolean {
  const all = type.closed && type.fields !== undefined ? [...type.fields.values()] : [type];
  return all.every((one) => {
    const { refs } = resolve(run, one);
    return refs.length > 0 && refs.every(test);
  });
}
function isAmong(run: Run, type: Value, paths: readonly string[]): boolean {
  return isEachType(run, type, (r) => r.startsWith("lib:") && paths.includes(r.slice(4)));
}
function isScalarType(run: Run, type: Value): boolean {
  const k = run.facts.knowledge;
  return isEachType(run, type, (r) => r.startsWith("lib:") && isScalarPath(k, r.slice(4)));
}

function isScalarPath(k: Knowledge, path: string): boolean {
  return k.isScalar(path) || k.isScalar(`${path}()`);
}

/** Of the value of a "typeof" and the like: what follows for its operand if it is `other`. */
export function provedByOperator(run: Run, op: ValueId, other: Value): Proof | undefined {
  const unary = run.item.ops[op];
  if (unary?.op !== "unary") return undefined;
  let proof: Proof | undefined;
  for (const row of run.facts.knowledge.guards(`%${unary.operator}()`)) {
    const mask = provedBy(run, row, other);
    if (mask !== undefined)
      proof = both(proof, proveAt(run, run.values[unary.operand] ?? UNKNOWN, unary.operand, mask));
  }
  return proof;
}

/** What it proves of a value not to be `other`, by rows of "*.%equals()". */
export function provedUnequal(run: Run, value: Value, op: ValueId, other: Value): Proof {
  let out: Proof = new Map();
  for (const row of run.facts.knowledge.guards("*.%equals()")) {
    const cut = asCut(row, value);
    const mask = row.proves === "false" && cut !== "no" ? provedBy(run, row, other) : undefined;
    if (mask)
      out = both(out, cut === "caller" ? ofPieces(value, mask) : proveAt(run, value, op, mask));
  }
  return out;
}
/** What it proves of a value to be none of the elements of a list. */
export function provedNoneOf(run: Run, value: Value, op: ValueId, list: Value): Proof {
  let out: Proof = new Map();
  if (list.closed && list.fields !== undefined)
    for (const element of list.fields.values())
      out = both(out, provedUnequal(run, value, op, element));
  return out;
}

/** Whether the row is about a value that was cut like this one. */
function asCut({ pieces }: GuardRow, { taint }: Value): "yes" | "no" | "caller" {
  if (pieces === undefined) return "yes";
  const isCut = taint.length > 0 && taint.every(({ derive }) => derive === "pieces");
  if (pieces === isCut) return "yes";
  const isOpen =
    pieces && taint.every(({ label, derive }) => derive === "same" && isSymbolic(label));
  return isOpen && taint.length > 0 ? "caller" : "no";
}
/** It holds if the caller passes a piece. */
function ofPieces({ taint }: Value, mask: number): Proof {
  return new Map(taint.map(({ label }) => [label + IF_PIECE, mask]));
}
/** Behind the label of what a proof is about. */
const IF_PIECE = "?piece";
/** What the proof is about, and whether it holds for what the caller has there. */
export function aboutOf(
  label: string,
  passed: (label: string) => Value | undefined,
): Value | undefined {
  if (!label.endsWith(IF_PIECE)) return passed(label);
  const value = passed(label.slice(0, -IF_PIECE.length));
  return value?.taint.every(({ derive }) => derive === "pieces") ? value : undefined;
}

/** What `left in right` proves of `right` when it is `answer`. */
export function contains(
  run: Run,
  rows: readonly GuardRow[],
  answer: "true" | "false",
  left: Value,
  right: Value,
  rightOp: ValueId,
): Proof {
  let out = prove(right, 0);
  for (const row of rows) {
    const mask =
      row.proves === answer && asCut(row, right) === "yes" ? provedBy(run, row, left) : undefined;
    if (mask !== undefined) out = both(out, proveAt(run, right, rightOp, mask));
  }
  return out;
}

/** What holds for each element holds for the list. */
export function ofElements(proof: Proof): Proof {
  return new Map(
    [...proof].map(([l, mask]) => [
      l.endsWith(".*") ? l.slice(0, -2) : l.endsWith(":*") || l.endsWith("|*") ? l.slice(0, -1) : l,
      mask,
    ]),
  );
}

/** `text.startswith(("a", "b"))`. */
function constantElements(value: Value): readonly unknown[] | undefined {
  if (value.closed !== true || value.fields === undefined || value.fields.size === 0)
    return undefined;
  const all = [...value.fields.values()].map(constants);
  return all.every((c) => c !== undefined) ? all.flat() : undefined;
}

function listed(value: Value): readonly unknown[] {
  return constants(value) ?? constantElements(value) ?? [];
}

/** `folder + "/"`. */
function endsWithSeparator(alt: Alt): boolean {
  const text = "const" in alt ? alt.const : alt.parts[alt.parts.length - 1]?.text;
  return typeof text === "string" && CONSTANT_TESTS.folder(text);
}

/** `"." + host`, of the program's own host. */
function beginsWithDot(alt: Alt): boolean {
  return "parts" in alt && alt.parts.length > 1 && alt.parts[0]?.text === ".";
}
