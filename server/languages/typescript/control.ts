/** Loops, `switch`, `try` and the jumps that leave them. */
import type { BlockId, ValueId } from "../../ir/ir.ts";
import {
  childByField,
  childrenByField,
  field,
  isNamed,
  kind,
  namedChildren,
} from "../../syntax/flat.ts";
import {
  type Context,
  declare,
  type Exit,
  emitAt,
  inScope,
  nodeText,
  opaque,
  span,
} from "./context.ts";
import { expression, sequenceValue } from "./expressions.ts";
import { condition } from "./logic.ts";
import { assign } from "./patterns.ts";
import { block, hoist, statement } from "./statements.ts";
import { boundNames, firstNamed, hasToken, stripParentheses } from "./syntax.ts";

export function lowerWhile(c: Context, n: number): void {
  const head = c.b.block();
  const body = c.b.block();
  const done = c.b.block();
  c.b.enter(head);
  condition(c, childByField(c.tree, n, "condition"), body, done);
  c.b.switchTo(body);
  loopBody(c, n, done, head);
  c.b.jump(head);
  c.b.switchTo(done);
}

export function lowerDo(c: Context, n: number): void {
  const body = c.b.block();
  const test = c.b.block();
  const done = c.b.block();
  c.b.enter(body);
  loopBody(c, n, done, test);
  c.b.enter(test);
  condition(c, childByField(c.tree, n, "condition"), body, done);
  c.b.switchTo(done);
}

export function lowerFor(c: Context, n: number): void {
  inScope(c, () => {
    const label = takeLabel(c);
    const initializer = part(c, n, "initializer");
    if (initializer >= 0) {
      hoist(c, [initializer]);
      statementPart(c, initializer);
    }
    const head = c.b.block();
    const body = c.b.block();
    const next = c.b.block();
    const done = c.b.block();
    c.b.enter(head);
    const test = part(c, n, "condition");
    if (test < 0) c.b.jump(body);
    else condition(c, test, body, done);
    c.b.switchTo(body);
    c.label = label;
    loopBody(c, n, done, next);
    c.b.enter(next);
    const increment = part(c, n, "increment");
    if (increment >= 0) expression(c, increment);
    c.b.jump(head);
    c.b.switchTo(done);
  });
}

/** The expression or declaration of one of the three places of a `for`. */
function part(c: Context, n: number, name: string): number {
  const found = childrenByField(c.tree, n, name).find(
    (child) => isNamed(c.tree, child) && kind(c.tree, child) !== "empty_statement",
  );
  if (found === undefined) return -1;
  return kind(c.tree, found) === "expression_statement" ? firstNamed(c.tree, found) : found;
}

function statementPart(c: Context, n: number): void {
  if (/_declaration$/.test(kind(c.tree, n))) {
    c.repeated++;
    statement(c, n);
    c.repeated--;
  } else expression(c, n);
}

/** `for (x of xs)`, `for (k in o)`: every round takes one element. */
export function lowerForIn(c: Context, n: number): void {
  const label = takeLabel(c);
  const value = expression(c, childByField(c.tree, n, "right"));
  const head = c.b.block();
  const body = c.b.block();
  const done = c.b.block();
  const left = childByField(c.tree, n, "left");
  const operator = childByField(c.tree, n, "operator");
  const keys = operator >= 0 && nodeText(c, operator) === "in";
  const declares = childrenByField(c.tree, n, "kind").map((k) => nodeText(c, k));
  inScope(c, () => {
    if (left >= 0 && declares.length > 0 && !declares.includes("var")) {
      for (const name of boundNames(c.tree, left)) declare(c, name);
    }
    c.b.enter(head);
    const at = left < 0 ? n : left;
    c.b.branch(opaque(c, at, "more", []), body, done);
    c.b.switchTo(body);
    let element = emitAt(c, at, { op: "iterate", value, ...(keys ? { keys: true } : {}) });
    if (hasToken(c.tree, n, "await")) element = emitAt(c, at, { op: "await", value: element });
    assign(c, left, element, at);
    c.label = label;
    loopBody(c, n, done, head);
    c.b.jump(head);
  });
  c.b.switchTo(done);
}

