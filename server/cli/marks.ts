/**
 * What a page expects of a line: `# error: [rule-id]`, `// warning: [a, b]`, `{/* hint: [c] *\/}` at its end. The marks are
 * taken off before the program is analysed, so that no fix has to step around them.
 */
import type { Level } from "../engine/api.ts";

export type Demand =
  /** Reported, at this level if there is one. */
  | { readonly kind: "found"; readonly level: Level | undefined }
  /** `# value: 'a' | 1`: the constants that `reveal_value` must show; `# value: ? not 'a'` if it cannot yet. */
  | { readonly kind: "value"; readonly text: string; readonly should: string | undefined }
  /** Should be reported and is not. */
  | { readonly kind: "missing" }
  /** Is reported and should not be. */
  | { readonly kind: "spurious" };

export interface Expectation {
  /** From 1. */
  readonly line: number;
  readonly rule: string;
  readonly demand: Demand;
}

const WORDS: Readonly<Record<string, Demand>> = {
  error: { kind: "found", level: "error" },
  warning: { kind: "found", level: "warning" },
  info: { kind: "found", level: "information" },
  hint: { kind: "found", level: "hint" },
  found: { kind: "found", level: undefined },
  missing: { kind: "missing" },
  spurious: { kind: "spurious" },
};
const ONE = `(?:${Object.keys(WORDS).join("|")}): *\\[[\\w ,-]+\\]`;
const MARK = new RegExp(
  `[ \\t]*(?:#|//|--|\\{?/\\*)[ \\t]*(${ONE}(?:[ ,;]+${ONE})*)[ \\t]*(?:\\*/\\}?)?[ \\t]*$`,
);
const PART = new RegExp(`(${Object.keys(WORDS).join("|")}): *\\[([\\w ,-]+)\\]`, "g");

const VALUE = /[ \t]*(?:#|\/\/)[ \t]*value: (.+?)(?: not (.+?))?[ \t]*$/;

/** Takes the marks off a program. */
export function takeMarks(program: string): { text: string; expectations: Expectation[] } {
  const expectations: Expectation[] = [];
  const lines = program.split("\n").map((line, index) => {
    const value = VALUE.exec(line);
    if (value !== null) {
      const demand = { kind: "value", text: value[1] as string, should: value[2] } as const;
      expectations.push({ line: index + 1, rule: "value", demand });
      return line.slice(0, value.index);
    }
    const match = MARK.exec(line);
    if (match === null) return line;
    expectations.push(...parts(match[1] as string, index + 1));
    return line.slice(0, match.index);
  });
  return { text: lines.join("\n"), expectations };
}

/** Reads an `expect` block: `line 3: [rule-id]`, or with a level, `line 3: error: [rule-id]`. */
export function expectLines(body: string, problem: (text: string) => void): Expectation[] {
  return body.split("\n").flatMap((raw) => {
    const text = raw.trim();
    if (text === "" || text === "nothing") return [];
    const match = /^line (\d+): *(.*)$/.exec(text);
    const rest = match?.[2]?.startsWith("[") ? `found: ${match[2]}` : match?.[2];
    const found = rest === undefined ? [] : parts(rest, Number(match?.[1]));
    if (found.length === 0) problem(`cannot read "${text}"; write "line 3: error: [rule-id]"`);
    return found;
  });
}

function parts(text: string, line: number): Expectation[] {
  return [...text.matchAll(PART)].flatMap(([, word, ids]) =>
    (ids as string)
      .split(",")
      .map((id) => id.trim())
      .filter((id) => id !== "")
      .map((rule) => ({ line, rule, demand: WORDS[word as string] as Demand })),
  );
}

/** A finding as a page sees it. */
export interface Seen {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly rule: string;
  readonly level: Level;
  readonly text: string;
}

/** What became of one mark, or of one finding that has none. */
export type Outcome =
  | { readonly kind: "found" | "level"; readonly mark: Expectation; readonly got: Seen }
  | { readonly kind: "missed"; readonly mark: Expectation }
  | { readonly kind: "unexpected"; readonly got: Seen }
  /** A wrong answer that is known; or is one no longer: then what is found now, if anything. */
  | { readonly kind: "known"; readonly mark: Expectation }
  | { readonly kind: "mended"; readonly mark: Expectation; readonly got: Seen | undefined };

/** Compares the findings of one file with its marks, in the order of lines; those of `value` are not for here. */
export function outcomes(
  findings: readonly Seen[],
  expectations: readonly Expectation[],
): readonly Outcome[] {
  const left = [...findings];
  const out: Outcome[] = [];
  for (const mark of [...expectations].sort((a, b) => a.line - b.line)) {
    const { line, rule, demand } = mark;
    const at = left.findIndex((one) => one.line === line && one.rule === rule);
    const got = at < 0 ? undefined : left.splice(at, 1)[0];
    if (demand.kind === "missing")
      out.push(got === undefined ? { kind: "known", mark } : { kind: "mended", mark, got });
    else if (demand.kind === "spurious")
      out.push(got === undefined ? { kind: "mended", mark, got } : { kind: "known", mark });
    else if (got === undefined) out.push({ kind: "missed", mark });
    else {
      const isOther =
        demand.kind === "found" && demand.level !== undefined && demand.level !== got.level;
      out.push({ kind: isOther ? "level" : "found", mark, got });
    }
  }
  return [...out, ...left.map((got): Outcome => ({ kind: "unexpected", got }))];
}
