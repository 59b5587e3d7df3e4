/** The effect of one operation on the state, and its value. */

import { assertNever } from "../base/brand.ts";
import type { Op, ValueId } from "../ir/ir.ts";
import { callFunction } from "./apply.ts";
import { evaluateCall } from "./call.ts";
import { accessor, instanceMember, instances, superValue } from "./class-members.ts";
import { enclose, environment } from "./closures.ts";
import { combined, negated, ofConstants } from "./constants.ts";
import { isOwnList, iterated } from "./container-rows.ts";
import {
  keyOf as anyKey,
  append,
  concatLists,
  makeList,
  merge,
  slice,
  without,
  withUnknownKey,
} from "./containers.ts";
import { mapTaint, readField, spread, withField } from "./fields.ts";
import { freeValue, withHint } from "./free-names.ts";
import { noteAssigned, noteTyped } from "./handlers.ts";
import { injectedValue } from "./inject.ts";
import { join, joinTaint } from "./join.ts";
import { noteKept } from "./kept.ts";
import { noteKey } from "./key-writes.ts";
import { kindBit } from "./kinds.ts";
import { sourceLabel } from "./labels.ts";
import { accessorCall, callAccessor, functionsIn } from "./made.ts";
import { index, member, update } from "./members.ts";
import {
  asFound,
  asText,
  binary,
  compare,
  isAnyException,
  negate,
  observeCompare,
} from "./operators.ts";
import { parameterValue } from "./outcome.ts";
import { extendPaths, follow, pathValue, resolve, withRefs } from "./references.ts";
import type { Run } from "./run.ts";
import { reach } from "./sinks.ts";
import { bake, type State } from "./state.ts";
import { type StoreView, trail } from "./summary.ts";
import { concat } from "./text.ts";
import {
  constant,
  markBit,
  ofRef,
  ofTaint,
  onlyConst,
  type Taint,
  UNKNOWN,
  type Value,
  withoutConstants,
  withTaint,
} from "./value.ts";

