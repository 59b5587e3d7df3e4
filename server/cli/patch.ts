/** Unified patches that `git apply` and `patch -p1` take. */
import { structuredPatch } from "diff";
import type { FileId } from "../base/brand.ts";

export interface PatchedFile {
  readonly file: FileId;
  /** Both with the BOM, if the file has one. */
  readonly before: string;
  readonly after: string;
}

/** "" when nothing changes. Line ends are kept. */
export function unifiedPatch({ file, before, after }: PatchedFile): string {
  const { hunks } = structuredPatch("", "", before, after, "", "", { context: 3 });
  if (hunks.length === 0) return "";
  const out = [`--- ${quoted(`a/${file}`)}\n`, `+++ ${quoted(`b/${file}`)}\n`];
  for (const hunk of hunks) {
    const oldRange = range(hunk.oldStart, hunk.oldLines);
    const newRange = range(hunk.newStart, hunk.newLines);
    out.push(`@@ -${oldRange} +${newRange} @@\n`, ...hunk.lines.map((line) => `${line}\n`));
  }
  return out.join("");
}

function range(start: number, lines: number): string {
  return lines === 1 ? String(start) : `${start},${lines}`;
}

/** Git's quoting: only names with unusual characters are quoted, byte by byte. */
function quoted(name: string): string {
  if (/^[\w./@+~=-]+$/.test(name)) return name;
  let out = "";
  for (const byte of new TextEncoder().encode(name)) {
    const character = String.fromCharCode(byte);
    if (byte === 34 || byte === 92) out += `\\${character}`;
    else if (byte < 32 || byte > 126) out += `\\${byte.toString(8).padStart(3, "0")}`;
    else out += character;
  }
  return `"${out}"`;
}
