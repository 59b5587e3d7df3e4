// "Check Clipboard" and "Check Selection": a suggestion is looked at in the file it is for, before it is pasted.

import * as vscode from "vscode";
import type { TriedFinding, TryTextParams, TryTextResult } from "../server/lsp/finding-protocol.ts";
import { type Session, withServer } from "./commands.ts";
import { LANGUAGES } from "./documents.ts";
import { type Documents, showPage } from "./explain.ts";

const ICONS: Readonly<Record<TriedFinding["level"], string>> = {
  error: "$(error)",
  warning: "$(warning)",
  information: "$(info)",
  hint: "$(lightbulb)",
};

interface Choice extends vscode.QuickPickItem {
  readonly run?: () => unknown;
}

export function registerChecks(
  context: vscode.ExtensionContext,
  session: Session,
  documents: Documents,
): void {
  let last = codeEditor(vscode.window.activeTextEditor);
  const check = async (
    name: string,
    text: string,
    paste: (editor: vscode.TextEditor) => Choice[],
  ): Promise<void> => {
    const active = vscode.window.activeTextEditor;
    const editor = codeEditor(active) ?? last;
    if (text.trim() === "") return say(`the ${name} is empty`);
    if (editor === undefined) return say(`open the file that the ${name} is for first`);
    const result = await ask(session, editor, text);
    if (result === undefined) return;
    if (result === null) return say("this file is not checked, or the text is too long");
    const page = documents.keep(`${name}.md`, result.report);
    await show(name, editor, result, page, editor === active ? paste(editor) : []);
  };
  const commands: Readonly<Record<string, () => unknown>> = {
    "skeptic.checkClipboard": async () =>
      check("clipboard", await vscode.env.clipboard.readText(), () => [
        {
          label: "$(clippy) Paste it",
          run: () => vscode.commands.executeCommand("editor.action.clipboardPasteAction"),
        },
      ]),
    "skeptic.checkSelection": () => {
      const editor = vscode.window.activeTextEditor;
      return check("selection", editor?.document.getText(editor.selection) ?? "", () => []);
    },
  };
  for (const [id, run] of Object.entries(commands))
    context.subscriptions.push(vscode.commands.registerCommand(id, run));
  context.subscriptions.push(
    vscode.window.onDidChangeActiveTextEditor((editor) => {
      last = codeEditor(editor) ?? last;
    }),
  );
}

function codeEditor(editor: vscode.TextEditor | undefined): vscode.TextEditor | undefined {
  return editor !== undefined && LANGUAGES.includes(editor.document.languageId)
    ? editor
    : undefined;
}

/** Undefined when the server is not there, which has been said. */
function ask(
  session: Session,
  { document, selection }: vscode.TextEditor,
  text: string,
): Promise<TryTextResult | null | undefined> {
  return withServer(session, (client) => {
    const { asUri, asRange } = client.code2ProtocolConverter;
    const params: TryTextParams = { uri: asUri(document.uri), range: asRange(selection), text };
    return client.sendRequest<TryTextResult | null>("skeptic/tryText", params);
  });
}

async function show(
  name: string,
  { document, selection }: vscode.TextEditor,
  { findings, isBroken }: TryTextResult,
  page: vscode.Uri,
  paste: readonly Choice[],
): Promise<void> {
  const file = vscode.workspace.asRelativePath(document.uri);
  const items: Choice[] = findings.map((finding) => ({
    label: `${ICONS[finding.level]} ${finding.title}`,
    description: `${finding.rule}, ${finding.where}`,
    detail: finding.message,
    run: () => showPage(page),
  }));
  if (findings.length === 0) items.push({ label: "$(pass) Nothing would be reported" });
  if (isBroken)
    items.push({
      label: "$(warning) It does not parse here",
      description: "so findings may be missing",
    });
  if (paste.length > 0)
    items.push({ label: "", kind: vscode.QuickPickItemKind.Separator }, ...paste);
  const chosen = await vscode.window.showQuickPick(items, {
    title: `Skeptic: the ${name} in ${file}, line ${selection.active.line + 1}`,
    placeHolder: findings.length === 0 ? "" : "Choose one to read all about it",
    matchOnDetail: true,
  });
  await chosen?.run?.();
}

function say(text: string): void {
  vscode.window.setStatusBarMessage(`Skeptic: ${text}`, 4000);
}
