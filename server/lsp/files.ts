/** The files of the workspace, as one file system shows them: a disk, or what the client reads for a server without one. */
import type { FileId } from "../base/brand.ts";

export interface Entry {
  readonly name: string;
  /** "other" for symbolic links, which are not followed, and for devices. */
  readonly kind: "file" | "folder" | "other";
}

export interface FileStat {
  /** What the name leads to, through links. */
  readonly kind: Entry["kind"];
  readonly isLink: boolean;
  /** In bytes. */
  readonly size: number;
}

export interface Files {
  /** [] for a folder that is not there or cannot be read. */
  list(folder: FileId): Promise<readonly Entry[]>;
  /** Undefined for what is not there; rejects where that cannot be told. */
  stat(file: FileId): Promise<FileStat | undefined>;
  /** Rejects for what cannot be read. */
  bytes(file: FileId): Promise<Uint8Array>;
}
