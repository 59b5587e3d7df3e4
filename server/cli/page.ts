/**
 * Reads a Markdown page into cases. A heading is a test's name; a fenced block with one of our languages is its program.
 * Blocks that a line "`b.py`:" names belong together under their heading; an unnamed block is a case of its own.
 */
import { type Expectation, expectLines, takeMarks } from "./marks.ts";

export interface PageFile {
  readonly name: string;
  /** Line of the page (from 1) before its first one. */
  readonly line: number;
  /** Without its marks, lines ending in "\n". */
  readonly text: string;
  readonly expectations: readonly Expectation[];
}

export interface Case {
  /** Line of the page (from 1) where its first block starts. */
  readonly line: number;
  readonly files: readonly PageFile[];
  /** Text by file name after the first automatic fix of each finding. */
  readonly fixed: ReadonlyMap<string, string>;
  /** Runs with the `strict` profile. */
  readonly strict: boolean;
  /** Does not parse, on purpose. */
  readonly broken: boolean;
  /** What a `flow` block says of the way of the data: place of the sink and lines from the source to it. */
  readonly flows: readonly ExpectedFlow[];
}

export interface ExpectedFlow {
  /** "app.py:7", the sink. */
  readonly at: string;
  /** "app.py:3 > app.py:5 > app.py:7". */
  readonly lines: string;
}

export interface Section {
  /** "Vulnerable / In another file". */
  readonly name: string;
  readonly cases: readonly Case[];
}

export interface Page {
  /** Relative to the repository, with "/". */
  readonly path: string;
  /** Every heading of the second level, in order. */
  readonly headings: readonly string[];
  readonly sections: readonly Section[];
  /** What is wrong with the page itself. */
  readonly problems: readonly string[];
}

const DEFAULT_NAMES: Readonly<Record<string, string>> = {
  py: "app.py",
  ts: "app.ts",
  tsx: "app.tsx",
  js: "app.js",
  jsx: "app.jsx",
  json: "package.json",
  txt: "requirements.txt",
  toml: "pyproject.toml",
  yml: ".github/workflows/ci.yml",
  sql: "supabase/migrations/0001_tables.sql",
  dockerfile: "Dockerfile",
  rules: "firestore.rules",
  md: "AGENTS.md",
};
const WORDS: ReadonlySet<string> = new Set(["fixed", "exploit", "strict", "broken"]);

interface Draft {
  readonly line: number;
  readonly named: boolean;
  readonly files: { name: string; line: number; text: string; expectations: Expectation[] }[];
  readonly fixed: Map<string, string>;
  readonly flows: ExpectedFlow[];
  strict: boolean;
  broken: boolean;
}

