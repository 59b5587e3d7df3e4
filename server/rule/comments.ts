/** Where the comments of files stand that are no code: by the kind of file, and never inside a text. */
import { visit } from "jsonc-parser";
import { Lexer } from "yaml";
import { dockerfile, isDockerfile } from "./dockerfile.ts";
import { firebaseComments, isFirebaseRules } from "./firebase-rules.ts";
import type { FileId, Span } from "./rule.ts";
import { sqlTokens } from "./sql-statements.ts";

/** In order; none for a kind of file that has none. */
export function commentsOf(file: FileId, text: string): readonly Span[] {
  const name = file.slice(file.lastIndexOf("/") + 1);
  if (isDockerfile(name)) return dockerfile(text).comments;
  if (isFirebaseRules(name)) return firebaseComments(text);
  if (/\.ya?ml$/.test(name)) return ofYaml(text);
  if (/\.sql$/.test(name)) return ofSql(text);
  if (/\.jsonc?$/.test(name)) return ofJson(text);
  if (/\.toml$|^Pipfile$|\.lock$/.test(name)) return ofToml(text);
  return /\.mdc?$/.test(name) ? [] : ofLines(text);
}

/** Of documents, of flow ends and of scalars: the lexer puts them in, they stand for no text. */
const MARKS: ReadonlySet<string> = new Set(["\u0002", "\u0018", "\u001f"]);

function ofYaml(text: string): readonly Span[] {
  const out: Span[] = [];
  let at = 0;
  for (const part of new Lexer().lex(text)) {
    if (MARKS.has(part)) continue;
    if (part.startsWith("#"))
      out.push({ start: at, end: at + part.replace(/[\r\n]+$/, "").length });
    else if (part.includes("\n") && part.includes("#")) out.push(...ofScript(part, at));
    at += part.length;
  }
  return out;
}
/** A block of a workflow is a script, which has comments of its own. */
function ofScript(text: string, from: number): readonly Span[] {
  return [
    ...text.matchAll(
      /(?<=^|[\n\r])[ \t]*(#[^\r\n]*)|(?<=[ \t])(#[ \t]*[Ss][Kk][Ee][Pp][Tt][Ii][Cc]:[^\r\n]*)/g,
    ),
  ].map(({ index, 0: all, 1: line }) => {
    const start = from + index + all.length - (line ?? all).length;
    return { start, end: from + index + all.length };
  });
}

/** What stands between the tokens. */
function ofSql(text: string): readonly Span[] {
  const out: Span[] = [];
  let at = 0;
  const gap = (end: number): void => {
    for (const { index, 0: all } of text
      .slice(at, end)
      .matchAll(/--[^\r\n]*|\/\*[\s\S]*?(?:\*\/|$)/g))
      out.push({ start: at + index, end: at + index + all.length });
  };
  for (const { span } of sqlTokens(text)) {
    gap(span.start);
    at = span.end;
  }
  gap(text.length);
  return out;
}

function ofJson(text: string): readonly Span[] {
  const out: Span[] = [];
  try {
    visit(text, { onComment: (start, length) => out.push({ start, end: start + length }) });
  } catch {
    // Nested deeper than the stack.
  }
  return out;
}

function ofToml(text: string): readonly Span[] {
  return [
    ...text.matchAll(/#[^\r\n]*|"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\r\n]|\\.)*"|'[^'\r\n]*'/g),
  ].flatMap(({ index, 0: all }) =>
    all.startsWith("#") ? [{ start: index, end: index + all.length }] : [],
  );
}

/** Files of variables, requirements, settings: behind a space, or at the start of a line. */
function ofLines(text: string): readonly Span[] {
  return [...text.matchAll(/(?<=^|[\n\r]|[ \t])#[^\r\n]*/g)].map(({ index, 0: all }) => ({
    start: index,
    end: index + all.length,
  }));
}
