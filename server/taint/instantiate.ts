/** Summaries seen from a call: symbolic labels become what the caller passes. */

import type { ValueId } from "../ir/ir.ts";
import type { Call } from "./arguments.ts";
import { bounded, evidence } from "./bounds.ts";
import { passedCheck } from "./checks.ts";
import { captured, freeTaint, holeOf } from "./closures.ts";
import { followDeferred, readStep } from "./defer.ts";
import { isOpenValue, spread } from "./fields.ts";
import { freeValue } from "./free-names.ts";
import { both, join, joinTaint } from "./join.ts";
import { ALL_KINDS } from "./kinds.ts";
import { isSymbolic, parentLabel, stepsOf } from "./labels.ts";
import { settle } from "./paths.ts";
import { aboutOf, assume, proveAt } from "./proofs.ts";
import { type Run, spend } from "./run.ts";
import { addHit } from "./sinks.ts";
import { bake } from "./state.ts";
import { store } from "./stored.ts";
import { rebase, type Summary, trail } from "./summary.ts";
import { withoutText } from "./text.ts";
import {
  type Alt,
  copyOf,
  type ItemId,
  isText,
  markBit,
  ofTaint,
  type Part,
  type Proof,
  type Taint,
  type Trail,
  UNKNOWN,
  type Value,
  WRITTEN,
  withTaint,
} from "./value.ts";

export interface Applied {
  readonly returns: Value;
  readonly self: Value;
  readonly params: ReadonlyMap<number, Value>;
  readonly whenTrue: Proof;
  readonly whenFalse: Proof;
}

const WHOLE_OBJECT = markBit("whole-object");
/** One piece of taint seen from a call costs about as much as looking at so many variables. */
const PASSED_ON = 8;

