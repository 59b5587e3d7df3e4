/** Keys of token libraries: whether somebody looked if they are there. */

import type { Code, Context, Op, ValueId } from "./rule.ts";
import { identities } from "./symbol.ts";

/** A condition in this item, or in the file, asks whether the key is there. */
export function isCheckedKey(code: Code, key: ValueId, context: Context): boolean {
  const wanted = new Set(identities(code, key, context));
  const inside = (where: Code): boolean =>
    where.ir.blocks.some(
      ({ end }) =>
        end.kind === "branch" &&
        tested(where, end.condition, 0).some((id) =>
          identities(where, id, context).some((x) => wanted.has(x)),
        ),
    );
  const module = code.other(`${code.file}#`);
  return inside(code) || (module !== undefined && module.item !== code.item && inside(module));
}
function tested(code: Code, id: ValueId, depth: number): readonly ValueId[] {
  const op: Op = code.op(id);
  if (depth > 4) return [];
  if (op.op === "unary") return tested(code, op.operand, depth + 1);
  if (op.op === "compare") return [op.left, op.right];
  return [id];
}
