/** A call of a library path: what its rows say it is, gives and proves. */

import { shallow } from "./apply.ts";
import { argument, type Call } from "./arguments.ts";
import { readField } from "./fields.ts";
import { both, join, joinTaint } from "./join.ts";
import { answerOf, assume } from "./proofs.ts";
import { pathValue, sourceTaint } from "./references.ts";
import { applies, endsLike, pass } from "./rows.ts";
import { ofTaint, onlyConst, UNKNOWN, type Value, withTaint } from "./value.ts";

/** `partial(work, a)` and `work.bind(object, a)`: the function, with arguments that come first. */
function boundArguments(call: Call, paths: readonly string[]): Value | undefined {
  for (const path of paths) {
    const row = call.run.facts.knowledge.binds(path);
    if (row === undefined) continue;
    const fn = row === "recv" ? call.receiver : argument(call, row)?.value;
    if (fn === undefined || !fn.refs.some((r) => r.startsWith("fn:"))) continue;
    const env = new Map(fn.env);
    let at = [...env.keys()].filter((k) => /^\(\d+$/.test(k)).length;
    const rest = call.args.slice(row === "recv" ? 1 : row + 1);
    for (const a of rest) env.set(`(${a.name ?? String(at++)}`, shallow(a.value, 1));
    const { key: _key, ...same } = fn;
    return { ...same, env };
  }
  return undefined;
}

export function callPath(
  call: Call,
  rawPath: string,
  guessed: boolean,
): { value: Value; matched: boolean } {
  const { run, op, state } = call;
  const k = run.facts.knowledge;
  const module = importedBy(call, rawPath);
  if (module !== undefined) return { value: module, matched: true };
  const path = k.canon(rawPath);
  let base = path.startsWith("*.") ? UNKNOWN : pathValue(run, path, op, guessed);
  if (base.taint.length > 0) {
    // `request.get("Host")` and `request.get("Origin")` are two sources.
    const key = onlyConst(call.args[0]?.value);
    if (typeof key?.value === "string")
      base = withTaint(base, readField(ofTaint(base.taint), key.value).taint);
  }
  for (const row of k.source(path))
    if (row.when !== undefined && endsLike(call, row.when.arg, row.when.matches))
      base = withTaint(base, joinTaint(base.taint, [sourceTaint(run, path, row, op, guessed)]));
  const bound = boundArguments(call, [rawPath]);
  if (bound !== undefined) return { value: bound, matched: true };
  const injects = k.injects(path);
  if (injects !== undefined) {
    const by = injects.map((spec) => argument(call, spec)).find((a) => a !== undefined);
    if (by !== undefined) base = { ...base, env: new Map([["0", shallow(by.value, 0)]]) };
  }
  let value: Value = base;
  let matched =
    k.source(path).length > 0 || path !== rawPath || k.sinks(rawPath.slice(0, -2)).length > 0;
  for (const row of k.passes(rawPath)) {
    if (!applies(call, row)) continue;
    matched = true;
    const next = pass(call, row, base);
    if (row.needs !== undefined) {
      value = next;
      break;
    }
    if (row.to === undefined || row.to === "return")
      value = value === base ? next : join(value, next);
  }
  const guards = k.guards(rawPath);
  if (guards.length > 0) {
    // What the call answers is no text, unless a row says what it gives.
    const gives = matched && k.passes(rawPath).length > 0;
    matched = true;
    const answer = answerOf(call, guards);
    if (answer.always !== undefined) Object.assign(state, assume(state, answer.always));
    if (answer.position !== undefined) value = { ...plain(value), position: answer.position };
    else if (answer.whenTrue !== undefined || answer.whenFalse !== undefined)
      value = {
        ...(gives ? withTaint(value, value.taint) : plain(value)),
        whenTrue: both(value.whenTrue, answer.whenTrue),
        whenFalse: both(value.whenFalse, answer.whenFalse),
      };
  }
  if (!matched && (k.callbacks(rawPath).length > 0 || k.watched(rawPath.slice(0, -2))))
    matched = true;
  if (!matched && !path.startsWith("*.") && base.taint.length === 0)
    return { value: base, matched: false };
  return { value, matched };
}

/** `importlib.import_module("a.b")` is the module. */
function importedBy(call: Call, path: string): Value | undefined {
  const at = call.run.facts.knowledge.imports(path);
  const name = at === undefined ? undefined : onlyConst(argument(call, at)?.value)?.value;
  return typeof name === "string" && call.args.length === (at ?? 0) + 1
    ? call.run.facts.imported(call.run.id, name, undefined, undefined)
    : undefined;
}

function plain(value: Value): Value {
  return { ...withTaint(value, []), scalar: true };
}