/** A summary seen from a call: symbolic labels become what the caller passes. */
export function instantiate(
  call: Call,
  fn: ItemId,
  summary: Summary,
  parameter: (index: number) => Value,
  options: {
    /** The value that was called, with what it captured. */
    readonly callee?: Value | undefined;
    /** What is proved about captured variables holds too: no argument of the call decides it. */
    readonly provesCaptured?: boolean;
    /** The operation that gives an argument. */
    readonly opOf?: (index: number) => ValueId | undefined;
  } = {},
): Applied {
  const { run, op, state } = call;
  const cache = new Map<number, Value>();
  const param = (i: number): Value => {
    let v = cache.get(i);
    if (v === undefined) {
      v = bounded(bake(parameter(i), state), run.bounds);
      cache.set(i, v);
    }
    return v;
  };
  const mine = run.facts.parentOf(fn) === run.id;
  const outer = run.facts.parentOf(fn) === run.facts.parentOf(run.id);
  const results = new Map<string, Value>();
  const capturedBy = (name: string): Value | undefined =>
    mine
      ? captured(run, holeOf(run, fn), name, state)
      : (options.callee?.env?.get(name) ??
        (outer ? ofTaint([freeTaint(name, run.id, op.span)]) : undefined));
  const ends = (value: Value | undefined): Value | undefined =>
    value === undefined ? undefined : bounded(value, run.bounds);
  const passed = new Map<string, Value | undefined>();
  const passedFor = (label: string): Value | undefined => {
    if (passed.has(label)) return passed.get(label);
    const holder = parentLabel(label);
    let value: Value | undefined;
    if (holder === undefined) {
      const first = label.indexOf(":") + 1;
      const name = label.slice(first, label.indexOf(":", first));
      value = label.startsWith("param:")
        ? param(Number(name))
        : ends(label.startsWith("free:") ? capturedBy(name) : resultOf(name));
    } else {
      const whole = passedFor(holder);
      const key = stepsOf(label).at(-1) as string;
      value = whole === undefined ? undefined : bake(readStep(call, whole, key), state);
    }
    passed.set(label, value);
    return value;
  };
  /** What a call that the function could not follow gives, now that it is known what is called. */
  const resultOf = (id: string): Value | undefined => {
    const known = results.get(id);
    if (known !== undefined) return known;
    const deferred = summary.deferred.find((d) => d.id === id);
    if (deferred === undefined) return undefined;
    results.set(id, UNKNOWN);
    const value = followDeferred(call, deferred, passedFor, subst);
    results.set(id, value);
    return value;
  };
  const expanded = new Map<Taint, readonly Taint[]>();
  const expandTaint = (t: Taint): readonly Taint[] => {
    const known = expanded.get(t);
    if (known !== undefined) return known;
    const out = t.label.startsWith("source:") ? [t] : madeOf(t);
    expanded.set(t, out);
    return out;
  };
  const spreads = new Map<string, readonly Taint[]>();
  const madeOf = (t: Taint): readonly Taint[] => {
    let all = spreads.get(t.label);
    if (all === undefined) {
      const value = passedFor(t.label);
      all = value === undefined || value.scalar ? [] : spread(value);
      spreads.set(t.label, all);
    }
    spend(run, all.length * PASSED_ON, 0);
    const isWhole = passedFor(t.label)?.fields === undefined;
    return all.map((a) =>
      passedOn(isWhole && !isSymbolic(a.label) ? { ...t, marks: t.marks & ~WHOLE_OBJECT } : t, a),
    );
  };
  const { item: caller, span: place } = call.at ?? { item: run.id, span: op.span };
  const ways = new Map<Trail, Trail>();
  /** The caller's way, up to this call. */
  const behind = (way: Trail): Trail => {
    let out = ways.get(way);
    if (out === undefined) {
      out = trail("call", caller, place, `passed to ${shortName(fn)}`, way);
      ways.set(way, out);
    }
    return out;
  };
  const passedOn = (t: Taint, a: Taint): Taint => {
    const derive = t.derive === "same" ? a.derive : t.derive;
    return {
      ...a,
      cleared: settle(a.cleared | t.cleared, derive),
      marks: a.marks | t.marks,
      derive,
      trail: rebase(t.trail, behind(a.trail)),
    };
  };
  /** Where a record is no such argument, what is in its fields does not count. */
  const wholeOf = (t: Taint): readonly Taint[] => {
    const value = passedFor(t.label);
    return value === undefined || value.scalar ? [] : value.taint.map((a) => passedOn(t, a));
  };
  /** A hole takes the taint and the text of what the caller passes, not what is inside of it. */
  const inHole = (value: Value): Value => {
    if (!isOpenValue(value)) return value;
    spend(run, value.taint.length * 4, 1);
    let taint: readonly Taint[] = [];
    let refs = value.refs;
    for (const t of value.taint) {
      taint = joinTaint(taint, expandTaint(t));
      const passed = isSymbolic(t.label) && t.derive === "same" ? passedFor(t.label) : undefined;
      if (passed === undefined) continue;
      if (passed.refs.length > 0) refs = [...new Set([...refs, ...passed.refs])].sort();
      if (passed.alts !== undefined && value.taint.length === 1) return withTaint(passed, taint);
    }
    return { ...withTaint(value, taint), refs };
  };
  const substituted = new Map<Value, Value>();
  const seen = (value: Value): Value => bounded(subst(value), run.bounds);
  const proofOf = (proof: Proof): Proof => {
    let out: Proof = new Map();
    for (const [label, mask] of proof) {
      if (!isSymbolic(label) || (label.startsWith("free:") && !options.provesCaptured)) continue;
      const value = aboutOf(label, passedFor);
      if (value === undefined) continue;
      const bits = mask & ALL_KINDS;
      const at = /^param:(\d+):$/.exec(label)?.[1];
      const op = at === undefined ? undefined : options.opOf?.(Number(at));
      out = both(out, proveAt(run, value, op, bits));
    }
    return out;
  };
  const labelsAt = (label: string): readonly string[] =>
    spread(passedFor(label) ?? UNKNOWN).map((t) => t.label);
  const subst = (value: Value, depth = 0): Value => {
    // What nobody outside decides is the same everywhere.
    if (!isOpenValue(value)) return value;
    const known = substituted.get(value);
    if (known !== undefined) return known;
    const out = substitute(value, depth);
    substituted.set(value, out);
    return out;
  };
  const substitute = (value: Value, depth: number): Value => {
    spend(run, value.taint.length * 4, 1 + (value.fields?.size ?? 0));
    let taint: readonly Taint[] = [];
    let extra: Value | undefined;
    for (const t of value.taint) {
      taint = joinTaint(taint, expandTaint(t));
      if (isSymbolic(t.label) && t.derive === "same" && value.alts === undefined) {
        const v = passedFor(t.label);
        if (
          v !== undefined &&
          (v.refs.length > 0 ||
            v.fields !== undefined ||
            v.alts !== undefined ||
            v.env !== undefined)
        )
          extra = join(extra, withTaint(v, []));
      }
    }
    const { alts, fields, env } = value;
    const out: { -readonly [K in keyof Value]: Value[K] | undefined } = copyOf(
      value,
      taint,
      undefined,
      undefined,
      undefined,
      value.closed,
    );
    if (fields !== undefined && depth < 3)
      out.fields = new Map([...fields].map(([k, v]) => [k, subst(v, depth + 1)]));
    if (env !== undefined && depth < 3)
      out.env = new Map([...env].map(([k, v]) => [k, subst(v, depth + 1)]));
    if (alts !== undefined) out.alts = fillAlts(alts, inHole);
    // What the truth of an element proves goes along; what that of the whole result proves travels apart.
    const yes = value.whenTrue === undefined ? undefined : proofOf(value.whenTrue);
    const no = value.whenFalse === undefined ? undefined : proofOf(value.whenFalse);
    out.whenTrue = yes?.size ? yes : undefined;
    out.whenFalse = no?.size ? no : undefined;
    if (extra !== undefined) {
      out.refs = [...new Set([...value.refs, ...extra.refs])].sort();
      if (extra.fields !== undefined && out.fields === undefined) {
        out.fields = extra.fields;
        if (extra.closed && value.taint.length === 1) out.closed = true;
      } else if (extra.fields !== undefined && out.fields !== undefined && depth > 0)
        out.fields = overlaid(extra.fields, out.fields);
      if (extra.env !== undefined) out.env = new Map([...extra.env, ...(out.env ?? [])]);
      if (extra.alts !== undefined && value.taint.length === 1) out.alts = extra.alts;
      if (extra.guessed) out.guessed = true;
    }
    return out as Value;
  };
  /** Of a value that reached a sink: what it is and its text, and that of what is inside of it. */
  const evidenceOf = (value: Value): Value => {
    if (!isOpenValue(value)) return value;
    const known = shown.get(value);
    if (known !== undefined) return known;
    const { fields, alts, ...shell } = value;
    const out: Value = {
      ...inHole(shell),
      ...(fields === undefined
        ? {}
        : { fields: new Map([...fields].map(([key, field]) => [key, evidenceOf(field)])) }),
      ...(alts === undefined ? {} : { alts: fillAlts(alts, inHole) }),
    };
    shown.set(value, out);
    return out;
  };
  const shown = new Map<Value, Value>();
  if (run.recording) run.deeds |= summary.deeds;
  for (const d of summary.deferred) resultOf(d.id);
  if (run.recording && !call.quiet && summary.hits.length > 0)
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
      // A text that was put together of what is inside is no record.
      const isWhole = h.row.noRecord && isSymbolic(t.label) && !isText(h.value);
      const found = isWhole ? wholeOf(t) : expandTaint(t);
      if (found.length === 0) continue;
      // What is passed on as it came is what the caller passes, whatever is inside.
      const isPassed = h.value.fields === undefined && h.value.alts === undefined;
      const value = isPassed ? evidence(subst(h.value)) : evidenceOf(h.value);
      for (const f of found) {
        addHit(run, {
          ...h,
          value,
          label: f.label,
          kind: f.kind,
          cleared: f.cleared,
          // Text that was put together is the path of another file.
          marks: isPassed ? f.marks : f.marks & ~WRITTEN,
          derive: f.derive,
          trail: f.trail,
        });
      }
    }
  for (const [name, value] of summary.free) writeOutside(call, fn, mine, name, seen(value));
  if (run.recording && !call.quiet)
    for (const [place, value] of summary.stored)
      if (isOpenValue(value)) store(run, place, seen(value));
  const always = proofOf(summary.always);
  if (always.size > 0) Object.assign(state, assume(state, always));
  if (summary.checks.length > 0)
    Object.assign(state, assume(state, passedCheck(summary.checks.flatMap(labelsAt))));
  return {
    returns: seen(summary.returns),
    self: seen(summary.self),
    params: new Map([...summary.params].map(([i, v]) => [i, seen(v)])),
    whenTrue: proofOf(summary.whenTrue),
    whenFalse: proofOf(summary.whenFalse),
  };
}

