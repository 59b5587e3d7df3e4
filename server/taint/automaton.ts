/**
 * The automaton of a regular expression, with as many ways from letter to letter as a matcher that goes back has: `(a*)*` has two
 * from "a" to "a". What the pattern only looks at (`(?=x)`, `\b`) is left out.
 */
import { type AST, RegExpParser } from "@eslint-community/regexpp";

/** Characters as ranges of code points, in order, both ends included. */
export type Chars = readonly (readonly [from: number, to: number])[];

export interface Way {
  /** The letter that is taken next; `END` for a match. */
  readonly to: number;
  /** Ways of the same letters, at most two. */
  readonly count: number;
  /** The text, or a line, must end on each of them. */
  readonly asks: boolean;
}

export interface Automaton {
  /** What each letter may be. A letter is a place in the pattern. */
  readonly letters: readonly Chars[];
  readonly first: readonly Way[];
  /** By letter. */
  readonly next: readonly (readonly Way[])[];
}

export const END = -1;

/** More letters than this, or ways between two, are not looked at. */
const MOST_LETTERS = 400;
const MOST_WORK = 20_000;
/** A part that may be repeated so often, or must be, is written out; more often is without end. */
const MOST_COPIES = 32;
const MOST_NEEDED = 8;

/** Undefined for what is no pattern, goes beyond automata (`\1`), or is too large. */
export function automatonOf(source: string, flags: string): Automaton | undefined {
  try {
    const parser = new RegExpParser({ ecmaVersion: 2024 });
    const unicode = /[uv]/.test(flags);
    const pattern = parser.parsePattern(source, 0, source.length, {
      unicode,
      unicodeSets: flags.includes("v"),
    });
    return built(pattern, flags);
  } catch {
    return undefined;
  }
}

type Node =
  | { readonly kind: "letter"; readonly letter: number }
  | { readonly kind: "ask" }
  | { readonly kind: "all"; readonly nodes: readonly Node[] }
  | { readonly kind: "one"; readonly nodes: readonly Node[] }
  /** `node?`, and `more` only after it */
  | { readonly kind: "maybe"; readonly node: Node; readonly more?: Node }
  /** `node*` */
  | { readonly kind: "many"; readonly node: Node };

/** It has a part that automata do not know, or too many letters. */
class Unknown extends Error {}

function built(pattern: AST.Pattern, flags: string): Automaton {
  const letters: Chars[] = [];
  const letter = (chars: Chars): Node => {
    if (letters.length >= MOST_LETTERS) throw new Unknown();
    return {
      kind: "letter",
      letter: letters.push(flags.includes("i") ? folded(chars) : chars) - 1,
    };
  };
  const ofAlternatives = (all: readonly AST.Alternative[]): Node => ({
    kind: "one",
    nodes: all.map(({ elements }) => ({ kind: "all", nodes: elements.map(of) })),
  });
  const of = (element: AST.Element): Node => {
    switch (element.type) {
      case "Character":
        return letter([[element.value, element.value]]);
      case "CharacterSet":
        return letter(ofSet(element, flags));
      case "CharacterClass":
        return letter(ofClass(element, flags));
      case "Group":
      case "CapturingGroup":
        return ofAlternatives(element.alternatives);
      case "Assertion":
        return element.kind === "end" ? { kind: "ask" } : { kind: "all", nodes: [] };
      case "Quantifier":
        return repeated(element, of);
      default:
        throw new Unknown();
    }
  };
  const root = ofAlternatives(pattern.alternatives);
  return linked(root, letters);
}

function repeated({ element, min, max }: AST.Quantifier, of: (one: AST.Element) => Node): Node {
  const few = Math.min(min, max > MOST_COPIES ? MOST_NEEDED : min);
  const nodes: Node[] = Array.from({ length: few }, () => of(element));
  if (max > MOST_COPIES) {
    // `x{2,}` is `xx` and any more; `x+` is `xx*`, where the first one is a letter of its own.
    nodes.push({ kind: "many", node: of(element) });
    return { kind: "all", nodes };
  }
  let rest: Node | undefined;
  for (let more = few; more < max; more++) {
    const one = of(element);
    rest = { kind: "maybe", node: one, ...(rest === undefined ? {} : { more: rest }) };
  }
  return { kind: "all", nodes: rest === undefined ? nodes : [...nodes, rest] };
}

/** Steps between the nodes of a graph: to a letter or the end, only where the text ends, or for nothing. */
interface Point {
  readonly letter?: number;
  readonly asks?: true;
  /** The point at which the round began that ends here: a round that nothing asks for must take a letter. */
  readonly ends?: Point;
  readonly to: Point[];
}

