// "Show Data Flow": walks the path of a finding's data. Every step is marked with its number in the open editors; the one at
// hand also says what happens there. Ends with Escape, or when a file on the path is edited.

import * as vscode from "vscode";
import type { FindingTarget, FlowResult, FlowStop } from "../server/lsp/finding-protocol.ts";
import { fileOf, showPlace } from "./cells.ts";
import { type Session, withServer } from "./commands.ts";
import * as l10n from "./l10n.ts";

const ACTIVE = "skeptic.flowActive";

interface Stop {
  readonly uri: vscode.Uri;
  readonly range: vscode.Range;
  readonly text: string;
}

interface Walk {
  readonly stops: readonly Stop[];
  at: number;
}

export interface Flow {
  readonly show: (target: FindingTarget) => Promise<void>;
}

export function registerFlow(context: vscode.ExtensionContext, session: Session): Flow {
  const marked = vscode.window.createTextEditorDecorationType({
    border: "1px solid",
    borderColor: new vscode.ThemeColor("editorInfo.foreground"),
    borderRadius: "3px",
    overviewRulerColor: new vscode.ThemeColor("editorInfo.foreground"),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
  });
  const current = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor("editor.findMatchHighlightBackground"),
  });
  const words = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor("editorCodeLens.foreground"), fontStyle: "italic" },
  });
  let walk: Walk | undefined;

  const draw = (): void => {
    for (const editor of vscode.window.visibleTextEditors) {
      const uri = editor.document.uri.toString();
      const here = (walk?.stops ?? []).filter((stop) => stop.uri.toString() === uri);
      editor.setDecorations(
        marked,
        here.map((stop) => numbered(stop, walk)),
      );
      const now = walk?.stops[walk.at];
      const own = now !== undefined && here.includes(now) ? now : undefined;
      editor.setDecorations(current, own === undefined ? [] : [own.range]);
      editor.setDecorations(words, own === undefined ? [] : [said(own, walk)]);
    }
  };
  const end = (): void => {
    walk = undefined;
    draw();
    void vscode.commands.executeCommand("setContext", ACTIVE, false);
  };
  const go = async (by: number, preserveFocus = false): Promise<void> => {
    if (walk === undefined) return;
    const { stops } = walk;
    walk.at = (walk.at + by + stops.length) % stops.length;
    const stop = stops[walk.at] as Stop;
    // Where the file is to be seen already, it is not opened a second time.
    const seen = vscode.window.visibleTextEditors.find(
      ({ document }) => document.uri.toString() === stop.uri.toString(),
    );
    const editor = await showPlace(stop.uri, stop.range, {
      preserveFocus,
      viewColumn: seen?.viewColumn ?? vscode.ViewColumn.Active,
    });
    if (editor !== undefined)
      editor.selection = new vscode.Selection(stop.range.start, stop.range.start);
    draw();
  };
  const begin = async (stops: readonly Stop[]): Promise<void> => {
    walk = { stops, at: 0 };
    await vscode.commands.executeCommand("setContext", ACTIVE, true);
    await go(0);
  };
  /** The steps in the order of the flow, which the editor's own peek does not keep; the one at hand is shown behind the list. */
  const list = async (): Promise<void> => {
    const before = walk;
    if (before === undefined) return;
    const steps = before.stops.map((stop, at) => ({
      label: `${at + 1}. ${stop.text}`,
      description: `${vscode.workspace.asRelativePath(stop.uri)}:${stop.range.start.line + 1}`,
      at,
    }));
    const box = vscode.window.createQuickPick<(typeof steps)[number]>();
    box.title = l10n.t("Skeptic: Data Flow");
    box.items = steps;
    box.activeItems = steps.slice(before.at, before.at + 1);
    const start = before.at;
    let isChosen = false;
    box.onDidChangeActive(([step]) => {
      if (step !== undefined && walk === before && step.at !== before.at)
        void go(step.at - before.at, true);
    });
    box.onDidAccept(() => {
      isChosen = true;
      box.hide();
      void go(0);
    });
    box.onDidHide(() => {
      box.dispose();
      if (!isChosen && walk === before) void go(start - before.at);
    });
    box.show();
  };
  const isOnPath = (uri: vscode.Uri): boolean =>
    walk?.stops.some((stop) => stop.uri.toString() === uri.toString()) === true;

  const commands: Readonly<Record<string, () => unknown>> = {
    "skeptic.nextFlowStep": () => go(1),
    "skeptic.previousFlowStep": () => go(-1),
    "skeptic.peekDataFlow": list,
    "skeptic.endDataFlow": end,
  };
  for (const [id, run] of Object.entries(commands))
    context.subscriptions.push(vscode.commands.registerCommand(id, run));
  context.subscriptions.push(
    marked,
    current,
    words,
    vscode.window.onDidChangeVisibleTextEditors(draw),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0 && isOnPath(document.uri)) end();
    }),
  );
  return {
    show: async (target) => {
      const path = await withServer(session, async (client) => {
        const result = await client.sendRequest<FlowResult | null>("skeptic/flow", target);
        const chosen = await choose(result);
        return chosen?.map(({ uri, range, text }) => ({
          uri: client.protocol2CodeConverter.asUri(uri),
          range: new vscode.Range(
            range.start.line,
            range.start.character,
            range.end.line,
            range.end.character,
          ),
          text,
        }));
      });
      if (path !== undefined) await begin(path);
    },
  };
}

/** One path; of several the one that the person picks. */
async function choose(result: FlowResult | null): Promise<readonly FlowStop[] | undefined> {
  const paths = result?.paths ?? [];
  if (paths.length === 0)
    vscode.window.setStatusBarMessage(l10n.t("Skeptic: this finding has no path of data"), 4000);
  if (paths.length < 2) return paths[0];
  const items = paths.map((path) => {
    const [source] = path;
    const file = vscode.workspace.asRelativePath(fileOf(vscode.Uri.parse(source?.uri ?? "")));
    const line = (source?.range.start.line ?? 0) + 1;
    const description = l10n.t("{0}, {1} steps", `${file}:${line}`, path.length);
    return { label: source?.text ?? "", description, path };
  });
  const title = l10n.t("Skeptic: where the data comes from");
  return (await vscode.window.showQuickPick(items, { title }))?.path;
}

/** A step with its number before it. */
function numbered(stop: Stop, walk: Walk | undefined): vscode.DecorationOptions {
  const number = (walk?.stops.indexOf(stop) ?? 0) + 1;
  return {
    range: stop.range,
    hoverMessage: `${number}. ${stop.text}`,
    renderOptions: {
      before: {
        contentText: ` ${number} `,
        margin: "0 4px 0 0",
        color: new vscode.ThemeColor("badge.foreground"),
        backgroundColor: new vscode.ThemeColor("badge.background"),
      },
    },
  };
}

/** What happens at the step at hand, behind the end of its line. */
function said(stop: Stop, walk: Walk | undefined): vscode.DecorationOptions {
  const end = new vscode.Position(stop.range.end.line, Number.MAX_SAFE_INTEGER);
  const contentText = `  ${l10n.t("{0} of {1}: {2}", (walk?.at ?? 0) + 1, walk?.stops.length ?? 0, stop.text)}`;
  return { range: new vscode.Range(end, end), renderOptions: { after: { contentText } } };
}
