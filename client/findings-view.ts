// The view "Findings": the tree of tree.ts in the editor's own form, and the actions on it.

import * as vscode from "vscode";
import type { FindingTarget } from "../server/lsp/finding-protocol.ts";
import { showPlace } from "./cells.ts";
import type { Findings } from "./findings.ts";
import * as l10n from "./l10n.ts";
import {
  copyText,
  GROUPINGS,
  type Group,
  type Grouping,
  type Leaf,
  SEVERITY_LABELS,
  type ShownFinding,
  type Tree,
  treeOf,
} from "./tree.ts";

const VIEW = "skeptic.findings";
const GROUPING_KEY = "skeptic.findings.grouping";
/** The kind of the server's action that accepts a finding. */
const IGNORE_KIND = "quickfix.skeptic.ignore";

type Node = Group | Leaf;

export interface FindingsView {
  readonly show: () => void;
  /** How many findings the baseline hides. */
  readonly setKnown: (count: number) => void;
  /** One line above the tree; "" takes it away. */
  readonly say: (text: string) => void;
}

export function registerFindingsView(
  context: vscode.ExtensionContext,
  findings: Findings,
): FindingsView {
  const changed = new vscode.EventEmitter<void>();
  let grouping = storedGrouping(context);
  let filter = "";
  let said = "";
  let known = 0;
  let tree: Tree = treeOf(findings.all(), grouping, filter);

  const view = vscode.window.createTreeView<Node>(VIEW, {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: (node) =>
        node === undefined ? [...tree.groups] : node.kind === "group" ? [...node.leaves] : [],
      getTreeItem: (node) => (node.kind === "group" ? groupItem(node, tree) : leafItem(node)),
    },
  });
  const draw = (): void => {
    tree = treeOf(findings.all(), grouping, filter);
    view.description = countText(tree.shown, known);
    const first =
      filter === "" ? said : l10n.t("Filter: {0} ({1} not shown).", filter, tree.filtered);
    // Not in the title alone: an only view has no room there.
    const second = known === 0 ? "" : l10n.t("Not shown: {0} in the baseline.", known);
    view.message = [first, second].filter((part) => part !== "").join(" ");
    changed.fire();
  };
  const setContext = (key: string, value: unknown): void => {
    void vscode.commands.executeCommand("setContext", key, value);
  };
  const setGrouping = (next: Grouping): void => {
    grouping = next;
    void context.workspaceState.update(GROUPING_KEY, next);
    setContext(GROUPING_KEY, next);
    draw();
  };
  const setFilter = (next: string): void => {
    filter = next.trim();
    setContext("skeptic.findings.isFiltered", filter !== "");
    draw();
  };
  const commands: Readonly<Record<string, (node?: Node) => unknown>> = {
    "skeptic.findings.filter": () => askFilter(filter, setFilter),
    "skeptic.findings.clearFilter": () => setFilter(""),
    "skeptic.findings.open": (node) => onFinding(node, show),
    "skeptic.findings.fix": (node) => onFinding(node, showFixes),
    "skeptic.findings.flow": (node) => onFinding(node, (finding) => about("showDataFlow", finding)),
    "skeptic.findings.explain": (node) => onFinding(node, (finding) => about("explain", finding)),
    "skeptic.findings.ignore": (node) => onFinding(node, ignore),
    "skeptic.findings.copy": (node) =>
      onFinding(node, (finding) => vscode.env.clipboard.writeText(copyText(finding))),
  };
  setContext(GROUPING_KEY, grouping);
  draw();
  context.subscriptions.push(
    view,
    changed,
    findings.onDidChange(draw),
    ...Object.entries(commands).map(([id, run]) => vscode.commands.registerCommand(id, run)),
    ...GROUPINGS.map((one) =>
      vscode.commands.registerCommand(`skeptic.findings.groupBy.${one}`, () => setGrouping(one)),
    ),
  );
  return {
    show: () => void vscode.commands.executeCommand(`${VIEW}.focus`),
    setKnown: (count) => {
      if (count === known) return;
      known = count;
      draw();
    },
    say: (text) => {
      said = text;
      draw();
    },
  };
}

function storedGrouping(context: vscode.ExtensionContext): Grouping {
  const stored = context.workspaceState.get<Grouping>(GROUPING_KEY);
  return stored !== undefined && GROUPINGS.includes(stored) ? stored : "severity";
}

