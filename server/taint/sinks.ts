/** Data that reaches a sink. */
import type { Op, ValueId } from "../ir/ir.ts";
import { type Call, specified } from "./arguments.ts";
import { evidence } from "./bounds.ts";
import { spread } from "./fields.ts";
import type { SinkRow } from "./model.ts";
import { applies } from "./rows.ts";
import type { Run } from "./run.ts";
import { bakeTaint, type State } from "./state.ts";
import { type CallArg, type Hit, type Site, trail } from "./summary.ts";
import { EASING, markBit, type Taint, type Value } from "./value.ts";

export function sink(call: Call, row: SinkRow, guessed: boolean): void {
  if (row.tagBinds && call.op.form === "tag") return;
  if (!applies(call, row)) return;
  for (const a of specified(call, row.args))
    reach(call, row, row.noRecord ? { ...a, value: withoutFields(a.value) } : a, guessed);
}

/** What came as a whole is still all there may be in it. */
function withoutFields(value: Value): Value {
  if (value.fields === undefined) return value;
  const { fields: _fields, closed: _closed, key: _key, ...rest } = value;
  return rest;
}

/** A value arrives at a sink: the argument of a call, the value of an assignment, the result of a handler. */
export function reach(
  at: {
    readonly run: Run;
    readonly id: ValueId;
    readonly op: Op;
    readonly state: State;
    /** Where the call stands, if it is one of another function that is made here. */
    readonly at?: Site;
  },
  row: SinkRow,
  a: CallArg,
  guessed: boolean,
): void {
  if (!at.run.recording || a.value.scalar) return;
  for (const t of spread(a.value)) hit(at, row, a, t, guessed, at.at);
}

function hit(
  at: { readonly run: Run; readonly id: ValueId; readonly op: Op; readonly state: State },
  row: SinkRow,
  a: CallArg,
  raw: Taint,
  guessed: boolean,
  made?: Site,
): void {
  const { run, op, id, state } = at;
  const t = bakeTaint(raw, state);
  const there = made === undefined ? undefined : a.there;
  const site = (there && made) ?? { item: run.id, op: id, span: op.span };
  const span = there?.span ?? (run.item.ops[a.op] as Op | undefined)?.span ?? a.span;
  addHit(run, {
    sink: row.kind,
    row,
    site,
    arg: there?.op ?? a.op,
    argSpan: span,
    value: evidence(a.value),
    label: t.label,
    kind: t.kind,
    cleared: t.cleared,
    marks: t.marks | (guessed ? markBit("guessed-name") : 0),
    derive: t.derive,
    trail: trail("sink", site.item, span, "reaches here", t.trail),
    guessed,
  });
}

export function addHit(run: Run, h: Hit): void {
  const key = `${h.sink}${h.row.data?.rule ?? ""}@${h.site.item}:${h.site.op}:${h.arg}:${h.label}`;
  const old = run.hits.get(key);
  if (old === undefined) {
    run.hits.set(key, h);
    return;
  }
  const cleared = old.cleared & h.cleared;
  // An unchecked way is one, whichever is told.
  const unchecked = ~EASING | (old.marks & h.marks);
  const told = h.trail.length < old.trail.length ? h : old;
  if (told !== old || cleared !== old.cleared || (old.marks & unchecked) !== old.marks)
    run.hits.set(key, { ...told, cleared, marks: told.marks & unchecked });
}
