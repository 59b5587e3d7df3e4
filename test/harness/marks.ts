/**
 * What a page expects of a line: `# error: [rule-id]`, `// warning: [a, b]`, `{/* hint: [c] *\/}` at its end. The marks are
 * taken off before the program is analysed, so that no fix has to step around them.
 */
import type { Level } from "../../server/engine/api.ts";

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

/** Marks of a page that hold today's wrong answers. */
export interface Known {
  missing: number;
  spurious: number;
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

/** One line for every way in which a file's findings are not what its marks say. */
export function differences(
  file: string,
  seen: readonly Seen[],
  expectations: readonly Expectation[],
  rules: ReadonlySet<string>,
  known: Known,
): string[] {
  const left = seen.filter((one) => one.file === file);
  const out: string[] = [];
  const sorted = [...expectations].sort((a, b) => a.line - b.line);
  for (const { line, rule, demand } of sorted) {
    const at = left.findIndex((one) => one.line === line && one.rule === rule);
    const got = at < 0 ? undefined : left.splice(at, 1)[0];
    const where = `${file}:${line}`;
    if (demand.kind === "value") {
      if (demand.should !== undefined) known.missing++;
      if (got === undefined) out.push(`${where} is no call of reveal_value`);
      else if (got.text === demand.should)
        out.push(`${where} is right now: write "value: ${got.text}"`);
      else if (got.text !== demand.text)
        out.push(`${where} expected value ${demand.text}, got ${got.text}`);
    } else if (demand.kind === "missing") {
      known.missing++;
      if (got !== undefined) out.push(`${where} is found now: write "${got.level}: [${rule}]"`);
    } else if (demand.kind === "spurious") {
      known.spurious++;
      if (got === undefined)
        out.push(`${where} is no longer wrong: take "spurious: [${rule}]" away`);
    } else if (got === undefined) {
      const elsewhere = seen.filter(
        (one) => one.file === file && one.rule === rule && one.line !== line,
      );
      const hint = !rules.has(rule)
        ? " (there is no such rule)"
        : elsewhere.length > 0
          ? ` (it is on line ${elsewhere.map((one) => one.line).join(", ")})`
          : "";
      out.push(`${where} expected ${demand.level ?? "a finding"} [${rule}], got nothing${hint}`);
    } else if (demand.level !== undefined && demand.level !== got.level)
      out.push(`${where} expected ${demand.level} [${rule}], got ${got.level}: ${got.text}`);
  }
  for (const one of left)
    out.push(`${file}:${one.line} expected silence, got ${one.level} [${one.rule}]: ${one.text}`);
  return out;
}