export function evaluate(run: Run, id: ValueId, op: Op, state: State): Value {
  const get = (v: ValueId): Value => run.values[v] ?? UNKNOWN;
  switch (op.op) {
    case "const":
      return constant(op.value);
    case "param":
      return parameter(run, op, state);
    case "load": {
      const value = state.slots[op.slot] ?? UNKNOWN;
      return run.shared?.has(op.slot) ? withoutConstants(value) : value;
    }
    case "store": {
      const value = bake(get(op.value), state);
      state.slots[op.slot] = value;
      const known = run.variables.get(op.slot);
      run.variables.set(op.slot, join(known, value));
      if (run.recording && run.item.kind === "module") recordVariable(run, id, op, value, state);
      return value;
    }
    case "free":
      return state.free.get(op.name) ?? follow(run, freeValue(run, op.name, op));
    case "storeFree": {
      const value = bake(get(op.value), state);
      state.free.set(op.name, value);
      return value;
    }
    case "this":
      return state.self;
    case "super":
      return superValue(run, state);
    case "member":
      return member(run, get(op.object), op.name, op, state);
    case "index":
      noteKey(run, id, get(op.key), state);
      return index(run, get(op.object), get(op.key), op, state);
    case "slice":
      return op.without === undefined
        ? slice(resolve(run, get(op.object)), op.from, op.to)
        : op.without.reduce<Value>(without, withoutProofs(get(op.object)));
    case "setMember": {
      const value = bake(get(op.value), state);
      const object = get(op.object);
      noteAssigned(run, object, op.name, value);
      if (run.shapesOnly) noteKept(run, object, op.name, value);
      recordAssignment(run, id, op, object, op.name, op.value, value, state);
      if (!assignProperty(run, object, op, value, state))
        update(run, op.object, state, (old) => withField(old, op.name, value, true));
      return value;
    }
    case "setIndex": {
      const value = bake(get(op.value), state);
      const key = onlyConst(get(op.key));
      const name = key === undefined ? "*" : String(key.value);
      noteKey(run, id, get(op.key), state);
      recordAssignment(run, id, op, get(op.object), name, op.value, value, state);
      update(run, op.object, state, (old) =>
        key === undefined
          ? withUnknownKey(old, get(op.key), value)
          : withField(old, name, value, true),
      );
      return value;
    }
    case "call":
      return evaluateCall(run, id, op, state);
    case "join":
      return concat(
        op.parts.map((p) =>
          p.kind === "text"
            ? { value: constant(p.text), span: p.span }
            : {
                value: p.numeric ? SCALAR : bake(textIn(p, get(p.value)), state),
                span: (run.item.ops[p.value] as Op).span,
              },
        ),
        run.id,
      );
    case "binary":
      return binary(run, op, get(op.left), get(op.right), state);
    case "compare":
      observeCompare(run, id, op, get(op.left), get(op.right), state);
      return compare(run, op, get(op.left), get(op.right), op, isOwnList(run, op.right));
    case "unary": {
      const value = get(op.operand);
      if (op.operator === "not") return negate(value);
      if (op.operator === "~" && value.position !== undefined) return asFound(value.position);
      const results = combined(value, UNDEFINED, (a) => negated(op.operator, a));
      return results === undefined ? SCALAR : ofConstants(results);
    }
    case "record": {
      let out: Value = { refs: [], taint: [], fields: new Map(), closed: true };
      for (const e of op.entries) {
        const value = bake(get(e.value), state);
        if (e.key === "...") out = merge(out, value);
        else if (typeof e.key === "string") out = withField(out, e.key, value, true);
        else {
          const computed = get(e.key.computed);
          const key = onlyConst(computed);
          if (key !== undefined) out = withField(out, String(key.value), value, true);
          else out = { ...withUnknownKey(out, computed, value), closed: false };
        }
      }
      return out;
    }
    case "sequence": {
      let out = makeList([], undefined);
      let known: Value[] = [];
      for (const e of op.elements) {
        const value = bake(get(e.value), state);
        if (!e.spread) {
          known.push(value);
          continue;
        }
        const list = iterated(run, resolve(run, value));
        out = append(out, known);
        known = [];
        out = concatLists(out, list) ?? concatLists(out, makeList([], readField(list, "*"))) ?? out;
      }
      return known.length === 0 ? out : append(out, known);
    }
    case "closure": {
      const child = run.facts.child(run.id, op.hole);
      if (child === undefined) return UNKNOWN;
      run.holes.set(child, op.hole);
      if (!run.closures.has(op.hole))
        run.closures.set(op.hole, {
          takers: [],
          takenGuessed: false,
          texts: [],
          defaults: op.defaults.map((d) => (d === undefined ? undefined : get(d))),
          isStatic: false,
          ofClass: false,
        });
      enclose(run, child, op, id, state);
      const env = environment(run, child, op.hole, state);
      return env === undefined ? ofRef(`fn:${child}`) : { ...ofRef(`fn:${child}`), env };
    }
    case "class":
      return defineClass(run, op, get);
    case "import":
      return importedValue(run, op);
    case "await":
    case "annotate": {
      const value = get(op.value);
      if (op.op === "await")
        return op.enter === undefined ? value : enter(run, op, op.enter, value, state);
      if (value.refs.length > 0) {
        if (value.refs.some((r) => r.startsWith("fn:")))
          noteTyped(run, value, run.facts.typeRefs(run.id, op.type).refs);
        return value;
      }
      const type = run.facts.typeRefs(run.id, op.type);
      return type.refs.length === 0
        ? value
        : {
            ...withTaint(value, value.taint),
            refs: type.refs,
            ...(type.guessed ? { guessed: true } : {}),
          };
    }
    case "yield": {
      if (op.value !== undefined && run.recording) run.yields.push(bake(get(op.value), state));
      return UNKNOWN;
    }
    case "iterate": {
      const value = get(op.value);
      if (op.keys) return anyKey(value);
      const list = iterated(run, value);
      if (list !== value) return readField(list, "*");
      const element = readField(value, "*");
      if (element.refs.length > 0 || value.refs.length === 0) return element;
      const known = value.refs.filter((r) => r.startsWith("lib:"));
      const taint = known.flatMap(
        (r) => pathValue(run, `${r.slice(4)}[*]`, op, value.guessed ?? false).taint,
      );
      return withRefs(
        taint.length === 0 ? element : withTaint(element, joinTaint(element.taint, taint)),
        extendPaths(run, value.refs, "[*]"),
        value.guessed,
      );
    }
    case "caught": {
      const isAny = (type: ValueId): boolean => isAnyException(run, get(type));
      const label = sourceLabel(run.id, `%caught${op.span.start}`, "exception");
      const taint: Taint = {
        label,
        kind: "exception",
        cleared: 0,
        // A class that is named says what kind of error it is.
        marks:
          (state.raised === "asked" && run.hasText === false) ||
          (state.raised === "unknown" && (op.types.length === 0 || op.types.some(isAny)))
            ? UNKNOWN_ERROR
            : 0,
        derive: "same",
        trail: trail("source", run.id, op.span, "the exception holds internal details"),
      };
      const refs = op.types.flatMap((t) => instances(get(t), run));
      return {
        refs: [...new Set([...refs, `lib:${run.facts.knowledge.globals}.%exception()`])],
        taint: state.raised ? [taint] : [],
      };
    }
    case "opaque":
      return ofTaint(
        op.uses.reduce<readonly Taint[]>((all, u) => joinTaint(all, spread(get(u))), []),
      );
    default:
      return assertNever(op);
  }
}

