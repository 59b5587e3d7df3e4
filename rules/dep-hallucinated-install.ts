/** An install command, in a comment, a document or a script, names a package that does not exist or that hardly anybody uses. */

import { heldElsewhere } from "../server/rule/existing.ts";
import { type Fetched, packagesNamedBy } from "../server/rule/fetched.ts";
import { ASKING, askedFor, hasOwnRegistryFor } from "../server/rule/imports.ts";
import { normalised } from "../server/rule/manifest.ts";
import { aged, isOfOther, type NameList, type Similar, similar } from "../server/rule/names.ts";
import { type Fix, type Match, rule, type Span, type TextFile } from "../server/rule/rule.ts";
import { commands } from "../server/rule/shell.ts";
import modules from "./modules.json" with { type: "json" };

const NAMES =
  /^(?:README|INSTALL|CONTRIBUTING|SETUP|AGENTS|CLAUDE|GEMINI|copilot-instructions)\.md$|^(?:Dockerfile|Containerfile)(?:\.[\w.-]+)?$|\.(?:[Dd]ockerfile|sh)$/;
const PATHS = /(?:^|\/)\.github\/workflows\/[^/]+\.ya?ml$/;
const REGISTRY = { npm: "npm", pypi: "PyPI" } as const;
const OTHER = { npm: "PyPI", pypi: "npm" } as const;
/** As far down the list one is a hundred times more used than a name that is not on it. */
const FAMOUS = { npm: 20_000, pypi: 3000 } as const;
const WELL_KNOWN = 15_000;

const PROGRAM =
  "(?:(?:python[\\d.]*\\s+-m\\s+)?pip[\\d.]*\\s+install|uv\\s+(?:add|pip\\s+install|tool\\s+(?:run|install))|(?:poetry|pdm)\\s+add|pipx\\s+(?:run|install)|npm\\s+(?:i|install|add|exec|x)|pnpm\\s+(?:add|i|install|dlx)|yarn\\s+(?:add|dlx|global\\s+add)|bun\\s+(?:add|x)|npx|pnpx|bunx|uvx)\\s";
const MAY = new RegExp(PROGRAM);
/** To the end of its line, and of those that it goes on in. */
const COMMAND = new RegExp(
  `(?<![\\w@/.-])${PROGRAM}(?:[^\\r\\n\`\\\\]|\\\\(?:\\r\\n|[\\s\\S]))*`,
  "g",
);
const DOCUMENT = /\.(?:mdx?|mdc|rst|txt)$|(?:^|\/)README$|rules$/i;

export default rule({
  id: "dep-hallucinated-install",
  title: "Install command with a package that does not exist",
  category: "supply-chain",
  severity: "medium",
  cwe: [1357],
  owasp: ["A06:2021", "A03:2025"],
  text: {
    names: NAMES,
    paths: PATHS,
    may: MAY,
    reads: ASKING,
    check,
    fixes: (match, file) => [fix(match, file)],
  },
  say: ({ facts }) => ({
    what:
      facts?.how === "module"
        ? `${String(facts.name)} is the name of a module; the package that holds it is ${String(facts.other)}.`
        : facts?.how === "registry"
          ? `${String(facts.name)} is hardly used here; the package that everybody knows by this name is one of ${String(facts.other)}.`
          : facts?.how !== undefined
            ? `${String(facts.name)} is hardly used, and its name is ${String(facts.other)}'s, ${String(facts.how)}.`
            : facts?.isComplete === true
              ? `${String(facts.name)} is not among the ${String(facts.registry)} names known on ${String(facts.date)}${facts.other === "" ? "" : `; ${String(facts.other)} is`}.`
              : `${String(facts?.name)} is not among the ${String(facts?.count)} most used npm packages of ${String(facts?.date)}, and no manifest here asks for it.`,
    why: "Assistants make up names of packages, and people run the commands they write: whoever has registered the name runs code on the machine.",
    fix: "Take the package that the documentation of the tool names, with a version you have looked at.",
  }),
});

