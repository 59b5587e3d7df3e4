/** What must be so of a constant for a row of a model to hold: an anchored pattern, a separator at the end, "..". */

import { clearedByMatch, type MatchMode } from "./regex.ts";
import { slowPattern } from "./slow-pattern.ts";

/** Tests of an argument that decides what is taken out of a text. */
export type PatternTest =
  | "negated-class"
  | "only-dot"
  | "only-slash"
  | "climbs"
  | "climbs-pattern"
  | "slash"
  | "separators"
  | "slashes-at-start"
  | "climbs-at-start"
  | "markup"
  | "filter-signs"
  | "pattern-signs"
  | "list-signs"
  | "list-signs-pattern"
  | "line-breaks"
  | "line-breaks-pattern"
  | "holds-line-break"
  | "quote"
  | "quote-pattern"
  | "base64"
  | "base64url"
  | "slow"
  | "slow-literal"
  | "slow-whole";
/** Tests of what a text is compared with. */
export type ConstantTest =
  | "origin"
  | "own-path"
  | "shared-key"
  | "domain"
  | "climb"
  | "slash"
  | "slashes"
  | "folder";
/** The same for regular expressions: what a match proves. */
export type MatchTest = MatchMode;

export const PATTERN_TESTS: Readonly<Record<PatternTest, (text: string) => boolean>> = {
  "negated-class": removesAllBut,
  "only-dot": (text) => text === ".",
  "only-slash": (text) => text === "/" || /^\/(?:\\\/|\[(?:\\?\/|\\\\)+\])\+?\/$/.test(text),
  climbs: (text) =>
    /^(?:\.\.|\\\.\\\.|(?:\\\.){2}[+*]?|\\\.\{2,?\}|\[\.\]\{2,?\})$/.test(everywhere(text)),
  "climbs-pattern": (text) => parts(text) !== undefined && PATTERN_TESTS.climbs(text),
  slash: (text) => /^(?:\/|\\\/|\[\\?\/\\*\][+*]?)$/.test(everywhere(text)),
  separators: (text) => /^(?:[\\/]|\/(?:\\[\\/]|\[[\\/]+\])\+?\/g)$/.test(text),
  "slashes-at-start": (text) => /^\^?(?:\\?\/|\[\\?\/\\*\])[+*]?$/.test(source(text)),
  "climbs-at-start": (text) =>
    /^\^\(?(?:\?:)?(?:\\\.\\\.|\\\.\{2\}|\.\.)/.test(source(text)) && /[+*]\)?$/.test(source(text)),
  // What stands between the elements of a list, or what ends a quoted one.
  "list-signs": (text) => {
    const signs = /^\(?(?:\[(?!\^)((?:\\.|[^\]\\])*)\][+*]?|,)\)?$/.exec(everywhere(text));
    return signs !== null && (signs[1] === undefined || /,|"(?:.*)\\\\|\\\\(?:.*)"/.test(signs[1]));
  },
  // Every line feed is replaced: alone, in a class of characters, or after a carriage return.
  "line-breaks": (text) =>
    /^\(?(?:(?:\\r|\r)[?*]?)?(?:\\n|\n|\\s|\[(?!\^)[^\]]*(?:\\n|\n|\\s)[^\]]*\])[+*]?\)?$|^(?:\\r|\r)\|(?:\\n|\n)$|^(?:\\n|\n)\|(?:\\r|\r)$/.test(
      everywhere(text),
    ),
  "holds-line-break": (text) => /[\r\n]/.test(text),
  "list-signs-pattern": (text) => parts(text) !== undefined && PATTERN_TESTS["list-signs"](text),
  "line-breaks-pattern": (text) => parts(text) !== undefined && PATTERN_TESTS["line-breaks"](text),
  // Every "<" is replaced: alone, in a class of characters, or as one of several that are named.
  markup: (text) => /^\(?(?:\[[^\]^]*<[^\]]*\]\+?|(?:.\|)*<(?:\|.)*)\)?$/.test(everywhere(text)),
  // Every sign that means something in a filter of LDAP, or in a regular expression.
  // The quotation mark of SQL, everywhere.
  quote: (text) => text === "'" || PATTERN_TESTS["quote-pattern"](text),
  "quote-pattern": (text) => /^\/'\/\w*g\w*$/.test(text),
  // Names of encodings that leave letters, digits and a few signs: "+", "/" and "=", or "-" and "_".
  base64: (text) => text === "base64" || PATTERN_TESTS.base64url(text),
  base64url: (text) => text === "base64url" || text === "hex",
  // Tried in exponentially many ways: as a literal or a text, as a literal only, by a call that compares the whole text.
  slow: (text) => slowPattern(text) !== undefined,
  "slow-literal": (text) => text.startsWith("/") && slowPattern(text) !== undefined,
  "slow-whole": (text) => slowPattern(text, true) !== undefined,
  "filter-signs": (text) => takesOut(text, "*()\\"),
  "pattern-signs": (text) => takesOut(text, "()[{*+?.\\|^$"),
};

