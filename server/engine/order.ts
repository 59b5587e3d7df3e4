/**
 * The order in which files are looked at in the background: the wanted ones (what they call is looked at with them), then
 * those that speak of them by name and so most likely import them, then all others. Only the order depends on this.
 */
import type { FileId } from "../base/brand.ts";

/** So many texts are searched between two looks at the clock. */
const SEARCHED_AT_ONCE = 64;
/** A shorter name is found everywhere. */
const LEAST_NAME = 3;

export interface Order {
  /** The next files to look at; undefined where there is none yet, but time has passed. */
  next(waiting: ReadonlySet<FileId>, wanted: readonly FileId[]): Generator<FileId | undefined>;
}

export function createOrder(textOf: (file: FileId) => string | undefined): Order {
  let names: readonly string[] = [];
  /** Files that speak of none of `names`. */
  const others = new Set<FileId>();

  return {
    *next(waiting, wanted) {
      const now = [...new Set(wanted.map(nameOf))].filter((name) => name.length >= LEAST_NAME);
      if (now.join("/") !== names.join("/")) {
        names = now;
        others.clear();
      }
      for (const file of wanted) if (waiting.has(file)) yield file;
      let searched = 0;
      for (const file of names.length === 0 ? [] : [...waiting]) {
        if (!waiting.has(file) || others.has(file)) continue;
        const text = textOf(file) ?? "";
        if (names.some((name) => text.includes(name))) yield file;
        else others.add(file);
        if (++searched % SEARCHED_AT_ONCE === 0) yield undefined;
      }
      for (const file of [...waiting]) if (waiting.has(file)) yield file;
    },
  };
}

/** What an import of the file ends in: its name, or that of its folder. */
function nameOf(file: FileId): string {
  const parts = file.split("/");
  const name = (parts.pop() ?? "").replace(/\.\w+$/, "");
  return name === "__init__" || name === "index" ? (parts.pop() ?? "") : name;
}
