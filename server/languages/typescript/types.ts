/** Types as written, to `TypeRef`. What cannot name a value's library type or rule out text is "unknown". */
import type { Literal, TypeRef } from "../../ir/ir.ts";
import {
  childByField,
  childOfKind,
  type FlatTree,
  kind,
  namedChildren,
  textOf,
} from "../../syntax/flat.ts";
import { firstNamed, numberValue, propertyName, stringText } from "./syntax.ts";

const UNKNOWN: TypeRef = { kind: "unknown" };
const DEEPEST_TYPE = 40;

/** The type of an annotation node (`: T`), or of the bare type. */
export function typeRef(tree: FlatTree, n: number, depth = 0): TypeRef {
  if (n < 0 || depth > DEEPEST_TYPE) return UNKNOWN;
  const inner = (child: number): TypeRef => typeRef(tree, child, depth + 1);
  switch (kind(tree, n)) {
    case "type_annotation":
    case "parenthesized_type":
    case "readonly_type":
    case "optional_type":
    case "rest_type":
    case "constraint":
    case "default_type":
      return inner(firstNamed(tree, n));
    case "type_predicate_annotation":
    case "type_predicate":
      return named("boolean");
    case "identifier":
    case "type_identifier":
    case "predefined_type":
      return named(textOf(tree, n));
    case "this_type":
      return named("this");
    case "nested_type_identifier":
    case "nested_identifier":
    case "member_expression":
      return { kind: "name", path: dotted(tree, n), args: [] };
    case "generic_type":
    case "instantiation_expression":
      return generic(tree, n, inner);
    case "array_type":
      return { kind: "array", element: inner(firstNamed(tree, n)) };
    case "tuple_type":
      return { kind: "array", element: union(namedChildren(tree, n).map(inner)) };
    case "union_type":
      return union(flattened(tree, n).map(inner));
    case "intersection_type":
      return { kind: "name", path: ["&"], args: flattened(tree, n).map(inner) };
    case "literal_type":
      return literalType(tree, firstNamed(tree, n));
    case "template_literal_type":
      return named("string");
    case "object_type":
    case "interface_body":
      return record(tree, n, inner);
    case "required_parameter":
    case "optional_parameter":
      return inner(childByField(tree, n, "type"));
    default:
      return UNKNOWN;
  }
}

export function named(...path: string[]): TypeRef {
  return { kind: "name", path, args: [] };
}

function generic(tree: FlatTree, n: number, inner: (n: number) => TypeRef): TypeRef {
  const list = childOfKind(tree, n, "type_arguments");
  const args = list < 0 ? [] : namedChildren(tree, list).map(inner);
  const name = firstNamed(tree, n);
  const path = name < 0 ? [] : dotted(tree, name);
  const element = args[0];
  if (path.length === 1 && element !== undefined && /^(Readonly)?Array$/.test(path[0] as string)) {
    return { kind: "array", element };
  }
  return { kind: "name", path, args };
}

function dotted(tree: FlatTree, n: number): string[] {
  return textOf(tree, n)
    .split(".")
    .map((part) => part.trim());
}

/** Members of a union or intersection, which nests to the left. */
function flattened(tree: FlatTree, n: number): number[] {
  const wanted = kind(tree, n);
  const out: number[] = [];
  let at = n;
  for (;;) {
    const parts = namedChildren(tree, at);
    const last = parts.pop();
    if (last === undefined) break;
    out.push(last, ...parts.slice(1).reverse());
    const first = parts[0];
    if (first === undefined) break;
    if (kind(tree, first) !== wanted) {
      out.push(first);
      break;
    }
    at = first;
  }
  return out.reverse();
}

/** A union; one of literals only is a literal with all their values. */
function union(members: readonly TypeRef[]): TypeRef {
  const flat = members.flatMap((m) => (m.kind === "union" ? m.members : [m]));
  const values: Literal[] = [];
  for (const m of flat) if (m.kind === "literal") values.push(...m.values);
  if (flat.length > 0 && flat.every((m) => m.kind === "literal"))
    return { kind: "literal", values };
  return flat.length === 1 ? (flat[0] as TypeRef) : { kind: "union", members: flat };
}

function literalType(tree: FlatTree, n: number): TypeRef {
  if (n < 0) return UNKNOWN;
  const value = literalOf(tree, n);
  return value.known ? { kind: "literal", values: [value.value] } : UNKNOWN;
}

/** The value of a literal node. */
export function literalOf(
  tree: FlatTree,
  n: number,
): { readonly known: true; readonly value: Literal } | { readonly known: false } {
  switch (kind(tree, n)) {
    case "string":
      return { known: true, value: stringText(tree, n) };
    case "number":
      return { known: true, value: numberValue(textOf(tree, n)) };
    case "true":
      return { known: true, value: true };
    case "false":
      return { known: true, value: false };
    case "null":
      return { known: true, value: null };
    case "undefined":
      return { known: true, value: undefined };
    case "unary_expression": {
      const text = textOf(tree, n);
      const value = numberValue(text.slice(1).trim());
      if (!/^[-+]/.test(text) || Number.isNaN(value)) return { known: false };
      return { known: true, value: text.startsWith("-") ? -value : value };
    }
    default:
      return { known: false };
  }
}

function record(tree: FlatTree, n: number, inner: (n: number) => TypeRef): TypeRef {
  const fields: { name: string; type: TypeRef }[] = [];
  for (const member of namedChildren(tree, n)) {
    if (kind(tree, member) !== "property_signature") continue;
    const key = childByField(tree, member, "name");
    const name = key < 0 ? undefined : propertyName(tree, key);
    if (name !== undefined) fields.push({ name, type: inner(childByField(tree, member, "type")) });
  }
  return { kind: "record", fields };
}
