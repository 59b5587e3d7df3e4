/** The branches that a place of an item lies behind. */
import type { Code, ValueId } from "./rule.ts";

export interface Condition {
  readonly text: string;
  readonly of: ValueId;
  /** The side of the branch. */
  readonly taken: boolean;
}
/** The branch conditions that every way to the operation has passed, as far as single predecessors tell. */
export function conditionsAt(code: Code, id: ValueId): Condition[] {
  return conditionsOf(
    code,
    code.ir.blocks.findIndex((b) => b.ops.includes(id)),
  );
}
export function conditionsOf(code: Code, block: number): Condition[] {
  const { blocks } = code.ir;
  let at = block;
  const out: Condition[] = [];
  for (const seen = new Set<number>(); at > 0 && !seen.has(at); ) {
    seen.add(at);
    const before: number[] = [];
    blocks.forEach((b, i) => {
      if (
        (b.end.kind === "jump" && b.end.to === at) ||
        (b.end.kind === "branch" && (b.end.then === at || b.end.else === at)) ||
        b.handler === at
      )
        before.push(i);
    });
    const from = before[0];
    if (before.length !== 1 || from === undefined) break;
    const end = blocks[from]?.end;
    if (end?.kind === "branch" && !isCatch(code, end.condition))
      out.push({
        text: code.text(code.op(end.condition).span),
        of: end.condition,
        taken: end.then === at,
      });
    at = from;
  }
  return out;
}

/** The test of an exception's class that a handler begins with. */
function isCatch(code: Code, id: ValueId): boolean {
  const op = code.op(id);
  return op.op === "compare" && code.op(op.left).op === "caught";
}
