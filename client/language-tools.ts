// What language models in the editor may use: the findings, their explanation and their fixes, as texts. They ask only, and write nothing.

import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import type { AgentToolParams, AgentToolResult } from "../server/lsp/agent-protocol.ts";
import * as l10n from "./l10n.ts";

/** By their names in the manifest. */
const TOOLS: Readonly<Record<string, { tool: AgentToolParams["tool"]; doing: () => string }>> = {
  skeptic_scan: { tool: "scan", doing: () => l10n.t("Checking for insecure code") },
  skeptic_explain: { tool: "explain", doing: () => l10n.t("Reading a finding") },
  skeptic_fix: { tool: "fix", doing: () => l10n.t("Making a fix, as a diff") },
};

/** What VS Code has since 1.95, and this extension's oldest editor has not. */
interface ToolApi {
  readonly lm?: {
    registerTool?(
      name: string,
      tool: {
        invoke(options: { input: unknown }, token: vscode.CancellationToken): Promise<unknown>;
        prepareInvocation(): { invocationMessage: string };
      },
    ): vscode.Disposable;
  };
  readonly LanguageModelToolResult?: new (parts: readonly unknown[]) => unknown;
  readonly LanguageModelTextPart?: new (text: string) => unknown;
}

export function registerLanguageTools(
  context: vscode.ExtensionContext,
  client: () => BaseLanguageClient | undefined,
): void {
  const { lm, LanguageModelToolResult, LanguageModelTextPart } = vscode as unknown as ToolApi;
  if (lm?.registerTool === undefined) return;
  if (LanguageModelToolResult === undefined || LanguageModelTextPart === undefined) return;
  for (const [name, { tool, doing }] of Object.entries(TOOLS)) {
    const registered = lm.registerTool(name, {
      async invoke({ input }, token) {
        const text = await ask(client(), { tool, input }, token);
        return new LanguageModelToolResult([new LanguageModelTextPart(text)]);
      },
      prepareInvocation: () => ({ invocationMessage: doing() }),
    });
    context.subscriptions.push(registered);
  }
}

async function ask(
  client: BaseLanguageClient | undefined,
  params: AgentToolParams,
  token: vscode.CancellationToken,
): Promise<string> {
  if (!client?.isRunning()) return l10n.t("Skeptic is not running.");
  return (await client.sendRequest<AgentToolResult>("skeptic/tool", params, token)).text;
}
