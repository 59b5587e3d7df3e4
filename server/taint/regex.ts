/**
 * What a text that matches a regular expression can hold: the characters that its classes and wildcards let through, which the
 * writer of the text chooses. Literal characters are the program's own.
 */
import { ALL_KINDS, HOST_KINDS, kindBit, type SinkKind } from "./kinds.ts";

/** How much of the text the call compares by itself: "search" none of its ends, "match" its start, "whole" both. */
export type MatchMode = "search" | "match" | "whole";

/** Characters of ASCII by code, and at `OTHER` all beyond it. */
type Chars = Uint8Array;
const OTHER = 128;
const SIZE = 129;

/** With none of these let through, a text is harmless for the kind. */
const NEEDED: Readonly<Partial<Record<SinkKind, string>>> = {
  sql: "'\"`\\;()=<>*/ \t\n",
  nosql: "$'\"\\;()={} \t\n",
  graph: "'\"`\\;()=<>*/ \t\n,",
  ldap: "*()\\\0",
  xpath: "'\"[]/\\()=|@:. \t\n",
  regex: "()[]{}*+?.\\|^$",
  html: "<>'\"&`",
  response: "<>'\"&`",
  path: "/\\",
  "upload-path": "/\\",
  url: "/\\:@.?#%[",
  redirect: "/\\:@.?#%[",
  shell: ";&|`$()<>'\"\\ \t\n*?{}~#!",
  code: "()[]{}'\"`;=+ \t\n",
  template: "{}<%$()",
  deserialize: "{}[]\"'<!(:\n",
  header: "\r\n",
  log: "\r\n",
};

/** The kinds for which a match makes a text harmless, as bits; 0 for a pattern that admits anything or is not understood. */
export function clearedByMatch(source: string, flags: string, mode: MatchMode): number {
  const read = readPattern(source, flags);
  if (read === undefined) return 0;
  if (mode === "search" && !read.start) return 0;
  if (mode !== "whole" && !read.end) return fixedStart(source);
  let mask = ALL_KINDS;
  let dangerous = false;
  for (const [kind, needed] of Object.entries(NEEDED))
    if ([...needed].some((c) => read.chars[c.charCodeAt(0)] === 1)) {
      mask &= ~kindBit(kind as SinkKind);
      dangerous = true;
    }
  if (!dangerous) return mask;
  // What the text is as a whole is open: only single kinds are proved.
  let single = 0;
  for (const kind of Object.keys(NEEDED)) single |= mask & kindBit(kind as SinkKind);
  single |= fixedStart(source);
  if (read.noClimb) single |= kindBit("no-climb");
  if (!read.slash) single |= kindBit("not-absolute");
  return single;
}

/** What the pattern says of the start of the text is enough. */
function fixedStart(source: string): number {
  return fixedOrigin(source) ? HOST_KINDS : fixedPath(source) ? kindBit("redirect") : 0;
}
/** `^/app/`, `^/[a-z]`, `^/(?![/\\])`: a path, and no address of another site, which browsers read in `//` and `/\` as well. */
function fixedPath(source: string): boolean {
  const text = /^(?:\^|\\A)?\\?\/(.*)$/s.exec(source)?.[1];
  if (text === undefined || isChoice(source)) return false;
  const refused = /^\(\?!(?:\[([^\]]*)\]|((?:\\?\/|\\\\|\||\\s)+))\)/.exec(text);
  if (refused !== null) {
    const all = refused[1] ?? refused[2] ?? "";
    return all.includes("/") && all.includes("\\\\");
  }
  const first = /^\[([^\]]*)\]/.exec(text);
  if (first === null) return /^(?:\w|\\[wd]|\((?:\?:)?[\w-]+(?:\|[\w-]+)*\))(?![*?{])/.test(text);
  // A class that must match, of letters and the like, or all but the two.
  const must = !/^[*?{]/.test(text.slice(first[0].length));
  const inside = first[1] ?? "";
  return (
    must &&
    (inside.startsWith("^")
      ? inside.includes("/") && inside.includes("\\\\")
      : /^(?:[\w.~%-]|\\[wd.-])+$/.test(inside))
  );
}

/** It has alternatives that are not in a group. */
function isChoice(source: string): boolean {
  let text = source.replace(/\\./g, "").replace(/\[[^\]]*\]/g, "");
  for (let last = ""; last !== text; ) {
    last = text;
    text = text.replace(/\([^()]*\)/g, "");
  }
  return text.includes("|");
}

/** `^https://example\.com/` */
function fixedOrigin(source: string): boolean {
  const text = source.replace(/^(?:\^|\\A)/, "").replace(/\\([/.:-])/g, "$1");
  return /^[a-z][a-z0-9+]*:\/\/[\w-]+(?:\.[\w-]+)+\//i.test(text.replace(/^https\?/, "https"));
}

/**
 * The pattern with the program's own text in place of a group. Undefined if there is no such group, or it stands in another
 * one or may match several times.
 */
