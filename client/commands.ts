// The commands of the palette, and the menu behind the status item.

import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import type { ScanFileParams } from "../server/lsp/protocol.ts";
import { makeBaseline, showKnown } from "./baseline.ts";
import type { FindingsView } from "./findings-view.ts";
import { generateFiles } from "./generate.ts";
import * as l10n from "./l10n.ts";
import { exportReport, showReport } from "./report.ts";
import { reviewAiChanges } from "./review.ts";
import { openSample } from "./sample.ts";
import { scanChanged, scanWorkspace } from "./scan.ts";
import { MENU_COMMAND, type StatusItem } from "./status.ts";
import { whyHere } from "./why.ts";

export interface Session {
  /** The running client, or undefined while there is none. */
  readonly client: () => BaseLanguageClient | undefined;
  readonly output: vscode.LogOutputChannel;
  readonly status: StatusItem;
  /** The view that a scan fills. */
  readonly view: FindingsView;
  readonly restart: () => Promise<void>;
  readonly setPaused: (isPaused: boolean) => Promise<void>;
  /** The workspace was scanned, or its results were taken away: a server that is started again goes on with that. */
  readonly setScanned: (isScanned: boolean) => void;
}

export function registerCommands(context: vscode.ExtensionContext, session: Session): void {
  const commands: Readonly<Record<string, () => unknown>> = {
    "skeptic.scanWorkspace": () => withServer(session, (client) => scanWorkspace(session, client)),
    "skeptic.scanChanged": () => withServer(session, (client) => scanChanged(session, client)),
    "skeptic.openSample": openSample,
    "skeptic.why": () => withServer(session, whyHere),
    "skeptic.makeBaseline": () => withServer(session, (client) => makeBaseline(session, client)),
    "skeptic.showKnown": () => showKnown(true),
    "skeptic.hideKnown": () => showKnown(false),
    "skeptic.scanFile": () => withServer(session, scanFile),
    "skeptic.reviewAiChanges": () => withServer(session, reviewAiChanges),
    "skeptic.clearResults": () => withServer(session, (client) => clearResults(session, client)),
    "skeptic.showReport": () => withServer(session, (client) => showReport(session, client)),
    "skeptic.generate": () => withServer(session, (client) => generateFiles(session, client)),
    "skeptic.exportReport": () => withServer(session, exportReport),
    "skeptic.restart": () => session.restart(),
    "skeptic.pause": () => session.setPaused(true),
    "skeptic.resume": () => session.setPaused(false),
    "skeptic.showOutput": () => session.output.show(),
    [MENU_COMMAND]: () => showMenu(session),
  };
  for (const [id, run] of Object.entries(commands)) {
    context.subscriptions.push(vscode.commands.registerCommand(id, run));
  }
}

export async function withServer<T>(
  session: Session,
  use: (client: BaseLanguageClient) => Promise<T>,
): Promise<T | undefined> {
  const client = session.client();
  if (client?.isRunning()) {
    try {
      return await use(client);
    } catch (error) {
      session.output.error(String(error));
      const message = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(`Skeptic: ${message}`);
      return undefined;
    }
  }
  const restart = l10n.t("Restart Server");
  const answer = await vscode.window.showWarningMessage(l10n.t("Skeptic is not running."), restart);
  if (answer === restart) await session.restart();
  return undefined;
}

async function clearResults(session: Session, client: BaseLanguageClient): Promise<void> {
  await client.sendRequest("skeptic/clearResults");
  session.setScanned(false);
  session.view.say("");
}

async function scanFile(client: BaseLanguageClient): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document === undefined) {
    void vscode.window.showInformationMessage(l10n.t("Skeptic: open a file first."));
    return;
  }
  const uri = client.code2ProtocolConverter.asUri(document.uri);
  await client.sendRequest("skeptic/scanFile", { uri } satisfies ScanFileParams);
}

async function showMenu(session: Session): Promise<void> {
  const items = [
    { label: `$(search) ${l10n.t("Scan Workspace")}`, command: "skeptic.scanWorkspace" },
    { label: `$(git-compare) ${l10n.t("Scan Changed Files")}`, command: "skeptic.scanChanged" },
    { label: `$(history) ${l10n.t("Make These the Baseline")}`, command: "skeptic.makeBaseline" },
    { label: `$(file) ${l10n.t("Scan Current File")}`, command: "skeptic.scanFile" },
    { label: `$(eye) ${l10n.t("Review AI Changes")}`, command: "skeptic.reviewAiChanges" },
    { label: `$(graph) ${l10n.t("Show Report")}`, command: "skeptic.showReport" },
    {
      label: `$(new-file) ${l10n.t("Add Protection to This Project…")}`,
      command: "skeptic.generate",
    },
    { label: `$(clear-all) ${l10n.t("Clear Workspace Results")}`, command: "skeptic.clearResults" },
    session.status.current().state === "paused"
      ? { label: `$(debug-start) ${l10n.t("Resume")}`, command: "skeptic.resume" }
      : { label: `$(debug-pause) ${l10n.t("Pause")}`, command: "skeptic.pause" },
    { label: `$(debug-restart) ${l10n.t("Restart Server")}`, command: "skeptic.restart" },
    { label: `$(output) ${l10n.t("Show Output")}`, command: "skeptic.showOutput" },
  ];
  const broken = session.status.current().state === "broken";
  // When it is broken, what helps comes first.
  const ordered = broken ? [...items.slice(-2), ...items.slice(0, -2)] : items;
  const chosen = await vscode.window.showQuickPick(ordered, { title: "Skeptic" });
  if (chosen !== undefined) await vscode.commands.executeCommand(chosen.command);
}
