/**
 * Which operations may throw an exception whose text tells more than what was wrong with the input: all that is called, unless
 * a model or the summary of a function says otherwise. A missing key or a wrong type tells nothing.
 */

import type { Item, Op, SlotId, ValueId } from "../ir/ir.ts";
import { argument, type CallOp } from "./arguments.ts";
import { accessor, instanceMember } from "./class-members.ts";
import { spread } from "./fields.ts";
import { isSymbolic, SELF_LABEL, SELF_OUTSIDE } from "./labels.ts";
import { resolve } from "./references.ts";
import type { Run } from "./run.ts";
import { FACTS, type ItemId, markBit, type Ref, type Taint, UNKNOWN, type Value } from "./value.ts";

export function mayTell(run: Run, id: ValueId): boolean {
  if (run.shapesOnly) return true;
  const op = run.item.ops[id] as Op;
  switch (op.op) {
    case "call":
      return op.form !== "decorator" && callTells(run, id, op);
    // What a call on the spot throws is counted there.
    case "await":
      return op.enter === undefined
        ? run.item.ops[op.value]?.op !== "call"
        : enterTells(run, op, op.value, op.enter);
    case "iterate":
      return !isAtHand(run, op.value);
    case "member": {
      const object = run.values[op.object] ?? UNKNOWN;
      return object.refs.some(
        (r) =>
          r.startsWith("inst:") && accessor(run, r.slice(5), "getters", op.name, 0) !== undefined,
      );
    }
    case "opaque":
      return op.uses.length > 0;
    case "import":
      return true;
    default:
      return false;
  }
}

/** What an exception tells, or what is known of it: "asked", that it quotes, if a text from outside makes it fail. */
export type Tells = boolean | "asked" | "unknown";
const RANKS = [false, "unknown", "asked", true] as const;
export function tellsMore(a: Tells, b: Tells): boolean {
  return RANKS.indexOf(a) > RANKS.indexOf(b);
}

/**
 * What is called is known to quote statements, paths or hosts when it fails: a library's function, or what a function does. A
 * statement fails for what it is given: where there is no text from outside, nobody makes it fail.
 */
export function quoted(run: Run, id: ValueId): true | "asked" | undefined {
  const op = run.item.ops[id] as Op;
  if (op.op !== "call" || op.form === "decorator") return undefined;
  const called = run.item.ops[op.callee];
  const { refs } = resolve(run, run.values[op.callee] ?? UNKNOWN);
  const callees = refs.flatMap((ref) => (ref.startsWith("lib:") ? [ref.slice(4)] : []));
  if (called?.op === "member") callees.push(`*.${called.name}`);
  const inside = refs
    .flatMap((ref) => functionsOf(run, ref, op))
    .map((fn) => run.facts.summary(fn.slice(3))?.raises);
  if (inside.includes(true) || quotesHost(run, op, callees)) return true;
  if (
    callees.some((path) => run.facts.knowledge.quotes(path) === "asked") ||
    // A handle is given to whatever is called.
    (inside.length === 0 && op.args.some((arg) => isHandle(run, run.values[arg.value]?.refs ?? [])))
  )
    return run.hasText === true || "asked";
  if (!inside.includes("asked")) return undefined;
  return run.hasText === true && isGivenText(run, op) ? true : "asked";
}

/** A text of a request is among what a function is given; of what it is called on, that is not known. */
function isGivenText(run: Run, op: CallOp): boolean {
  const called = run.item.ops[op.callee];
  const on = called?.op === "member" ? run.values[called.object] : undefined;
  return [on, ...op.args.map((arg) => run.values[arg.value])].some((value) =>
    value === undefined ? false : spread(value).some((t) => isInput(t) && t.kind !== ""),
  );
}

function quotesHost(run: Run, op: CallOp, callees: readonly string[]): boolean {
  return callees.some(
    (path) => run.facts.knowledge.quotes(path) === "host" && !isOfPublicHost(run, op, path),
  );
}
function isHandle(run: Run, refs: readonly Ref[]): boolean {
  return refs.some((r) => r.startsWith("lib:") && run.facts.knowledge.isQuotingHandle(r.slice(4)));
}

