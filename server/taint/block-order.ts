/** The order in which the blocks of an item are run, and whether some are run again. */
import type { Item } from "../ir/ir.ts";

/** The order of an item's blocks; IR is shared by all who have the same text. */
interface Plan {
  readonly order: readonly number[];
  readonly rank: readonly (number | undefined)[];
  readonly hasLoop: boolean;
}
const plans = new WeakMap<Item, Plan>();
export function planOf(item: Item): Plan {
  let plan = plans.get(item);
  if (plan === undefined) {
    const order = reversePostorder(item);
    const rank: (number | undefined)[] = [];
    for (const [i, block] of order.entries()) rank[block] = i;
    const hasLoop = order.some((at, i) =>
      successors(item, at).some((to) => (rank[to] as number) <= i),
    );
    plan = { order, rank, hasLoop };
    plans.set(item, plan);
  }
  return plan;
}

function reversePostorder(item: Item): number[] {
  const seen = new Set<number>();
  const out: number[] = [];
  const stack: { at: number; next: number[] }[] = [{ at: 0, next: successors(item, 0) }];
  seen.add(0);
  while (stack.length > 0) {
    const top = stack[stack.length - 1] as { at: number; next: number[] };
    const to = top.next.shift();
    if (to === undefined) {
      out.push(top.at);
      stack.pop();
    } else if (!seen.has(to)) {
      seen.add(to);
      stack.push({ at: to, next: successors(item, to) });
    }
  }
  return out.reverse();
}
function successors(item: Item, at: number): number[] {
  const block = item.blocks[at] as Item["blocks"][number];
  const out: number[] = [];
  if (block.end.kind === "jump") out.push(block.end.to);
  else if (block.end.kind === "branch") out.push(block.end.else, block.end.then);
  if (block.handler !== undefined) out.unshift(block.handler);
  return out;
}
