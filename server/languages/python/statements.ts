/** Python statements to blocks and operations. */
import type { ValueId } from "../../ir/ir.ts";
import {
  childByField,
  children,
  childrenByField,
  kind,
  NO_NODE,
  skip,
  textOf,
} from "../../syntax/flat.ts";
import { lowerStatementCall } from "./calls.ts";
import { branchUnknown, lowerCondition } from "./conditions.ts";
import { bind, type Context, constant, MAX_DEPTH, opaque, spanOf } from "./context.ts";
import { declareMember, lowerClass, lowerDecorated, lowerFunction } from "./definitions.ts";
import { lowerTry } from "./exceptions.ts";
import {
  lowerChild,
  lowerDeep,
  lowerExpression,
  lowerKey,
  lowerMember,
  operatorOf,
} from "./expressions.ts";
import { lowerFrom, lowerImport } from "./imports.ts";
import { lowerMatch } from "./patterns.ts";
import { aliasName, parts, tableByKind } from "./syntax.ts";
import { bindPattern } from "./targets.ts";
import { typeOf } from "./types.ts";

type Lower = (c: Context, node: number) => void;

/** The statements of a module, a function body or a suite. */
export function lowerBlock(c: Context, block: number): void {
  const stop = skip(c.tree, block);
  if (c.depth >= MAX_DEPTH) {
    lowerDeep(c, block);
    return;
  }
  c.depth++;
  for (let n = block + 1; n < stop; n = skip(c.tree, n)) {
    if (!lowerStatement(c, n) && unknownStatement(c, n)) lowerExpression(c, n);
  }
  c.depth--;
}

/** False if `node` is no statement. */
export function lowerStatement(c: Context, node: number): boolean {
  const lower = statement(c.tree, node);
  if (lower === undefined) return false;
  if (c.repeats === 0 && lower !== lowerBlock) c.b.statement(spanOf(c, node));
  lower(c, node);
  if (c.broken && lower !== lowerBlock && !OWN_ERRORS.has(kind(c.tree, node))) lowerErrors(c, node);
  return true;
}

/** Definitions see to the broken text in their headers themselves. */
const OWN_ERRORS = new Set(["function_definition", "class_definition"]);

/** Broken text between the parts of a statement, which may hold statements. */
export function lowerErrors(c: Context, node: number): void {
  for (const child of parts(c.tree, node))
    if (kind(c.tree, child) === "ERROR") lowerBlock(c, child);
}

/** Broken text among statements; tokens and comments are not. */
function unknownStatement(c: Context, node: number): boolean {
  const id = (c.tree.nodes[node * 5] as number) & 0xffff;
  if (id !== 0xffff && c.tree.grammar.named[id] !== true) return false;
  const k = kind(c.tree, node);
  return k !== "comment" && k !== "line_continuation";
}

const statement = tableByKind<Lower>({
  // Text that does not parse may hold whole statements.
  ERROR: lowerBlock,
  block: lowerBlock,
  expression_statement: lowerExpressionStatement,
  import_statement: lowerImport,
  import_from_statement: lowerFrom,
  future_import_statement: lowerFrom,
  function_definition: (c, n) => lowerFunction(c, n, [], n),
  class_definition: (c, n) => lowerClass(c, n, [], n),
  decorated_definition: lowerDecorated,
  if_statement: lowerIf,
  while_statement: lowerWhile,
  for_statement: lowerFor,
  try_statement: lowerTry,
  with_statement: lowerWith,
  match_statement: lowerMatch,
  return_statement(c, n) {
    const [value] = parts(c.tree, n);
    if (value === undefined) c.b.end({ kind: "return", span: spanOf(c, n) });
    else c.b.end({ kind: "return", value: lowerExpression(c, value), span: spanOf(c, n) });
  },
  raise_statement: lowerRaise,
  assert_statement: lowerAssert,
  delete_statement: lowerDelete,
  break_statement(c) {
    const loop = c.loops[c.loops.length - 1];
    if (loop !== undefined) c.b.jump(loop.breakTo);
  },
  continue_statement(c) {
    const loop = c.loops[c.loops.length - 1];
    if (loop !== undefined) c.b.jump(loop.continueTo);
  },
  pass_statement() {},
  global_statement() {},
  nonlocal_statement() {},
  print_statement(c, n) {
    const shown = parts(c.tree, n).flatMap((p) =>
      kind(c.tree, p) === "chevron" ? parts(c.tree, p) : [p],
    );
    lowerStatementCall(c, n, "print", shown);
  },
  exec_statement: (c, n) => void lowerStatementCall(c, n, "exec", parts(c.tree, n)),
  type_alias_statement(c, n) {
    const value = lowerChild(c, childByField(c.tree, n, "right"), n);
    const name = aliasName(c.tree, n);
    if (name !== NO_NODE) bindPattern(c, name, value);
  },
});

