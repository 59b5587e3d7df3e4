/**
 * Patterns that a matcher which goes back tries in exponentially many ways: some letters can be read in two ways that end where they
 * began, and after them the match can still fail (Weideman and others, "Analyzing matching time behavior of backtracking regular
 * expression matchers", 2016).
 */
import { type Automaton, automatonOf, END, shared } from "./automaton.ts";

export interface SlowText {
  /** A text for which each `pump` more doubles the ways, at least: `prefix`, `pump` many times, `suffix`. */
  readonly prefix: string;
  readonly pump: string;
  readonly suffix: string;
}

const known = new Map<string, SlowText | null>();
const MOST_KNOWN = 2000;

/** The same for a pattern as it is written: `/x+/i`, or the text of one in the syntax of Python or JavaScript. */
export function slowPattern(text: string, isWhole = false): SlowText | undefined {
  // Where no group is repeated there is one way only.
  if (!/\)[*+{]/.test(text)) return undefined;
  const key = `${isWhole ? "whole" : "part"} ${text}`;
  const old = known.get(key);
  if (old !== undefined) return old ?? undefined;
  const literal = /^\/([\s\S]+)\/([a-z]*)$/.exec(text);
  const [source = "", flags = ""] =
    literal === null ? ofPython(text) : [literal[1] as string, literal[2] as string];
  const found = slowText(source, flags, isWhole);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, found ?? null);
  return found;
}

/** Source and flags in the syntax of JavaScript. Atomic groups and the like are no syntax of it, and are left alone. */
function ofPython(text: string): readonly [string, string] {
  const flags = /^\(\?([aiLmsux]+)\)/.exec(text)?.[1] ?? "";
  // Spaces and comments would have to be left out.
  if (flags.includes("x")) return ["", ""];
  const source = text
    .replace(/^\(\?[aiLmsux]+\)/, "")
    .replace(/\(\?P</g, "(?<")
    .replace(/(?<!\\)((?:\\\\)*)\\Z/g, "$1$")
    .replace(/(?<!\\)((?:\\\\)*)\\A/g, "$1^");
  return [source, flags.replace(/[^ims]/g, "")];
}

/** `isWhole`: the text must match from its first letter to its last, whatever the pattern says. */
function slowText(source: string, flags: string, isWhole: boolean): SlowText | undefined {
  const automaton = automatonOf(source, flags);
  if (automaton === undefined) return undefined;
  for (const part of rounds(automaton))
    for (const letter of part) {
      if (!canFail(automaton, letter, isWhole)) continue;
      const pump = twice(automaton, letter, part);
      const prefix = pump === undefined ? undefined : wayTo(automaton, letter);
      if (pump !== undefined && prefix !== undefined)
        return { prefix, pump, suffix: unlike(automaton) };
    }
  return undefined;
}

/** Sets of letters of which each leads to each other one. */
function rounds({ next }: Automaton): readonly ReadonlySet<number>[] {
  const reached = next.map((_, from) => {
    const seen = new Set<number>();
    const stack = [from];
    for (let at = stack.pop(); at !== undefined; at = stack.pop())
      for (const { to } of next[at] ?? [])
        if (to !== END && !seen.has(to)) {
          seen.add(to);
          stack.push(to);
        }
    return seen;
  });
  const out: Set<number>[] = [];
  const done = new Set<number>();
  reached.forEach((from, letter) => {
    if (done.has(letter) || !from.has(letter)) return;
    const part = new Set([...from].filter((to) => reached[to]?.has(letter)));
    for (const one of part) done.add(one);
    out.push(part);
  });
  return out;
}

/** After this letter the text does not match already: more must follow, or the text must end. */
function canFail({ next }: Automaton, letter: number, isWhole: boolean): boolean {
  const end = next[letter]?.find(({ to }) => to === END);
  return end === undefined || end.asks || isWhole;
}

interface Pair {
  readonly left: number;
  readonly right: number;
  /** The two ways have parted before. */
  readonly parted: boolean;
  readonly text: string;
}
const MOST_PAIRS = 20_000;

/** The letters of two ways from a letter back to it; undefined if there is one way only. */
function twice(
  { letters, next }: Automaton,
  letter: number,
  part: ReadonlySet<number>,
): string | undefined {
  const seen = new Set<string>();
  let pairs: Pair[] = [{ left: letter, right: letter, parted: false, text: "" }];
  while (pairs.length > 0) {
    const after: Pair[] = [];
    for (const { left, right, parted, text } of pairs)
      for (const a of next[left] ?? [])
        for (const b of next[right] ?? []) {
          if (!part.has(a.to) || !part.has(b.to)) continue;
          const char = shared(letters[a.to] ?? [], letters[b.to] ?? []);
          if (char === undefined) continue;
          const isParted = parted || a.to !== b.to || (left === right && a.count > 1);
          const key = `${a.to} ${b.to} ${isParted}`;
          if (seen.has(key)) continue;
          if (seen.size > MOST_PAIRS) return undefined;
          seen.add(key);
          const now = text + String.fromCodePoint(char);
          if (isParted && a.to === letter && b.to === letter) return now;
          after.push({ left: a.to, right: b.to, parted: isParted, text: now });
        }
    pairs = after;
  }
  return undefined;
}

/** The shortest text that leads to a letter. */
function wayTo({ letters, first, next }: Automaton, letter: number): string | undefined {
  const seen = new Set<number>();
  let ways = first.map(({ to }) => ({ to, text: "" }));
  while (ways.length > 0) {
    const after: typeof ways = [];
    for (const { to, text } of ways) {
      const own = letters[to];
      if (to === END || own === undefined || seen.has(to)) continue;
      seen.add(to);
      const char = shared(own, own);
      if (char === undefined) continue;
      const now = text + String.fromCodePoint(char);
      if (to === letter) return now;
      after.push(...(next[to] ?? []).map((way) => ({ to: way.to, text: now })));
    }
    ways = after;
  }
  return undefined;
}

/** A character that no letter of the pattern may be, or a line's end. */
function unlike({ letters }: Automaton): string {
  const free = [..."!#~%|;"].find((sign) => {
    const code = sign.charCodeAt(0);
    return !letters.some((one) => one.some(([from, to]) => from <= code && code <= to));
  });
  return free ?? "\n";
}
