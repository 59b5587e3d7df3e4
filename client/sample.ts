// The file of the walkthrough: a small program with a hole in it, not saved anywhere.

import * as vscode from "vscode";
import * as l10n from "./l10n.ts";

const SAMPLE = `import sqlite3

from flask import Flask, request

app = Flask(__name__)


@app.get("/users")
def find_user():
    name = request.args["name"]
    connection = sqlite3.connect("users.db")
    rows = connection.execute(f"SELECT id FROM users WHERE name = '{name}'")
    return {"users": rows.fetchall()}
`;

/** Opens it with the cursor in the line that is underlined. */
export async function openSample(): Promise<void> {
  const about = l10n.t("A sample for Skeptic. It is not saved; close it when you are done.");
  const content = `# ${about}\n${SAMPLE}`;
  const document = await vscode.workspace.openTextDocument({ language: "python", content });
  const at = document.positionAt(content.indexOf("SELECT"));
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
}
