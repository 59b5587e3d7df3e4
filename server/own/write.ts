/** Adds a sanitizer to a file of a project's own rules; what else is in it stays as it is written. */
import { isMap, isSeq, parseDocument, YAMLSeq } from "yaml";
import type { ArgumentData } from "./format.ts";
import { readOwn } from "./read.ts";

export interface SanitizerRow {
  readonly language: "python" | "javascript";
  /** "app/html.py:clean" */
  readonly function: string;
  readonly argument: ArgumentData;
  readonly clears: readonly string[];
}

const QUIET = { prettyErrors: false, logLevel: "silent" } as const;

/** A row that no file can hold: a kind that the format does not have, a name with a space in it. */
export function isWritable(row: SanitizerRow): boolean {
  const { faults, silencing } = readOwn(newFile(row), "", false, () => false);
  return faults.length === 0 && silencing === 1;
}

export function hasSanitizers(text: string): boolean {
  const document = parseDocument(text, QUIET);
  return document.errors.length === 0 && isSeq(document.get("sanitizers"));
}

/** The text with the row at the end of its sanitizers; undefined where `text`, if there is one, is no such file. */
export function withSanitizer(text: string | undefined, row: SanitizerRow): string | undefined {
  if (text === undefined || text.trim() === "") return newFile(row);
  const document = parseDocument(text, QUIET);
  const { contents } = document;
  if (document.errors.length > 0 || (contents !== null && !isMap(contents))) return undefined;
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const inserted = appended(text, row, newline);
  if (inserted !== undefined) return inserted;
  const list = document.get("sanitizers", true);
  const node = parseDocument(rowText(row), QUIET).contents;
  if (isSeq(list)) {
    list.flow = false;
    document.addIn(["sanitizers"], node);
  } else {
    const made = new YAMLSeq();
    made.add(node);
    document.set("sanitizers", made);
  }
  return document.toString({ lineWidth: 0 }).replaceAll("\n", newline);
}

/** One more line below the last row, if the rows stand on lines of their own. */
function appended(text: string, row: SanitizerRow, newline: string): string | undefined {
  const list = parseDocument(text, QUIET).get("sanitizers", true);
  if (!isSeq(list) || list.flow || list.items.length === 0) return undefined;
  const last = list.items.at(-1);
  const start = list.range?.[0];
  const end = isMap(last) ? last.range?.[1] : undefined;
  if (start === undefined || end === undefined) return undefined;
  const before = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  // A block's range may reach over the line's end.
  const used = text.slice(0, end).trimEnd().length;
  const rest = text.slice(used).search(/\r?\n/);
  const at = rest === -1 ? text.length : used + rest;
  const after = `${text.slice(0, at)}${newline}${before}- ${rowText(row)}${text.slice(at)}`;
  const made = parseDocument(after, QUIET);
  const rows = made.get("sanitizers", true);
  const isRight =
    made.errors.length === 0 && isSeq(rows) && rows.items.length === list.items.length + 1;
  return isRight && before.trim() === "" ? after : undefined;
}

function newFile(row: SanitizerRow): string {
  return `version: 1\nsanitizers:\n  - ${rowText(row)}\n`;
}

/** As the documentation writes it. */
function rowText({ language, function: name, argument, clears }: SanitizerRow): string {
  const at = argument === 0 ? "" : `argument: ${argument}, `;
  return `{ language: ${language}, function: ${JSON.stringify(name)}, ${at}clears: [${clears.join(", ")}] }`;
}