function lowerExpressionStatement(c: Context, node: number): void {
  const [first, ...more] = parts(c.tree, node);
  if (first === undefined) return;
  for (const expression of [first, ...more]) {
    switch (kind(c.tree, expression)) {
      case "assignment":
        lowerAssignment(c, expression, node);
        break;
      case "augmented_assignment":
        lowerAugmented(c, expression);
        break;
      case "string":
        // A docstring does nothing; an f-string may call something.
        if (children(c.tree, expression).some((n) => kind(c.tree, n) === "interpolation"))
          lowerExpression(c, expression);
        break;
      case "ellipsis":
        break;
      default:
        lowerExpression(c, expression);
    }
  }
}

/** `a = b = value`, `a: T = value`, `a: T`. */
function lowerAssignment(c: Context, node: number, statementNode: number): void {
  const { tree, b } = c;
  const targets: { node: number; target: number; type: number }[] = [];
  let right = node;
  while (right !== NO_NODE && kind(tree, right) === "assignment") {
    const target = childByField(tree, right, "left");
    const type = childByField(tree, right, "type");
    if (target !== NO_NODE) targets.push({ node: right, target, type });
    right = childByField(tree, right, "right");
  }
  if (right === NO_NODE) {
    for (const { target, type } of targets)
      if (type !== NO_NODE) declareMember(c, target, typeOf(tree, type), statementNode);
    return;
  }
  const value =
    kind(tree, right) === "augmented_assignment"
      ? lowerAugmented(c, right)
      : lowerExpression(c, right);
  for (const { node: at, target, type } of targets) {
    if (type === NO_NODE) {
      bindPattern(c, target, value);
      continue;
    }
    const annotation = typeOf(tree, type);
    const typed = b.emit({
      op: "annotate",
      value,
      type: annotation,
      cast: false,
      span: spanOf(c, at),
    });
    if (kind(tree, target) !== "identifier") bindPattern(c, target, typed);
    else {
      const name = textOf(tree, target);
      const span = spanOf(c, target);
      const member = {
        name,
        kind: "field",
        isStatic: false,
        value: typed,
        annotation,
        span: spanOf(c, statementNode),
      } as const;
      if (name !== "") bind(c, { name, value: typed, span, member });
    }
  }
}

/** Reads the target, combines, writes back; the object and the key are evaluated once. */
function lowerAugmented(c: Context, node: number): ValueId {
  const { tree, b } = c;
  const target = childByField(tree, node, "left");
  const operator = operatorOf(c, node).replace(/=$/, "");
  const span = spanOf(c, node);
  const combine = (left: ValueId): ValueId => {
    const rightNode = childByField(tree, node, "right");
    const right = lowerChild(c, rightNode, node);
    return b.emit({ op: "binary", operator, left, right, span });
  };
  switch (target === NO_NODE ? "" : kind(tree, target)) {
    case "attribute": {
      const object = lowerChild(c, childByField(tree, target, "object"), target);
      const value = combine(lowerMember(c, target, object));
      const name = childByField(tree, target, "attribute");
      if (name !== NO_NODE)
        b.emit({ op: "setMember", object, name: textOf(tree, name), value, span });
      return value;
    }
    case "subscript": {
      const object = lowerChild(c, childByField(tree, target, "value"), target);
      const given = lowerKey(c, target);
      const at = spanOf(c, target);
      if ("slice" in given) {
        const value = combine(b.emit({ op: "slice", object, uses: given.slice, span: at }));
        b.emit({ op: "setIndex", object, key: opaque(c, "slice", given.slice, at), value, span });
        return value;
      }
      const value = combine(b.emit({ op: "index", object, key: given.key, span: at }));
      b.emit({ op: "setIndex", object, key: given.key, value, span });
      return value;
    }
    default: {
      const value = combine(lowerChild(c, target, node));
      if (target !== NO_NODE) bindPattern(c, target, value);
      return value;
    }
  }
}

function lowerIf(c: Context, node: number): void {
  const { b, tree } = c;
  const done = b.block();
  let clause = node;
  const alternatives = childrenByField(tree, node, "alternative");
  for (let i = 0; ; i++) {
    const test = childByField(tree, clause, "condition");
    const yes = b.block();
    const no = b.block();
    if (test === NO_NODE) branchUnknown(c, "missing", clause, yes, no);
    else lowerCondition(c, test, yes, no);
    b.switchTo(yes);
    lowerSuite(c, childByField(tree, clause, "consequence"));
    b.jump(done);
    b.switchTo(no);
    const next = alternatives[i];
    if (next === undefined) break;
    if (kind(tree, next) !== "elif_clause") {
      lowerSuite(c, childByField(tree, next, "body"));
      break;
    }
    clause = next;
  }
  b.enter(done);
}

export function lowerSuite(c: Context, block: number): void {
  if (block !== NO_NODE) lowerBlock(c, block);
}

