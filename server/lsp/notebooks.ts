/** Open notebooks: their programs into the engine, edit by edit. To all else a notebook is one document, its program. */
import {
  type DidChangeNotebookDocumentParams,
  type DidCloseNotebookDocumentParams,
  type DidOpenNotebookDocumentParams,
  type NotebookCell,
  NotebookCellKind,
  type TextDocumentItem,
} from "vscode-languageserver";
import { lineStarts } from "../base/text.ts";
import { classify } from "../engine/classify.ts";
import type { Context } from "./context.ts";
import {
  applyChanges,
  isFaithful,
  type OpenDocument,
  openDocument,
  spliceLineStarts,
  wholeEdit,
} from "./document.ts";
import type { DocumentEvents } from "./documents.ts";
import { fileId, isEditedScheme, schemeOf } from "./file-id.ts";
import { moveFindings, movePlaces } from "./moved.ts";
import { kernelOf, type OpenCell, type OpenNotebook, programOf } from "./notebook.ts";
import { type ChangeId, changeId } from "./origins.ts";

export interface NotebookSync {
  open(params: DidOpenNotebookDocumentParams): void;
  change(params: DidChangeNotebookDocumentParams): void;
  close(params: DidCloseNotebookDocumentParams): void;
  /** Settings changed: notebooks that are silenced leave the engine, the others come in. */
  resync(): void;
}

export interface NotebookEvents
  extends Pick<DocumentEvents, "opened" | "changed" | "edited" | "closed"> {
  /** Nothing is to be shown at these cells any more. */
  cellsClosed(uris: readonly string[]): void;
}

type Opened = OpenDocument & { readonly notebook: OpenNotebook };

export function createNotebookSync(context: Context, events: NotebookEvents): NotebookSync {
  const { engine, documents, folders, cells: homes } = context;

  const isAnalysed = (document: Opened): boolean => {
    document.skipped = undefined;
    if (folders.silences(document.file)) return false;
    const reason = classify(document.file, document.text);
    if (reason === "binary" || reason === "too-large") document.skipped = reason;
    return document.skipped === undefined;
  };
  const give = (document: Opened): void => {
    const { file, text, notebook, languageId } = document;
    if (!isAnalysed(document)) {
      if (engine.has(file)) engine.remove(file);
      return;
    }
    const { parts } = notebook.program;
    engine.set(file, text, { languageId, parts, open: true, editable: isFaithful(document) });
  };
  const opened = (uri: string): Opened | undefined => {
    const document = documents.get(fileId(uri));
    return document?.notebook === undefined ? undefined : (document as Opened);
  };
  /** `change` is the one of a cell, or of the notebook, that its program now follows. */
  const bringUpToDate = (document: Opened, change: ChangeId): void => {
    const { notebook, file } = document;
    const program = programOf(notebook);
    const before = document.text;
    const edit = wholeEdit(before, program.text);
    const isOther = program.language !== document.languageId;
    notebook.program = program;
    document.languageId = program.language;
    document.text = program.text;
    document.starts = spliceLineStarts(document.starts, program.text, edit);
    if (document.shown !== undefined) document.shown = moveFindings(document.shown, file, [edit]);
    document.edited = movePlaces(document.edited, [edit]);
    if (isOther || !engine.has(file) || !isAnalysed(document)) give(document);
    else engine.edit(file, [edit], program.parts);
    if (edit.start < edit.end || edit.newText !== "")
      events.changed(document, before, [edit], change);
  };

  return {
    open({ notebookDocument, cellTextDocuments }) {
      const { uri, version, cells, metadata } = notebookDocument;
      if (!isEditedScheme(uri)) return;
      const file = fileId(uri);
      const texts = new Map(cellTextDocuments.map((one) => [one.uri, one]));
      const own = { cells: cells.map((one) => cellOf(one, texts)), kernel: kernelOf(metadata) };
      const program = programOf(own);
      const document: Opened = {
        ...openDocument(file, uri, program.language, version, program.text),
        notebook: { ...own, program, given: new Map() },
      };
      for (const cell of own.cells) homes.set(fileId(cell.uri), file);
      documents.set(file, document);
      give(document);
      events.opened(document);
    },
    change({ notebookDocument, change }) {
      const document = opened(notebookDocument.uri);
      if (document === undefined) return;
      const { notebook, file } = document;
      const { structure, data, textContent } = change.cells ?? {};
      document.version = notebookDocument.version;
      document.editedAt = Date.now();
      document.deleted = false;
      if (change.metadata !== undefined) notebook.kernel = kernelOf(change.metadata);
      if (structure !== undefined) {
        const texts = new Map((structure.didOpen ?? []).map((one) => [one.uri, one]));
        const { start, deleteCount, cells: added = [] } = structure.array;
        // A cell that moved keeps its document: it is not opened again.
        const known = new Map(notebook.cells.map((one) => [one.uri, one]));
        const cells = [...notebook.cells];
        cells.splice(start, deleteCount, ...added.map((one) => cellOf(one, texts, known)));
        notebook.cells = cells;
        const kept = new Set(cells.map((one) => one.uri));
        const closed = [...known.keys()].filter((one) => !kept.has(one));
        for (const one of closed) {
          homes.delete(fileId(one));
          notebook.given.delete(one);
        }
        for (const one of kept) homes.set(fileId(one), file);
        if (closed.length > 0) events.cellsClosed(closed);
      }
      for (const one of data ?? [])
        notebook.cells = notebook.cells.map((cell) =>
          cell.uri === one.document ? ofKind(cell, one) : cell,
        );
      if (structure !== undefined || data !== undefined || change.metadata !== undefined)
        bringUpToDate(document, changeId(document.uri, document.version));
      // Cell by cell: each says by itself how it came about, and what stands between two of them is as it was.
      for (const { document: changed, changes } of textContent ?? []) {
        const cell = notebook.cells.find(({ uri }) => uri === changed.uri);
        if (cell === undefined) continue;
        applyChanges(cell, changes);
        cell.version = changed.version;
        bringUpToDate(document, changeId(cell.uri, cell.version));
      }
      events.edited(document);
    },
    close({ notebookDocument }) {
      const document = opened(notebookDocument.uri);
      if (document === undefined) return;
      const { file, notebook } = document;
      documents.delete(file);
      for (const { uri } of notebook.cells) homes.delete(fileId(uri));
      if (engine.has(file)) {
        engine.close(file);
        if (schemeOf(file) === "untitled") engine.remove(file);
      }
      events.cellsClosed(notebook.cells.map(({ uri }) => uri));
      events.closed(file, (document.shown?.length ?? 0) > 0);
    },
    resync() {
      for (const { uri } of documents.values()) {
        const document = opened(uri);
        if (document !== undefined && isAnalysed(document) !== engine.has(document.file))
          give(document);
      }
    },
  };
}

function cellOf(
  cell: NotebookCell,
  texts: ReadonlyMap<string, TextDocumentItem>,
  known?: ReadonlyMap<string, OpenCell>,
): OpenCell {
  const item = texts.get(cell.document);
  const kept = known?.get(cell.document);
  if (item === undefined && kept !== undefined) return kept;
  const text = item?.text ?? "";
  const languageId = cell.kind === NotebookCellKind.Code ? (item?.languageId ?? "") : "";
  const version = item?.version ?? 0;
  return { uri: cell.document, languageId, version, text, starts: lineStarts(text) };
}

/** A cell whose metadata changed; it may have become Markdown, which is told before its text is opened anew. */
function ofKind(cell: OpenCell, { kind }: NotebookCell): OpenCell {
  return kind === NotebookCellKind.Code ? cell : { ...cell, languageId: "" };
}