export function readPage(path: string, markdown: string): Page {
  const problems: string[] = [];
  const headings: string[] = [];
  const sections: { name: string; drafts: Draft[] }[] = [{ name: "top", drafts: [] }];
  const trail: string[] = [];
  const lines = markdown.replaceAll("\r\n", "\n").split("\n");
  let label: Label | undefined;

  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    if (heading !== null) {
      const level = (heading[1] as string).length;
      const name = heading[2] as string;
      if (level === 2) headings.push(name);
      trail.length = Math.min(trail.length, Math.max(0, level - 2));
      if (level > 1) trail.push(name);
      sections.push({ name: trail.join(" / ") || "top", drafts: [] });
      label = undefined;
      continue;
    }
    const fence = /^(`{3,})\s*(.*)$/.exec(line);
    if (fence !== null) {
      const first = at + 1;
      const end = closing(lines, first, fence[1] as string);
      if (end === undefined) {
        problems.push(`line ${first}: the code block has no end`);
        break;
      }
      const body = `${lines.slice(first, end).join("\n")}\n`;
      const section = sections[sections.length - 1] as (typeof sections)[number];
      take(section.drafts, { line: first, info: fence[2] as string, body, label, problems });
      at = end;
      label = undefined;
      continue;
    }
    label = labelOf(line) ?? (line.trim() === "" ? label : undefined);
  }
  const kept = sections.flatMap(({ name, drafts }) =>
    drafts.length === 0 ? [] : [{ name, cases: drafts }],
  );
  return { path, headings, sections: unique(kept), problems };
}

interface Label {
  readonly name: string;
  readonly word: string | undefined;
}

function labelOf(line: string): Label | undefined {
  const match = /^`([^`\s]+)`(?:\s+(\w+))?\s*:$/.exec(line.trim());
  return match === null ? undefined : { name: match[1] as string, word: match[2] };
}

function closing(lines: readonly string[], from: number, fence: string): number | undefined {
  for (let at = from; at < lines.length; at++) {
    const line = (lines[at] as string).trimEnd();
    if (line.startsWith(fence) && /^`+$/.test(line)) return at;
  }
  return undefined;
}

interface Block {
  readonly line: number;
  readonly info: string;
  readonly body: string;
  readonly label: Label | undefined;
  readonly problems: string[];
}

function take(drafts: Draft[], block: Block): void {
  const { line, body, label, problems } = block;
  const [language = "", ...rest] = block.info.split(/\s+/).filter((word) => word !== "");
  const words = new Set([...rest, ...(label?.word === undefined ? [] : [label.word])]);
  const last = drafts[drafts.length - 1];
  if (language === "expect") {
    const file = last?.files[last.files.length - 1];
    if (file === undefined) problems.push(`line ${line}: "expect" has no block before it`);
    else
      file.expectations.push(
        ...expectLines(body, (text) => problems.push(`line ${line}: ${text}`)),
      );
    return;
  }
  if (language === "flow") {
    const file = last?.files[last.files.length - 1];
    if (last === undefined || file === undefined)
      problems.push(`line ${line}: "flow" has no block before it`);
    else
      last.flows.push(
        ...flowLines(body, file.name, (text) => problems.push(`line ${line}: ${text}`)),
      );
    return;
  }
  const fallback = DEFAULT_NAMES[language];
  if (fallback === undefined) return;
  for (const word of words)
    if (!WORDS.has(word)) problems.push(`line ${line}: unknown word "${word}" after ${language}`);
  if (words.has("exploit")) return;
  const { text, expectations } = takeMarks(body);
  const named = label !== undefined;
  const name = label?.name ?? fallback;
  if (words.has("fixed")) {
    const of = named
      ? drafts.findLast((draft) => draft.files.some((file) => file.name === name))
      : last;
    const only = named ? name : of?.files.length === 1 ? of.files[0]?.name : undefined;
    if (of === undefined || only === undefined)
      problems.push(`line ${line}: the fixed text belongs to no single block before it`);
    else of.fixed.set(only, text);
    return;
  }
  const together = named ? drafts.find((draft) => draft.named) : undefined;
  const draft: Draft = together ?? {
    line,
    named,
    files: [],
    fixed: new Map(),
    flows: [],
    strict: false,
    broken: false,
  };
  if (together === undefined) drafts.push(draft);
  if (draft.files.some((file) => file.name === name))
    problems.push(`line ${line}: a second ${name} under one heading`);
  draft.files.push({ name, line, text, expectations });
  if (words.has("strict")) draft.strict = true;
  if (words.has("broken")) draft.broken = true;
}

/** "7: 3 > 5 > 7", with "b.py:" before any number that is a line of another file than the block's. */
function flowLines(body: string, file: string, problem: (text: string) => void): ExpectedFlow[] {
  const place = (text: string): string => (/^\d+$/.test(text) ? `${file}:${text}` : text);
  return body.split("\n").flatMap((raw) => {
    const text = raw.trim();
    if (text === "") return [];
    const match = /^((?:[^\s:]+:)?\d+): +((?:[^\s:]+:)?\d+(?: > (?:[^\s:]+:)?\d+)*)$/.exec(text);
    if (match === null) {
      problem(`cannot read "${text}"; write "7: 3 > 5 > 7"`);
      return [];
    }
    const lines = (match[2] as string).split(" > ").map(place).join(" > ");
    return [{ at: place(match[1] as string), lines }];
  });
}

/** Tests need different names: a repeated heading gets a number. */
function unique(sections: readonly Section[]): Section[] {
  const seen = new Map<string, number>();
  return sections.map((section) => {
    const times = (seen.get(section.name) ?? 0) + 1;
    seen.set(section.name, times);
    return times === 1 ? section : { ...section, name: `${section.name} (${times})` };
  });
}
