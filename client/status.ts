// The one status bar item: working, indexing, N findings, what is left out, off, or broken and why.

import * as vscode from "vscode";
import type { SkepticStatus } from "../server/lsp/protocol.ts";
import { background, label, tooltip } from "./status-text.ts";

/** The command behind a click on the item; it is not in the command palette. */
export const MENU_COMMAND = "skeptic.showMenu";

export interface StatusItem extends vscode.Disposable {
  /** What was shown last. */
  readonly current: () => SkepticStatus;
  readonly show: (status: SkepticStatus) => void;
}

export function createStatusItem(): StatusItem {
  const item = vscode.window.createStatusBarItem("skeptic", vscode.StatusBarAlignment.Left, -10);
  let current: SkepticStatus = { state: "working", findings: 0 };
  const draw = (): void => {
    const status = { ...current, findings: shownFindings() };
    item.text = label(status);
    item.tooltip = tooltip(status);
    item.accessibilityInformation = { label: tooltip(status) };
    const color = background(status);
    item.backgroundColor = color === undefined ? undefined : new vscode.ThemeColor(color);
  };
  const listener = vscode.languages.onDidChangeDiagnostics(draw);
  item.name = "Skeptic";
  item.command = MENU_COMMAND;
  item.show();

  return {
    current: () => current,
    show: (status) => {
      current = status;
      draw();
    },
    dispose: () => {
      listener.dispose();
      item.dispose();
    },
  };
}

/**
 * What the Problems view shows from Skeptic, a finding that stands at both ends of its path once. The server also knows of
 * documents that the workbench opened by itself and shows nowhere.
 */
function shownFindings(): number {
  const known = new Set<string>();
  let count = 0;
  for (const [, diagnostics] of vscode.languages.getDiagnostics())
    for (const diagnostic of diagnostics) {
      if (diagnostic.source !== "Skeptic") continue;
      const { data } = diagnostic as { data?: { fingerprint?: string } };
      if (data?.fingerprint === undefined) count++;
      else known.add(data.fingerprint);
    }
  return count + known.size;
}
