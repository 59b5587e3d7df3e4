/**
 * Whether a function knows the site that asks by a real comparison of its origin, or by one that other sites pass as well: a part of
 * the text, its end or its beginning, a pattern that is open. Item coordinates.
 */
import { binder, origin, type Place } from "./given.ts";
import { childrenOf } from "./items.ts";
import {
  canBeGlued,
  type Ends,
  isShared,
  type Opening,
  openingOf,
  sourceOf,
} from "./origin-pattern.ts";
import type { Code, Context, Hit, ItemId, Literal, Op, Span, ValueId } from "./rule.ts";
import { words } from "./secret-names.ts";
import { storesOf } from "./stores.ts";
import { bare } from "./tokens.ts";

/** "part": somewhere in the origin; "inside": the origin somewhere in a text of allowed ones; "null": the origin of no site. */
export type Weakness = "part" | "ends" | "begins" | "inside" | "null" | Opening;
export interface WeakTest {
  readonly item: ItemId;
  readonly span: Span;
  readonly op: ValueId;
  readonly text: string;
  readonly how: Weakness;
  /** What it is compared with is not known here. */
  readonly isGuess: boolean;
  /** The constant it is compared with, where it is written, if it alone is the origin. */
  readonly constant?: { readonly op: ValueId; readonly text: string };
}
/** "tested": it is compared with something, by a comparison of which nothing bad is known. */
export type Verdict = WeakTest | "tested" | undefined;

interface Scope {
  readonly context: Context;
  /** Variables that hold an origin, or one of a list of what it is compared with: by item and slot. */
  readonly subjects: Set<string>;
  readonly lists: Map<string, Place>;
  /** Functions that are being looked at. */
  readonly within: Set<ItemId>;
  steps: number;
}
const MOST_STEPS = 2000;
const DEVELOPMENT = /\b(?:NODE_ENV|is_?dev\w*|development|debug|__DEV__)\b/i;
/** Those that are compared with, not the one that asks. */
const OURS =
  /^(?:allowed|allow|trusted|valid|permitted|whitelisted|whitelist|expected|configured|my|own|base|app|site|server|safe|known|target|self|window|location|public|frontend|client|default)$/;

export function scopeOf(
  context: Context,
  subjects: readonly (readonly [Code, number])[] = [],
): Scope {
  return {
    context,
    subjects: new Set(subjects.map(([code, slot]) => `${code.item}:${slot}`)),
    lists: new Map(),
    within: new Set(),
    steps: 0,
  };
}

/** What the branches say that every way to the operation has passed. */
export function verdictAt(code: Code, id: ValueId, scope: Scope): Verdict {
  const at = code.ir.blocks.findIndex((b) => b.ops.includes(id));
  return at < 0 ? undefined : verdictOf(code, at, scope);
}
function verdictOf(code: Code, block: number, scope: Scope): Verdict {
  return together(
    branchesTo(code, block).map((edges) => {
      return either(
        edges.map(({ of, taken }) =>
          DEVELOPMENT.test(code.text(code.op(of).span))
            ? "tested"
            : verdict(code, of, taken, scope),
        ),
      );
    }),
  );
}
/** All of them hold: a real comparison makes up for a weak one. */
function together(all: readonly Verdict[]): Verdict {
  return all.find((v) => v === "tested") ?? all.find((v) => v !== undefined);
}
/** One of them holds: the weakest decides. */
function either(all: readonly Verdict[]): Verdict {
  return (
    all.find((v) => typeof v === "object") ??
    (all.length > 0 && all.every((v) => v === "tested") ? "tested" : undefined)
  );
}

