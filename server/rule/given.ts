/** What a call was given, where a model row says to look; knows "not given" from "cannot be seen". Item coordinates. */

import type { Argument, Code, Observation, Op, ProgramContext, Value, ValueId } from "./rule.ts";
import { constants, onlyConst, readField } from "./rule.ts";
import { storesOf } from "./stores.ts";

export type Given =
  | {
      readonly kind: "given";
      readonly value: Value;
      readonly argument: Argument;
      readonly path: readonly string[];
    }
  | { readonly kind: "absent" }
  /** It may be there: in a spread, an unknown object, behind other arguments. */
  | { readonly kind: "unknown" };

const ABSENT: Given = { kind: "absent" };
const UNSEEN: Given = { kind: "unknown" };

/** `spec` as in model rows: alternatives "2|algorithms", with properties "2.algorithms". */
export function given(call: Observation, spec: string | number | boolean | undefined): Given {
  if (spec === undefined || spec === "") return ABSENT;
  let out: Given = ABSENT;
  for (const one of String(spec).split("|")) {
    const found = lookUp(call, one.split("."));
    if (found.kind === "given") return found;
    if (found.kind === "unknown") out = found;
  }
  return out;
}

function lookUp(call: Observation, [first, ...rest]: readonly string[]): Given {
  const base = /^\d+$/.test(first ?? "")
    ? byPosition(call, Number(first))
    : byName(call, first ?? "");
  if (base === undefined) return ABSENT;
  if (base === "unknown") return UNSEEN;
  let value = base.value;
  for (const key of rest) {
    if (value.fields === undefined) return isNothing(value) ? ABSENT : UNSEEN;
    if (!value.fields.has(key))
      return value.closed === true && !value.fields.has("*") && value.taint.length === 0
        ? ABSENT
        : UNSEEN;
    value = readField(value, key);
  }
  return isUndefined(value) ? ABSENT : { kind: "given", value, argument: base, path: rest };
}

function byPosition(call: Observation, position: number): Argument | "unknown" | undefined {
  let at = 0;
  for (const a of call.args) {
    if (a.spread !== undefined) {
      if (a.spread === "items") return "unknown";
      continue;
    }
    if (a.name !== undefined) continue;
    if (at++ === position) return a;
  }
  return undefined;
}
function byName(call: Observation, name: string): Argument | "unknown" | undefined {
  const named = call.args.find((a) => a.name === name);
  if (named !== undefined) return named;
  const entries = call.args.filter((a) => a.spread === "entries");
  for (const e of entries) {
    const inside = e.value.fields?.get(name);
    if (inside !== undefined) return { ...e, value: inside };
  }
  return entries.every((e) => e.value.closed === true && !e.value.fields?.has("*"))
    ? undefined
    : "unknown";
}

/** No options at all: nothing, or a callback in their place. */
function isNothing(value: Value): boolean {
  if (value.refs.length > 0 && value.refs.every((r) => r.startsWith("fn:"))) return true;
  const all = constants(value);
  return all?.every((c) => c === null || c === undefined || typeof c === "boolean") ?? false;
}
function isUndefined(value: Value): boolean {
  const only = onlyConst(value);
  return only !== undefined && (only.value === undefined || only.value === null);
}

/** The constant a switch was set to; undefined when absent or not known. */
export function constantOf(found: Given): string | number | boolean | undefined {
  const value = found.kind === "given" ? onlyConst(found.value)?.value : undefined;
  return value === null ? undefined : value;
}

/** The strings of a list, or of a single string; undefined when one of them is not known. */
export function stringsOf(value: Value): readonly string[] | undefined {
  const own = constants(value);
  if (own !== undefined)
    return own.every((c) => typeof c === "string") ? (own as readonly string[]) : undefined;
  if (value.fields === undefined || !value.closed || value.taint.length > 0) return undefined;
  const out: string[] = [];
  for (const v of value.fields.values()) {
    const c = constants(v);
    if (c === undefined || !c.every((x) => typeof x === "string")) return undefined;
    out.push(...(c as readonly string[]));
  }
  return out;
}
/** The strings of a list that are known, others left out. */
export function knownStrings(value: Value): readonly string[] {
  const own = constants(value);
  if (own !== undefined) return own.filter((c): c is string => typeof c === "string");
  return [...(value.fields?.values() ?? [])].flatMap(
    (v) => constants(v)?.filter((c): c is string => typeof c === "string") ?? [],
  );
}

