// Starts the language server and connects it to the editor. No analysis happens here, and nothing of Node or a browser:
// node.ts and browser.ts are the entries, which know how a server is started there.

import * as vscode from "vscode";
import {
  type BaseLanguageClient,
  CloseAction,
  ErrorAction,
  type ErrorHandler,
  type LanguageClientOptions,
} from "vscode-languageclient";
import type { SkepticStatus } from "../server/lsp/protocol.ts";
import { registerCommands, type Session } from "./commands.ts";
import { DOCUMENTS } from "./documents.ts";
import { serveFiles } from "./files.ts";
import { findingOptions, registerFindingCommands } from "./finding-commands.ts";
import { createFindings } from "./findings.ts";
import { registerFindingsView } from "./findings-view.ts";
import { registerLanguageTools } from "./language-tools.ts";
import { createOriginClient, type OriginClient } from "./origin.ts";
import { createOriginMarks } from "./origin-marks.ts";
import { createStatusItem, type StatusItem } from "./status.ts";

const MAX_RESTARTS = 3;
const RESTART_WINDOW_MILLISECONDS = 3 * 60 * 1000;

/** Makes a client that is not started yet. */
export type CreateClient = (options: LanguageClientOptions) => BaseLanguageClient;

let client: BaseLanguageClient | undefined;

export async function activateWith(
  context: vscode.ExtensionContext,
  create: CreateClient,
): Promise<void> {
  const output = vscode.window.createOutputChannel("Skeptic", { log: true });
  const status = createStatusItem();
  const findings = createFindings();
  context.subscriptions.push(output, status, findings);
  const view = registerFindingsView(context, findings);

  const origin = createOriginClient(context, () => client);
  const marks = createOriginMarks(context, () => client);

  const start = async (): Promise<void> => {
    const started = createClient(create, session, origin);
    client = started;
    started.onNotification("skeptic/originsChanged", marks.changed);
    status.show({ state: "working", findings: 0 });
    try {
      await started.start();
    } catch (error) {
      output.error(String(error));
      status.show({ state: "broken", findings: 0, message: "the server could not start" });
    }
  };

  registerLanguageTools(context, () => client);
  const session: Session = {
    client: () => client,
    output,
    status,
    view,
    restart: async () => {
      await stop();
      await start();
    },
  };
  registerCommands(context, session);
  registerFindingCommands(context, session);
  context.subscriptions.push(
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      void client?.sendNotification("skeptic/trusted").catch(() => undefined);
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await stop();
}

/** Ends the client whatever state it is in; a client that never started has nothing to end. */
async function stop(): Promise<void> {
  const stopping = client;
  client = undefined;
  await stopping?.dispose().catch(() => undefined);
}

function createClient(
  create: CreateClient,
  session: Session,
  origin: OriginClient,
): BaseLanguageClient {
  const { output, status } = session;
  const { initializationOptions, middleware } = findingOptions(session);
  const clientOptions: LanguageClientOptions = {
    documentSelector: DOCUMENTS,
    outputChannel: output,
    traceOutputChannel: output,
    errorHandler: restartOnCrash(status),
    initializationFailedHandler: () => false,
    diagnosticCollectionName: "skeptic",
    initializationOptions: {
      ...initializationOptions,
      trusted: vscode.workspace.isTrusted,
      files: true,
      origin: origin.options,
    },
    middleware: { ...middleware, ...origin.middleware },
  };
  const created = create(clientOptions);
  serveFiles(created);
  created.onNotification("skeptic/status", (params: SkepticStatus) => status.show(params));
  return created;
}

/** Restarts a crashed server a few times, then says so in the status item and waits. */
function restartOnCrash(status: StatusItem): ErrorHandler {
  const crashes: number[] = [];
  return {
    error: (_error, _message, count) => ({
      action: count !== undefined && count <= 3 ? ErrorAction.Continue : ErrorAction.Shutdown,
    }),
    closed: () => {
      const now = Date.now();
      crashes.push(now);
      const recent = crashes.filter((time) => now - time < RESTART_WINDOW_MILLISECONDS);
      if (recent.length <= MAX_RESTARTS) return { action: CloseAction.Restart };
      status.show({ state: "broken", findings: 0, message: "the server keeps stopping" });
      return { action: CloseAction.DoNotRestart, handled: true };
    },
  };
}