/** The address begins with a host that everybody may know: one of the Internet, written in the program. */
function isOfPublicHost(run: Run, op: CallOp, path: string): boolean {
  const args = op.args.map((a) => ({
    ...a,
    op: a.value,
    span: a.span,
    value: run.values[a.value] ?? UNKNOWN,
  }));
  const given = run.facts.knowledge
    .sinks(path)
    .flatMap((row) => (row.kind === "url" ? row.args : []))
    .flatMap((spec) => argument({ args }, spec) ?? []);
  return given.length > 0 && given.every(({ value }) => texts(value).every(isPublic));
}
/** The texts that a value may be, with "x" for what is not known; "" if nothing is. */
function texts({ alts }: Value): readonly string[] {
  return (
    alts?.map((alt) => {
      if ("const" in alt) return typeof alt.const === "string" ? alt.const : "";
      // "https://" + region + ".speech.example.com/": whatever the region, the host is one of theirs.
      return alt.parts.map(({ text }) => text ?? "x").join("");
    }) ?? [""]
  );
}
function isPublic(text: string): boolean {
  const host = /^https:\/\/([\w.-]+)(?:[/?#]|$)/.exec(text)?.[1] ?? "";
  return (
    /\.[a-z]{2,}$/i.test(host) && !/\.(?:internal|local|localhost|lan|corp|home|test)$/i.test(host)
  );
}

/** Remembers that there is a text which may be what makes something fail: of a request, or given by a caller, who knows. */
export function noteText(run: Run, value: Value): void {
  if (run.hasText === true || run.shapesOnly || value.scalar === true) return;
  for (const t of value.taint) {
    if (!isInput(t) || isHandle(run, value.refs)) continue;
    if (t.kind !== "") run.hasText = true;
    else if (!run.entry.isEntryPoint && isGiven(run, t.label)) run.hasText ||= "given";
  }
}
/** Who is calling is found by what his request says, but that is not known to be a text of it. */
function isInput({ kind, marks }: Taint): boolean {
  return (marks & ~FACTS) === 0 && !OWN.has(kind);
}

/** What a caller hands over, but for the object itself, and a session of a database or what it has. */
function isGiven(run: Run, label: string): boolean {
  if (!isSymbolic(label) || NOT_GIVEN.some((start) => label.startsWith(start))) return false;
  const index = /^param:(\d+):/.exec(label)?.[1];
  return index === undefined || !isHandle(run, run.entry.params[Number(index)]?.refs ?? []);
}
const NOT_GIVEN = [SELF_LABEL.slice(0, -1), SELF_OUTSIDE, "call:"];
/** Kinds of source that are no input. */
const OWN: ReadonlySet<string> = new Set(["exception", "stack", "environment", "command-line"]);

/** A thrown value with a text that the program did not write; "unknown" if nothing is known of it, or of what it quotes. */
export function thrownTells(run: Run, thrown: ValueId): boolean | "unknown" {
  const value = run.values[thrown] ?? UNKNOWN;
  const op = run.item.ops[thrown];
  // A library's exception keeps what it is made of, whatever a model says.
  const parts = op?.op === "call" ? op.args.map((a) => run.values[a.value] ?? UNKNOWN) : [];
  const quoted = [value, ...parts]
    .flatMap(spread)
    .filter((t) => t.kind === "exception" || t.kind === "stack");
  if (quoted.some((t) => (t.marks & UNKNOWN_ERROR) === 0)) return true;
  return quoted.length > 0 || value.refs.length === 0 ? "unknown" : false;
}
const UNKNOWN_ERROR = markBit("unknown-error");

function callTells(run: Run, id: ValueId, op: CallOp): boolean {
  const callee = resolve(run, run.values[op.callee] ?? UNKNOWN);
  const called = run.item.ops[op.callee];
  const isQuiet =
    (called?.op === "member" && run.facts.knowledge.isQuiet(`*.${called.name}()`)) ||
    isMadeQuietly(run, id);
  const takesFunction = op.args.some((a) => isFunction(run.values[a.value]));
  if (callee.refs.length === 0) return takesFunction || !isQuiet;
  // Whether a function of ours calls what it is given, its summary knows.
  return callee.refs.some((ref) =>
    ref.startsWith("lib:")
      ? takesFunction || !(isQuiet || run.facts.knowledge.isQuiet(`${ref.slice(4)}()`))
      : refTells(run, ref, op),
  );
}

/** What is asked of the result tells what made it: `Settings(**body)` of whatever class, and then `.model_dump()`. */
function isMadeQuietly(run: Run, id: ValueId): boolean {
  const { asked, stored } = usesIn(run.item);
  const is = (names: ReadonlySet<string> | undefined): boolean => {
    for (const name of names ?? [])
      if (run.facts.knowledge.isMadeQuietly(`*.${name}()`)) return true;
    return false;
  };
  if (is(asked.get(id))) return true;
  for (const slot of stored.get(id) ?? []) if (is(asked.get(-1 - slot))) return true;
  return false;
}

/** What is asked of each value of an item, and of each variable (as -1 - SLOT); and in which ones a value is stored. */
interface Uses {
  readonly asked: ReadonlyMap<number, ReadonlySet<string>>;
  readonly stored: ReadonlyMap<ValueId, ReadonlySet<SlotId>>;
}
const known = new WeakMap<Item, Uses>();
/** Asked for at each call in each pass: looked through every time, a function would cost the square of its length. */
function usesIn(item: Item): Uses {
  const old = known.get(item);
  if (old !== undefined) return old;
  const asked = new Map<number, Set<string>>();
  const stored = new Map<ValueId, Set<SlotId>>();
  for (const op of item.ops)
    if (op.op === "store") put(stored, op.value, op.slot);
    else if (op.op === "member") {
      const object = item.ops[op.object];
      put(asked, object?.op === "load" ? -1 - object.slot : op.object, op.name);
    }
  known.set(item, { asked, stored });
  return { asked, stored };
}
function put<T>(sets: Map<number, Set<T>>, key: number, one: T): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([one]));
  else set.add(one);
}