const UNKNOWN_ERROR = markBit("unknown-error");
const SCALAR: Value = { refs: [], taint: [], scalar: true };
const UNDEFINED = constant(undefined);

/** What an import binds; a part of a library that is a source itself is tainted: `import { argv } from "node:process"`. */
/** What a hole of a text puts in. */
function textIn(hole: { readonly literal?: true }, value: Value): Value {
  const text = asText(value);
  return hole.literal === true
    ? mapTaint(text, (t) => ({ ...t, cleared: t.cleared | LINE_KINDS }))
    : text;
}
const LINE_KINDS = kindBit("log") | kindBit("header");

function importedValue(run: Run, op: Op & { op: "import" }): Value {
  const value = follow(run, run.facts.imported(run.id, op.module, op.name, op.also));
  const only = value.refs.length === 1 ? value.refs[0] : undefined;
  if (only === undefined || !only.startsWith("lib:")) return value;
  if (run.facts.knowledge.source(only.slice(4)).length === 0) return value;
  return pathValue(run, only.slice(4), op, false);
}

function withoutProofs(value: Value): Value {
  const { whenTrue: _t, whenFalse: _f, alts: _a, key: _k, ...rest } = value;
  return { ...rest, refs: [] };
}

function defineClass(run: Run, op: Op & { op: "class" }, get: (v: ValueId) => Value): Value {
  const file = run.id.slice(0, run.id.indexOf("#"));
  const id = run.item.kind === "module" ? `${file}#${op.name}` : `${run.id}.${op.name}`;
  const members = new Map<string, Value>();
  const getters = new Map<string, Value>();
  const setters = new Map<string, Value>();
  const annotations = new Map<string, import("../ir/ir.ts").TypeRef>();
  const methods: number[] = [];
  for (const m of op.members) {
    if (m.annotation !== undefined) annotations.set(m.name, m.annotation);
    if (m.value === undefined) continue;
    const value = get(m.value);
    const table = m.kind === "getter" ? getters : m.kind === "setter" ? setters : members;
    table.set(m.name, value);
    if (m.kind === "field") continue;
    for (const fn of functionsIn(value)) {
      const hole = run.holes.get(fn);
      const closure = hole === undefined ? undefined : run.closures.get(hole);
      if (hole === undefined || closure === undefined) continue;
      const { isStatic, ofClass = false } = m;
      run.closures.set(hole, { ...closure, classId: id, isStatic, ofClass });
      methods.push(hole);
    }
  }
  const { name } = op;
  const bases = op.bases.map(get);
  run.classes.set(id, {
    name,
    bases,
    members,
    getters,
    setters,
    annotations,
    methods,
    item: run.id,
  });
  return ofRef(`class:${id}`);
}

