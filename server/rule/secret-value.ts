/** Whether a text looks like a secret, decided on the text alone: words, versions, addresses and placeholders do not. */

/** Values of settings that stand beside the names of secrets. */
const SETTINGS: ReadonlySet<string> = new Set(
  "true false null none undefined nil yes no on off string text number boolean required optional hidden include omit same-origin".split(
    " ",
  ),
);

const LEAST_RANDOM = 10;
const LEAST_BITS = 2.8;

/** Long enough and mixed enough to be made by a machine. */
export function isRandom(value: string): boolean {
  return (
    value.length >= LEAST_RANDOM &&
    !isHarmless(value) &&
    !isWords(value) &&
    bitsPerCharacter(value) >= LEAST_BITS
  );
}

/** What may stand for a password: anything but a setting, a placeholder, or the name of a password. */
export function isPassword(value: string): boolean {
  return (
    value.length >= 4 &&
    !isHarmless(value) &&
    !(isWords(value) && /passw|passphrase|pwd/i.test(value))
  );
}

function isHarmless(value: string): boolean {
  return (
    SETTINGS.has(value.toLowerCase()) ||
    /\s/.test(value) ||
    isPlaceholder(value) ||
    isVersion(value) ||
    isAddress(value) ||
    isPattern(value)
  );
}

/** Something is to be put in: `{name}`, `${NAME}`, `<your key>`, `%s`, `xxxx`, or it is masked already. */
export function isPlaceholder(value: string): boolean {
  return (
    /^\$?\{|^<.*>$|\$\{|\{\{|^%|^\$[A-Z_]+$|\*/.test(value) ||
    /^(.)\1*$/.test(value) ||
    /\.{3}$/.test(value)
  );
}

function isVersion(value: string): boolean {
  return (
    /^[\^~<>=v]{0,3}\d{1,6}(?:\.(?:\d{1,9}|x|\*)){1,5}(?:[-+.][\w.+-]{0,40})?$/.test(value) ||
    /^(?:workspace|npm|file|link|catalog):/.test(value)
  );
}

/** A URL, whose credentials are looked for elsewhere, or a path. */
function isAddress(value: string): boolean {
  return /^(?:[a-z][a-z\d+.-]{0,20}:\/\/|\.{0,2}\/[\w.-]+\/|\.{1,2}\/)/i.test(value);
}

function isPattern(value: string): boolean {
  return value.startsWith("^") || /\[[^\]]*\]|\\[dwsb]/.test(value);
}

/** An identifier, a file name, words with dashes: parts one can read, with a number here and there. */
export function isWords(value: string): boolean {
  if (!/^[\w./:@,~-]+$/.test(value)) return false;
  if (value.length >= 16 && /^[\da-f-]+$/i.test(value)) return false;
  const words = value
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .split(/[^A-Za-z\d]+/)
    .filter((word) => word !== "");
  const short = words.filter((word) => word.length < 3).length;
  return words.every(isWord) && short * 3 <= words.length + 1;
}

function isWord(word: string): boolean {
  if (/^\d{1,4}$/.test(word)) return true;
  if (!/^[A-Za-z]{1,15}(?:\d{1,4}(?:[A-Za-z]{3,15})?)?$/.test(word)) return false;
  return word.length < 5 || /[aeiouy]/i.test(word);
}

/** Shannon's entropy of the characters. */
function bitsPerCharacter(value: string): number {
  const counts = new Map<string, number>();
  for (const c of value) counts.set(c, (counts.get(c) ?? 0) + 1);
  let bits = 0;
  for (const n of counts.values()) bits -= (n / value.length) * Math.log2(n / value.length);
  return bits;
}
