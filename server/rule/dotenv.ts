/** Files of variables as dotenv reads them: `KEY=value`, `export KEY='value' # why`, values in quotes over several lines. */
import type { Span } from "./rule.ts";

export interface Variable {
  readonly name: string;
  readonly value: string;
  /** From the name to the end of the value, its quotes included. */
  readonly span: Span;
}

export function variables(text: string): readonly Variable[] {
  const out: Variable[] = [];
  for (let at = 0; at < text.length; ) {
    const line = lineEnd(text, at);
    const head = /^([ \t]*(?:export[ \t]+)?)([A-Za-z_][\w.-]*)[ \t]*=[ \t]*/.exec(
      text.slice(at, line),
    );
    if (head === null) {
      at = line + 1;
      continue;
    }
    const [all, before = "", name = ""] = head;
    const named = at + before.length;
    const from = at + all.length;
    const quote = text[from] ?? "";
    const close = /["'`]/.test(quote) ? closing(text, from, quote) : -1;
    if (close >= 0) {
      out.push({
        name,
        value: text.slice(from + 1, close),
        span: { start: named, end: close + 1 },
      });
      at = lineEnd(text, close) + 1;
      continue;
    }
    // A comment needs a space before it; so do the ones that dotenv cuts off a value without.
    const value = text
      .slice(from, line)
      .replace(/(?:^|\s)#.*$/, "")
      .trimEnd();
    out.push({ name, value, span: { start: named, end: from + value.length } });
    at = line + 1;
  }
  return out;
}
function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== "\n" && text[at] !== "\r") at++;
  return at;
}
function closing(text: string, from: number, quote: string): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\" && quote === '"') at++;
    else if (text[at] === quote) return at;
  }
  return -1;
}
