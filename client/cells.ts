// Cells of notebooks as places: where a document stands for people, and how it is shown.

import * as vscode from "vscode";

/** The cell that a document is, and its notebook; undefined for any other document. */
function cellOf(uri: vscode.Uri): vscode.NotebookCell | undefined {
  const wanted = uri.toString();
  for (const notebook of vscode.workspace.notebookDocuments)
    for (const cell of notebook.getCells())
      if (cell.document.uri.toString() === wanted) return cell;
  return undefined;
}

/** The document of a cell (from 1) of a notebook, which is opened for it; undefined where there is none. */
export async function openedCell(
  notebook: vscode.Uri,
  number: number,
): Promise<vscode.Uri | undefined> {
  const opened = await vscode.workspace.openNotebookDocument(notebook);
  return number <= opened.cellCount ? opened.cellAt(number - 1).document.uri : undefined;
}

/** The file of a document: of a cell, that of its notebook. */
export function fileOf(uri: vscode.Uri): vscode.Uri {
  return cellOf(uri)?.notebook.uri ?? uri;
}

/**
 * Shows a place: in a notebook, its cell with the cursor in it. `number` (from 1) is the cell of a notebook that is not open;
 * then the range is one of its file, where nobody looks. Undefined where there is no editor with a cursor.
 */
export async function showPlace(
  uri: vscode.Uri,
  range: vscode.Range,
  {
    number,
    viewColumn,
    preserveFocus = false,
  }: {
    readonly number?: number | undefined;
    readonly viewColumn?: vscode.ViewColumn | undefined;
    readonly preserveFocus?: boolean;
  } = {},
): Promise<vscode.TextEditor | undefined> {
  const cell = cellOf(uri);
  if (cell !== undefined) return showCell(cell, range, viewColumn);
  if (number !== undefined) {
    await showNotebook(uri, number - 1, viewColumn);
    return undefined;
  }
  const editor = await vscode.window.showTextDocument(uri, {
    selection: range,
    preview: true,
    preserveFocus,
    ...(viewColumn === undefined ? {} : { viewColumn }),
  });
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  return editor;
}

async function showCell(
  { notebook, index, document }: vscode.NotebookCell,
  range: vscode.Range,
  viewColumn: vscode.ViewColumn | undefined,
): Promise<vscode.TextEditor | undefined> {
  await showNotebook(notebook.uri, index, viewColumn);
  await vscode.commands.executeCommand("notebook.cell.edit");
  const own = vscode.window.visibleTextEditors.find((one) => one.document === document);
  if (own === undefined) return undefined;
  own.selection = new vscode.Selection(range.start, range.end);
  own.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  return own;
}

/** By the command, since `showNotebookDocument` fails for a notebook that was closed a moment ago. */
async function showNotebook(
  uri: vscode.Uri,
  cell: number,
  viewColumn: vscode.ViewColumn | undefined,
): Promise<void> {
  const editorOf = (): vscode.NotebookEditor | undefined =>
    vscode.window.visibleNotebookEditors.find(
      ({ notebook }) => notebook.uri.toString() === uri.toString(),
    );
  const column = viewColumn ?? editorOf()?.viewColumn;
  await vscode.commands.executeCommand("vscode.open", uri, column);
  const editor = editorOf();
  if (editor === undefined) return;
  const cells = new vscode.NotebookRange(cell, cell + 1);
  editor.selections = [cells];
  editor.revealRange(cells, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
}
