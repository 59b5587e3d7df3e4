/** An item's program and text as rules see them. */
import type { FileId } from "../base/brand.ts";
import type { Span } from "../base/text.ts";
import { absoluteSpan } from "../languages/items.ts";
import type { PlacedItem, Program } from "../project/program.ts";
import type { Code } from "../rule/rule.ts";
import type { ItemId } from "../taint/value.ts";

/** A view of an item for rules. */
export function codeOf(
  program: Program,
  id: ItemId,
  partsOf: (file: FileId) => readonly Span[] | undefined,
): Code | undefined {
  const placed: PlacedItem | undefined = program.item(id);
  if (placed === undefined) return undefined;
  const text = program.files.text(placed.file) ?? "";
  const language = program.file(placed.file)?.language.id ?? "python";
  const absolute = (span: Span): Span => absoluteSpan(placed.source, span);
  return {
    item: id,
    file: placed.file,
    language,
    ir: placed.ir,
    op: (op) => placed.ir.ops[op] as Code["ir"]["ops"][number],
    text: (span) => {
      const at = absolute(span);
      return text.slice(at.start, at.end);
    },
    absolute,
    fileText: text,
    parts: partsOf(placed.file),
    statement(span) {
      let best: Span | undefined;
      for (const s of placed.ir.statements)
        if (
          s.start <= span.start &&
          s.end >= span.end &&
          (best === undefined || s.end - s.start <= best.end - best.start)
        )
          best = s;
      return best === undefined ? undefined : absolute(best);
    },
    indent(offset) {
      let line = offset;
      while (line > 0 && text[line - 1] !== "\n" && text[line - 1] !== "\r") line--;
      return /^[ \t]*/.exec(text.slice(line, offset))?.[0] ?? "";
    },
    // Only fixes ask, and it takes a look at the whole text.
    get newline() {
      return text.includes("\r\n") ? "\r\n" : "\n";
    },
    parent: placed.parent,
    other: (item) => codeOf(program, item, partsOf),
  };
}
