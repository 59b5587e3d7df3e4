/**
 * One file, one name. A `FileId` here is the document's URI with its path decoded once, so that a file opened by any
 * client and the same file found on disk are equal, and so that joining an import's text to a folder gives a name.
 */
import type { FileId } from "../base/brand.ts";

const URI = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/?#]*))?(.*)$/s;

/** The id of a URI as a client or `pathToFileURL` writes it. Text that is no URI is its own id. */
export function fileId(uri: string): FileId {
  const match = URI.exec(uri);
  if (match === null) return uri;
  const scheme = (match[1] as string).toLowerCase();
  const authority = match[2] === undefined ? undefined : decode(match[2]);
  const tail = match[3] as string;
  if (scheme === "file") {
    // A raw "#" or "?" is part of the name: file URIs of editors have no query, and some clients do not encode them.
    const path = decode(tail).replace(
      /^\/([A-Z]):/,
      (_, drive: string) => `/${drive.toLowerCase()}:`,
    );
    return `file://${(authority ?? "").toLowerCase()}${path}`;
  }
  const cut = tail.search(/[?#]/);
  const path = cut === -1 ? tail : tail.slice(0, cut);
  const rest = cut === -1 ? "" : tail.slice(cut);
  return `${scheme}:${authority === undefined ? "" : `//${authority}`}${decode(path)}${rest}`;
}

/** The id of a folder: without the trailing slash. */
export function folderId(uri: string): FileId {
  return fileId(uri).replace(/\/+$/, "");
}

/** The URI of an id, encoded exactly as VS Code encodes it (`file:///c%3A/a%20b.py`). */
export function uriOf(file: FileId): string {
  const match = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/]*))?(.*)$/s.exec(file);
  if (match === null) return file;
  const authority = match[2] === undefined ? "" : `//${encode(match[2])}`;
  return `${match[1] as string}:${authority}${encode(match[3] as string)}`;
}

export function schemeOf(file: FileId): string {
  const colon = file.indexOf(":");
  return colon === -1 ? "" : file.slice(0, colon).toLowerCase();
}

export function isUnder(file: FileId, folder: FileId): boolean {
  return file.length > folder.length && file.startsWith(folder) && file[folder.length] === "/";
}

const EDITED = new Set([
  "file",
  "untitled",
  "vscode-remote",
  "vscode-vfs",
  "vscode-test-web",
  "memfs",
]);
const READ_ONLY = new Set(
  (
    "git git-index gitfs git-commit gitlens svn hg scm vscode-scm pr review githubpr " +
    "output log debug vscode vscode-settings vscode-userdata vscode-terminal vscode-interactive search-editor " +
    "walkthrough walkthroughsnippet comment inmemory private internal data http https " +
    "merge-conflict.conflict-diff conflictresolution view-source deno jar zip"
  ).split(" "),
);
const READ_ONLY_PREFIX = /^(gitlens|chat-|vscode-chat|vscode-copilot|copilot|vscode-notebook)/;

/** True for documents a person edits: files, untitled ones, remote and virtual file systems; false for snapshots, logs, diffs' left sides. */
export function isEditedScheme(uri: string): boolean {
  const scheme = schemeOf(uri);
  if (EDITED.has(scheme)) return true;
  if (READ_ONLY.has(scheme) || READ_ONLY_PREFIX.test(scheme)) return false;
  // Snapshots of old revisions name their revision in a query; file systems have none.
  return !uri.includes("?");
}

function decode(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}

function encode(text: string): string {
  // Half a surrogate pair cannot be encoded.
  return encodeURIComponent(text.replace(/[\uD800-\uDFFF]/gu, "\uFFFD"))
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%2F/g, "/");
}
