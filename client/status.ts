// The one status bar item: findings here and in all, what is going on, what is left out, or why nothing is.

import * as vscode from "vscode";
import type { SkepticStatus } from "../server/lsp/protocol.ts";
import { fileOf } from "./cells.ts";
import { DOCUMENTS } from "./documents.ts";
import type { Findings } from "./findings.ts";
import { background, label, type StatusFacts, tooltip } from "./status-text.ts";
import { type ShownFinding, treeOf } from "./tree.ts";

/** The command behind a click on the item; it is not in the command palette. */
export const MENU_COMMAND = "skeptic.showMenu";

export interface StatusItem extends vscode.Disposable {
  /** What was shown last. */
  readonly current: () => SkepticStatus;
  readonly show: (status: SkepticStatus) => void;
  /** How far a scan is, in percent; undefined when there is none. */
  readonly scanning: (percent: number | undefined) => void;
  /** The server has answered. */
  readonly answered: () => void;
  /** The server had ended by itself and was started again. */
  readonly restarted: () => void;
}

export function createStatusItem(findings: Findings): StatusItem {
  const item = vscode.window.createStatusBarItem("skeptic", vscode.StatusBarAlignment.Left, -10);
  let current: SkepticStatus = { state: "working", findings: 0 };
  let scanning: number | undefined;
  let answeredAt: string | undefined;
  let restartedAt: string | undefined;
  const draw = (): void => {
    const all = findings.all();
    // The server also knows of documents that the workbench opened by itself and shows nowhere.
    const status = { ...current, findings: countEach(all) };
    const here = countHere(all);
    const facts: StatusFacts = {
      ...(here === undefined ? {} : { here }),
      ...(scanning === undefined ? {} : { scanning }),
      ...(answeredAt === undefined ? {} : { answeredAt }),
      ...(restartedAt === undefined ? {} : { restartedAt }),
    };
    item.text = label(status, facts);
    item.tooltip = tooltip(status, facts);
    item.accessibilityInformation = { label: tooltip(status, facts) };
    const color = background(status);
    item.backgroundColor = color === undefined ? undefined : new vscode.ThemeColor(color);
  };
  const listeners = [findings.onDidChange(draw), vscode.window.onDidChangeActiveTextEditor(draw)];
  item.name = "Skeptic";
  item.command = MENU_COMMAND;
  item.show();

  return {
    current: () => current,
    show: (status) => {
      current = status;
      draw();
    },
    scanning: (percent) => {
      if (percent === scanning) return;
      scanning = percent;
      draw();
    },
    answered: () => {
      const now = timeOfDay();
      if (now === answeredAt) return;
      answeredAt = now;
      draw();
    },
    restarted: () => {
      restartedAt = timeOfDay();
      draw();
    },
    dispose: () => {
      for (const listener of listeners) listener.dispose();
      item.dispose();
    },
  };
}

function timeOfDay(): string {
  return new Date().toLocaleTimeString();
}

/** A finding that stands at both ends of its path counts once. */
function countEach(all: readonly ShownFinding[]): number {
  return treeOf(all, "severity", "").shown;
}

function countHere(all: readonly ShownFinding[]): number | undefined {
  const document = vscode.window.activeTextEditor?.document;
  if (document === undefined || vscode.languages.match(DOCUMENTS, document) === 0) return undefined;
  const file = fileOf(document.uri).toString();
  return countEach(all.filter((finding) => finding.file === file));
}
