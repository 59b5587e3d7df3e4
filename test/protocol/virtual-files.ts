/** Files that a test's client shows to the server, as an editor does for folders that are on no disk. */
import type { ProtocolConnection } from "vscode-languageserver-protocol/node";
import type { FileBytes, FileEntry, FileFacts, FileParams } from "../../server/lsp/protocol.ts";

/** By URI; null for a file that is there and cannot be read. */
export type VirtualFiles = Readonly<Record<string, string | Uint8Array | null>>;

export function answerFiles(connection: ProtocolConnection, files: VirtualFiles): void {
  const names = Object.keys(files);
  connection.onRequest("skeptic/files/list", ({ uri }: FileParams): FileEntry[] => {
    const inside = names.filter((name) => name.startsWith(`${uri}/`));
    const entries = inside.map((name): [string, FileEntry["kind"]] => {
      const rest = name.slice(uri.length + 1);
      return [rest.split("/")[0] as string, rest.includes("/") ? "folder" : "file"];
    });
    return [...new Map(entries)].map(([name, kind]) => ({ name, kind }));
  });
  connection.onRequest("skeptic/files/stat", ({ uri }: FileParams): FileFacts | null => {
    if (names.includes(uri)) return { kind: "file", isLink: false, size: 1 };
    return names.some((name) => name.startsWith(`${uri}/`))
      ? { kind: "folder", isLink: false, size: 0 }
      : null;
  });
  connection.onRequest("skeptic/files/bytes", ({ uri }: FileParams): FileBytes => {
    const content = files[uri];
    if (content === undefined || content === null) throw new Error("no permissions");
    return { base64: Buffer.from(content).toString("base64") };
  });
}
