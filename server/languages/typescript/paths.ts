/** File ids as paths: "/"-separated strings, perhaps URIs. No file system. */
import type { FileId } from "../../base/brand.ts";

/** The folder without a trailing slash; "" for a bare name. */
export function folderOf(file: FileId): string {
  const slash = file.lastIndexOf("/");
  return slash < 0 ? "" : file.slice(0, slash);
}

/** `path` seen from `folder`, with "." and ".." resolved; they do not climb above the root. */
export function join(folder: string, path: string): FileId {
  const fixed = /^(?:[a-z][a-z0-9+.-]*:\/\/[^/]*|\/)/i.exec(folder)?.[0] ?? "";
  const parts: string[] = [];
  for (const part of `${folder.slice(fixed.length)}/${path}`.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts[parts.length - 1] !== "..") parts.pop();
    else if (fixed === "") parts.push("..");
  }
  const rest = parts.join("/");
  return fixed === "" || fixed === "/" ? fixed + rest : `${fixed}/${rest}`;
}

/** Folders from `folder` up to and including `root`. */
export function foldersUp(folder: string, root: string): string[] {
  const out: string[] = [];
  for (let at = folder; ; at = folderOf(at)) {
    out.push(at);
    if (at === root || at === "" || folderOf(at) === at) return out;
    if (at.length < root.length) return out;
  }
}

/** In a URI, the parts as an editor encodes them. */
export function encoded(file: FileId): FileId | undefined {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(file)?.[0];
  if (scheme === undefined) return undefined;
  const parts = file.slice(scheme.length).split("/");
  return scheme + parts.map((part) => encodeURIComponent(decode(part))).join("/");
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
