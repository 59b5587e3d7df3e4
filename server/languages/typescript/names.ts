/** What functions and classes are called, read off the text around them; never off the body of a nested function. */
import {
  childByField,
  type FlatTree,
  kind,
  namedChildren,
  parent,
  textOf,
} from "../../syntax/flat.ts";
import { firstNamed, propertyName, stringText } from "./syntax.ts";

const LONGEST = 60;

/** The name of a nested function for `Hole.name`. */
export function functionName(tree: FlatTree, n: number): string {
  return declaredName(tree, n) || assignedName(tree, n) || takerName(tree, n);
}

/** The name in the function's own text, or "". */
export function declaredName(tree: FlatTree, n: number): string {
  const name = kind(tree, n) === "arrow_function" ? -1 : childByField(tree, n, "name");
  return name < 0 ? "" : memberName(tree, name);
}

/** A property key as a name; a computed one keeps its brackets. */
export function memberName(tree: FlatTree, key: number): string {
  const name = propertyName(tree, key);
  if (name !== undefined) return name;
  const inner = firstNamed(tree, key);
  const simple = inner >= 0 && /^(identifier|member_expression)$/.test(kind(tree, inner));
  return simple ? `[${textOf(tree, inner).slice(0, LONGEST)}]` : "[computed]";
}

/** The variable, property or parameter that a function or class is the value of, or "". */
export function assignedName(tree: FlatTree, n: number): string {
  const holder = valueHolder(tree, n);
  if (holder < 0) return "";
  switch (kind(tree, holder)) {
    case "variable_declarator":
      return plainName(tree, childByField(tree, holder, "name"));
    case "assignment_expression":
    case "assignment_pattern":
    case "object_assignment_pattern":
      return plainName(tree, childByField(tree, holder, "left"));
    case "required_parameter":
    case "optional_parameter":
      return plainName(tree, childByField(tree, holder, "pattern"));
    case "public_field_definition":
    case "field_definition":
      return fieldName(tree, holder);
    case "pair": {
      const key = childByField(tree, holder, "key");
      return key < 0 ? "" : memberName(tree, key);
    }
    case "export_statement":
      return "default";
    default:
      return "";
  }
}

/** The name of a class field. */
export function fieldName(tree: FlatTree, n: number): string {
  let key = childByField(tree, n, "name");
  if (key < 0) key = childByField(tree, n, "property");
  return key < 0 ? "" : memberName(tree, key);
}

/** The enclosing class names of a node inside the item `top`, outermost first. */
export function classPath(tree: FlatTree, n: number, top: number): string {
  const names: string[] = [];
  let below = n;
  for (let at = parent(tree, n); at >= 0 && below !== top; at = parent(tree, at)) {
    const name = kind(tree, at);
    if (name === "class_body") {
      const holder = parent(tree, at);
      if (holder >= 0) names.unshift(className(tree, holder));
    }
    if (at === top) break;
    below = at;
  }
  return names.join(".");
}

export function className(tree: FlatTree, n: number): string {
  const name = childByField(tree, n, "name");
  return (name < 0 ? "" : textOf(tree, name)) || assignedName(tree, n) || "class";
}

/** The node that takes `n` as its value; parentheses and casts between do not count. */
function valueHolder(tree: FlatTree, n: number): number {
  let at = parent(tree, n);
  while (at >= 0 && /^(parenthesized|as|satisfies|non_null)_expression$/.test(kind(tree, at))) {
    at = parent(tree, at);
  }
  return at;
}

function plainName(tree: FlatTree, n: number): string {
  if (n < 0) return "";
  switch (kind(tree, n)) {
    case "identifier":
    case "shorthand_property_identifier_pattern":
      return textOf(tree, n);
    case "member_expression": {
      const object = childByField(tree, n, "object");
      const property = childByField(tree, n, "property");
      if (property < 0) return "";
      const name = textOf(tree, property);
      const whole = object >= 0 && kind(tree, object) === "identifier" ? textOf(tree, object) : "";
      return whole === "module" && name === "exports" ? "module.exports" : name;
    }
    default:
      return "";
  }
}

/** For a callback: what takes it, with the first literal text beside it: `app.get("/users")`. */
function takerName(tree: FlatTree, n: number): string {
  const holder = valueHolder(tree, n);
  if (holder < 0) return "";
  if (kind(tree, holder) === "jsx_expression") {
    const attribute = parent(tree, holder);
    if (attribute < 0 || kind(tree, attribute) !== "jsx_attribute") return "";
    const name = firstNamed(tree, attribute);
    return name < 0 ? "" : textOf(tree, name);
  }
  if (kind(tree, holder) !== "arguments") return "";
  const call = parent(tree, holder);
  if (call < 0) return "";
  const isNew = kind(tree, call) === "new_expression";
  const callee = chain(tree, childByField(tree, call, isNew ? "constructor" : "function"));
  if (callee === "") return "";
  const literal = namedChildren(tree, holder).find((a) => kind(tree, a) === "string");
  const text = literal === undefined ? "" : stringText(tree, literal).slice(0, LONGEST);
  const shown = callee.length > LONGEST ? callee.slice(-LONGEST) : callee;
  return `${isNew ? "new " : ""}${shown}${literal === undefined ? "" : `(${JSON.stringify(text)})`}`;
}

/** `a.b().c` with empty parentheses, from the right, a few links long. */
function chain(tree: FlatTree, n: number): string {
  let out = "";
  let at = n;
  for (let links = 0; at >= 0 && links < 8; links++) {
    switch (kind(tree, at)) {
      case "identifier":
      case "this":
      case "super":
        return textOf(tree, at) + out;
      case "member_expression": {
        const property = childByField(tree, at, "property");
        out = `.${property < 0 ? "" : textOf(tree, property)}${out}`;
        at = childByField(tree, at, "object");
        break;
      }
      case "call_expression":
        out = `()${out}`;
        at = childByField(tree, at, "function");
        break;
      case "subscript_expression":
        out = `[]${out}`;
        at = childByField(tree, at, "object");
        break;
      case "parenthesized_expression":
      case "non_null_expression":
      case "await_expression":
      case "as_expression":
        at = firstNamed(tree, at);
        break;
      default:
        return out.replace(/^\./, "");
    }
  }
  return out.replace(/^\./, "");
}
