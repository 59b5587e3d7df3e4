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
  readonly functions: ReadonlySet<number>;
  readonly ignored: ReadonlySet<number>;
}

const kindsOf = perGrammar<Kinds>((grammar) => ({
  functions: new Set([...ids(grammar, "function_definition"), ...ids(grammar, "lambda")]),
  ignored: new Set([...ids(grammar, "comment"), ...ids(grammar, "line_continuation")]),
}));

/** Computes once per grammar; files of one grammar come in a row. */
function perGrammar<T>(compute: (grammar: Grammar) => T): (grammar: Grammar) => T {
  const known = new WeakMap<Grammar, { readonly value: T }>();
  let last: Grammar | undefined;
  let lastValue: T | undefined;
  return (grammar) => {
    if (grammar === last) return lastValue as T;
    let entry = known.get(grammar);
    if (entry === undefined) {
      entry = { value: compute(grammar) };
      known.set(grammar, entry);
    }
    last = grammar;
    lastValue = entry.value;
    return entry.value;
  };
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
  if (!kindsOf(tree.grammar).functions.has(id)) return NO_NODE;
  return childByField(tree, node, "body");
}

/** A table from kind number to entry, made once per grammar. */
export function tableByKind<T>(
  entries: Readonly<Record<string, T>> & { readonly ERROR?: T },
): (tree: FlatTree, node: number) => T | undefined {
  const tableOf = perGrammar((grammar) =>
    grammar.kinds.map((k, i) =>
      grammar.named[i] === true && Object.hasOwn(entries, k) ? entries[k] : undefined,
    ),
  );
  return (tree, node) => {
    const id = (tree.nodes[node * STRIDE] as number) & 0xffff;
    return id === 0xffff ? entries.ERROR : tableOf(tree.grammar)[id];
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

/** The name that `type X[T] = ...` binds. */
export function aliasName(tree: FlatTree, statement: number): number {
  const left = childByField(tree, statement, "left");
  const stop = left === NO_NODE ? 0 : skip(tree, left);
  for (let n = left; n < stop; n++) if (kind(tree, n) === "identifier") return n;
  return NO_NODE;
}
