/**
 * Python cells as IPython runs them. Its own lines (`%magic`, `!command`, `help?`) become text of the same length that does
 * nothing, commands as comments, so that all else keeps its place; cells in another language (`%%bash`) are left out.
 * The rules are those of IPython's `inputtransformer2`: such a line is one only where a statement begins, or behind `=`.
 */
import type { Span } from "../base/text.ts";

export interface PythonCell {
  /** As long as what was given. */
  readonly text: string;
  /** Where its Python begins: behind the line of a cell magic. */
  readonly start: number;
  /** What was replaced. */
  readonly neutral: readonly Span[];
  /** What would end whatever is still open at the end of the cell, such as a bracket: the next cell is not part of it. */
  readonly tail: string;
}

/** IPython's own cell magics that run the rest of the cell as it stands, in the notebook's own Python. */
const RUNS_CELL = /^%%(?:time|timeit|capture|prun|debug)\b(?!\?)/;
/** Line magics that run the statement behind them; with options it is not told where it begins. */
const RUNS_STATEMENT = /^%(?:time|timeit|prun)[ \t]+(?![-\s])/;
const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** Undefined for a cell that is in another language, or says nothing. */
export function pythonCell(given: string): PythonCell | undefined {
  if (given.trim() === "") return undefined;
  const head = /^\s*/.exec(given)?.[0].length ?? 0;
  if (!given.startsWith("%%", head)) return read(given, 0);
  if (!RUNS_CELL.test(given.slice(head))) return undefined;
  const start = lineEnd(given, head);
  return given.slice(start).trim() === "" ? undefined : read(given, start);
}

function read(text: string, from: number): PythonCell {
  const neutral: { readonly start: number; readonly end: number; readonly shown: string }[] = [];
  const open: string[] = [];
  let tail = "";
  let line = from;
  let isStart = true;
  let at = from;

  /** A command becomes a comment, so that rules can read it. In a block a statement must stand there: nothing of the line stays. */
  const blank = (start: number, end: number, isIndented: boolean): void => {
    const isCommand = !isIndented && (text[start] === "!" || text[start] === "%");
    const kept = isCommand ? contentEnd(text, start) : start + 1;
    neutral.push({ start, end: start + 1, shown: isIndented ? "_" : "#" });
    if (kept < end) neutral.push({ start: kept, end, shown: spaces(text.slice(kept, end)) });
  };

  while (at < text.length) {
    if (isStart) {
      isStart = false;
      line = at;
      const code = at + (/^[ \t\f]*/.exec(text.slice(at, at + 400))?.[0].length ?? 0);
      const first = text[code] ?? "";
      if (first !== "" && "%!?,;/".includes(first)) {
        const runs = RUNS_STATEMENT.exec(text.slice(code, code + 200))?.[0].length;
        if (runs !== undefined) {
          neutral.push({ start: code, end: code + runs, shown: `0;${" ".repeat(runs - 2)}` });
          at = code + runs;
          continue;
        }
        const end = commandEnd(text, code);
        blank(code, end, code > at);
        at = end;
        continue;
      }
      at = code;
      if (at >= text.length) break;
    }
    const c = text[at] as string;
    if (c === "\n" || c === "\r") {
      at += c === "\r" && text[at + 1] === "\n" ? 2 : 1;
      isStart = open.length === 0;
    } else if (c === "#") at = contentEnd(text, at);
    else if (c === "\\") {
      const next = lineEnd(text, at);
      if (contentEnd(text, at) === at + 1) {
        if (next >= text.length) tail = "\n";
        at = Math.max(next, at + 1);
      } else at++;
    } else if (c === '"' || c === "'") {
      const string = stringEnd(text, at);
      tail = string.tail;
      at = string.end;
    } else if (c in CLOSING) {
      open.push(CLOSING[c] as string);
      at++;
    } else if (c === ")" || c === "]" || c === "}") {
      if (open[open.length - 1] === c) open.pop();
      at++;
    } else if (c === "?" && open.length === 0) {
      const code = line + (/^[ \t\f]*/.exec(text.slice(line, at))?.[0].length ?? 0);
      const end = contentEnd(text, at);
      blank(code, end, code > line);
      at = end;
    } else if (c === "=" && open.length === 0 && isAssigned(text, at)) {
      const value = at + 1 + (/^[ \t]*/.exec(text.slice(at + 1, at + 400))?.[0].length ?? 0);
      if (text[value] === "!" || text[value] === "%") {
        const runs = RUNS_STATEMENT.exec(text.slice(value, value + 200))?.[0].length;
        const end = runs === undefined ? commandEnd(text, value) : value + runs;
        const rest = spaces(text.slice(value + 1, end));
        neutral.push({ start: value, end, shown: (runs === undefined ? "_" : " ") + rest });
        at = end;
      } else at++;
    } else at++;
  }
  return {
    text: shown(text, neutral),
    start: from,
    neutral: neutral.map(({ start, end }) => ({ start, end })),
    tail: tail + open.reverse().join(""),
  };
}

/** One equals sign that is no part of another operator. */
function isAssigned(text: string, at: number): boolean {
  return text[at + 1] !== "=" && !/[=!<>]/.test(text[at - 1] ?? "");
}

function shown(
  text: string,
  neutral: readonly { readonly start: number; readonly end: number; readonly shown: string }[],
): string {
  let out = "";
  let at = 0;
  for (const one of neutral) {
    // A line may be given up as a whole after a part of it was.
    if (one.start < at) out = out.slice(0, one.start);
    else out += text.slice(at, one.start);
    out += one.shown;
    at = one.end;
  }
  return out + text.slice(at);
}

function spaces(text: string): string {
  return text.replace(/[^\r\n]/g, " ");
}

/** The end of a command, which goes on behind a line that ends in a backslash; without its line break. */
function commandEnd(text: string, from: number): number {
  for (let at = from; ; ) {
    const end = contentEnd(text, at);
    if (text[end - 1] !== "\\" || end >= text.length) return end;
    at = lineEnd(text, at);
  }
}

/** Where a string ends that begins at a quotation mark, and what it lacks if the cell ends in it. */
function stringEnd(text: string, from: number): { readonly end: number; readonly tail: string } {
  const quote = text[from] as string;
  const isLong = text.startsWith(quote.repeat(3), from);
  const mark = isLong ? quote.repeat(3) : quote;
  let at = from + mark.length;
  while (at < text.length) {
    if (text[at] === "\\") at += text[at + 1] === "\r" && text[at + 2] === "\n" ? 3 : 2;
    else if (text.startsWith(mark, at)) return { end: at + mark.length, tail: "" };
    else if (!isLong && (text[at] === "\n" || text[at] === "\r")) return { end: at, tail: "" };
    else at++;
  }
  return { end: text.length, tail: isLong ? mark : "" };
}

/** The end of the line without its break. */
function contentEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== "\n" && text[at] !== "\r") at++;
  return at;
}

/** Behind the break that ends the line. */
function lineEnd(text: string, from: number): number {
  const at = contentEnd(text, from);
  if (at >= text.length) return at;
  return at + (text[at] === "\r" && text[at + 1] === "\n" ? 2 : 1);
}
