/** Source that reads otherwise than it runs: characters that show nothing, or that change the order in which a line is shown. */
import {
  allIn,
  KINDS,
  type Kind,
  type Line,
  linesOf,
  type Sign,
  signsIn,
} from "../server/rule/hidden-signs.ts";
import {
  isDirection,
  isFiller,
  isOfNames,
  MAY_BE_INVISIBLE,
  nameOf,
} from "../server/rule/invisible.ts";
import { type Edit, type Fix, type Match, rule, type TextFile } from "../server/rule/rule.ts";

/** What assistants read before they write code. */
const INSTRUCTIONS =
  /^(?:AGENTS|CLAUDE|CLAUDE\.local|GEMINI|SKILL|copilot-instructions)\.md$|^\.(?:cursor|windsurf|cline)rules$|\.(?:instructions|prompt)\.md$|\.mdc$/;
const INSTRUCTION_PATHS = /(?:^|\/)\.claude\/(?:[^/]+\/)*[^/]+\.md$/;

export default rule({
  id: "trojan-source-unicode",
  title: "Characters that hide what the source says",
  category: "supply-chain",
  severity: "high",
  cwe: [1007],
  owasp: ["A08:2021", "A08:2025"],
  text: {
    names: INSTRUCTIONS,
    paths: INSTRUCTION_PATHS,
    may: MAY_BE_INVISIBLE,
    check: (file) =>
      linesOf(file).flatMap((line) => {
        const signs = signsOf(file, line);
        return signs.length === 0 ? [] : [matchOf(file, signs)];
      }),
    fixes: ({ span }, file) => {
      const line = linesOf(file).find(({ start, end }) => start <= span.start && span.end <= end);
      return line === undefined ? [] : fixesOf(file, line);
    },
  },
  say: ({ facts }) => {
    const names = String(facts?.names);
    const isRead = facts?.instructions === true;
    switch (facts?.kind) {
      case "order":
        return {
          what: `${names} here: the line is shown in another order than it is read.`,
          why: isRead
            ? "A reviewer sees harmless words where the assistant reads other ones, and follows them."
            : "Code can look like a comment, and a comment or a text like code: a reviewer sees a check that is not there (Trojan Source, CVE-2021-42574).",
          fix: "Remove them; text that is written from right to left needs no overrides, and each embedding or isolate closed on its line.",
        };
      case "name":
        return {
          what: `${names} in the code itself, where nothing shows it.`,
          why: "A name that holds one is another name than it looks like: a parameter, a key or a function nobody sees can be a back door that passes every review.",
          fix: "Remove it, and look at who wrote the line; or rename what it names.",
        };
      case "filler":
        return {
          what: `${String(facts.count)} characters here show nothing, a few of them over and over: ${names}.`,
          why: "So mails keep the text below out of the preview of the inbox. It can hold no message, but a reader cannot see that.",
          fix: "Make them where they are used, from escapes and a count, so that a reader sees what is there.",
        };
      case "hidden":
        return {
          what: `${String(facts.count)} characters here show nothing: ${names}.`,
          why: isRead
            ? "They hold a text that the assistant reads as an instruction, and that nobody sees who looks at the file."
            : "They can hold instructions for an assistant, or a program that other code takes out and runs: no review shows them.",
          fix: "Remove them, find out how they came here, and do not trust what came along.",
        };
      case "word":
        return {
          what: `${names} inside a word, where nothing shows it.`,
          why: "The text is another one than it looks like: a comparison with it fails, or holds for what only somebody who knows can type.",
          fix: "Remove it, or write it as an escape if it is meant.",
        };
      default:
        return {
          what: `A text that shows nothing holds ${names}.`,
          why: "It looks empty and is not, so a comparison with it means something else than a reader sees.",
          fix: "Write the characters as escapes.",
        };
    }
  },
});

function signsOf(file: TextFile, line: Line): readonly Sign[] {
  return signsIn(file, line, isInstructions(file.file) ? "prose" : "text");
}

