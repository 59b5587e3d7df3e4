// Explanations of findings and pages of rules as read-only documents, made by the server: nothing is fetched.

import * as vscode from "vscode";
import type { FindingTarget, TextResult } from "../server/lsp/finding-protocol.ts";
import { type Session, withServer } from "./commands.ts";
import * as l10n from "./l10n.ts";

/**
 * `skeptic:/rules/RULE.md` is the page of a rule, `skeptic:/explain/RULE.md?{target}` all about one finding, and
 * `skeptic:/kept/NAME?NUMBER` a text that was kept.
 */
export const SCHEME = "skeptic";
export const PAGES = `${SCHEME}:/rules`;

/** Texts that are shown as read-only documents. */
export interface Documents {
  /** The address of a text with this name; the last few of all are kept. */
  readonly keep: (name: string, text: string) => vscode.Uri;
}

const MOST_KEPT = 20;

export function registerExplanations(
  context: vscode.ExtensionContext,
  session: Session,
): Documents {
  const kept = new Map<string, string>();
  let count = 0;
  context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) =>
        uri.path.startsWith("/kept/") ? kept.get(uri.query) : contentOf(session, uri),
    }),
  );
  return {
    keep(name, text) {
      const query = String(++count);
      kept.set(query, text);
      for (const old of [...kept.keys()].slice(0, -MOST_KEPT)) kept.delete(old);
      return vscode.Uri.from({ scheme: SCHEME, path: `/kept/${name}`, query });
    },
  };
}

async function contentOf(session: Session, uri: vscode.Uri): Promise<string> {
  const client = session.client();
  if (!client?.isRunning()) return `${l10n.t("Skeptic is not running.")}\n`;
  const [, kind, name = ""] = uri.path.split("/");
  const rule = name.replace(/\.md$/, "");
  const result =
    kind === "explain"
      ? await client.sendRequest<TextResult | null>("skeptic/explain", JSON.parse(uri.query))
      : await client.sendRequest<TextResult | null>("skeptic/rulePage", { rule });
  return result?.text ?? `${l10n.t("There is no rule {0}.", rule)}\n`;
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
      void vscode.window.showWarningMessage(l10n.t("Skeptic: the finding is gone."));
      return;
    }
    await vscode.env.clipboard.writeText(result.text);
    vscode.window.setStatusBarMessage(l10n.t("Skeptic: copied, with secrets hidden"), 4000);
  });
}
