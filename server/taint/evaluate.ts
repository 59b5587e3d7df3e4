/** The effect of one operation on the state, and its value. */

import { assertNever } from "../base/brand.ts";
import type { Op, ValueId } from "../ir/ir.ts";
import { enclose, evaluateCall, reach } from "./call.ts";
import { bake, bakeTaint, parameterValue, type Run, type State } from "./interpret.ts";
import { ALL_KINDS, clearedBy, HOST_KINDS, kindBit, type SourceRow } from "./knowledge.ts";
import { trail } from "./summary.ts";
import {
  concat,
  constant,
  constants,
  join,
  joinTaint,
  markBit,
  ofRef,
  ofTaint,
  onlyConst,
  type Proof,
  type Ref,
  readField,
  sourceLabel,
  spread,
  type Taint,
  UNKNOWN,
  type Value,
  withField,
  withTaint,
} from "./value.ts";

const MAX_PATH = 160;

export function evaluate(run: Run, id: ValueId, op: Op, state: State): Value {
  const get = (v: ValueId): Value => run.values[v] ?? UNKNOWN;
  switch (op.op) {
    case "const":
      return constant(op.value);
    case "param":
      return parameterValue(run, op.index, op.span);
    case "load":
      return state.slots[op.slot] ?? UNKNOWN;
    case "store": {
      const value = bake(get(op.value), state);
      state.slots[op.slot] = value;
      const known = run.variables.get(op.slot);
      run.variables.set(op.slot, join(known, value));
      if (run.recording && run.item.kind === "module")
        record(run, id, op, run.item.slots[op.slot] as string, op.value, value);
      return value;
    }
    case "free":
      return state.free.get(op.name) ?? freeValue(run, op.name, op);
    case "storeFree": {
      const value = bake(get(op.value), state);
      state.free.set(op.name, value);
      return value;
    }
    case "this":
      return state.self;
    case "super":
      return superValue(run);
    case "member":
      return member(run, get(op.object), op.name, op, state);
    case "index":
      return index(run, get(op.object), get(op.key), op);
    case "slice":
      return { refs: [], taint: spread(get(op.object)), ...sliced(get(op.object)) };
    case "setMember": {
      const value = bake(get(op.value), state);
      recordAssignment(run, id, op, get(op.object), op.name, op.value, value, state);
      update(run, op.object, state, (old) => withField(old, op.name, value, true));
      return value;
    }
    case "setIndex": {
      const value = bake(get(op.value), state);
      const key = onlyConst(get(op.key));
      const name = key === undefined ? "*" : String(key.value);
      recordAssignment(run, id, op, get(op.object), name, op.value, value, state);
      update(run, op.object, state, (old) => withField(old, name, value, key !== undefined));
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
                value: bake(asText(get(p.value)), state),
                span: (run.item.ops[p.value] as Op).span,
              },
        ),
        run.id,
      );
    case "binary":
      return binary(run, op, get(op.left), get(op.right), state);
    case "compare":
      observeCompare(run, id, op, get(op.left), get(op.right), state);
      return compare(run, op.operator, get(op.left), get(op.right));
    case "unary": {
      const value = get(op.operand);
      if (op.operator === "not") return negate(value);
      return { refs: [], taint: [], scalar: true };
    }
    case "record": {
      let out: Value = { refs: [], taint: [], fields: new Map(), closed: true };
      for (const e of op.entries) {
        const value = bake(get(e.value), state);
        if (e.key === "...") {
          for (const [k, v] of value.fields ?? []) out = withField(out, k, v, true);
          if (value.taint.length > 0) out = withTaint(out, joinTaint(out.taint, value.taint));
          if (!value.closed) out = { ...out, closed: false };
        } else if (typeof e.key === "string") out = withField(out, e.key, value, true);
        else {
          const key = onlyConst(get(e.key.computed));
          out = withField(out, key === undefined ? "*" : String(key.value), value, true);
          if (key === undefined) out = { ...out, closed: false };
        }
      }
      return out;
    }
    case "sequence": {
      const fields = new Map<string, Value>();
      let closed = true;
      let at = 0;
      for (const e of op.elements) {
        const value = bake(get(e.value), state);
        if (e.spread) {
          if (value.fields !== undefined && value.closed)
            for (const v of value.fields.values()) fields.set(String(at++), v);
          else {
            closed = false;
            fields.set("*", join(fields.get("*"), readField(value, "*")));
          }
        } else if (at < 60) fields.set(String(at++), value);
        else fields.set("*", join(fields.get("*"), value));
      }
      return { refs: [], taint: [], fields, ...(closed ? { closed } : {}) };
    }
    case "closure": {
      const child = run.facts.child(run.id, op.hole);
      if (child === undefined) return UNKNOWN;
      if (!run.closures.has(op.hole))
        run.closures.set(op.hole, {
          takers: [],
          takenGuessed: false,
          defaults: op.defaults.map((d) => (d === undefined ? undefined : get(d))),
          isStatic: false,
        });
      enclose(run, child, op, id, state);
      return ofRef(`fn:${child}`);
    }
    case "class":
      return defineClass(run, op, get);
    case "import":
      return run.facts.imported(run.id, op.module, op.name, op.also);
    case "await":
    case "annotate": {
      const value = get(op.value);
      if (op.op === "await" || value.refs.length > 0) return value;
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
      if (op.keys || (value.fields !== undefined && value.closed && isRecord(value)))
        return keysOf(value);
      const element = readField(value, "*");
      return element.refs.length > 0 || value.refs.length === 0
        ? element
        : withRefs(element, extendPaths(run, value.refs, "[*]"), value.guessed);
    }
    case "caught": {
      const label = sourceLabel(run.id, `%caught${op.span.start}`, "exception");
      const taint: Taint = {
        label,
        kind: "exception",
        cleared: 0,
        marks: 0,
        derive: "same",
        trail: trail("source", run.id, op.span, "the exception holds internal details"),
      };
      const refs = op.types.flatMap((t) => instances(get(t), run));
      return {
        refs: [...new Set([...refs, `lib:${run.facts.knowledge.globals}.%exception()`])],
        taint: [taint],
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

function isRecord(value: Value): boolean {
  return (
    value.fields !== undefined &&
    value.fields.size > 0 &&
    !value.fields.has("0") &&
    !value.fields.has("*")
  );
}
function keysOf(value: Value): Value {
  if (
    value.fields !== undefined &&
    value.closed &&
    value.taint.length === 0 &&
    value.fields.size <= 6
  )
    return { refs: [], taint: [], alts: [...value.fields.keys()].map((k) => ({ const: k })) };
  return ofTaint(value.taint);
}
function sliced(value: Value): { fields?: ReadonlyMap<string, Value> } {
  return value.fields === undefined
    ? {}
    : { fields: new Map([["*", readField(withTaint(value, []), "*")]]) };
}

/** Whatever its type, it is written as text: what is inside shows. */
function asText(value: Value): Value {
  return value.fields === undefined ? value : { refs: value.refs, taint: spread(value) };
}

function negate(value: Value): Value {
  const all = constants(value);
  const out: { -readonly [K in keyof Value]: Value[K] } = { refs: [], taint: [], scalar: true };
  if (all !== undefined) out.alts = [...new Set(all.map((c) => !c))].map((c) => ({ const: c }));
  if (value.whenFalse !== undefined) out.whenTrue = value.whenFalse;
  if (value.whenTrue !== undefined) out.whenFalse = value.whenTrue;
  return out;
}

function binary(
  run: Run,
  op: Op & { op: "binary" },
  left: Value,
  right: Value,
  state: State,
): Value {
  const span = (v: ValueId): Op["span"] => (run.item.ops[v] as Op).span;
  if (op.operator === "+") {
    const a = constants(left);
    const b = constants(right);
    if (a?.length === 1 && b?.length === 1 && typeof a[0] === "number" && typeof b[0] === "number")
      return constant(a[0] + b[0]);
    if (
      (left.fields !== undefined || right.fields !== undefined) &&
      left.alts === undefined &&
      right.alts === undefined
    )
      return join(join(left, right), ofTaint([]));
    if (left.scalar && right.scalar) return { refs: [], taint: [], scalar: true };
    return concat(
      [
        { value: bake(asText(left), state), span: span(op.left) },
        { value: bake(asText(right), state), span: span(op.right) },
      ],
      run.id,
    );
  }
  if (op.operator === "%" && left.alts !== undefined && !left.scalar)
    return ofTaint(joinTaint(left.taint, spread(right)));
  const path = run.facts.knowledge.passes(`%${op.operator}()`)[0];
  if (
    path !== undefined &&
    (left.refs.length > 0 || typeof onlyConst(right)?.value === "string" || left.taint.length > 0)
  ) {
    const joined = concat(
      [
        { value: bake(asText(left), state), span: span(op.left) },
        { value: constant("/"), span: op.span },
        { value: bake(asText(right), state), span: span(op.right) },
      ],
      run.id,
    );
    return {
      ...joined,
      refs: left.refs.map((r) =>
        r.startsWith("lib:") ? retyped(run, r, `.%${op.operator}()`) : r,
      ),
    };
  }
  const a = onlyConst(left)?.value;
  const b = onlyConst(right)?.value;
  if (typeof a === "number" && typeof b === "number")
    return constant(arithmetic(op.operator, a, b));
  const taint = left.scalar || right.scalar ? [] : joinTaint(spread(left), spread(right));
  return taint.length === 0 ? { refs: [], taint, scalar: true } : ofTaint(taint);
}
/** What an operator makes of a library object, if that is another type. */
function retyped(run: Run, ref: Ref, suffix: string): Ref {
  const path = ref.slice(4) + suffix;
  const type = run.facts.knowledge.canon(path);
  return type === path ? ref : `lib:${type}`;
}
function arithmetic(operator: string, a: number, b: number): number {
  switch (operator) {
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "**":
      return a ** b;
    case "<<":
      return a * 2 ** b;
    default:
      return Number.NaN;
  }
}

const ONE_KNOWN_SIDE: readonly string[] = ["==", "!="];

function compare(run: Run, operator: string, left: Value, right: Value): Value {
  const out: { -readonly [K in keyof Value]: Value[K] } = { refs: [], taint: [], scalar: true };
  const a = onlyConst(left);
  const b = onlyConst(right);
  if (a !== undefined && b !== undefined) {
    const known = decide(operator, a.value, b.value);
    if (known !== undefined) out.alts = [{ const: known }];
  }
  let proof: Proof | undefined;
  let weak: Proof | undefined;
  if (ONE_KNOWN_SIDE.includes(operator)) {
    // Whether there is a value at all says nothing about it.
    if (isEmptyConst(left) || isEmptyConst(right)) return out;
    if (right.taint.length === 0 && (constants(right) !== undefined || right.refs.length > 0)) {
      proof = prove(left, ALL_KINDS);
      weak = prove(left, 0);
    } else if (left.taint.length === 0 && constants(left) !== undefined) {
      proof = prove(right, ALL_KINDS);
      weak = prove(right, 0);
    }
  } else if (operator === "in" || operator === "not in") {
    if (left.taint.length > 0 && !isForeign(right)) {
      proof = prove(left, ALL_KINDS);
      weak = prove(left, 0);
    } else if (spread(left).length === 0) {
      const rows = right.refs.flatMap((r) =>
        r.startsWith("lib:") ? run.facts.knowledge.guards(`${r.slice(4)}.%in()`) : [],
      );
      if (rows.length > 0 || constants(left) !== undefined) {
        proof = prove(
          right,
          rows.reduce((mask, row) => mask | clearedBy(row.clears), 0),
        );
        weak = prove(right, 0);
      }
    }
  }
  const flip = operator === "!=" || operator === "not in";
  if (proof?.size) out[flip ? "whenFalse" : "whenTrue"] = proof;
  if (weak?.size) out[flip ? "whenTrue" : "whenFalse"] = weak;
  return out;
}
/** Rules may look at what a library value is compared with, as at the call "PATH.%compared". */
function observeCompare(
  run: Run,
  id: ValueId,
  op: Op & { op: "compare" },
  left: Value,
  right: Value,
  state: State,
): void {
  if (!run.recording) return;
  const paths = [left, right]
    .flatMap((v) =>
      v.refs.flatMap((r) => (r.startsWith("lib:") ? [`${r.slice(4)}.%compared`] : [])),
    )
    .filter((p) => run.facts.knowledge.watched(p));
  if (paths.length === 0) return;
  const arg = (value: Value, at: ValueId) => ({
    value: bake(value, state),
    op: at,
    span: (run.item.ops[at] as Op).span,
  });
  run.observations.set(id, {
    paths: [...new Set(paths)],
    site: { item: run.id, op: id, span: op.span },
    argsSpan: op.span,
    args: [arg(left, op.left), arg(right, op.right)],
    guessed: (left.guessed ?? false) || (right.guessed ?? false),
    sinks: [],
  });
}
/**
 * What a check compares with must be the program's own. Configuration is, and so is a parameter of the checking function
 * (the list, the folder): who passes a request's data there is not looked for.
 */
export function isForeign(value: Value): boolean {
  return spread(value).some((t) => t.label.startsWith("source:") && t.kind !== "environment");
}
/** `x == None` and `x == ""`. */
function isEmptyConst(value: Value): boolean {
  return constants(value)?.every((c) => c === null || c === undefined || c === "") ?? false;
}
function decide(operator: string, a: unknown, b: unknown): boolean | undefined {
  switch (operator) {
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return typeof a === "number" && typeof b === "number" ? a < b : undefined;
    case ">":
      return typeof a === "number" && typeof b === "number" ? a > b : undefined;
    default:
      return undefined;
  }
}

/** What a check of `value` proves about its labels: `mask` for the whole value, host kinds for a host name; always that a check exists. */
export function prove(value: Value, mask: number): Proof {
  const out = new Map<string, number>();
  const weak = kindBit("weak-guard");
  for (const t of spread(value)) {
    const bits = t.derive === "same" ? mask : t.derive === "host" ? mask & HOST_KINDS : 0;
    out.set(t.label, (out.get(t.label) ?? 0) | bits | weak);
  }
  return out;
}

/** The value of a free name: captured, of the module, or a global of the language; a name bound to nothing may be guessed. */
function freeValue(run: Run, name: string, op: Op): Value {
  const found = run.facts.free(run.id, name);
  if (found !== undefined) {
    if (!found.captured || run.shapesOnly) return found.value;
    const label: Taint = {
      label: `free:${name}`,
      kind: "",
      cleared: 0,
      marks: 0,
      derive: "same",
      trail: trail("step", run.id, op.span, `${name} from the enclosing function`),
    };
    return found.value.scalar || found.value.alts !== undefined
      ? found.value
      : withTaint(found.value, joinTaint(found.value.taint, [label]));
  }
  return globalValue(run, name, op);
}

function globalValue(run: Run, name: string, op: Op): Value {
  const k = run.facts.knowledge;
  const path = k.canon(`${k.globals}.${name}`);
  if (k.knows(path)) return pathValue(run, path, op, false);
  const guesses = k.hint(name);
  if (guesses.length > 0)
    return { refs: guesses.map((g): Ref => `lib:${g}`), taint: [], guessed: true };
  return ofRef(`lib:${path}`);
}

/** The value at a library path: a reference, and tainted if the path is a source. */
export function pathValue(run: Run, rawPath: string, op: Op, guessed: boolean): Value {
  const k = run.facts.knowledge;
  const path = k.canon(rawPath);
  const taint: Taint[] = k
    .source(path)
    .flatMap((s) => (s.when === undefined ? [sourceTaint(run, path, s, op, guessed)] : []));
  const refs: Ref[] = path.length > MAX_PATH ? [] : [`lib:${path}`];
  return guessed ? { refs, taint, guessed } : { refs, taint };
}

export function sourceTaint(
  run: Run,
  path: string,
  row: SourceRow,
  op: Op,
  guessed: boolean,
): Taint {
  return {
    label: sourceLabel(run.id, path, row.kind),
    kind: row.kind,
    cleared: 0,
    marks: guessed ? markBit("guessed-name") : 0,
    derive: "same",
    trail: trail("source", run.id, op.span, row.text),
  };
}

/** Follows imports and results of functions, so that `refs` are things that can be called or looked into. */
export function resolve(run: Run, value: Value): Value {
  if (!value.refs.some((r) => r.startsWith("export:") || r.startsWith("result:"))) return value;
  let out: Value = {
    ...withTaint(value, value.taint),
    refs: value.refs.filter((r) => !r.startsWith("export:") && !r.startsWith("result:")),
  };
  for (const ref of value.refs) {
    if (ref.startsWith("export:")) out = joinKnown(out, resolve(run, run.facts.exported(ref)));
    else if (ref.startsWith("result:") && !run.shapesOnly) {
      const summary = run.facts.summary(ref.slice(7));
      if (summary !== undefined)
        out = joinKnown(out, {
          refs: summary.returns.refs,
          taint: [],
          ...(summary.returns.guessed ? { guessed: true } : {}),
        });
    }
  }
  return out;
}
/** `a` is only a reference: what it leads to is the value. */
function joinKnown(a: Value, b: Value): Value {
  return a.refs.length === 0 &&
    a.taint.length === 0 &&
    a.alts === undefined &&
    a.fields === undefined
    ? b
    : join(a, b);
}

function withRefs(value: Value, refs: readonly Ref[], guessed: boolean | undefined): Value {
  return { ...withTaint(value, value.taint), refs, ...(guessed ? { guessed: true } : {}) };
}

function extendPaths(run: Run, refs: readonly Ref[], suffix: string): Ref[] {
  const k = run.facts.knowledge;
  return refs.flatMap((r) =>
    r.startsWith("lib:") && r.length < MAX_PATH ? [`lib:${k.canon(r.slice(4) + suffix)}`] : [],
  );
}

export function member(
  run: Run,
  raw: Value,
  name: string,
  op: Op & { op: "member" },
  state: State,
): Value {
  const object = withHint(run, resolve(run, raw), op.object);
  // The length of a text or list; `req.query.length` would be a field the client named so.
  if (object.refs.length === 0 && run.facts.knowledge.passes(`*.${name}`)[0]?.scalar === true)
    return { refs: [], taint: [], scalar: true };
  const own = readField(object, name);
  let out: Value | undefined = own === UNKNOWN ? undefined : bake(own, state);
  for (const ref of object.refs) {
    if (ref.startsWith("lib:") && out !== undefined) {
      const row = run.facts.knowledge.passes(`${ref.slice(4)}.${name}`)[0];
      if (row?.scalar) return { refs: [], taint: [], scalar: true };
      // Made from the whole (the host of a URL), not a thing of its own inside it: what is found out about it is true of the whole.
      if (row !== undefined) {
        const whole = object.taint.map((t) => ({
          ...bakeTaint(t, state),
          cleared: t.cleared | clearedBy(row.clears),
          derive: t.derive === "same" ? (row.derive ?? t.derive) : t.derive,
        }));
        out = withTaint(out, whole);
      }
    }
    const found = memberOfRef(run, ref, name, op, object.guessed ?? false);
    if (found !== undefined) out = out === undefined ? found : join(out, found);
  }
  return out ?? UNKNOWN;
}

function memberOfRef(
  run: Run,
  ref: Ref,
  name: string,
  op: Op,
  guessed: boolean,
): Value | undefined {
  if (ref.startsWith("lib:")) return pathValue(run, `${ref.slice(4)}.${name}`, op, guessed);
  if (ref.startsWith("inst:")) return instanceMember(run, ref.slice(5), name, op, 0);
  if (ref.startsWith("class:")) return run.facts.classOf(ref.slice(6))?.members.get(name);
  if (ref.startsWith("module:"))
    return resolve(run, run.facts.exported(`export:${ref.slice(7)} ${name}`));
  return undefined;
}

export function instanceMember(
  run: Run,
  classId: string,
  name: string,
  op: Op,
  depth: number,
): Value | undefined {
  const shape = run.facts.classOf(classId);
  if (shape === undefined || depth > 8) return undefined;
  const own = shape.members.get(name);
  const field = run.facts.fieldOf(classId, name);
  let out: Value | undefined;
  if (own !== undefined) out = own;
  if (field !== undefined) out = join(out, field);
  const annotation = shape.annotations.get(name);
  if (annotation !== undefined) {
    const type = run.facts.typeRefs(shape.item, annotation);
    if (type.scalar) return { refs: [], taint: [], scalar: true };
    if (type.refs.length > 0) out = join(out, { refs: type.refs, taint: [] });
  }
  if (out !== undefined) return resolve(run, out);
  for (const base of shape.bases)
    for (const ref of resolve(run, base).refs) {
      const found = ref.startsWith("class:")
        ? instanceMember(run, ref.slice(6), name, op, depth + 1)
        : ref.startsWith("lib:")
          ? pathValue(run, `${ref.slice(4)}().${name}`, op, false)
          : undefined;
      if (found !== undefined) return found;
    }
  return undefined;
}

function superValue(run: Run): Value {
  const shape = run.entry.classId === undefined ? undefined : run.facts.classOf(run.entry.classId);
  if (shape === undefined) return UNKNOWN;
  return { refs: shape.bases.flatMap((b) => instances(b, run)), taint: [] };
}
/** Refs of instances of the classes a value may be. */
export function instances(value: Value, run: Run): Ref[] {
  return resolve(run, value).refs.flatMap((r): Ref[] =>
    r.startsWith("class:")
      ? [`inst:${r.slice(6)}`]
      : r.startsWith("lib:")
        ? [`lib:${run.facts.knowledge.canon(`${r.slice(4)}()`)}`]
        : [],
  );
}

/** A value that is nothing known but has a telling name ("cursor") is taken for what such names usually are. */
export function withHint(run: Run, value: Value, op: ValueId): Value {
  if (
    value.refs.some(
      (r) =>
        !r.startsWith(`lib:${run.facts.knowledge.globals}.`) ||
        run.facts.knowledge.knows(r.slice(4)),
    ) ||
    value.alts !== undefined ||
    value.fields !== undefined ||
    value.scalar
  )
    return value;
  const name = nameOf(run, op);
  const guesses = name === undefined ? [] : run.facts.knowledge.hint(name);
  if (guesses.length === 0) return value;
  return { ...withTaint(value, value.taint), refs: guesses.map((g) => `lib:${g}`), guessed: true };
}
/** The last identifier of an expression: `self.db` is "db". */
export function nameOf(run: Run, id: ValueId): string | undefined {
  const op = run.item.ops[id] as Op;
  if (op.op === "load") return (run.item.slots[op.slot] as string).replace(/#\d+$/, "");
  if (op.op === "free") return op.name;
  if (op.op === "member") return op.name;
  if (op.op === "await" || op.op === "annotate") return nameOf(run, op.value);
  return undefined;
}

function index(run: Run, raw: Value, key: Value, op: Op & { op: "index" }): Value {
  const object = resolve(run, raw);
  const name = onlyConst(key);
  let out: Value = readField(object, name === undefined ? "*" : String(name.value));
  // An allow-list map: whatever the key, the result is one of its constants.
  if (object.fields !== undefined && object.closed && object.taint.length === 0)
    out = name === undefined ? readField(object, "*") : out;
  for (const ref of object.refs) {
    if (!ref.startsWith("lib:")) continue;
    const path = ref.slice(4);
    const k = run.facts.knowledge;
    const named =
      name !== undefined && typeof name.value === "string" ? `${path}.${name.value}` : undefined;
    const step = pathValue(
      run,
      named !== undefined && (k.knows(named) || !k.knows(`${path}[*]`)) ? named : `${path}[*]`,
      op,
      object.guessed ?? false,
    );
    out = out === UNKNOWN ? step : join(out, step);
  }
  return out;
}

/** Writes through to the variable that holds the object; objects reached in another way are left as they are. */
export function update(
  run: Run,
  object: ValueId,
  state: State,
  change: (old: Value) => Value,
): void {
  const op = run.item.ops[object] as Op;
  switch (op.op) {
    case "load": {
      const next = change(state.slots[op.slot] ?? UNKNOWN);
      state.slots[op.slot] = next;
      run.variables.set(op.slot, join(run.variables.get(op.slot), next));
      break;
    }
    case "this":
      state.self = change(state.self);
      break;
    case "free":
      state.free.set(op.name, change(state.free.get(op.name) ?? run.values[object] ?? UNKNOWN));
      break;
    case "member":
      update(run, op.object, state, (old) =>
        withField(old, op.name, change(readField(old, op.name)), true),
      );
      break;
    case "index": {
      const key = onlyConst(run.values[op.key]);
      const name = key === undefined ? "*" : String(key.value);
      update(run, op.object, state, (old) =>
        withField(old, name, change(readField(old, name)), key !== undefined),
      );
      break;
    }
    case "await":
    case "annotate":
      update(run, op.value, state, change);
      break;
    default:
      break;
  }
}

function defineClass(run: Run, op: Op & { op: "class" }, get: (v: ValueId) => Value): Value {
  const file = run.id.slice(0, run.id.indexOf("#"));
  const id = run.item.kind === "module" ? `${file}#${op.name}` : `${run.id}.${op.name}`;
  const members = new Map<string, Value>();
  const annotations = new Map<string, import("../ir/ir.ts").TypeRef>();
  const methods: number[] = [];
  const holes = new Map(
    [...run.closures.keys()].map((hole) => [`fn:${run.facts.child(run.id, hole)}`, hole]),
  );
  for (const m of op.members) {
    if (m.annotation !== undefined) annotations.set(m.name, m.annotation);
    if (m.value === undefined) continue;
    const value = get(m.value);
    if (m.kind !== "getter" && m.kind !== "setter") members.set(m.name, value);
    if (m.kind === "field") continue;
    for (const ref of value.refs) {
      const hole = holes.get(ref);
      const closure = hole === undefined ? undefined : run.closures.get(hole);
      if (hole === undefined || closure === undefined) continue;
      run.closures.set(hole, { ...closure, classId: id, isStatic: m.isStatic });
      methods.push(hole);
    }
  }
  run.classes.set(id, {
    name: op.name,
    bases: op.bases.map(get),
    members,
    annotations,
    methods,
    item: run.id,
  });
  return ofRef(`class:${id}`);
}

function record(
  run: Run,
  id: ValueId,
  op: Op,
  target: string,
  valueOp: ValueId,
  value: Value,
): void {
  if (target.startsWith("%")) return;
  if (value.alts === undefined && value.fields === undefined) return;
  if (!/^[A-Z][A-Z0-9_]+$/.test(target)) return;
  run.stores.push({
    target,
    site: { item: run.id, op: id, span: op.span },
    value,
    valueOp,
    sinks: [],
  });
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
  const holder = withHint(run, resolve(run, object), op.object);
  for (const ref of holder.refs) {
    if (!ref.startsWith("lib:")) continue;
    const target = `${ref.slice(4)}.${name}=`;
    const any = `${ref.slice(4)}.*=`;
    const sinks = run.facts.knowledge.sinks(target);
    if (sinks.length > 0 || run.facts.knowledge.watched(target) || run.facts.knowledge.watched(any))
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
        holder.guessed ?? false,
      );
  }
}