function groupItem(group: Group, { groups, shown }: Tree): vscode.TreeItem {
  // A few findings are seen at once; many are opened group by group, the worst first.
  const isOpen = shown <= 30 || group === groups[0];
  const item = new vscode.TreeItem(
    group.label,
    isOpen ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = group.id;
  item.description = group.description;
  item.contextValue = "group";
  if (group.about !== undefined) item.tooltip = group.about;
  if (group.uri !== undefined) {
    item.resourceUri = vscode.Uri.parse(group.uri);
    item.iconPath = vscode.ThemeIcon.File;
  } else if (group.severity !== undefined) item.iconPath = severityIcon(group.severity);
  return item;
}

function leafItem(leaf: Leaf): vscode.TreeItem {
  const { finding } = leaf;
  const item = new vscode.TreeItem(leaf.label);
  item.id = leaf.id;
  item.description = leaf.description;
  item.tooltip = `${finding.message}\n\n${finding.path}:${finding.start.line + 1}  ${finding.rule}`;
  item.contextValue = "finding";
  if (leaf.severity !== undefined) item.iconPath = severityIcon(leaf.severity);
  item.command = { command: "skeptic.findings.open", title: l10n.t("Open"), arguments: [leaf] };
  item.accessibilityInformation = {
    label: l10n.t(
      "{0}, {1}, {2} line {3}",
      finding.title,
      SEVERITY_LABELS[finding.severity](),
      finding.path,
      finding.start.line + 1,
    ),
  };
  return item;
}

function severityIcon(severity: ShownFinding["severity"]): vscode.ThemeIcon {
  const icon = (id: string, color: string): vscode.ThemeIcon =>
    new vscode.ThemeIcon(id, new vscode.ThemeColor(color));
  switch (severity) {
    case "critical":
    case "high":
      return icon("error", "problemsErrorIcon.foreground");
    case "medium":
      return icon("warning", "problemsWarningIcon.foreground");
    default:
      return icon("info", "problemsInfoIcon.foreground");
  }
}

/** The tree follows what is typed; Escape brings the former filter back. */
function askFilter(before: string, set: (filter: string) => void): void {
  const box = vscode.window.createInputBox();
  box.title = l10n.t("Filter Findings");
  box.placeholder = l10n.t("Words of the rule, the file or the message; -word leaves out");
  box.value = before;
  let isAccepted = false;
  box.onDidChangeValue(set);
  box.onDidAccept(() => {
    isAccepted = true;
    box.hide();
  });
  box.onDidHide(() => {
    if (!isAccepted) set(before);
    box.dispose();
  });
  box.show();
}

function onFinding(node: Node | undefined, run: (finding: ShownFinding) => unknown): unknown {
  return node?.kind === "finding" ? run(node.finding) : undefined;
}

function about(
  command: "showDataFlow" | "explain",
  { uri, fingerprint, rule }: ShownFinding,
): Thenable<unknown> {
  const target: FindingTarget = { uri, fingerprint, rule };
  return vscode.commands.executeCommand(`skeptic.${command}`, target);
}

async function show(finding: ShownFinding): Promise<vscode.TextEditor | undefined> {
  const uri = vscode.Uri.parse(finding.uri);
  const selection = new vscode.Range(
    finding.start.line,
    finding.start.character,
    finding.end.line,
    finding.end.character,
  );
  return showPlace(uri, selection, { number: finding.cell?.number });
}

/** The cursor goes to the finding's beginning: the menu is about what is there. */
async function placeCursor(finding: ShownFinding): Promise<void> {
  const editor = await show(finding);
  const { line, character } = finding.start;
  if (editor !== undefined)
    editor.selection = new vscode.Selection(line, character, line, character);
}

async function showFixes(finding: ShownFinding): Promise<void> {
  await placeCursor(finding);
  await vscode.commands.executeCommand("editor.action.quickFix");
}

/** By the action that the quick-fix menu has: with more than one finding there, the menu asks which. */
async function ignore(finding: ShownFinding): Promise<void> {
  await placeCursor(finding);
  await vscode.commands.executeCommand("editor.action.codeAction", {
    kind: IGNORE_KIND,
    apply: "ifSingle",
  });
}

/** "3 findings, 12 known" */
function countText(shown: number, known: number): string {
  const parts = [
    ...(shown > 0 ? [shown === 1 ? l10n.t("1 finding") : l10n.t("{0} findings", shown)] : []),
    ...(known > 0 ? [l10n.t("{0} known", known)] : []),
  ];
  return parts.join(", ");
}
