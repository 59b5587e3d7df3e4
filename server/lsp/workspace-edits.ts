/** Fixes as workspace edits, bound to the text they are for. */
import {
  CreateFile,
  type SnippetTextEdit,
  type TextDocumentEdit,
  type TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver";
import type { FileId } from "../base/brand.ts";
import { hash128 } from "../base/hash.ts";
import { applyEdits, type Edit, lineStarts, positionAt } from "../base/text.ts";
import type { FileEdit, Fix, Grade } from "../engine/api.ts";
import { type Context, uriFor } from "./context.ts";
import { isFaithful } from "./document.ts";
import { type DocumentEdits, documentEdits } from "./document-edits.ts";

/** An edit, or one line why there is none. */
export type EditResult = { readonly edit: WorkspaceEdit } | { readonly refused: string };

const NEEDS_CONFIRMATION: Readonly<Record<Grade, string | undefined>> = {
  safe: undefined,
  suggested: "Suggested by Skeptic: read it before you apply it",
  placeholder: "Skeptic left a place for you to fill in; until then the code refuses to run",
  manual: undefined,
};

/** @param from the file in which it was chosen: holes in it are filled in at once, where the client can do that */
export async function workspaceEdit(
  context: Context,
  fix: Fix,
  from?: FileId,
): Promise<EditResult> {
  for (const edit of fix.edits) {
    const refused = await staleReason(context, edit);
    if (refused !== undefined) return { refused };
  }
  const creates = fix.creates ?? [];
  for (const { file } of creates)
    if (context.documents.has(file) || (await context.host.read(file)).kind !== "missing")
      return { refused: "there is a file by the name of the one that it would make" };
  const snippet = isSnippet(context, fix, from) ? snippetEdit(context, fix) : undefined;
  if (snippet !== undefined) return { edit: { documentChanges: [snippet] } };
  const label = NEEDS_CONFIRMATION[fix.grade];
  const { documentChanges, changeAnnotations } = context.client;
  const made = [...byFile(fix.edits)].map(([file, edits]) => documentEdits(context, file, edits));
  if (made.includes(undefined)) return { refused: "it cannot be made exactly there" };
  // Editors show cells of one notebook as one file, and cannot preview a change of several.
  const isPreviewable = made.every((some) => some?.length === 1);
  const annotationId =
    label !== undefined && changeAnnotations && isPreviewable ? "skeptic" : undefined;
  const parts = made
    .flatMap((some) => some ?? [])
    .map((one) => ({
      uri: one.uri,
      version: one.version,
      edits:
        annotationId === undefined
          ? toTextEdits(one, one.edits)
          : toTextEdits(one, merged(one.text, one.edits), annotationId),
    }));
  if (!documentChanges) {
    const changes: Record<string, TextEdit[]> = {};
    for (const { uri, edits } of parts) changes[uri] = edits;
    return { edit: { changes } };
  }
  const changes = [
    ...creates.flatMap((one) => newFile(uriFor(context, one.file), one.text, annotationId)),
    ...parts.map(
      ({ uri, version, edits }): TextDocumentEdit => ({ textDocument: { uri, version }, edits }),
    ),
  ];
  if (label === undefined || annotationId === undefined)
    return { edit: { documentChanges: changes } };
  return {
    edit: {
      documentChanges: changes,
      changeAnnotations: {
        [annotationId]: { label: fix.title, needsConfirmation: true, description: label },
      },
    },
  };
}

/** The cursor goes to what is to be written: nothing of it needs to be confirmed before. */
function isSnippet({ client, documents }: Context, fix: Fix, from: FileId | undefined): boolean {
  return (
    client.snippetEdits &&
    fix.creates === undefined &&
    fix.edits.every(({ file }) => file === from && documents.has(file)) &&
    fix.edits.some(({ edits }) => edits.some(({ holes }) => holes !== undefined))
  );
}

function snippetEdit(context: Context, fix: Fix): TextDocumentEdit | undefined {
  const [[file, edits] = ["", []]] = byFile(fix.edits);
  const [one, ...others] = documentEdits(context, file, edits) ?? [];
  if (one === undefined || others.length > 0) return undefined;
  let stop = 0;
  const plain = toTextEdits(one, one.edits);
  const made = plain.map(({ range, newText }, i): TextEdit | SnippetTextEdit => {
    const holes = one.edits[i]?.holes;
    if (holes === undefined) return { range, newText };
    let at = 0;
    let value = "";
    for (const { start, end } of holes) {
      stop++;
      value += `${escaped(newText.slice(at, start))}\${${stop}:${escaped(newText.slice(start, end))}}`;
      at = end;
    }
    return { range, snippet: { kind: "snippet", value: value + escaped(newText.slice(at)) } };
  });
  return { textDocument: { uri: one.uri, version: one.version }, edits: made };
}

/** As text of a snippet: https://microsoft.github.io/language-server-protocol/specifications/lsp/3.18/specification/#snippet_syntax */
function escaped(text: string): string {
  return text.replace(/[\\$}]/g, "\\$&");
}

