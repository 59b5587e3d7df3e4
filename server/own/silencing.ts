/** Where a file of a project's own rules makes findings go away: its sanitizers and guards, with their places. */
import { isMap, isSeq, parseDocument } from "yaml";
import type { Span } from "../base/text.ts";

export interface SilencingRow extends Span {
  readonly kind: "sanitizer" | "guard";
  /** "app/html.py:clean", or "" for a row that names none. */
  readonly name: string;
}

const LISTS = [
  ["sanitizers", "sanitizer"],
  ["guards", "guard"],
] as const;

/** [] for a text that cannot be read. */
export function silencingRows(text: string): readonly SilencingRow[] {
  const document = parseDocument(text, { prettyErrors: false, logLevel: "silent" });
  if (document.errors.length > 0) return [];
  return LISTS.flatMap(([list, kind]) => {
    const rows = document.get(list, true);
    if (!isSeq(rows)) return [];
    return rows.items.flatMap((row) => {
      if (!isMap(row) || !row.range) return [];
      const name = row.get("function") ?? row.get("path");
      const [start, end] = row.range;
      return [{ start, end, kind, name: typeof name === "string" ? name : "" }];
    });
  });
}
