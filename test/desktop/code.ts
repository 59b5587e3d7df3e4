// Code as it is opened, typed and mended.

import * as assert from "node:assert/strict";
import * as vscode from "vscode";
import {
  type Cases,
  findingIn,
  findingsOf,
  open,
  pause,
  ruleOf,
  textOf,
  until,
  uriOf,
} from "./editor.ts";

const EXTENSION = "skeptic.skeptic";

/** What VS Code has since 1.95. */
interface ModelApi {
  readonly lm?: {
    readonly tools?: readonly { readonly name: string }[];
    invokeTool?(
      name: string,
      options: { input: object; toolInvocationToken: undefined },
    ): Thenable<{ content: readonly { value: string }[] }>;
  };
}

export const CODE: Cases = {
  "the extension starts for a Python file": async () => {
    await open("app.py");
    const extension = vscode.extensions.getExtension(EXTENSION);
    assert.ok(extension, "the extension is installed");
    await until("the extension is active", () => extension.isActive);
  },

  "every command of the manifest exists": async () => {
    const known = await vscode.commands.getCommands(true);
    const manifest = vscode.extensions.getExtension(EXTENSION)?.packageJSON;
    for (const { command } of manifest.contributes.commands) {
      assert.ok(known.includes(command), `${command} is registered`);
    }
  },

  "an injection in Python is reported where it happens": async () => {
    const document = await open("app.py");
    const finding = await findingIn(document.uri, "sql-injection");
    assert.match(document.lineAt(finding.range.start.line).text, /connection\.execute/);
    assert.equal(finding.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(finding.source, "Skeptic");
    assert.ok((finding.relatedInformation?.length ?? 0) > 0, "the path from the source is shown");
  },

  "an injection in TypeScript is reported where it happens": async () => {
    const document = await open("db.ts");
    const finding = await findingIn(document.uri, "sql-injection");
    assert.match(document.lineAt(finding.range.start.line).text, /pool\.query/);
  },

  "a safe file is silent": async () => {
    await open("app.py");
    const document = await open("safe.py");
    await findingIn(uriOf("app.py"), "sql-injection");
    await pause(500);
    assert.deepEqual(findingsOf(document.uri), []);
  },

  "the hover explains the finding": async () => {
    const document = await open("app.py");
    const finding = await findingIn(document.uri, "sql-injection");
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      "vscode.executeHoverProvider",
      document.uri,
      finding.range.start,
    );
    const texts = hovers.flatMap((hover) => hover.contents).map(textOf);
    assert.match(texts.join("\n"), /sql-injection/);
  },

  "the quick fix removes the finding and undo brings it back": async () => {
    const document = await open("app.py");
    const finding = await findingIn(document.uri, "sql-injection");
    const before = document.getText();
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      document.uri,
      finding.range,
      vscode.CodeActionKind.QuickFix.value,
      10,
    );
    const fix = actions.find(({ title }) => /parameter/i.test(title));
    assert.ok(fix?.edit, `a fix with an edit among: ${actions.map(({ title }) => title)}`);
    // The edit may ask for a confirmation, which a program cannot give: apply what it changes.
    const edit = new vscode.WorkspaceEdit();
    edit.set(document.uri, fix.edit.get(document.uri));
    assert.ok(await vscode.workspace.applyEdit(edit), "the edit applies");
    assert.notEqual(document.getText(), before);
    await until("the finding is gone", () => findingsOf(document.uri).length === 0);
    await vscode.commands.executeCommand("undo");
    await until("the text is back", () => document.getText() === before);
    await findingIn(document.uri, "sql-injection");
  },

  "typing keeps the finding on its statement": async () => {
    const document = await open("app.py");
    const { range } = await findingIn(document.uri, "sql-injection");
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), "import os\n");
    await vscode.workspace.applyEdit(edit);
    await until("it has moved down by a line", () =>
      findingsOf(document.uri).some((each) => each.range.start.line === range.start.line + 1),
    );
    await vscode.commands.executeCommand("undo");
    await until("it has moved back", () =>
      findingsOf(document.uri).some((each) => each.range.start.line === range.start.line),
    );
  },

  "a language model may ask, where the editor has such": async () => {
    await open("app.py");
    const { lm } = vscode as unknown as ModelApi;
    if (lm?.invokeTool === undefined) return;
    await until("the tools are known", () =>
      (lm.tools ?? []).some(({ name }) => name === "skeptic_scan"),
    );
    const asked = { input: { path: "app.py" }, toolInvocationToken: undefined };
    const { content } = await lm.invokeTool("skeptic_scan", asked);
    assert.match(content.map(({ value }) => value).join(""), /error sql-injection at app\.py:\d+/);
  },

  "a file that is not open is reported only after a workspace scan": async () => {
    const closed = uriOf("admin/reports.py");
    assert.deepEqual(findingsOf(closed), []);
    await vscode.commands.executeCommand("skeptic.scanWorkspace");
    await findingIn(closed, "sql-injection");
    await vscode.commands.executeCommand("skeptic.clearResults");
    await until("the results are cleared", () => findingsOf(closed).length === 0);
  },

  "code pasted into an untitled document is analysed": async () => {
    const content = (await open("app.py")).getText();
    const document = await vscode.workspace.openTextDocument({ language: "python", content });
    await vscode.window.showTextDocument(document);
    await findingIn(document.uri, "sql-injection");
  },

  "turning a rule off takes its findings away": async () => {
    const document = await open("app.py");
    await findingIn(document.uri, "sql-injection");
    const settings = vscode.workspace.getConfiguration("skeptic");
    await settings.update("rules", { "sql-injection": "off" }, vscode.ConfigurationTarget.Global);
    try {
      await until("its finding is gone", () =>
        findingsOf(document.uri).every((each) => ruleOf(each) !== "sql-injection"),
      );
    } finally {
      await settings.update("rules", undefined, vscode.ConfigurationTarget.Global);
    }
    await findingIn(document.uri, "sql-injection");
  },

  "a restarted server reports again": async () => {
    const document = await open("app.py");
    await findingIn(document.uri, "sql-injection");
    await vscode.commands.executeCommand("skeptic.restart");
    await findingIn(document.uri, "sql-injection");
  },
};
