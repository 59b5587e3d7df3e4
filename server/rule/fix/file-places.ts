/** Names of files and folders as paths. */
import type { FileId } from "../rule.ts";

/** The folder of a file, without a trailing slash; "" for a bare name. */
export function folderOf(file: FileId): FileId {
  const slash = file.lastIndexOf("/");
  return slash < 0 ? "" : file.slice(0, slash);
}
export function nameOf(file: FileId): string {
  return file.slice(file.lastIndexOf("/") + 1);
}
export function joined(folder: FileId, name: string): FileId {
  return folder === "" ? name : name === "" ? folder : `${folder}/${name}`;
}
export function isIn(folder: FileId, root: FileId): boolean {
  return root === "" || folder === root || folder.startsWith(`${root}/`);
}
/** The path of a folder seen from one that it is in. */
export function below(folder: FileId, root: FileId): string {
  return root === "" ? folder : folder.slice(root.length + 1);
}
