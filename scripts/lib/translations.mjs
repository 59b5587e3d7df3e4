// How a translation stands to the English texts.

/**
 * Each difference as a sentence: texts that are missing or left over, and placeholders, links and icons that are not the same.
 * @param {string} name of the translation
 * @param {Readonly<Record<string, string>>} english
 * @param {Readonly<Record<string, string>>} other
 * @returns {readonly string[]}
 */
export function differences(name, english, other) {
  const missing = Object.keys(english).filter((key) => !(other[key] ?? "").trim());
  const left = Object.keys(other).filter((key) => !(key in english));
  const unlike = Object.keys(english).filter(
    (key) => other[key] && fixedParts(english[key] ?? "") !== fixedParts(other[key] ?? ""),
  );
  return [
    ...missing.map((key) => `${name} has no text for "${key}"`),
    ...left.map((key) => `${name} has "${key}", which nothing says`),
    ...unlike.map((key) => `${name}: "${key}" has other placeholders or links`),
  ];
}

/** What a translation must keep: `{0}`, `(command:...)`, `code`, in any order. @param {string} text */
function fixedParts(text) {
  return (text.match(/\{\d+\}|\(command:[^)]+\)|`[^`]+`/g) ?? []).sort().join("\n");
}
