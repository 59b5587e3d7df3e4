// Which finding a command of the palette is about: the one at the cursor, or one that the person chooses.

import * as vscode from "vscode";
import type { FindingTarget } from "../server/lsp/finding-protocol.ts";
import * as l10n from "./l10n.ts";

/** Undefined when the file has none, which is said in the status bar, or when nothing is chosen. */
export async function targetAtCursor(title: string): Promise<FindingTarget | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return undefined;
  const { document, selection } = editor;
  const all = vscode.languages
    .getDiagnostics(document.uri)
    .filter(({ source }) => source === "Skeptic")
    .flatMap((diagnostic) => {
      const target = targetOf(document.uri, diagnostic);
      return target === undefined ? [] : [{ diagnostic, target }];
    });
  const under = all.filter(({ diagnostic }) => diagnostic.range.contains(selection.active));
  const onLine = all.filter(
    ({ diagnostic: { range } }) =>
      range.start.line <= selection.active.line && selection.active.line <= range.end.line,
  );
  const near = [under, onLine, all].find((list) => list.length > 0) ?? [];
  if (near.length === 0)
    vscode.window.setStatusBarMessage(l10n.t("Skeptic: there is no finding in this file"), 4000);
  if (near.length < 2) return near[0]?.target;
  const items = near.map(({ diagnostic, target }) => ({
    label: diagnostic.message.split(". ")[0] ?? target.rule,
    description: l10n.t("{0}, line {1}", target.rule, diagnostic.range.start.line + 1),
    target,
  }));
  return (await vscode.window.showQuickPick(items, { title: `Skeptic: ${title}` }))?.target;
}

function targetOf(uri: vscode.Uri, diagnostic: vscode.Diagnostic): FindingTarget | undefined {
  const { data } = diagnostic as { data?: { readonly fingerprint?: string } };
  const code = typeof diagnostic.code === "object" ? diagnostic.code.value : diagnostic.code;
  if (data?.fingerprint === undefined || code === undefined) return undefined;
  return { uri: uri.toString(), fingerprint: data.fingerprint, rule: String(code) };
}
