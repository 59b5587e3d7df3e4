// What the editor shows from Skeptic at this moment, read from its diagnostics, and told when it changes.

import * as vscode from "vscode";
import type { FindingData } from "../server/lsp/protocol.ts";
import { fileOf } from "./cells.ts";
import type { ShownFinding } from "./tree.ts";

/** Changes that come together, as those of a scan do, are told together: milliseconds. */
const TOGETHER_MS = 100;

export interface Findings extends vscode.Disposable {
  readonly all: () => readonly ShownFinding[];
  readonly onDidChange: vscode.Event<void>;
}

export function createFindings(): Findings {
  const changed = new vscode.EventEmitter<void>();
  const byUri = new Map<string, readonly ShownFinding[]>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const read = (uri: vscode.Uri, diagnostics: readonly vscode.Diagnostic[]): boolean => {
    const key = uri.toString();
    const found = diagnostics.flatMap((diagnostic) => findingOf(uri, diagnostic));
    if (found.length === 0) return byUri.delete(key);
    byUri.set(key, found);
    return true;
  };
  for (const [uri, diagnostics] of vscode.languages.getDiagnostics()) read(uri, diagnostics);
  const listener = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
    let some = false;
    for (const uri of uris) some = read(uri, vscode.languages.getDiagnostics(uri)) || some;
    if (!some) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      changed.fire();
    }, TOGETHER_MS);
  });

  return {
    all: () => [...byUri.values()].flat(),
    onDidChange: changed.event,
    dispose: () => {
      clearTimeout(timer);
      listener.dispose();
      changed.dispose();
    },
  };
}

function findingOf(uri: vscode.Uri, diagnostic: vscode.Diagnostic): readonly ShownFinding[] {
  const { data } = diagnostic as { readonly data?: FindingData };
  if (diagnostic.source !== "Skeptic" || data?.fingerprint === undefined) return [];
  const { code, range, message } = diagnostic;
  const rule = String(typeof code === "object" ? code.value : (code ?? ""));
  const file = fileOf(uri);
  return [
    {
      uri: uri.toString(),
      file: file.toString(),
      path: vscode.workspace.asRelativePath(file).replaceAll("\\", "/"),
      ...(data.cell === undefined ? {} : { cell: data.cell }),
      start: range.start,
      end: range.end,
      rule,
      title: data.title,
      severity: data.severity,
      message,
      fingerprint: data.fingerprint,
      isPassedOn: data.isPassedOn === true,
      home: data.sink === undefined ? uri.toString() : vscode.Uri.parse(data.sink).toString(),
      isOfNewRule: data.isOfNewRule === true,
      ...(data.origin === undefined ? {} : { origin: data.origin.origin }),
    },
  ];
}
