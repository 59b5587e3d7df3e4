// Files that protect a project: asks which, shows them in the preview of the editor, and saves what was applied.

import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import type { FindingTarget } from "../server/lsp/finding-protocol.ts";
import type { GenerateParams, GenerateResult } from "../server/lsp/protocol.ts";
import type { Session } from "./commands.ts";
import * as l10n from "./l10n.ts";
import { applyOwn } from "./own-edits.ts";
import { chosenFolder } from "./report.ts";

interface Choice extends vscode.QuickPickItem {
  readonly what: string;
}

export async function generateFiles(session: Session, client: BaseLanguageClient): Promise<void> {
  const folder = await chosenFolder(l10n.t("The project to protect"));
  if (folder === undefined) return;
  const chosen = await vscode.window.showQuickPick(choices(), {
    title: l10n.t("Skeptic: Add Protection to This Project"),
    placeHolder: l10n.t("You see each change before it is made"),
    matchOnDetail: true,
  });
  if (chosen !== undefined) await make(session, client, folder, chosen.what);
}

/** The command of a finding that says what is missing. */
export async function protect(session: Session, target: FindingTarget): Promise<void> {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(target.uri));
  const client = session.client();
  const { what } = target;
  if (folder === undefined || client === undefined || what === undefined) return;
  await make(session, client, folder, what);
}

async function make(
  session: Session,
  client: BaseLanguageClient,
  folder: vscode.WorkspaceFolder,
  what: string,
): Promise<void> {
  const params: GenerateParams = {
    folder: client.code2ProtocolConverter.asUri(folder.uri),
    what,
  };
  const result = await client.sendRequest<GenerateResult>("skeptic/generate", params);
  if ("refused" in result) {
    void vscode.window.showInformationMessage(
      l10n.t("Skeptic: nothing to write: {0}.", result.refused),
    );
    return;
  }
  const uris = result.uris.map((uri) => client.protocol2CodeConverter.asUri(uri));
  const [first] = uris;
  const edit = await client.protocol2CodeConverter.asWorkspaceEdit(result.edit);
  if (first === undefined || !(await applyOwn(edit, first))) return;
  const applied = vscode.workspace.textDocuments.filter(
    (one) => one.isDirty && uris.some((uri) => uri.toString() === one.uri.toString()),
  );
  // A person who turned the preview down has no changed document.
  if (applied.length === 0) return;
  for (const document of applied) await document.save();
  await vscode.window.showTextDocument(first);
  await tell(session, result.notes);
}

function choices(): readonly Choice[] {
  return [
    {
      what: "workflow",
      label: `$(github-action) ${l10n.t("Workflow for GitHub")}`,
      detail: l10n.t("Reviews changed dependencies and scans each pull request"),
    },
    {
      what: "headers",
      label: `$(shield) ${l10n.t("Security headers")}`,
      detail: l10n.t("A module for FastAPI, Starlette, Flask, Express, Fastify or Next"),
    },
    {
      what: "pre-commit",
      label: `$(git-commit) ${l10n.t("Entry for pre-commit")}`,
      detail: l10n.t("Scans what has changed before it is committed"),
    },
    {
      what: "cooldown",
      label: `$(clock) ${l10n.t("Cooldown for new versions")}`,
      detail: l10n.t("The package manager takes only versions that have been out for a week"),
    },
  ];
}

/** What is left to do for a person. */
async function tell(session: Session, notes: readonly string[]): Promise<void> {
  if (notes.length === 0) return;
  for (const note of notes) session.output.info(note);
  const show = l10n.t("Show Output");
  const answer = await vscode.window.showInformationMessage(
    l10n.t("Skeptic: written. What is left to do stands in the output."),
    show,
  );
  if (answer === show) session.output.show();
}