function loopBody(c: Context, n: number, onBreak: BlockId, onContinue: BlockId): void {
  const label = takeLabel(c);
  c.exits.push({ kind: "loop", label, onBreak, onContinue, handler: c.b.handler() });
  statement(c, childByField(c.tree, n, "body"));
  c.exits.pop();
}

function takeLabel(c: Context): string | undefined {
  const label = c.label;
  c.label = undefined;
  return label;
}

export function lowerLabeled(c: Context, n: number): void {
  const labelNode = childByField(c.tree, n, "label");
  const body = childByField(c.tree, n, "body");
  if (body < 0) return;
  const label = labelNode < 0 ? "" : nodeText(c, labelNode);
  if (/^(for|for_in|while|do|switch)_statement$/.test(kind(c.tree, body))) {
    c.label = label;
    statement(c, body);
    c.label = undefined;
    return;
  }
  const done = c.b.block();
  c.exits.push({
    kind: "block",
    label,
    onBreak: done,
    onContinue: undefined,
    handler: c.b.handler(),
  });
  statement(c, body);
  c.exits.pop();
  c.b.enter(done);
}

export function lowerSwitch(c: Context, n: number): void {
  const label = takeLabel(c);
  const subject = stripParentheses(c.tree, childByField(c.tree, n, "value"));
  const always = subject >= 0 && kind(c.tree, subject) === "true";
  const value = expression(c, subject);
  const body = childByField(c.tree, n, "body");
  const cases = (body < 0 ? [] : namedChildren(c.tree, body)).filter((node) =>
    kind(c.tree, node).startsWith("switch_"),
  );
  const done = c.b.block();
  const bodies = cases.map(() => c.b.block());
  inScope(c, () => {
    const inner = cases.map((node) =>
      namedChildren(c.tree, node).filter((child) => field(c.tree, child) !== "value"),
    );
    hoist(c, inner.flat());
    let otherwise = done;
    cases.forEach((node, i) => {
      const target = bodies[i] as BlockId;
      const test = childByField(c.tree, node, "value");
      if (test < 0) {
        otherwise = target;
        return;
      }
      const next = c.b.block();
      if (always) condition(c, test, target, next);
      else {
        const right = expression(c, test);
        const equal = emitAt(c, test, { op: "compare", operator: "==", left: value, right });
        c.b.branch(equal, target, next);
      }
      c.b.switchTo(next);
    });
    c.b.jump(otherwise);
    c.exits.push({
      kind: "switch",
      label,
      onBreak: done,
      onContinue: undefined,
      handler: c.b.handler(),
    });
    bodies.forEach((target, i) => {
      c.b.enter(target);
      for (const child of inner[i] ?? []) statement(c, child);
    });
    c.exits.pop();
  });
  c.b.enter(done);
}

export function lowerBreak(c: Context, n: number): void {
  const label = labelOf(c, n);
  const index = c.exits.findLastIndex((e) =>
    e.kind === "finally" ? false : label === undefined ? e.kind !== "block" : e.label === label,
  );
  const exit = c.exits[index];
  if (exit === undefined || exit.kind === "finally") return;
  leave(c, index, exit.onBreak);
}

export function lowerContinue(c: Context, n: number): void {
  const label = labelOf(c, n);
  const index = c.exits.findLastIndex(
    (e) => e.kind === "loop" && (label === undefined || e.label === label),
  );
  const exit = c.exits[index];
  if (exit?.kind !== "loop" || exit.onContinue === undefined) return;
  leave(c, index, exit.onContinue);
}

function labelOf(c: Context, n: number): string | undefined {
  const node = childByField(c.tree, n, "label");
  return node < 0 ? undefined : nodeText(c, node);
}

/** Jumps out of everything inside `exits[index]`, running the `finally` bodies on the way. */
function leave(c: Context, index: number, to: BlockId): void {
  const inner = c.exits.splice(index + 1);
  const handler = c.b.handler();
  for (let i = inner.length - 1; i >= 0; i--) {
    const exit = inner[i] as Exit;
    if (exit.kind !== "finally") continue;
    c.b.setHandler(exit.handler);
    finallyAgain(c, exit.body);
  }
  c.exits.push(...inner);
  c.b.jump(to);
  c.b.setHandler(handler);
}

