// "Why No Finding Here?": the server's answers for the cursor, in a list that leads to the lines they speak of.

import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import type { WhyResult } from "../server/lsp/protocol.ts";
import { showPlace } from "./cells.ts";
import * as l10n from "./l10n.ts";

type Answer = WhyResult["reasons"][number];

export async function whyHere(client: BaseLanguageClient): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    void vscode.window.showInformationMessage(l10n.t("Skeptic: open a file first."));
    return;
  }
  const { reasons } = await client.sendRequest<WhyResult>("skeptic/why", {
    textDocument: { uri: client.code2ProtocolConverter.asUri(editor.document.uri) },
    position: editor.selection.active,
  });
  const chosen = await vscode.window.showQuickPick(
    reasons.map((answer) => ({
      label: answer.text,
      ...(answer.place === undefined ? {} : { detail: l10n.t("Go to this line") }),
      answer,
    })),
    { title: l10n.t("Why no finding on line {0}?", editor.selection.active.line + 1) },
  );
  if (chosen !== undefined) await goTo(client, chosen.answer);
}

async function goTo(client: BaseLanguageClient, { place }: Answer): Promise<void> {
  if (place === undefined) return;
  const { line, character } = place;
  const at = new vscode.Range(line, character, line, character);
  await showPlace(client.protocol2CodeConverter.asUri(place.uri), at);
}
