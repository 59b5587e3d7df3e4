// "Check Clipboard" and "Check Selection": a suggestion is looked at in the file it is for, before it is pasted.

import * as vscode from "vscode";
import type { TriedFinding, TryTextParams, TryTextResult } from "../server/lsp/finding-protocol.ts";
import { fileOf } from "./cells.ts";
import { type Session, withServer } from "./commands.ts";
import { COMPONENTS, LANGUAGES } from "./documents.ts";
import { type Documents, showPage } from "./explain.ts";
import * as l10n from "./l10n.ts";

const ICONS: Readonly<Record<TriedFinding["level"], string>> = {
  error: "$(error)",
  warning: "$(warning)",
  information: "$(info)",
  hint: "$(lightbulb)",
};

type Name = "clipboard" | "selection";

interface Words {
  readonly empty: () => string;
  readonly noFile: () => string;
  readonly title: (file: string, line: number) => string;
}

const WORDS: Readonly<Record<Name, Words>> = {
  clipboard: {
    empty: () => l10n.t("Skeptic: the clipboard is empty"),
    noFile: () => l10n.t("Skeptic: open the file that the clipboard is for first"),
    title: (file, line) => l10n.t("Skeptic: the clipboard in {0}, line {1}", file, line),
  },
  selection: {
    empty: () => l10n.t("Skeptic: the selection is empty"),
    noFile: () => l10n.t("Skeptic: open the file that the selection is for first"),
    title: (file, line) => l10n.t("Skeptic: the selection in {0}, line {1}", file, line),
  },
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
    name: Name,
    text: string,
    paste: (editor: vscode.TextEditor) => Choice[],
  ): Promise<void> => {
    const active = vscode.window.activeTextEditor;
    const editor = codeEditor(active) ?? last;
    if (text.trim() === "") return say(WORDS[name].empty());
    if (editor === undefined) return say(WORDS[name].noFile());
    const result = await ask(session, editor, text);
    if (result === undefined) return;
    if (result === null)
      return say(l10n.t("Skeptic: this file is not checked, or the text is too long"));
    const page = documents.keep(`${name}.md`, result.report);
    await show(name, editor, result, page, editor === active ? paste(editor) : []);
  };
  const commands: Readonly<Record<string, () => unknown>> = {
    "skeptic.checkClipboard": async () =>
      check("clipboard", await vscode.env.clipboard.readText(), () => [
        {
          label: `$(clippy) ${l10n.t("Paste it")}`,
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
  if (editor === undefined) return undefined;
  const selector = [
    ...LANGUAGES.map((language) => ({ language })),
    ...COMPONENTS.map((pattern) => ({ pattern })),
  ];
  return vscode.languages.match(selector, editor.document) > 0 ? editor : undefined;
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
  name: Name,
  { document, selection }: vscode.TextEditor,
  { findings, isBroken }: TryTextResult,
  page: vscode.Uri,
  paste: readonly Choice[],
): Promise<void> {
  const file = vscode.workspace.asRelativePath(fileOf(document.uri));
  const items: Choice[] = findings.map((finding) => ({
    label: `${ICONS[finding.level]} ${finding.title}`,
    description: `${finding.rule}, ${finding.where}`,
    detail: finding.message,
    run: () => showPage(page),
  }));
  if (findings.length === 0)
    items.push({ label: `$(pass) ${l10n.t("Nothing would be reported")}` });
  if (isBroken)
    items.push({
      label: `$(warning) ${l10n.t("It does not parse here")}`,
      description: l10n.t("so findings may be missing"),
    });
  if (paste.length > 0)
    items.push({ label: "", kind: vscode.QuickPickItemKind.Separator }, ...paste);
  const chosen = await vscode.window.showQuickPick(items, {
    title: WORDS[name].title(file, selection.active.line + 1),
    placeHolder: findings.length === 0 ? "" : l10n.t("Choose one to read all about it"),
    matchOnDetail: true,
  });
  await chosen?.run?.();
}

function say(text: string): void {
  vscode.window.setStatusBarMessage(text, 4000);
}
