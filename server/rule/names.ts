/** Finds what a package name was most likely meant to be. */
import type { Ecosystem, NameIndex, NameList } from "../base/names.ts";
import type { Match } from "./rule.ts";

export type { Ecosystem, NameIndex, NameList } from "../base/names.ts";

export interface Similar {
  readonly name: string;
  /** In words: "one letter apart". */
  readonly how: string;
}

const SHORTEST = 5;
/** Two letters apart are many names, so only the most used ones count. */
const LONG = 9;
const FAMOUS = 2000;
/** No name that many know is longer, and each letter more costs as many tries as there are letters. */
const LONGEST = 100;
const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789-_.";

/**
 * A name among the `most` most used ones for which this one is easily mistaken; of a name that is used itself only slips of the
 * fingers count: a letter too much, too few, or in the wrong order, or another separator.
 */
export function similar(
  name: string,
  list: NameList,
  most: number,
  isSlip = false,
): Similar | undefined {
  if (name.length > LONGEST) return undefined;
  const isUsed = (other: string): boolean => {
    const rank = list.rank(other);
    return other !== name && rank !== undefined && rank < most;
  };
  const isMistake = (other: string): boolean =>
    isUsed(other) && wordThatDiffers(name, other) >= SHORTEST;
  const found =
    best(isSlip ? separated(name) : respelled(name), isUsed, list, "written otherwise") ??
    best(oneApart(name, isSlip), isMistake, list, "one letter apart");
  if (found !== undefined || isSlip || name.length < LONG || name.startsWith("@")) return found;
  for (const other of list.top.slice(0, Math.min(FAMOUS, most)))
    if (
      other[0] === name[0] &&
      Math.abs(other.length - name.length) <= 2 &&
      wordThatDiffers(name, other) >= LONG &&
      !differsInDigits(name, other) &&
      distance(name, other) === 2
    )
      return { name: other, how: "two letters apart" };
  return undefined;
}

/** As far down the list of one registry nearly everybody knows a name, also who works with the other one. */
const KNOWN_TO_ALL = 1000;
/** In this registry hardly anybody uses the name, if it is there; in the other one everybody does. */
export function isOfOther(
  name: string,
  ecosystem: Ecosystem,
  names: NameIndex | undefined,
): boolean {
  const own = names?.[ecosystem];
  const rank = names?.[ecosystem === "npm" ? "pypi" : "npm"]?.rank(name);
  if (own === undefined || rank === undefined || rank >= KNOWN_TO_ALL) return false;
  return own.rank(name) === undefined && (own.isComplete || !own.has(name));
}
/** What an old list says is worth a note, no more. */
export function aged(match: Match, list: NameList): Match {
  return list.isOld === true ? { ...match, severity: "low" } : match;
}

/** A scope of npm of which no package is well known: a private one, or in code a folder that goes by such a name. */
export function isOfPrivateScope(name: string, list: NameList): boolean {
  if (!name.startsWith("@")) return false;
  let known = scopes.get(list);
  if (known === undefined) {
    known = new Set(list.top.flatMap((one) => /^@[^/]+/.exec(one)?.[0] ?? []));
    scopes.set(list, known);
  }
  return !known.has(name.slice(0, name.indexOf("/")));
}
const scopes = new WeakMap<NameList, ReadonlySet<string>>();

/** Letters of the only word in which two names differ: `pytest-vcs` and `pytest-vcr` are as different as short words can be. */
function wordThatDiffers(name: string, other: string): number {
  const [mine, theirs] = [name.split(/[-_./]/), other.split(/[-_./]/)];
  if (mine.length !== theirs.length) return name.length;
  const different = mine.filter((word, i) => word !== theirs[i]);
  return different.length === 1 ? (different[0] as string).length : name.length;
}

function best(
  candidates: Iterable<string>,
  isUsed: (name: string) => boolean,
  list: NameList,
  how: string,
): Similar | undefined {
  let found: string | undefined;
  for (const one of candidates)
    if (
      isUsed(one) &&
      (found === undefined || (list.rank(one) as number) < (list.rank(found) as number))
    )
      found = one;
  return found === undefined ? undefined : { name: found, how };
}

/** Letters that look alike, separators, and the scope written as a part of the name. */
function* respelled(name: string): Iterable<string> {
  const plain = name.replace(/[0-9]/g, (digit) => LOOKS[digit] ?? digit);
  if (plain !== name) yield plain;
  if (!name.startsWith("@")) {
    yield* separated(name);
    const dash = name.indexOf("-");
    if (dash > 0) yield `@${name.slice(0, dash)}/${name.slice(dash + 1)}`;
  }
}
function* separated(name: string): Iterable<string> {
  if (!name.startsWith("@"))
    for (const separator of ["-", "_", ".", ""]) yield name.replace(/[-_.]+/g, separator);
}
const LOOKS: Readonly<Record<string, string>> = { "0": "o", "1": "l", "5": "s", "3": "e" };

/** All texts that one letter more, less, other or exchanged with the next makes; digits for digits are another version. */
function* oneApart(name: string, isSlip: boolean): Iterable<string> {
  for (let i = 0; i <= name.length; i++) {
    const before = name.slice(0, i);
    const c = name[i];
    const after = name.slice(i + 1);
    if (c !== undefined) {
      // Nor is another letter put before it: xbuild and build are two packages.
      if (!/\d/.test(c) && (i > 0 || c === name[1])) yield before + after;
      if (after !== "" && after[0] !== c) yield before + after[0] + c + after.slice(1);
      // Nobody slips at the first letter: pymysql and cymysql are two packages.
      for (const other of i === 0 || isSlip ? "" : ALPHABET)
        if (other !== c && !(/\d/.test(other) || /\d/.test(c))) yield before + other + after;
    }
    for (const more of ALPHABET) if (!/\d/.test(more)) yield before + more + name.slice(i);
  }
}

function differsInDigits(a: string, b: string): boolean {
  return a.replace(/\d/g, "") === b.replace(/\d/g, "");
}

/** Damerau and Levenshtein's, of neighbours. */
function distance(a: string, b: string): number {
  let two: number[] = [];
  let one = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(
        (one[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (one[j - 1] as number) + cost,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (two[j - 2] as number) + 1);
      row.push(least);
    }
    two = one;
    one = row;
  }
  return one[b.length] as number;
}
