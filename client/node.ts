// The extension where there is Node: the server is a process of its own.

import type * as vscode from "vscode";
import { LanguageClient, type ServerOptions, TransportKind } from "vscode-languageclient/node";
import { activateWith, deactivate } from "./extension.ts";

export { deactivate };

export function activate(context: vscode.ExtensionContext): Promise<void> {
  const module = context.asAbsolutePath("dist/server.js");
  const serverOptions: ServerOptions = {
    run: { module, transport: TransportKind.ipc },
    debug: {
      module,
      transport: TransportKind.ipc,
      options: { execArgv: ["--nolazy", "--inspect=6009", "--enable-source-maps"] },
    },
  };
  return activateWith(
    context,
    (options) => new LanguageClient("skeptic", "Skeptic", serverOptions, options),
  );
}
