/** Functions that a page calls with the messages of other windows: who is asked for, and what is done with what they hold. */

import { calledName } from "./called-name.ts";
import { binder, origin } from "./given.ts";
import { childrenOf, itemsOf } from "./items.ts";
import { functionOf, scopeOf, verdict, type WeakTest } from "./origin-match.ts";
import type { Code, Context, ItemId, Op, Span, ValueId } from "./rule.ts";
import { secretName, words } from "./secret-names.ts";
import { inputsOf } from "./slice.ts";
import { bare } from "./tokens.ts";

export interface Listener {
  /** Where it is said what is listened to. */
  readonly code: Code;
  readonly op: ValueId;
  readonly span: Span;
  readonly handler: Code;
}

const PAGE = /^(?:window|globalThis|parent|top)$/;
const HOOK = /^use\w*Event\w*$/;

/** Listeners of a file; those of workers and ports are others. */
export function listenersIn(module: Code, context: Context): readonly Listener[] {
  const out: Listener[] = [];
  for (const code of itemsOf(module))
    code.ir.ops.forEach((op, id) => {
      const found = listened(code, op);
      const handler = found === undefined ? undefined : handlerAt(code, found.handler, context);
      if (found !== undefined && handler !== undefined)
        out.push({ code, op: id, span: found.span, handler });
    });
  return out;
}

function listened(
  code: Code,
  op: Op,
): { readonly handler: ValueId; readonly span: Span } | undefined {
  if (op.op === "setMember")
    return op.name === "onmessage" && isPage(code, op.object)
      ? { handler: op.value, span: op.span }
      : undefined;
  if (op.op !== "call") return undefined;
  const callee = code.op(op.callee);
  const [first, second] = op.args;
  const type = first === undefined ? undefined : bare(code, first.value);
  if (first === undefined || second === undefined || type?.op !== "const") return undefined;
  if (type.value !== "message") return undefined;
  const isOne =
    callee.op === "member"
      ? (callee.name === "addEventListener" && isPage(code, callee.object)) ||
        (/^(?:on|bind)$/.test(callee.name) && isWrapped(code, callee.object))
      : callee.op === "free" && HOOK.test(callee.name);
  return isOne ? { handler: second.value, span: first.span } : undefined;
}
function isPage(code: Code, id: ValueId): boolean {
  const op = bare(code, id);
  if (op.op === "member") return PAGE.test(op.name) && isPage(code, op.object);
  return op.op === "free" && PAGE.test(op.name) && binder(code, op.name) === undefined;
}
/** `$(window)` */
function isWrapped(code: Code, id: ValueId): boolean {
  const op = bare(code, id);
  const [first] = op.op === "call" ? op.args : [];
  return first !== undefined && isPage(code, first.value);
}

/** Declared anywhere, a method of the same object, bound, or kept by a hook. */
function handlerAt(code: Code, id: ValueId, context: Context, depth = 0): Code | undefined {
  const own = functionOf(code, id, { context });
  if (own !== undefined || depth > 3) return own;
  const place = origin({ code, op: code.op(id), id }, context);
  const { op } = place;
  if (op.op === "call") {
    const callee = place.code.op(op.callee);
    if (callee.op === "member" && callee.name === "bind")
      return handlerAt(place.code, callee.object, context, depth + 1);
    const [first] = op.args;
    return first === undefined ? undefined : handlerAt(place.code, first.value, context, depth + 1);
  }
  if (op.op !== "member" || place.code.op(op.object).op !== "this") return undefined;
  const suffix = new RegExp(`[.]${op.name.replace(/\W/g, "\\$&")}$`);
  const found = itemsOf(place.code).filter(({ item }) => suffix.test(item));
  return found.length === 1 ? found[0] : undefined;
}

export interface Effect {
  readonly item: ItemId;
  readonly span: Span;
  /** What gets it, in words. */
  readonly text: string;
}
export interface Handling {
  /** The sender is compared with something, or handed to something that may do so. */
  readonly isChecked: boolean;
  readonly weak: WeakTest | undefined;
  readonly effect: Effect | undefined;
}

