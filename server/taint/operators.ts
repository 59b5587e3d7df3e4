/** Arithmetic, joining of texts, and what a comparison proves. */
import type { Op, ValueId } from "../ir/ir.ts";
import { isAskedLabel } from "./checks.ts";
import { arithmetic, combined, decide, ofConstants } from "./constants.ts";
import { concatLists, holds, isRecord, merge } from "./containers.ts";
import { isTainted, spread } from "./fields.ts";
import { both, join, joinTaint } from "./join.ts";
import { ALL_KINDS, clearedBy, kindBit, WEAK_GUARD } from "./kinds.ts";
import { hasForeignKeys } from "./membership.ts";
import type { PassRow } from "./model.ts";
import { isOwnSite, OWN_SITE, ownSiteOf } from "./own-site.ts";
import {
  besides,
  contains,
  isForeign,
  isMadeOf,
  prove,
  proveAt,
  provedBy,
  provedByOperator,
  provedNoneOf,
  provedUnequal,
  weakened,
} from "./proofs.ts";
import type { Run } from "./run.ts";
import { bake, type State } from "./state.ts";
import { concat } from "./text.ts";
import {
  constant,
  constants,
  ofTaint,
  onlyConst,
  type Proof,
  type Ref,
  type Value,
} from "./value.ts";

/** Whatever its type, it is written as text: what is inside shows. */
export function asText(value: Value): Value {
  return value.fields === undefined ? value : { refs: value.refs, taint: spread(value) };
}

export function negate(value: Value): Value {
  const all = constants(value);
  const out: { -readonly [K in keyof Value]: Value[K] } = { refs: [], taint: [], scalar: true };
  if (all !== undefined) out.alts = [...new Set(all.map((c) => !c))].map((c) => ({ const: c }));
  if (value.whenFalse !== undefined) out.whenTrue = value.whenFalse;
  if (value.whenTrue !== undefined) out.whenFalse = value.whenTrue;
  return out;
}

export function binary(
  run: Run,
  op: Op & { op: "binary" },
  left: Value,
  right: Value,
  state: State,
): Value {
  const span = (v: ValueId): Op["span"] => (run.item.ops[v] as Op).span;
  if (op.operator === "+") {
    const sums = combined(left, right, (a, b) => arithmetic("+", a, b));
    if (sums !== undefined) return ofConstants(sums);
    if (areNumbers(left) && areNumbers(right)) return { refs: [], taint: [], scalar: true };
    if (
      (left.fields !== undefined || right.fields !== undefined) &&
      left.alts === undefined &&
      right.alts === undefined
    )
      return concatLists(left, right) ?? join(join(left, right), ofTaint([]));
    if (left.scalar && right.scalar) return { refs: [], taint: [], scalar: true };
    return concat(
      [
        { value: bake(asText(left), state), span: span(op.left) },
        { value: bake(asText(right), state), span: span(op.right) },
      ],
      run.id,
    );
  }
  const results = combined(left, right, (a, b) => arithmetic(op.operator, a, b));
  if (results !== undefined) return ofConstants(results);
  const row = rowOf(run, left, op.operator);
  if (row !== undefined) {
    const adds = clearedBy(row.clears);
    const into = spread(right).map((t) => ({ ...t, cleared: t.cleared | adds }));
    return { refs: left.refs, taint: joinTaint(left.taint, into) };
  }
  if (op.operator === "%" && left.alts !== undefined && !left.scalar)
    return ofTaint(joinTaint(left.taint, spread(right)));
  const path = run.facts.knowledge.passes(`%${op.operator}()`)[0];
  if (
    path !== undefined &&
    (left.refs.length > 0 ||
      typeof onlyConst(right)?.value === "string" ||
      left.taint.length > 0 ||
      (!right.scalar && isTainted(right)))
  ) {
    const joined = concat(
      [
        { value: bake(asText(left), state), span: span(op.left) },
        { value: constant("/"), span: op.span },
        { value: bake(asText(right), state), span: span(op.right) },
      ],
      run.id,
      path.absoluteWins,
    );
    const type = run.facts.knowledge.canon(`%${op.operator}()`);
    const refs = left.refs.map((r) => madeBy(run, r, op.operator) ?? r);
    // Of operands without a known type the operator itself tells what they are.
    const untyped = refs.every((r, i) => r === left.refs[i] && !isKnown(run, r));
    return { ...joined, refs: untyped && type[0] !== "%" ? [`lib:${type}`] : refs };
  }
  const made = left.refs.flatMap((r) => madeBy(run, r, op.operator) ?? []);
  if (made.length > 0) return { refs: made, taint: joinTaint(spread(left), spread(right)) };
  if (op.numeric || (areNumbers(left) && areNumbers(right)))
    return { refs: [], taint: [], scalar: true };
  if (op.operator === "|" && left.fields !== undefined && right.fields !== undefined)
    return (
      (isRecord(left) || isRecord(right) ? undefined : concatLists(left, right)) ??
      merge(left, right)
    );
  const taint = left.scalar || right.scalar ? [] : joinTaint(spread(left), spread(right));
  return taint.length === 0 ? { refs: [], taint, scalar: true } : ofTaint(taint);
}

