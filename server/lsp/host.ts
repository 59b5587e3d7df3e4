/** What the server needs from the machine it runs on. The Node one is node-host.ts; a web worker would bring its own. */
import type { FileId } from "../base/brand.ts";
import type { SkipReason } from "../engine/api.ts";
import type { RunGit } from "../git/run.ts";
import type { Kept } from "./kept.ts";

/** True for a path, relative to the folder walked, that settings do not exclude. */
export type Accept = (relative: string) => boolean;

export interface Found {
  readonly files: readonly FileId[];
  /** Why files and folders were left out here, once for each. */
  readonly skipped: readonly SkipReason[];
  /** Names of what is excluded there. */
  readonly excluded: readonly string[];
}

export type ReadResult =
  | {
      readonly kind: "text";
      /** Without its BOM; line endings as they are. */
      readonly text: string;
      /** False when the bytes were not valid UTF-8. */
      readonly editable: boolean;
      readonly bytes: number;
    }
  | { readonly kind: "missing" }
  | { readonly kind: "skipped"; readonly reason: SkipReason };

export interface Host {
  /** True for folders and files whose contents can be read. */
  reads(file: FileId): boolean;
  /**
   * All files below `from` (`root` or a folder in it) that neither .gitignore nor names nor `accept` leave out, a folder at a time.
   * No .gitignore leaves out what is `kept`.
   */
  walk(root: FileId, from: FileId, accept: Accept, kept?: Kept): AsyncIterable<Found>;
  /** What stands at a path below `root`; undefined when it is gone, left out, or a link. */
  look(
    root: FileId,
    file: FileId,
    accept: Accept,
    kept?: Kept,
  ): Promise<"file" | "folder" | undefined>;
  /** `maxBytes` where it is no source: those end at 2 MiB. */
  read(file: FileId, maxBytes?: number): Promise<ReadResult>;
  /** The nearest folder at or above this one that holds `.git`. */
  repository(folder: FileId): Promise<FileId | undefined>;
  /** A .gitignore changed. */
  forgetIgnoreFiles(): void;
  /** Runs this after waiting messages had their turn. */
  later(run: () => void): void;
  /** Where there is a git to run; `path` is a folder's path for it, undefined for one that is on no disk. */
  readonly git?: { readonly run: RunGit; path(folder: FileId): string | undefined };
}
