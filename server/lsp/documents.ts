/** Open documents: their texts into the engine, edit by edit. */
import type {
  DidChangeTextDocumentParams,
  DidCloseTextDocumentParams,
  DidOpenTextDocumentParams,
} from "vscode-languageserver";
import type { FileId } from "../base/brand.ts";
import type { Edit } from "../base/text.ts";
import { componentProgram } from "../embedded/component.ts";
import { isComponent, isNotebook } from "../embedded/document.ts";
import { classify, whySkipped } from "../engine/classify.ts";
import { isSilencingFile } from "../report/silences.ts";
import type { Context } from "./context.ts";
import {
  applyChanges,
  bomLength,
  isFaithful,
  type OpenDocument,
  openDocument,
  wholeEdit,
  withoutBom,
} from "./document.ts";
import { fileId, isEditedScheme, schemeOf } from "./file-id.ts";
import { moveFindings, movePlaces } from "./moved.ts";
import { type ChangeId, changeId } from "./origins.ts";

export interface DocumentEvents {
  opened(document: OpenDocument): void;
  /** It says what is not analysed or shown, and is itself not analysed: only who writes it is followed. */
  aside(document: OpenDocument): void;
  asideClosed(file: FileId): void;
  edited(document: OpenDocument): void;
  /** Before `edited`: what the text was, and the edits, each in offsets of the text before it (BOM counted). */
  changed(document: OpenDocument, before: string, edits: readonly Edit[], change: ChangeId): void;
  /** `hadFindings`: the client was last shown some. */
  closed(file: FileId, hadFindings: boolean): void;
}

export interface DocumentSync {
  open(params: DidOpenTextDocumentParams): void;
  change(params: DidChangeTextDocumentParams): void;
  close(params: DidCloseTextDocumentParams): void;
  /** Settings changed: documents that are silenced leave the engine, the others come in. */
  resync(): void;
}

export function createDocumentSync(context: Context, events: DocumentEvents): DocumentSync {
  const { engine, documents, folders, log } = context;
  const aside = new Map<FileId, OpenDocument>();

  const isAnalysed = (document: OpenDocument): boolean => {
    document.skipped = undefined;
    if (folders.silences(document.file)) return false;
    // As with files named on the command line: whoever opens a generated file wants to read it.
    const reason = classify(document.file, document.text);
    if (reason !== "binary" && reason !== "too-large") return true;
    document.skipped = reason;
    log.problem(`${document.file} is not analysed: ${whySkipped(reason)}`);
    return false;
  };
  const give = (document: OpenDocument): void => {
    const text = withoutBom(document.text);
    const editable = isFaithful(document);
    if (!isComponent(document.file)) {
      engine.set(document.file, text, { languageId: document.languageId, open: true, editable });
      return;
    }
    const program = componentProgram(text);
    document.program = program;
    const { language: languageId, parts } = program;
    engine.set(document.file, program.text, { languageId, parts, open: true, editable });
  };
  /** What stands around the scripts may have changed too, and with it where they are. */
  const editProgram = (document: OpenDocument): void => {
    const before = document.program;
    const program = componentProgram(withoutBom(document.text));
    if (before === undefined || before.language !== program.language) give(document);
    else {
      document.program = program;
      engine.edit(document.file, [wholeEdit(before.text, program.text)], program.parts);
    }
  };
  const edit = (document: OpenDocument, edits: readonly Edit[]): void => {
    if (isComponent(document.file)) editProgram(document);
    else engine.edit(document.file, edits);
  };
  const sync = (document: OpenDocument): void => {
    if (isAnalysed(document)) give(document);
    else if (engine.has(document.file)) engine.remove(document.file);
  };

  return {
    open({ textDocument }) {
      const file = fileId(textDocument.uri);
      const { uri, languageId, version, text } = textDocument;
      // A notebook that is looked at as text is JSON; its cells come as a notebook.
      if (!isEditedScheme(uri) || isNotebook(file)) return;
      const document = openDocument(file, uri, languageId, version, text);
      if (!engine.wants(file, languageId)) {
        if (!isSilencingFile(file)) return;
        aside.set(file, document);
        events.aside(document);
        return;
      }
      documents.set(file, document);
      sync(document);
      events.opened(document);
    },
    change({ textDocument, contentChanges }) {
      const file = fileId(textDocument.uri);
      const document = documents.get(file) ?? aside.get(file);
      if (document === undefined || document.notebook !== undefined) return;
      const before = document.text;
      const edits = applyChanges(document, contentChanges);
      document.version = textDocument.version;
      document.editedAt = Date.now();
      events.changed(document, before, edits, changeId(document.uri, document.version));
      if (aside.has(file)) return;
      document.deleted = false;
      const bom = bomLength(before);
      const isPlain = bom === bomLength(document.text) && edits.every((edit) => edit.start >= bom);
      const shifted =
        bom === 0
          ? edits
          : edits.map((edit) => ({
              start: edit.start - bom,
              end: edit.end - bom,
              newText: edit.newText,
            }));
      if (document.shown !== undefined)
        document.shown = isPlain ? moveFindings(document.shown, document.file, shifted) : [];
      document.edited = movePlaces(document.edited, shifted);
      const moves = edits.reduce(
        (sum, edit) => sum + edit.newText.length + edit.end - edit.start,
        0,
      );
      // Whether a text is too large or binary is asked again only when much of it changed.
      if (!isPlain || moves > 1000 || !engine.has(document.file)) {
        if (isPlain && engine.has(document.file) && isAnalysed(document)) edit(document, shifted);
        else sync(document);
      } else if (shifted.length > 0) edit(document, shifted);
      events.edited(document);
    },
    close({ textDocument }) {
      const file = fileId(textDocument.uri);
      const document = documents.get(file);
      if (document?.notebook !== undefined) return;
      if (aside.delete(file)) events.asideClosed(file);
      if (document === undefined) return;
      documents.delete(file);
      if (engine.has(file)) {
        engine.close(file);
        if (schemeOf(file) === "untitled") engine.remove(file);
      }
      events.closed(file, (document.shown?.length ?? 0) > 0);
    },
    resync() {
      for (const document of documents.values()) {
        if (document.notebook !== undefined) continue;
        if (isAnalysed(document) !== engine.has(document.file)) sync(document);
      }
    },
  };
}