interface Edge {
  readonly of: ValueId;
  readonly taken: boolean;
}
/** From near to far: each time the branches of which one leads there, if nothing else does. */
function branchesTo(code: Code, block: number): readonly (readonly Edge[])[] {
  const { blocks } = code.ir;
  const before: number[][] = blocks.map(() => []);
  blocks.forEach(({ end, handler }, at) => {
    const next = end.kind === "jump" ? [end.to] : end.kind === "branch" ? [end.then, end.else] : [];
    for (const to of handler === undefined ? next : [...next, handler]) before[to]?.push(at);
  });
  const above = dominators(before);
  const out: Edge[][] = [];
  for (let at = block; at > 0; at = above[at] as number) {
    const edges = (before[at] ?? []).map((from): Edge | undefined => {
      const end = blocks[from]?.end;
      return end?.kind === "branch" && (end.then === at || end.else === at)
        ? { of: end.condition, taken: end.then === at }
        : undefined;
    });
    if (edges.length > 0 && edges.every((e) => e !== undefined)) out.push(edges as Edge[]);
    if (above[at] === undefined || above[at] === at) break;
  }
  return out;
}
/** The nearest block that every way to a block has passed. */
function dominators(before: readonly (readonly number[])[]): readonly (number | undefined)[] {
  const order: number[] = [];
  const next: number[][] = before.map(() => []);
  before.forEach((all, at) => {
    for (const from of all) next[from]?.push(at);
  });
  const seen = new Set([0]);
  const stack: [number, number][] = [[0, 0]];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const to = next[top[0]]?.[top[1]++];
    if (to === undefined) order.unshift((stack.pop() as [number, number])[0]);
    else if (!seen.has(to)) {
      seen.add(to);
      stack.push([to, 0]);
    }
  }
  const rank = new Map(order.map((block, i) => [block, i]));
  const above: (number | undefined)[] = before.map(() => undefined);
  above[0] = 0;
  const meet = (a: number, b: number): number => {
    let [x, y] = [a, b];
    while (x !== y)
      if ((rank.get(x) ?? 0) > (rank.get(y) ?? 0)) x = above[x] as number;
      else y = above[y] as number;
    return x;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of order.slice(1)) {
      const known = (before[block] ?? []).filter((p) => above[p] !== undefined);
      const [first, ...rest] = known;
      if (first === undefined) continue;
      const now = rest.reduce(meet, first);
      if (above[block] === now) continue;
      above[block] = now;
      changed = true;
    }
  }
  return above;
}

/** What it says of the origin that the value is true, or false. */
export function verdict(code: Code, id: ValueId, truth: boolean, scope: Scope): Verdict {
  if (scope.steps++ > MOST_STEPS) return undefined;
  const op = code.op(id);
  switch (op.op) {
    case "annotate":
    case "await":
      return verdict(code, op.value, truth, scope);
    case "unary":
      return op.operator === "not" || op.operator === "!"
        ? verdict(code, op.operand, !truth, scope)
        : undefined;
    case "load":
      return ofVariable(code, op.slot, truth, scope);
    case "free": {
      const place = origin({ code, op, id }, scope.context);
      return place.op === op || place.op.op === "free"
        ? undefined
        : verdict(place.code, place.id, truth, scope);
    }
    case "compare":
      return ofComparison(code, id, op, truth, scope);
    case "call":
      return ofCall(code, id, op, truth, scope);
    default:
      return undefined;
  }
}

function ofVariable(code: Code, slot: number, truth: boolean, scope: Scope): Verdict {
  const key = `=${code.item}:${slot}`;
  if (scope.within.has(key)) return undefined;
  scope.within.add(key);
  const all: Verdict[] = [];
  code.ir.ops.forEach((op, id) => {
    if (op.op !== "store" || op.slot !== slot) return;
    const value = bare(code, op.value);
    if (isAsked(code, op.value, scope)) all.push(verdictAt(code, id, scope));
    else if (value.op !== "const") {
      all.push(together([verdict(code, op.value, truth, scope), verdictAt(code, id, scope)]));
    } else if (Boolean(value.value) === truth) all.push(verdictAt(code, id, scope));
  });
  scope.within.delete(key);
  return either(all);
}

