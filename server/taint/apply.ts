/** Functions of the project, called: a summary is seen from the call, with what the caller passes. */
import type { Op, ValueId } from "../ir/ir.ts";
import { argument, type Call, type CallOp } from "./arguments.ts";
import { bake, type Run, type State, spend } from "./interpret.ts";
import { ALL_KINDS, kindBit } from "./knowledge.ts";
import { instanceMember, update } from "./members.ts";
import { prove } from "./operators.ts";
import { addHit } from "./sinks.ts";
import { rebase, type Summary, trail } from "./summary.ts";
import {
  type Alt,
  both,
  type ItemId,
  join,
  joinTaint,
  ofTaint,
  type Part,
  type Proof,
  readField,
  spread,
  type Taint,
  type Trail,
  UNKNOWN,
  type Value,
  withField,
  withTaint,
} from "./value.ts";

export function holeOf(run: Run, child: ItemId): number | undefined {
  return run.holes.get(child);
}

export function construct(call: Call, classId: string): Value {
  const { run, op } = call;
  const instance: Value = { refs: [`inst:${classId}`], taint: [] };
  const init =
    instanceMember(run, classId, "__init__", op, 0) ??
    instanceMember(run, classId, "constructor", op, 0);
  let out = instance;
  for (const ref of init?.refs ?? []) {
    if (!ref.startsWith("fn:")) continue;
    const summary = applyFunction(call, ref.slice(3), instance);
    if (summary !== undefined)
      for (const [name, value] of summary.self.fields ?? [])
        out = withField(out, name, value, true);
  }
  if (init === undefined) {
    // A data class: its fields are its arguments.
    call.args.forEach((a) => {
      if (a.name !== undefined) out = withField(out, a.name, a.value, true);
      else out = withTaint(out, joinTaint(out.taint, spread(a.value)));
    });
  }
  return out;
}

export function callFunction(call: Call, fn: ItemId, self: Value | undefined): Value | undefined {
  const { run } = call;
  if (run.shapesOnly) return { refs: [`result:${fn}`], taint: [] };
  const applied = applyFunction(call, fn, self);
  if (applied === undefined) return undefined;
  // The method may have set fields of the object it was called on.
  if (self !== undefined && call.receiverOp !== undefined)
    for (const [name, field] of applied.self.fields ?? [])
      update(run, call.receiverOp, call.state, (old) => withField(old, name, field, true));
  const value = applied.returns;
  return {
    ...value,
    ...(applied.whenTrue.size > 0 ? { whenTrue: applied.whenTrue } : {}),
    ...(applied.whenFalse.size > 0 ? { whenFalse: applied.whenFalse } : {}),
  };
}

interface Applied {
  readonly returns: Value;
  readonly self: Value;
  readonly whenTrue: Proof;
  readonly whenFalse: Proof;
}

function applyFunction(call: Call, fn: ItemId, self: Value | undefined): Applied | undefined {
  const { run } = call;
  if (run.shapesOnly) return undefined;
  const summary = run.facts.summary(fn);
  const ir = run.facts.ir(fn);
  if (summary === undefined || ir === undefined) return undefined;
  run.calls.add(fn);
  const entry = run.facts.entry(fn);
  const offset = entry.selfParam && self !== undefined ? 1 : 0;
  const parameter = (i: number): Value => {
    if (i < 0) return self ?? UNKNOWN;
    if (offset === 1 && i === 0) return self as Value;
    const p = ir.params[i];
    if (p === undefined) return UNKNOWN;
    if (p.kind === "rest") {
      const rest = call.args.filter((a) => a.name === undefined).slice(i - offset);
      return {
        refs: [],
        taint: [],
        fields: new Map(rest.map((a, n) => [a.spread ? "*" : String(n), a.value])),
      };
    }
    if (p.kind === "keywords")
      return {
        refs: [],
        taint: [],
        fields: new Map(
          call.args
            .filter((a) => a.name !== undefined && !ir.params.some((q) => q.name === a.name))
            .map((a) => [a.name as string, a.value]),
        ),
      };
    const named = argument(call, p.name);
    if (named !== undefined && (named.name !== undefined || named.spread === "entries"))
      return named.value;
    if (p.kind === "keyword") return defaultOf(run, fn, i);
    return argument(call, i - offset)?.value ?? defaultOf(run, fn, i);
  };
  return instantiate(call, fn, summary, parameter);
}

