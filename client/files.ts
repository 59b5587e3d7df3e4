// Reads files for the server where it cannot: virtual workspaces, and everything in a browser.

import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import type { FileBytes, FileEntry, FileFacts, FileParams } from "../server/lsp/protocol.ts";

/** How many bytes become a text at once: as many as arguments of one call surely may be. */
const CHUNK = 0x2000;

export function serveFiles(client: BaseLanguageClient): void {
  const { fs } = vscode.workspace;
  const uriOf = ({ uri }: FileParams): vscode.Uri => client.protocol2CodeConverter.asUri(uri);
  client.onRequest("skeptic/files/list", async (asked: FileParams): Promise<FileEntry[]> => {
    const entries = await fs.readDirectory(uriOf(asked));
    return entries.map(([name, type]) => ({
      name,
      kind: (type & vscode.FileType.SymbolicLink) !== 0 ? "other" : kindOf(type),
    }));
  });
  client.onRequest("skeptic/files/stat", async (asked: FileParams): Promise<FileFacts | null> => {
    try {
      const { type, size } = await fs.stat(uriOf(asked));
      return { kind: kindOf(type), isLink: (type & vscode.FileType.SymbolicLink) !== 0, size };
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  });
  client.onRequest("skeptic/files/bytes", async (asked: FileParams): Promise<FileBytes> => {
    return { base64: base64Of(await fs.readFile(uriOf(asked))) };
  });
}

function kindOf(type: vscode.FileType): FileEntry["kind"] {
  if ((type & vscode.FileType.Directory) !== 0) return "folder";
  return (type & vscode.FileType.File) !== 0 ? "file" : "other";
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof vscode.FileSystemError &&
    (error.code === "FileNotFound" || error.code === "FileNotADirectory")
  );
}

function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK)
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(text);
}
