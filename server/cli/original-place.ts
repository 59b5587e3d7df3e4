/** Where something of a changed text stood in the text before, by lines: that of the change where the line is new. */
import { diffArrays } from "diff";

/** Offsets in UTF-16 units. */
export function originalOffset(before: string, after: string, offset: number): number {
  const oldLines = before.split("\n");
  const newLines = after.split("\n");
  const line = after.slice(0, offset).split("\n").length - 1;
  const column = offset - (after.lastIndexOf("\n", offset - 1) + 1);
  const old = originalLine(oldLines, newLines, line);
  const start = oldLines.slice(0, old).reduce((sum, text) => sum + text.length + 1, 0);
  return start + originalColumn(oldLines[old] ?? "", newLines[line] ?? "", column);
}

function originalLine(before: readonly string[], after: readonly string[], line: number): number {
  let from = 0;
  let to = 0;
  const changes = diffArrays([...before], [...after]);
  for (const [i, { added, removed, value }] of changes.entries()) {
    const next = changes[i + 1];
    if (removed) {
      // Lines that take the place of others stand for them, one by one.
      const replacing = next?.added ? next.value.length : 0;
      if (line < to + replacing) return from + Math.min(line - to, value.length - 1);
      from += value.length;
    } else if (added) {
      if (line < to + value.length) return Math.min(from, before.length - 1);
      to += value.length;
    } else {
      if (line < to + value.length) return from + line - to;
      from += value.length;
      to += value.length;
    }
  }
  return before.length - 1;
}

/** What stands in front of it is the same, or what stands behind it. */
function originalColumn(before: string, after: string, column: number): number {
  if (before.startsWith(after.slice(0, column))) return column;
  const rest = after.slice(column);
  return rest !== "" && before.endsWith(rest) ? before.length - rest.length : 0;
}