function parameter(run: Run, op: Op & { op: "param" }, state: State): Value {
  const own = parameterValue(run, op.index);
  const injected = injectedValue(run, op.index, op, state);
  return injected === undefined ? own : join(own, injected);
}

/** What entering a context manager of ours gives: of one that a generator makes, what that yields; of others, the object. */
function enter(run: Run, op: Op, method: string, value: Value, state: State): Value {
  const object = resolve(run, value);
  const yielded = object.refs.length === 0 ? object.fields?.get("*") : undefined;
  if (yielded !== undefined) return bake(yielded, state);
  let out: Value | undefined;
  for (const ref of object.refs) {
    if (!ref.startsWith("inst:")) continue;
    const own = instanceMember(run, ref.slice(5), method, op, 0);
    const given = own === undefined ? undefined : callAccessor(run, own, object, [], op, state);
    if (given !== undefined) out = join(out, given);
  }
  return out ?? value;
}

/** Calls the function behind a property that is assigned to; false if it is a plain field. */
function assignProperty(
  run: Run,
  object: Value,
  op: Op & { op: "setMember" },
  value: Value,
  state: State,
): boolean {
  if (run.shapesOnly) return false;
  for (const ref of object.refs) {
    if (!ref.startsWith("inst:")) continue;
    const setter = accessor(run, ref.slice(5), "setters", op.name, 0);
    if (setter === undefined) continue;
    const call = accessorCall(run, object, [value], op, state, op.object);
    for (const fn of setter.refs)
      if (fn.startsWith("fn:")) callFunction(call, fn.slice(3), object, setter);
    return true;
  }
  return false;
}

/** Variables of a module can be sinks: frameworks read settings from modules. */
function recordVariable(
  run: Run,
  id: ValueId,
  op: Op & { op: "store" },
  value: Value,
  state: State,
): void {
  const name = run.item.slots[op.slot] as string;
  if (name.startsWith("%") || (value.alts === undefined && value.fields === undefined)) return;
  const target = `%module.${name}=`;
  const sinks = run.facts.knowledge.sinks(target);
  if (sinks.length === 0 && !run.facts.knowledge.watched(target)) return;
  assign(run, id, op, { target, sinks, value, valueOp: op.value, guessed: false }, state);
}

/** Assignments to a property of a library object can be sinks: `response.headers["X"] = v`. */
function recordAssignment(
  run: Run,
  id: ValueId,
  op: Op & { op: "setMember" | "setIndex" },
  object: Value,
  name: string,
  valueOp: ValueId,
  value: Value,
  state: State,
): void {
  if (!run.recording) return;
  const ofAny = `*.${name}=`;
  const sinks = run.facts.knowledge.sinks(ofAny);
  if (sinks.length > 0)
    assign(run, id, op, { target: ofAny, sinks, value, valueOp, guessed: false }, state);
  const holder = withHint(run, resolve(run, object), op.object);
  for (const ref of holder.refs) {
    if (!ref.startsWith("lib:")) continue;
    const target = `${ref.slice(4)}.${name}=`;
    const any = `${ref.slice(4)}.*=`;
    const sinks = run.facts.knowledge.sinks(target);
    if (sinks.length > 0 || run.facts.knowledge.watched(target) || run.facts.knowledge.watched(any))
      assign(
        run,
        id,
        op,
        { target, sinks, value, valueOp, guessed: holder.guessed ?? false },
        state,
      );
  }
}

function assign(
  run: Run,
  id: ValueId,
  op: Op,
  to: Omit<StoreView, "site"> & { readonly guessed: boolean },
  state: State,
): void {
  const { target, sinks, value, valueOp } = to;
  run.stores.push({
    target,
    site: { item: run.id, op: id, span: op.span },
    value,
    valueOp,
    sinks,
  });
  for (const row of sinks)
    reach(
      { run, id, op, state },
      row,
      { value, op: valueOp, span: (run.item.ops[valueOp] as Op).span },
      to.guessed,
    );
}
