/** Files that the client reads: of virtual workspaces, and all of them where the server is a web worker. */
import type { Connection } from "vscode-languageserver";
import { isEditedScheme, schemeOf, uriOf } from "./file-id.ts";
import type { Files } from "./files.ts";
import type { FilesFor } from "./files-host.ts";
import type { FileBytes, FileEntry, FileFacts, FileParams } from "./protocol.ts";

/** For the schemes in which people edit files; nothing of a document that was never saved is on any file system. */
export function clientFiles(connection: Connection): FilesFor {
  const ask = <R>(method: string, uri: string): Promise<R> =>
    connection.sendRequest<R>(method, { uri } satisfies FileParams);
  const files: Files = {
    list: (folder) =>
      ask<FileEntry[]>("skeptic/files/list", uriOf(folder)).catch((): FileEntry[] => []),
    stat: async (file) =>
      (await ask<FileFacts | null>("skeptic/files/stat", uriOf(file))) ?? undefined,
    bytes: async (file) =>
      bytesOf((await ask<FileBytes>("skeptic/files/bytes", uriOf(file))).base64),
  };
  return (file) => (isEditedScheme(file) && schemeOf(file) !== "untitled" ? files : undefined);
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
