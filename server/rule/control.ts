/** The order in which one item's operations run, read from its blocks. */
import type { Code, Item, ValueId } from "./rule.ts";

/** Every way from the start of the item to `second` has run `first` to its end. */
export function alwaysBefore(code: Code, first: ValueId, second: ValueId): boolean {
  const { ir } = code;
  const from = blockOf(ir, first);
  const to = blockOf(ir, second);
  if (from < 0 || to < 0) return false;
  if (from === to) {
    const { ops } = ir.blocks[from] as Item["blocks"][number];
    return ops.indexOf(first) < ops.indexOf(second);
  }
  // What can be reached without leaving `from` by its end; an exception may come before `first` has run.
  const seen = new Set<number>([0]);
  const open = [0];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const block = ir.blocks[at];
    if (block === undefined) continue;
    const next = at === from ? [] : successors(block);
    if (block.handler !== undefined) next.push(block.handler);
    for (const one of next) {
      if (seen.has(one)) continue;
      seen.add(one);
      open.push(one);
    }
  }
  return !seen.has(to);
}

function blockOf(ir: Item, op: ValueId): number {
  return ir.blocks.findIndex((block) => block.ops.includes(op));
}
function successors({ end }: Item["blocks"][number]): number[] {
  if (end.kind === "jump") return [end.to];
  return end.kind === "branch" ? [end.then, end.else] : [];
}
