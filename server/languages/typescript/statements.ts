/** Statements: blocks with their hoisted names, declarations and branches. Loops and `try` are in `control.ts`. */
import type { ValueId } from "../../ir/ir.ts";
import { childByField, kind, namedChildren } from "../../syntax/flat.ts";
import { lowerClassDeclaration } from "./classes.ts";
import {
  type Context,
  constant,
  DEEPEST,
  declare,
  emitAt,
  inScope,
  nodeText,
  type Scope,
  span,
  writeName,
} from "./context.ts";
import {
  lowerBreak,
  lowerContinue,
  lowerDo,
  lowerFor,
  lowerForIn,
  lowerLabeled,
  lowerReturn,
  lowerSwitch,
  lowerThrow,
  lowerTry,
  lowerWhile,
} from "./control.ts";
import { expression, isExpression, operand, sequenceValue, unknown } from "./expressions.ts";
import { lowerClosure } from "./functions.ts";
import { condition } from "./logic.ts";
import { importedNames, lowerExport, lowerImport, lowerImportAlias } from "./modules.ts";
import { lowerEnum, lowerNamespace, namespaceName } from "./namespaces.ts";
import { assign } from "./patterns.ts";
import { boundNames, firstNamed, kindId, kindTable } from "./syntax.ts";
import { typeRef } from "./types.ts";

type Lower = (c: Context, n: number) => void;

const ignore: Lower = () => {};

const lowerings = kindTable<Lower>({
  expression_statement: lowerExpressionStatement,
  statement_block: (c, n) => block(c, n),
  lexical_declaration: lowerDeclaration,
  variable_declaration: lowerDeclaration,
  using_declaration: lowerDeclaration,
  function_declaration: lowerFunctionDeclaration,
  generator_function_declaration: lowerFunctionDeclaration,
  class_declaration: lowerClassDeclaration,
  abstract_class_declaration: lowerClassDeclaration,
  if_statement: lowerIf,
  for_statement: lowerFor,
  for_in_statement: lowerForIn,
  while_statement: lowerWhile,
  do_statement: lowerDo,
  switch_statement: lowerSwitch,
  try_statement: lowerTry,
  labeled_statement: lowerLabeled,
  break_statement: lowerBreak,
  continue_statement: lowerContinue,
  return_statement: lowerReturn,
  throw_statement: lowerThrow,
  with_statement: lowerWith,
  import_statement: lowerImport,
  import_alias: lowerImportAlias,
  export_statement: lowerExport,
  enum_declaration: lowerEnum,
  internal_module: lowerNamespace,
  module: lowerNamespace,
  empty_statement: ignore,
  debugger_statement: ignore,
  interface_declaration: ignore,
  type_alias_declaration: ignore,
  ambient_declaration: ignore,
  function_signature: ignore,
  hash_bang_line: ignore,
  html_comment: ignore,
  comment: ignore,
});

const unlisted = kindTable<true>({
  statement_block: true,
  empty_statement: true,
  hash_bang_line: true,
  html_comment: true,
  comment: true,
});

export function isStatement(c: Context, n: number): boolean {
  return lowerings(c.tree.grammar)[kindId(c.tree, n)] !== undefined;
}

export function statement(c: Context, n: number): void {
  if (n < 0) return;
  if (c.repeated === 0 && unlisted(c.tree.grammar)[kindId(c.tree, n)] !== true) {
    c.b.statement(span(c, n));
  }
  declaration(c, n);
}

/** A statement that is part of another one, such as the declaration of an export. */
export function declaration(c: Context, n: number): void {
  if (c.depth >= DEEPEST) {
    expression(c, n);
    return;
  }
  c.depth++;
  const lower = lowerings(c.tree.grammar)[kindId(c.tree, n)];
  if (lower !== undefined) lower(c, n);
  else if (isExpression(c, n)) expression(c, n);
  else unknown(c, n);
  c.depth--;
}

/** The statements of a block in a scope of their own. */
export function block(c: Context, n: number): void {
  inScope(c, () => statements(c, namedChildren(c.tree, n)));
}

/** Statements in the current scope: names and functions first, as the language hoists them. */
export function statements(c: Context, nodes: readonly number[]): void {
  hoist(c, nodes);
  for (const n of nodes) {
    // A block among statements is one of them; as the body of another it is not.
    if (c.repeated === 0 && kind(c.tree, n) === "statement_block") c.b.statement(span(c, n));
    statement(c, n);
  }
}

export function hoist(c: Context, nodes: readonly number[]): void {
  const functions: number[] = [];
  for (const n of nodes) {
    const inner = declared(c, n);
    for (const name of declaredNames(c, inner)) declare(c, name);
    if (isFunctionDeclaration(c, inner)) functions.push(inner);
  }
  for (const n of functions) {
    const name = childByField(c.tree, n, "name");
    if (name < 0) continue;
    const value = lowerClosure(c, n);
    writeName(c, n, nodeText(c, name), value);
    c.hoisted.add(n);
  }
}

