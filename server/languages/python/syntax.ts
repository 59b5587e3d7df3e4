/** What lowering asks of a Python syntax tree, with the grammar's node kinds looked up once per grammar. */
import {
  childByField,
  type FlatTree,
  type Grammar,
  kind,
  NO_NODE,
  STRIDE,
  skip,
} from "../../syntax/flat.ts";

/** Numbers of the kinds asked for at every node. */
interface Kinds {
  readonly functionDefinition: ReadonlySet<number>;
  readonly lambda: ReadonlySet<number>;
  readonly ignored: ReadonlySet<number>;
}

const known = new WeakMap<Grammar, Kinds>();

function kindsOf(grammar: Grammar): Kinds {
  let kinds = known.get(grammar);
  if (kinds === undefined) {
    kinds = {
      functionDefinition: ids(grammar, "function_definition"),
      lambda: ids(grammar, "lambda"),
      ignored: new Set([...ids(grammar, "comment"), ...ids(grammar, "line_continuation")]),
    };
    known.set(grammar, kinds);
  }
  return kinds;
}

function ids(grammar: Grammar, name: string): ReadonlySet<number> {
  const out = new Set<number>();
  grammar.kinds.forEach((k, i) => {
    if (k === name && grammar.named[i] === true) out.add(i);
  });
  return out;
}

/** The body of a `def` or `lambda`; NO_NODE for every other node. */
export function bodyOf(tree: FlatTree, node: number): number {
  const id = (tree.nodes[node * STRIDE] as number) & 0xffff;
  const kinds = kindsOf(tree.grammar);
  if (!kinds.functionDefinition.has(id) && !kinds.lambda.has(id)) return NO_NODE;
  return childByField(tree, node, "body");
}

/** True for ERROR nodes and for tokens the parser made up. */
export function isBroken(tree: FlatTree, node: number): boolean {
  const head = tree.nodes[node * STRIDE] as number;
  return (head & 0xffff) === 0xffff || head >>> 31 === 1;
}

/** A table from kind number to entry, made once per grammar. */
export function tableByKind<T>(
  entries: Readonly<Record<string, T>>,
): (tree: FlatTree, node: number) => T | undefined {
  const tables = new WeakMap<Grammar, (T | undefined)[]>();
  return (tree, node) => {
    let table = tables.get(tree.grammar);
    if (table === undefined) {
      const { kinds, named } = tree.grammar;
      table = kinds.map((k, i) =>
        named[i] === true && Object.hasOwn(entries, k) ? entries[k] : undefined,
      );
      tables.set(tree.grammar, table);
    }
    const id = (tree.nodes[node * STRIDE] as number) & 0xffff;
    return id === 0xffff ? entries.ERROR : table[id];
  };
}

/** Named children without comments and backslashes at line ends. */
export function parts(tree: FlatTree, node: number): number[] {
  const out: number[] = [];
  const { ignored } = kindsOf(tree.grammar);
  const stop = skip(tree, node);
  for (let c = node + 1; c < stop; c = skip(tree, c)) {
    const id = (tree.nodes[c * STRIDE] as number) & 0xffff;
    if (id === 0xffff || (tree.grammar.named[id] === true && !ignored.has(id))) out.push(c);
  }
  return out;
}

/** The node inside any number of parentheses; a pair around anything but one node stays. */
export function unwrap(tree: FlatTree, node: number): number {
  let n = node;
  while (kind(tree, n) === "parenthesized_expression") {
    const [inner, more] = parts(tree, n);
    if (inner === undefined || more !== undefined) return n;
    n = inner;
  }
  return n;
}
