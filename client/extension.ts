// Starts the language server and connects it to the editor. No analysis happens here, and nothing of Node or a browser:
// node.ts and browser.ts are the entries, which know how a server is started there.

import * as vscode from "vscode";
import type { BaseLanguageClient, LanguageClientOptions } from "vscode-languageclient";
import type { PauseParams, SkepticStatus } from "../server/lsp/protocol.ts";
import { registerCommands, type Session } from "./commands.ts";
import { DOCUMENTS } from "./documents.ts";
import { serveFiles } from "./files.ts";
import { findingOptions, registerFindingCommands } from "./finding-commands.ts";
import { createFindings } from "./findings.ts";
import { registerFindingsView } from "./findings-view.ts";
import * as l10n from "./l10n.ts";
import { registerLanguageTools } from "./language-tools.ts";
import { createOriginClient, type OriginClient } from "./origin.ts";
import { createOriginMarks } from "./origin-marks.ts";
import { restartOnCrash } from "./restart.ts";
import { createStatusItem } from "./status.ts";

/** Makes a client that is not started yet. */
export type CreateClient = (options: LanguageClientOptions) => BaseLanguageClient;

/** What a server that is started again goes on with. */
interface Kept {
  isPaused: boolean;
  scanned: boolean;
}

let client: BaseLanguageClient | undefined;

export async function activateWith(
  context: vscode.ExtensionContext,
  create: CreateClient,
): Promise<void> {
  l10n.setWords(vscode.l10n.bundle);
  const output = vscode.window.createOutputChannel("Skeptic", { log: true });
  const findings = createFindings();
  const status = createStatusItem(findings);
  context.subscriptions.push(output, status, findings);
  const view = registerFindingsView(context, findings);
  const origin = createOriginClient(context, () => client);
  const marks = createOriginMarks(context, () => client);
  const kept: Kept = { isPaused: false, scanned: false };

  const start = async (): Promise<void> => {
    const started = createClient(create, session, origin, kept);
    client = started;
    started.onNotification("skeptic/originsChanged", marks.changed);
    status.show({ state: "working", findings: 0 });
    try {
      await started.start();
    } catch (error) {
      output.error(String(error));
      // One that ended while it started is being started again.
      if (status.current().state !== "restarting")
        status.show({
          state: "broken",
          findings: 0,
          message: l10n.t("the server could not start"),
        });
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
    setPaused: async (isPaused) => {
      if (isPaused === kept.isPaused) return;
      kept.isPaused = isPaused;
      await client?.sendNotification("skeptic/pause", { isPaused } satisfies PauseParams);
    },
    setScanned: (scanned) => {
      kept.scanned = scanned;
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
  kept: Kept,
): BaseLanguageClient {
  const { output, status, view } = session;
  const { initializationOptions, middleware } = findingOptions(session);
  const show = (params: SkepticStatus): void => {
    status.show(params);
    view.setKnown(params.known ?? 0);
  };
  const created = create({
    documentSelector: DOCUMENTS,
    outputChannel: output,
    traceOutputChannel: output,
    errorHandler: restartOnCrash(show, status.restarted),
    initializationFailedHandler: () => false,
    diagnosticCollectionName: "skeptic",
    // Asked for at each start, also after a crash.
    initializationOptions: () => ({
      ...initializationOptions,
      trusted: vscode.workspace.isTrusted,
      files: true,
      origin: origin.options,
      ...kept,
    }),
    middleware: {
      ...middleware,
      ...origin.middleware,
      provideDiagnostics: async (document, previous, token, next) => {
        const answer = await next(document, previous, token);
        status.answered();
        return answer;
      },
    },
  });
  serveFiles(created);
  created.onNotification("skeptic/status", show);
  return created;
}
