/** Puts statements in front of the one at fault, or behind it. */
import type { Code, Edit, Span } from "../rule.ts";

/**
 * Inserts lines before the statement that holds `span` (item coordinates). Lines are indented like it; a leading tab in a
 * line is one more level. Undefined where a statement cannot stand: after `if (x)` without braces, beside other code on
 * the same line, in an arrow function that is one expression.
 */
export function insertBefore(code: Code, span: Span, lines: readonly string[]): Edit | undefined {
  const statement = code.statement(span);
  if (statement === undefined) return undefined;
  const text = code.fileText;
  const at = statement.start;
  let line = at;
  while (line > 0 && text[line - 1] !== "\n" && text[line - 1] !== "\r") line--;
  if (text.slice(line, at).trim() !== "") return undefined;
  if (code.language === "javascript" && isBranchWithoutBraces(text, line)) return undefined;
  const body = indented(code, lines, at).join(code.newline);
  return { start: line, end: line, newText: `${body}${code.newline}` };
}

/** Inserts lines behind a statement (absolute), and behind the comment at the end of its line. */
export function insertAfter(code: Code, statement: Span, lines: readonly string[]): Edit {
  const at = endOfLine(code, statement.end);
  const body = indented(code, lines, statement.start);
  return { start: at, end: at, newText: body.map((line) => code.newline + line).join("") };
}

/** Where the comment ends that stands behind `offset`, if nothing else does on this line; else `offset`. */
export function endOfLine(code: Code, offset: number): number {
  const comment =
    code.language === "python"
      ? /#[^\r\n]*/
      : /(?:\/\*(?:(?!\*\/)[^\r\n])*\*\/[ \t]*)*(?:\/\/[^\r\n]*)?/;
  const rest = new RegExp(`^[ \\t]*(?:${comment.source})(?=[ \\t]*(?:\\r|\\n|$))`).exec(
    code.fileText.slice(offset),
  );
  return offset + (rest?.[0].trimEnd().length ?? 0);
}

function indented(code: Code, lines: readonly string[], at: number): readonly string[] {
  const indent = code.indent(at);
  const unit = indentUnit(code);
  return lines.map((l) =>
    l === "" ? "" : `${indent}${l.replace(/^\t+/, (tabs) => unit.repeat(tabs.length))}`,
  );
}

/** The file's own indentation step. */
export function indentUnit(code: Code): string {
  const first = /^([ \t]+)\S/m.exec(code.fileText.replace(/^[ \t]+\*.*$/gm, ""))?.[1];
  if (first?.startsWith("\t")) return "\t";
  if (first !== undefined && (first.length === 2 || first.length === 4)) return first;
  return code.language === "python" ? "    " : "  ";
}

function isBranchWithoutBraces(text: string, lineStart: number): boolean {
  const before = text.slice(0, lineStart).replace(/(\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)+$/, "");
  if (/\b(else|do)$/.test(before)) return true;
  if (!before.endsWith(")")) return false;
  let depth = 0;
  for (let i = before.length - 1; i >= 0; i--) {
    if (before[i] === ")") depth++;
    else if (before[i] === "(" && --depth === 0)
      return (
        /\b(if|while|for|with)\s*$/.test(before.slice(0, i)) ||
        /\bawait\s*$/.test(before.slice(0, i))
      );
  }
  return false;
}

/** A name that the function does not use yet. */
export function freshName(code: Code, wanted: string): string {
  for (let i = 0; ; i++) {
    const name = i === 0 ? wanted : `${wanted}${i + 1}`;
    if (!new RegExp(`\\b${name}\\b`).test(code.fileText)) return name;
  }
}
