/** The files as items and IR. Keeps IR by item key: typing in a body lowers that item only. */
import type { FileId } from "../base/brand.ts";
import { hash128 } from "../base/hash.ts";
import type { Item } from "../ir/ir.ts";
import { type ItemSource, type KnownKeys, splitItems } from "../languages/items.ts";
import type { FileSet, Language } from "../languages/language.ts";
import type { FlatTree } from "../syntax/flat.ts";
import { hasError } from "../syntax/flat.ts";

/** One item of a file, placed. */
export interface PlacedItem {
  readonly id: string;
  readonly file: FileId;
  readonly source: ItemSource;
  readonly ir: Item;
  readonly parent: string | undefined;
  /** Ids of nested items by hole. */
  readonly children: readonly string[];
}

export interface FileIr {
  readonly file: FileId;
  readonly language: Language;
  readonly items: readonly PlacedItem[];
  readonly hasError: boolean;
}

/** IR by item key; entries not used for a while may be dropped at any time. */
export type IrCache = Map<string, Item>;

const MAX_NAME = 400;

export interface LowerLog {
  lowered(id: string): void;
}

/** Lowers a file, one item at a time. */
export function* lowerFile(
  file: FileId,
  tree: FlatTree,
  language: Language,
  cache: IrCache,
  log?: LowerLog,
  known?: KnownKeys,
): Generator<void, FileIr> {
  const sources = splitItems(tree, language.bodyOf, known);
  const ids: string[] = [];
  const irs: Item[] = [];
  const taken = new Map<string, number>();
  /** How many children of each item were met. */
  const met = new Map<number, number>();
  for (const source of sources) {
    let ir = cache.get(source.key);
    let fresh = false;
    if (ir === undefined) {
      fresh = true;
      ir = language.lower(tree, source);
      if (!ir.hasError) cache.set(source.key, ir);
    }
    irs.push(ir);
    let id = `${file}#`;
    if (source.parent >= 0) {
      const nth = met.get(source.parent) ?? 0;
      met.set(source.parent, nth + 1);
      const hole = (irs[source.parent] as Item).holes[nth];
      const name = `${hole?.className ? `${hole.className}.` : ""}${hole?.name || ir.name || "<function>"}`;
      let above = ids[source.parent] as string;
      // Names of very deep functions would grow with the square of the depth.
      if (above.length - file.length > MAX_NAME) above = `${file}#${hash128(above).slice(0, 12)}`;
      id = above.endsWith("#") ? above + name : `${above}/${name}`;
      const n = taken.get(id) ?? 0;
      taken.set(id, n + 1);
      if (n > 0) id += `~${n}`;
    }
    ids.push(id);
    if (fresh) {
      log?.lowered(id);
      yield;
    }
  }
  const items = sources.map((source, i) => ({
    id: ids[i] as string,
    file,
    source,
    ir: irs[i] as Item,
    parent: source.parent < 0 ? undefined : (ids[source.parent] as string),
    children: source.children.map((c) => ids[c] as string),
  }));
  return { file, language, items, hasError: hasError(tree, 0) };
}

/** All files of one moment. */
export interface Program {
  file(file: FileId): FileIr | undefined;
  item(id: string): PlacedItem | undefined;
  readonly files: FileSet;
  /** Notes that the analysis would like to read a file. */
  want(file: FileId): void;
}

export function fileOf(id: string): FileId {
  return id.slice(0, id.indexOf("#"));
}
