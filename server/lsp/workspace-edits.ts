/** Fixes as workspace edits, bound to the text they are for. */
import type { TextDocumentEdit, TextEdit, WorkspaceEdit } from "vscode-languageserver";
import type { FileId } from "../base/brand.ts";
import { hash128 } from "../base/hash.ts";
import { applyEdits, type Edit, lineStarts, positionAt } from "../base/text.ts";
import type { FileEdit, Fix, Grade } from "../engine/api.ts";
import type { Context } from "./context.ts";
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

export async function workspaceEdit(context: Context, fix: Fix): Promise<EditResult> {
  for (const edit of fix.edits) {
    const refused = await staleReason(context, edit);
    if (refused !== undefined) return { refused };
  }
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
  const changes = parts.map(
    ({ uri, version, edits }): TextDocumentEdit => ({ textDocument: { uri, version }, edits }),
  );
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