function linked(root: Node, letters: readonly Chars[]): Automaton {
  const end: Point = { letter: END, to: [] };
  const places: Point[] = [];
  const start = laid(root, end, places);
  let work = 0;
  const ways = (from: readonly Point[]): readonly Way[] => {
    const out = new Map<number, { count: number; asks: boolean }>();
    const walk = (at: Point, asks: boolean, above: readonly Point[]): void => {
      if (++work > MOST_WORK) throw new Unknown();
      if (at.ends !== undefined && above.includes(at.ends)) return;
      if (at.letter !== undefined) {
        const old = out.get(at.letter);
        out.set(at.letter, {
          count: Math.min(2, (old?.count ?? 0) + 1),
          asks: asks && (old?.asks ?? true),
        });
        return;
      }
      for (const next of at.to) walk(next, asks || at.asks === true, [...above, at]);
    };
    for (const point of from) walk(point, false, []);
    return [...out].map(([to, way]) => ({ to, ...way }));
  };
  return {
    letters,
    first: ways([start]),
    next: letters.map((_, letter) => ways(places[letter]?.to ?? [])),
  };
}

/** The point at which a node begins that goes on to another one. */
function laid(node: Node, then: Point, places: Point[]): Point {
  switch (node.kind) {
    case "letter": {
      const point: Point = { letter: node.letter, to: [then] };
      places[node.letter] = point;
      return point;
    }
    case "ask":
      return { asks: true, to: [then] };
    case "all":
      return node.nodes.reduceRight((next, one) => laid(one, next, places), then);
    case "one":
      return { to: node.nodes.map((one) => laid(one, then, places)) };
    case "maybe": {
      const begin: Point = { to: [] };
      const more = node.more === undefined ? then : laid(node.more, then, places);
      begin.to.push(laid(node.node, { ends: begin, to: [more] }, places));
      return { to: [begin, then] };
    }
    case "many": {
      const begin: Point = { to: [] };
      const again: Point = { ends: begin, to: [begin, then] };
      begin.to.push(laid(node.node, again, places));
      return { to: [begin, then] };
    }
  }
}

const LAST = 0x10ffff;
const DIGITS: Chars = [[48, 57]];
const WORD: Chars = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
const SPACE: Chars = [
  [9, 13],
  [32, 32],
  [160, 160],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const LINE_ENDS: Chars = [
  [10, 10],
  [13, 13],
  [0x2028, 0x2029],
];

function ofSet(set: AST.CharacterSet, flags: string): Chars {
  switch (set.kind) {
    case "any":
      return flags.includes("s") ? [[0, LAST]] : without(LINE_ENDS);
    case "digit":
      return set.negate ? without(DIGITS) : DIGITS;
    case "space":
      return set.negate ? without(SPACE) : SPACE;
    case "word":
      return set.negate ? without(WORD) : WORD;
    default:
      throw new Unknown();
  }
}

function ofClass({ elements, negate }: AST.CharacterClass, flags: string): Chars {
  const parts: [number, number][] = elements.flatMap((one): [number, number][] => {
    if (one.type === "Character") return [[one.value, one.value]];
    if (one.type === "CharacterClassRange") return [[one.min.value, one.max.value]];
    if (one.type === "CharacterSet") return ofSet(one, flags).map(([from, to]) => [from, to]);
    throw new Unknown();
  });
  const all = ordered(parts);
  return negate ? without(all) : all;
}

/** Letters of ASCII in both cases. */
function folded(chars: Chars): Chars {
  const other = (from: number, to: number, by: number, low: number): [number, number][] => {
    const least = Math.max(from, low);
    const most = Math.min(to, low + 25);
    return least <= most ? [[least + by, most + by]] : [];
  };
  return ordered(
    chars.flatMap(([from, to]) => [
      [from, to] as [number, number],
      ...other(from, to, 32, 65),
      ...other(from, to, -32, 97),
    ]),
  );
}

function ordered(parts: readonly (readonly [number, number])[]): Chars {
  const out: [number, number][] = [];
  for (const [from, to] of [...parts].sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}

function without(chars: Chars): Chars {
  const out: [number, number][] = [];
  let at = 0;
  for (const [from, to] of chars) {
    if (at < from) out.push([at, from - 1]);
    at = to + 1;
  }
  if (at <= LAST) out.push([at, LAST]);
  return out;
}

/** A character that both have, a letter or sign if there is one; undefined if there is none. */
export function shared(left: Chars, right: Chars): number | undefined {
  let found: number | undefined;
  for (const [from, to] of left)
    for (const [low, high] of right) {
      const least = Math.max(from, low);
      const most = Math.min(to, high);
      if (least > most) continue;
      const shown = [97, 48, 33].find((c) => least <= c && c <= most) ?? least;
      if (shown >= 33 && shown < 127) return shown;
      found ??= Math.min(most, Math.max(least, 33));
    }
  return found;
}
