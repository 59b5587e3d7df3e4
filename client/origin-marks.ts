// A thin line beside code that an AI inserted or that was pasted, where the setting asks for it.

import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import type {
  OriginMark,
  OriginMarksParams,
  OriginsChangedParams,
} from "../server/lsp/origin-protocol.ts";

const SETTING = "skeptic.origin.marks";

const COLORS = { ai: "charts.purple", mixed: "charts.purple", pasted: "charts.blue" } as const;

export interface OriginMarks {
  /** The server says that marks changed. */
  readonly changed: (params: OriginsChangedParams) => void;
}

export function createOriginMarks(
  context: vscode.ExtensionContext,
  client: () => BaseLanguageClient | undefined,
): OriginMarks {
  const lines = Object.fromEntries(
    Object.entries(COLORS).map(([origin, color]) => [origin, lineOf(color)]),
  );
  const draw = async (editor: vscode.TextEditor): Promise<void> => {
    const { uri } = editor.document;
    const isOn = vscode.workspace.getConfiguration(undefined, uri).get<boolean>(SETTING) === true;
    const running = client();
    const marks =
      isOn && running?.isRunning()
        ? await running
            .sendRequest<readonly OriginMark[]>("skeptic/originMarks", {
              uri: running.code2ProtocolConverter.asUri(uri),
            } satisfies OriginMarksParams)
            .catch(() => [])
        : [];
    for (const [origin, line] of Object.entries(lines)) {
      const own = marks.filter((mark) => mark.origin === origin && !mark.reviewed);
      editor.setDecorations(
        line,
        own.map(({ range: { start, end }, sentence }) => ({
          range: new vscode.Range(
            start.line,
            start.character,
            // A line that only begins behind the code is not part of it.
            end.character === 0 ? Math.max(start.line, end.line - 1) : end.line,
            end.character,
          ),
          hoverMessage: sentence,
        })),
      );
    }
  };
  const drawAll = (): void => {
    for (const editor of vscode.window.visibleTextEditors) void draw(editor);
  };
  context.subscriptions.push(
    ...Object.values(lines),
    vscode.window.onDidChangeVisibleTextEditors(drawAll),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(SETTING)) drawAll();
    }),
  );
  return {
    changed({ uris }) {
      const asUri = client()?.code2ProtocolConverter.asUri;
      for (const editor of vscode.window.visibleTextEditors)
        if (asUri !== undefined && uris.includes(asUri(editor.document.uri))) void draw(editor);
    },
  };
}

function lineOf(color: string): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    borderStyle: "solid",
    borderWidth: "0 0 0 2px",
    borderColor: new vscode.ThemeColor(color),
    overviewRulerColor: new vscode.ThemeColor(color),
    overviewRulerLane: vscode.OverviewRulerLane.Left,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
}
