// "Review AI Changes": walks through what an AI inserted and nobody has reviewed, what matters most first.

import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import type { AiChange, OriginPlace, ReviewedParams } from "../server/lsp/origin-protocol.ts";
import { openedCell, showPlace } from "./cells.ts";
import * as l10n from "./l10n.ts";
import { changeTitle, findingLabel, summaryOf } from "./review-text.ts";

const SAID_MS = 8000;

type Choice = vscode.QuickPickItem & {
  readonly step?: "reviewed" | "skip" | "stop";
  readonly at?: OriginPlace;
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
      const uri = client.code2ProtocolConverter.asUri(await documentOf(client, change));
      const params: ReviewedParams = { uri, range: change.range };
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
  const editor = await show(client, change).catch(() => undefined);
  if (editor === undefined) return "skip";
  editor.setDecorations(highlight, [range]);
  try {
    for (;;) {
      const chosen = await vscode.window.showQuickPick(choices(change), {
        title,
        placeHolder: change.sentence,
        ignoreFocusOut: true,
      });
      if (chosen === undefined) return "stop";
      if (chosen.step !== undefined) return chosen.step;
      if (chosen.at !== undefined) await show(client, chosen.at).catch(() => undefined);
    }
  } finally {
    editor.setDecorations(highlight, []);
  }
}

function choices(change: AiChange): Choice[] {
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
      at: finding,
    }),
  );
  const head = (label: string): Choice => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [
    ...steps,
    ...(silences.length === 0 ? [] : [head(l10n.t("Makes findings go away")), ...silences]),
    ...(findings.length === 0 ? [] : [head(l10n.t("Findings")), ...findings]),
  ];
}

/** Undefined where there is no editor with a cursor. */
async function show(
  client: BaseLanguageClient,
  place: OriginPlace,
): Promise<vscode.TextEditor | undefined> {
  const { start } = client.protocol2CodeConverter.asRange(place.range);
  return showPlace(await documentOf(client, place), new vscode.Range(start, start));
}

async function documentOf(
  client: BaseLanguageClient,
  { uri, cell }: OriginPlace,
): Promise<vscode.Uri> {
  const given = client.protocol2CodeConverter.asUri(uri);
  return cell === undefined ? given : ((await openedCell(given, cell)) ?? given);
}

function say(message: string): void {
  vscode.window.setStatusBarMessage(message, SAID_MS);
}
