/** The statements of a file of SQL as PostgreSQL reads them: comments, strings, dollar quotes and quoted names are whole tokens. */
import type { Span } from "./rule.ts";

export interface SqlToken {
  /** "word": a keyword or a name; "name": a name in double quotes; "text": a string, without its quotes; "sign": one character. */
  readonly kind: "word" | "name" | "text" | "number" | "sign";
  /** Words in lower case. */
  readonly value: string;
  readonly span: Span;
  /** Of a text between dollar quotes: where it begins. */
  readonly body?: number;
}
export interface SqlStatement {
  readonly tokens: readonly SqlToken[];
  /** From its first token to its last; the semicolon is not in it. */
  readonly span: Span;
}

const SPACE = /\s/;
const WORD_START = /[A-Za-z_\u0080-\uffff]/;
const WORD = /[A-Za-z0-9_$\u0080-\uffff]/;

/** `offset` is added to all places: for a text that stands inside another one. */
export function sqlTokens(text: string, offset = 0): readonly SqlToken[] {
  const out: SqlToken[] = [];
  const add = (kind: SqlToken["kind"], value: string, start: number, end: number): void => {
    out.push({ kind, value, span: { start: offset + start, end: offset + end } });
  };
  for (let at = 0; at < text.length; ) {
    const c = text[at] as string;
    const start = at;
    if (SPACE.test(c) || c === "\ufeff") at++;
    else if (text.startsWith("--", at)) at = lineEnd(text, at);
    else if (text.startsWith("/*", at)) at = commentEnd(text, at);
    else if (c === "'") {
      const before = out.at(-1);
      // E'...' has escapes; the letter is a word of its own so far.
      const escapes =
        before?.kind === "word" && before.value === "e" && before.span.end === offset + at;
      if (escapes) out.pop();
      at = quoteEnd(text, at, "'", escapes);
      add("text", text.slice(start + 1, at - 1).replaceAll("''", "'"), start, at);
    } else if (c === '"') {
      at = quoteEnd(text, at, '"', false);
      add("name", text.slice(start + 1, at - 1).replaceAll('""', '"'), start, at);
    } else if (c === "$") {
      const tag = /^\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/.exec(
        text.slice(at, at + 100),
      )?.[0];
      if (tag === undefined) {
        at++;
        add("sign", c, start, at);
        continue;
      }
      const close = text.indexOf(tag, at + tag.length);
      const end = close < 0 ? text.length : close;
      at = close < 0 ? text.length : close + tag.length;
      out.push({
        kind: "text",
        value: text.slice(start + tag.length, end),
        span: { start: offset + start, end: offset + at },
        body: offset + start + tag.length,
      });
    } else if (WORD_START.test(c)) {
      while (at < text.length && WORD.test(text[at] as string)) at++;
      add("word", text.slice(start, at).toLowerCase(), start, at);
    } else if (/\d/.test(c)) {
      while (at < text.length && /[\w.]/.test(text[at] as string)) at++;
      add("number", text.slice(start, at), start, at);
    } else {
      at++;
      add("sign", c, start, at);
    }
  }
  return out;
}
function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== "\n" && text[at] !== "\r") at++;
  return at;
}
/** Comments stand inside comments. */
function commentEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; ) {
    if (text.startsWith("/*", at)) {
      depth++;
      at += 2;
    } else if (text.startsWith("*/", at)) {
      at += 2;
      if (--depth === 0) return at;
    } else at++;
  }
  return text.length;
}
/** Behind the closing quote; two of them are one in the text. */
function quoteEnd(text: string, from: number, quote: string, escapes: boolean): number {
  for (let at = from + 1; at < text.length; at++) {
    if (escapes && text[at] === "\\") at++;
    else if (text[at] === quote) {
      if (text[at + 1] !== quote) return at + 1;
      at++;
    }
  }
  return text.length;
}

/** The statements of a text, cut at semicolons that are in no brackets and in no body of a function (`begin atomic ... end`). */
export function sqlStatements(text: string, offset = 0): readonly SqlStatement[] {
  const out: SqlStatement[] = [];
  let tokens: SqlToken[] = [];
  let depth = 0;
  let blocks = 0;
  const close = (): void => {
    const first = tokens[0];
    const last = tokens.at(-1);
    if (first !== undefined && last !== undefined)
      out.push({ tokens, span: { start: first.span.start, end: last.span.end } });
    tokens = [];
    depth = 0;
    blocks = 0;
  };
  for (const token of sqlTokens(text, offset)) {
    if (token.kind === "sign") {
      if (token.value === "(") depth++;
      if (token.value === ")") depth = Math.max(0, depth - 1);
      if (token.value === ";" && depth === 0 && blocks === 0) {
        close();
        continue;
      }
    }
    if (token.kind === "word") {
      if (token.value === "atomic" && tokens.at(-1)?.value === "begin") blocks = 1;
      else if (blocks > 0 && token.value === "case") blocks++;
      else if (blocks > 0 && token.value === "end") blocks--;
    }
    tokens.push(token);
  }
  close();
  return out;
}

/** Reads a statement from its start, token by token. */
export interface SqlCursor {
  /** Takes these words if all of them come next. */
  readonly take: (...words: string[]) => boolean;
  /** Takes a name with what qualifies it: ["public", "notes"]. */
  readonly name: () => readonly string[] | undefined;
  /** The token that comes next, not taken. */
  readonly peek: () => SqlToken | undefined;
  readonly skip: () => void;
  readonly rest: () => readonly SqlToken[];
}
export function sqlCursor({ tokens }: SqlStatement): SqlCursor {
  let at = 0;
  const is = (token: SqlToken | undefined, word: string): boolean =>
    token !== undefined && (token.kind === "word" || token.kind === "sign") && token.value === word;
  const one = (): string | undefined => {
    const token = tokens[at];
    if (token?.kind !== "word" && token?.kind !== "name") return undefined;
    at++;
    return token.value;
  };
  return {
    take(...words) {
      if (!words.every((word, i) => is(tokens[at + i], word))) return false;
      at += words.length;
      return true;
    },
    name() {
      const first = one();
      if (first === undefined) return undefined;
      const out = [first];
      while (is(tokens[at], ".")) {
        at++;
        const next = one();
        if (next === undefined) return out;
        out.push(next);
      }
      return out;
    },
    peek: () => tokens[at],
    skip: () => {
      at++;
    },
    rest: () => tokens.slice(at),
  };
}
