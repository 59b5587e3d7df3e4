/** What a function, module or class body binds, found before lowering: in Python an assignment anywhere makes a name local. */
import {
  childByField,
  children,
  childrenByField,
  type FlatTree,
  isBroken,
  isNamed,
  kind,
  NO_NODE,
  skip,
  textOf,
} from "../../syntax/flat.ts";
import { plainText } from "./strings.ts";
import { aliasName, bodyOf, parts, tableByKind } from "./syntax.ts";

export interface Bindings {
  /** In order of appearance, without the names in `outer`. */
  readonly names: ReadonlySet<string>;
  /** Declared `global` or `nonlocal`. */
  readonly outer: ReadonlySet<string>;
  readonly isGenerator: boolean;
}

interface Found {
  readonly names: Set<string>;
  readonly outer: Set<string>;
  isGenerator: boolean;
}

/** Looks at everything below `node` except the insides of nested functions and classes. */
export function bindingsBelow(tree: FlatTree, node: number): Bindings {
  const found: Found = { names: new Set(), outer: new Set(), isGenerator: false };
  const stop = skip(tree, node);
  for (let n = node; n < stop; ) {
    const act = binder(tree, n);
    if (act !== undefined) act(tree, n, found);
    n = closed(tree, n) === true ? skip(tree, n) : n + 1;
  }
  for (const name of found.outer) found.names.delete(name);
  return found;
}

/** True if `node` holds a syntax error outside the bodies of nested functions. */
export function hasOwnError(tree: FlatTree, node: number): boolean {
  const stop = skip(tree, node);
  for (let n = node; n < stop; ) {
    if (isBroken(tree, n)) return true;
    const body = n === node ? NO_NODE : bodyOf(tree, n);
    if (body === NO_NODE) {
      n++;
      continue;
    }
    // Everything of the nested function but its body: signature here, body with the child.
    for (let s = n; s < body; s++) if (isBroken(tree, s)) return true;
    n = skip(tree, body);
  }
  return false;
}

/** The names in `__all__`, if the module's own statements say all of them as literals. */
export function listedNames(tree: FlatTree): readonly string[] | undefined {
  let out: string[] | undefined;
  for (const statement of parts(tree, 0)) {
    if (kind(tree, statement) !== "expression_statement") continue;
    const [node = NO_NODE] = parts(tree, statement);
    const added = addedNames(tree, node);
    if (added === undefined) continue;
    if (added === "unknown") return undefined;
    const kept: string[] = kind(tree, node) === "assignment" ? [] : (out ?? []);
    out = [...kept, ...added];
  }
  return out;
}

/** What a statement puts into `__all__`; undefined if it is about something else. */
function addedNames(tree: FlatTree, node: number): readonly string[] | "unknown" | undefined {
  const isNames = (n: number): boolean => n !== NO_NODE && textOf(tree, n) === "__all__";
  if (node === NO_NODE) return undefined;
  switch (kind(tree, node)) {
    case "assignment":
    case "augmented_assignment":
      return isNames(childByField(tree, node, "left"))
        ? (literals(tree, childByField(tree, node, "right")) ?? "unknown")
        : undefined;
    case "call": {
      const callee = childByField(tree, node, "function");
      if (kind(tree, callee) !== "attribute") return undefined;
      if (!isNames(childByField(tree, callee, "object"))) return undefined;
      const args = parts(tree, childByField(tree, node, "arguments"));
      const method = textOf(tree, childByField(tree, callee, "attribute"));
      const [only = NO_NODE] = args;
      if (method === "append" || method === "extend") return literals(tree, only) ?? "unknown";
      return "unknown";
    }
    default:
      return undefined;
  }
}

/** The texts of a string, or of a list or tuple of strings. */
function literals(tree: FlatTree, node: number): readonly string[] | undefined {
  if (node === NO_NODE) return undefined;
  const own = plainText(tree, node);
  if (own !== undefined) return [own];
  const k = kind(tree, node);
  if (k !== "list" && k !== "tuple") return undefined;
  const all = parts(tree, node).map((part) => plainText(tree, part));
  return all.every((text) => text !== undefined) ? all : undefined;
}

