// Files that are not open, changed by others than the editor; and a document that is no file.

import * as assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as vscode from "vscode";
import {
  type Cases,
  findingIn,
  findingsOf,
  open,
  pause,
  scanned,
  silentIn,
  uriOf,
} from "./editor.ts";

const REPORTS = "admin/reports.py";
const INJECTION = `import sqlite3
from flask import request

def find():
    sqlite3.connect("a.db").execute("SELECT '" + request.args["q"] + "'")
`;

export const FILES: Cases = {
  "after a scan, a file that others write, change and delete is followed": async () => {
    await scanned();
    const late = uriOf("jobs/late.py");
    write(late, INJECTION);
    await findingIn(late, "sql-injection");
    write(late, "x = 1\n");
    await silentIn(late);
    write(late, `\n\n${INJECTION}`);
    const { range } = await findingIn(late, "sql-injection");
    assert.equal(range.start.line, 6);
    rmSync(late.fsPath);
    await silentIn(late);
    write(late, INJECTION);
    await findingIn(late, "sql-injection");
    rmSync(dirname(late.fsPath), { recursive: true });
    await silentIn(late);
  },

  "the findings of a file or folder that is renamed move with it": async () => {
    await scanned();
    const [before, after] = [uriOf(REPORTS), uriOf("admin/accounts.py")];
    await findingIn(before, "sql-injection");
    renameSync(before.fsPath, after.fsPath);
    await findingIn(after, "sql-injection");
    await silentIn(before);
    const moved = uriOf("office/accounts.py");
    renameSync(dirname(after.fsPath), dirname(moved.fsPath));
    await findingIn(moved, "sql-injection");
    await silentIn(after);
    renameSync(dirname(moved.fsPath), dirname(after.fsPath));
    renameSync(after.fsPath, before.fsPath);
    await findingIn(before, "sql-injection");
    await silentIn(moved);
    await silentIn(after);
  },

  "a file that is ignored or excluded from now on leaves, and comes back": async () => {
    await scanned();
    const reports = uriOf(REPORTS);
    const ignore = uriOf(".gitignore");
    await findingIn(reports, "sql-injection");
    write(ignore, "admin/\n");
    await silentIn(reports);
    rmSync(ignore.fsPath);
    await findingIn(reports, "sql-injection");

    const settings = vscode.workspace.getConfiguration("skeptic", reports);
    const target = vscode.ConfigurationTarget.WorkspaceFolder;
    await settings.update("exclude", ["admin/**"], target);
    await silentIn(reports);
    await settings.update("exclude", undefined, target);
    await findingIn(reports, "sql-injection");
  },

  "a caller that others change reaches the file that is open": async () => {
    const document = await open("store.py");
    await findingIn(document.uri, "sql-dynamic-query");
    const routes = uriOf("routes.py");
    const before = await vscode.workspace.fs.readFile(routes);
    write(
      routes,
      new TextDecoder().decode(before).replace("return []", "return find_payments(payer)"),
    );
    await findingIn(document.uri, "sql-injection");
    write(routes, before);
    await findingIn(document.uri, "sql-dynamic-query");
  },

  "the left side of a diff is silent": async () => {
    const right = uriOf("app.py");
    const left = right.with({
      scheme: "git",
      query: JSON.stringify({ path: right.fsPath, ref: "~" }),
    });
    const committed = vscode.workspace.registerTextDocumentContentProvider("git", {
      provideTextDocumentContent: () => `# as committed\n${INJECTION}`,
    });
    try {
      await vscode.commands.executeCommand("vscode.diff", left, right, "app.py (Working Tree)");
      await findingIn(right, "sql-injection");
      const shown = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === "git");
      assert.equal(shown?.languageId, "python");
      assert.match(shown.getText(), /as committed/);
      await pause(1000);
      assert.deepEqual(findingsOf(shown.uri), []);
    } finally {
      committed.dispose();
    }
  },
};

function write(uri: vscode.Uri, content: string | Uint8Array): void {
  mkdirSync(dirname(uri.fsPath), { recursive: true });
  writeFileSync(uri.fsPath, content);
}