interface Walk {
  readonly context: Context;
  readonly seen: Set<ItemId>;
  /** Variables that hold the event, and what of the message: by item and slot. */
  readonly events: Set<string>;
  readonly data: Set<string>;
  isChecked: boolean;
  weak: WeakTest | undefined;
  effect: Effect | undefined;
}

export function handlingOf({ handler }: Listener, context: Context): Handling {
  const walk: Walk = {
    context,
    seen: new Set(),
    events: new Set(),
    data: new Set(),
    isChecked: false,
    weak: undefined,
    effect: undefined,
  };
  const [event] = handler.ir.params;
  if (event !== undefined) walk.events.add(`${handler.item}:${event.slot}`);
  look(handler, walk, 0);
  return walk;
}

const MOST_DEEP = 4;

function look(code: Code, walk: Walk, depth: number): void {
  if (walk.seen.has(code.item) || walk.seen.size > 40) return;
  walk.seen.add(code.item);
  const { ops, blocks } = code.ir;
  const events = valuesOf(
    code,
    walk.events,
    (op, known) => op.op === "member" && op.name === "originalEvent" && known.has(op.object),
  );
  const senders = new Set<ValueId>();
  const origins = new Set<ValueId>();
  const data = new Set<ValueId>();
  ops.forEach((op, id) => {
    if (op.op !== "member" || !events.has(op.object)) return;
    if (op.name === "data") data.add(id);
    if (op.name === "source") senders.add(id);
    if (op.name === "origin") origins.add(id);
  });
  const held = spreadOver(code, data, walk);
  for (const { end } of blocks) {
    if (end.kind !== "branch") continue;
    for (const truth of [true, false]) {
      const found = verdict(code, end.condition, truth, scopeOf(walk.context));
      if (found === "tested") walk.isChecked = true;
      else walk.weak ??= found;
    }
  }
  const isWeakOnly = walk.weak !== undefined;
  const same = (ids: ReadonlySet<ValueId>): ReadonlySet<ValueId> => namesOf(code, ids);
  const source = same(senders);
  const asked = same(origins);
  ops.forEach((op, id) => {
    if (op.op === "compare") {
      const sides = [op.left, op.right];
      if (sides.some((s) => source.has(s) || (!isWeakOnly && asked.has(s)))) walk.isChecked = true;
      if (sides.some((s) => held.has(s) && isProof(code, s))) walk.isChecked = true;
    }
    if (op.op === "call") {
      const callee = code.op(op.callee);
      const name = calledName(code, op);
      const isTold = name === "postMessage" || isLog(code, callee);
      op.args.forEach(({ value }, i) => {
        const isSender = source.has(value) || (!isWeakOnly && asked.has(value));
        if (isSender && !isTold) walk.isChecked = true;
        const body = isTold ? undefined : functionOf(code, op.callee, walk);
        const param = body?.ir.params[i];
        if (body !== undefined && param !== undefined && depth < MOST_DEEP) {
          if (events.has(value)) walk.events.add(`${body.item}:${param.slot}`);
          if (held.has(value)) walk.data.add(`${body.item}:${param.slot}`);
          if (events.has(value) || held.has(value)) look(body, walk, depth + 1);
        } else if (events.has(value) && !isTold) walk.isChecked = true;
      });
      if (callee.op === "member" && asked.has(callee.object) && !isWeakOnly) walk.isChecked = true;
    }
    walk.effect ??= effectOf(code, op, id, held);
  });
  for (const child of childrenOf(code).values()) {
    const inner = code.other(child);
    if (inner !== undefined && depth < MOST_DEEP) look(inner, walk, depth + 1);
  }
}

