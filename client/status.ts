// The one status bar item: working, indexing, N findings, off, or broken and why.

import * as vscode from "vscode";
import type { SkepticStatus } from "../server/lsp/protocol.ts";

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
    item.backgroundColor =
      status.state === "broken"
        ? new vscode.ThemeColor("statusBarItem.errorBackground")
        : undefined;
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

function label(status: SkepticStatus): string {
  switch (status.state) {
    case "working":
      return `$(shield) Skeptic${status.findings > 0 ? `: ${status.findings}` : ""}`;
    case "indexing":
      return `$(sync~spin) Skeptic: indexing${progress(status)}`;
    case "off":
      return "$(circle-slash) Skeptic: off";
    case "broken":
      return `$(error) Skeptic: broken${status.message === undefined ? "" : `: ${status.message}`}`;
  }
}

function tooltip(status: SkepticStatus): string {
  const reason = status.message === undefined ? "" : `: ${status.message}`;
  switch (status.state) {
    case "working": {
      const count = status.findings === 1 ? "1 finding" : `${status.findings || "no"} findings`;
      return `Skeptic: ${count} in Problems (open editors, and all files after a workspace scan)${reason}`;
    }
    case "indexing":
      return `Skeptic reads the workspace${progress(status)}, so that it can follow data across files${reason}`;
    case "off":
      return `Skeptic is off${reason || " (setting skeptic.enable)"}`;
    case "broken":
      return `Skeptic does not work${reason}. Click to restart it or to see its output.`;
  }
}

function progress(status: SkepticStatus): string {
  if (status.done === undefined || status.total === undefined) return "";
  return ` ${status.done}/${status.total}`;
}
