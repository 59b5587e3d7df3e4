/** Text of a workspace (code, names of files and people) of which nothing stays unseen. */

/**
 * Control, format (bidirectional, zero-width, tag), surrogate and separator characters, and the fillers and joiners that
 * show nothing although Unicode calls them letters or marks.
 */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Co}\u115f\u1160\u17b4\u17b5\u3164\uffa0]|\u034f|[\u180b-\u180d]|[\ufe00-\ufe0d]|[\u{e0100}-\u{e01ef}]/gu;

/** For one line on a terminal: what cannot be seen is spelled out, as in `<U+202E>`. */
export function visible(text: string): string {
  return text.replace(HIDDEN, codePoint);
}

function codePoint(character: string): string {
  return `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}>`;
}

/** JSON with hidden characters written as \uXXXX: the same value for a parser, harmless on a terminal. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(HIDDEN, (character) =>
    character === "\n" ? character : unicodeEscape(character),
  );
}

function unicodeEscape(character: string): string {
  let out = "";
  for (let i = 0; i < character.length; i++)
    out += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  return out;
}