/** Loads of variables that are known, here and around. */
function valuesOf(
  code: Code,
  slots: Set<string>,
  also: (op: Op, known: ReadonlySet<ValueId>) => boolean,
): Set<ValueId> {
  const out = new Set<ValueId>();
  for (let round = 0; round < 3; round++)
    code.ir.ops.forEach((op, id) => {
      if (isKnown(code, op, slots) || also(op, out)) out.add(id);
      else if (op.op === "param") {
        const slot = code.ir.params[op.index]?.slot;
        if (slots.has(`${code.item}:${slot}`)) out.add(id);
      } else if ((op.op === "annotate" || op.op === "await") && out.has(op.value)) out.add(id);
      else if (op.op === "store" && out.has(op.value)) slots.add(`${code.item}:${op.slot}`);
    });
  return out;
}
function isKnown(code: Code, op: Op, slots: ReadonlySet<string>): boolean {
  if (op.op === "load") return slots.has(`${code.item}:${op.slot}`);
  if (op.op !== "free") return false;
  const up = binder(code, op.name);
  return up !== undefined && slots.has(`${up.code.item}:${up.code.ir.slots.indexOf(up.name)}`);
}

/** Everything that is made of what the message holds. */
function spreadOver(code: Code, from: ReadonlySet<ValueId>, walk: Walk): ReadonlySet<ValueId> {
  const out = new Set(from);
  for (let size = -1; size !== out.size; ) {
    size = out.size;
    code.ir.ops.forEach((op, id) => {
      if (out.has(id)) return;
      if (isKnown(code, op, walk.data)) out.add(id);
      else if (op.op === "store") {
        if (out.has(op.value)) walk.data.add(`${code.item}:${op.slot}`);
      } else if (op.op !== "compare" && op.op !== "unary" && op.op !== "closure")
        if (inputsOf(op).some((input) => out.has(input))) out.add(id);
    });
  }
  return out;
}
function namesOf(code: Code, from: ReadonlySet<ValueId>): ReadonlySet<ValueId> {
  const out = new Set(from);
  const slots = new Set<number>();
  for (let round = 0; round < 3; round++)
    code.ir.ops.forEach((op, id) => {
      if (op.op === "store" && out.has(op.value)) slots.add(op.slot);
      else if (op.op === "load" && slots.has(op.slot)) out.add(id);
      else if ((op.op === "annotate" || op.op === "await") && out.has(op.value)) out.add(id);
    });
  return out;
}
/** What only the right sender knows: a nonce, the state of a sign-in. */
function isProof(code: Code, id: ValueId): boolean {
  const op = bare(code, id);
  const name =
    op.op === "member" ? op.name : op.op === "load" ? (code.ir.slots[op.slot] ?? "") : "";
  return words(name).some((w) => /^(?:nonce|state|secret|token|csrf|challenge)$/i.test(w));
}

function isLog(code: Code, callee: Op): boolean {
  if (callee.op === "member") {
    const object = code.op(callee.object);
    return (
      /^(?:log|debug|info|warn|error|trace)$/.test(callee.name) ||
      (object.op === "free" && object.name === "console")
    );
  }
  return callee.op === "free" && /^(?:log|debug|alert)$/i.test(callee.name);
}

const STORES = /^(?:localStorage|sessionStorage)$/;
/** A verb, and whose it is. */
const DOES =
  /^(?:set|save|store|update|login|sign|signin|authenticate|exchange|complete|accept|handle|restore|persist|use|verify)$/i;
const WHO =
  /^(?:token|tokens|session|login|signin|auth|authenticate|authentication|credential|credentials|jwt|password|cookie|user)$/i;

/**
 * Something that counts beyond what is shown: it is sent, is kept, names a method, or says who the user is. What runs, leads away or
 * becomes HTML is told by rules of its own, there.
 */
