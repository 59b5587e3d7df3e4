// Safe fixes on save (setting skeptic.fixOnSave), and how long a save waits for code actions: never longer than is said here.

import * as vscode from "vscode";
import type { BaseLanguageClient, Middleware } from "vscode-languageclient";
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
    vscode.workspace.onWillSaveNotebookDocument((event) => {
      if (event.reason !== vscode.TextDocumentSaveReason.Manual) return;
      const settings = vscode.workspace.getConfiguration("skeptic", event.notebook.uri);
      if (settings.get("fixOnSave") === true) event.waitUntil(cellFixes(session, event.notebook));
    }),
  );
}

async function fixes(session: Session, document: vscode.TextDocument): Promise<vscode.TextEdit[]> {
  const client = session.client();
  const result = client && (await safeFixes(session, client, document.uri));
  // An edit since: they are for a text that is gone.
  if (!client || !result || result.version !== document.version) return [];
  return client.protocol2CodeConverter.asTextEdits([...result.edits]);
}

/** All or nothing, since an import may stand in another cell than what needs it. */
async function cellFixes(
  session: Session,
  notebook: vscode.NotebookDocument,
): Promise<vscode.WorkspaceEdit> {
  const edit = new vscode.WorkspaceEdit();
  const client = session.client();
  const result = client && (await safeFixes(session, client, notebook.uri));
  const cells = new Map(
    notebook.getCells().map(({ document }) => [document.uri.toString(), document]),
  );
  const { protocol2CodeConverter: convert } = client ?? {};
  const parts = (result?.cells ?? []).map(({ uri, version, edits }) => {
    const document = cells.get(convert?.asUri(uri).toString() ?? "");
    return document?.version === version
      ? { uri: document.uri, edits: edits.flatMap((one) => convert?.asTextEdit(one) ?? []) }
      : undefined;
  });
  for (const part of parts) {
    if (part === undefined) return new vscode.WorkspaceEdit();
    edit.set(part.uri, part.edits);
  }
  return edit;
}

/** Undefined when there is no answer in time. */
async function safeFixes(
  session: Session,
  client: BaseLanguageClient,
  uri: vscode.Uri,
): Promise<SafeFixesResult | undefined> {
  if (!client.isRunning()) return undefined;
  const params: SafeFixesParams = { uri: client.code2ProtocolConverter.asUri(uri) };
  const asked = client
    .sendRequest<SafeFixesResult>("skeptic/safeFixes", params)
    .catch((error) => void session.output.error(String(error)));
  const result = await within(asked, SAVE_MILLISECONDS);
  if (result === undefined || result.isLate) tellLate(session);
  return result ?? undefined;
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
