/**
 * Notebooks as files: the JSON of nbformat 4 (https://nbformat.readthedocs.io), with the place of every character of a
 * cell, and edits of cells as edits of the JSON that leave the rest of the file byte for byte as it is.
 */
import { type Node, type ParseError, parseTree } from "jsonc-parser";
import type { Edit, Span } from "../base/text.ts";
import type { NotebookCell } from "./notebook.ts";
import type { CellEdit } from "./program.ts";

export interface FileCell extends NotebookCell {
  readonly source: Source;
}

export interface NotebookFile {
  readonly cells: readonly FileCell[];
  /** The language of the kernel, if the file names one. */
  readonly kernel: string | undefined;
}

/** The strings of a cell's `source`, in offsets of the file. */
interface Source {
  /** Without their quotation marks. */
  readonly strings: readonly Span[];
  /** A list of lines, or one text. */
  readonly isList: boolean;
}

export type NotebookResult = NotebookFile | { readonly problem: string };

/** Never throws. */
export function readNotebook(text: string): NotebookResult {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  if (root === undefined || errors.length > 0 || root.type !== "object")
    return { problem: "is not valid JSON" };
  const format = memberOf(root, "nbformat")?.value;
  if (format !== 4)
    return {
      problem:
        typeof format === "number" && format < 4
          ? `is a notebook of format ${format}: only format 4 is read (jupyter nbconvert --to notebook converts it)`
          : "is no notebook of format 4",
    };
  const cells = memberOf(root, "cells");
  if (cells?.type !== "array") return { problem: "is a notebook without cells" };
  const metadata = memberOf(root, "metadata");
  const kernel =
    stringOf(memberOf(memberOf(metadata, "language_info"), "name")) ??
    stringOf(memberOf(memberOf(metadata, "kernelspec"), "language"));
  return {
    kernel,
    cells: (cells.children ?? []).map((cell) => readCell(cell, kernel ?? "python")),
  };
}

const NO_SOURCE: Source = { strings: [], isList: false };

function readCell(cell: Node, kernel: string): FileCell {
  const isCode = stringOf(memberOf(cell, "cell_type")) === "code";
  const strings = sourceStrings(memberOf(cell, "source"));
  if (!isCode || strings === undefined) return { language: "", text: "", source: NO_SOURCE };
  const metadata = memberOf(cell, "metadata");
  // Editors keep the language of a cell that is not in the notebook's here.
  const own =
    stringOf(memberOf(memberOf(metadata, "vscode"), "languageId")) ??
    stringOf(memberOf(memberOf(metadata, "polyglot_notebook"), "kernelName"));
  return {
    language: own ?? kernel,
    text: strings.nodes.map(({ value }) => String(value)).join(""),
    source: {
      isList: strings.isList,
      strings: strings.nodes.map(({ offset, length }) => ({
        start: offset + 1,
        end: offset + length - 1,
      })),
    },
  };

  function sourceStrings(
    node: Node | undefined,
  ): { readonly nodes: readonly Node[]; readonly isList: boolean } | undefined {
    if (node?.type === "string") return { nodes: [node], isList: false };
    if (node?.type !== "array") return undefined;
    const nodes = node.children ?? [];
    if (!nodes.every(({ type }) => type === "string")) return undefined;
    // An empty string is no place of the text.
    return { nodes: nodes.filter(({ value }) => value !== ""), isList: true };
  }
}

/** The last one of that name, as JSON.parse takes it. */
function memberOf(node: Node | undefined, name: string): Node | undefined {
  if (node?.type !== "object") return undefined;
  return node.children?.findLast((one) => one.children?.[0]?.value === name)?.children?.[1];
}

function stringOf(node: Node | undefined): string | undefined {
  return node?.type === "string" ? String(node.value) : undefined;
}

/** Where each character of a cell stands in the file, and where its text ends: one more than it has. */
export function fileOffsets(text: string, { source }: FileCell): Uint32Array {
  const out: number[] = [];
  let end = source.strings[0]?.start ?? 0;
  for (const string of source.strings) {
    for (let at = string.start; at < string.end; at += unitLength(text, at)) out.push(at);
    end = string.end;
  }
  out.push(end);
  return Uint32Array.from(out);
}

/** How much of the JSON is one character of what it says. */
function unitLength(text: string, at: number): number {
  if (text[at] !== "\\") return 1;
  return text[at + 1] === "u" ? 6 : 2;
}

/** The edits of the file, in the same order. The cells must be those of this text. */
export function fileEdits(
  text: string,
  cells: readonly FileCell[],
  edits: readonly CellEdit[],
): Edit[] {
  return edits.map((edit) => {
    const { cell: index, start, end } = edit;
    const cell = cells[index] as FileCell;
    const offsets = fileOffsets(text, cell);
    const from = offsets[start] as number;
    // Up to where the last character ends: what begins the next line stays.
    const to = end === start ? from : (offsets[end] as number);
    return { start: from, end: to, newText: jsonText(text, cell, edit) };
  });
}

/** What is put into the strings of a source: each line of a list is a string of its own. */
function jsonText(
  text: string,
  { source, text: whole }: FileCell,
  { start, end, newText }: CellEdit,
): string {
  const pieces = newText.split("\n").map((piece) => JSON.stringify(piece).slice(1, -1));
  if (!source.isList || newText === "") return pieces.join("\\n");
  const apart = `"${separator(text, source)}"`;
  const last = pieces.pop() as string;
  const isLast = end === whole.length && last === "";
  const lines = pieces.map((piece, i) =>
    isLast && i === pieces.length - 1 ? `${piece}\\n` : `${piece}\\n${apart}`,
  );
  // Behind the break that ends the cell, a new line begins.
  const lead = start === whole.length && whole.endsWith("\n") ? apart : "";
  return lead + lines.join("") + last;
}

/** Between two strings of the list, as the file writes it. */
function separator(text: string, { strings }: Source): string {
  const [first, second] = strings;
  if (first !== undefined && second !== undefined)
    return text.slice(first.end + 1, second.start - 1);
  const before = /\[(\s*)$/.exec(
    text.slice(Math.max(0, (first?.start ?? 1) - 200), (first?.start ?? 1) - 1),
  );
  const space = before?.[1] ?? "";
  return `,${space === "" ? " " : space}`;
}
