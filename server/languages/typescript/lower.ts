/** An item of TypeScript or JavaScript to IR. */
import { createBuilder } from "../../ir/build.ts";
import type { Item, Param, TypeRef } from "../../ir/ir.ts";
import {
  childByField,
  childrenByField,
  type FlatTree,
  kind,
  NO_NODE,
  namedChildren,
  parent,
  STRIDE,
  skip,
} from "../../syntax/flat.ts";
import { holeStart, type ItemSource } from "../items.ts";
import { type Context, type MutableHole, span } from "./context.ts";
import { leaveWith } from "./control.ts";
import { expression } from "./expressions.ts";
import { isAsync, isGenerator, lowerParameters } from "./functions.ts";
import { className, declaredName, functionName } from "./names.ts";
import { hoistVars, statements } from "./statements.ts";
import { bodyOf, kindTable, stringText } from "./syntax.ts";
import { isMadeUp } from "./tags.ts";
import { typeRef } from "./types.ts";

export function lower(tree: FlatTree, item: ItemSource): Item {
  const found = scan(tree, item);
  const b = createBuilder();
  for (const hole of found.holes) b.hole(hole);
  const root = { parent: undefined, names: new Map<string, number>() };
  const c: Context = {
    tree,
    item,
    b,
    at: itemOffsets(item),
    holeOf: found.holeOf,
    holes: found.holes,
    scopes: { root, current: root, uses: new Map(), suffixed: new Set(), first: new Map() },
    depth: 0,
    exits: [],
    requires: false,
    parameterSlots: [],
    label: undefined,
    hoisted: new Set(),
    namespaceExports: undefined,
    finallyCopies: 0,
    repeated: 0,
  };
  return item.node === 0 ? lowerModule(c, found) : lowerFunction(c, found);
}

function lowerModule(c: Context, found: Found): Item {
  hoistVars(c, found.vars, c.scopes.root);
  statements(c, namedChildren(c.tree, 0));
  return c.b.finish({
    kind: "module",
    name: "",
    params: [],
    isAsync: false,
    isGenerator: false,
    hasError: found.hasError,
    ...directivesOf(c, 0),
  });
}

function lowerFunction(c: Context, found: Found): Item {
  const fn = c.item.node;
  const params: Param[] = lowerParameters(c, fn);
  hoistVars(c, found.vars, c.scopes.root);
  const body = bodyOf(c.tree, fn);
  if (body >= 0) {
    if (kind(c.tree, body) === "statement_block") statements(c, namedChildren(c.tree, body));
    else {
      c.b.statement(span(c, body));
      leaveWith(c, body, expression(c, body));
    }
  }
  const returns = resultType(c, fn);
  return c.b.finish({
    kind: "function",
    name: declaredName(c.tree, fn),
    params,
    isAsync: isAsync(c, fn),
    isGenerator: isGenerator(c, fn),
    hasError: found.hasError,
    ...(returns === undefined ? {} : { returns }),
    ...(body < 0 ? {} : directivesOf(c, body)),
  });
}

/** The strings that stand alone as the first statements. */
function directivesOf(c: Context, body: number): Pick<Item, "directives"> {
  const out: string[] = [];
  for (const statement of namedChildren(c.tree, body)) {
    if (kind(c.tree, statement) === "comment") continue;
    if (kind(c.tree, statement) !== "expression_statement") break;
    const only = namedChildren(c.tree, statement)[0];
    if (only === undefined || kind(c.tree, only) !== "string") break;
    out.push(stringText(c.tree, only));
  }
  return out.length === 0 ? {} : { directives: out };
}

function resultType(c: Context, fn: number): TypeRef | undefined {
  const type = childByField(c.tree, fn, "return_type");
  return type < 0 ? undefined : typeRef(c.tree, type);
}

interface Found {
  readonly holes: readonly MutableHole[];
  readonly holeOf: ReadonlyMap<number, number>;
  /** Patterns that `var` binds anywhere in the item. */
  readonly vars: readonly number[];
  readonly hasError: boolean;
}

