/** Finds characters that show nothing, or change the order of a line, where they hide what a source says; by what they do there. */
import {
  belongs,
  closerOf,
  flags,
  isDirection,
  isInvisible,
  isTag,
  MAY_BE_INVISIBLE,
  OVERRIDES,
} from "./invisible.ts";
import type { Span, TextFile, Written } from "./rule.ts";

/** From little to much: a text of nothing else, inside a word, a hidden text, in the code itself, another order. */
export const KINDS = ["blank", "word", "hidden", "name", "order"] as const;
export type Kind = (typeof KINDS)[number];

export interface Sign {
  readonly at: number;
  readonly end: number;
  readonly code: number;
  readonly kind: Kind;
  readonly place: Written | undefined;
}

/** So many in a row are no accident, nor are so many in a line. */
const RUN = 3;
const MANY = 12;
/** So many of a line are looked at, and so much of the line around each. */
const MOST = 2000;
const AROUND = 200;
const ISOLATE_END = 0x2069;

/** A line, with the comments and texts that stand on it. */
export interface Line extends Span {
  readonly near: readonly Written[];
}

/** The lines that hold any of them. */
export function linesOf({ text, written = [] }: TextFile): readonly Line[] {
  const out: Line[] = [];
  let from = 0;
  for (let start = 0; start < text.length; ) {
    let end = start;
    while (end < text.length && text[end] !== "\n" && text[end] !== "\r") end++;
    if (MAY_BE_INVISIBLE.test(text.slice(start, end))) {
      while ((written[from]?.end ?? Infinity) <= start) from++;
      let to = from;
      while ((written[to]?.start ?? Infinity) < end) to++;
      out.push({ start, end, near: written.slice(from, to) });
    }
    start = end + 1;
  }
  return out;
}

interface Character {
  readonly at: number;
  readonly end: number;
  readonly code: number;
  readonly place: Written | undefined;
  /** Tags of a flag, joiners of an emoji: it does what it is for. */
  readonly isFine: boolean;
}

/** `rest`: what a place is that is neither comment nor text between quotes, in a file that is no code. */
export function signsIn(file: TextFile, line: Line, rest: "prose" | "text"): readonly Sign[] {
  const all = allIn(file, line);
  const open = unclosed(all);
  const hidden = hiddenIn(all);
  return all.flatMap((one): readonly Sign[] => {
    const kind = kindOf(file, line, one, { open, hidden, rest });
    return kind === undefined ? [] : [{ ...one, kind }];
  });
}

export function allIn({ text }: TextFile, line: Line): readonly Character[] {
  const spelled = flags(text.slice(line.start, line.end));
  const out: Character[] = [];
  for (let at = line.start; at < line.end && out.length < MOST; ) {
    const code = text.codePointAt(at) ?? 0;
    const end = at + (code > 0xffff ? 2 : 1);
    if (isDirection(code) || isInvisible(code)) {
      const here = at - line.start;
      const isFine =
        spelled.some((flag) => flag.start <= here && here < flag.end) ||
        (isInvisible(code) &&
          belongs(
            code,
            text.slice(Math.max(line.start, at - AROUND), at),
            text.slice(end, Math.min(line.end, end + AROUND)),
          ));
      out.push({ at, end, code, place: placeOf(line.near, at), isFine });
    }
    at = end;
  }
  return out;
}
/** The innermost comment or text around a place, but for code inside it. */
function placeOf(near: readonly Written[], at: number): Written | undefined {
  const found = near.findLast(({ start, end }) => start <= at && at < end);
  return found?.holes.some(({ start, end }) => start <= at && at < end) ? undefined : found;
}

/** What changes the order beyond the comment or text in which it stands: overrides, and what nothing closes on its line. */
function unclosed(all: readonly Character[]): ReadonlySet<Character> {
  const out = new Set<Character>();
  const open: Character[] = [];
  for (const one of all) {
    if (!isDirection(one.code)) continue;
    if (OVERRIDES.has(one.code)) out.add(one);
    const closer = closerOf(one.code);
    if (closer !== undefined) {
      open.push(one);
      continue;
    }
    const top = open.at(-1);
    if (one.code !== ISOLATE_END) {
      if (top?.place === one.place && closerOf(top?.code ?? 0) === one.code) open.pop();
      continue;
    }
    // It also ends what was begun inside.
    const from = open.findLastIndex(
      ({ code, place }) => closerOf(code) === ISOLATE_END && place === one.place,
    );
    if (from >= 0) open.length = from;
  }
  for (const one of open) out.add(one);
  return out;
}

/** Runs of what shows nothing, and lines full of it: a text of its own. */
function hiddenIn(all: readonly Character[]): ReadonlySet<Character> {
  const odd = all.filter(({ code, isFine }) => isInvisible(code) && !isFine);
  const out = new Set(odd.filter(({ code }) => isTag(code)));
  for (let from = 0; from < odd.length; ) {
    let to = from + 1;
    while (to < odd.length && odd[to]?.at === odd[to - 1]?.end) to++;
    if (to - from >= RUN || odd.length >= MANY) for (const one of odd.slice(from, to)) out.add(one);
    from = to;
  }
  return out;
}

function kindOf(
  { text, written }: TextFile,
  line: Line,
  one: Character,
  {
    open,
    hidden,
    rest,
  }: {
    readonly open: ReadonlySet<Character>;
    readonly hidden: ReadonlySet<Character>;
    readonly rest: "prose" | "text";
  },
): Kind | undefined {
  const { at, end, code, place, isFine } = one;
  if (place !== undefined && isList(text, place)) return isFine ? undefined : "blank";
  const isCode = written !== undefined && place === undefined;
  if (isDirection(code)) return isCode || open.has(one) ? "order" : undefined;
  if (isFine) return undefined;
  // A byte order mark in the middle, as where files were put together, is a space to JavaScript.
  if (isCode) return code === 0xfeff ? undefined : "name";
  if (hidden.has(one)) return "hidden";
  const isText = place === undefined ? rest === "text" : place.kind === "text";
  const isInside = at > line.start && /\w/.test(text[at - 1] ?? "") && /\w/.test(text[end] ?? "");
  return isText && isInside ? "word" : undefined;
}

/** Nothing but such characters, or a class of them, as in code that looks for them. */
function isList(text: string, { kind, start, end, holes }: Written): boolean {
  if (kind !== "text" && kind !== "pattern") return false;
  if (holes.length > 0) return false;
  const inside = text
    .slice(start, end)
    .replace(/^[a-zA-Z]{0,2}(["'`]{1,3}|\/)|["'`]+$|\/[a-z]*$/g, "");
  if ([...inside].some((c) => isTag(c.codePointAt(0) ?? 0))) return false;
  const rest = [...inside].filter((c) => {
    const code = c.codePointAt(0) ?? 0;
    return !isInvisible(code) && !isDirection(code);
  });
  return /^(?:[\s[\]|+*?()^$-]|\\(?:u\{?[\da-fA-F]{4,6}\}?|U[\da-fA-F]{8}|x[\da-fA-F]{2}|[a-z]))*$/.test(
    rest.join(""),
  );
}
