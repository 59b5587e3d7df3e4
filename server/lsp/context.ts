/** What every feature of the server shares. */
import type { Connection } from "vscode-languageserver";
import type { FileId } from "../base/brand.ts";
import { lineStarts, positionAt, type Span } from "../base/text.ts";
import type { EmbeddedFile } from "../embedded/document.ts";
import type { Engine, Place } from "../engine/api.ts";
import type { Baselines } from "./baselines.ts";
import type { ClientFeatures } from "./client-features.ts";
import { bomLength, clampedOffset, type OpenDocument } from "./document.ts";
import { fileId, uriOf } from "./file-id.ts";
import type { Folders } from "./folders.ts";
import type { Host } from "./host.ts";
import type { KeptFiles } from "./kept.ts";
import type { Log } from "./log.ts";
import { type CellNotebooks, offsetInProgram, placeInCell } from "./notebook.ts";
import type { Origins } from "./origins.ts";
import type { Secrets } from "./secrets.ts";

export interface Context {
  readonly connection: Connection;
  readonly engine: Engine;
  readonly host: Host;
  readonly log: Log;
  readonly client: ClientFeatures;
  readonly documents: Map<FileId, OpenDocument>;
  readonly folders: Folders;
  /** The folder with the rules' pages, as a URI without a trailing slash. */
  readonly pages: string | undefined;
  readonly lines: LineCache;
  /** The notebook of each cell that is open. */
  readonly cells: CellNotebooks;
  /** Files that are not open and hold their code in parts. */
  readonly embedded: Map<FileId, ClosedParts>;
  readonly secrets: Secrets;
  readonly baselines: Baselines;
  readonly kept: KeptFiles;
  /** Whether the workspace is trusted: only then is git run in it, and only then may its own files hide findings. */
  readonly trust: { given: boolean };
  readonly origins: Origins;
}

/** A file that holds code in parts, and the lines of its own text. */
export interface ClosedParts {
  readonly file: EmbeddedFile;
  readonly starts: Uint32Array;
}

/** Lines of files that are not open, by content. */
export type LineCache = Map<FileId, { readonly text: string; readonly starts: Uint32Array }>;

interface Position {
  line: number;
  character: number;
}

/** The protocol range of a span in the engine's text of a file. */
export function rangeOf(
  context: Context,
  file: FileId,
  span: Span,
): { start: Position; end: Position } {
  const document = context.documents.get(file);
  if (document?.notebook !== undefined) {
    const at = placeInCell(document.notebook, span);
    return at?.range ?? { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  }
  if (document !== undefined) {
    const bom = bomLength(document.text);
    return {
      start: positionAt(document.starts, clamp(span.start + bom, document.text)),
      end: positionAt(document.starts, clamp(span.end + bom, document.text)),
    };
  }
  const parts = context.embedded.get(file);
  if (parts !== undefined)
    return {
      start: positionAt(parts.starts, parts.file.place(span.start)),
      end: positionAt(parts.starts, parts.file.place(span.end)),
    };
  const { text, starts } = linesOf(context, file);
  return {
    start: positionAt(starts, clamp(span.start, text)),
    end: positionAt(starts, clamp(span.end, text)),
  };
}

/** The document and the range of a place: of a notebook that is open, the cell. */
export function locationOf(
  context: Context,
  { file, span }: Place,
): { uri: string; range: { start: Position; end: Position } } {
  const notebook = context.documents.get(file)?.notebook;
  const at = notebook === undefined ? undefined : placeInCell(notebook, span);
  return at === undefined
    ? { uri: uriFor(context, file), range: rangeOf(context, file, span) }
    : { uri: at.cell.uri, range: at.range };
}

/** The file of a document that a client names: of a cell, its notebook. */
export function fileOf(context: Context, uri: string): FileId {
  const file = fileId(uri);
  return context.cells.get(file) ?? file;
}

/** The offset in the engine's text of a position in a document; undefined where nothing of it is analysed. */
export function offsetOf(context: Context, uri: string, position: Position): number | undefined {
  const document = context.documents.get(fileOf(context, uri));
  if (document === undefined) return undefined;
  if (document.notebook !== undefined) return offsetInProgram(document.notebook, uri, position);
  const { text, starts } = document;
  return Math.max(
    0,
    clampedOffset(text, starts, position.line, position.character) - bomLength(text),
  );
}

/** "cell 3, line 2", or "line 2" where there are no cells; from 1. */
export function lineWords(context: Context, place: Place): string {
  const cell = cellOf(context, place);
  return cell === undefined
    ? `line ${lineOf(context, place)}`
    : `cell ${cell.number}, line ${cell.line}`;
}

/** Where people see a place of a notebook, open or not; from 1. */
export function cellOf(
  context: Context,
  { file, span }: Place,
): { readonly number: number; readonly line: number } | undefined {
  const notebook = context.documents.get(file)?.notebook;
  const open = notebook === undefined ? undefined : placeInCell(notebook, span);
  if (open !== undefined) return { number: open.number, line: open.range.start.line + 1 };
  const at = context.embedded.get(file)?.file.cell(span.start);
  if (at === undefined) return undefined;
  return { number: at.number, line: positionAt(lineStarts(at.text), at.offset).line + 1 };
}

/** The line of a place, from 1. */
export function lineOf(context: Context, { file, span }: Place): number {
  return rangeOf(context, file, span).start.line + 1;
}

/** The line of the engine's text that holds an offset, without its end. */
export function lineAt(
  context: Context,
  file: FileId,
  offset: number,
): { readonly start: number; readonly text: string } {
  const { text, starts } = linesOf(context, file);
  const { line } = positionAt(starts, clamp(offset, text));
  const start = starts[line] ?? 0;
  const end = starts[line + 1] ?? text.length;
  return { start, text: text.slice(start, end).replace(/[\r\n]+$/, "") };
}

function clamp(offset: number, text: string): number {
  return Math.max(0, Math.min(offset, text.length));
}

function linesOf(
  context: Context,
  file: FileId,
): { readonly text: string; readonly starts: Uint32Array } {
  const text = context.engine.text(file) ?? "";
  const known = context.lines.get(file);
  if (known !== undefined && known.text === text) return known;
  if (context.lines.size >= 64) context.lines.clear();
  const lines = { text, starts: lineStarts(text) };
  context.lines.set(file, lines);
  return lines;
}

/** The URI to name a file by: the client's own spelling where it has one. */
export function uriFor(context: Context, file: FileId): string {
  return context.documents.get(file)?.uri ?? uriOf(file);
}

/** Where a rule's page opens: in the client itself if it shows pages, else the file that came with the server, else its address on the web, else "". */
export function pageOf(context: Context, rule: string): string {
  const info = context.engine.rule(rule);
  if (info === undefined) return "";
  // A client that asks for the pages is given all; of a rule of the project's own there is nothing but that.
  if (context.client.pages !== undefined) return `${context.client.pages}/${info.id}.md`;
  if (context.pages !== undefined && info.page !== "" && info.url !== "")
    return `${context.pages}/${info.id}.md`;
  return info.url;
}

/** A file's path for people: relative to its folder. */
export function shortPath(context: Context, file: FileId): string {
  const folder = context.folders.of(file);
  if (folder !== undefined) return file.slice(folder.root.length + 1);
  return file.slice(file.lastIndexOf("/") + 1);
}
