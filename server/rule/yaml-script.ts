/** The script in a scalar of a workflow: where its expressions stand in the file. */
import { type Hole, holes } from "./expression.ts";
import type { Span } from "./rule.ts";
import type { YamlText } from "./yaml.ts";

/** Where the script of a scalar stands: without its quotes, and without the line of the `|`. */
export function scriptSpan(file: string, { span, style }: YamlText): Span {
  if (style === "single" || style === "double") return { start: span.start + 1, end: span.end - 1 };
  if (style === "plain") return span;
  const first = file.slice(span.start, span.end).search(/[\r\n]/);
  return { start: first < 0 ? span.end : span.start + first, end: span.end };
}

/** Its expressions, in offsets of the file. */
export function scriptHoles(file: string, text: YamlText): readonly Hole[] {
  const { start, end } = scriptSpan(file, text);
  return holes(file.slice(start, end)).map((hole) => ({
    start: hole.start + start,
    end: hole.end + start,
    source: hole.source,
  }));
}