function matchOf({ file }: TextFile, signs: readonly Sign[]): Match {
  const kind = worst(signs);
  const told = signs.filter((one) => one.kind === kind);
  const names = [...new Set(told.map(({ code }) => nameOf(code)))];
  const others = names.length - 3;
  const isFilled = kind === "hidden" && isRepeated(told.map(({ code }) => code));
  const isStrong = KINDS.indexOf(kind) >= KINDS.indexOf("hidden") && !isFilled;
  return {
    item: `${file}#`,
    span: { start: signs[0]?.at ?? 0, end: signs.at(-1)?.end ?? 0 },
    severity: isStrong ? "high" : "low",
    confidence: "high",
    facts: {
      kind: isFilled ? "filler" : kind,
      names: others > 0 ? `${names.slice(0, 3).join(", ")} and ${others} more` : names.join(", "),
      count: told.length,
      instructions: isInstructions(file),
    },
  };
}
/** One short group, over and over: there is nothing that it could say. */
function isRepeated(codes: readonly number[]): boolean {
  for (let size = 1; size <= LONGEST_GROUP; size++)
    if (codes.length >= size * FEWEST_GROUPS && codes.every((c, i) => c === codes[i % size]))
      return true;
  return false;
}
const LONGEST_GROUP = 8;
const FEWEST_GROUPS = 8;
function worst(signs: readonly Sign[]): Kind {
  return KINDS.findLast((kind) => signs.some((one) => one.kind === kind)) ?? "blank";
}
function isInstructions(file: string): boolean {
  return INSTRUCTIONS.test(file.slice(file.lastIndexOf("/") + 1)) || INSTRUCTION_PATHS.test(file);
}

function fixesOf(file: TextFile, line: Line): readonly Fix[] {
  const signs = signsOf(file, line);
  const named = signs.find(({ kind, code }) => kind === "name" && isOfNames(code));
  if (named !== undefined) {
    const what = isFiller(named.code) ? "A letter that shows nothing" : "It";
    return [
      {
        title: "Give it a name that can be seen",
        grade: "manual",
        edits: [],
        reason: `${what} is part of a name here. The name without it is another one, which the program may have as well: only you can tell what is meant. Look at every place where it stands before you change one.`,
      },
    ];
  }
  const remove: Fix = {
    title: signs.length === 1 ? "Remove the character" : `Remove the ${signs.length} characters`,
    // A comment does nothing; what else is taken away had a meaning.
    grade: signs.every(({ place }) => place?.kind === "comment") ? "safe" : "suggested",
    edits: [{ file: file.file, edits: removed(file, line, signs) }],
  };
  const escapes = signs.map((sign) => escaped(file, sign));
  if (escapes.includes(undefined)) return [remove];
  const write: Fix = {
    title: "Write as an escape what cannot be seen",
    // It stays the same text.
    grade: "safe",
    edits: [{ file: file.file, edits: escapes.flatMap((edit) => edit ?? []) }],
  };
  return worst(signs) === "blank" ? [write] : [remove, write];
}

/** With all that orders the same text: what is left of it would be open, or close nothing. */
function removed(file: TextFile, line: Line, signs: readonly Sign[]): readonly Edit[] {
  const places = new Set(signs.flatMap(({ code, place }) => (isDirection(code) ? [place] : [])));
  const gone = new Set(signs.map(({ at }) => at));
  return allIn(file, line)
    .filter(({ at, code, place }) => gone.has(at) || (isDirection(code) && places.has(place)))
    .map(({ at, end }) => ({ start: at, end, newText: "" }));
}

/** The same value in letters that can be seen; undefined where there are no escapes. */
function escaped({ file, text }: TextFile, { at, end, code, place }: Sign): Edit | undefined {
  if (place === undefined || place.kind === "comment" || place.kind === "markup") return undefined;
  const isPython = /\.pyw?$/.test(file);
  const prefix = /^[a-zA-Z]*/.exec(text.slice(place.start, place.start + 3))?.[0] ?? "";
  if (isPython ? /[rb]/i.test(prefix) : text[place.start] === "`" && isTagged(text, place.start))
    return undefined;
  const digits = code.toString(16);
  if (code <= 0xffff) return { start: at, end, newText: `\\u${digits.padStart(4, "0")}` };
  if (isPython) return { start: at, end, newText: `\\U${digits.padStart(8, "0")}` };
  return place.kind === "pattern" ? undefined : { start: at, end, newText: `\\u{${digits}}` };
}
/** What stands before a template may take its text as it is written. */
function isTagged(text: string, start: number): boolean {
  return /[\w$)\]]/.test(text[start - 1] ?? "");
}