function ofComparison(
  code: Code,
  id: ValueId,
  op: Op & { op: "compare" },
  truth: boolean,
  scope: Scope,
): Verdict {
  const { operator, left, right } = op;
  const weak = (how: Weakness): WeakTest => weakTest(code, id, how);
  if (operator === "in" || operator === "not in") {
    if ((operator === "in") !== truth) return undefined;
    if (isAsked(code, left, scope)) return ofMembership(code, id, right, scope);
    return isAsked(code, right, scope) ? ofPart(code, id, left, scope) : undefined;
  }
  if (operator === "==" || operator === "!=") {
    const place = positionOf(code, left, scope) ?? positionOf(code, right, scope);
    const other = constantAt(code, positionOf(code, left, scope) === undefined ? left : right);
    if (place !== undefined) {
      if (other === -1) return (operator === "!=") === truth ? place.part : undefined;
      if (other === 0) return (operator === "==") === truth ? place.begins : undefined;
      return undefined;
    }
    if ((operator === "==") !== truth) return undefined;
    const asked = isAsked(code, left, scope)
      ? right
      : isAsked(code, right, scope)
        ? left
        : undefined;
    if (asked === undefined) return undefined;
    const with_ = constantAt(code, asked);
    return with_ === "null" ? weak("null") : with_ === undefined || with_ ? "tested" : undefined;
  }
  const place = positionOf(code, left, scope);
  const bound = constantAt(code, right);
  if (place === undefined) return undefined;
  const isFound = (operator === ">=" && bound === 0) || (operator === ">" && bound === -1);
  const isMissing = (operator === "<" && bound === 0) || (operator === "<=" && bound === -1);
  return (isFound && truth) || (isMissing && !truth) ? place.part : undefined;
}

/** `origin.indexOf("example.com")`, of a list too; `origin.search(/.../)`. */
function positionOf(
  code: Code,
  id: ValueId,
  scope: Scope,
): { readonly part: Verdict; readonly begins: Verdict } | undefined {
  const op = bare(code, id);
  const callee = op.op === "call" ? code.op(op.callee) : undefined;
  const first = op.op === "call" ? op.args[0]?.value : undefined;
  if (callee?.op !== "member" || first === undefined) return undefined;
  if (!/^(?:indexOf|lastIndexOf|find|rfind|search)$/.test(callee.name)) return undefined;
  if (isAsked(code, callee.object, scope))
    return callee.name === "search"
      ? { part: ofPattern(code, id, first, "search", scope), begins: undefined }
      : {
          part: ofPart(code, id, first, scope),
          begins: ofBeginning(code, id, first, isHost(code, callee.object, scope), scope),
        };
  return isAsked(code, first, scope)
    ? { part: ofMembership(code, id, callee.object, scope), begins: "tested" }
    : undefined;
}

function ofCall(
  code: Code,
  id: ValueId,
  op: Op & { op: "call" },
  truth: boolean,
  scope: Scope,
): Verdict {
  const callee = code.op(op.callee);
  const args = op.args.map((a) => a.value);
  const [first, second] = args;
  if (callee.op === "member" && first !== undefined) {
    const { name, object } = callee;
    if (isAsked(code, object, scope)) {
      if (!truth) return undefined;
      if (/^starts_?with$/i.test(name))
        return ofBeginning(code, id, first, isHost(code, object, scope), scope);
      if (/^ends_?with$/i.test(name)) return ofEnd(code, id, first, scope);
      if (/^(?:includes|contains|__contains__)$/.test(name)) return ofPart(code, id, first, scope);
      if (/^(?:match|search)$/.test(name)) return ofPattern(code, id, first, "search", scope);
      return undefined;
    }
    if (/^(?:some|any|find|every)$/.test(name)) {
      const inside = functionOf(code, first, scope);
      if (inside !== undefined) {
        const param = inside.ir.params[0];
        const list = origin({ code, op: code.op(object), id: object }, scope.context);
        if (param !== undefined) scope.lists.set(`${inside.item}:${param.slot}`, list);
        return ofFunction(inside, truth, scope);
      }
    }
    if (isAsked(code, first, scope)) {
      if (/^(?:includes|has|contains|indexOf)$/.test(name))
        return truth ? ofMembership(code, id, object, scope) : undefined;
      const ends = endsOf(name);
      if (ends !== undefined && args.length === 1)
        return truth ? ofPattern(code, id, object, ends, scope) : undefined;
    }
    // `re.match(PATTERN, origin)`
    const ends = second !== undefined && isAsked(code, second, scope) ? endsOf(name) : undefined;
    if (ends !== undefined) return truth ? ofPattern(code, id, first, ends, scope) : undefined;
  }
  // `any(origin.endswith(d) for d in DOMAINS)`
  if (callee.op === "free" && callee.name === "any" && first !== undefined)
    return truth
      ? either(elements(code, first).map((e) => verdict(code, e, true, scope)))
      : undefined;
  if (callee.op === "free" && /^(?:Boolean|bool)$/.test(callee.name) && first !== undefined)
    return verdict(code, first, truth, scope);
  const asked = args.flatMap((a, i) => (isAsked(code, a, scope) ? [i] : []));
  const body = functionOf(code, op.callee, scope);
  if (body === undefined) return asked.length > 0 && truth ? "tested" : undefined;
  if (asked.length === 0) return undefined;
  for (const i of asked) {
    const param = body.ir.params[i];
    if (param !== undefined) scope.subjects.add(`${body.item}:${param.slot}`);
  }
  return ofFunction(body, truth, scope) ?? (truth ? "tested" : undefined);
}
function endsOf(name: string): Ends | undefined {
  if (/^(?:test|exec|search|findall)$/.test(name)) return "search";
  return name === "match" ? "start" : name === "fullmatch" ? "whole" : undefined;
}