function effectOf(code: Code, op: Op, id: ValueId, held: ReadonlySet<ValueId>): Effect | undefined {
  const told = (text: string): Effect => ({ item: code.item, span: code.op(id).span, text });
  if (op.op === "setMember" && held.has(op.value)) {
    const object = bare(code, op.object);
    const of = object.op === "free" || object.op === "member" ? object.name : "";
    if (op.name === "cookie" && of === "document") return told("document.cookie");
    return undefined;
  }
  if (op.op !== "call") return undefined;
  if (isNamed(code, op.callee, held)) return told("a method that it names");
  const first = op.args[0]?.value;
  if (first === undefined || !op.args.some(({ value }) => held.has(value))) return undefined;
  const callee = code.op(op.callee);
  const name = calledName(code, op);
  const object = callee.op === "member" ? bare(code, callee.object) : undefined;
  const of =
    object?.op === "free" || object?.op === "member"
      ? object.name
      : object?.op === "load"
        ? (code.ir.slots[object.slot] ?? "")
        : "";
  if (name === "fetch" && (callee.op === "free" || PAGE.test(of))) return told(name);
  if (name === "sendBeacon") return told(name);
  if (name === "setItem" && STORES.test(of)) return told(`${of}.setItem`);
  if (name === "dispatch" && held.has(first) && bare(code, first).op !== "record")
    return told(name);
  if (name === "sendMessage" && of === "runtime") return told("runtime.sendMessage");
  const all = words(name);
  const [verb] = all;
  if (
    verb !== undefined &&
    DOES.test(verb) &&
    all.some((w) => WHO.test(w)) &&
    isPassed(code, op, held)
  )
    return told(name);
  return undefined;
}
/** `player[message.method](...)`, `player[message.method].apply(player, ...)` */
function isNamed(code: Code, id: ValueId, held: ReadonlySet<ValueId>): boolean {
  const op = bare(code, id);
  if (op.op === "index") return held.has(op.key) && !held.has(op.object);
  return op.op === "member" && /^(?:apply|call)$/.test(op.name) && isNamed(code, op.object, held);
}
/** More than whether there is something. */
function isPassed(code: Code, op: Op & { op: "call" }, held: ReadonlySet<ValueId>): boolean {
  return op.args.some(({ value }) => held.has(value) && bare(code, value).op !== "compare");
}

/** A secret that is part of what is sent. */
export function secretIn(code: Code, id: ValueId, context: Context, depth = 0): string | undefined {
  if (depth > 4) return undefined;
  const here = bare(code, id);
  const named =
    here.op === "load"
      ? code.ir.slots[here.slot]
      : here.op === "free" || here.op === "member"
        ? here.name
        : undefined;
  if (named !== undefined && isSecret(named)) return named;
  const place = origin({ code, op: here, id }, context);
  const { op } = place;
  if (op.op === "record") {
    for (const { key, value } of op.entries) {
      const of = bare(place.code, value);
      if (
        typeof key === "string" &&
        of.op !== "const" &&
        of.op !== "compare" &&
        of.op !== "unary" &&
        isSecret(key)
      )
        return key;
      const inner = secretIn(place.code, value, context, depth + 1);
      if (inner !== undefined) return inner;
    }
  }
  const [first] = op.op === "call" && calledName(place.code, op) === "stringify" ? op.args : [];
  return first === undefined ? undefined : secretIn(place.code, first.value, context, depth + 1);
}
function isSecret(name: string): boolean {
  const found = secretName(name.replace(/#\d+$/, ""));
  return (
    found !== undefined &&
    (found.kind === "secret" || found.kind === "identifier") &&
    !/key$|csrf|xsrf|cancel|design/i.test(name)
  );
}

/** Another window than the page's own, which hears itself only. */
export function isOtherWindow(code: Code, id: ValueId): boolean {
  const op = bare(code, id);
  const name =
    op.op === "load"
      ? (code.ir.slots[op.slot] ?? "")
      : op.op === "free" || op.op === "member"
        ? op.name
        : "";
  return /^(?:parent|opener|top|contentWindow|source|target|win|popup|child|frame|iframe)$|(?:[a-z]Window|Popup|Frame|Opener|Parent)$/.test(
    name,
  );
}
