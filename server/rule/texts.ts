/** The texts that are written between quotes in a piece of code. */
import type { Code, Span, ValueId } from "./rule.ts";

export interface WrittenText {
  /** The constant, or what a piece with holes around it is part of. */
  readonly op: ValueId;
  readonly span: Span;
  readonly text: string;
}

export function textsIn({ ir }: Code): readonly WrittenText[] {
  return ir.ops.flatMap((op, id): readonly WrittenText[] => {
    if (op.op === "const" && typeof op.value === "string")
      return [{ op: id, span: op.span, text: op.value }];
    if (op.op !== "join") return [];
    return op.parts.flatMap((part) =>
      part.kind === "text" ? [{ op: id, span: part.span, text: part.text }] : [],
    );
  });
}
