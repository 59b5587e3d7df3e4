// "Ignore here" and "Ignore in this file": asks why and for how long, then writes the comment. And "Turn off in this workspace".

import * as vscode from "vscode";
import type { FindingTarget, IgnoreParams, IgnoreResult } from "../server/lsp/finding-protocol.ts";
import { type Session, withServer } from "./commands.ts";
import { terms } from "./ignore-text.ts";
import * as l10n from "./l10n.ts";

export async function ignore(session: Session, target: FindingTarget): Promise<void> {
  const { rule, scope = "lines" } = target;
  const title =
    scope === "file"
      ? l10n.t("Skeptic: Ignore {0} in this file", rule)
      : l10n.t("Skeptic: Ignore {0} here", rule);
  const reason = await askReason(title);
  if (reason === undefined) return;
  const term = await vscode.window.showQuickPick(terms(Date.now()), {
    title,
    placeHolder: l10n.t("For how long?"),
    ignoreFocusOut: true,
  });
  if (term === undefined) return;
  const { until } = term;
  await withServer(session, async (client) => {
    const params: IgnoreParams = {
      ...target,
      scope,
      reason,
      ...(until === undefined ? {} : { until }),
    };
    const result = await client.sendRequest<IgnoreResult>("skeptic/ignore", params);
    const edit =
      "edit" in result
        ? await client.protocol2CodeConverter.asWorkspaceEdit(result.edit)
        : undefined;
    const isDone = edit !== undefined && (await vscode.workspace.applyEdit(edit));
    if (isDone) return;
    const why = "refused" in result ? result.refused : l10n.t("the file cannot be edited");
    void vscode.window.showWarningMessage(l10n.t("Skeptic: {0} is not ignored: {1}.", rule, why));
  });
}

/** One line that is not empty; undefined when the person turns away. */
function askReason(title: string): Promise<string | undefined> {
  const box = vscode.window.createInputBox();
  box.title = title;
  box.prompt = l10n.t("Why is this safe? Others read it in the comment.");
  box.placeholder = l10n.t("admin tool, runs on my machine only");
  box.ignoreFocusOut = true;
  return new Promise((resolve) => {
    box.onDidChangeValue(() => {
      box.validationMessage = undefined;
    });
    box.onDidAccept(() => {
      const reason = box.value.trim();
      if (reason === "") {
        box.validationMessage = l10n.t("A reason is needed: without one nothing is ignored.");
        return;
      }
      resolve(reason);
      box.dispose();
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}

/** Writes `skeptic.rules` of the folder that holds the file; the rest of that setting stays. */
export async function turnOff({ uri, rule }: FindingTarget): Promise<void> {
  const resource = vscode.Uri.parse(uri);
  const folder = vscode.workspace.getWorkspaceFolder(resource);
  const settings = vscode.workspace.getConfiguration("skeptic", resource);
  const own = settings.inspect<Readonly<Record<string, string>>>("rules");
  const value = folder === undefined ? own?.workspaceValue : own?.workspaceFolderValue;
  const target =
    folder === undefined
      ? vscode.ConfigurationTarget.Workspace
      : vscode.ConfigurationTarget.WorkspaceFolder;
  try {
    await settings.update("rules", { ...value, [rule]: "off" }, target);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(
      l10n.t("Skeptic: the setting could not be written: {0}", why),
    );
  }
}