/** What a record holds after a function has written into it: what it wrote at a key that is not known may stand at any. */
function overlaid(
  passed: ReadonlyMap<string, Value>,
  written: ReadonlyMap<string, Value>,
): ReadonlyMap<string, Value> {
  const out = new Map(passed);
  for (const [key, value] of written) out.set(key, key === "*" ? join(out.get(key), value) : value);
  return out;
}

function shortName(fn: ItemId): string {
  const name = fn.slice(fn.indexOf("#") + 1).replace(/~\d+$/, "");
  return name === "" ? "the function" : name.slice(name.lastIndexOf(".") + 1);
}

/** Holes that stand for a caller's value take its text, if it has one. */
function fillAlts(alts: readonly Alt[], subst: (v: Value) => Value): readonly Alt[] {
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
      if (one === undefined) parts.push({ ...p, value: withoutText(value) });
      else if ("const" in one)
        parts.push({ item: p.item, span: p.span, text: String(one.const ?? "") });
      else parts.push(...one.parts);
    }
    return { parts };
  });
}

/** A function set a variable around it, or fields of the object in it: one of this item, or one both see. */
function writeOutside(call: Call, fn: ItemId, mine: boolean, name: string, value: Value): void {
  const { run, state, op } = call;
  let written = false;
  if (mine) {
    const hole = holeOf(run, fn);
    const renamed = hole === undefined ? undefined : run.item.holes[hole]?.renamed?.[name];
    run.item.slots.forEach((slot, i) => {
      if (renamed === undefined ? slot !== name : i !== renamed) return;
      written = true;
      const next = join(state.slots[i], value);
      state.slots[i] = next;
      run.variables.set(i, join(run.variables.get(i), next));
    });
  }
  if (!written && (mine || isAround(run, run.facts.parentOf(fn))))
    state.free.set(name, join(state.free.get(name) ?? freeValue(run, name, op), value));
}

/** The item is one that this one is nested in. */
function isAround(run: Run, item: ItemId | undefined): boolean {
  if (item === undefined) return false;
  for (let at = run.facts.parentOf(run.id); at !== undefined; at = run.facts.parentOf(at))
    if (at === item) return true;
  return false;
}
