/** Signs in a text that its code is to be kept from readers; nothing is said of code that is only minified. */

export interface Sign {
  readonly kind: "decoded-code" | "obfuscated";
  /** In UTF-16 units of the text. */
  readonly offset: number;
  /** A sentence. */
  readonly text: string;
}

/** In names that obfuscators give. */
const FEWEST_NAMES = 12;
const SCRAMBLED = /\b_0x[0-9a-f]{4,8}\b/g;
const PACKED = /\beval\s*\(\s*function\s*\(\s*p\s*,\s*a\s*,\s*c\s*,\s*k\s*,\s*e\s*,\s*[dr]\s*\)/;
/** Behind so much space an editor shows nothing of it without scrolling. */
const OUT_OF_SIGHT =
  /\S[ \t]{150,}(?=\S)(?!\/\/|\/?\*|#)(?=[^\n]{0,200}?\b(?:require|eval|exec|import|global|process|fetch|atob|Function|__import__|compile)\b)/;
const RUN = "(?:eval|Function|exec|execSync|spawn|runInThisContext|system|popen)";
const DECODE =
  "(?:(?:globalThis\\.|window\\.)?(?:atob|unescape)|Buffer\\.from|String\\.fromCharCode|(?:base64|binascii)\\.\\w+|(?:zlib|gzip|bz2|lzma)\\.\\w*(?:decompress|inflate|gunzip)\\w*|marshal\\.loads|codecs\\.decode|bytes\\.fromhex|__import__\\(\\s*[\"'](?:base64|zlib|marshal|binascii|codecs)[\"']\\s*\\)\\.\\w+)";
const DECODED = new RegExp(`\\b${RUN}\\s*\\(\\s*(?:compile\\s*\\(\\s*)?${DECODE}\\s*\\(`);

/** What makes code unreadable on purpose, whether or not it was analysed. */
export function obfuscation(text: string): readonly Sign[] {
  const found: Sign[] = [];
  const names = new Set<string>();
  let first: number | undefined;
  for (const match of text.matchAll(SCRAMBLED)) {
    first ??= match.index;
    names.add(match[0]);
    if (names.size >= FEWEST_NAMES) break;
  }
  if (first !== undefined && names.size >= FEWEST_NAMES)
    found.push(sign(first, "Its names are scrambled, as obfuscators do it."));
  const packed = PACKED.exec(text);
  if (packed !== null)
    found.push(sign(packed.index, "It is packed, and unpacks itself with eval."));
  const away = OUT_OF_SIGHT.exec(text);
  if (away !== null)
    found.push(
      sign(
        away.index + away[0].length,
        "Code stands far to the right, where editors do not show it.",
      ),
    );
  return found;
}

/** A call that runs decoded text at once: all that can be told of a text that is not analysed. */
export function decodedCall(text: string): Sign | undefined {
  const match = DECODED.exec(text);
  if (match === null) return undefined;
  return { kind: "decoded-code", offset: match.index, text: "Decoded text is run as code." };
}

function sign(offset: number, text: string): Sign {
  return { kind: "obfuscated", offset, text };
}
