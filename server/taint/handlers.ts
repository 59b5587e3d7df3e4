/**
 * Functions of the project that are handed to a library from another place than where they are made: `path("users/", views.show)`.
 * What the library will call them with flows into them here. (A function that is handed over where it is made knows by itself.)
 */

import type { Call } from "./arguments.ts";
import { holeOf } from "./closures.ts";
import { instantiate } from "./instantiate.ts";
import { sourceLabel } from "./labels.ts";
import { textsOf } from "./observe.ts";
import { resolve } from "./references.ts";
import type { Run } from "./run.ts";
import { trail } from "./summary.ts";
import { given, verdict } from "./takers.ts";
import { type ItemId, markBit, type Ref, type Taint, UNKNOWN, type Value } from "./value.ts";

export function giveHandlers(call: Call, paths: readonly string[]): void {
  const { run } = call;
  if (run.shapesOnly || !run.recording || paths.length === 0) return;
  const k = run.facts.knowledge;
  const takers = paths.filter((p) => k.knows(`${p}.arg`));
  if (takers.length === 0) return;
  const give = (value: Value, place: string): void => {
    for (const ref of resolve(run, value).refs)
      if (ref.startsWith("fn:") && holeOf(run, ref.slice(3)) === undefined)
        handler(
          call,
          ref.slice(3),
          takers.map((p) => `${p}.arg(${place})`),
        );
  };
  call.args.forEach((a, position) => {
    const place = a.name ?? String(position);
    give(a.value, place);
    // Wrapped where it is given: `path("users/", login_required(views.show))`.
    const wrapper = run.item.ops[a.op];
    if (wrapper?.op === "call")
      for (const inner of wrapper.args) give(run.values[inner.value] ?? UNKNOWN, place);
    for (const [key, value] of a.value.fields ?? []) give(value, `${place}.${key}`);
  });
}

function handler(call: Call, fn: ItemId, takers: readonly string[]): void {
  const { run } = call;
  const ir = run.facts.ir(fn);
  if (ir === undefined) return;
  const entry = run.facts.entry(fn);
  const shift = entry.selfParam ? 1 : 0;
  const params = ir.params.map((p, i) =>
    // It knows its own types better.
    (entry.params[i]?.refs.length ?? 0) > 0
      ? undefined
      : parameter(call, takers, p.name, { position: i - shift, of: ir.params.length - shift }),
  );
  if (params.every((p) => p === undefined)) return;
  const summary = run.facts.summary(fn);
  if (summary !== undefined) instantiate(call, fn, summary, (i) => params[i] ?? UNKNOWN);
}

/** What a library that takes a function so gives for a parameter of it. */
export function parameter(
  call: Call,
  takers: readonly string[],
  name: string,
  at: { readonly position: number; readonly of: number },
): Value | undefined {
  if (at.position < 0) return undefined;
  const { run, op } = call;
  const refs = new Set<Ref>();
  const taint: Taint[] = [];
  for (const taker of takers) {
    const { sources, types } = given(run.facts.knowledge, { taker, ...at });
    for (const type of types) refs.add(`lib:${type}`);
    for (const row of sources) {
      if (verdict(row, name, textsOf(call)) !== "source") continue;
      const label = sourceLabel(run.id, `${taker}(${name})`, row.kind);
      if (taint.some((t) => t.label === label)) continue;
      taint.push({
        label,
        kind: row.kind,
        cleared: 0,
        marks: call.receiver?.guessed ? markBit("guessed-name") : 0,
        derive: "same",
        trail: trail("source", run.id, op.span, `${name} is ${row.text}`),
      });
    }
  }
  return refs.size === 0 && taint.length === 0 ? undefined : { refs: [...refs].sort(), taint };
}

/** A function under a declared type is called as the type says: `const show: RequestHandler = (req, res) => ...`. */
export function noteTyped(run: Run, value: Value, types: readonly string[]): void {
  const takers = types.flatMap((r) => (r.startsWith("lib:") ? [r.slice(4)] : []));
  noteTakersOf(run, value, takers);
}

/** A function that becomes a property of a library's object is called by it: `window.onmessage = ...`. */
export function noteAssigned(run: Run, object: Value, name: string, value: Value): void {
  if (!value.refs.some((r) => r.startsWith("fn:"))) return;
  const takers = resolve(run, object).refs.flatMap((r) =>
    r.startsWith("lib:") ? [`${r.slice(4)}.${name}=`] : [],
  );
  noteTakersOf(run, value, takers);
}

function noteTakersOf(run: Run, value: Value, takers: readonly string[]): void {
  const known = takers.filter((t) => run.facts.knowledge.knows(`${t}.param`));
  if (known.length === 0) return;
  for (const r of value.refs) {
    const hole = r.startsWith("fn:") ? run.holes.get(r.slice(3)) : undefined;
    const old = hole === undefined ? undefined : run.closures.get(hole);
    if (hole === undefined || old === undefined) continue;
    run.closures.set(hole, {
      ...old,
      takers: [...new Set([...old.takers, ...known])].sort(),
    });
  }
}
