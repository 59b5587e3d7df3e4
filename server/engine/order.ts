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
  /** How far the waiting files were searched for `names`: each of them is, once. */
  let search: Search | undefined;

  return {
    *next(waiting, wanted) {
      const now = [...new Set(wanted.map(nameOf))].filter((name) => name.length >= LEAST_NAME);
      if (now.join("/") !== names.join("/")) {
        names = now;
        search = undefined;
      }
      for (const file of wanted) if (waiting.has(file)) yield file;
      if (names.length > 0) {
        if (search?.waiting !== waiting)
          search = { waiting, left: waiting.values(), found: undefined };
        // Work on it may have been broken off.
        if (search.found !== undefined && waiting.has(search.found)) yield search.found;
        search.found = undefined;
        let searched = 0;
        for (let next = search.left.next(); !next.done; next = search.left.next()) {
          const text = textOf(next.value) ?? "";
          if (names.some((name) => text.includes(name))) {
            search.found = next.value;
            yield next.value;
          }
          if (++searched % SEARCHED_AT_ONCE === 0) yield undefined;
        }
      }
      for (const file of waiting) yield file;
    },
  };
}

interface Search {
  readonly waiting: ReadonlySet<FileId>;
  /** Those that were added meanwhile come last; those that were taken away do not come. */
  readonly left: Iterator<FileId>;
  found: FileId | undefined;
}

/** What an import of the file ends in: its name, or that of its folder. */
function nameOf(file: FileId): string {
  const parts = file.split("/");
  const name = (parts.pop() ?? "").replace(/\.\w+$/, "");
  return name === "__init__" || name === "index" ? (parts.pop() ?? "") : name;
}