function isKnown(run: Run, ref: Ref): boolean {
  return !ref.startsWith("lib:") || run.facts.knowledge.knows(ref.slice(4));
}

/** What becomes of the right side, if a model says so of the library's object on the left. */
function rowOf(run: Run, left: Value, operator: string): PassRow | undefined {
  for (const ref of left.refs) {
    if (!ref.startsWith("lib:")) continue;
    const row = run.facts.knowledge.passes(`${ref.slice(4)}.%${operator}()`)[0];
    if (row !== undefined) return row;
  }
  return undefined;
}

/** What an operator makes of a library object, if a model says so. */
function madeBy(run: Run, ref: Ref, operator: string): Ref | undefined {
  if (!ref.startsWith("lib:")) return undefined;
  const path = `${ref.slice(4)}.%${operator}()`;
  const type = run.facts.knowledge.canon(path);
  return type === path ? undefined : `lib:${type}`;
}

function areNumbers(value: Value): boolean {
  return constants(value)?.every((c) => typeof c === "number") ?? false;
}

const ONE_KNOWN_SIDE: readonly string[] = ["==", "!="];

export function compare(
  run: Run,
  op: { readonly operator: string; readonly left: ValueId; readonly right: ValueId },
  left: Value,
  right: Value,
  how: { readonly loose?: boolean; readonly keys?: boolean } = {},
  /** Nothing but this item changes the right side. */
  isOwn = false,
): Value {
  const { operator } = op;
  const { loose = false, keys = false } = how;
  const out: { -readonly [K in keyof Value]: Value[K] } = { refs: [], taint: [], scalar: true };
  const known =
    combined(left, right, (a, b) => decide(operator, a, b, loose)) ??
    (isOwn ? membership(operator, left, right, keys) : undefined);
  if (known !== undefined) out.alts = known.map((value) => ({ const: value }));
  const answer =
    onlyConst(left) === undefined ? answered(operator, left, onlyConst(right)?.value) : undefined;
  if (answer !== undefined) return { ...out, ...answer };
  let proof: Proof | undefined;
  let weak: Proof | undefined;
  const ownSite = ownSiteOf(run, left, right);
  if (operator === "instanceof") {
    if (run.item.ops[op.left]?.op === "caught" && isAnyException(run, right)) return constant(true);
    const mask = (provedBy(run, INSTANCE, right) ?? 0) | (provedBy(run, OWN_ERROR, right) ?? 0);
    if (mask !== 0) proof = proveAt(run, left, op.left, mask);
  } else if (ONE_KNOWN_SIDE.includes(operator) && ownSite !== undefined) {
    const [value, at] = ownSite === left ? [right, op.right] : [left, op.left];
    proof = proveAt(run, value, at, OWN_SITE);
    weak = prove(value, 0);
  } else if (ONE_KNOWN_SIDE.includes(operator)) {
    const typed = provedByOperator(run, op.left, right) ?? provedByOperator(run, op.right, left);
    if (typed !== undefined) proof = typed;
    // Whether there is a value at all says nothing about it.
    else if (isEmptyConst(left) || isEmptyConst(right)) return out;
    else if (isOfNobody(run, op.right, right)) {
      proof = proveAt(run, left, op.left, ALL_KINDS);
      weak = both(prove(left, 0), provedUnequal(run, left, op.left, right));
    } else if (isOfNobody(run, op.left, left)) {
      proof = proveAt(run, right, op.right, ALL_KINDS);
      weak = both(prove(right, 0), provedUnequal(run, right, op.right, left));
    } else {
      // `HOSTS.some((h) => url.hostname === h)`: whoever calls the function sees whether the parameter is the program's own.
      const [outer, own] = isOwnParameter(right) ? [left, right] : [right, left];
      if (isOwnParameter(own) && isCaptured(outer)) {
        proof = prove(outer, ALL_KINDS);
        weak = prove(outer, 0);
      } else {
        // What a framework gives with a request and no client decides: `name === request.user.name`.
        const [given, at, own] = isOwnParameter(right)
          ? [left, op.left, right]
          : [right, op.right, left];
        if (isOwnParameter(own) && isForeign(given) && own.refs.some((r) => r.startsWith("lib:"))) {
          proof = ofSources(proveAt(run, given, at, ALL_KINDS));
          weak = ofSources(prove(given, 0));
        } else {
          // `path == folder or path.startswith(folder + os.sep)`: it may be the folder itself.
          if (!isForeign(right) || isMadeOf(left, right))
            proof = isFolder(run, left, op.left, right);
          if (!isForeign(left) || isMadeOf(right, left))
            proof = both(proof, isFolder(run, right, op.right, left));
        }
      }
    }
  } else if (operator === "in" || operator === "not in") {
    const k = run.facts.knowledge;
    const rows = right.refs.flatMap((r) =>
      r.startsWith("lib:") ? k.guards(`${r.slice(4)}.%in()`) : [],
    );
    const isConstant = spread(left).length === 0 && constants(left) !== undefined;
    if (rows.length > 0 || isConstant) {
      const own = rows.length > 0 ? rows : k.guards("*.%in()");
      proof = contains(run, own, "true", left, right, op.right);
      weak = contains(run, own, "false", left, right, op.right);
    } else if (left.taint.length > 0 && !hasForeignKeys(right)) {
      proof = proveAt(run, left, op.left, ALL_KINDS);
      weak = both(prove(left, 0), provedNoneOf(run, left, op.left, right));
    } else if (left.taint.length > 0 && isOwnSite(run, right)) {
      proof = proveAt(run, left, op.left, OWN_SITE);
      weak = prove(left, 0);
    }
  }
  const flip = operator === "!=" || operator === "not in";
  if (proof?.size) out[flip ? "whenFalse" : "whenTrue"] = proof;
  if (weak?.size) out[flip ? "whenTrue" : "whenFalse"] = weak;
  return out;
}

