/** The workspace folders with their settings. A file belongs to the innermost folder that holds it. */
import type { FileId } from "../base/brand.ts";
import { compileGlobs, type Excluded, isVendored } from "./exclude.ts";
import { folderId, isUnder } from "./file-id.ts";
import { DEFAULT_FOLDER_SETTINGS, type FolderSettings } from "./settings.ts";

export interface Folder {
  readonly root: FileId;
  readonly uri: string;
  readonly settings: FolderSettings;
  readonly excluded: Excluded;
}

export interface Folders {
  all(): readonly Folder[];
  of(file: FileId): Folder | undefined;
  /** Settings for documents outside every folder. */
  outside(): FolderSettings;
  add(uri: string): void;
  remove(uri: string): void;
  /** Stores settings; answers whether what is analysed may have changed. */
  configure(
    root: FileId | undefined,
    settings: FolderSettings,
    problem: (message: string) => void,
  ): boolean;
  settingsOf(file: FileId): FolderSettings;
  /** True for files that are neither analysed nor reported, open or not. */
  silences(file: FileId): boolean;
}

export function createFolders(): Folders {
  let folders: Folder[] = [];
  let outside = DEFAULT_FOLDER_SETTINGS;

  const of = (file: FileId): Folder | undefined =>
    folders.find((folder) => isUnder(file, folder.root));
  return {
    all: () => folders,
    of,
    outside: () => outside,
    add(uri) {
      const root = folderId(uri);
      if (folders.some((folder) => folder.root === root)) return;
      folders.push({ root, uri, settings: outside, excluded: () => false });
      folders.sort((a, b) => b.root.length - a.root.length);
    },
    remove(uri) {
      const root = folderId(uri);
      folders = folders.filter((folder) => folder.root !== root);
    },
    configure(root, settings, problem) {
      if (root === undefined) {
        const before = outside;
        outside = settings;
        return before.enable !== settings.enable;
      }
      const at = folders.findIndex((folder) => folder.root === root);
      const folder = folders[at];
      if (folder === undefined) return false;
      const before = folder.settings;
      folders[at] = { ...folder, settings, excluded: compileGlobs(settings.exclude, problem) };
      return (
        before.enable !== settings.enable ||
        before.exclude.join("\n") !== settings.exclude.join("\n")
      );
    },
    settingsOf: (file) => of(file)?.settings ?? outside,
    silences(file) {
      const folder = of(file);
      if (folder === undefined) return !outside.enable;
      if (!folder.settings.enable) return true;
      const relative = file.slice(folder.root.length + 1);
      return isVendored(relative) || folder.excluded(relative);
    },
  };
}