/** What it says of the origin that the function answers so. */
export function ofFunction(code: Code, truth: boolean, scope: Scope): Verdict {
  if (scope.within.has(code.item) || scope.within.size > 6) return undefined;
  scope.within.add(code.item);
  const all: Verdict[] = [];
  code.ir.blocks.forEach(({ end }, at) => {
    if (end.kind !== "return" || end.value === undefined) return;
    const value = bare(code, end.value);
    if (value.op === "const") {
      if (Boolean(value.value) === truth) all.push(verdictOf(code, at, scope));
    } else if (value.op !== "load" && isAsked(code, end.value, scope))
      all.push(verdictOf(code, at, scope));
    else all.push(together([verdict(code, end.value, truth, scope), verdictOf(code, at, scope)]));
  });
  scope.within.delete(code.item);
  return either(all);
}

export function functionOf(
  code: Code,
  id: ValueId,
  { context }: Pick<Scope, "context">,
): Code | undefined {
  const place = origin({ code, op: code.op(id), id }, context);
  if (place.op.op !== "closure") return undefined;
  const item = childrenOf(place.code).get(place.op.hole);
  return item === undefined ? undefined : place.code.other(item);
}

function weakTest(code: Code, id: ValueId, how: Weakness, isGuess = false): WeakTest {
  const { span } = code.op(id);
  const text = code.text(span).replace(/\s+/g, " ");
  return {
    item: code.item,
    span,
    op: id,
    how,
    isGuess,
    text: text.length > 80 ? `${text.slice(0, 77)}...` : text,
  };
}
function withConstant(test: WeakTest, code: Code, op: ValueId): WeakTest {
  const { item } = code;
  const value = code.op(op);
  return item === test.item && value.op === "const" && typeof value.value === "string"
    ? { ...test, constant: { op, text: value.value } }
    : test;
}