/** The declaration inside an export, or the node itself. */
export function declared(c: Context, n: number): number {
  if (kind(c.tree, n) === "export_statement") {
    const inner = childByField(c.tree, n, "declaration");
    return inner < 0 ? n : inner;
  }
  if (kind(c.tree, n) === "expression_statement") {
    const inner = firstNamed(c.tree, n);
    if (inner >= 0 && kind(c.tree, inner) === "internal_module") return inner;
  }
  return n;
}

/** Names that a statement binds in its block; `var` is bound in the function before. */
export function declaredNames(c: Context, n: number): string[] {
  switch (kind(c.tree, n)) {
    case "lexical_declaration":
    case "using_declaration":
    case "variable_declaration":
      return declaratorNames(c, n);
    case "function_declaration":
    case "generator_function_declaration":
    case "class_declaration":
    case "abstract_class_declaration":
    case "enum_declaration": {
      const name = childByField(c.tree, n, "name");
      return name < 0 ? [] : [nodeText(c, name)];
    }
    case "internal_module":
    case "module":
      return namespaceName(c, n).slice(0, 1);
    case "import_statement":
    case "import_alias":
      return importedNames(c, n);
    default:
      return [];
  }
}

function declaratorNames(c: Context, n: number): string[] {
  const names: string[] = [];
  // A `var` of an inner block is known in the function's scope already.
  if (kind(c.tree, n) === "variable_declaration" && c.scopes.current !== c.scopes.root)
    return names;
  for (const d of namedChildren(c.tree, n)) {
    if (kind(c.tree, d) !== "variable_declarator") continue;
    const pattern = childByField(c.tree, d, "name");
    if (pattern >= 0) names.push(...boundNames(c.tree, pattern));
  }
  return names;
}

/** Declares the `var` names of the whole item in the function's scope. */
export function hoistVars(c: Context, patterns: readonly number[], scope: Scope): void {
  for (const pattern of patterns) {
    for (const name of boundNames(c.tree, pattern)) declare(c, name, scope);
  }
}

function isFunctionDeclaration(c: Context, n: number): boolean {
  const name = kind(c.tree, n);
  return name === "function_declaration" || name === "generator_function_declaration";
}

function lowerExpressionStatement(c: Context, n: number): void {
  const inner = declared(c, n);
  if (inner !== n) lowerNamespace(c, inner);
  else sequenceValue(c, n, namedChildren(c.tree, n));
}

function lowerFunctionDeclaration(c: Context, n: number): void {
  if (c.hoisted.has(n)) return;
  const name = childByField(c.tree, n, "name");
  const value = lowerClosure(c, n);
  if (name < 0) return;
  const text = nodeText(c, name);
  declare(c, text);
  writeName(c, n, text, value);
}

function lowerDeclaration(c: Context, n: number): void {
  const isVar = kind(c.tree, n) === "variable_declaration";
  for (const d of namedChildren(c.tree, n)) {
    if (kind(c.tree, d) !== "variable_declarator") {
      unknown(c, d);
      continue;
    }
    const name = childByField(c.tree, d, "name");
    const valueNode = childByField(c.tree, d, "value");
    if (name < 0 || (isVar && valueNode < 0)) continue;
    assign(c, name, declaredValue(c, d, valueNode), d);
    if (nodeText(c, name) === "require") c.requires ||= isCreateRequire(c, valueNode);
  }
}

/** `createRequire(import.meta.url)`, the `require` of ES modules. */
function isCreateRequire(c: Context, n: number): boolean {
  const callee = n < 0 ? -1 : childByField(c.tree, n, "function");
  return callee >= 0 && /(^|\.)createRequire$/.test(nodeText(c, callee));
}

function declaredValue(c: Context, declarator: number, valueNode: number): ValueId {
  if (valueNode < 0) return constant(c, declarator, undefined);
  const value = expression(c, valueNode);
  const type = childByField(c.tree, declarator, "type");
  if (type < 0) return value;
  return emitAt(c, valueNode, {
    op: "annotate",
    value,
    type: typeRef(c.tree, type),
    cast: false,
  });
}

/** `if`; a chain of `else if` is a loop. */
function lowerIf(c: Context, n: number): void {
  const done = c.b.block();
  let at = n;
  for (;;) {
    const then = c.b.block();
    const alternative = childByField(c.tree, at, "alternative");
    const otherwise = alternative < 0 ? done : c.b.block();
    condition(c, childByField(c.tree, at, "condition"), then, otherwise);
    c.b.switchTo(then);
    statement(c, childByField(c.tree, at, "consequence"));
    c.b.jump(done);
    if (alternative < 0) break;
    c.b.switchTo(otherwise);
    const next =
      kind(c.tree, alternative) === "else_clause" ? firstNamed(c.tree, alternative) : alternative;
    if (next < 0 || kind(c.tree, next) !== "if_statement") {
      statement(c, next);
      break;
    }
    at = next;
  }
  c.b.enter(done);
}

function lowerWith(c: Context, n: number): void {
  const object = childByField(c.tree, n, "object");
  if (object >= 0) operand(c, object);
  statement(c, childByField(c.tree, n, "body"));
}
