// The baseline in the editor: making it, and showing what it hides.

import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import type { MakeBaselineParams, MakeBaselineResult } from "../server/lsp/protocol.ts";
import type { Session } from "./commands.ts";

interface Choice extends vscode.QuickPickItem {
  readonly which: "all" | "closed";
}

const CHOICES: readonly Choice[] = [
  {
    which: "closed",
    label: "Findings in files that are not open",
    description: "those you see now stay",
  },
  { which: "all", label: "All findings", description: "only what comes from now on is shown" },
];

/** Asks which, writes the file, and says how many. */
export async function makeBaseline(session: Session, client: BaseLanguageClient): Promise<void> {
  const chosen = await vscode.window.showQuickPick(CHOICES, {
    title: "Make These the Baseline",
    placeHolder: "Not shown any more, here and on the command line",
  });
  if (chosen === undefined) return;
  const options: vscode.ProgressOptions = {
    location: vscode.ProgressLocation.Notification,
    title: "Skeptic: looking at all files",
    cancellable: true,
  };
  const asUri = (uri: vscode.Uri): string => client.code2ProtocolConverter.asUri(uri);
  const except = chosen.which === "all" ? [] : inTabs().map(asUri);
  const params: MakeBaselineParams = { except };
  const { files, problem } = await vscode.window.withProgress(options, (_, token) =>
    client.sendRequest<MakeBaselineResult>("skeptic/makeBaseline", params, token),
  );
  if (problem !== undefined) {
    void vscode.window.showWarningMessage(`Skeptic: there is no new baseline: ${problem}.`);
    return;
  }
  let findings = 0;
  for (const { uri, text, findings: count } of files) {
    const target = client.protocol2CodeConverter.asUri(uri);
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
    findings += count;
  }
  if (files.length === 0) return;
  session.view.say(
    `${findings} ${findings === 1 ? "finding is" : "findings are"} in the baseline now (.skeptic/baseline.json).`,
  );
}

/** What is open for a person: the workbench opens further documents by itself. */
function inTabs(): readonly vscode.Uri[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap(({ input }) => {
      if (input instanceof vscode.TabInputText) return [input.uri];
      if (input instanceof vscode.TabInputTextDiff) return [input.modified];
      return [];
    });
}

/** Where the setting is written: a folder's own value would win over the workspace's. */
export async function showKnown(isShown: boolean): Promise<void> {
  const target =
    vscode.workspace.workspaceFolders === undefined
      ? vscode.ConfigurationTarget.Global
      : vscode.ConfigurationTarget.Workspace;
  await vscode.workspace
    .getConfiguration("skeptic")
    .update("newFindingsOnly", isShown ? false : undefined, target);
}