function defaultOf(run: Run, fn: ItemId, index: number): Value {
  return run.facts.defaultOf(fn, index) ?? UNKNOWN;
}

/** A summary seen from a call: symbolic labels become what the caller passes. */
export function instantiate(
  call: Call,
  fn: ItemId,
  summary: Summary,
  parameter: (index: number) => Value,
  /** What is proved about captured variables holds too: no argument of the call decides it. */
  provesCaptured = false,
): Applied {
  const { run, op, state } = call;
  const cache = new Map<number, Value>();
  const param = (i: number): Value => {
    let v = cache.get(i);
    if (v === undefined) {
      v = bake(parameter(i), state);
      cache.set(i, v);
    }
    return v;
  };
  const mine = run.facts.parentOf(fn) === run.id;
  const outer = run.facts.parentOf(fn) === run.facts.parentOf(run.id);
  const passedFor = (label: string): Value | undefined => {
    if (label.startsWith("param:")) {
      const second = label.indexOf(":", 6);
      let value = param(Number(label.slice(6, second)));
      for (const key of label.slice(second + 1).split("."))
        if (key !== "") value = readField(value, key);
      return value;
    }
    if (label.startsWith("free:")) {
      const second = label.indexOf(":", 5);
      let value = mine ? captured(run, holeOf(run, fn), label.slice(5, second), state) : undefined;
      for (const key of label.slice(second + 1).split("."))
        if (key !== "" && value !== undefined) value = readField(value, key);
      return value;
    }
    return undefined;
  };
  const expandTaint = (t: Taint): Taint[] => {
    if (t.label.startsWith("source:")) return [t];
    if (t.label.startsWith("free:") && !mine) return outer ? [t] : [];
    const value = passedFor(t.label);
    if (value === undefined || value.scalar) return [];
    return spread(value).map((a) => ({
      ...a,
      cleared: a.cleared | t.cleared,
      marks: a.marks | t.marks,
      derive: t.derive === "same" ? a.derive : t.derive,
      trail: graft(run, op, a.trail, t.trail, fn),
    }));
  };
  const subst = (value: Value, depth = 0): Value => {
    spend(run, 0, 1);
    let taint: readonly Taint[] = [];
    let extra: Value | undefined;
    for (const t of value.taint) {
      taint = joinTaint(taint, expandTaint(t));
      if (t.label.startsWith("param:") && t.derive === "same" && value.alts === undefined) {
        const v = passedFor(t.label);
        if (
          v !== undefined &&
          (v.refs.length > 0 || v.fields !== undefined || v.alts !== undefined)
        )
          extra = join(extra, withTaint(v, []));
      }
    }
    const { key: _k, alts, fields, whenTrue: _t, whenFalse: _f, ...rest } = value;
    const out: { -readonly [K in keyof Value]: Value[K] } = { ...rest, taint };
    if (fields !== undefined && depth < 3)
      out.fields = new Map([...fields].map(([k, v]) => [k, subst(v, depth + 1)]));
    if (alts !== undefined) {
      const filled = fillAlts(alts, (v) => subst(v, depth + 1));
      if (filled !== undefined) out.alts = filled;
    }
    if (extra !== undefined) {
      out.refs = [...new Set([...out.refs, ...extra.refs])].sort();
      if (extra.fields !== undefined && out.fields === undefined) out.fields = extra.fields;
      if (extra.alts !== undefined && value.taint.length === 1) out.alts = extra.alts;
      if (extra.guessed) out.guessed = true;
    }
    return out;
  };
  if (run.recording && summary.hits.length > 0)
    for (const h of summary.hits) {
      if (h.label.startsWith("source:")) continue;
      const t: Taint = {
        label: h.label,
        kind: h.kind,
        cleared: h.cleared,
        marks: h.marks,
        derive: h.derive,
        trail: h.trail,
      };
      const found = expandTaint(t);
      if (found.length === 0) continue;
      const value = subst(h.value);
      for (const f of found) {
        addHit(run, {
          ...h,
          value,
          label: f.label,
          kind: f.kind,
          cleared: f.cleared,
          marks: f.marks,
          derive: f.derive,
          trail: f.trail,
        });
      }
    }
  const proofOf = (proof: Proof): Proof => {
    let out: Proof = new Map();
    for (const [label, mask] of proof) {
      if (label.startsWith("free:") && !provesCaptured) continue;
      const value = passedFor(label);
      if (value !== undefined)
        out = both(
          out,
          mask === kindBit("weak-guard") ? prove(value, 0) : prove(value, mask & ALL_KINDS),
        );
    }
    return out;
  };
  const always = proofOf(summary.always);
  if (always.size > 0) state.cleared = both(state.cleared, always);
  return {
    returns: subst(summary.returns),
    self: subst(summary.self),
    whenTrue: proofOf(summary.whenTrue),
    whenFalse: proofOf(summary.whenFalse),
  };
}