export const CONSTANT_TESTS: Readonly<Record<ConstantTest, (text: string) => boolean>> = {
  origin: (text) => /^[a-z][a-z0-9+.-]*:\/\/[^/?#\\@]+\//i.test(text),
  // "/app/", of which the rest is part of the same site whatever it is.
  "own-path": (text) => /^\/[\w.~%-]/.test(text),
  // Under it an object has what all objects share.
  "shared-key": (text) => text.includes("__proto__"),
  domain: (text) => /^\.[^./]/.test(text),
  climb: (text) =>
    /^\.\.[/\\]?$/.test(text) ||
    alternatives(source(text)).some((one) =>
      /^\(?(?:\\\.){2}(?:\\?[/\\]|\[[/\\]+\])?\)?$/.test(one),
    ),
  slash: (text) => text === "/",
  slashes: (text) => /^\/[/\\]$/.test(text),
  folder: (text) => /[/\\]$/.test(text),
};

/** A JavaScript literal is written "/.../flags". */
function parts(text: string): { readonly source: string; readonly flags: string } | undefined {
  const js = /^\/([\s\S]+)\/([a-z]*)$/.exec(text);
  return js === null ? undefined : { source: js[1] ?? "", flags: js[2] ?? "" };
}
function source(text: string): string {
  return parts(text)?.source ?? text;
}
/** A literal that is applied once only does not count. */
function everywhere(text: string): string {
  const literal = parts(text);
  return literal === undefined ? text : literal.flags.includes("g") ? literal.source : "";
}
function alternatives(pattern: string): readonly string[] {
  return pattern.replace(/^\((?:\?:)?([^()]*)\)$/, "$1").split("|");
}

/** One negated class of letters, digits and a few harmless signs, with all others replaced. */
function removesAllBut(text: string): boolean {
  const kept = /^\[\^([^\]]*)\][+*]?$/.exec(everywhere(text))?.[1];
  return kept !== undefined && /^(?:\\[wd.\-_ ]|a-z|A-Z|0-9|[A-Za-z0-9_. -])*$/.test(kept);
}

/** One class of characters, which has all these. */
function takesOut(text: string, signs: string): boolean {
  const pattern = everywhere(text).replace(/^\((?:\?:)?(\[.*\])\)$/s, "$1");
  if (!/^\[[^^](?:\\.|[^\\\]])*\]\+?$/s.test(pattern)) return false;
  const inside = pattern.slice(1, pattern.lastIndexOf("]")).replace(/\\x5c/gi, "\\\\");
  const bare = new Set(inside.replace(/\\([^\w])/g, "$1"));
  return [...signs].every((sign) => (sign === "\\" ? /\\\\/.test(inside) : bare.has(sign)));
}

/** The kinds for which a text that matches the pattern is harmless, as bits. */
export function clearedByPattern(is: MatchTest, text: string): number {
  const literal = parts(text);
  return clearedByMatch(literal?.source ?? text, literal?.flags ?? "", is);
}