export function replaceGroup(source: string, group: number): string | undefined {
  let depth = 0;
  let count = 0;
  let start = -1;
  for (let at = 0; at < source.length; at++) {
    const c = source[at];
    if (c === "\\") at++;
    else if (c === "[") at = classEnd(source, at);
    else if (c === "(") {
      if (/^\((?!\?)|^\(\?P?<[A-Za-z_]/.test(source.slice(at, at + 5)) && ++count === group) {
        if (depth > 0) return undefined;
        start = at;
      }
      depth++;
    } else if (c === ")" && --depth === 0 && start >= 0) {
      const rest = source.slice(at + 1);
      return /^[*+{]/.test(rest) ? undefined : `${source.slice(0, start)}${OWN_TEXT}${rest}`;
    }
  }
  return undefined;
}
const OWN_TEXT = "own\\.text";
function classEnd(source: string, start: number): number {
  let at = source[start + 1] === "^" ? start + 2 : start + 1;
  for (let first = true; at < source.length; at++, first = false) {
    if (source[at] === "\\") at++;
    else if (source[at] === "]" && !first) break;
  }
  return at;
}

interface Read extends Ends {
  readonly chars: Chars;
  /** No two dots can stand side by side. */
  readonly noClimb: boolean;
}

interface Reader {
  readonly source: string;
  at: number;
  chars: Chars;
  /** Literal dots; a repeated one counts twice. */
  dots: number;
  broken: boolean;
}

function readPattern(source: string, flags: string): Read | undefined {
  if (/[mxv]/.test(flags)) return undefined;
  const chars = new Uint8Array(SIZE);
  const r: Reader = { source, at: 0, chars, dots: 0, broken: false };
  const inline = /^\(\?([a-z]+)\)/.exec(source);
  if (inline !== null) {
    if (/[mx]/.test(inline[1] ?? "")) return undefined;
    r.at = inline[0].length;
  }
  const ends = readAlternatives(r);
  if (r.broken || r.at < source.length) return undefined;
  const noClimb = !ends.climbs || (chars[DOT] !== 1 && r.dots < 2);
  return { chars, noClimb, ...ends };
}
const DOT = 46;

interface Ends {
  /** Every match begins at the start of the text, ends at its end. */
  readonly start: boolean;
  readonly end: boolean;
  /** It may begin with a slash. */
  readonly slash: boolean;
  /** No look ahead refuses "..". */
  readonly climbs: boolean;
}

function readAlternatives(r: Reader): Ends {
  let start = true;
  let end = true;
  let slash = false;
  let climbs = false;
  for (;;) {
    const one = readSequence(r);
    start &&= one.start;
    end &&= one.end;
    slash ||= one.slash;
    climbs ||= one.climbs;
    if (r.source[r.at] !== "|") return { start, end, slash, climbs };
    r.at++;
  }
}

function readSequence(r: Reader): Ends {
  let start = false;
  let first = true;
  let end = false;
  let slash = true;
  let climbs = true;
  let refuses = false;
  /** Something was matched. */
  let begun = false;
  while (r.at < r.source.length && !r.broken) {
    const c = r.source[r.at] as string;
    if (c === "|" || c === ")") break;
    const anchor = anchorAt(r);
    if (anchor === "start") start ||= first;
    else if (anchor === "end") end = true;
    else {
      const ahead = r.source.slice(r.at, r.at + 16);
      const dots = r.dots;
      const all = r.chars;
      r.chars = new Uint8Array(SIZE);
      const inner = readAtom(r, c);
      const own = r.chars;
      r.chars = all;
      add(r, (code) => own[code] === 1);
      const { times, some, repeats } = readTimes(r);
      if (repeats && r.dots > dots) r.dots++;
      if (first && times === "once" && inner?.start) start = true;
      end = times === "once" && inner?.end === true;
      if (LOOK.test(ahead)) {
        if (!begun && REFUSES_SLASH.test(ahead)) refuses = true;
        if (!begun && REFUSES_CLIMB.test(ahead)) climbs = false;
        continue;
      }
      if (!begun && some && !mayBegin(own, inner, ahead)) slash = false;
      begun = true;
    }
    if (anchor !== "none") first = false;
  }
  return { start, end, slash: slash && !refuses, climbs };
}
const LOOK = /^\(\?<?[=!]/;
/** `(?!\/)`, also with more that is refused behind it. */
const REFUSES_SLASH = /^\(\?!(?:\\?\/|\[\\*\/\\*\])[|)]/;
/** `(?!.*\.\.)` */
const REFUSES_CLIMB = /^\(\?!\.\*\\\.\\\.\)/;

/** What stands first may be a slash. */
function mayBegin(chars: Chars, inner: Ends | undefined, text: string): boolean {
  if (inner !== undefined) return inner.slash;
  return chars[47] === 1 || chars[92] === 1 || /^\\?\//.test(text) || text.startsWith("\\\\");
}

/** Reads `^`, `$`, `\A`, `\Z`, `\b`. */
function anchorAt(r: Reader): "start" | "end" | "none" | undefined {
  const found = /^(?:(\^|\\A)|(\$|\\[Zz])|\\[bB])/.exec(r.source.slice(r.at, r.at + 2));
  if (found === null) return undefined;
  r.at += found[0].length;
  return found[1] !== undefined ? "start" : found[2] !== undefined ? "end" : "none";
}

interface Times {
  readonly times: "once" | "many";
  /** It cannot be left out. */
  readonly some: boolean;
  readonly repeats: boolean;
}
function readTimes(r: Reader): Times {
  const found = /^(?:[*+?]|\{\d*,?\d*\})[?+]?/.exec(r.source.slice(r.at, r.at + 16));
  if (found === null) return { times: "once", some: true, repeats: false };
  r.at += found[0].length;
  const some = /^(?:\+|\{0*[1-9])/.test(found[0]);
  return {
    times: found[0].startsWith("+") ? "once" : "many",
    some,
    repeats: !found[0].startsWith("?"),
  };
}

function readAtom(r: Reader, c: string): Ends | undefined {
  if (c === "(") return readGroup(r);
  r.at++;
  if (c === "[") readClass(r);
  else if (c === ".") add(r, (code) => code !== 10);
  else if (c === "\\")
    readEscape(r, (code) => {
      if (code === DOT) r.dots++;
    });
  return undefined;
}

function readGroup(r: Reader): Ends | undefined {
  const head = /^\((?:\?(?:(:)|P?<[A-Za-z_]\w*>|(<?[=!])))?/.exec(r.source.slice(r.at, r.at + 60));
  if (head === null || (head[0] === "(" && r.source[r.at + 1] === "?")) {
    r.broken = true;
    return undefined;
  }
  r.at += head[0].length;
  const looks = head[2] !== undefined;
  const before = looks ? r.chars.slice() : undefined;
  const ends = readAlternatives(r);
  // What is only looked at is matched again by what follows.
  if (before !== undefined) r.chars.set(before);
  if (r.source[r.at] !== ")") r.broken = true;
  r.at++;
  return looks ? undefined : ends;
}

function readClass(r: Reader): void {
  const inside = new Uint8Array(SIZE);
  const own: Reader = { ...r, chars: inside };
  const negated = r.source[r.at] === "^";
  if (negated) own.at++;
  let last: number | undefined;
  let empty = true;
  for (;;) {
    const c = r.source[own.at];
    if (c === undefined) {
      r.broken = true;
      return;
    }
    if (c === "]" && !empty) break;
    empty = false;
    if (c === "-" && last !== undefined && r.source[own.at + 1] !== "]") {
      own.at++;
      let to: number | undefined = r.source.charCodeAt(own.at++);
      if (to === 92) readEscape(own, (code) => (to = code));
      for (let code = last; code <= Math.min(to, 127); code++) inside[code] = 1;
      if (to > 127) inside[OTHER] = 1;
      last = undefined;
      continue;
    }
    own.at++;
    last = undefined;
    if (c === "\\") readEscape(own, (code) => (last = code));
    else last = c.charCodeAt(0);
    if (last !== undefined) inside[last > 127 ? OTHER : last] = 1;
  }
  r.at = own.at + 1;
  if (own.broken) r.broken = true;
  for (let code = 0; code < SIZE; code++) if ((inside[code] === 1) !== negated) r.chars[code] = 1;
}

const DIGIT = (code: number): boolean => code >= 48 && code <= 57;
const WORD = (code: number): boolean =>
  DIGIT(code) || code === 95 || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
const SPACE = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);
const CLASSES: Readonly<Record<string, (code: number) => boolean>> = {
  d: DIGIT,
  w: (code) => WORD(code) || code === OTHER,
  s: SPACE,
  D: (code) => !DIGIT(code),
  W: (code) => !WORD(code),
  S: (code) => !SPACE(code),
};

/** After the backslash: a class is added, a single character is handed over. */
function readEscape(r: Reader, literal: (code: number) => void): void {
  const c = r.source[r.at++] ?? "";
  const set = CLASSES[c];
  if (set !== undefined) {
    add(r, set);
    return;
  }
  if (c === "p" || c === "P") {
    r.at += /^\{[^}]*\}/.exec(r.source.slice(r.at))?.[0].length ?? 0;
    add(r, c === "p" ? (code) => WORD(code) || code === OTHER : () => true);
    return;
  }
  const hex = /^(?:x([0-9a-f]{2})|u([0-9a-f]{4}))/i.exec(r.source.slice(r.at - 1, r.at + 4));
  if (hex !== null) {
    r.at += hex[0].length - 1;
    literal(Number.parseInt(hex[1] ?? hex[2] ?? "", 16));
    return;
  }
  const control = "tnvfr".indexOf(c);
  literal(control >= 0 ? 9 + control : c.charCodeAt(0));
}

function add(r: Reader, has: (code: number) => boolean): void {
  for (let code = 0; code < SIZE; code++) if (has(code)) r.chars[code] = 1;
}
