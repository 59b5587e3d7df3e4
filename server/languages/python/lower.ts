/** One Python item to its intermediate representation. */
import { createBuilder } from "../../ir/build.ts";
import type { Hole, Item, Param, TypeRef } from "../../ir/ir.ts";
import {
  childByField,
  children,
  type FlatTree,
  isNamed,
  kind,
  NO_NODE,
  textOf,
} from "../../syntax/flat.ts";
import type { ItemSource } from "../items.ts";
import { type Context, offsets, spanOf } from "./context.ts";
import { lowerLambda, type Parameter, parametersOf } from "./definitions.ts";
import { lowerExpression } from "./expressions.ts";
import { type Bindings, bindingsBelow, hasOwnError, listedNames } from "./scan.ts";
import { lowerBlock, lowerErrors } from "./statements.ts";
import { bodyOf } from "./syntax.ts";
import { bindPattern } from "./targets.ts";
import { typeOf } from "./types.ts";

export function lower(tree: FlatTree, item: ItemSource): Item {
  const isModule = item.node === 0;
  const body = isModule ? 0 : bodyOf(tree, item.node);
  const bound: Bindings =
    body === NO_NODE
      ? { names: new Set(), outer: new Set(), isGenerator: false }
      : bindingsBelow(tree, body);
  const c = createContext(tree, item, isModule ? new Set() : bound.outer);
  const params = isModule ? [] : lowerParameters(c);
  for (const name of bound.names)
    if (!c.scope.slots.has(name)) c.scope.slots.set(name, c.b.slot(name));
  if (!isModule) lowerSignatureLambdas(c, body);
  if (c.broken && !isModule) lowerErrors(c, item.node);
  if (body !== NO_NODE) {
    if (isModule || kind(tree, body) === "block") lowerBlock(c, body);
    else c.b.end({ kind: "return", value: lowerExpression(c, body), span: spanOf(c, body) });
  }
  for (const hole of c.holes) c.b.hole(hole);
  const listed = isModule ? listedNames(tree) : undefined;
  const returns = isModule ? undefined : returnType(tree, item.node);
  const nameNode = isModule ? NO_NODE : childByField(tree, item.node, "name");
  return c.b.finish({
    kind: isModule ? "module" : "function",
    name: nameNode === NO_NODE ? "" : textOf(tree, nameNode),
    params,
    isAsync:
      !isModule &&
      children(tree, item.node).some((n) => !isNamed(tree, n) && kind(tree, n) === "async"),
    isGenerator: !isModule && bound.isGenerator,
    hasError: c.broken,
    ...(returns === undefined ? {} : { returns }),
    ...(listed === undefined ? {} : { listed }),
  });
}

function createContext(tree: FlatTree, item: ItemSource, outer: ReadonlySet<string>): Context {
  const holeAt = new Map<number, number>();
  item.holes.forEach((hole, i) => {
    if (!holeAt.has(hole.start)) holeAt.set(hole.start, i);
  });
  return {
    tree,
    item,
    b: createBuilder(),
    holeAt,
    holes: item.holes.map((): Hole => ({ name: "", className: "" })),
    at: offsets(item),
    scope: { kind: "item", slots: new Map(), outer, up: undefined },
    loops: [],
    classes: [],
    depth: 0,
    repeats: 0,
    copies: 0,
    shadows: 0,
    exported: new Set(),
    broken: hasOwnError(tree, item.node),
  };
}

/** A `param` and a `store` for each parameter, then the unpacking of Python 2's tuples. */
function lowerParameters(c: Context): Param[] {
  const { b } = c;
  const given = parametersOf(c, c.item.node);
  const params = given.map((parameter): Param => {
    const { name, annotation } = parameter;
    const slot = name === "" ? b.temp() : b.slot(name);
    if (name !== "") c.scope.slots.set(name, slot);
    const span = spanOf(c, parameter.node);
    const hasDefault = parameter.default !== NO_NODE;
    return {
      name,
      slot,
      kind: parameter.kind,
      hasDefault,
      span,
      ...(annotation === undefined ? {} : { annotation }),
    };
  });
  params.forEach((param, index) => {
    const value = b.emit({ op: "param", index, span: param.span });
    b.emit({ op: "store", slot: param.slot, value, span: param.span });
    const { target } = given[index] as Parameter;
    if (param.name === "") bindPattern(c, target, value);
  });
  return params;
}

/** Functions in default values run outside, but are items of this one: their closures are made here and not used. */
function lowerSignatureLambdas(c: Context, body: number): void {
  const { tree, item } = c;
  const stop = body === NO_NODE ? (tree.nodes[item.node * 5 + 4] as number) : body;
  for (let n = item.node + 1; n < stop; ) {
    const isFunction = bodyOf(tree, n) !== NO_NODE;
    if (isFunction) lowerLambda(c, n);
    n = isFunction ? (tree.nodes[n * 5 + 4] as number) : n + 1;
  }
}

function returnType(tree: FlatTree, definition: number): TypeRef | undefined {
  const node = childByField(tree, definition, "return_type");
  return node === NO_NODE ? undefined : typeOf(tree, node);
}
