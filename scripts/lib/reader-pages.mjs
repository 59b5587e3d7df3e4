// A rule's page as people read it: what the tests need to know stands there in words.

/** Marks of the tests: at the end of a line of code. */
const MARK =
  /([^\S\n]*)(#|\/\/|\{\/\*|<!--|\/\*) *((?:error|warning|info|hint|missing|spurious): \[[^\n]*?)[^\S\n]*(\*\/\}|-->|\*\/)?$/;
const ONE = /(error|warning|info|hint|missing|spurious): \[([^\]]*)\]/g;

/**
 * @param {string} text
 * @param {string} id of the page's rule
 */
export function readerPage(text, id) {
  let inCode = false;
  return text
    .split("\n")
    .flatMap((line) => {
      const fence = /^(`{3,})(\w*)(?: (\w+))?\s*$/.exec(line);
      if (fence !== null) {
        inCode = !inCode;
        if (!inCode || fence[3] === undefined) return [line];
        const plain = `${fence[1]}${fence[2]}`;
        return fence[3] === "fixed" ? ["After the fix:", "", plain] : [plain];
      }
      return [inCode ? readable(line, id) : line];
    })
    .join("\n");
}

/**
 * @param {string} line
 * @param {string} id
 */
function readable(line, id) {
  const place = /^(line \d+): (.*)$/.exec(line);
  if (place !== null) {
    const words = wordsIn(place[2] ?? "", id);
    return words.length === 0 ? line : `${place[1]}: ${words.join("; ")}`;
  }
  const mark = MARK.exec(line);
  if (mark === null) return line;
  const [, space, open, marks, close] = mark;
  const words = wordsIn(marks ?? "", id);
  const code = line.slice(0, mark.index);
  if (words.length === 0) return code;
  return `${code}${space}${open} ${words.join("; ")}${close === undefined ? "" : ` ${close}`}`;
}

/**
 * @param {string} marks
 * @param {string} id
 */
function wordsIn(marks, id) {
  return [...marks.matchAll(ONE)].map(([, level, rules]) =>
    wordsOf(
      level ?? "",
      (rules ?? "").split(",").map((rule) => rule.trim()),
      id,
    ),
  );
}

/**
 * @param {string} level
 * @param {readonly string[]} rules
 * @param {string} id
 */
function wordsOf(level, rules, id) {
  const names = rules.filter((rule) => rule !== id).join(", ");
  const what = names === "" ? "" : rules.includes(id) ? `, and ${names}` : `: ${names}`;
  if (level === "missing") return `not seen${what}`;
  if (level === "spurious") return `reported, wrongly${what}`;
  return `reported${what}`;
}