/** What entering a context manager throws, and leaving it; of one that a generator makes, all is counted where it is called. */
function enterTells(run: Run, op: Op, object: ValueId, enter: string): boolean {
  const made = run.item.ops[object];
  if (made?.op === "call") {
    const { refs } = resolve(run, run.values[made.callee] ?? UNKNOWN);
    if (refs.length > 0 && refs.every((ref) => ref.startsWith("fn:"))) return false;
  }
  const { refs } = resolve(run, run.values[object] ?? UNKNOWN);
  return (
    refs.length === 0 ||
    refs.some((ref) => {
      if (ref.startsWith("lib:")) return !run.facts.knowledge.isQuiet(`${ref.slice(4)}.${enter}()`);
      if (!ref.startsWith("inst:")) return true;
      return [enter, enter.replace("enter", "exit")].some((name) => {
        const own = instanceMember(run, ref.slice(5), name, op, 0);
        const fns = own?.refs.filter((r) => r.startsWith("fn:")) ?? [];
        return fns.length === 0 || fns.some((fn) => functionTells(run, fn.slice(3)));
      });
    })
  );
}

function refTells(run: Run, ref: string, op: Op): boolean {
  const own = functionsOf(run, ref, op);
  if (own.length > 0) return own.some((fn) => functionTells(run, fn.slice(3)));
  return !ref.startsWith("class:") || basesTell(run, ref.slice(6), 0);
}

/** The functions of the program that a call of it runs: itself, or the constructor of a class. */
function functionsOf(run: Run, ref: string, op: Op): readonly string[] {
  if (ref.startsWith("fn:")) return [ref];
  if (!ref.startsWith("class:")) return [];
  const id = ref.slice(6);
  const init =
    instanceMember(run, id, "__init__", op, 0) ?? instanceMember(run, id, "constructor", op, 0);
  return init?.refs.filter((r) => r.startsWith("fn:")) ?? [];
}

/** The constructor that a class inherits from classes of libraries. */
function basesTell(run: Run, classId: string, depth: number): boolean {
  const shape = run.facts.classOf(classId);
  if (shape === undefined || depth > 8) return true;
  return shape.bases.some((base) => {
    const { refs } = resolve(run, base);
    return (
      refs.length === 0 ||
      refs.some((ref) =>
        ref.startsWith("class:")
          ? basesTell(run, ref.slice(6), depth + 1)
          : !ref.startsWith("lib:") || !run.facts.knowledge.isQuiet(`${ref.slice(4)}()`),
      )
    );
  });
}

function functionTells(run: Run, fn: ItemId): boolean {
  const summary = run.facts.summary(fn);
  return summary === undefined || summary.raises !== false || summary.deferred.length > 0;
}

function isFunction(value: Value | undefined): boolean {
  return value?.refs.some((r) => r.startsWith("fn:")) ?? false;
}

/** What is iterated was made on the spot, or is a list that is known: no cursor, no stream. */
function isAtHand(run: Run, id: ValueId): boolean {
  const op = run.item.ops[id];
  return (
    op?.op === "call" ||
    op?.op === "sequence" ||
    op?.op === "record" ||
    op?.op === "const" ||
    run.values[id]?.fields !== undefined
  );
}
