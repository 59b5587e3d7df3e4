/** Characters that show nothing, or change the order in which a line is shown: which these are, their names, and where they belong. */

/** What a text has to hold to be looked at: every character of `isInvisible` and `isDirection`. */
export const MAY_BE_INVISIBLE =
  /\u034f|[\u180b-\u180d]|\u180e|[\u061c\u115f\u1160\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\u3164\ufeff\uffa0]|[\ufe00-\ufe0f]|[\u{e0000}-\u{e0fff}]/u;

const NAMES: Readonly<Record<number, string>> = {
  847: "COMBINING GRAPHEME JOINER",
  1564: "ARABIC LETTER MARK",
  4447: "HANGUL CHOSEONG FILLER",
  4448: "HANGUL JUNGSEONG FILLER",
  6158: "MONGOLIAN VOWEL SEPARATOR",
  8203: "ZERO WIDTH SPACE",
  8204: "ZERO WIDTH NON-JOINER",
  8205: "ZERO WIDTH JOINER",
  8206: "LEFT-TO-RIGHT MARK",
  8207: "RIGHT-TO-LEFT MARK",
  8234: "LEFT-TO-RIGHT EMBEDDING",
  8235: "RIGHT-TO-LEFT EMBEDDING",
  8236: "POP DIRECTIONAL FORMATTING",
  8237: "LEFT-TO-RIGHT OVERRIDE",
  8238: "RIGHT-TO-LEFT OVERRIDE",
  8288: "WORD JOINER",
  8289: "FUNCTION APPLICATION",
  8290: "INVISIBLE TIMES",
  8291: "INVISIBLE SEPARATOR",
  8292: "INVISIBLE PLUS",
  8294: "LEFT-TO-RIGHT ISOLATE",
  8295: "RIGHT-TO-LEFT ISOLATE",
  8296: "FIRST STRONG ISOLATE",
  8297: "POP DIRECTIONAL ISOLATE",
  12644: "HANGUL FILLER",
  65279: "ZERO WIDTH NO-BREAK SPACE",
  65440: "HALFWIDTH HANGUL FILLER",
};

export function nameOf(code: number): string {
  const own = NAMES[code];
  if (own !== undefined) return `${own} (${point(code)})`;
  if (isTag(code)) return "TAG characters (U+E0000 to U+E007F)";
  return isSelector(code)
    ? "VARIATION SELECTORS"
    : `a character that shows nothing (${point(code)})`;
}
function point(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Changes the order of what follows, until it is closed: embeddings, overrides, isolates, and what closes them. */
export function isDirection(code: number): boolean {
  return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}
export const OVERRIDES: ReadonlySet<number> = new Set([0x202d, 0x202e]);
/** What closes each of them; undefined for what closes. */
export function closerOf(code: number): number | undefined {
  if (!isDirection(code) || code === 0x202c || code === 0x2069) return undefined;
  return code >= 0x2066 ? 0x2069 : 0x202c;
}
export function isMark(code: number): boolean {
  return code === 0x061c || code === 0x200e || code === 0x200f;
}
/** Letters that show nothing: they make names. */
export function isFiller(code: number): boolean {
  return code === 0x115f || code === 0x1160 || code === 0x3164 || code === 0xffa0;
}
export function isSelector(code: number): boolean {
  return (
    (code >= 0xfe00 && code <= 0xfe0f) ||
    (code >= 0xe0100 && code <= 0xe01ef) ||
    (code >= 0x180b && code <= 0x180d)
  );
}
/** They stand for the letters of ASCII and show nothing: models read them. */
export function isTag(code: number): boolean {
  return code >= 0xe0000 && code <= 0xe00ff;
}
export function isInvisible(code: number): boolean {
  return (
    isMark(code) ||
    isFiller(code) ||
    isSelector(code) ||
    isTag(code) ||
    code === 0x034f ||
    code === 0x180e ||
    (code >= 0x200b && code <= 0x200d) ||
    (code >= 0x2060 && code <= 0x2064) ||
    (code >= 0x206a && code <= 0x206f) ||
    code === 0xfeff
  );
}
/** May be part of a name in Python or JavaScript. */
export function isOfNames(code: number): boolean {
  return (
    isFiller(code) || isSelector(code) || code === 0x034f || code === 0x200c || code === 0x200d
  );
}

const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u;
/** A letter of a script that joins its letters, or is written without spaces. */
const JOINS =
  /(?![\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}\p{Script=Inherited}])[\p{L}\p{M}]/u;
const IDEOGRAPH = /\p{Script=Han}|\p{Script=Mongolian}/u;
const PICTURE = /\p{Extended_Pictographic}|[\u{1f3fb}-\u{1f3ff}\u{1f1e6}-\u{1f1ff}]/u;
const FLAG = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{1,7}\u{e007f}/gu;

/** Where in a line tags spell a flag. */
export function flags(line: string): readonly { readonly start: number; readonly end: number }[] {
  return [...line.matchAll(FLAG)].map(({ index, 0: all }) => ({
    start: index,
    end: index + all.length,
  }));
}

/** It does there what it is for: joins an emoji or letters that join, picks the form of a character, orders right-to-left text. */
export function belongs(code: number, before: string, after: string): boolean {
  const left = last(before);
  const right = String.fromCodePoint(after.codePointAt(0) ?? 32);
  if (isTag(code)) return false;
  if (isSelector(code)) {
    if (code >= 0xe0100 || code < 0xfe00) return IDEOGRAPH.test(left);
    return left !== "" && !/[\sA-Za-z]/.test(left) && !isHidden(left);
  }
  if (code === 0x200d && PICTURE.test(last(before.replace(/\ufe0f$/, ""))) && PICTURE.test(right))
    return true;
  if (isMark(code) && RIGHT_TO_LEFT.test(before + after)) return true;
  return [left, right].some((one) => !isHidden(one) && JOINS.test(one));
}
function isHidden(character: string): boolean {
  const code = character.codePointAt(0);
  return code !== undefined && (isInvisible(code) || isDirection(code));
}
/** The last character of a text. */
function last(text: string): string {
  return [...text.slice(-2)].at(-1) ?? "";
}