function ofPart(code: Code, id: ValueId, with_: ValueId, scope: Scope): Verdict {
  const all = textsOf(code, with_, scope);
  const weak = all.find(({ start }) => start === undefined || isPartOfSite(start));
  if (weak === undefined) return "tested";
  const test = weakTest(code, id, "part", weak.start === undefined);
  return all.length === 1 ? withConstant(test, code, with_) : test;
}
/** Not "://" or the scheme of an extension. */
function isPartOfSite(text: string): boolean {
  return /[a-z0-9]/i.test(text) && !/^(?!https?:)[a-z][\w+.-]*:\/\//i.test(text);
}
function ofEnd(code: Code, id: ValueId, with_: ValueId, scope: Scope): Verdict {
  const all = textsOf(code, with_, scope).flatMap(({ start, isWhole }) =>
    start !== undefined && isWhole ? [start] : [],
  );
  const shared = all.find((text) => text.startsWith(".") && isShared(text.slice(1)));
  if (shared !== undefined) return weakTest(code, id, "shared");
  if (!all.some((text) => (/^\w/.test(text) && canBeGlued(text)) || /^:\d+$/.test(text)))
    return "tested";
  const test = weakTest(code, id, "ends");
  return all.length === 1 ? withConstant(test, code, with_) : test;
}
/** Behind a port or a slash nothing comes that would be part of the site. */
function ofBeginning(
  code: Code,
  id: ValueId,
  with_: ValueId,
  isName: boolean,
  scope: Scope,
): Verdict {
  const all = textsOf(code, with_, scope);
  const weak = all.find(({ start, end }) => {
    if (start !== undefined && /^(?!https?:)[a-z][\w+.-]*:\/\//i.test(start)) return false;
    if (end === undefined) return true;
    return isName ? !/[:/]$/.test(end) : !/[^:/][:/]\d*\/?$/.test(end) && /\w/.test(start ?? end);
  });
  if (weak === undefined) return "tested";
  const test = weakTest(code, id, "begins", !weak.isWhole);
  return all.length === 1 ? withConstant(test, code, with_) : test;
}
function ofPattern(code: Code, id: ValueId, pattern: ValueId, ends: Ends, scope: Scope): Verdict {
  const places = listed(code, pattern, scope);
  for (const place of places) {
    const source = patternAt(place);
    const how = source === undefined ? undefined : openingOf(source, ends);
    if (how !== undefined) return weakTest(code, id, how);
  }
  return "tested";
}
/** A pattern that is written: a literal, a text, or one of them in the call that makes a pattern of it. */
export function patternAt({ code, op }: Place): string | undefined {
  if (op.op === "call") {
    const first = op.args[0] === undefined ? undefined : bare(code, op.args[0].value);
    return first?.op === "const" && typeof first.value === "string"
      ? (sourceOf(first.value) ?? first.value)
      : undefined;
  }
  if (op.op !== "const" || typeof op.value !== "string") return undefined;
  return sourceOf(op.value) ?? op.value;
}

/** In a list it is compared as a whole; in a text any part of the text will do. */
function ofMembership(code: Code, id: ValueId, list: ValueId, scope: Scope): Verdict {
  const place = origin({ code, op: code.op(list), id: list }, scope.context);
  if (isSettingText(place, scope)) return weakTest(code, id, "inside");
  const isNull = listed(code, list, scope).some(
    ({ op }) => op.op === "const" && op.value === "null",
  );
  return isNull ? weakTest(code, id, "null") : "tested";
}
/** A variable of the environment, as it is or with a text in its place. */
function isSettingText({ code, op }: Place, scope: Scope, depth = 0): boolean {
  if (depth > 4) return false;
  if (op.op === "load") {
    const stores = storesOf(code, op.slot);
    return (
      stores.length > 0 &&
      stores.every((v) => isSettingText({ code, op: bare(code, v), id: v }, scope, depth + 1))
    );
  }
  if (op.op === "const") return typeof op.value === "string" && sourceOf(op.value) === undefined;
  const callee = op.op === "call" ? code.op(op.callee) : undefined;
  const record =
    op.op === "member" || op.op === "index"
      ? op.object
      : callee?.op === "member" && callee.name === "get"
        ? callee.object
        : undefined;
  const of = record === undefined ? undefined : pathOf(code, bare(code, record));
  if (of !== undefined && scope.context.holdsTexts(of)) return true;
  const path = pathOf(code, op);
  return path !== undefined && scope.context.isText(path);
}
function pathOf(code: Code, op: Op): string | undefined {
  if (op.op === "member") {
    const object = pathOf(code, bare(code, op.object));
    return object === undefined ? undefined : `${object}.${op.name}`;
  }
  if (op.op === "index") {
    const key = constantAt(code, op.key);
    const object = pathOf(code, bare(code, op.object));
    return object === undefined || typeof key !== "string" ? undefined : `${object}.${key}`;
  }
  if (op.op === "call") {
    const callee = pathOf(code, code.op(op.callee));
    return callee === undefined ? undefined : `${callee}()`;
  }
  if (op.op === "import") return op.name === undefined ? op.module : `${op.module}.${op.name}`;
  if (op.op === "free") {
    const up = binder(code, op.name);
    if (up === undefined) return `%.${op.name}`;
    const [only] = storesOf(up.code, up.code.ir.slots.indexOf(up.name));
    return only === undefined ? undefined : pathOf(up.code, bare(up.code, only));
  }
  if (op.op === "load") {
    const [only] = storesOf(code, op.slot);
    return only === undefined ? undefined : pathOf(code, bare(code, only));
  }
  return undefined;
}

function constantAt(code: Code, id: ValueId): Literal | undefined {
  const op = bare(code, id);
  if (op.op === "unary" && op.operator === "-") {
    const inner = bare(code, op.operand);
    return inner.op === "const" && typeof inner.value === "number" ? -inner.value : undefined;
  }
  return op.op === "const" ? op.value : undefined;
}

interface Known {
  readonly start?: string;
  readonly end?: string;
  readonly isWhole: boolean;
}
/** What is known of a text, or of each of those in a list: how it begins and ends. */
function textsOf(code: Code, id: ValueId, scope: Scope): readonly Known[] {
  return listed(code, id, scope).map(({ code, op }) => {
    if (op.op === "const" && typeof op.value === "string")
      return { start: op.value, end: op.value, isWhole: true };
    if (op.op === "join") {
      const first = op.parts[0];
      const last = op.parts.at(-1);
      return {
        ...(first?.kind === "text" && { start: first.text }),
        ...(last?.kind === "text" && { end: last.text }),
        isWhole: false,
      };
    }
    if (op.op === "binary" && op.operator === "+") {
      const start = constantAt(code, op.left);
      const end = constantAt(code, op.right);
      return {
        ...(typeof start === "string" && { start }),
        ...(typeof end === "string" && { end }),
        isWhole: false,
      };
    }
    return { isWhole: false };
  });
}
/** The value, or the elements of the list it is or is one of. */
function listed(code: Code, id: ValueId, scope: Scope, depth = 0): readonly Place[] {
  const at = bare(code, id);
  if (depth > 4) return [{ code, op: at, id }];
  if (at.op === "load") {
    const list = scope.lists.get(`${code.item}:${at.slot}`);
    if (list !== undefined) return inList(list, scope, depth);
    const [only, ...more] = storesOf(code, at.slot);
    const value = only === undefined ? undefined : bare(code, only);
    if (value?.op === "iterate" && more.length === 0)
      return inList(
        origin({ code, op: code.op(value.value), id: value.value }, scope.context),
        scope,
        depth,
      );
  }
  return inList(origin({ code, op: at, id }, scope.context), scope, depth);
}
function inList(place: Place, scope: Scope, depth: number): readonly Place[] {
  const { code, op } = place;
  // `new Set([...])`, `frozenset((...))`
  const first = op.op === "call" && op.args.length === 1 ? op.args[0]?.value : undefined;
  if (
    first !== undefined &&
    origin({ code, op: code.op(first), id: first }, scope.context).op.op === "sequence"
  )
    return listed(code, first, scope, depth + 1);
  return op.op === "sequence"
    ? op.elements.flatMap((e) => (e.spread ? [] : listed(code, e.value, scope, depth + 1)))
    : [place];
}
/** What a comprehension puts into its list. */
function elements(code: Code, id: ValueId): readonly ValueId[] {
  const op = bare(code, id);
  if (op.op === "sequence") return op.elements.map((e) => e.value);
  return op.op === "load" ? storesOf(code, op.slot).flatMap((v) => elements(code, v)) : [];
}

/** It is the origin that came, or the name of its host. */
export function isAsked(code: Code, id: ValueId, scope: Scope, depth = 0): boolean {
  const op = bare(code, id);
  if (depth > 6) return false;
  switch (op.op) {
    case "load": {
      if (scope.subjects.has(`${code.item}:${op.slot}`)) return true;
      if (scope.lists.has(`${code.item}:${op.slot}`)) return false;
      const name = code.ir.slots[op.slot] ?? "";
      if (isOriginName(name)) return true;
      const isParam = code.ir.params.some((p) => p.slot === op.slot);
      return !isParam && storesOf(code, op.slot).some((v) => isAsked(code, v, scope, depth + 1));
    }
    case "free": {
      const up = binder(code, op.name);
      const slot = up?.code.ir.slots.indexOf(up.name) ?? -1;
      if (up !== undefined && scope.subjects.has(`${up.code.item}:${slot}`)) return true;
      if (isOriginName(op.name)) return true;
      return (
        up !== undefined &&
        up.code.ir.kind === "function" &&
        !up.code.ir.params.some((p) => p.slot === slot) &&
        storesOf(up.code, slot).some((v) => isAsked(up.code, v, scope, depth + 1))
      );
    }
    case "member":
      if (
        /^(?:hostname|host|netloc|origin|href)$/.test(op.name) &&
        isAsked(code, op.object, scope, depth + 1)
      )
        return true;
      return isOriginName(op.name) && !isOwnAddress(code, op.object);
    case "index": {
      const key = constantAt(code, op.key);
      return typeof key === "string" && isOriginName(key);
    }
    case "call": {
      const callee = code.op(op.callee);
      const first = op.args[0]?.value;
      if (
        callee.op === "member" &&
        first !== undefined &&
        /^(?:get|header|getHeader)$/.test(callee.name)
      ) {
        const key = constantAt(code, first);
        return typeof key === "string" && isOriginName(key);
      }
      if (
        callee.op === "member" &&
        /^(?:toLowerCase|lower|trim|strip|rstrip|toString|replace|decode)$/.test(callee.name)
      )
        return isAsked(code, callee.object, scope, depth + 1);
      const last = callee.op === "member" || callee.op === "free" ? callee.name : "";
      return first !== undefined && /^(?:URL|parse|urlparse|urlsplit|String|str)$/.test(last)
        ? isAsked(code, first, scope, depth + 1)
        : false;
    }
    default:
      return false;
  }
}
/** `location.origin`: the page's own. */
function isOwnAddress(code: Code, id: ValueId): boolean {
  const op = bare(code, id);
  return (
    (op.op === "free" || op.op === "member") &&
    /^(?:location|window|self|nextUrl|config|settings)$/.test(op.name)
  );
}
function isOriginName(name: string): boolean {
  const all = words(name.replace(/#\d+$/, "")).map((w) => w.toLowerCase());
  return all.at(-1) === "origin" && !all.slice(0, -1).some((w) => OURS.test(w));
}
function isHost(code: Code, id: ValueId, scope: Scope, depth = 0): boolean {
  const op = bare(code, id);
  if (depth > 6) return false;
  if (op.op === "member") return /^(?:hostname|host|netloc)$/.test(op.name);
  if (op.op === "load")
    return storesOf(code, op.slot).some((v) => isHost(code, v, scope, depth + 1));
  if (op.op !== "call") return false;
  const callee = code.op(op.callee);
  return (
    callee.op === "member" &&
    (callee.name === "replace" || isHost(code, callee.object, scope, depth + 1))
  );
}

/** By what stands in front of the header, or of the variable that is put into it. */
export function verdictOnHeader(hit: Hit, code: Code, context: Context): Verdict {
  const scope = scopeOf(context);
  const own = verdictAt(code, hit.site.op, scope);
  if (own === "tested") return own;
  const stored = storedOrigins(code, hit.arg).map((at) => verdictAt(code, at, scope));
  const found = stored.find((v) => v !== undefined);
  return own ?? found;
}
function storedOrigins(code: Code, arg: number): readonly number[] {
  const out: number[] = [];
  const seen = new Set<number>();
  const scope = scopeOf({} as Context);
  const todo = arg < 0 ? [] : [arg];
  for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
    const op = bare(code, id);
    if (op.op !== "load" || seen.has(op.slot)) continue;
    seen.add(op.slot);
    const values = new Set(storesOf(code, op.slot));
    code.ir.ops.forEach((store, at) => {
      if (store.op === "store" && values.has(store.value) && isAsked(code, store.value, scope))
        out.push(at);
    });
    todo.push(...values);
  }
  return out;
}
