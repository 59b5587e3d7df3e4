/** Functions, lambdas and classes where they are defined: closures, defaults, decorators, members. */
import type { ClassMember, Hole, Param, SlotId, TypeRef, ValueId } from "../../ir/ir.ts";
import { childByField, field, kind, NO_NODE, parent, textOf } from "../../syntax/flat.ts";
import { holeStart } from "../items.ts";
import { applyDecorator } from "./calls.ts";
import { bind, type Context, opaque, type Scope, spanOf } from "./context.ts";
import { lowerChild, lowerExpression } from "./expressions.ts";
import { bindingsBelow } from "./scan.ts";
import { lowerBlock, lowerErrors } from "./statements.ts";
import { plainText } from "./strings.ts";
import { bodyOf, parts } from "./syntax.ts";
import { typeOf } from "./types.ts";

/** A parameter as written; `target` is its name node or, in Python 2, a tuple to unpack. */
export interface Parameter {
  readonly node: number;
  readonly target: number;
  readonly name: string;
  readonly kind: Param["kind"];
  readonly default: number;
  readonly annotation: TypeRef | undefined;
}

/** The parameters of a `def` or `lambda`. */
export function parametersOf(c: Context, definition: number): Parameter[] {
  const { tree } = c;
  const list = childByField(tree, definition, "parameters");
  if (list === NO_NODE) return [];
  const out: Parameter[] = [];
  let plain: Param["kind"] = "positional";
  for (const node of parts(tree, list)) {
    const k = kind(tree, node);
    if (k === "keyword_separator") plain = "keyword";
    if (k === "keyword_separator" || k === "positional_separator" || k === "ERROR") continue;
    const type = childByField(tree, node, "type");
    const value = childByField(tree, node, "value");
    const named = childByField(tree, node, "name");
    const inner =
      k === "typed_parameter" ? (parts(tree, node)[0] ?? node) : named === NO_NODE ? node : named;
    const innerKind = kind(tree, inner);
    const stars =
      innerKind === "list_splat_pattern"
        ? "rest"
        : innerKind === "dictionary_splat_pattern"
          ? "keywords"
          : undefined;
    const target = stars === undefined ? inner : (parts(tree, inner)[0] ?? inner);
    out.push({
      node,
      target,
      name: kind(tree, target) === "identifier" ? textOf(tree, target) : "",
      kind: stars ?? plain,
      default: value,
      annotation: type === NO_NODE ? undefined : typeOf(tree, type),
    });
    if (stars === "rest") plain = "keyword";
  }
  return out;
}

/** The closure of a function whose defaults are already evaluated. */
export function closureOf(
  c: Context,
  definition: number,
  defaults: readonly (ValueId | undefined)[],
): ValueId {
  const body = bodyOf(c.tree, definition);
  const hole = body === NO_NODE ? undefined : c.holeAt.get(holeStart(c.tree, definition, body));
  // A function in the signature of another belongs to that one.
  if (hole === undefined)
    return opaque(
      c,
      "function",
      defaults.filter((d) => d !== undefined),
      spanOf(c, definition),
    );
  c.holes[hole] = {
    name: nameOf(c, definition),
    className: c.classes.join("."),
    ...renamedHere(c),
  };
  return c.b.emit({ op: "closure", hole, defaults, span: spanOf(c, definition) });
}

/** Variables of the comprehensions around, by the name they have in the text. */
function renamedHere(c: Context): Pick<Hole, "renamed"> {
  const renamed: Record<string, SlotId> = {};
  let any = false;
  for (let s: Scope | undefined = c.scope; s !== undefined; s = s.up) {
    if (s.kind !== "comprehension") continue;
    for (const [name, slot] of s.slots) {
      any = true;
      if (!Object.hasOwn(renamed, name)) renamed[name] = slot;
    }
  }
  return any ? { renamed } : {};
}

export function lowerLambda(c: Context, node: number): ValueId {
  return closureOf(c, node, lowerDefaults(c, node));
}

function lowerDefaults(c: Context, definition: number): (ValueId | undefined)[] {
  return parametersOf(c, definition).map((p) =>
    p.default === NO_NODE ? undefined : lowerExpression(c, p.default),
  );
}

/** A declared name, or what a lambda is assigned to or taken by: `key`, `app.get("/users")`. */
function nameOf(c: Context, definition: number): string {
  const { tree } = c;
  const own = childByField(tree, definition, "name");
  if (own !== NO_NODE) return textOf(tree, own);
  let inner = definition;
  for (let up = parent(tree, definition); up !== NO_NODE; inner = up, up = parent(tree, up)) {
    switch (kind(tree, up)) {
      case "parenthesized_expression":
        continue;
      case "assignment":
        return field(tree, inner) === "right" ? shortText(c, childByField(tree, up, "left")) : "";
      case "keyword_argument":
      case "named_expression":
      case "default_parameter":
      case "typed_default_parameter":
        return shortText(c, childByField(tree, up, "name"));
      case "pair":
        return shortText(c, childByField(tree, up, "key"));
      case "argument_list":
        return takerOf(c, parent(tree, up), up);
      default:
        return "";
    }
  }
  return "";
}

function takerOf(c: Context, call: number, list: number): string {
  const { tree } = c;
  const callee = call === NO_NODE ? NO_NODE : childByField(tree, call, "function");
  if (callee === NO_NODE) return "";
  const [first] = parts(tree, list);
  const literal = first === undefined ? undefined : plainText(tree, first);
  const name = shortText(c, callee);
  return literal === undefined || literal.length > 100
    ? name
    : `${name}(${JSON.stringify(literal)})`;
}

