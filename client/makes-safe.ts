// "A function makes it safe": asks which one, shows the row for `.skeptic/rules` in the preview of the editor, and saves it.

import * as vscode from "vscode";
import type {
  FindingTarget,
  MakeSafeParams,
  MakeSafeResult,
  SafeCandidatesResult,
} from "../server/lsp/finding-protocol.ts";
import { type Session, withServer } from "./commands.ts";
import * as l10n from "./l10n.ts";
import { applyOwn } from "./own-edits.ts";

export async function makesSafe(session: Session, target: FindingTarget): Promise<void> {
  await withServer(session, async (client) => {
    const { candidates } = await client.sendRequest<SafeCandidatesResult>(
      "skeptic/safeCandidates",
      target,
    );
    if (candidates.length === 0) {
      const none = l10n.t("Skeptic: the data goes through no function that could make it safe");
      vscode.window.setStatusBarMessage(none, 4000);
      return;
    }
    const chosen = await vscode.window.showQuickPick(
      candidates.map((one) => ({
        label: one.function,
        description: l10n.t("called in {0}", one.where),
      })),
      {
        title: l10n.t("Skeptic: What Makes It Safe for {0}?", target.rule),
        placeHolder: l10n.t(
          "What it gives back is not reported any more, here and on the command line",
        ),
      },
    );
    if (chosen === undefined) return;
    const params: MakeSafeParams = { ...target, function: chosen.label };
    const result = await client.sendRequest<MakeSafeResult>("skeptic/makeSafe", params);
    if ("refused" in result) {
      void vscode.window.showWarningMessage(
        l10n.t("Skeptic: no row is written: {0}.", result.refused),
      );
      return;
    }
    const edit = await client.protocol2CodeConverter.asWorkspaceEdit(result.edit);
    const uri = client.protocol2CodeConverter.asUri(result.uri);
    if (await applyOwn(edit, uri)) await save(uri);
  });
}

/** The command line reads files. A person who turned the preview down has no changed document. */
async function save(uri: vscode.Uri): Promise<void> {
  const document = vscode.workspace.textDocuments.find(
    (one) => one.uri.toString() === uri.toString(),
  );
  if (document?.isDirty) await document.save();
}