/** It is made only if nothing is there. */
function newFile(
  uri: string,
  newText: string,
  annotationId: string | undefined,
): readonly (CreateFile | TextDocumentEdit)[] {
  const start = { line: 0, character: 0 };
  const noted = annotationId === undefined ? {} : { annotationId };
  return [
    CreateFile.create(uri, { overwrite: false, ignoreIfExists: false }, annotationId),
    {
      textDocument: { uri, version: null },
      edits: [{ range: { start, end: start }, newText, ...noted }],
    },
  ];
}

/** Why an edit is not for the text that the client or the disk now has. */
async function staleReason(context: Context, edit: FileEdit): Promise<string | undefined> {
  const { engine, documents, host } = context;
  if (engine.textHash(edit.file) !== edit.textHash)
    return "the text changed since the fix was made";
  const document = documents.get(edit.file);
  if (document !== undefined)
    return isFaithful(document) ? undefined : "the file is not valid UTF-8";
  const onDisk = await host.read(edit.file);
  if (onDisk.kind !== "text" || !onDisk.editable) return "a file it would change cannot be edited";
  return hash128(onDisk.text) === edit.textHash
    ? undefined
    : "a file it would change is not as it was analysed";
}

function byFile(edits: readonly FileEdit[]): Map<FileId, readonly Edit[]> {
  const files = new Map<FileId, readonly Edit[]>();
  for (const { file, edits: own } of edits) files.set(file, [...(files.get(file) ?? []), ...own]);
  return files;
}

/** One edit from the first to the last changed offset: an editor lets people confirm each edit by itself, and a part of a fix breaks the code. */
export function merged(text: string, edits: readonly Edit[]): readonly Edit[] {
  if (edits.length < 2) return edits;
  const start = Math.min(...edits.map((edit) => edit.start));
  const end = Math.max(...edits.map((edit) => edit.end));
  const after = applyEdits(text, edits);
  return [{ start, end, newText: after.slice(start, after.length - (text.length - end)) }];
}

/** Edits of the engine's text by document, of which a notebook has several. */
export function textEdits(
  context: Context,
  file: FileId,
  edits: readonly Edit[],
): { uri: string; version: number | null; edits: TextEdit[] }[] {
  const documents = documentEdits(context, file, edits) ?? [];
  return documents.map((one) => ({
    uri: one.uri,
    version: one.version,
    edits: toTextEdits(one, one.edits),
  }));
}

function toTextEdits(
  { text, bom }: Pick<DocumentEdits, "text" | "bom">,
  edits: readonly Edit[],
  annotationId?: string,
): TextEdit[] {
  const starts = lineStarts(text);
  /** The mark stands on the first line. */
  const position = (offset: number): TextEdit["range"]["start"] => {
    const { line, character } = positionAt(starts, Math.max(0, Math.min(offset, text.length)));
    return { line, character: line === 0 ? character + bom : character };
  };
  return edits.map((edit) => ({
    range: { start: position(edit.start), end: position(edit.end) },
    newText: edit.newText,
    ...(annotationId === undefined ? {} : { annotationId }),
  }));
}
