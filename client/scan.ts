// The scans that a person asks for: progress that can be cancelled, findings as they come, the result above the tree.

import * as vscode from "vscode";
import { type BaseLanguageClient, ErrorCodes, State } from "vscode-languageclient";
import type {
  ChangeBase,
  ChangeBases,
  ScanChangedParams,
  ScanChangedResult,
  ScanProgress,
  ScanResult,
} from "../server/lsp/protocol.ts";
import type { Session } from "./commands.ts";
import * as l10n from "./l10n.ts";
import { changedSummary, percentOf, progressText, summary } from "./scan-text.ts";

/** Analyses every file of the workspace. */
export async function scanWorkspace(
  session: Session,
  client: BaseLanguageClient,
): Promise<ScanResult | undefined> {
  if (isOff(session)) return undefined;
  await session.setPaused(false);
  // Now, and not when it is done: then a person may be typing elsewhere.
  session.view.show();
  const result = await withProgress(
    session,
    client,
    l10n.t("Skeptic: scanning the workspace"),
    (token) => client.sendRequest<ScanResult>("skeptic/scanWorkspace", {}, token),
  );
  if (result !== undefined) session.view.say(summary(result));
  if (result?.cancelled === false) session.setScanned(true);
  return result;
}

/** Asks what to compare with, and reports the files that differ. */
export async function scanChanged(session: Session, client: BaseLanguageClient): Promise<void> {
  if (isOff(session)) return;
  const { bases, problem } = await client.sendRequest<ChangeBases>("skeptic/changeBases");
  if (problem !== undefined) {
    void vscode.window.showWarningMessage(
      l10n.t("Skeptic cannot tell what has changed: {0}.", problem),
    );
    return;
  }
  const chosen = await vscode.window.showQuickPick([...bases], {
    title: l10n.t("Scan Changed Files"),
    placeHolder: l10n.t("Changed since"),
  });
  if (chosen === undefined) return;
  await session.setPaused(false);
  await scanSince(session, client, chosen);
}

async function scanSince(
  session: Session,
  client: BaseLanguageClient,
  { base, label }: ChangeBase,
): Promise<void> {
  session.view.show();
  const params: ScanChangedParams = { base };
  const result = await withProgress(
    session,
    client,
    l10n.t("Skeptic: scanning what changed since {0}", label),
    (token) => client.sendRequest<ScanChangedResult>("skeptic/scanChanged", params, token),
  );
  if (result === undefined) return;
  const { problems, files } = result;
  // With several folders one may be in no repository, and the others are.
  if (problems.length > 0 && files === 0)
    void vscode.window.showWarningMessage(
      l10n.t("Skeptic cannot tell what has changed: {0}.", problems.join("; ")),
    );
  else session.view.say(changedSummary(result, label));
}

function isOff({ status }: Session): boolean {
  if (status.current().state !== "off") return false;
  void vscode.window.showInformationMessage(
    l10n.t("Skeptic is off here (setting skeptic.enable): nothing was scanned."),
  );
  return true;
}

/** Undefined when it was cancelled before there was an answer. */
async function withProgress<R>(
  session: Session,
  client: BaseLanguageClient,
  title: string,
  run: (token: vscode.CancellationToken) => Promise<R>,
): Promise<R | undefined> {
  const options: vscode.ProgressOptions = {
    location: vscode.ProgressLocation.Notification,
    title,
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, token) => {
    let percent = 0;
    const listener = client.onNotification("skeptic/scanProgress", (params: ScanProgress) => {
      const next = percentOf(params);
      progress.report({ increment: Math.max(0, next - percent), message: progressText(params) });
      percent = Math.max(percent, next);
      session.status.scanning(percent);
    });
    try {
      return await whileItRuns(client, token, run);
    } catch (error) {
      if (token.isCancellationRequested) return undefined;
      throw error;
    } finally {
      listener.dispose();
      session.status.scanning(undefined);
    }
  });
}

/** Milliseconds in which a server that has ended is running again, if it comes back at all. */
const BACK_MS = 30_000;

/** A server that ends in the middle is started again by itself: the scan begins anew with the next one. */
async function whileItRuns<R>(
  client: BaseLanguageClient,
  token: vscode.CancellationToken,
  run: (token: vscode.CancellationToken) => Promise<R>,
): Promise<R> {
  for (;;) {
    try {
      return await run(token);
    } catch (error) {
      if (!hasEnded(error) || !(await runsAgain(client, token))) throw error;
    }
  }
}

function hasEnded(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return code === ErrorCodes.PendingResponseRejected || code === ErrorCodes.ConnectionInactive;
}

function runsAgain(client: BaseLanguageClient, token: vscode.CancellationToken): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (answer: boolean): void => {
      clearTimeout(timer);
      for (const listener of listeners) listener.dispose();
      resolve(answer);
    };
    const timer = setTimeout(() => done(false), BACK_MS);
    const listeners = [
      token.onCancellationRequested(() => done(false)),
      client.onDidChangeState(({ newState }) => {
        if (newState === State.Running) done(true);
      }),
    ];
  });
}
