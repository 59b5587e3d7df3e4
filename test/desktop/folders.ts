// A workspace of several folders: the first as it comes, the second with settings of its own.

import * as assert from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import * as vscode from "vscode";
import {
  type Cases,
  findingIn,
  findingsOf,
  open,
  pause,
  ruleOf,
  scanned,
  silentIn,
  until,
  uriOf,
} from "./editor.ts";

export const FOLDERS: Cases = {
  "each folder has its own profile, rules and exclusions": async () => {
    const shop = await open("shop.py", 1);
    await findingIn(shop.uri, "deserialization-unsafe");
    const old = await open("legacy/old.py", 1);
    const orders = await open("orders.py");
    await findingIn((await open("app.py")).uri, "sql-injection");
    await pause(500);
    assert.deepEqual(
      rulesIn(shop.uri),
      ["deserialization-unsafe"],
      "strict, without sql-injection",
    );
    assert.deepEqual(rulesIn(old.uri), [], "excluded there");
    assert.deepEqual(rulesIn(orders.uri), [], "the same code in the default profile");
  },

  "a change of one folder's settings is none of the others'": async () => {
    const shop = await open("shop.py", 1);
    const app = await open("app.py");
    await findingIn(shop.uri, "deserialization-unsafe");
    const settings = vscode.workspace.getConfiguration("skeptic", shop.uri);
    const before = settings.inspect("rules")?.workspaceFolderValue;
    const target = vscode.ConfigurationTarget.WorkspaceFolder;
    await settings.update("rules", { "deserialization-unsafe": "off" }, target);
    await until("its rules are the other ones", () => {
      return rulesIn(shop.uri).join() === "sql-injection";
    });
    await findingIn(app.uri, "sql-injection");
    await settings.update("enable", false, target);
    await silentIn(shop.uri);
    await findingIn(app.uri, "sql-injection");
    await settings.update("enable", undefined, target);
    await settings.update("rules", before, target);
    await until("they are the first ones again", () => {
      return rulesIn(shop.uri).join() === "deserialization-unsafe";
    });
  },

  "a folder that comes is scanned with the rest, and takes its findings along": async () => {
    const second = vscode.workspace.workspaceFolders?.[1]?.uri;
    assert.ok(second);
    const third = vscode.Uri.joinPath(second, "..", "third");
    cpSync(uriOf("admin").fsPath, third.fsPath, { recursive: true });
    const reports = vscode.Uri.joinPath(third, "reports.py");
    await scanned();
    assert.deepEqual(rulesIn(reports), []);
    await change(2, 0, third);
    await findingIn(reports, "sql-injection");
    await change(2, 1);
    await silentIn(reports);
    await findingIn(uriOf("admin/reports.py"), "sql-injection");
    rmSync(third.fsPath, { recursive: true });
  },

  "so does one that was there from the start, and it comes back with its settings": async () => {
    const [, second] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(second);
    const stock = vscode.Uri.joinPath(second.uri, "stock.py");
    await scanned();
    await findingIn(stock, "deserialization-unsafe");
    await change(1, 1);
    await silentIn(stock);
    await change(1, 0, second.uri);
    await findingIn(stock, "deserialization-unsafe");
    assert.deepEqual(rulesIn(stock), ["deserialization-unsafe"]);
    await vscode.commands.executeCommand("skeptic.clearResults");
    await silentIn(stock);
  },
};

function rulesIn(uri: vscode.Uri): string[] {
  return findingsOf(uri).map(ruleOf).sort();
}

/** Changes the workspace's folders and waits until the editor says that it has. */
async function change(start: number, remove: number, ...added: vscode.Uri[]): Promise<void> {
  const changed = new Promise<void>((resolve) => {
    const listener = vscode.workspace.onDidChangeWorkspaceFolders(() => {
      listener.dispose();
      resolve();
    });
  });
  const folders = added.map((uri) => ({ uri }));
  assert.ok(vscode.workspace.updateWorkspaceFolders(start, remove, ...folders));
  await changed;
}
