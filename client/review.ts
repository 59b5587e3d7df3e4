// "Review AI Changes": walks through what an AI inserted and nobody has reviewed, what matters most first.

import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import type { AiChange, ReviewedParams } from "../server/lsp/origin-protocol.ts";
import * as l10n from "./l10n.ts";
import { changeTitle, findingLabel, summaryOf } from "./review-text.ts";

const SAID_MS = 8000;

type Choice = vscode.QuickPickItem & {
  readonly step?: "reviewed" | "skip" | "stop";
  readonly at?: vscode.Range;
};

export async function reviewAiChanges(client: BaseLanguageClient): Promise<void> {
  const changes = await client.sendRequest<readonly AiChange[]>("skeptic/aiChanges", {});
  if (changes.length === 0) {
    say(l10n.t("Skeptic: no AI changes wait for a review."));
    return;
  }
  const highlight = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("editor.rangeHighlightBackground"),
  });
  let reviewed = 0;
  try {
    for (const [i, change] of changes.entries()) {
      const step = await look(client, change, changeTitle(change, i, changes.length), highlight);
      if (step === "stop") break;
      if (step === "skip") continue;
      const params: ReviewedParams = { uri: change.uri, range: change.range };
      await client.sendRequest("skeptic/reviewed", params);
      reviewed++;
    }
  } finally {
    highlight.dispose();
  }
  say(summaryOf(reviewed, changes.length));
}

/** Shows one change and asks what to do with it. Looking at a finding of it asks again. */
async function look(
  client: BaseLanguageClient,
  change: AiChange,
  title: string,
  highlight: vscode.TextEditorDecorationType,
): Promise<"reviewed" | "skip" | "stop"> {
  const range = client.protocol2CodeConverter.asRange(change.range);
  const uri = client.protocol2CodeConverter.asUri(change.uri);
  let editor: vscode.TextEditor;
  try {
    editor = await vscode.window.showTextDocument(uri, { preview: true });
  } catch {
    return "skip";
  }
  editor.setDecorations(highlight, [range]);
  show(editor, range);
  try {
    for (;;) {
      const chosen = await vscode.window.showQuickPick(choices(client, change), {
        title,
        placeHolder: change.sentence,
        ignoreFocusOut: true,
      });
      if (chosen === undefined) return "stop";
      if (chosen.step !== undefined) return chosen.step;
      if (chosen.at !== undefined) show(editor, chosen.at);
    }
  } finally {
    editor.setDecorations(highlight, []);
  }
}

function choices(client: BaseLanguageClient, change: AiChange): Choice[] {
  const steps: Choice[] = [
    { label: `$(check) ${l10n.t("Reviewed, go on")}`, step: "reviewed" },
    { label: `$(debug-step-over) ${l10n.t("Not now, go on")}`, step: "skip" },
    { label: `$(close) ${l10n.t("Stop")}`, step: "stop" },
  ];
  const silences = change.silences.map((words): Choice => ({ label: `$(eye-closed) ${words}` }));
  const findings = change.findings.map(
    (finding): Choice => ({
      label: `$(warning) ${findingLabel(finding)}`,
      description: finding.rule,
      at: client.protocol2CodeConverter.asRange(finding.range),
    }),
  );
  const head = (label: string): Choice => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [
    ...steps,
    ...(silences.length === 0 ? [] : [head(l10n.t("Makes findings go away")), ...silences]),
    ...(findings.length === 0 ? [] : [head(l10n.t("Findings")), ...findings]),
  ];
}

function show(editor: vscode.TextEditor, range: vscode.Range): void {
  editor.selection = new vscode.Selection(range.start, range.start);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

function say(message: string): void {
  vscode.window.setStatusBarMessage(message, SAID_MS);
}