/** A dotted name or a literal's text; of a longer expression its last attribute. */
function shortText(c: Context, node: number): string {
  if (node === NO_NODE) return "";
  const text = textOf(c.tree, node);
  if (text.length <= 80 && /^[\p{L}\p{N}_.]+$/u.test(text)) return text;
  const attribute = childByField(c.tree, node, "attribute");
  if (attribute !== NO_NODE) return textOf(c.tree, attribute);
  return plainText(c.tree, node)?.slice(0, 80) ?? "";
}

interface Decorator {
  readonly node: number;
  readonly value: ValueId;
}

/** `@a @b def f` evaluates a, b, then the function, and applies b first. */
export function lowerDecorated(c: Context, node: number): void {
  const { tree } = c;
  const decorators: Decorator[] = [];
  for (const child of parts(tree, node)) {
    if (kind(tree, child) === "decorator")
      decorators.push({
        node: child,
        value: lowerChild(c, parts(tree, child)[0] ?? NO_NODE, child),
      });
  }
  const definition = childByField(tree, node, "definition");
  if (definition === NO_NODE) return;
  if (kind(tree, definition) === "class_definition") lowerClass(c, definition, decorators, node);
  else lowerFunction(c, definition, decorators, node);
}

export function lowerFunction(
  c: Context,
  node: number,
  decorators: readonly Decorator[],
  statement: number,
): void {
  const { tree } = c;
  const defaults = lowerDefaults(c, node);
  const closure = closureOf(c, node, defaults);
  const value = decorate(c, decorators, closure, node);
  const nameNode = childByField(tree, node, "name");
  const name = nameNode === NO_NODE ? "" : textOf(tree, nameNode);
  if (name === "") return;
  const member = methodKind(c, decorators);
  bind(c, {
    name,
    value,
    span: spanOf(c, nameNode),
    member: { name, ...member, value, span: spanOf(c, statement) },
  });
}

function decorate(
  c: Context,
  decorators: readonly Decorator[],
  given: ValueId,
  node: number,
): ValueId {
  let value = given;
  for (let i = decorators.length - 1; i >= 0; i--) {
    const decorator = decorators[i] as Decorator;
    value = applyDecorator(c, decorator.node, decorator.value, value, node);
  }
  return value;
}

/** Judged by the last word of the decorator: `@property`, `@functools.cached_property`, `@x.setter`. */
function methodKind(
  c: Context,
  decorators: readonly Decorator[],
): Pick<ClassMember, "kind" | "isStatic" | "ofClass"> {
  const words = decorators.map(
    (d) => /([\p{L}_][\p{L}\p{N}_]*)\s*(?:\(.*)?$/su.exec(textOf(c.tree, d.node))?.[1] ?? "",
  );
  const isStatic = words.includes("staticmethod");
  if (words.some((w) => w === "setter" || w === "deleter")) return { kind: "setter", isStatic };
  const getter = words.some((w) => w === "property" || w === "getter" || w.endsWith("property"));
  const ofClass = words.includes("classmethod");
  return { kind: getter ? "getter" : "method", isStatic, ...(ofClass ? { ofClass } : {}) };
}

/** A class body runs where it stands, in a scope that only its own statements see. */
export function lowerClass(
  c: Context,
  node: number,
  decorators: readonly Decorator[],
  statement: number,
): void {
  const { tree, b } = c;
  const nameNode = childByField(tree, node, "name");
  const name = nameNode === NO_NODE ? "" : textOf(tree, nameNode);
  const bases = lowerBases(c, childByField(tree, node, "superclasses"));
  const body = childByField(tree, node, "body");
  const members: ClassMember[] = [];
  const outer = c.scope;
  if (body !== NO_NODE) {
    const found = bindingsBelow(tree, body);
    let up: Scope | undefined = outer;
    while (up?.kind === "class") up = up.up;
    c.scope = { kind: "class", slots: new Map(), outer: found.outer, up, members };
    c.classes.push(name);
    for (const own of found.names) c.scope.slots.set(own, b.slot(`${c.classes.join(".")}.${own}`));
    if (c.broken) lowerErrors(c, node);
    lowerBlock(c, body);
    c.classes.pop();
    c.scope = outer;
  }
  const value = b.emit({ op: "class", name, bases, members, span: spanOf(c, node) });
  const decorated = decorate(c, decorators, value, node);
  if (name === "") return;
  bind(c, {
    name,
    value: decorated,
    span: spanOf(c, nameNode),
    member: { name, kind: "field", isStatic: false, value: decorated, span: spanOf(c, statement) },
  });
}

/** Keywords in the header (`metaclass=`) are evaluated but are no bases. */
function lowerBases(c: Context, list: number): ValueId[] {
  const bases: ValueId[] = [];
  if (list === NO_NODE) return bases;
  for (const node of parts(c.tree, list)) {
    if (kind(c.tree, node) === "keyword_argument")
      lowerChild(c, childByField(c.tree, node, "value"), node);
    else bases.push(lowerExpression(c, node));
  }
  return bases;
}

/** A class-level name declared with a type only. */
export function declareMember(
  c: Context,
  target: number,
  annotation: TypeRef,
  statement: number,
): void {
  const { members } = c.scope;
  if (members === undefined || c.repeats > 0 || kind(c.tree, target) !== "identifier") return;
  members.push({
    name: textOf(c.tree, target),
    kind: "field",
    isStatic: false,
    annotation,
    span: spanOf(c, statement),
  });
}