function check(file: TextFile): readonly Match[] {
  const { names, isInWorkspace } = file.around;
  if (names === undefined || !isInWorkspace) return [];
  return commandsIn(file).flatMap(({ start, text, isProse }) => {
    if (
      /\s(?:--?(?:extra-)?index(?:-url)?|-i|--default-index|--find-links|-f|--registry|--source)[\s=]/.test(
        text,
      )
    )
      return [];
    const named = packagesNamedBy(commands(text));
    // A sentence goes on behind the name: `pip install` in a shell.
    const found = isProse && named.length > 1 ? [] : named;
    return found.flatMap((one): readonly Match[] => {
      const told = tell(one, file, names);
      const at =
        start + text.slice(one.word.start, one.word.end).search(/[^"'\s]/) + one.word.start;
      const span = { start: at, end: at + one.name.length };
      if (told === undefined || file.text.slice(span.start, span.end) !== one.name) return [];
      const list = names[one.kind === "npm" ? "npm" : "pypi"];
      const match = { item: `${file.file}#`, span, ...told };
      return [list === undefined ? match : aged(match, list)];
    });
  });
}

function tell(
  { kind, name }: Fetched,
  { around }: TextFile,
  names: NonNullable<TextFile["around"]["names"]>,
): Partial<Match> | undefined {
  if (kind !== "npm" && kind !== "pypi") return undefined;
  const list = names[kind];
  const plain = kind === "pypi" ? normalised(name) : name;
  // What stands for a name, and what npm runs that is no package.
  if (
    list === undefined ||
    /^(?:your|my|some|any|the|foo|bar|baz|example|package|pkg|name|xxx?)(?:[-_.]|$)/i.test(plain)
  )
    return undefined;
  if (
    kind === "npm"
      ? !/^(?:@[a-z\d~-][\w.~-]*\/)?[a-z\d][\w.~-]*$/.test(plain)
      : !/^[a-z\d][a-z\d-]*$/.test(plain)
  )
    return undefined;
  const holder = kind === "pypi" ? heldElsewhere(plain, list, modules) : undefined;
  const isThere = list.has(plain);
  if (holder === undefined && isThere && (!list.isComplete || list.rank(plain) !== undefined))
    return undefined;
  const named = { ecosystem: kind, written: plain, packages: [plain] };
  if (askedFor(named, around) === "asked" || hasOwnRegistryFor(named, around)) return undefined;
  if (kind === "npm" && around.isOwn(plain)) return undefined;
  const facts = { name, registry: REGISTRY[kind], date: list.date, isComplete: list.isComplete };
  if (holder !== undefined) return { facts: { ...facts, other: holder, how: "module" } };
  if ((isThere || !list.isComplete) && isOfOther(plain, kind, names))
    return { confidence: "medium", facts: { ...facts, other: OTHER[kind], how: "registry" } };
  if (list.isComplete && !isThere)
    return { facts: { ...facts, other: similar(plain, list, WELL_KNOWN)?.name ?? "" } };
  const alike = mistaken(plain, list, FAMOUS[kind]);
  if (alike !== undefined)
    return {
      severity: "high",
      confidence: "medium",
      facts: { ...facts, other: alike.name, how: alike.how },
    };
  // Many honest tools are used by few.
  return list.isComplete
    ? undefined
    : {
        severity: "low",
        confidence: "low",
        facts: { ...facts, other: "", count: list.count.toLocaleString("en-US") },
      };
}
/** In a scope only its owner publishes. */
function mistaken(name: string, list: NameList, most: number): Similar | undefined {
  const found = similar(name, list, most);
  const scope = /^@[^/]+\//.exec(name)?.[0];
  const isOfOwner =
    found !== undefined &&
    scope !== undefined &&
    (found.name.startsWith(scope) || !found.name.startsWith("@"));
  return isOfOwner ? undefined : found;
}

interface Found {
  readonly start: number;
  readonly text: string;
  /** Not set as code: it may be a part of a sentence. */
  readonly isProse: boolean;
}
/** Commands in comments of code, in what a document sets as code, and in scripts. */
function commandsIn({ file, text, written }: TextFile): readonly Found[] {
  if (written === undefined && !NAMES.test(lastPart(file)) && !PATHS.test(file)) return [];
  const places: readonly Span[] =
    written !== undefined
      ? written.filter(({ kind }) => kind === "comment")
      : DOCUMENT.test(file)
        ? codeOf(text)
        : [{ start: 0, end: text.length }];
  return places.flatMap((place) =>
    [...text.slice(place.start, place.end).matchAll(COMMAND)].map((found) => ({
      start: place.start + found.index,
      text: found[0],
      isProse: written !== undefined && !isCode(file, text, place.start + found.index),
    })),
  );
}
/** Between backticks, or what a cell of a notebook hands to the shell: there its line begins with another sign. */
function isCode(file: string, text: string, at: number): boolean {
  if (text[at - 1] === "`") return true;
  const before = /[^\r\n]*$/.exec(text.slice(Math.max(0, at - 200), at))?.[0] ?? "";
  return file.endsWith(".ipynb") && /^#(?:\{sys\.executable\}\s+-m\s+)?$/.test(before);
}
/** Blocks between fences, lines that are set in, and words between backticks. */
function codeOf(text: string): readonly Span[] {
  return [
    ...text.matchAll(
      /^[ \t]*(```+|~~~+)[^\n]*\n[\s\S]*?^[ \t]*\1|(?<!`)(`+)(?!`)[^\n]*?[^`]\2(?!`)|^(?: {4}|\t)[^\n]*/gm,
    ),
  ].map((found) => ({ start: found.index, end: found.index + found[0].length }));
}

function fix({ facts, span }: Match, file: TextFile): Fix {
  const other = String(facts?.other);
  if (facts?.how === "registry")
    return {
      title: `Find what ${String(facts.name)} is for this language`,
      grade: "manual",
      edits: [],
      reason: `${String(facts.name)} of ${other} is written for another language. Look for what does the same here, and take the package that its documentation names.`,
    };
  if (other === "")
    return {
      title: `Find out what ${String(facts?.name)} was meant to be`,
      grade: "manual",
      edits: [],
      reason:
        "Nothing well known has a name like it. Take the package that the documentation of the tool names.",
    };
  return {
    title: `Write ${other}`,
    grade: "suggested",
    edits: [{ file: file.file, edits: [{ ...span, newText: other }] }],
  };
}

function lastPart(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}