/** An operation and the item it stands in. */
export interface Place {
  readonly code: Code;
  readonly op: Op;
  readonly id: ValueId;
}

/** Where a given value is written, through variables that are set once, in any file; undefined when it is made elsewhere. */
export function written(code: Code, found: Given, context: ProgramContext): Place | undefined {
  if (found.kind !== "given") return undefined;
  let at = origin({ code, op: code.op(found.argument.op), id: found.argument.op }, context);
  for (const key of found.argument.spread === "entries" && found.argument.name === undefined
    ? []
    : found.path) {
    if (at?.op.op !== "record") return undefined;
    const entry = at.op.entries.findLast((e) => e.key === key);
    if (entry === undefined) return undefined;
    at = origin({ code: at.code, op: at.code.op(entry.value), id: entry.value }, context);
  }
  return at;
}

/** Follows names to what they were set to. */
export function origin(place: Place, context: ProgramContext, depth = 0): Place {
  const { code, op } = place;
  if (depth > 10) return place;
  if (op.op === "annotate" || op.op === "await")
    return origin({ code, op: code.op(op.value), id: op.value }, context, depth + 1);
  if (op.op === "load" || op.op === "free") {
    const bound =
      op.op === "load" ? { code, name: code.ir.slots[op.slot] as string } : binder(code, op.name);
    const value = bound === undefined ? undefined : onlyStore(bound.code, bound.name);
    if (bound === undefined || value === undefined) return place;
    return origin({ code: bound.code, op: bound.code.op(value), id: value }, context, depth + 1);
  }
  // `require("./paths").ROOT`
  const whole = op.op === "member" ? moduleOf(code, code.op(op.object)) : undefined;
  const [module, name] =
    op.op === "import" ? [op.module, op.name] : op.op === "member" ? [whole, op.name] : [];
  if (module === undefined || name === undefined) return place;
  const file = context.imported(code.file, module);
  const target = file === undefined ? undefined : exportOf(file, name, context, 0);
  const value = target === undefined ? undefined : onlyStore(target.code, target.name);
  if (target === undefined || value === undefined) return place;
  return origin({ code: target.code, op: target.code.op(value), id: value }, context, depth + 1);
}

/** The module that an expression is as a whole: `import * as auth from "./auth"`, `require("./auth")`. */
export function moduleOf(code: Code, op: Op): string | undefined {
  if (op.op === "import") return op.name === undefined ? op.module : undefined;
  const first = op.op === "call" ? op.args[0] : undefined;
  if (op.op !== "call" || first === undefined || op.args.length !== 1) return undefined;
  const callee = code.op(op.callee);
  const name = code.op(first.value);
  return callee.op === "free" && callee.name === "require" && name.op === "const"
    ? String(name.value)
    : undefined;
}

/** The item around this one that binds a name. */
export function binder(
  code: Code,
  name: string,
): { readonly code: Code; readonly name: string } | undefined {
  for (
    let up = code.parent === undefined ? undefined : code.other(code.parent);
    up !== undefined;
    up = up.parent === undefined ? undefined : up.other(up.parent)
  )
    if (up.ir.slots.includes(name)) return { code: up, name };
  return undefined;
}

/** The value of a variable that is set once. */
export function onlyStore(code: Code, name: string): ValueId | undefined {
  const slot = code.ir.slots.indexOf(name);
  if (code.ir.params.some((p) => p.slot === slot)) return undefined;
  const stores = storesOf(code, slot);
  return stores.length === 1 ? stores[0] : undefined;
}

/** The module variable that a file exports under a name, through re-exports. */
export function exportOf(
  file: string,
  name: string,
  context: ProgramContext,
  depth: number,
): { readonly code: Code; readonly name: string } | undefined {
  const code = context.code(`${file}#`);
  if (code === undefined || depth > 5) return undefined;
  if (code.language === "python") return code.ir.slots.includes(name) ? { code, name } : undefined;
  for (const e of code.ir.exports) {
    if (e.kind === "local" && e.exported === name) return { code, name: e.local };
    const next =
      e.kind === "star" ? name : e.kind === "from" && e.exported === name ? e.name : undefined;
    const to =
      e.kind === "local" || next === undefined ? undefined : context.imported(file, e.module);
    const found =
      to === undefined || next === undefined ? undefined : exportOf(to, next, context, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
