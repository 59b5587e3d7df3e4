// Edits that this extension makes because a person asked for them: no suggestion of anybody else.

import * as vscode from "vscode";

const underWay = new Set<string>();

/** False when it was turned down. */
export async function applyOwn(edit: vscode.WorkspaceEdit, uri: vscode.Uri): Promise<boolean> {
  const key = uri.toString();
  underWay.add(key);
  try {
    return await vscode.workspace.applyEdit(edit);
  } finally {
    underWay.delete(key);
  }
}

export function isOwnEdit({ document, contentChanges }: vscode.TextDocumentChangeEvent): boolean {
  return contentChanges.length > 0 && underWay.has(document.uri.toString());
}