/** Puts the callee's steps behind the caller's. */
function graft(run: Run, op: Op, caller: Trail, callee: Trail, fn: ItemId): Trail {
  return rebase(callee, trail("call", run.id, op.span, `passed to ${shortName(fn)}`, caller));
}

function shortName(fn: ItemId): string {
  const name = fn.slice(fn.indexOf("#") + 1).replace(/~\d+$/, "");
  return name === "" ? "the function" : name.slice(name.lastIndexOf(".") + 1);
}

/** Holes that stand for a caller's value take its text, if it has one. */
function fillAlts(alts: readonly Alt[], subst: (v: Value) => Value): readonly Alt[] | undefined {
  return alts.map((alt) => {
    if ("const" in alt) return alt;
    const parts: Part[] = [];
    for (const p of alt.parts) {
      if (p.value === undefined) {
        parts.push(p);
        continue;
      }
      const value = subst(p.value);
      const one = value.alts?.length === 1 ? value.alts[0] : undefined;
      if (one === undefined) parts.push({ ...p, value });
      else if ("const" in one)
        parts.push({ item: p.item, span: p.span, text: String(one.const ?? "") });
      else parts.push(...one.parts);
    }
    return { parts };
  });
}

/** What a nested function sees of a variable of this item. */
function captured(
  run: Run,
  hole: number | undefined,
  name: string,
  state: State,
): Value | undefined {
  let out: Value | undefined;
  const renamed = hole === undefined ? undefined : run.item.holes[hole]?.renamed?.[name];
  run.item.slots.forEach((slot, i) => {
    if (renamed === undefined ? slot === name : i === renamed)
      out = join(out, state.slots[i] ?? run.variables.get(i));
  });
  if (out !== undefined) return bake(out, state);
  const found = run.facts.free(run.id, name);
  if (found === undefined || !found.captured) return undefined;
  return ofTaint([
    {
      label: `free:${name}:`,
      kind: "",
      cleared: 0,
      marks: 0,
      derive: "same",
      trail: trail("step", run.id, { start: 0, end: 0 }, `${name} from the enclosing function`),
    },
  ]);
}

const NOTHING: Summary = {
  returns: UNKNOWN,
  hits: [],
  observations: [],
  whenTrue: new Map(),
  whenFalse: new Map(),
  always: new Map(),
  self: UNKNOWN,
  calls: [],
  stores: [],
  key: 0,
};

/** At its creation a closure is taken to run with the variables it captures: flows from them are flows of this item. */
export function enclose(run: Run, child: ItemId, op: Op, id: ValueId, state: State): void {
  if (run.shapesOnly || !run.recording) return;
  const free = run.facts.enclosed(child);
  if (free.length === 0) return;
  const call: Call = {
    run,
    id,
    op: {
      ...op,
      op: "call",
      callee: id,
      args: [],
      isNew: false,
      form: "call",
      argsSpan: op.span,
    } as CallOp,
    state,
    args: [],
    receiver: undefined,
    receiverOp: undefined,
  };
  instantiate(call, child, { ...NOTHING, hits: free }, () => UNKNOWN);
}
