// Explanations of findings and pages of rules as read-only documents, made by the server: nothing is fetched.

import * as vscode from "vscode";
import type { FindingTarget, TextResult } from "../server/lsp/finding-protocol.ts";
import { type Session, withServer } from "./commands.ts";

/** `skeptic:/rules/RULE.md` is the page of a rule; `skeptic:/explain/RULE.md?{target}` all about one finding. */
export const SCHEME = "skeptic";
export const PAGES = `${SCHEME}:/rules`;

export function registerExplanations(context: vscode.ExtensionContext, session: Session): void {
  context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) => contentOf(session, uri),
    }),
  );
}

async function contentOf(session: Session, uri: vscode.Uri): Promise<string> {
  const client = session.client();
  if (!client?.isRunning()) return "Skeptic is not running.\n";
  const [, kind, name = ""] = uri.path.split("/");
  const rule = name.replace(/\.md$/, "");
  const result =
    kind === "explain"
      ? await client.sendRequest<TextResult | null>("skeptic/explain", JSON.parse(uri.query))
      : await client.sendRequest<TextResult | null>("skeptic/rulePage", { rule });
  return result?.text ?? `There is no rule ${rule}.\n`;
}

export async function explain({ uri, fingerprint, rule }: FindingTarget): Promise<void> {
  const target: FindingTarget = { uri, fingerprint, rule };
  await showPage(
    vscode.Uri.from({
      scheme: SCHEME,
      path: `/explain/${rule}.md`,
      query: JSON.stringify(target),
    }),
  );
}

/** As a preview; as text where the editor's Markdown is switched off. */
export async function showPage(page: vscode.Uri): Promise<void> {
  try {
    await vscode.commands.executeCommand("markdown.showPreview", page);
  } catch {
    await vscode.window.showTextDocument(page, { preview: true });
  }
}

export async function copyReviewPrompt(session: Session, target: FindingTarget): Promise<void> {
  await withServer(session, async (client) => {
    const result = await client.sendRequest<TextResult | null>("skeptic/reviewPrompt", target);
    if (result === null) {
      void vscode.window.showWarningMessage("Skeptic: the finding is gone.");
      return;
    }
    await vscode.env.clipboard.writeText(result.text);
    vscode.window.setStatusBarMessage("Skeptic: copied, with secrets hidden", 4000);
  });
}