function lowerWhile(c: Context, node: number): void {
  const { b, tree } = c;
  const head = b.block();
  const body = b.block();
  const otherwise = b.block();
  const done = b.block();
  b.enter(head);
  const test = childByField(tree, node, "condition");
  if (test === NO_NODE) branchUnknown(c, "missing", node, body, otherwise);
  else if (kind(tree, test) === "integer" && /^0*[1-9]\d*$/.test(textOf(tree, test))) b.jump(body);
  else lowerCondition(c, test, body, otherwise);
  b.switchTo(body);
  lowerLoopBody(c, node, done, head);
  b.switchTo(otherwise);
  lowerElse(c, node);
  b.enter(done);
}

function lowerFor(c: Context, node: number): void {
  const { b, tree } = c;
  const value = lowerChild(c, childByField(tree, node, "right"), node);
  const head = b.block();
  const body = b.block();
  const otherwise = b.block();
  const done = b.block();
  b.enter(head);
  const target = childByField(tree, node, "left");
  branchUnknown(c, "more", target === NO_NODE ? node : target, body, otherwise);
  b.switchTo(body);
  if (target !== NO_NODE)
    bindPattern(c, target, b.emit({ op: "iterate", value, span: spanOf(c, target) }));
  lowerLoopBody(c, node, done, head);
  b.switchTo(otherwise);
  lowerElse(c, node);
  b.enter(done);
}

function lowerLoopBody(c: Context, node: number, breakTo: number, continueTo: number): void {
  c.loops.push({ breakTo, continueTo });
  lowerSuite(c, childByField(c.tree, node, "body"));
  c.loops.pop();
  c.b.jump(continueTo);
}

/** The `else` of a loop. */
function lowerElse(c: Context, node: number): void {
  const clause = childByField(c.tree, node, "alternative");
  if (clause !== NO_NODE) lowerSuite(c, childByField(c.tree, clause, "body"));
}

/** `with x as y` binds what entering `x` gives: `x` itself, if nothing is known; exceptions pass. */
function lowerWith(c: Context, node: number): void {
  const { tree } = c;
  for (const clause of parts(tree, node)) {
    if (kind(tree, clause) !== "with_clause") continue;
    for (const item of parts(tree, clause)) {
      if (kind(tree, item) !== "with_item") lowerExpression(c, item);
      else lowerManager(c, node, childByField(tree, item, "value"), item);
    }
  }
  lowerSuite(c, childByField(tree, node, "body"));
}

function lowerManager(c: Context, statement: number, value: number, item: number): void {
  const { tree, b } = c;
  const alias =
    value !== NO_NODE && kind(tree, value) === "as_pattern"
      ? childByField(tree, value, "alias")
      : NO_NODE;
  if (alias === NO_NODE) {
    lowerChild(c, value, item);
    return;
  }
  const managed = parts(tree, value)[0] ?? NO_NODE;
  const object = lowerChild(c, managed, value);
  const isAsync = children(tree, statement).some((child) => kind(tree, child) === "async");
  const span = spanOf(c, managed === NO_NODE ? value : managed);
  const enter = isAsync ? "__aenter__" : "__enter__";
  const entered = b.emit({ op: "await", value: object, enter, span });
  bindPattern(c, alias, entered);
}

function lowerRaise(c: Context, node: number): void {
  const { tree } = c;
  const cause = childByField(tree, node, "cause");
  const raised = parts(tree, node).find((n) => n !== cause);
  const value = raised === undefined ? undefined : lowerExpression(c, raised);
  if (cause !== NO_NODE) lowerExpression(c, cause);
  c.b.end({ kind: "throw", ...(value === undefined ? {} : { value }), span: spanOf(c, node) });
}

function lowerAssert(c: Context, node: number): void {
  const { b } = c;
  const [test, message] = parts(c.tree, node);
  if (test === undefined) return;
  const held = b.block();
  const failed = b.block();
  lowerCondition(c, test, held, failed);
  b.switchTo(failed);
  if (message !== undefined) lowerExpression(c, message);
  b.end({ kind: "throw", span: spanOf(c, node) });
  b.switchTo(held);
}

/** What is deleted is gone: the place holds nothing from here on. */
function lowerDelete(c: Context, node: number): void {
  const targets = parts(c.tree, node).flatMap((n) =>
    kind(c.tree, n) === "expression_list" ? parts(c.tree, n) : [n],
  );
  for (const target of targets) {
    const isSlice =
      kind(c.tree, target) === "subscript" &&
      childrenByField(c.tree, target, "subscript").some((s) => kind(c.tree, s) === "slice");
    if (isSlice) lowerExpression(c, target);
    else if (kind(c.tree, target) !== "identifier")
      bindPattern(c, target, constant(c, undefined, spanOf(c, target)));
  }
}
