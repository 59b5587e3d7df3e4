// What the cases do with the editor, in words.

import * as assert from "node:assert/strict";
import * as vscode from "vscode";

export type Cases = Readonly<Record<string, () => Promise<void>>>;

/** Opens a file of a workspace folder, of the first unless another is named. */
export async function open(name: string, folder = 0): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(uriOf(name, folder));
  await vscode.window.showTextDocument(document);
  return document;
}

export function uriOf(name: string, folder = 0): vscode.Uri {
  const opened = vscode.workspace.workspaceFolders?.[folder];
  assert.ok(opened, "the folder is open");
  return vscode.Uri.joinPath(opened.uri, ...name.split("/"));
}

export function findingsOf(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "Skeptic");
}

export async function findingIn(uri: vscode.Uri, rule: string): Promise<vscode.Diagnostic> {
  const find = () => findingsOf(uri).find((each) => ruleOf(each) === rule);
  await until(`${rule} is reported in ${vscode.workspace.asRelativePath(uri)}`, () => {
    return find() !== undefined;
  });
  return find()!;
}

export async function silentIn(uri: vscode.Uri): Promise<void> {
  await until(`nothing is reported in ${vscode.workspace.asRelativePath(uri)}`, () => {
    return findingsOf(uri).length === 0;
  });
}

export async function scanned(): Promise<void> {
  await vscode.commands.executeCommand("skeptic.scanWorkspace");
}

export function ruleOf(diagnostic: vscode.Diagnostic): string {
  const code = diagnostic.code;
  return String(typeof code === "object" ? code.value : code);
}

export function textOf(content: vscode.MarkedString | vscode.MarkdownString): string {
  return typeof content === "string" ? content : content.value;
}

export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + 15_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited 15 s until ${what}`);
    await pause(50);
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