const SAME_FOLDER = kindBit("in-folder");
/** What it says of a path to be equal to another one: no more than that, for they may be no paths at all. */
function isFolder(run: Run, value: Value, at: ValueId, other: Value): Proof {
  const proof = besides(proveAt(run, value, at, SAME_FOLDER), other);
  return new Map(
    [...proof].flatMap(([label, mask]) =>
      isAskedLabel(label) ? [] : [[label, mask & ~WEAK_GUARD] as const],
    ),
  );
}

function ofSources(proof: Proof): Proof {
  return new Map([...proof].filter(([label]) => label.startsWith("source:")));
}

/** A check's answer compared with a constant: `ok(x) === false`, `text.indexOf("..") >= 0`, `path.indexOf(root) === 0`. */
function answered(
  operator: string,
  value: Value,
  known: unknown,
): Pick<Value, "whenTrue" | "whenFalse"> | undefined {
  const { whenTrue, whenFalse, position } = value;
  const empty = known === null || known === undefined;
  if (
    (empty || typeof known === "boolean") &&
    (whenTrue !== undefined || whenFalse !== undefined)
  ) {
    if (!ONE_KNOWN_SIDE.includes(operator)) return undefined;
    return sides((known === true) === (operator === "=="), whenTrue, whenFalse);
  }
  if (position === undefined || typeof known !== "number") return undefined;
  const { found, start } = position;
  const absent = both(weakened(found), position.absent);
  switch (`${operator}${known}`) {
    case "==-1":
    case "<0":
    case "<=-1":
      return sides(false, found, absent);
    case "!=-1":
    case ">=0":
    case ">-1":
      return sides(true, found, absent);
    case "==0":
      return sides(true, both(found, start), weakened(start));
    case "!=0":
      return sides(false, both(found, start), weakened(start));
    case ">0":
      return sides(true, found, undefined);
    default:
      return undefined;
  }
}
function sides(
  straight: boolean,
  yes: Proof | undefined,
  no: Proof | undefined,
): Pick<Value, "whenTrue" | "whenFalse"> {
  const [whenTrue, whenFalse] = straight ? [yes, no] : [no, yes];
  return {
    ...(whenTrue?.size ? { whenTrue } : {}),
    ...(whenFalse?.size ? { whenFalse } : {}),
  };
}

