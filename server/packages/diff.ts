/** What a change of manifests and lock files means: which packages come, go and move, and what of it is worth a look. */
import type { Ecosystem } from "../base/names.ts";
import type { Span } from "../base/text.ts";

export type NoteKind =
  /** A script of the package runs when it is installed. */
  | "install-script"
  /** Its name is easily taken for that of a well-known package. */
  | "look-alike"
  /** Nobody has published it. */
  | "missing"
  /** It comes from another place than before, or than the others. */
  | "source"
  /** What is installed is less certain than before. */
  | "integrity"
  /** An older version than before. */
  | "downgrade";

export interface Note {
  readonly kind: NoteKind;
  /** "warning": look at it before it is merged; "info": good to know. */
  readonly level: "warning" | "info";
  /** A sentence about the package, without its name and the full stop. */
  readonly text: string;
}

export interface PackageChange {
  readonly name: string;
  readonly ecosystem: Ecosystem;
  /** "changed": the same version, and something else about it. */
  readonly kind: "added" | "removed" | "bumped" | "changed";
  /** Versions that are gone, or in a manifest what was asked for. */
  readonly from: readonly string[];
  /** Versions that are new, or in a manifest what is asked for now. */
  readonly to: readonly string[];
  /** A manifest asks for it; otherwise another package does. */
  readonly isDirect: boolean;
  /** Only for development and tests, as far as the lock file says. */
  readonly isDevelopment: boolean;
  /** In the new text, or in the old one for what was removed. */
  readonly span: Span;
  readonly notes: readonly Note[];
}

export interface FileDiff {
  /** From the root of the repository, with "/". */
  readonly file: string;
  readonly kind: "lock" | "manifest";
  readonly status: "added" | "removed" | "changed";
  /** In the order of their names. */
  readonly changes: readonly PackageChange[];
  /** About the file itself: scripts of the project that run when it is installed. */
  readonly notes: readonly Note[];
}

export interface PackagesDiff {
  /** What it was compared with, for people. */
  readonly since: string;
  readonly files: readonly FileDiff[];
  /** Files that changed and could not be compared, with the reason. */
  readonly problems: readonly { readonly file: string; readonly message: string }[];
}

/** All that is to be looked at, whatever it is about. */
export function warnings({ files }: Pick<PackagesDiff, "files">): readonly Note[] {
  return files
    .flatMap(({ notes, changes }) => [...notes, ...changes.flatMap((one) => one.notes)])
    .filter(({ level }) => level === "warning");
}

export function inOrder(changes: readonly PackageChange[]): readonly PackageChange[] {
  return changes.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
