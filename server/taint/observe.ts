/** What is noted of a call for others: for rules that watch it, and for the functions that a library is given by it. */
import type { Call } from "./arguments.ts";
import { holeOf } from "./closures.ts";
import { functionsIn } from "./made.ts";
import { resolve } from "./references.ts";
import type { Run } from "./run.ts";
import { onlyConst, UNKNOWN, type Value, withTaint } from "./value.ts";

export function observe(
  call: Call,
  paths: readonly string[],
  method: string | undefined,
  guessed: boolean,
  /** A function of the program may be what is called. */
  isOwn: boolean,
): void {
  const { run, op, id } = call;
  if (!run.recording) return;
  const k = run.facts.knowledge;
  const names = paths.filter((p) => k.watched(p));
  if (method !== undefined && k.watched(`*.${method}`)) names.push(`*.${method}`);
  const passed: string[] = [];
  for (const a of call.args)
    for (const r of resolve(run, a.value).refs)
      if (r.startsWith("lib:")) passed.push(`${r.slice(4)}.passed`);
  names.push(...passed.filter((p) => k.watched(p)));
  const sure = [...paths, ...passed].flatMap((p) => k.sinks(p));
  // Where nothing is known of what is called, a name that says enough.
  const sinks =
    sure.length > 0 || method === undefined || isOwn
      ? sure
      : k.sinks(`*.${method}`).filter((row) => row.args.length === 0);
  if (names.length === 0 && sinks.length === 0) return;
  run.observations.set(id, {
    paths: [...new Set(names)],
    site: { item: run.id, op: id, span: op.span },
    argsSpan: op.argsSpan,
    args: call.args.map((a) => ({ ...a, value: followed(run, a.value, 0) })),
    ...(call.receiver === undefined ? {} : { receiver: call.receiver }),
    guessed: guessed || (names.length === 0 && sinks.length > sure.length),
    sinks,
  });
}

/** A value with what its imports lead to, also inside lists and records. */
function followed(run: Run, raw: Value, depth: number): Value {
  const value = resolve(run, raw);
  if (value.fields === undefined || depth > 2) return value;
  let changed = false;
  const fields = new Map<string, Value>();
  for (const [key, field] of value.fields) {
    const next = followed(run, field, depth + 1);
    if (next !== field) changed = true;
    fields.set(key, next);
  }
  return changed ? { ...withTaint(value, value.taint), fields } : value;
}

/** Remembers which library call takes a closure: that is how frameworks call handlers. */
export function noteTakers(call: Call, paths: readonly string[], guessed: boolean): void {
  const { run } = call;
  if (paths.length === 0) return;
  const texts = textsOf(call);
  const note = (value: Value, place: string): void => {
    for (const fn of functionsIn(value)) {
      const hole = holeOf(run, fn);
      const old = hole === undefined ? undefined : run.closures.get(hole);
      if (hole === undefined || old === undefined) continue;
      const takers = paths.map((p) => `${p}.arg(${place})`);
      run.closures.set(hole, {
        ...old,
        takers: [...new Set([...old.takers, ...takers])].sort(),
        texts: [...new Set([...old.texts, ...texts])].sort(),
        takenGuessed: old.takenGuessed || guessed,
      });
    }
  };
  call.args.forEach((a, position) => {
    const place = a.name ?? String(position);
    note(a.value, place);
    // Wrapped where it is given: `app.get("/", caught(async (req, res) => ...))`.
    const wrapper = run.item.ops[a.op];
    if (wrapper?.op === "call")
      for (const inner of wrapper.args) note(run.values[inner.value] ?? UNKNOWN, place);
    // A handler in an options object: "fastify().route.arg(0.handler)".
    for (const [key, value] of a.value.fields ?? []) note(value, `${place}.${key}`);
  });
}

/** Constant texts among the arguments of a call, and of the call that made what is called: `route("/<id>")(show)`. */
export function textsOf(call: Call): string[] {
  const { run, op } = call;
  const maker = run.item.ops[op.callee];
  const made = maker?.op === "call" ? maker.args.map((a) => run.values[a.value]) : [];
  return [...call.args.map((a) => a.value), ...made].flatMap((value) => {
    const only = onlyConst(value)?.value;
    return typeof only === "string" ? [only] : [];
  });
}
