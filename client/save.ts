// Safe fixes on save (setting skeptic.fixOnSave), and how long a save waits for code actions: never longer than is said here.

import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient";
import type { SafeFixesParams, SafeFixesResult } from "../server/lsp/finding-protocol.ts";
import type { Session } from "./commands.ts";
import * as l10n from "./l10n.ts";
import { within } from "./within.ts";

/** The visible budget: README names it. The server's own is shorter. */
const SAVE_MILLISECONDS = 1200;

export function registerFixOnSave(context: vscode.ExtensionContext, session: Session): void {
  context.subscriptions.push(
    vscode.workspace.onWillSaveTextDocument((event) => {
      if (event.reason !== vscode.TextDocumentSaveReason.Manual) return;
      const settings = vscode.workspace.getConfiguration("skeptic", event.document.uri);
      if (settings.get("fixOnSave") === true) event.waitUntil(fixes(session, event.document));
    }),
  );
}

async function fixes(session: Session, document: vscode.TextDocument): Promise<vscode.TextEdit[]> {
  const client = session.client();
  if (!client?.isRunning()) return [];
  const params: SafeFixesParams = { uri: client.code2ProtocolConverter.asUri(document.uri) };
  const asked = client
    .sendRequest<SafeFixesResult>("skeptic/safeFixes", params)
    .catch((error) => void session.output.error(String(error)));
  const result = await within(asked, SAVE_MILLISECONDS);
  if (result === undefined || result.isLate) tellLate(session);
  // An edit since: they are for a text that is gone.
  if (!result || result.version !== document.version) return [];
  return client.protocol2CodeConverter.asTextEdits([...result.edits]);
}

function tellLate({ output }: Pick<Session, "output">): void {
  const seconds = SAVE_MILLISECONDS / 1000;
  output.warn(
    l10n.t("Not everything was fixed on save: it would have taken more than {0} s.", seconds),
  );
  vscode.window.setStatusBarMessage(
    l10n.t("Skeptic: saved without all fixes, they took too long"),
    5000,
  );
}

/** Code actions that nobody asked for by hand (on save, the light bulb) come in time or not at all. */
export function inTime(session: Pick<Session, "output">): Middleware {
  const isOnSave = (kind: vscode.CodeActionKind | undefined): boolean =>
    kind !== undefined && vscode.CodeActionKind.Source.contains(kind);
  return {
    async provideCodeActions(document, range, context, token, next) {
      const answer = Promise.resolve(next(document, range, context, token));
      if (context.triggerKind !== vscode.CodeActionTriggerKind.Automatic) return answer;
      const actions = await within(answer, SAVE_MILLISECONDS);
      if (actions === undefined && isOnSave(context.only))
        session.output.warn(l10n.t("Code actions on save were left out: they took too long."));
      return actions ?? [];
    },
    async resolveCodeAction(action, token, next) {
      const answer = Promise.resolve(next(action, token));
      if (!isOnSave(action.kind)) return answer;
      const resolved = await within(answer, SAVE_MILLISECONDS);
      if (resolved === undefined) tellLate(session);
      return resolved ?? action;
    },
  };
}
