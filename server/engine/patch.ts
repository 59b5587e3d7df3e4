/** Unified patches that `git apply` and `patch -p1` take. */
import { structuredPatch } from "diff";
import type { FileId } from "../base/brand.ts";

export interface PatchedFile {
  readonly file: FileId;
  /** Both with the BOM, if the file has one. Undefined for a file that is new. */
  readonly before: string | undefined;
  readonly after: string;
  /**
   * Hides secrets. A line that only stands around a change is left out if it holds one, and the patch still applies (where
   * no line is left behind a change, with `git apply --unidiff-zero`); a line that changes is shown with the secret hidden.
   */
  readonly mask?: (line: string) => string;
}

export interface Patch {
  /** "" when nothing changes. Line ends are kept. */
  readonly text: string;
  /** False when a secret is hidden in a line that changes: it is only to be read. */
  readonly applies: boolean;
}

interface Hunk {
  readonly oldStart: number;
  readonly newStart: number;
  readonly lines: readonly string[];
}

export function unifiedPatch({ file, before, after, mask = (line) => line }: PatchedFile): Patch {
  const { hunks } = structuredPatch("", "", before ?? "", after, "", "", { context: 3 });
  if (hunks.length === 0) return { text: "", applies: true };
  let applies = true;
  const old = before === undefined ? "/dev/null" : quoted(`a/${file}`);
  const out = [`--- ${old}\n`, `+++ ${quoted(`b/${file}`)}\n`];
  for (const hunk of hunks.flatMap((one) => parts(one, (line) => mask(line) !== line))) {
    const oldRange = range(hunk.oldStart, hunk.lines.filter(isOld).length);
    const newRange = range(hunk.newStart, hunk.lines.filter(isNew).length);
    out.push(`@@ -${oldRange} +${newRange} @@\n`);
    for (const line of hunk.lines) {
      const shown = line.startsWith("\\") ? line : line.slice(0, 1) + mask(line.slice(1));
      if (shown !== line) applies = false;
      out.push(`${shown}\n`);
    }
  }
  return { text: out.join(""), applies };
}

function isOld(line: string): boolean {
  return line.startsWith(" ") || line.startsWith("-");
}

function isNew(line: string): boolean {
  return line.startsWith(" ") || line.startsWith("+");
}

/** The hunk without its unchanged secret lines: what lies between them, where something changes. */
function parts(hunk: Hunk, isSecret: (line: string) => boolean): Hunk[] {
  const out: Hunk[] = [];
  let { oldStart, newStart } = hunk;
  let lines: string[] = [];
  let oldLine = oldStart;
  let newLine = newStart;
  let isLeftOut = false;
  const end = (): void => {
    if (lines.some((line) => /^[+-]/.test(line))) out.push({ oldStart, newStart, lines });
    lines = [];
  };
  for (const line of hunk.lines) {
    // "\ No newline at end of file" belongs to the line before it.
    if (line.startsWith("\\")) {
      if (!isLeftOut) lines.push(line);
      continue;
    }
    isLeftOut = line.startsWith(" ") && isSecret(line.slice(1));
    if (isLeftOut) end();
    if (isOld(line)) oldLine++;
    if (isNew(line)) newLine++;
    if (!isLeftOut) {
      lines.push(line);
      continue;
    }
    oldStart = oldLine;
    newStart = newLine;
  }
  end();
  return out;
}

/** A range without lines is named by the line before it. */
function range(start: number, lines: number): string {
  if (lines === 0) return `${start - 1},0`;
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