/** `~text.indexOf(part)` */
export function asFound({ found, absent }: NonNullable<Value["position"]>): Value {
  return { refs: [], taint: [], scalar: true, whenTrue: found, whenFalse: absent };
}

const INSTANCE = {
  path: "",
  subject: 0,
  proves: "true",
  clears: "all",
  needs: { arg: 1, is: "scalar-type" },
} as const;

/** What the program's own classes say was written by it. */
const OWN_ERROR = {
  path: "",
  subject: 0,
  proves: "true",
  clears: ["response"],
  needs: { arg: 1, is: "own-type" },
} as const;

function membership(
  operator: string,
  left: Value,
  right: Value,
  keys: boolean,
): readonly boolean[] | undefined {
  if (operator === "in") return holds(right, left, keys);
  return operator === "not in" ? holds(right, left, keys)?.map((found) => !found) : undefined;
}

/** Rules may look at what a library value is compared with, as at the call "PATH.%compared". */
export function observeCompare(
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

/** What the other side is compared with is the program's own: no data of a client, and a constant, something known, or an element. */
function isOfNobody(run: Run, id: ValueId, value: Value): boolean {
  if (value.taint.some((t) => !t.label.startsWith("source:")) || isForeign(value)) return false;
  const kind = run.item.ops[id]?.op;
  return (
    value.taint.length > 0 ||
    constants(value) !== undefined ||
    value.refs.length > 0 ||
    kind === "index" ||
    kind === "member"
  );
}

function isOwnParameter(value: Value): boolean {
  return value.taint.length > 0 && spread(value).every((t) => t.label.startsWith("param:"));
}
function isCaptured(value: Value): boolean {
  return value.taint.length > 0 && spread(value).every((t) => t.label.startsWith("free:"));
}

/** `x == None` and `x == ""`. */
function isEmptyConst(value: Value): boolean {
  return constants(value)?.every((c) => c === null || c === undefined || c === "") ?? false;
}

/** The class of all that is caught: `except Exception` lets nothing by that a handler would answer. */
export function isAnyException(run: Run, type: Value): boolean {
  return type.refs.some(
    (r) => r.startsWith("lib:") && run.facts.knowledge.isAnyException(r.slice(4)),
  );
}