type Binder = (tree: FlatTree, node: number, found: Found) => void;

const bindName =
  (fieldName: string): Binder =>
  (tree, node, found) =>
    addTarget(tree, childByField(tree, node, fieldName), found);

const binder = tableByKind<Binder>({
  assignment: bindName("left"),
  augmented_assignment: bindName("left"),
  for_statement: bindName("left"),
  named_expression: bindName("name"),
  function_definition: bindName("name"),
  class_definition: bindName("name"),
  except_clause: bindName("alias"),
  type_alias_statement: (tree, node, found) => addTarget(tree, aliasName(tree, node), found),
  as_pattern(tree, node, found) {
    addTarget(tree, childByField(tree, node, "alias"), found);
    // In a `case`: pattern `as` name, without a field.
    const inner = parts(tree, node);
    const last = inner[inner.length - 1];
    if (inner.length > 1 && last !== undefined && kind(tree, last) === "identifier")
      addTarget(tree, last, found);
  },
  import_statement(tree, node, found) {
    for (const name of childrenByField(tree, node, "name")) addImported(tree, name, found);
  },
  import_from_statement(tree, node, found) {
    for (const name of childrenByField(tree, node, "name")) addImported(tree, name, found);
  },
  future_import_statement(tree, node, found) {
    for (const name of childrenByField(tree, node, "name")) addImported(tree, name, found);
  },
  delete_statement(tree, node, found) {
    for (const target of parts(tree, node)) addTarget(tree, target, found);
  },
  case_pattern(tree, node, found) {
    const [only] = parts(tree, node);
    if (only !== undefined && kind(tree, only) === "dotted_name") addCapture(tree, only, found);
  },
  keyword_pattern(tree, node, found) {
    const value = parts(tree, node)[1];
    if (value !== undefined && kind(tree, value) === "dotted_name") addCapture(tree, value, found);
  },
  splat_pattern(tree, node, found) {
    for (const name of parts(tree, node)) addTarget(tree, name, found);
  },
  global_statement: addOuter,
  nonlocal_statement: addOuter,
  yield(_tree, _node, found) {
    found.isGenerator = true;
  },
});

/** A nested scope whose insides bind nothing here; a comprehension is open, for its `:=`. */
const closed = tableByKind<true>({
  function_definition: true,
  class_definition: true,
  lambda: true,
});

function addOuter(tree: FlatTree, node: number, found: Found): void {
  for (const name of parts(tree, node)) found.outer.add(textOf(tree, name));
}

function addTarget(tree: FlatTree, node: number, found: Found): void {
  if (node === NO_NODE) return;
  for (const name of boundNames(tree, node)) found.names.add(name);
}

/** Names bound by a target, nested or not; attributes and subscripts inside bind none. */
export function boundNames(tree: FlatTree, target: number): ReadonlySet<string> {
  const out = new Set<string>();
  const stop = skip(tree, target);
  for (let n = target; n < stop; ) {
    const k = kind(tree, n);
    if (k === "identifier" && textOf(tree, n) !== "") out.add(textOf(tree, n));
    n = isNamed(tree, n) && !NESTING.has(k) ? skip(tree, n) : n + 1;
  }
  return out;
}

const NESTING = new Set([
  "pattern_list",
  "expression_list",
  "tuple_pattern",
  "list_pattern",
  "tuple",
  "list",
  "list_splat_pattern",
  "list_splat",
  "parenthesized_expression",
  "as_pattern_target",
  "type",
]);

/** A dotted name of one part in a pattern captures; `_` and `a.b` do not. */
function addCapture(tree: FlatTree, node: number, found: Found): void {
  const name = textOf(tree, node);
  if (name !== "_" && name !== "" && !name.includes(".")) found.names.add(name);
}

function addImported(tree: FlatTree, node: number, found: Found): void {
  const alias = childByField(tree, node, "alias");
  if (alias !== NO_NODE) {
    addTarget(tree, alias, found);
    return;
  }
  const first = children(tree, node)[0];
  if (first !== undefined) addTarget(tree, first, found);
}
