// The commands of the palette, and the menu behind the status item.

import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import type { ScanFileParams, ScanProgress, ScanResult } from "../server/lsp/protocol.ts";
import type { FindingsView } from "./findings-view.ts";
import { percentOf, progressText, summary } from "./scan-text.ts";
import { MENU_COMMAND, type StatusItem } from "./status.ts";

export interface Session {
  /** The running client, or undefined while there is none. */
  readonly client: () => BaseLanguageClient | undefined;
  readonly output: vscode.LogOutputChannel;
  readonly status: StatusItem;
  /** The view that a scan fills. */
  readonly view: FindingsView;
  readonly restart: () => Promise<void>;
}

export function registerCommands(context: vscode.ExtensionContext, session: Session): void {
  const commands: Readonly<Record<string, () => unknown>> = {
    "skeptic.scanWorkspace": () => withServer(session, (client) => scan(session, client)),
    "skeptic.scanFile": () => withServer(session, scanFile),
    "skeptic.clearResults": () => withServer(session, (client) => clearResults(session, client)),
    "skeptic.restart": () => session.restart(),
    "skeptic.showOutput": () => session.output.show(),
    [MENU_COMMAND]: () => showMenu(session),
  };
  for (const [id, run] of Object.entries(commands)) {
    context.subscriptions.push(vscode.commands.registerCommand(id, run));
  }
}

async function withServer<T>(
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
  const restart = "Restart Server";
  const answer = await vscode.window.showWarningMessage("Skeptic is not running.", restart);
  if (answer === restart) await session.restart();
  return undefined;
}

async function scan(session: Session, client: BaseLanguageClient): Promise<ScanResult | undefined> {
  if (session.status.current().state !== "off") return scanWorkspace(session, client);
  void vscode.window.showInformationMessage(
    "Skeptic is off here (setting skeptic.enable): nothing was scanned.",
  );
  return undefined;
}

/** Analyses every file of the workspace; the findings appear as they come. */
function scanWorkspace(
  session: Session,
  client: BaseLanguageClient,
): Promise<ScanResult | undefined> {
  const options: vscode.ProgressOptions = {
    location: vscode.ProgressLocation.Notification,
    title: "Skeptic: scanning the workspace",
    cancellable: true,
  };
  // Now, and not when it is done: then a person may be typing elsewhere.
  session.view.show();
  return Promise.resolve(
    vscode.window.withProgress(options, async (progress, token) => {
      let percent = 0;
      const listener = client.onNotification("skeptic/scanProgress", (params: ScanProgress) => {
        const next = percentOf(params);
        progress.report({ increment: Math.max(0, next - percent), message: progressText(params) });
        percent = Math.max(percent, next);
      });
      try {
        const result = await client.sendRequest<ScanResult>("skeptic/scanWorkspace", {}, token);
        session.view.say(summary(result));
        return result;
      } catch (error) {
        if (token.isCancellationRequested) return undefined;
        throw error;
      } finally {
        listener.dispose();
      }
    }),
  );
}

async function clearResults(session: Session, client: BaseLanguageClient): Promise<void> {
  await client.sendRequest("skeptic/clearResults");
  session.view.say("");
}

async function scanFile(client: BaseLanguageClient): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document === undefined) {
    void vscode.window.showInformationMessage("Skeptic: open a file first.");
    return;
  }
  const uri = client.code2ProtocolConverter.asUri(document.uri);
  await client.sendRequest("skeptic/scanFile", { uri } satisfies ScanFileParams);
}

async function showMenu(session: Session): Promise<void> {
  const items = [
    { label: "$(search) Scan Workspace", command: "skeptic.scanWorkspace" },
    { label: "$(file) Scan Current File", command: "skeptic.scanFile" },
    { label: "$(clear-all) Clear Workspace Results", command: "skeptic.clearResults" },
    { label: "$(debug-restart) Restart Server", command: "skeptic.restart" },
    { label: "$(output) Show Output", command: "skeptic.showOutput" },
  ];
  const broken = session.status.current().state === "broken";
  // When it is broken, what helps comes first.
  const ordered = broken ? [...items.slice(3), ...items.slice(0, 3)] : items;
  const chosen = await vscode.window.showQuickPick(ordered, { title: "Skeptic" });
  if (chosen !== undefined) await vscode.commands.executeCommand(chosen.command);
}