export function lowerReturn(c: Context, n: number): void {
  const nodes = namedChildren(c.tree, n);
  leaveWith(c, n, nodes.length === 0 ? undefined : sequenceValue(c, n, nodes));
}

/** Returns through the innermost `finally`, if there is one. */
export function leaveWith(c: Context, n: number, value: ValueId | undefined): void {
  const exit = c.exits.findLast((e) => e.kind === "finally");
  if (exit === undefined || exit.kind !== "finally") {
    c.b.end({ kind: "return", span: span(c, n), ...(value === undefined ? {} : { value }) });
    return;
  }
  if (value !== undefined) emitAt(c, n, { op: "store", slot: exit.returns.slot, value });
  exit.returns.from ??= n;
  c.b.jump(exit.returns.block);
}

export function lowerThrow(c: Context, n: number): void {
  const value = sequenceValue(c, n, namedChildren(c.tree, n));
  c.b.end({ kind: "throw", value, span: span(c, n) });
}

/**
 * `finally` is lowered once for each way into it: from the end of the body, from an exception, from a `return`,
 * and from each jump that leaves.
 */
export function lowerTry(c: Context, n: number): void {
  const outer = c.b.handler();
  const catcher = childByField(c.tree, n, "handler");
  const finalizer = childByField(c.tree, n, "finalizer");
  const cleanup = finalizer < 0 ? -1 : childByField(c.tree, finalizer, "body");
  const done = c.b.block();
  const onError = cleanup < 0 ? undefined : c.b.block();
  const exit: (Exit & { kind: "finally" }) | undefined =
    cleanup < 0
      ? undefined
      : {
          kind: "finally",
          body: cleanup,
          handler: outer,
          returns: { block: c.b.block(), slot: c.b.temp(), from: undefined },
        };
  const after = exit === undefined ? done : c.b.block();
  if (exit !== undefined) c.exits.push(exit);
  let caught: BlockId | undefined;
  if (catcher >= 0) {
    if (onError !== undefined) c.b.setHandler(onError);
    caught = c.b.block();
  }
  c.b.setHandler(caught ?? onError ?? outer);
  const body = childByField(c.tree, n, "body");
  if (body >= 0) block(c, body);
  c.b.jump(after);
  if (caught !== undefined) {
    c.b.switchTo(caught);
    c.b.setHandler(onError ?? outer);
    lowerCatch(c, catcher);
    c.b.jump(after);
  }
  c.b.setHandler(outer);
  if (exit !== undefined && onError !== undefined) {
    c.exits.pop();
    c.b.switchTo(after);
    block(c, cleanup);
    c.b.jump(done);
    c.b.switchTo(onError);
    const error = emitAt(c, finalizer, { op: "caught", types: [] });
    finallyAgain(c, cleanup);
    c.b.end({ kind: "throw", value: error, span: span(c, finalizer) });
    returnAfter(c, exit);
  }
  c.b.switchTo(done);
}

function returnAfter(c: Context, exit: Exit & { kind: "finally" }): void {
  const { block: entry, slot, from } = exit.returns;
  if (from === undefined) return;
  c.b.switchTo(entry);
  finallyAgain(c, exit.body);
  leaveWith(c, from, emitAt(c, from, { op: "load", slot }));
}

function lowerCatch(c: Context, n: number): void {
  inScope(c, () => {
    const parameter = childByField(c.tree, n, "parameter");
    const at = parameter < 0 ? n : parameter;
    const error = emitAt(c, at, { op: "caught", types: [] });
    if (parameter >= 0) {
      for (const name of boundNames(c.tree, parameter)) declare(c, name);
      assign(c, parameter, error);
    }
    const body = childByField(c.tree, n, "body");
    if (body >= 0) block(c, body);
  });
}

const MOST_COPIES = 100;

function finallyAgain(c: Context, body: number): void {
  if (++c.finallyCopies > MOST_COPIES) {
    opaque(c, body, "finally", []);
    return;
  }
  c.repeated++;
  block(c, body);
  c.repeated--;
}
