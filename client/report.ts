// The report on a folder, as a page in the editor and as a file. The server writes it; the page has no scripts.

import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import type {
  ReportParams,
  ReportProgress,
  ReportResult,
  ReportTextParams,
} from "../server/lsp/protocol.ts";
import type { Session } from "./commands.ts";
import * as l10n from "./l10n.ts";

const PANEL = "skeptic.report";

interface Shown {
  readonly panel: vscode.WebviewPanel;
  readonly folder: vscode.WorkspaceFolder;
}

/** One page is enough: a new report takes the place of the old one. */
let shown: Shown | undefined;

export async function showReport(session: Session, client: BaseLanguageClient): Promise<void> {
  if (session.status.current().state === "off") {
    void vscode.window.showInformationMessage(
      l10n.t("Skeptic is off here (setting skeptic.enable): there is no report."),
    );
    return;
  }
  const folder = await chosenFolder(l10n.t("The report is about"));
  if (folder === undefined) return;
  const result = await make(client, folder);
  if (result?.problem !== undefined)
    void vscode.window.showWarningMessage(
      l10n.t("Skeptic: there is no report: {0}.", result.problem),
    );
  if (result?.html !== undefined) show(folder, result.html);
}

/** Of the folders that are open, the only one or the one that is picked. */
export async function chosenFolder(
  placeHolder: string,
): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    void vscode.window.showInformationMessage(l10n.t("Skeptic: open a folder first."));
    return undefined;
  }
  if (folders.length === 1) return folders[0];
  return vscode.window.showWorkspaceFolderPick({ placeHolder });
}

/** Undefined when it was cancelled. */
async function make(
  client: BaseLanguageClient,
  folder: vscode.WorkspaceFolder,
): Promise<ReportResult | undefined> {
  const options: vscode.ProgressOptions = {
    location: vscode.ProgressLocation.Notification,
    title: l10n.t("Skeptic: making the report"),
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, token) => {
    const listener = client.onNotification("skeptic/reportProgress", ({ text }: ReportProgress) =>
      progress.report({ message: text }),
    );
    try {
      const params: ReportParams = { folder: uriOf(client, folder) };
      return await client.sendRequest<ReportResult>("skeptic/report", params, token);
    } catch (error) {
      if (token.isCancellationRequested) return undefined;
      throw error;
    } finally {
      listener.dispose();
    }
  });
}

function show(folder: vscode.WorkspaceFolder, html: string): void {
  const panel = shown?.panel ?? create();
  shown = { panel, folder };
  panel.title = l10n.t("Report: {0}", folder.name);
  panel.webview.html = html;
  panel.reveal();
}

function create(): vscode.WebviewPanel {
  const panel = vscode.window.createWebviewPanel(
    PANEL,
    l10n.t("Report"),
    vscode.ViewColumn.Active,
    {
      enableScripts: false,
      enableFindWidget: true,
      localResourceRoots: [],
    },
  );
  panel.onDidDispose(() => {
    if (shown?.panel === panel) shown = undefined;
  });
  return panel;
}

interface Choice extends vscode.QuickPickItem {
  readonly format: ReportTextParams["format"];
}

const choices = (): readonly Choice[] => [
  { format: "html", label: "HTML", description: l10n.t("one page, to read, print or hand on") },
  { format: "md", label: "Markdown", description: l10n.t("the same as tables") },
  { format: "json", label: "JSON", description: l10n.t("all of it as data") },
];

/** Writes the report that is shown to a file. */
export async function exportReport(client: BaseLanguageClient): Promise<void> {
  const folder = shown?.folder;
  if (folder === undefined) return;
  const chosen = await vscode.window.showQuickPick(choices(), { title: l10n.t("Export Report") });
  if (chosen === undefined) return;
  const { format, label } = chosen;
  const target = await vscode.window.showSaveDialog({
    title: l10n.t("Export Report"),
    defaultUri: vscode.Uri.joinPath(folder.uri, `skeptic-report.${format}`),
    filters: { [label]: [format] },
  });
  if (target === undefined) return;
  const params: ReportTextParams = { folder: uriOf(client, folder), format };
  const text = await client.sendRequest<string | null>("skeptic/reportText", params);
  if (text === null) {
    void vscode.window.showWarningMessage(
      l10n.t("Skeptic: the report is gone. Show it again first."),
    );
    return;
  }
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  vscode.window.setStatusBarMessage(l10n.t("Skeptic: the report is written"), 4000);
}

function uriOf(client: BaseLanguageClient, folder: vscode.WorkspaceFolder): string {
  return client.code2ProtocolConverter.asUri(folder.uri);
}
