// The baseline in the editor: making it, and showing what it hides.

import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import type { MakeBaselineParams, MakeBaselineResult } from "../server/lsp/protocol.ts";
import type { Session } from "./commands.ts";
import * as l10n from "./l10n.ts";

const SETTING = "newFindingsOnly";

interface Choice extends vscode.QuickPickItem {
  readonly which: "all" | "closed";
}

const choices = (): readonly Choice[] => [
  {
    which: "closed",
    label: l10n.t("Findings in files that are not open"),
    description: l10n.t("those you see now stay"),
  },
  {
    which: "all",
    label: l10n.t("All findings"),
    description: l10n.t("only what comes from now on is shown"),
  },
];

/** Asks which, writes the file, and says how many. */
export async function makeBaseline(session: Session, client: BaseLanguageClient): Promise<void> {
  const chosen = await vscode.window.showQuickPick(choices(), {
    title: l10n.t("Make These the Baseline"),
    placeHolder: l10n.t("Not shown any more, here and on the command line"),
  });
  if (chosen === undefined) return;
  const options: vscode.ProgressOptions = {
    location: vscode.ProgressLocation.Notification,
    title: l10n.t("Skeptic: looking at all files"),
    cancellable: true,
  };
  const asUri = (uri: vscode.Uri): string => client.code2ProtocolConverter.asUri(uri);
  const except = chosen.which === "all" ? [] : inTabs().map(asUri);
  const params: MakeBaselineParams = { except };
  const { files, problem } = await vscode.window.withProgress(options, (_, token) =>
    client.sendRequest<MakeBaselineResult>("skeptic/makeBaseline", params, token),
  );
  if (problem !== undefined) {
    void vscode.window.showWarningMessage(
      l10n.t("Skeptic: there is no new baseline: {0}.", problem),
    );
    return;
  }
  let findings = 0;
  for (const { uri, text, findings: count } of files) {
    const target = client.protocol2CodeConverter.asUri(uri);
    try {
      await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
    } catch (error) {
      session.output.error(String(error));
      void vscode.window.showWarningMessage(
        l10n.t("Skeptic: {0} cannot be written.", vscode.workspace.asRelativePath(target)),
      );
      return;
    }
    findings += count;
  }
  if (files.length === 0) return;
  session.view.say(
    files.length > 1
      ? l10n.t("{0} findings are in the baselines now (.skeptic/baseline.json).", findings)
      : findings === 1
        ? l10n.t("1 finding is in the baseline now (.skeptic/baseline.json).")
        : l10n.t("{0} findings are in the baseline now (.skeptic/baseline.json).", findings),
  );
}

/** What is open for a person: the workbench opens further documents by itself. */
function inTabs(): readonly vscode.Uri[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap(({ input }) => {
      if (input instanceof vscode.TabInputText || input instanceof vscode.TabInputNotebook)
        return [input.uri];
      if (input instanceof vscode.TabInputTextDiff) return [input.modified];
      return [];
    });
}

/** Written for the whole workspace; a folder with a value of its own, which wins over that, gets another one. */
export async function showKnown(isShown: boolean): Promise<void> {
  const value = isShown ? false : undefined;
  const folders = vscode.workspace.workspaceFolders;
  const target =
    folders === undefined
      ? vscode.ConfigurationTarget.Global
      : vscode.ConfigurationTarget.Workspace;
  await vscode.workspace.getConfiguration("skeptic").update(SETTING, value, target);
  for (const { uri } of (folders ?? []).length > 1 ? (folders ?? []) : []) {
    const settings = vscode.workspace.getConfiguration("skeptic", uri);
    const own = settings.inspect<boolean>(SETTING)?.workspaceFolderValue;
    if (own !== undefined && own === isShown)
      await settings.update(SETTING, !isShown, vscode.ConfigurationTarget.WorkspaceFolder);
  }
}
