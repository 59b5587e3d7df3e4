/**
 * Which operations may throw an exception whose text tells more than what was wrong with the input: all that is called, unless
 * a model or the summary of a function says otherwise. A missing key or a wrong type tells nothing.
 */

import type { Item, Op, SlotId, ValueId } from "../ir/ir.ts";
import type { CallOp } from "./arguments.ts";
import { accessor, instanceMember } from "./class-members.ts";
import { spread } from "./fields.ts";
import { resolve } from "./references.ts";
import type { Run } from "./run.ts";
import { type ItemId, markBit, UNKNOWN, type Value } from "./value.ts";

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

/** What is called is known to quote statements, paths or hosts when it fails: a library's function, or what a function does. */
export function isKnownToQuote(run: Run, id: ValueId): boolean {
  const op = run.item.ops[id] as Op;
  if (op.op !== "call" || op.form === "decorator") return false;
  const called = run.item.ops[op.callee];
  const { refs } = resolve(run, run.values[op.callee] ?? UNKNOWN);
  const callees = refs.flatMap((ref) => (ref.startsWith("lib:") ? [ref.slice(4)] : []));
  if (called?.op === "member") callees.push(`*.${called.name}`);
  return (
    quotes(run, op, callees) ||
    refs.some((ref) =>
      functionsOf(run, ref, op).some((fn) => run.facts.summary(fn.slice(3))?.raises === true),
    )
  );
}

/** A callee that quotes the server's own when it fails, or a handle that is given to whatever is called. */
function quotes(run: Run, op: CallOp, callees: readonly string[]): boolean {
  const k = run.facts.knowledge;
  return (
    callees.some((path) => k.quotes(path)) ||
    op.args.some((arg) =>
      run.values[arg.value]?.refs.some(
        (r) => r.startsWith("lib:") && k.isQuotingHandle(r.slice(4)),
      ),
    )
  );
}

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
