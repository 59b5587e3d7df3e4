// The extension where there is no Node, as on vscode.dev: the server is a web worker.

import * as vscode from "vscode";
import {
  BrowserMessageReader,
  BrowserMessageWriter,
  LanguageClient,
  type MessageTransports,
} from "vscode-languageclient/browser";
import type { WorkerStart } from "../server/lsp/protocol.ts";
import { activateWith, deactivate } from "./extension.ts";

export { deactivate };

/** Of a browser's `Worker`: types of browsers are not known here. */
interface ServerWorker {
  onmessage: unknown;
  postMessage(message: unknown): void;
  terminate(): void;
}
declare const Worker: new (address: string) => ServerWorker;

/** What the server reads beside its bundle. */
const ASSETS = [
  "names.bin",
  "web-tree-sitter.wasm",
  "tree-sitter-python.wasm",
  "tree-sitter-typescript.wasm",
  "tree-sitter-tsx.wasm",
  "tree-sitter-javascript.wasm",
];

export function activate(context: vscode.ExtensionContext): Promise<void> {
  const dist = vscode.Uri.joinPath(context.extensionUri, "dist");
  return activateWith(
    context,
    (options) =>
      new LanguageClient("skeptic", "Skeptic", () => startWorker(context, dist), options),
  );
}

async function startWorker(
  context: vscode.ExtensionContext,
  dist: vscode.Uri,
): Promise<MessageTransports> {
  const read = async (name: string): Promise<[string, Uint8Array]> => [
    name,
    await vscode.workspace.fs.readFile(vscode.Uri.joinPath(dist, name)),
  ];
  const assets = Object.fromEntries(await Promise.all(ASSETS.map(read)));
  const worker = new Worker(vscode.Uri.joinPath(dist, "worker.js").toString(true));
  const pages = vscode.Uri.joinPath(dist, "rules").toString();
  worker.postMessage({ assets, pages } satisfies WorkerStart);
  context.subscriptions.push({ dispose: () => worker.terminate() });
  // The editor has a `Worker` of its own there, which the client does not take for one.
  return { reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) };
}
