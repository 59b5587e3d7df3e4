/** What following origins needs of the machine: a place for the record, and what hooks left. On Node it is node-origin.ts. */
import type { FileId } from "../base/brand.ts";
import type { HookRecord } from "../origin/hook.ts";

export interface OriginStore {
  /** The record kept in a folder (a URI); undefined where there is none. */
  read(folder: string): Promise<string | undefined>;
  write(folder: string, text: string): Promise<void>;
  /** What hooks said of a file after a time (milliseconds), in their order. */
  hooks(file: FileId, after: number): Promise<readonly HookRecord[]>;
  /** What hooks said of all files below a folder, whether they are open or not. */
  hooked(folder: FileId): Promise<readonly (HookRecord & { readonly file: FileId })[]>;
  /** Calls back when hooks have said something more; returns the end of that. */
  watch(changed: () => void): () => void;
}
