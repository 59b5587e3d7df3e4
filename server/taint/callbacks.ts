/** Functions that are passed to a call: they are run as the library would, with what its rows say that it hands them. */
import { argument, type Call } from "./arguments.ts";
import { invoke } from "./call.ts";
import { isTainted, readField, spread } from "./fields.ts";
import { instantiate } from "./instantiate.ts";
import { both, join } from "./join.ts";
import { isForeign, ofElements } from "./proofs.ts";
import { resolve } from "./references.ts";
import { markBit, ofRef, ofTaint, type Proof, type Ref, UNKNOWN, type Value } from "./value.ts";

/** Runs the functions that are passed: what the call proves by its answer, and what it gives that they made. */
export function runCallbacks(
  call: Call,
  paths: readonly string[],
  method: string | undefined,
): {
  readonly whenTrue?: Proof | undefined;
  readonly whenFalse?: Proof | undefined;
  readonly kept?: Proof | undefined;
  readonly returns?: Value | undefined;
} {
  const { run } = call;
  let whenTrue: Proof | undefined;
  let whenFalse: Proof | undefined;
  let kept: Proof | undefined;
  let returns: Value | undefined;
  const rows = [
    ...paths.map((p) => `${p}()`),
    ...(method === undefined ? [] : [`*.${method}()`]),
  ].flatMap((p) => run.facts.knowledge.callbacks(p));
  call.args.forEach((a, position) => {
    const callback = resolve(run, a.value);
    const own = rows.filter((r) => r.arg === (a.name ?? position));
    const made = own.find((r) => r.returns !== undefined);
    const isOurs = callback.refs.some((r) => r.startsWith("fn:"));
    if (run.shapesOnly || (!isOurs && made === undefined)) return;
    const params: Value[] = [];
    for (const row of own) {
      const from = argument(call, row.from)?.value ?? UNKNOWN;
      params[row.param] = row.element ? elementOf(from) : from;
    }
    if (
      own.length === 0 &&
      call.receiver !== undefined &&
      paths.every((p) => !run.facts.knowledge.knows(p))
    ) {
      const taint = spread(call.receiver).map((t) => ({
        ...t,
        marks: t.marks | markBit("unknown-call"),
      }));
      if (taint.length > 0) params[0] = ofTaint(taint);
    }
    for (const ref of callback.refs) {
      if (!ref.startsWith("fn:")) continue;
      const fn = ref.slice(3);
      const proves = own.find((r) => r.proves !== undefined);
      if (proves !== undefined) {
        const summary = run.facts.summary(fn);
        const said =
          summary === undefined || (summary.whenTrue.size === 0 && summary.whenFalse.size === 0)
            ? undefined
            : instantiate(call, fn, summary, (i) => params[i] ?? UNKNOWN, {
                callee: callback,
                provesCaptured: true,
              });
        if (said !== undefined && proves.proves !== "some") {
          const all = ofElements(said.whenTrue);
          if (proves.proves === "kept") kept = both(kept, all);
          else whenTrue = both(whenTrue, all);
        } else if (said !== undefined) {
          const list = params[proves.param] ?? UNKNOWN;
          const isOther = isForeign(list);
          if (!isOther) whenTrue = both(whenTrue, said.whenTrue);
          // That none is so says something of a request's list, and nothing of what was compared with it.
          const none = isOther ? aboutOnly(list, said.whenFalse) : said.whenFalse;
          whenFalse = both(whenFalse, ofElements(none));
        }
      }
      if (run.recording) {
        run.calls.add(fn);
        run.deeds |= run.facts.summary(fn)?.deeds ?? 0;
      }
    }
    const settle: Ref | undefined = made?.returns === "passed" ? `settle:${call.id}` : undefined;
    if (settle !== undefined && made !== undefined) {
      params[made.param] = ofRef(settle);
      run.settled.delete(settle);
    }
    // Nothing tainted goes in and nothing of it is used: what the callback does is its own affair.
    const given = params.some((p) => p !== undefined && (isTainted(p) || p.refs.length > 0));
    const writes = callback.refs.some(
      (r) => r.startsWith("fn:") && (run.facts.ir(r.slice(3))?.outerWrites.length ?? 0) > 0,
    );
    if (!given && !writes && made === undefined && !callsCaptured(call, callback)) return;
    let result = callIt(call, callback, params);
    if (made?.feeds !== undefined) {
      params[made.feeds] = join(params[made.feeds], result);
      result = join(result, callIt(call, callback, params));
      const start = argument(call, made.feeds === 0 ? (made.initial ?? -1) : -1)?.value;
      if (start !== undefined) result = join(result, start);
    }
    if (made === undefined || !(isOurs || isCallableLibrary(callback))) return;
    if (settle !== undefined) result = run.settled.get(settle) ?? UNKNOWN;
    returns = join(returns, made.returns === "element" ? listOf(result) : result);
    if (made.or !== undefined) returns = join(returns, argument(call, made.or)?.value);
  });
  return { whenTrue, whenFalse, kept, returns };
}

function elementOf(list: Value): Value {
  return readField(list, "*");
}
function listOf(element: Value): Value {
  return { refs: [], taint: [], fields: new Map([["*", element]]) };
}
function isCallableLibrary(value: Value): boolean {
  return value.refs.some((r) => r.startsWith("lib:"));
}

/** A function around it was given what this one calls: `setTimeout(() => resolve(x))`. */
function callsCaptured(call: Call, callback: Value): boolean {
  return callback.refs.some(
    (r) =>
      r.startsWith("fn:") &&
      call.run.facts.summary(r.slice(3))?.deferred.some((d) => d.callee.startsWith("free:")) ===
        true,
  );
}

/** A function that was passed is called by the library. */
function callIt(call: Call, callback: Value, params: readonly Value[]): Value {
  const { run, op } = call;
  if (run.depth > 8) return UNKNOWN;
  const args = Array.from(params, (value) => ({ value: value ?? UNKNOWN, op: -1, span: op.span }));
  // It may run later, or never: what it proves by coming back does not hold here.
  const { cleared } = call.state;
  run.depth++;
  try {
    return invoke(
      {
        ...call,
        op: { ...op, isNew: false, form: "call" },
        args,
        receiver: undefined,
        receiverOp: undefined,
        deferred: `${call.deferred ?? call.id}/cb`,
      },
      callback,
      undefined,
    );
  } finally {
    run.depth--;
    call.state.cleared = cleared;
  }
}

function aboutOnly(value: Value, proof: Proof): Proof {
  const labels = new Set(spread(value).map((t) => t.label));
  return new Map([...proof].filter(([label]) => labels.has(label)));
}
