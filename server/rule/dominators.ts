/** Which block of an item every way to another one passes last: by the ways that a program can take. */
import type { Code } from "./rule.ts";

type Blocks = Code["ir"]["blocks"];

/** Blocks by number; none for the first one and for those that no way leads to. */
export type Dominators = readonly (number | undefined)[];

/**
 * @param before the blocks from which a way leads straight to this one
 * @see Cooper, Harvey and Kennedy, "A simple, fast dominance algorithm" (2001)
 */
export function dominatorsOf(blocks: Blocks, before: readonly (readonly number[])[]): Dominators {
  const after: number[][] = blocks.map(() => []);
  before.forEach((from, to) => {
    for (const one of from) after[one]?.push(to);
  });
  const order = reversePostorder(after);
  const rank = new Map(order.map((block, at) => [block, at]));
  const out: (number | undefined)[] = blocks.map(() => undefined);
  const common = (a: number, b: number): number => {
    let [x, y] = [a, b];
    while (x !== y) {
      const [deep, other] = (rank.get(x) ?? 0) > (rank.get(y) ?? 0) ? [x, y] : [y, x];
      x = out[deep] ?? 0;
      y = other;
    }
    return x;
  };
  for (let isSettled = false; !isSettled; ) {
    isSettled = true;
    for (const block of order.slice(1)) {
      const known = (before[block] ?? []).filter((one) => one === 0 || out[one] !== undefined);
      const [first, ...rest] = known;
      if (first === undefined) continue;
      const next = rest.reduce(common, first);
      if (out[block] === next) continue;
      out[block] = next;
      isSettled = false;
    }
  }
  return out;
}

/** Of the blocks that a way leads to from the first one. */
function reversePostorder(after: readonly (readonly number[])[]): readonly number[] {
  const seen = new Set([0]);
  const out: number[] = [];
  const open: { readonly block: number; next: number }[] = [{ block: 0, next: 0 }];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const to = after[top.block]?.[top.next++];
    if (to === undefined) {
      out.push(top.block);
      open.pop();
    } else if (!seen.has(to)) {
      seen.add(to);
      open.push({ block: to, next: 0 });
    }
  }
  return out.reverse();
}