const scanned = kindTable<"class" | "var" | "for" | "function">({
  class_body: "class",
  variable_declaration: "var",
  for_in_statement: "for",
  function_declaration: "function",
  generator_function_declaration: "function",
  function_expression: "function",
  function: "function",
  generator_function: "function",
  arrow_function: "function",
  method_definition: "function",
});

/** One pass over the item's own nodes: nested functions, `var` declarations, errors. */
function scan(tree: FlatTree, item: ItemSource): Found {
  const { nodes } = tree;
  const table = scanned(tree.grammar);
  const holes: MutableHole[] = [];
  const holeOf = new Map<number, number>();
  const vars: number[] = [];
  const classes: { readonly name: string; readonly stop: number }[] = [];
  let broken = item.node === 0 && ((nodes[0] as number) & 0xffff) === 0xffff;
  let classStop = NO_STOP;
  // The nested function whose signature is being read: its body is jumped over, functions in the signature are its own.
  let nestedBody = NO_NODE;
  let nestedStop = 0;
  const stop = skip(tree, item.node);
  for (let n = item.node + 1; n < stop; n++) {
    if (n === nestedBody) {
      n = skip(tree, n) - 1;
      continue;
    }
    const word = nodes[n * STRIDE] as number;
    if ((word & 0xffff) === 0xffff || (word >>> 31 === 1 && !isMadeUp(tree, n))) broken = true;
    const found = table[word & 0xffff];
    if (found === undefined || n < nestedStop) continue;
    while (n >= classStop) {
      classes.pop();
      classStop = classes[classes.length - 1]?.stop ?? NO_STOP;
    }
    if (found === "function") {
      const next = item.holes[holes.length];
      const body = bodyOf(tree, n);
      if (body < 0 || next === undefined || holeStart(tree, n, body) !== next.start) continue;
      holeOf.set(n, holes.length);
      holes.push({
        name: functionName(tree, n),
        className: classes.map((k) => k.name).join("."),
      });
      nestedBody = body;
      nestedStop = skip(tree, n);
    } else if (found === "class") {
      classStop = skip(tree, n);
      classes.push({ name: className(tree, parent(tree, n)), stop: classStop });
    } else vars.push(...varPatterns(tree, n, found));
  }
  while (holes.length < item.holes.length) holes.push({ name: "", className: "" });
  return { holes, holeOf, vars, hasError: broken };
}

const NO_STOP = Number.POSITIVE_INFINITY;

function varPatterns(tree: FlatTree, n: number, found: "var" | "for"): number[] {
  if (found === "for") {
    const declares = childrenByField(tree, n, "kind").some((k) => kind(tree, k) === "var");
    const left = childByField(tree, n, "left");
    return declares && left >= 0 ? [left] : [];
  }
  return namedChildren(tree, n)
    .map((d) => childByField(tree, d, "name"))
    .filter((pattern) => pattern >= 0);
}

/** `toItem` of items.ts with a binary search: a module may have thousands of holes. */
function itemOffsets(item: ItemSource): (absolute: number) => number {
  const { holes } = item;
  if (holes.length === 0) return (absolute) => absolute - item.start;
  /** What to subtract after the i-th hole. */
  const shifts: number[] = [item.start];
  for (const hole of holes) {
    shifts.push((shifts[shifts.length - 1] as number) + hole.end - hole.start - 1);
  }
  return (absolute) => {
    let low = 0;
    let high = holes.length;
    // The number of holes that start at or before the offset.
    while (low < high) {
      const mid = (low + high) >> 1;
      if ((holes[mid] as { start: number }).start <= absolute) low = mid + 1;
      else high = mid;
    }
    if (low === 0) return absolute - item.start;
    const hole = holes[low - 1] as { start: number; end: number };
    return absolute < hole.end
      ? hole.start - (shifts[low - 1] as number)
      : absolute - (shifts[low] as number);
  };
}
